-- A place for a term of its own: what safety has to know of an account for longer than the usual 24 months, such as 10 years
-- after a ban that protects children. No row has one so far.
ALTER TABLE former_accounts ADD COLUMN kept_until TIMESTAMPTZ;
COMMENT ON COLUMN former_accounts.kept_until IS 'Not forgotten before this; NULL = the usual term alone.';
