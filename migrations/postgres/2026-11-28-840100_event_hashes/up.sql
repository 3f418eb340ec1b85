-- The hash of each event over the one before it and its own facts: the chain of an order. The worker fills it, for new
-- events with their mails and for older ones in small steps; `hashed` is the number of the last event that has its hash.
-- `fingerprint_since` is when a mail first told the head of the chain. The same stands in migrations/sqlite.
CREATE TABLE event_hashes (
    order_reference TEXT COLLATE "C" NOT NULL REFERENCES orders (reference),
    number          INTEGER NOT NULL,
    hash            TEXT NOT NULL,
    PRIMARY KEY (order_reference, number)
);
ALTER TABLE orders ADD COLUMN hashed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN fingerprint_since TIMESTAMP;
CREATE INDEX orders_to_hash ON orders (reference) WHERE hashed < events;
