-- What the marketplace is told: the changes of orders that it sees, in one line. The same tables are in migrations/sqlite.

-- An entry names an event, and what it shows is made of the order's events: they never change. The relay writes it, from
-- this migration on.
CREATE TABLE feed (
    -- Counts up without holes. Old entries are deleted.
    position        BIGINT PRIMARY KEY NOT NULL,
    order_reference TEXT NOT NULL,
    -- Never shown: it counts events that the marketplace does not see.
    event_number    INTEGER NOT NULL,
    -- The type of the entry.
    kind            TEXT NOT NULL,
    occurred_at     TIMESTAMP NOT NULL,
    -- When it got its position.
    recorded_at     TIMESTAMP NOT NULL
);

-- One row, made with the first entry. Whoever gives positions holds its lock until the commit: so an entry is seen only when
-- all earlier ones are.
CREATE TABLE feed_sequence (
    id        INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    -- The last position that was given.
    position  BIGINT NOT NULL,
    -- The last position whose entry was deleted.
    forgotten BIGINT NOT NULL,
    -- Random. Ids and cursors are made with it; a restored database has another one.
    seed      TEXT NOT NULL
);
