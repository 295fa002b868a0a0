CREATE INDEX sanctions_bot_id_subject_hash_idx ON sanctions (bot_id, subject_hash) WHERE subject_hash IS NOT NULL;
