ALTER TABLE disputes DROP COLUMN mailed_at;
