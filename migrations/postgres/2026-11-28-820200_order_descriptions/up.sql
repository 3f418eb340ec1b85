-- What the marketplace says of an order besides its terms: a text, and its page there. The same stands in migrations/sqlite.
CREATE TABLE order_descriptions (
    order_reference TEXT COLLATE "C" PRIMARY KEY REFERENCES orders (reference),
    description     TEXT,
    url             TEXT
);
