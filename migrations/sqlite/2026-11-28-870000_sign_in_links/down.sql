ALTER TABLE sessions DROP COLUMN by_marketplace;
DROP TABLE sign_in_links;
