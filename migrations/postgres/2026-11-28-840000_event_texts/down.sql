ALTER TABLE events DISABLE TRIGGER events_are_never_changed;
ALTER TABLE events ADD COLUMN text TEXT;
UPDATE events SET text = event_texts.text FROM event_texts
WHERE event_texts.order_reference = events.order_reference AND event_texts.number = events.number;
ALTER TABLE events ENABLE TRIGGER events_are_never_changed;
DROP TABLE event_texts;
