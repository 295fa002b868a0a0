DROP TABLE preferences;
DROP TABLE people;
