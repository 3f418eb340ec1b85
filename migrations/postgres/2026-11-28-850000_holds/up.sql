-- What waits and does not leave: mail. A restored backup writes to nobody until its operator says so. The same table is in
-- migrations/sqlite.
CREATE TABLE holds (
    name  TEXT PRIMARY KEY NOT NULL,
    -- In real time.
    since TIMESTAMP NOT NULL
);
