ALTER TABLE accounts DROP COLUMN welcomed_at;
DROP INDEX orders_unannounced;
ALTER TABLE orders DROP COLUMN unannounced_since;
