-- Rows of the audit log form a chain: each carries a MAC over itself, the row before and every row of an older release
-- in between. Rows from before have none; the first row of the chain covers them all.
ALTER TABLE audit_log
    ADD COLUMN link BIGINT,
    ADD COLUMN chain_key BYTEA,
    ADD COLUMN mac BYTEA,
    ADD CONSTRAINT audit_log_bot_id_link_key UNIQUE (bot_id, link),
    ADD CONSTRAINT audit_log_link_check CHECK (link > 0),
    ADD CONSTRAINT audit_log_link_mac_check CHECK ((link IS NULL) = (mac IS NULL) AND (link IS NOT NULL OR chain_key IS NULL)),
    ADD CONSTRAINT audit_log_chain_key_check CHECK (octet_length(chain_key) = 4),
    ADD CONSTRAINT audit_log_mac_check CHECK (octet_length(mac) = 32);
COMMENT ON COLUMN audit_log.link IS 'The place in the chain, from 1 on without a gap; NULL = written by a release without a chain.';
COMMENT ON COLUMN audit_log.chain_key IS 'The number of the data key whose sub-key made the MAC; NULL = there was none, and the MAC is a plain hash.';
COMMENT ON COLUMN audit_log.mac IS 'Over this row, the MAC of the link before, and the rows without a link in between.';

CREATE TABLE audit_heads (
    bot_id BIGINT NOT NULL,
    link BIGINT NOT NULL,
    row_id BIGINT NOT NULL,
    mac BYTEA NOT NULL,
    CONSTRAINT audit_heads_bot_id_pkey PRIMARY KEY (bot_id),
    CONSTRAINT audit_heads_link_check CHECK (link > 0),
    CONSTRAINT audit_heads_mac_check CHECK (octet_length(mac) = 32)
);
COMMENT ON TABLE audit_heads IS 'The last link of each bot''s audit log: a log that ends before it was cut.';
COMMENT ON COLUMN audit_heads.row_id IS 'The id of that row of audit_log.';
