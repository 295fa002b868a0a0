-- No statement reads sanctions by it: who left while banned is found in former_people.
DROP INDEX sanctions_bot_id_subject_hash_idx;
