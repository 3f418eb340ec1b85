-- What a session holds has columns of its own instead of JSON: the token of its forms, and new recovery codes, hidden, until
-- their owner has them. The same table stands in migrations/sqlite. Whoever is signed in stays signed in.
ALTER TABLE sessions
    ADD COLUMN csrf_token TEXT,
    ADD COLUMN recovery_codes TEXT;

-- Each value was JSON in a text, inside JSON.
UPDATE sessions
SET csrf_token = (state::json ->> 'csrf')::json #>> '{}', recovery_codes = (state::json ->> 'codes')::json #>> '{}';
DELETE FROM sessions WHERE csrf_token IS NULL;

ALTER TABLE sessions
    ALTER COLUMN csrf_token SET NOT NULL,
    DROP COLUMN state;
