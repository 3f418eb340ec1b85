ALTER TABLE accounts DROP COLUMN epoch;
