COMMENT ON COLUMN visitors.refused_at IS 'When the account was refused as a minor; outlives everything else about it.';
DROP INDEX visitors_bot_id_refused_at_idx;
ALTER TABLE visitors DROP COLUMN support_code, DROP COLUMN refused_born_on;
