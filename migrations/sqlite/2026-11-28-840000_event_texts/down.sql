DROP TRIGGER events_are_never_changed;
ALTER TABLE events ADD COLUMN text TEXT;
UPDATE events SET text = (SELECT text FROM event_texts
    WHERE event_texts.order_reference = events.order_reference AND event_texts.number = events.number);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
DROP TABLE event_texts;
