ALTER TABLE sessions DROP COLUMN by_link;
DELETE FROM sign_in_failures;
ALTER TABLE sign_in_failures DROP COLUMN about_hash;
DROP TABLE account_generations;
