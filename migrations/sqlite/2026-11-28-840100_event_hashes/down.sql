DROP INDEX orders_to_hash;
ALTER TABLE orders DROP COLUMN fingerprint_since;
ALTER TABLE orders DROP COLUMN hashed;
DROP TABLE event_hashes;
