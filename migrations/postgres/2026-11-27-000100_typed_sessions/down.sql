-- What an older program cannot read is dropped: everybody signs in once more.
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash     TEXT PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES accounts (id),
    asks_code    BOOLEAN NOT NULL,
    state        TEXT NOT NULL,
    browser      TEXT,
    system       TEXT,
    signed_in_at TIMESTAMP NOT NULL,
    seen_at      TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL
);

CREATE INDEX sessions_of_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
