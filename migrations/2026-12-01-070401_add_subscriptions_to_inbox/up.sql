-- Work of a lane: a subscription ends because its owner is suspended past its renewal, or they hear how to renew it.
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_person_id_check;
ALTER TABLE inbox
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN ('update', 'erase', 'refund', 'first_chat', 'subscription'));
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_person_id_check
    CHECK ((kind IN ('erase', 'first_chat', 'subscription')) = (person_id IS NOT NULL));
COMMENT ON COLUMN inbox.person_id IS 'Whom to erase, who completed a first chat, or whose subscription it is about.';
