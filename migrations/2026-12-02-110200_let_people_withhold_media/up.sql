-- What a person never wants passed on of what they send. Nobody had a choice before, so nothing is withheld.
-- A person who did not want pictures and videos of partners is in text-only mode now: the column and its rows stay.
ALTER TABLE preferences
    ADD COLUMN withheld TEXT[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT preferences_withheld_check CHECK (withheld <@ ARRAY['photo', 'voice', 'video_note']);
COMMENT ON COLUMN preferences.withheld IS 'Kinds of messages that are never passed on of what the person sends.';
COMMENT ON COLUMN preferences.accepts_media IS 'Whether partners can send more than text and stickers; if not, the person is in text-only mode.';
