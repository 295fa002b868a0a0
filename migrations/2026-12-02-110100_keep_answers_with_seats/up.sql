-- What a person has answered in the chat they sit in. In chats that go on nobody was asked yet, so they are asked now.
ALTER TABLE seats
    ADD COLUMN passes TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN is_media_asked BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN seats.passes IS 'The questions about messages to which the person said yes in this chat.';
COMMENT ON COLUMN seats.is_media_asked IS 'Whether the person was asked for photos and videos in this chat.';
