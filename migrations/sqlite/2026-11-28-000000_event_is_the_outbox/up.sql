-- An event is told by being there. A change writes the order, its dispute and its event; notifications are read from the
-- events, and a relay writes the mails. The same stands in migrations/postgres.

-- When it was written down, where that was later than it happened: silence is dated at its deadline.
ALTER TABLE events ADD COLUMN recorded_at TEXT;
-- The parties that are told of it: who did not do it themselves. Nobody is told of what came by an import.
ALTER TABLE events ADD COLUMN told_customer_id INTEGER;
ALTER TABLE events ADD COLUMN told_freelancer_id INTEGER;

DROP TRIGGER events_are_never_changed;
UPDATE events SET
    told_customer_id = (
        SELECT customer_id FROM orders JOIN notifications ON order_reference = reference AND account_id = customer_id
        WHERE reference = events.order_reference AND event_number = events.number
    ),
    told_freelancer_id = (
        SELECT freelancer_id FROM orders JOIN notifications ON order_reference = reference AND account_id = freelancer_id
        WHERE reference = events.order_reference AND event_number = events.number
    )
WHERE EXISTS (
    SELECT 1 FROM notifications
    WHERE notifications.order_reference = events.order_reference AND notifications.event_number = events.number
);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE INDEX events_told_customer ON events (told_customer_id, at, order_reference, number) WHERE told_customer_id IS NOT NULL;
CREATE INDEX events_told_freelancer ON events (told_freelancer_id, at, order_reference, number) WHERE told_freelancer_id IS NOT NULL;

-- The number of the last event whose mails are written.
ALTER TABLE orders ADD COLUMN relayed INTEGER NOT NULL DEFAULT 0;
-- The number of the last event that each party has read of.
ALTER TABLE orders ADD COLUMN read_by_customer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN read_by_freelancer INTEGER NOT NULL DEFAULT 0;
-- Everything that was recorded by then is read too.
ALTER TABLE accounts ADD COLUMN all_read_at TEXT;

UPDATE orders SET
    relayed = events,
    read_by_customer = coalesce((
        SELECT min(event_number) - 1 FROM notifications
        WHERE order_reference = orders.reference AND account_id = orders.customer_id AND read_at IS NULL
    ), events),
    read_by_freelancer = coalesce((
        SELECT min(event_number) - 1 FROM notifications
        WHERE order_reference = orders.reference AND account_id = orders.freelancer_id AND read_at IS NULL
    ), events);

CREATE INDEX orders_to_relay ON orders (reference) WHERE relayed < events;

DROP TABLE notifications;
