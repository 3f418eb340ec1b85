ALTER TABLE disputes DROP COLUMN seen_at;
