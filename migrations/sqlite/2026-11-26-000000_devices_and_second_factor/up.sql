-- The devices somebody is signed in on, and second factors. The same tables stand in migrations/postgres.

-- Sessions that say on which device, and since when. What an older one does not say nobody knows any more, so everybody
-- signs in once more. Visitors who are not signed in no longer have a row: theirs is in their cookie.
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash     TEXT PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES accounts (id),
    -- The password was right, and the code of the second factor is still asked: nobody is signed in by it yet.
    asks_code    INTEGER NOT NULL,
    state        TEXT NOT NULL,
    -- "Firefox" and "Windows", as far as the browser says; never more of what it says.
    browser      TEXT,
    system       TEXT,
    -- All three in real time. Seen at is written once an hour at most.
    signed_in_at TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    expires_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Whoever has a row is asked for a code when they sign in.
CREATE TABLE second_factors (
    account_id    INTEGER PRIMARY KEY REFERENCES accounts (id),
    -- What the app of that account knows too, hidden with a key that is not in the database.
    hidden_secret TEXT NOT NULL,
    since         TEXT NOT NULL,
    -- The newest step of thirty seconds whose code was used; an older code is of no use any more.
    last_step     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What opens an account instead of a code, each once. Each is hashed as a password is.
CREATE TABLE recovery_codes (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    number     INTEGER NOT NULL,
    code_hash  TEXT NOT NULL,
    PRIMARY KEY (account_id, number)
) STRICT, WITHOUT ROWID;

-- A mail may also tell somebody that how they sign in has changed: a notice, which belongs to no order.
CREATE TABLE new_outbox (
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    -- The mail's own name, the same however often it is sent: "event.OC-7K3M9QXA.0002", "reminder.OC-7K3M9QXA.1.24".
    key             TEXT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password', 'notice')),
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
    CHECK ((what IN ('password', 'notice')) = (order_reference IS NULL)),
    CHECK ((what IN ('password', 'notice')) = (event_number IS NULL)),
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
