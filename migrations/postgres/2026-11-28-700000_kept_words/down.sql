DROP TABLE kept_words;
