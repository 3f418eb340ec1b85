DROP TABLE feed_sequence;
DROP TABLE feed;
