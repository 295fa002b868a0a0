COMMENT ON COLUMN visitors.refused_at IS 'When the account was refused as a minor; outlives everything else about it.';
ALTER TABLE visitors DROP COLUMN support_code, DROP COLUMN refused_born_on;
