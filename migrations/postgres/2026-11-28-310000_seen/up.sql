-- When the party that must answer first opened the question; of one that it never opened, nothing.
ALTER TABLE disputes ADD COLUMN seen_at TIMESTAMP;
