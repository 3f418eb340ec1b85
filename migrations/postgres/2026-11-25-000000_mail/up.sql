-- Mail that is really sent. The same tables are in migrations/sqlite.

-- Choices of mail. A mail that starts a window cannot be switched off.
ALTER TABLE accounts ADD COLUMN mail_comments BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE accounts ADD COLUMN mail_reminders BOOLEAN NOT NULL DEFAULT TRUE;

-- The old table's mails were never sent and are out of date. It is dropped, so that switching mail on floods no
-- account. Questions that are open already get no reminders afterwards.
DROP TABLE outbox;

-- The outbox: mails to send, written in the transaction of their event and kept until 30 days after they were due.
CREATE TABLE outbox (
    account_id      BIGINT NOT NULL REFERENCES accounts (id),
    -- The idempotency key, the same at every attempt: "event.OC-7K3M9QXA.0002", "reminder.OC-7K3M9QXA.1.24".
    key             TEXT COLLATE "C" NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password')),
    order_reference TEXT COLLATE "C",
    -- The event; for a reminder, its question.
    event_number    INTEGER,
    dispute_number  INTEGER,
    -- The moment from which it is due; an account's mails are sent in this order.
    due_at          TIMESTAMP NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    -- The next attempt: when it is due, and later after a failed attempt (backoff).
    next_try_at     TIMESTAMP NOT NULL,
    tries           INTEGER NOT NULL,
    -- The end, in real time, of the claim of the server that tries to send it.
    claimed_until   TIMESTAMP,
    sent_at         TIMESTAMP,
    failed_at       TIMESTAMP,
    -- The failure of the last attempt.
    failure         TEXT,
    PRIMARY KEY (account_id, key),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number),
    FOREIGN KEY (order_reference, dispute_number) REFERENCES disputes (order_reference, number),
    CHECK ((what = 'password') = (order_reference IS NULL)),
    CHECK ((what = 'password') = (event_number IS NULL)),
    CHECK (what <> 'reminder' OR dispute_number IS NOT NULL),
    CHECK (sent_at IS NULL OR failed_at IS NULL)
);

CREATE INDEX outbox_pending ON outbox (next_try_at, account_id, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_pending_of ON outbox (account_id, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_reminders ON outbox (order_reference, dispute_number) WHERE what = 'reminder';
CREATE INDEX outbox_by_age ON outbox (due_at, key);
