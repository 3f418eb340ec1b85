DROP TABLE account_events;
ALTER TABLE sessions DROP COLUMN calendar_shown_until;
ALTER TABLE calendars DROP COLUMN read_at;
ALTER TABLE accounts DROP COLUMN first_signed_in_at;
ALTER TABLE accounts DROP COLUMN suspended_at;
