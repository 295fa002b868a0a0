-- What was posted into the evidence chat, so that each reported message is copied once and its copy can be taken away.
-- No foreign key to the reports: the posts of a report that an erasure removed are still to be taken away, and the previous
-- release knows nothing of this table. Open reports of before are copied like others.
CREATE TABLE evidence_posts (
    bot_id BIGINT NOT NULL,
    report_id BIGINT NOT NULL,
    place SMALLINT NOT NULL,
    channel_id BIGINT NOT NULL,
    tried_at TIMESTAMPTZ NOT NULL,
    message_id INTEGER,
    outcome TEXT,
    removal_tried_at TIMESTAMPTZ,
    CONSTRAINT evidence_posts_bot_id_report_id_place_pkey PRIMARY KEY (bot_id, report_id, place),
    CONSTRAINT evidence_posts_place_check CHECK (place BETWEEN -1 AND 25),
    CONSTRAINT evidence_posts_outcome_check CHECK (outcome IN ('posted', 'removed', 'gone', 'kind', 'refused')),
    CONSTRAINT evidence_posts_outcome_message_id_check CHECK ((outcome IS NOT DISTINCT FROM 'posted') = (message_id IS NOT NULL))
);
CREATE INDEX evidence_posts_bot_id_tried_at_idx ON evidence_posts (bot_id, tried_at);
COMMENT ON TABLE evidence_posts IS 'What was posted into the evidence chat: numbers, no content.';
COMMENT ON COLUMN evidence_posts.report_id IS 'The report; 0 = the end of the audit log, the last one that was told.';
COMMENT ON COLUMN evidence_posts.place IS 'The place of the copied message in report_messages; 0 = the head of a report; -1 = an alert.';
COMMENT ON COLUMN evidence_posts.channel_id IS 'The evidence chat as it was set then, by Telegram''s number.';
COMMENT ON COLUMN evidence_posts.message_id IS 'The post; NULL = there is none, or none any more.';
COMMENT ON COLUMN evidence_posts.outcome IS 'What became of it; NULL = it is under way, and may have arrived.';
COMMENT ON COLUMN evidence_posts.removal_tried_at IS 'When Telegram last refused to take it away.';
