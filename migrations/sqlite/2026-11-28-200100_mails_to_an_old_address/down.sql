ALTER TABLE outbox DROP COLUMN address;
