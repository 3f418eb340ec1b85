-- When the party that asked last sent a reminder itself.
ALTER TABLE disputes ADD COLUMN reminded_at TEXT;
