-- One mail of comments for each reader and order, ten minutes after the first of them: of such a mail the number of the
-- last comment in it; null for every other mail. The same column stands in migrations/sqlite.
ALTER TABLE outbox ADD COLUMN last_event_number INTEGER;
