-- Accounts that were erased stay as rows without a person: orders refer to them. The same stands in migrations/sqlite.

-- In real time; nothing when it is not erased.
ALTER TABLE accounts ADD COLUMN erased_at TIMESTAMP;

-- By what the marketplace knows an erased person, so that a later file does not bring the account back: a hash with a salt
-- that the whole table has in common.
CREATE TABLE erased_ids (
    hash       TEXT PRIMARY KEY NOT NULL,
    salt       TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    erased_at  TIMESTAMP NOT NULL
);
