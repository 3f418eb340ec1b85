-- A mail that goes to another address than the account's: to the one that it had before. The same column is in
-- migrations/sqlite.
ALTER TABLE outbox ADD COLUMN address TEXT;
