ALTER TABLE outbox DROP COLUMN is_protected;
ALTER TABLE preferences
    DROP COLUMN accepts_media,
    DROP COLUMN protects_content;
