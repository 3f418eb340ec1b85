ALTER TABLE disputes DROP COLUMN reminded_at;
