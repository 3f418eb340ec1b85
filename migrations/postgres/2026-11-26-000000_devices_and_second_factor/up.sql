-- Signed-in devices, and second factors. The same tables are in migrations/sqlite.

-- Sessions with their device and their start. Older sessions lack both, so all accounts sign in once more. A visitor no
-- longer has a row: a visitor's session is in the cookie.
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash     TEXT PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES accounts (id),
    -- The password was right and the code of the second factor is still missing: the session is not signed in yet.
    asks_code    BOOLEAN NOT NULL,
    state        TEXT NOT NULL,
    -- "Firefox" and "Windows", when the user agent names them; never more of the user agent.
    browser      TEXT,
    system       TEXT,
    -- All three in real time. seen_at is written at most once an hour.
    signed_in_at TIMESTAMP NOT NULL,
    seen_at      TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL
);

CREATE INDEX sessions_of_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- An account with a row needs a code to sign in.
CREATE TABLE second_factors (
    account_id    BIGINT PRIMARY KEY REFERENCES accounts (id),
    -- The secret shared with the account's app, encrypted with a key that is not in the database.
    hidden_secret TEXT NOT NULL,
    since         TIMESTAMP NOT NULL,
    -- The newest step of thirty seconds whose code was used; older codes are refused.
    last_step     BIGINT NOT NULL
);

-- Recovery codes: each opens an account once instead of a code, and is hashed like a password.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    number     INTEGER NOT NULL,
    code_hash  TEXT NOT NULL,
    PRIMARY KEY (account_id, number)
);

-- A notice is a mail about a change in the account's sign-in; it belongs to no order.
ALTER TABLE outbox
    DROP CONSTRAINT outbox_what_check,
    DROP CONSTRAINT outbox_check,
    DROP CONSTRAINT outbox_check1,
    ADD CONSTRAINT outbox_what_check CHECK (what IN ('event', 'reminder', 'password', 'notice')),
    ADD CONSTRAINT outbox_check CHECK ((what IN ('password', 'notice')) = (order_reference IS NULL)),
    ADD CONSTRAINT outbox_check1 CHECK ((what IN ('password', 'notice')) = (event_number IS NULL));
