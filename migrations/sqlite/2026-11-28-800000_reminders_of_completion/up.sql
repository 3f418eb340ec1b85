-- A customer is reminded of a delivery that will complete by silence (rules, 24 and 6 hours before): the moment of the next
-- reminder. Deliveries that are there already are looked at once, which finds their moment. The same stands in
-- migrations/postgres.
ALTER TABLE orders ADD COLUMN remind_at TEXT;
UPDATE orders SET remind_at = placed_at WHERE status = 'delivered';
CREATE INDEX orders_to_remind ON orders (remind_at) WHERE remind_at IS NOT NULL;
