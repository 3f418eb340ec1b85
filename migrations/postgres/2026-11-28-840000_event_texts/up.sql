-- The words of an event stand beside it, so that they can be erased while events stay append-only. What stays of erased
-- words is their hash: SHA-256 of the salt (32 random hexadecimal digits) and the words behind it, so that without the salt
-- nobody can find short words by trying. `titles_hash` is that of the titles of the extras that the event asks for, one on
-- each line. The same stands in migrations/sqlite.
CREATE TABLE event_texts (
    order_reference TEXT COLLATE "C" NOT NULL,
    number          INTEGER NOT NULL,
    hash            TEXT NOT NULL,
    titles_hash     TEXT,
    salt            TEXT,
    text            TEXT,
    erased_at       TIMESTAMP,
    PRIMARY KEY (order_reference, number),
    FOREIGN KEY (order_reference, number) REFERENCES events (order_reference, number),
    CHECK ((erased_at IS NULL) = (text IS NOT NULL) AND (text IS NOT NULL) = (salt IS NOT NULL))
);
-- Two random UUIDs have 244 random bits; the salt is half of their hash.
INSERT INTO event_texts (order_reference, number, hash, salt, text)
SELECT order_reference, number, '',
    left(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'), 32), text
FROM events WHERE text IS NOT NULL;
UPDATE event_texts SET hash = encode(sha256(convert_to(salt || text, 'UTF8')), 'hex'), titles_hash = (
    SELECT encode(sha256(convert_to(
        event_texts.salt || string_agg(extra ->> 'title', E'\n' ORDER BY nth), 'UTF8')), 'hex')
    FROM events JOIN disputes ON disputes.order_reference = events.order_reference
        AND disputes.number = events.dispute_number,
        json_array_elements(disputes.extras::json) WITH ORDINALITY AS extras (extra, nth)
    WHERE events.order_reference = event_texts.order_reference AND events.number = event_texts.number
        AND events.what = 'opened');
ALTER TABLE events DROP COLUMN text;
-- A dropped column stays in the rows of old until they are written anew.
CLUSTER events USING events_pkey;
