DROP TABLE received_orders;
DROP INDEX accounts_received_email;
ALTER TABLE accounts DROP COLUMN received_name;
ALTER TABLE accounts DROP COLUMN received_email;
ALTER TABLE events DROP COLUMN value_after;
ALTER TABLE events DROP COLUMN value_before;
DELETE FROM outbox WHERE address IS NOT NULL;
ALTER TABLE outbox DROP COLUMN address;
PRAGMA defer_foreign_keys = ON;
CREATE TABLE kept_disputes AS SELECT * FROM disputes;
DROP TABLE disputes;
CREATE TABLE disputes (
    order_reference   TEXT NOT NULL REFERENCES orders (reference),
    number            INTEGER NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('update', 'cancellation', 'change')),
    opener            TEXT NOT NULL CHECK (opener IN ('customer', 'freelancer')),
    opener_id         INTEGER NOT NULL REFERENCES accounts (id),
    respondent_id     INTEGER NOT NULL REFERENCES accounts (id),
    opened_at         TEXT NOT NULL,
    respond_by        TEXT NOT NULL,
    previous_status   TEXT NOT NULL CHECK (previous_status IN ('active', 'delivered', 'in_revision')),
    reason            TEXT,
    extra_days        INTEGER CHECK (extra_days BETWEEN 1 AND 30),
    -- The requested extras, as a JSON list of titles and prices in cents.
    extras            TEXT,
    old_delivery_date TEXT NOT NULL,
    old_price_cents   INTEGER NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('open', 'answered', 'accepted', 'declined', 'withdrawn', 'lapsed')),
    closed_at         TEXT,
    form_token        TEXT NOT NULL,
    -- The next reminder to the party that must answer; null after the last one, and once it is closed.
    remind_at         TEXT CHECK (remind_at IS NULL OR state = 'open'),
    PRIMARY KEY (order_reference, number),
    UNIQUE (order_reference, opener_id, form_token),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((kind = 'cancellation') = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO disputes (order_reference, number, kind, opener, opener_id, respondent_id, opened_at, respond_by,
    previous_status, reason, extra_days, extras, old_delivery_date, old_price_cents, state, closed_at, form_token, remind_at)
SELECT order_reference, number, kind, opener, opener_id, respondent_id, opened_at, respond_by,
    previous_status, reason, extra_days, extras, old_delivery_date, old_price_cents,
    CASE state WHEN 'overtaken' THEN 'withdrawn' ELSE state END, closed_at, form_token, remind_at
FROM kept_disputes;
DROP TABLE kept_disputes;
CREATE UNIQUE INDEX one_open_dispute_per_order ON disputes (order_reference) WHERE state = 'open';
CREATE INDEX disputes_to_answer ON disputes (respondent_id, respond_by, order_reference) WHERE state = 'open';
CREATE INDEX disputes_asked ON disputes (opener_id, respond_by, order_reference) WHERE state = 'open';
CREATE INDEX disputes_answered ON disputes (respondent_id, closed_at DESC, order_reference DESC, number DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX disputes_ended ON disputes (opener_id, closed_at DESC, order_reference DESC, number DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX disputes_to_remind ON disputes (remind_at, order_reference, number) WHERE remind_at IS NOT NULL;
CREATE INDEX disputes_of_opener ON disputes (order_reference, opener, kind, number);
