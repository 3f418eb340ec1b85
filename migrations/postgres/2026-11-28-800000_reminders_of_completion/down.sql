DROP INDEX orders_to_remind;
ALTER TABLE orders DROP COLUMN remind_at;
