-- Coming in through the marketplace. The same tables are in migrations/sqlite.

-- Links that sign a person in once, within a minute. The address has a seal besides this id, so that a copy of the table
-- opens no account. A row without an account is a hand-off that was used up: no answer of the marketplace counts twice.
CREATE TABLE sign_in_links (
    id         TEXT PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    -- The page that it leads to.
    next       TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- The moment it was used, or replaced by a newer one.
    ended_at   TIMESTAMP
);

CREATE INDEX sign_in_links_of ON sign_in_links (account_id) WHERE ended_at IS NULL;
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);

-- Whether its owner came in through the marketplace.
ALTER TABLE sessions ADD COLUMN by_marketplace BOOLEAN NOT NULL DEFAULT FALSE;
