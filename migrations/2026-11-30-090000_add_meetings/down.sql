-- People in a meeting become idle; meetings leave nothing behind but reports.
DELETE FROM seats WHERE kind = 'meeting';
UPDATE chats SET end_reason = 'stopped' WHERE end_reason IN ('declined', 'unanswered');
UPDATE chats SET ended_at = started_at, end_reason = 'gone' WHERE is_meeting AND ended_at IS NULL;

ALTER TABLE seats
    DROP CONSTRAINT seats_kind_heard_at_check,
    DROP CONSTRAINT seats_kind_has_agreed_check,
    DROP CONSTRAINT seats_kind_answer_by_check,
    DROP CONSTRAINT seats_kind_chat_id_check,
    ADD CONSTRAINT seats_kind_chat_id_check CHECK (kind = 'chatting' OR (chat_id IS NULL AND side IS NULL)),
    DROP CONSTRAINT seats_kind_chat_id_side_check,
    ADD CONSTRAINT seats_kind_chat_id_side_check
        CHECK ((kind = 'chatting') = (chat_id IS NOT NULL AND side IS NOT NULL)),
    DROP CONSTRAINT seats_kind_check,
    ADD CONSTRAINT seats_kind_check CHECK (kind IN ('waiting', 'chatting')),
    DROP COLUMN has_written,
    DROP COLUMN heard_at,
    DROP COLUMN has_agreed,
    DROP COLUMN answer_by;
COMMENT ON TABLE seats IS 'A person''s one search or one chat; people without a row are idle.';
COMMENT ON COLUMN seats.chat_id IS NULL;
COMMENT ON COLUMN seats.since IS 'Since when; a wait is kept across restarts.';

ALTER TABLE chats
    DROP CONSTRAINT chats_is_meeting_end_reason_check,
    DROP CONSTRAINT chats_end_reason_check,
    ADD CONSTRAINT chats_end_reason_check CHECK (
        end_reason IN ('stopped', 'next', 'blocked', 'reported', 'gone', 'sanctioned', 'deleted')
    ),
    DROP COLUMN has_second_written,
    DROP COLUMN has_first_written,
    DROP COLUMN is_meeting;
COMMENT ON TABLE chats IS 'Two people, from match to end.';
COMMENT ON COLUMN chats.started_at IS NULL;
