DROP TABLE sign_in_failures;
DROP TABLE sessions;
DROP TABLE outbox;
DROP TABLE notifications;
DROP TABLE events;
DROP TABLE disputes;
DROP TABLE orders;
DROP TABLE accounts;
