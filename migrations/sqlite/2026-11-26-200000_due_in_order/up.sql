-- What is due is settled in the order of deadline and reference, a batch behind the other. With the reference in the index
-- each batch begins where the last one ended, also where very many have one and the same deadline; without, PostgreSQL
-- sorted all of those for each batch. The same stands in migrations/postgres.
DROP INDEX orders_due;
CREATE INDEX orders_due ON orders (settles_at, reference) WHERE settles_at IS NOT NULL;
