DROP TABLE password_links;
DROP INDEX orders_delivered_by;
DROP INDEX orders_delivered_to;
DROP TABLE calendars;
