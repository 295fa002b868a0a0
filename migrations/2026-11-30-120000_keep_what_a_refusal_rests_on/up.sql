-- A refusal keeps the date that was typed, which decides how long it lasts, and the code by which support finds the account.
-- Refusals from before have neither: they last 24 months, and get their code when the account comes by.
ALTER TABLE visitors
    ADD COLUMN refused_born_on DATE,
    ADD COLUMN support_code TEXT,
    ADD CONSTRAINT visitors_refused_born_on_refused_at_check CHECK (refused_born_on IS NULL OR refused_at IS NOT NULL),
    ADD CONSTRAINT visitors_support_code_check CHECK (support_code ~ '^[a-hjkmnp-z02-9]{12}$');
CREATE INDEX visitors_bot_id_support_code_idx ON visitors (bot_id, support_code) WHERE support_code IS NOT NULL;
CREATE INDEX visitors_bot_id_refused_at_idx ON visitors (bot_id, refused_at) WHERE refused_at IS NOT NULL;
COMMENT ON COLUMN visitors.refused_at IS
    'When the account was refused as a minor; kept until the 18th birthday by refused_born_on, and at least 24 months.';
COMMENT ON COLUMN visitors.refused_born_on IS 'The date of birth for which the account was refused; NULL = not known any more.';
COMMENT ON COLUMN visitors.support_code IS 'Derived from the keyed hash of the account; shown with the refusal.';
