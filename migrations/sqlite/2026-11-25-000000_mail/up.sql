-- Mail that is really sent. The same tables stand in migrations/postgres.

-- What people want to be told by mail. What starts a window cannot be switched off.
ALTER TABLE accounts ADD COLUMN mail_comments INTEGER NOT NULL DEFAULT 1;
ALTER TABLE accounts ADD COLUMN mail_reminders INTEGER NOT NULL DEFAULT 1;

-- Nothing ever sent what the old table held, and by now it is history: it is dropped, so that switching mail on floods
-- nobody. Reminders of what was open already are not made up afterwards.
DROP TABLE outbox;

-- Mail to be sent: written in the transaction of what it tells, kept until 30 days after it was due.
CREATE TABLE outbox (
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    -- The mail's own name, the same however often it is sent: "event.OC-7K3M9QXA.0002", "reminder.OC-7K3M9QXA.1.24".
    key             TEXT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password')),
    order_reference TEXT,
    -- What happened; of a reminder, the question it reminds of.
    event_number    INTEGER,
    dispute_number  INTEGER,
    -- From when on it is to be sent, and the mails of one account in this order.
    due_at          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    -- When to try next: when it is due, and later after a try that failed.
    next_try_at     TEXT NOT NULL,
    tries           INTEGER NOT NULL,
    -- Until when, in real time, a server that tries to send it has it to itself.
    claimed_until   TEXT,
    sent_at         TEXT,
    failed_at       TEXT,
    -- Why the last try failed.
    failure         TEXT,
    PRIMARY KEY (account_id, key),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number),
    FOREIGN KEY (order_reference, dispute_number) REFERENCES disputes (order_reference, number),
    CHECK ((what = 'password') = (order_reference IS NULL)),
    CHECK ((what = 'password') = (event_number IS NULL)),
    CHECK (what <> 'reminder' OR dispute_number IS NOT NULL),
    CHECK (sent_at IS NULL OR failed_at IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_pending ON outbox (next_try_at, account_id, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_pending_of ON outbox (account_id, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_reminders ON outbox (order_reference, dispute_number) WHERE what = 'reminder';
CREATE INDEX outbox_by_age ON outbox (due_at, key);
