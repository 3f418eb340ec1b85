-- Signed-in devices, and second factors. The same tables are in migrations/postgres.

-- Sessions with their device and their start. Older sessions lack both, so all accounts sign in once more. A visitor no
-- longer has a row: a visitor's session is in the cookie.
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash     TEXT PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES accounts (id),
    -- The password was right and the code of the second factor is still missing: the session is not signed in yet.
    asks_code    INTEGER NOT NULL,
    state        TEXT NOT NULL,
    -- "Firefox" and "Windows", when the user agent names them; never more of the user agent.
    browser      TEXT,
    system       TEXT,
    -- All three in real time. seen_at is written at most once an hour.
    signed_in_at TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    expires_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- An account with a row needs a code to sign in.
CREATE TABLE second_factors (
    account_id    INTEGER PRIMARY KEY REFERENCES accounts (id),
    -- The secret shared with the account's app, encrypted with a key that is not in the database.
    hidden_secret TEXT NOT NULL,
    since         TEXT NOT NULL,
    -- The newest step of thirty seconds whose code was used; older codes are refused.
    last_step     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Recovery codes: each opens an account once instead of a code, and is hashed like a password.
CREATE TABLE recovery_codes (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    number     INTEGER NOT NULL,
    code_hash  TEXT NOT NULL,
    PRIMARY KEY (account_id, number)
) STRICT, WITHOUT ROWID;

-- A notice is a mail about a change in the account's sign-in; it belongs to no order.
CREATE TABLE new_outbox (
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    -- The idempotency key, the same at every attempt: "event.OC-7K3M9QXA.0002", "reminder.OC-7K3M9QXA.1.24".
    key             TEXT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('event', 'reminder', 'password', 'notice')),
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
