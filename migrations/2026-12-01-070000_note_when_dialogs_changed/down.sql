ALTER TABLE dialogs DROP COLUMN changed_at;
