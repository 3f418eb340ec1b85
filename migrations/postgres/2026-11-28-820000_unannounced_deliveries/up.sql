-- An order that came here delivered, nobody knows since when: its three days begin when its customer is told of it, and until
-- then it never completes. The moment at which it came, while that waits. The same stands in migrations/sqlite.
ALTER TABLE orders ADD COLUMN unannounced_since TIMESTAMP;
CREATE INDEX orders_unannounced ON orders (customer_id, reference) WHERE unannounced_since IS NOT NULL;
-- When a mail server last took a mail that welcomed the person.
ALTER TABLE accounts ADD COLUMN welcomed_at TIMESTAMP;
