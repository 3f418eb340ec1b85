DROP TABLE received_orders;
DROP INDEX accounts_received_email;
ALTER TABLE accounts DROP COLUMN received_name;
ALTER TABLE accounts DROP COLUMN received_email;
ALTER TABLE events DROP COLUMN value_after;
ALTER TABLE events DROP COLUMN value_before;
DELETE FROM outbox WHERE address IS NOT NULL;
ALTER TABLE outbox DROP COLUMN address;
UPDATE disputes SET state = 'withdrawn' WHERE state = 'overtaken';
ALTER TABLE disputes DROP CONSTRAINT disputes_state_check;
ALTER TABLE disputes ADD CONSTRAINT disputes_state_check
    CHECK (state IN ('open', 'answered', 'accepted', 'declined', 'withdrawn', 'lapsed'));
