-- Private calendars, and links to set a password. The same tables are in migrations/sqlite.

-- An account with a row has a calendar. Its address has a signature besides this id, so that a copy of the table opens
-- none.
CREATE TABLE calendars (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    id         TEXT NOT NULL UNIQUE
);

-- Finds the soonest delivery dates of one side without reading all its orders.
CREATE INDEX orders_delivered_to ON orders (customer_id, delivery_date, reference);
CREATE INDEX orders_delivered_by ON orders (freelancer_id, delivery_date, reference);

-- Links that set a password once. The token in a mail has a signature besides this id. A row without an account is for
-- an unknown address, so that a request takes the same work.
CREATE TABLE password_links (
    id         TEXT PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- The moment it was used, or replaced by a newer link or another password.
    ended_at   TIMESTAMP
);

CREATE INDEX password_links_of ON password_links (account_id) WHERE ended_at IS NULL;
CREATE INDEX password_links_by_expiry ON password_links (expires_at);
