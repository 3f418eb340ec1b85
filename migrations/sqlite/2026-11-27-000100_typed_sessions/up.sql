-- What a session holds has columns of its own instead of JSON: the token of its forms, and new recovery codes, hidden, until
-- their owner has them. The same table stands in migrations/postgres. Whoever is signed in stays signed in.
CREATE TABLE new_sessions (
    key_hash       TEXT PRIMARY KEY,
    account_id     INTEGER NOT NULL REFERENCES accounts (id),
    -- The password was right, and the code of the second factor is still asked: nobody is signed in by it yet.
    asks_code      INTEGER NOT NULL,
    csrf_token     TEXT NOT NULL,
    recovery_codes TEXT,
    -- "Firefox" and "Windows", as far as the browser says; never more of what it says.
    browser        TEXT,
    system         TEXT,
    -- All three in real time. Seen at is written once an hour at most.
    signed_in_at   TEXT NOT NULL,
    seen_at        TEXT NOT NULL,
    expires_at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Each value was JSON in a text, inside JSON.
INSERT INTO new_sessions (key_hash, account_id, asks_code, csrf_token, recovery_codes, browser, system, signed_in_at, seen_at, expires_at)
SELECT key_hash, account_id, asks_code, json_extract(json_extract(state, '$.csrf'), '$'), json_extract(json_extract(state, '$.codes'), '$'), browser, system, signed_in_at, seen_at, expires_at
FROM sessions
WHERE json_extract(state, '$.csrf') IS NOT NULL;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;

CREATE INDEX sessions_of_account ON sessions (account_id, seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
