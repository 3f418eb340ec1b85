-- Browsers that an account knows, and limits that keep no owner out. The same tables stand in migrations/sqlite.

-- The generations of what an account's browsers and failed attempts belong to. Raising one forgets all of the one before,
-- also on a command line, which has no key to find the hashed rows with. An account without a row is at 0.
CREATE TABLE account_generations (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    -- Of known browsers: signing out everywhere raises it.
    devices    BIGINT NOT NULL,
    -- Of wrong passwords: a new password raises it.
    passwords  BIGINT NOT NULL,
    -- Of everything that is counted: the command line alone raises it.
    limits     BIGINT NOT NULL
);

-- Both halves of an attempt, hashed with a key from now on: of an account the place, of a place the account. What was
-- counted until now had no key, and counts no more.
DELETE FROM sign_in_failures;
ALTER TABLE sign_in_failures ADD COLUMN about_hash TEXT;

-- Whether its owner came by a link from their own mailbox.
ALTER TABLE sessions ADD COLUMN by_link BOOLEAN NOT NULL DEFAULT FALSE;
