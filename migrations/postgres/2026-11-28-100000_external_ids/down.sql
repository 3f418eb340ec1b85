DROP INDEX orders_external_id;
DROP INDEX accounts_external_id;
ALTER TABLE orders DROP COLUMN external_id;
ALTER TABLE accounts DROP COLUMN external_id;
