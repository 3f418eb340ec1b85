DROP INDEX orders_due;
CREATE INDEX orders_due ON orders (settles_at) WHERE settles_at IS NOT NULL;
