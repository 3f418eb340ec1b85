-- The groups of an account's home page, each in its own order. Closed orders are in none of these indexes.
CREATE INDEX orders_late_for_customer ON orders (customer_id, delivery_date, reference) WHERE status IN ('active', 'in_revision');
CREATE INDEX orders_late_for_freelancer ON orders (freelancer_id, delivery_date, reference) WHERE status IN ('active', 'in_revision');
CREATE INDEX orders_to_look_at ON orders (customer_id, completes_at, reference) WHERE completes_at IS NOT NULL;
CREATE INDEX orders_open_for_customer ON orders (customer_id, placed_at DESC, reference DESC) WHERE status NOT IN ('completed', 'mutually_cancelled', 'cancelled');
CREATE INDEX orders_open_for_freelancer ON orders (freelancer_id, placed_at DESC, reference DESC) WHERE status NOT IN ('completed', 'mutually_cancelled', 'cancelled');
