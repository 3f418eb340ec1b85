-- An order follows the marketplace: what was last received is kept, a change from outside is an event with the value before
-- and after it, and what it ends is `overtaken`. The same stands in migrations/sqlite.

-- The last value that was received of each field of an order.
CREATE TABLE received_orders (
    order_reference TEXT COLLATE "C" PRIMARY KEY REFERENCES orders (reference),
    title           TEXT NOT NULL,
    price_cents     BIGINT NOT NULL,
    placed_at       TIMESTAMP NOT NULL,
    delivery_date   DATE NOT NULL,
    status          TEXT NOT NULL
);

-- What an earlier import brought can be read from the history: the price and date before the first dispute, and the status
-- from the second event, of which nobody was told.
INSERT INTO received_orders (order_reference, title, price_cents, placed_at, delivery_date, status)
SELECT reference, title,
    coalesce((SELECT old_price_cents FROM disputes WHERE order_reference = reference AND number = 1), price_cents),
    placed_at,
    coalesce((SELECT old_delivery_date FROM disputes WHERE order_reference = reference AND number = 1), delivery_date),
    coalesce((
        SELECT CASE what WHEN 'delivered' THEN 'delivered' WHEN 'revision_requested' THEN 'in_revision'
            WHEN 'imported' THEN orders.status WHEN 'cancelled' THEN 'cancelled' END
        FROM events
        WHERE order_reference = reference AND number = 2 AND told_customer_id IS NULL AND told_freelancer_id IS NULL
    ), 'active')
FROM orders;

-- The last address and name that were received of a person.
ALTER TABLE accounts ADD COLUMN received_email TEXT;
ALTER TABLE accounts ADD COLUMN received_name TEXT;
UPDATE accounts SET received_email = email, received_name = name;
CREATE INDEX accounts_received_email ON accounts (received_email) WHERE received_email IS NOT NULL;

-- A value that changed from outside: cents, a date, or a title.
ALTER TABLE events ADD COLUMN value_before TEXT;
ALTER TABLE events ADD COLUMN value_after TEXT;

-- Where a mail goes when that is not its account's address: of a change of address the old one is told too.
ALTER TABLE outbox ADD COLUMN address TEXT;

ALTER TABLE disputes DROP CONSTRAINT disputes_state_check;
ALTER TABLE disputes ADD CONSTRAINT disputes_state_check
    CHECK (state IN ('open', 'answered', 'accepted', 'declined', 'withdrawn', 'lapsed', 'overtaken'));
