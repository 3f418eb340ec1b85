-- The keys of the marketplace's programs. The same table is in migrations/postgres.

-- Only a hash of each key is kept: the key itself is random, so that no slow hash is needed. After a rotation two keys have
-- one name.
CREATE TABLE api_keys (
    id          TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    -- Words with a space between them.
    scopes      TEXT NOT NULL,
    -- In real time, like the moments below.
    created_at  TEXT NOT NULL,
    expires_at  TEXT,
    revoked_at  TEXT,
    -- To within a day.
    used_at     TEXT
) STRICT, WITHOUT ROWID;
