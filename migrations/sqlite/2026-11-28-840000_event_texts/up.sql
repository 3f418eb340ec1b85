-- The words of an event stand beside it, so that they can be erased while events stay append-only. What stays of erased
-- words is their hash: SHA-256 of the salt (32 random hexadecimal digits) and the words behind it, so that without the salt
-- nobody can find short words by trying. `titles_hash` is that of the titles of the extras that the event asks for, one on
-- each line. The same stands in migrations/postgres.
CREATE TABLE event_texts (
    order_reference TEXT NOT NULL,
    number          INTEGER NOT NULL,
    hash            TEXT NOT NULL,
    titles_hash     TEXT,
    salt            TEXT,
    text            TEXT,
    erased_at       TEXT,
    PRIMARY KEY (order_reference, number),
    FOREIGN KEY (order_reference, number) REFERENCES events (order_reference, number),
    CHECK ((erased_at IS NULL) = (text IS NOT NULL) AND (text IS NOT NULL) = (salt IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO event_texts (order_reference, number, hash, salt, text)
SELECT order_reference, number, '', lower(hex(randomblob(16))), text FROM events WHERE text IS NOT NULL;
UPDATE event_texts SET hash = salted_hash(salt, text), titles_hash = (
    SELECT salted_hash(event_texts.salt, group_concat(value ->> 'title', char(10)))
    FROM events JOIN disputes ON disputes.order_reference = events.order_reference
        AND disputes.number = events.dispute_number, json_each(disputes.extras)
    WHERE events.order_reference = event_texts.order_reference AND events.number = event_texts.number
        AND events.what = 'opened'
    HAVING count(*) > 0);
ALTER TABLE events DROP COLUMN text;
