-- Reminders that are not due yet are lost.
CREATE TABLE old_notifications (
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    at              TEXT NOT NULL,
    order_reference TEXT NOT NULL,
    event_number    INTEGER NOT NULL,
    read_at         TEXT,
    PRIMARY KEY (account_id, at, order_reference, event_number),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number)
) STRICT, WITHOUT ROWID;
INSERT INTO old_notifications SELECT account_id, at, order_reference, event_number, read_at FROM notifications;
DROP TABLE notifications;
ALTER TABLE old_notifications RENAME TO notifications;
CREATE INDEX notifications_unread ON notifications (account_id, order_reference, read_at) WHERE read_at IS NULL;

CREATE TABLE old_outbox (
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    key             TEXT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password', 'notice')),
    order_reference TEXT,
    event_number    INTEGER,
    dispute_number  INTEGER,
    due_at          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    next_try_at     TEXT NOT NULL,
    tries           INTEGER NOT NULL,
    claimed_until   TEXT,
    sent_at         TEXT,
    failed_at       TEXT,
    failure         TEXT,
    PRIMARY KEY (account_id, key),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number),
    FOREIGN KEY (order_reference, dispute_number) REFERENCES disputes (order_reference, number),
    CHECK ((what IN ('password', 'notice')) = (order_reference IS NULL)),
    CHECK ((what IN ('password', 'notice')) = (event_number IS NULL)),
    CHECK (what <> 'reminder' OR dispute_number IS NOT NULL),
    CHECK (sent_at IS NULL OR failed_at IS NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO old_outbox
SELECT account_id, key, what, nullif(order_reference, ''), event_number, dispute_number, due_at, created_at, next_try_at, tries, claimed_until, sent_at, failed_at, failure
FROM outbox;
DROP TABLE outbox;
ALTER TABLE old_outbox RENAME TO outbox;
CREATE INDEX outbox_pending ON outbox (next_try_at, account_id, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_pending_of ON outbox (account_id, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_reminders ON outbox (order_reference, dispute_number) WHERE what = 'reminder';
CREATE INDEX outbox_by_age ON outbox (due_at, key);

DROP INDEX disputes_to_remind;
ALTER TABLE disputes DROP COLUMN remind_at;
