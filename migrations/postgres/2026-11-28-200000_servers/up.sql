-- The servers that run on this database, each with the moment at which it last said so. The same table is in
-- migrations/sqlite.

-- A wall clock before the newest of these moments is wrong. The key is only known by a fingerprint.
CREATE TABLE servers (
    id              TEXT NOT NULL PRIMARY KEY,
    version         TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    -- In real time.
    seen_at         TIMESTAMP NOT NULL
);
