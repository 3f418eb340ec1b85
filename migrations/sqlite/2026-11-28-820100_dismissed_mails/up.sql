-- When an operator saw to a mail that was set aside: it no longer counts. The same stands in migrations/postgres.
ALTER TABLE outbox ADD COLUMN dismissed_at TEXT;
