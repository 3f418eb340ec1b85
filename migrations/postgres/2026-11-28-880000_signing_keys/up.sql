-- Keys that sign dossiers. The same table is in migrations/sqlite.

-- A key signs for the site of its name until it ends. Its row stays: a dossier that was signed with it can be checked for ever.
CREATE TABLE signing_keys (
    -- Base 64.
    public_key    TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    -- Encrypted with the secret key.
    hidden_secret TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    ended_at      TIMESTAMP
);
