-- A change to a message can wait too, while the partner has the copy from before. Of what waited already nobody has one.
ALTER TABLE holds ADD COLUMN has_copy BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN holds.has_copy IS 'Whether the partner has the copy from before the message was changed.';
