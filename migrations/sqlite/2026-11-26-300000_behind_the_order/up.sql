-- Every table that a change writes is keyed by the order's reference first, so that a change stays in one place where
-- tables are spread over several servers by that reference. A reminder becomes a mail only once it is due: until then
-- its moment is a column of the question. The same change is in migrations/postgres.

-- The next reminder to the party that must answer; null after the last one, and once it is closed.
ALTER TABLE disputes ADD COLUMN remind_at TEXT CHECK (remind_at IS NULL OR state = 'open');

UPDATE disputes SET remind_at = (
    SELECT min(due_at) FROM outbox
    WHERE what = 'reminder' AND outbox.order_reference = disputes.order_reference
        AND dispute_number = disputes.number AND sent_at IS NULL AND failed_at IS NULL
) WHERE state = 'open';

CREATE INDEX disputes_to_remind ON disputes (remind_at, order_reference, number) WHERE remind_at IS NOT NULL;

CREATE TABLE new_outbox (
    -- Empty for a mail about the account itself.
    order_reference TEXT NOT NULL,
    -- The idempotency key, the same at every attempt: "event.OC-7K3M9QXA.0002", "reminder.OC-7K3M9QXA.1.24".
    key             TEXT NOT NULL,
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password', 'notice')),
    -- The event; for a reminder, its question.
    event_number    INTEGER,
    dispute_number  INTEGER,
    -- The moment from which it is due; an account's mails are sent in this order.
    due_at          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    -- The next attempt: when it is due, and later after a failed attempt (backoff).
    next_try_at     TEXT NOT NULL,
    tries           INTEGER NOT NULL,
    -- The end, in real time, of the claim of the server that tries to send it.
    claimed_until   TEXT,
    sent_at         TEXT,
    failed_at       TEXT,
    -- The failure of the last attempt.
    failure         TEXT,
    PRIMARY KEY (order_reference, key, account_id),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number),
    FOREIGN KEY (order_reference, dispute_number) REFERENCES disputes (order_reference, number),
    CHECK ((what IN ('password', 'notice')) = (order_reference = '')),
    CHECK ((what IN ('password', 'notice')) = (event_number IS NULL)),
    CHECK (what <> 'reminder' OR dispute_number IS NOT NULL),
    CHECK (sent_at IS NULL OR failed_at IS NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO new_outbox (order_reference, key, account_id, what, event_number, dispute_number, due_at, created_at, next_try_at, tries, claimed_until, sent_at, failed_at, failure)
SELECT coalesce(order_reference, ''), key, account_id, what, event_number, dispute_number, due_at, created_at, next_try_at, tries, claimed_until, sent_at, failed_at, failure
FROM outbox
WHERE what <> 'reminder' OR sent_at IS NOT NULL OR failed_at IS NOT NULL
ORDER BY coalesce(order_reference, ''), key, account_id;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;

CREATE INDEX outbox_pending ON outbox (next_try_at, account_id, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_pending_of ON outbox (account_id, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_by_age ON outbox (due_at, key);
CREATE INDEX outbox_set_aside ON outbox (failed_at) WHERE failed_at IS NOT NULL;

CREATE TABLE new_notifications (
    order_reference TEXT NOT NULL,
    event_number    INTEGER NOT NULL,
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    at              TEXT NOT NULL,
    read_at         TEXT,
    PRIMARY KEY (order_reference, event_number, account_id),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number)
) STRICT, WITHOUT ROWID;

INSERT INTO new_notifications (order_reference, event_number, account_id, at, read_at)
SELECT order_reference, event_number, account_id, at, read_at FROM notifications
ORDER BY order_reference, event_number, account_id;
DROP TABLE notifications;
ALTER TABLE new_notifications RENAME TO notifications;

CREATE INDEX notifications_of ON notifications (account_id, at, order_reference, event_number);
CREATE INDEX notifications_unread ON notifications (account_id, order_reference, read_at) WHERE read_at IS NULL;
