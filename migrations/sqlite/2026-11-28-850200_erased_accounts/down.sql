DROP TABLE erased_ids;
ALTER TABLE accounts DROP COLUMN erased_at;
