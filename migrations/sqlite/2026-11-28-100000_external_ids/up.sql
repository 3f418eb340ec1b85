-- The marketplace's own ids of people and orders; nothing where it never gave one. The same stands in migrations/postgres.
ALTER TABLE accounts ADD COLUMN external_id TEXT;
ALTER TABLE orders ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX accounts_external_id ON accounts (external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX orders_external_id ON orders (external_id) WHERE external_id IS NOT NULL;
