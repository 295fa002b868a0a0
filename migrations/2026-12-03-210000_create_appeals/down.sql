DROP TABLE appeals;
DROP INDEX evidence_posts_bot_id_unclear_idx;
DROP INDEX reports_bot_id_reason_idx;
DROP INDEX staff_members_bot_id_role_idx;
DROP INDEX reports_bot_id_words_idx;
DROP INDEX sanctions_bot_id_until_idx;
UPDATE sanctions SET kind = 'suspend' WHERE kind = 'cooldown';
UPDATE sanctions SET kind = 'lift' WHERE kind IN ('warn', 'remove');
ALTER TABLE sanctions
    DROP CONSTRAINT sanctions_profile_text_check,
    DROP CONSTRAINT sanctions_rule_check,
    DROP CONSTRAINT sanctions_kind_until_check,
    DROP CONSTRAINT sanctions_kind_check,
    DROP COLUMN overturned_at,
    DROP COLUMN profile_text,
    DROP COLUMN rule,
    ADD CONSTRAINT sanctions_kind_check CHECK (kind IN ('ban', 'suspend', 'lift')),
    ADD CONSTRAINT sanctions_kind_until_check CHECK ((kind = 'lift') = (until IS NULL));
