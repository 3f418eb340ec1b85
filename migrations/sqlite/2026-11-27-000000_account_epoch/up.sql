-- How often every session of an account was ended. A sign-in that is under way counts only in the epoch in which it began,
-- so that a new password, a second factor or "sign out everywhere" ends it too. The same column stands in
-- migrations/postgres.
ALTER TABLE accounts ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
