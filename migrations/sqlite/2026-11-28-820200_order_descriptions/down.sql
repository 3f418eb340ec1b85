DROP TABLE order_descriptions;
