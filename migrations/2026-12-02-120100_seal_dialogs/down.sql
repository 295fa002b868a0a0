-- What is encrypted goes: take a copy first.
COMMENT ON COLUMN dialogs.state IS 'Written and read by the dialog alone, in the form that version names.';
ALTER TABLE dialogs DROP COLUMN state_sealed;
