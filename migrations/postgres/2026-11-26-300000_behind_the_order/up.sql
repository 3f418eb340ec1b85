-- Every table that a change writes is keyed by the order's reference first, so that a change stays in one place where
-- tables are spread over several servers by that reference. A reminder becomes a mail only once it is due: until then
-- its moment is a column of the question. The same change is in migrations/sqlite.

-- The next reminder to the party that must answer; null after the last one, and once it is closed.
ALTER TABLE disputes ADD COLUMN remind_at TIMESTAMP CHECK (remind_at IS NULL OR state = 'open');

UPDATE disputes SET remind_at = (
    SELECT min(due_at) FROM outbox
    WHERE what = 'reminder' AND outbox.order_reference = disputes.order_reference
        AND dispute_number = disputes.number AND sent_at IS NULL AND failed_at IS NULL
) WHERE state = 'open';

CREATE INDEX disputes_to_remind ON disputes (remind_at, order_reference, number) WHERE remind_at IS NOT NULL;

DROP INDEX outbox_reminders;
DELETE FROM outbox WHERE what = 'reminder' AND sent_at IS NULL AND failed_at IS NULL;
ALTER TABLE outbox DROP CONSTRAINT outbox_check;
-- Empty for a mail about the account itself.
UPDATE outbox SET order_reference = '' WHERE order_reference IS NULL;
ALTER TABLE outbox
    ALTER COLUMN order_reference SET NOT NULL,
    ADD CONSTRAINT outbox_check CHECK ((what IN ('password', 'notice')) = (order_reference = '')),
    DROP CONSTRAINT outbox_pkey,
    ADD PRIMARY KEY (order_reference, key, account_id);
CREATE INDEX outbox_set_aside ON outbox (failed_at) WHERE failed_at IS NOT NULL;

ALTER TABLE notifications
    DROP CONSTRAINT notifications_pkey,
    ADD PRIMARY KEY (order_reference, event_number, account_id);
CREATE INDEX notifications_of ON notifications (account_id, at, order_reference, event_number);
