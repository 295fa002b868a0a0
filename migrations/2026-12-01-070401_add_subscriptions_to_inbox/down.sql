DELETE FROM inbox WHERE kind = 'subscription';
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_person_id_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_check CHECK (kind IN ('update', 'erase', 'refund', 'first_chat'));
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_person_id_check
    CHECK ((kind IN ('erase', 'first_chat')) = (person_id IS NOT NULL));
COMMENT ON COLUMN inbox.person_id IS 'Whom to erase, or who completed a first chat.';
