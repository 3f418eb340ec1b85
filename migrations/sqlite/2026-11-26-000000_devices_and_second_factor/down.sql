DELETE FROM outbox WHERE what = 'notice';
CREATE TABLE new_outbox (
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    -- The idempotency key, the same at every attempt: "event.OC-7K3M9QXA.0002", "reminder.OC-7K3M9QXA.1.24".
    key             TEXT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password')),
    order_reference TEXT,
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
    PRIMARY KEY (account_id, key),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number),
    FOREIGN KEY (order_reference, dispute_number) REFERENCES disputes (order_reference, number),
    CHECK ((what = 'password') = (order_reference IS NULL)),
    CHECK ((what = 'password') = (event_number IS NULL)),
    CHECK (what <> 'reminder' OR dispute_number IS NOT NULL),
    CHECK (sent_at IS NULL OR failed_at IS NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO new_outbox (account_id, key, what, order_reference, event_number, dispute_number, due_at, created_at, next_try_at, tries, claimed_until, sent_at, failed_at, failure)
SELECT account_id, key, what, order_reference, event_number, dispute_number, due_at, created_at, next_try_at, tries, claimed_until, sent_at, failed_at, failure
FROM outbox;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;

CREATE INDEX outbox_pending ON outbox (next_try_at, account_id, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_pending_of ON outbox (account_id, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_reminders ON outbox (order_reference, dispute_number) WHERE what = 'reminder';
CREATE INDEX outbox_by_age ON outbox (due_at, key);
DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash   TEXT PRIMARY KEY,
    account_id INTEGER REFERENCES accounts (id),
    state      TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_account ON sessions (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
