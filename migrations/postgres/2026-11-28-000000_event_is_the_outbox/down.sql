-- Events that are not relayed yet get no mail.
CREATE TABLE notifications (
    order_reference TEXT COLLATE "C" NOT NULL,
    event_number    INTEGER NOT NULL,
    account_id      BIGINT NOT NULL REFERENCES accounts (id),
    at              TIMESTAMP NOT NULL,
    read_at         TIMESTAMP,
    PRIMARY KEY (order_reference, event_number, account_id),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number)
);
INSERT INTO notifications (order_reference, event_number, account_id, at, read_at)
SELECT order_reference, number, told_customer_id, at,
    CASE WHEN number <= read_by_customer OR coalesce(recorded_at, at) <= all_read_at THEN at END
FROM events JOIN orders ON reference = order_reference JOIN accounts ON id = told_customer_id;
INSERT INTO notifications (order_reference, event_number, account_id, at, read_at)
SELECT order_reference, number, told_freelancer_id, at,
    CASE WHEN number <= read_by_freelancer OR coalesce(recorded_at, at) <= all_read_at THEN at END
FROM events JOIN orders ON reference = order_reference JOIN accounts ON id = told_freelancer_id;
CREATE INDEX notifications_of ON notifications (account_id, at, order_reference, event_number);
CREATE INDEX notifications_unread ON notifications (account_id, order_reference, read_at) WHERE read_at IS NULL;

DROP INDEX orders_to_relay;
DROP INDEX events_told_customer;
DROP INDEX events_told_freelancer;
ALTER TABLE orders DROP COLUMN relayed;
ALTER TABLE orders DROP COLUMN read_by_customer;
ALTER TABLE orders DROP COLUMN read_by_freelancer;
ALTER TABLE accounts DROP COLUMN all_read_at;
ALTER TABLE events DROP COLUMN recorded_at;
ALTER TABLE events DROP COLUMN told_customer_id;
ALTER TABLE events DROP COLUMN told_freelancer_id;
