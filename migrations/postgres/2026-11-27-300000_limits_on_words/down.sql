DROP INDEX outbox_claimed;
DROP INDEX outbox_pending_of;
ALTER TABLE outbox DROP COLUMN priority;
CREATE INDEX outbox_pending_of ON outbox (account_id, due_at, key) WHERE sent_at IS NULL AND failed_at IS NULL;
DROP INDEX disputes_of_opener;
DROP INDEX events_of_dispute;
DROP INDEX events_comments;
