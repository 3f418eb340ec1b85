-- Webhooks: where the marketplace is told of entries of the feed. The same tables are in migrations/sqlite.

CREATE TABLE webhook_endpoints (
    id                TEXT PRIMARY KEY NOT NULL,
    name              TEXT NOT NULL UNIQUE,
    url               TEXT NOT NULL,
    -- Types of entries with a space between them; none for all of them.
    kinds             TEXT NOT NULL,
    -- Encrypted with a key that is not in the database.
    hidden_secret     TEXT NOT NULL,
    hidden_old_secret TEXT,
    -- Until when the old secret signs too, in real time.
    old_until         TIMESTAMP,
    created_at        TIMESTAMP NOT NULL,
    paused_at         TIMESTAMP,
    pause_cause       TEXT,
    -- Since when every try failed.
    failing_since     TIMESTAMP,
    rests_until       TIMESTAMP
);

-- One row for each endpoint and entry, written with the entry's position.
CREATE TABLE webhook_deliveries (
    endpoint_id     TEXT NOT NULL,
    position        BIGINT NOT NULL,
    order_reference TEXT NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    due_at          TIMESTAMP NOT NULL,
    next_try_at     TIMESTAMP NOT NULL,
    tries           INTEGER NOT NULL,
    -- In real time.
    claimed_until   TIMESTAMP,
    -- What came of the last try: a status, or a word of ours.
    tried_at        TIMESTAMP,
    outcome         TEXT,
    took_ms         INTEGER,
    delivered_at    TIMESTAMP,
    given_up_at     TIMESTAMP,
    PRIMARY KEY (endpoint_id, position)
);
-- What waits, by the moment of its next try.
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, next_try_at)
    WHERE delivered_at IS NULL AND given_up_at IS NULL;
-- What waits before it for the same order.
CREATE INDEX webhook_deliveries_of_order ON webhook_deliveries (endpoint_id, order_reference, position)
    WHERE delivered_at IS NULL AND given_up_at IS NULL;
