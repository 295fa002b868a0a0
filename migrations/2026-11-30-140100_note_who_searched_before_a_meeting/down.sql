-- People in a meeting who did not search before it are taken for people who did.
ALTER TABLE seats
    DROP CONSTRAINT seats_kind_was_searching_check,
    DROP COLUMN was_searching;
