-- REPLACE deletes a row without asking its triggers, unless a connection sets `recursive_triggers`. This program sets it;
-- another one that opens the file (the shell `sqlite3`) does not. So an event that is there already is refused before
-- REPLACE gets to it. SQLite has no TRUNCATE: a DELETE without WHERE asks the trigger. The same stands in
-- migrations/postgres.
CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE order_reference = NEW.order_reference AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
