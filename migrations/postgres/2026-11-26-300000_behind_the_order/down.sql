-- Reminders that are not due yet are lost.
DROP INDEX notifications_of;
ALTER TABLE notifications
    DROP CONSTRAINT notifications_pkey,
    ADD PRIMARY KEY (account_id, at, order_reference, event_number);

DROP INDEX outbox_set_aside;
ALTER TABLE outbox
    DROP CONSTRAINT outbox_check,
    DROP CONSTRAINT outbox_pkey,
    ADD PRIMARY KEY (account_id, key),
    ALTER COLUMN order_reference DROP NOT NULL;
UPDATE outbox SET order_reference = NULL WHERE order_reference = '';
ALTER TABLE outbox ADD CONSTRAINT outbox_check CHECK ((what IN ('password', 'notice')) = (order_reference IS NULL));
CREATE INDEX outbox_reminders ON outbox (order_reference, dispute_number) WHERE what = 'reminder';

DROP INDEX disputes_to_remind;
ALTER TABLE disputes DROP COLUMN remind_at;
