-- What one party may say and ask has limits (rules, 13), and an order's page costs the same whatever was said on it.
-- The same stands in migrations/postgres.

-- The newest comments of one party on an order, and what was said on one dispute, without a walk through the rest.
CREATE INDEX events_comments ON events (order_reference, actor, number) WHERE what = 'commented';
CREATE INDEX events_of_dispute ON events (order_reference, dispute_number, number) WHERE dispute_number IS NOT NULL;

-- The newest questions of one party of each kind.
CREATE INDEX disputes_of_opener ON disputes (order_reference, opener, kind, number);

-- Of the mails of one account those with the lowest number go first: 0, and 1 for comments, which are many.
ALTER TABLE outbox ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;

UPDATE outbox SET priority = 1
WHERE what = 'event' AND sent_at IS NULL AND failed_at IS NULL AND EXISTS (
    SELECT 1 FROM events
    WHERE events.order_reference = outbox.order_reference AND events.number = outbox.event_number
        AND events.what = 'commented'
);

DROP INDEX outbox_pending_of;
CREATE INDEX outbox_pending_of ON outbox (account_id, priority, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
-- What is being sent just now: an account gets one mail at a time.
CREATE INDEX outbox_claimed ON outbox (account_id, claimed_until) WHERE claimed_until IS NOT NULL;
