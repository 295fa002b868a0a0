-- A chat opens by consent: a third kind of seat, and chats that are meetings until both people have pressed "Chat".
-- Chats that are there already have opened. Of those that go on it is taken that both people wrote, and of those that ended
-- that they were completed, as they were counted before.
ALTER TABLE chats
    ADD COLUMN is_meeting BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN has_first_written BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN has_second_written BOOLEAN NOT NULL DEFAULT true,
    DROP CONSTRAINT chats_end_reason_check,
    ADD CONSTRAINT chats_end_reason_check CHECK (
        end_reason IN (
            'stopped', 'next', 'blocked', 'reported', 'gone', 'sanctioned', 'deleted', 'declined', 'unanswered'
        )
    ),
    ADD CONSTRAINT chats_is_meeting_end_reason_check
        CHECK (is_meeting OR end_reason NOT IN ('declined', 'unanswered'));
COMMENT ON TABLE chats IS 'Two people, from the moment they meet to the end.';
COMMENT ON COLUMN chats.started_at IS 'When it opened; of a meeting, when the two met.';
COMMENT ON COLUMN chats.is_meeting IS 'Whether it has not opened: both see the other''s card, or saw it and it came to nothing.';
COMMENT ON COLUMN chats.has_first_written IS 'Whether the person on side 0 wrote; true until it ended.';
COMMENT ON COLUMN chats.has_second_written IS 'Whether the person on side 1 wrote; true until it ended.';

ALTER TABLE seats
    ADD COLUMN answer_by TIMESTAMPTZ,
    ADD COLUMN has_agreed BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN heard_at TIMESTAMPTZ,
    ADD COLUMN has_written BOOLEAN NOT NULL DEFAULT true,
    DROP CONSTRAINT seats_kind_check,
    ADD CONSTRAINT seats_kind_check CHECK (kind IN ('waiting', 'meeting', 'chatting')),
    DROP CONSTRAINT seats_kind_chat_id_side_check,
    ADD CONSTRAINT seats_kind_chat_id_side_check
        CHECK ((kind IN ('meeting', 'chatting')) = (chat_id IS NOT NULL AND side IS NOT NULL)),
    DROP CONSTRAINT seats_kind_chat_id_check,
    ADD CONSTRAINT seats_kind_chat_id_check CHECK (kind <> 'waiting' OR (chat_id IS NULL AND side IS NULL)),
    ADD CONSTRAINT seats_kind_answer_by_check CHECK ((kind = 'meeting') = (answer_by IS NOT NULL)),
    ADD CONSTRAINT seats_kind_has_agreed_check CHECK (kind = 'meeting' OR NOT has_agreed),
    ADD CONSTRAINT seats_kind_heard_at_check CHECK (kind = 'chatting' OR heard_at IS NULL);
COMMENT ON TABLE seats IS 'A person''s one search, one meeting or one chat; people without a row are idle.';
COMMENT ON COLUMN seats.chat_id IS 'The chat, or the meeting that has its number.';
COMMENT ON COLUMN seats.since IS 'Since when; a wait is kept across meetings and restarts.';
COMMENT ON COLUMN seats.answer_by IS 'When the meeting fails unless both have pressed "Chat".';
COMMENT ON COLUMN seats.has_agreed IS 'Whether the person has pressed "Chat".';
COMMENT ON COLUMN seats.heard_at IS 'On Telegram''s clock: when this person heard that the chat is open; NULL = not known.';
COMMENT ON COLUMN seats.has_written IS 'Whether a message of this person was passed on in the chat; true in any other seat.';
