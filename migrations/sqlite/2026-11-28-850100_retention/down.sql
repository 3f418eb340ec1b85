DROP INDEX orders_closed;
DROP INDEX orders_closed_undated;
ALTER TABLE orders DROP COLUMN words_erased_at;
ALTER TABLE orders DROP COLUMN closed_at;
