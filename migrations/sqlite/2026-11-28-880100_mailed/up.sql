-- When the mail server took the first mail with a question; NULL before this column came, and while it did not.
ALTER TABLE disputes ADD COLUMN mailed_at TEXT;
