DELETE FROM inbox WHERE kind IN ('refund', 'first_chat');
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_charge_id_check;
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_person_id_check;
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
ALTER TABLE inbox DROP COLUMN charge_id;
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_check CHECK (kind IN ('update', 'erase'));
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_person_id_check CHECK ((kind = 'erase') = (person_id IS NOT NULL));
COMMENT ON COLUMN inbox.person_id IS 'Whom to erase.';
