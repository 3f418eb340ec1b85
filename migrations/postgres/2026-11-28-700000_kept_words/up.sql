-- The words of forms that could not be taken yet. The same table is in migrations/sqlite.

-- They are hidden with a key that depends on the account and the page, so that a copy of the table tells nothing, and a row
-- is of no use elsewhere.
CREATE TABLE kept_words (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    page       TEXT NOT NULL,
    hidden     TEXT NOT NULL,
    -- In real time.
    kept_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, page)
);

CREATE INDEX kept_words_by_age ON kept_words (kept_at);
