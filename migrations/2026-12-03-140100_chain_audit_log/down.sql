DROP TABLE audit_heads;
ALTER TABLE audit_log
    DROP COLUMN link,
    DROP COLUMN chain_key,
    DROP COLUMN mac;
