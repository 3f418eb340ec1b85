ALTER TABLE outbox DROP COLUMN last_event_number;
