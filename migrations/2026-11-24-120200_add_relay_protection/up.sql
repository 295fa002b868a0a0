-- What people let through and what they keep from being saved.
ALTER TABLE preferences
    ADD COLUMN accepts_media BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN protects_content BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN preferences.accepts_media IS 'Whether pictures and videos of partners are passed on.';
COMMENT ON COLUMN preferences.protects_content IS 'Whether partners are kept from saving and forwarding what this person sends.';
ALTER TABLE outbox ADD COLUMN is_protected BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN outbox.is_protected IS 'A relay: whether the receiver is kept from saving and forwarding the copy.';
