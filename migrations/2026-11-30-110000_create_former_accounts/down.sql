DROP INDEX sanctions_bot_id_subject_hash_idx;
ALTER TABLE former_people DROP COLUMN is_adopted;
DROP TABLE former_accounts;
COMMENT ON COLUMN former_people.suspended_until IS 'Until when they may not come back: infinity for a ban; NULL = they may.';
