-- Due orders are settled by deadline and reference, batch after batch (keyset). With the reference in the index each
-- batch begins where the last one ended, also when very many orders share one deadline; without it, PostgreSQL sorted
-- all of those for each batch. The same index is in migrations/sqlite.
DROP INDEX orders_due;
CREATE INDEX orders_due ON orders (settles_at, reference) WHERE settles_at IS NOT NULL;
