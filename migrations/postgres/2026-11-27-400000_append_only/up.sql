-- TRUNCATE empties a table without asking its triggers of rows; this one is asked once for the whole statement, also when
-- TRUNCATE ... CASCADE comes from another table. And the refusal gets a code of its own (23001) in the place of the one
-- that every RAISE has. The same stands in migrations/sqlite, where REPLACE is what goes around the triggers.
CREATE OR REPLACE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_events();
