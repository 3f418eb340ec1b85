DROP TABLE outbox;
ALTER TABLE accounts DROP COLUMN mail_reminders;
ALTER TABLE accounts DROP COLUMN mail_comments;
CREATE TABLE outbox (
    account_id      BIGINT NOT NULL REFERENCES accounts (id),
    order_reference TEXT COLLATE "C" NOT NULL,
    event_number    INTEGER NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, order_reference, event_number),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number)
);
CREATE INDEX outbox_by_age ON outbox (created_at);
