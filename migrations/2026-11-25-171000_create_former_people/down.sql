DROP TABLE former_people;
