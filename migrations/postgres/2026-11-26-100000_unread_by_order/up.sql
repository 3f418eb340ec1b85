-- Finds a reader's unread notifications of one order: one place in this index, however many other notifications there
-- are. The index includes the moment of reading, always null here, so that it covers the query; without it, SQLite
-- prefers to read all notifications of the account. The same index is in migrations/sqlite.
DROP INDEX notifications_unread;
CREATE INDEX notifications_unread ON notifications (account_id, order_reference, read_at) WHERE read_at IS NULL;
