-- Work of a lane that no update asked for: a refund that Telegram is to carry out, and what follows a first chat.
ALTER TABLE inbox ADD COLUMN charge_id TEXT;
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_person_id_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_check CHECK (kind IN ('update', 'erase', 'refund', 'first_chat'));
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_person_id_check
    CHECK ((kind IN ('erase', 'first_chat')) = (person_id IS NOT NULL));
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_charge_id_check CHECK ((kind = 'refund') = (charge_id IS NOT NULL));
COMMENT ON COLUMN inbox.charge_id IS 'The charge to refund.';
COMMENT ON COLUMN inbox.person_id IS 'Whom to erase, or who completed a first chat.';
