-- The part of a change that was accepted, where it was not all of it.
ALTER TABLE disputes ADD COLUMN accepted_part TEXT CHECK (accepted_part IN ('date', 'extras'));
