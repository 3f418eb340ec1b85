DELETE FROM outbox WHERE what = 'notice';
ALTER TABLE outbox
    DROP CONSTRAINT outbox_what_check,
    DROP CONSTRAINT outbox_check,
    DROP CONSTRAINT outbox_check1,
    ADD CONSTRAINT outbox_what_check CHECK (what IN ('event', 'reminder', 'password')),
    ADD CONSTRAINT outbox_check CHECK ((what = 'password') = (order_reference IS NULL)),
    ADD CONSTRAINT outbox_check1 CHECK ((what = 'password') = (event_number IS NULL));
DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP TABLE sessions;
CREATE TABLE sessions (
    key_hash   TEXT PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    state      TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_of_account ON sessions (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
