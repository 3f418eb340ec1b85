-- An order's page asks whether its reader was told something about it that they have not read: one place in this index,
-- however much else they were told. With the moment of reading in it, which is never there, nothing else has to be looked
-- up; without, SQLite would rather read everything that account was ever told. The same stands in migrations/postgres.
DROP INDEX notifications_unread;
CREATE INDEX notifications_unread ON notifications (account_id, order_reference, read_at) WHERE read_at IS NULL;
