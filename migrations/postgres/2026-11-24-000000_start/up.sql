-- Moments are UTC; money is whole cents. The same tables are in migrations/sqlite.

CREATE TABLE accounts (
    id            BIGINT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT,
    language      TEXT CHECK (language IN ('nl', 'en')),
    time_zone     TEXT,
    theme         TEXT CHECK (theme IN ('light', 'dark')),
    created_at    TIMESTAMP NOT NULL
);

CREATE TABLE orders (
    reference     TEXT COLLATE "C" PRIMARY KEY,
    title         TEXT NOT NULL,
    customer_id   BIGINT NOT NULL REFERENCES accounts (id),
    freelancer_id BIGINT NOT NULL REFERENCES accounts (id),
    placed_at     TIMESTAMP NOT NULL,
    price_cents   BIGINT NOT NULL CHECK (price_cents > 0),
    currency      TEXT NOT NULL,
    delivery_date DATE NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('active', 'delivered', 'in_revision', 'in_dispute',
                      'change_requested', 'completed', 'mutually_cancelled', 'cancelled')),
    completes_at  TIMESTAMP,
    -- The next moment at which silence decides: the open dispute's deadline, or completes_at.
    settles_at    TIMESTAMP,
    disputes      INTEGER NOT NULL,
    events        INTEGER NOT NULL,
    CHECK (customer_id <> freelancer_id)
);

CREATE INDEX orders_of_customer ON orders (customer_id, placed_at DESC, reference DESC);
CREATE INDEX orders_of_freelancer ON orders (freelancer_id, placed_at DESC, reference DESC);
CREATE INDEX orders_due ON orders (settles_at) WHERE settles_at IS NOT NULL;

CREATE TABLE disputes (
    order_reference   TEXT COLLATE "C" NOT NULL REFERENCES orders (reference),
    number            INTEGER NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('update', 'cancellation', 'change')),
    opener            TEXT NOT NULL CHECK (opener IN ('customer', 'freelancer')),
    opener_id         BIGINT NOT NULL REFERENCES accounts (id),
    respondent_id     BIGINT NOT NULL REFERENCES accounts (id),
    opened_at         TIMESTAMP NOT NULL,
    respond_by        TIMESTAMP NOT NULL,
    previous_status   TEXT NOT NULL CHECK (previous_status IN ('active', 'delivered', 'in_revision')),
    reason            TEXT,
    extra_days        INTEGER CHECK (extra_days BETWEEN 1 AND 30),
    -- The requested extras, as a JSON list of titles and prices in cents.
    extras            TEXT,
    old_delivery_date DATE NOT NULL,
    old_price_cents   BIGINT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('open', 'answered', 'accepted', 'declined', 'withdrawn', 'lapsed')),
    closed_at         TIMESTAMP,
    form_token        TEXT NOT NULL,
    PRIMARY KEY (order_reference, number),
    UNIQUE (order_reference, opener_id, form_token),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((kind = 'cancellation') = (reason IS NOT NULL))
);

CREATE UNIQUE INDEX one_open_dispute_per_order ON disputes (order_reference) WHERE state = 'open';
CREATE INDEX disputes_to_answer ON disputes (respondent_id, respond_by, order_reference) WHERE state = 'open';
CREATE INDEX disputes_asked ON disputes (opener_id, respond_by, order_reference) WHERE state = 'open';
CREATE INDEX disputes_answered ON disputes (respondent_id, closed_at DESC, order_reference DESC, number DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX disputes_ended ON disputes (opener_id, closed_at DESC, order_reference DESC, number DESC) WHERE closed_at IS NOT NULL;

CREATE TABLE events (
    order_reference TEXT COLLATE "C" NOT NULL REFERENCES orders (reference),
    number          INTEGER NOT NULL,
    at              TIMESTAMP NOT NULL,
    actor           TEXT NOT NULL CHECK (actor IN ('customer', 'freelancer', 'system')),
    what            TEXT NOT NULL,
    dispute_number  INTEGER,
    text            TEXT,
    PRIMARY KEY (order_reference, number)
);

-- The timeline is append-only; the database says so too.
CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_events();

CREATE TABLE notifications (
    account_id      BIGINT NOT NULL REFERENCES accounts (id),
    at              TIMESTAMP NOT NULL,
    order_reference TEXT COLLATE "C" NOT NULL,
    event_number    INTEGER NOT NULL,
    read_at         TIMESTAMP,
    PRIMARY KEY (account_id, at, order_reference, event_number),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number)
);

CREATE INDEX notifications_unread ON notifications (account_id) WHERE read_at IS NULL;

-- The outbox: mails to send, written in the transaction of their event.
CREATE TABLE outbox (
    account_id      BIGINT NOT NULL REFERENCES accounts (id),
    order_reference TEXT COLLATE "C" NOT NULL,
    event_number    INTEGER NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, order_reference, event_number),
    FOREIGN KEY (order_reference, event_number) REFERENCES events (order_reference, number)
);

CREATE INDEX outbox_by_age ON outbox (created_at);

CREATE TABLE sessions (
    key_hash   TEXT PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id),
    state      TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

CREATE INDEX sessions_of_account ON sessions (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE sign_in_failures (
    id       BIGINT PRIMARY KEY,
    who_hash TEXT NOT NULL,
    at       TIMESTAMP NOT NULL
);

CREATE INDEX sign_in_failures_of ON sign_in_failures (who_hash, at);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (at);
