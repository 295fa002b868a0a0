//! LuvHive's store ports over PostgreSQL, and the private cluster a newcomer gets.
