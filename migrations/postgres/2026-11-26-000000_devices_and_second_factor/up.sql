-- The devices somebody is signed in on, and second factors. The same tables stand in migrations/sqlite.

-- Sessions that say on which device, and since when. What an older one does not say nobody knows any more, so everybody
-- signs in once more. Visitors who are not signed in no longer have a row: theirs is in their cookie.
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash     TEXT PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES accounts (id),
    -- The password was right, and the code of the second factor is still asked: nobody is signed in by it yet.
    asks_code    BOOLEAN NOT NULL,
    state        TEXT NOT NULL,
    -- "Firefox" and "Windows", as far as the browser says; never more of what it says.
    browser      TEXT,
    system       TEXT,
    -- All three in real time. Seen at is written once an hour at most.
    signed_in_at TIMESTAMP NOT NULL,
    seen_at      TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL
);

CREATE INDEX sessions_of_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Whoever has a row is asked for a code when they sign in.
CREATE TABLE second_factors (
    account_id    BIGINT PRIMARY KEY REFERENCES accounts (id),
    -- What the app of that account knows too, hidden with a key that is not in the database.
    hidden_secret TEXT NOT NULL,
    since         TIMESTAMP NOT NULL,
    -- The newest step of thirty seconds whose code was used; an older code is of no use any more.
    last_step     BIGINT NOT NULL
);

-- What opens an account instead of a code, each once. Each is hashed as a password is.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    number     INTEGER NOT NULL,
    code_hash  TEXT NOT NULL,
    PRIMARY KEY (account_id, number)
);

-- A mail may also tell somebody that how they sign in has changed: a notice, which belongs to no order.
ALTER TABLE outbox
    DROP CONSTRAINT outbox_what_check,
    DROP CONSTRAINT outbox_check,
    DROP CONSTRAINT outbox_check1,
    ADD CONSTRAINT outbox_what_check CHECK (what IN ('event', 'reminder', 'password', 'notice')),
    ADD CONSTRAINT outbox_check CHECK ((what IN ('password', 'notice')) = (order_reference IS NULL)),
    ADD CONSTRAINT outbox_check1 CHECK ((what IN ('password', 'notice')) = (event_number IS NULL));
