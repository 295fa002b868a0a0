ALTER TABLE former_accounts DROP COLUMN kept_until;
