DROP INDEX notifications_unread;
CREATE INDEX notifications_unread ON notifications (account_id) WHERE read_at IS NULL;
