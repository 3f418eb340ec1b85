DROP INDEX orders_late_for_customer;
DROP INDEX orders_late_for_freelancer;
DROP INDEX orders_to_look_at;
DROP INDEX orders_open_for_customer;
DROP INDEX orders_open_for_freelancer;
