ALTER TABLE disputes DROP COLUMN accepted_part;
