-- Who is staff, and as what. The owner is named in the settings and has no row.
-- Until an owner is named there, everybody with access to the machine may do everything, as before; no row is needed for that.
CREATE TABLE staff_members (
    bot_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT staff_members_bot_id_name_role_pkey PRIMARY KEY (bot_id, name, role),
    CONSTRAINT staff_members_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT staff_members_role_check CHECK (role IN ('admin', 'moderator', 'child_safety', 'support'))
);
COMMENT ON TABLE staff_members IS 'The roles of the staff, one row per person and role.';
COMMENT ON COLUMN staff_members.name IS 'The account on the machine with which they log in.';
