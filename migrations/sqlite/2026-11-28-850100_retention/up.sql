-- The words of a closed order are kept for a while. The same stands in migrations/postgres.

-- When the order was closed. The worker writes it down after that, also for orders that were closed before.
ALTER TABLE orders ADD COLUMN closed_at TEXT;
-- When its words were erased.
ALTER TABLE orders ADD COLUMN words_erased_at TEXT;

CREATE INDEX orders_closed_undated ON orders (reference) WHERE status IN ('completed', 'mutually_cancelled', 'cancelled') AND closed_at IS NULL;
CREATE INDEX orders_closed ON orders (closed_at, reference) WHERE closed_at IS NOT NULL AND words_erased_at IS NULL;
