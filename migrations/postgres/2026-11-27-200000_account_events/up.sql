-- What happens to an account is written down, and an operator can suspend one. The same stands in migrations/sqlite.

-- Since when nobody signs in to it; nothing when it is not suspended.
ALTER TABLE accounts ADD COLUMN suspended_at TIMESTAMP;
-- When its owner signed in for the first time ever, as far as that is known: no mail tells of that one.
ALTER TABLE accounts ADD COLUMN first_signed_in_at TIMESTAMP;

UPDATE accounts SET first_signed_in_at = (
    SELECT min(signed_in_at) FROM sessions WHERE account_id = accounts.id AND NOT asks_code
);

-- When a calendar program last read it, in real time; written once an hour at most.
ALTER TABLE calendars ADD COLUMN read_at TIMESTAMP;

-- Until when a session shows the address of the calendar.
ALTER TABLE sessions ADD COLUMN calendar_shown_until TIMESTAMP;

CREATE TABLE account_events (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    id         BIGINT NOT NULL,
    -- In real time.
    at         TIMESTAMP NOT NULL,
    -- A word of the program's own list, which later versions add to.
    kind       TEXT NOT NULL,
    actor      TEXT NOT NULL CHECK (actor IN ('person', 'operator')),
    -- "Firefox" and "Windows", as far as the browser said; never more of what it says, and no network address.
    browser    TEXT,
    system     TEXT,
    PRIMARY KEY (account_id, id)
);

CREATE INDEX account_events_of ON account_events (account_id, at, id);
CREATE INDEX account_events_by_age ON account_events (at);
