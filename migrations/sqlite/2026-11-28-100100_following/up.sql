-- An order follows the marketplace: what was last received is kept, a change from outside is an event with the value before
-- and after it, and what it ends is `overtaken`. The same stands in migrations/postgres.

-- The last value that was received of each field of an order.
CREATE TABLE received_orders (
    order_reference TEXT PRIMARY KEY REFERENCES orders (reference),
    title           TEXT NOT NULL,
    price_cents     INTEGER NOT NULL,
    placed_at       TEXT NOT NULL,
    delivery_date   TEXT NOT NULL,
    status          TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What an earlier import brought can be read from the history: the price and date before the first dispute, and the status
-- from the second event, of which nobody was told.
INSERT INTO received_orders (order_reference, title, price_cents, placed_at, delivery_date, status)
SELECT reference, title,
    coalesce((SELECT old_price_cents FROM disputes WHERE order_reference = reference AND number = 1), price_cents),
    placed_at,
    coalesce((SELECT old_delivery_date FROM disputes WHERE order_reference = reference AND number = 1), delivery_date),
    coalesce((
        SELECT CASE what WHEN 'delivered' THEN 'delivered' WHEN 'revision_requested' THEN 'in_revision'
            WHEN 'imported' THEN orders.status WHEN 'cancelled' THEN 'cancelled' END
        FROM events
        WHERE order_reference = reference AND number = 2 AND told_customer_id IS NULL AND told_freelancer_id IS NULL
    ), 'active')
FROM orders;

-- The last address and name that were received of a person.
ALTER TABLE accounts ADD COLUMN received_email TEXT;
ALTER TABLE accounts ADD COLUMN received_name TEXT;
UPDATE accounts SET received_email = email, received_name = name;
CREATE INDEX accounts_received_email ON accounts (received_email) WHERE received_email IS NOT NULL;

-- A value that changed from outside: cents, a date, or a title.
ALTER TABLE events ADD COLUMN value_before TEXT;
ALTER TABLE events ADD COLUMN value_after TEXT;

-- Where a mail goes when that is not its account's address: of a change of address the old one is told too.
ALTER TABLE outbox ADD COLUMN address TEXT;

-- SQLite cannot change a CHECK, so `disputes` is made anew. Mails refer to it until the end of the transaction.
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
    state             TEXT NOT NULL CHECK (state IN ('open', 'answered', 'accepted', 'declined', 'withdrawn', 'lapsed',
                          'overtaken')),
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
    previous_status, reason, extra_days, extras, old_delivery_date, old_price_cents, state, closed_at, form_token, remind_at
FROM kept_disputes;
DROP TABLE kept_disputes;
CREATE UNIQUE INDEX one_open_dispute_per_order ON disputes (order_reference) WHERE state = 'open';
CREATE INDEX disputes_to_answer ON disputes (respondent_id, respond_by, order_reference) WHERE state = 'open';
CREATE INDEX disputes_asked ON disputes (opener_id, respond_by, order_reference) WHERE state = 'open';
CREATE INDEX disputes_answered ON disputes (respondent_id, closed_at DESC, order_reference DESC, number DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX disputes_ended ON disputes (opener_id, closed_at DESC, order_reference DESC, number DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX disputes_to_remind ON disputes (remind_at, order_reference, number) WHERE remind_at IS NOT NULL;
CREATE INDEX disputes_of_opener ON disputes (order_reference, opener, kind, number);
