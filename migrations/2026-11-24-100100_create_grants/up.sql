-- Days of premium that nobody paid for with Stars.
CREATE TABLE entitlement_grants (
    bot_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    days INTEGER NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    granted_by TEXT,
    reason TEXT,
    CONSTRAINT entitlement_grants_bot_id_key_pkey PRIMARY KEY (bot_id, key),
    CONSTRAINT entitlement_grants_bot_id_person_id_fkey
        FOREIGN KEY (bot_id, person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT entitlement_grants_key_check CHECK (octet_length(key) BETWEEN 1 AND 255),
    CONSTRAINT entitlement_grants_source_check CHECK (source IN ('trial', 'coins', 'operator')),
    CONSTRAINT entitlement_grants_days_check CHECK (days BETWEEN 0 AND 10000),
    CONSTRAINT entitlement_grants_source_granted_by_reason_check
        CHECK ((source = 'operator') = (granted_by IS NOT NULL AND reason IS NOT NULL)),
    CONSTRAINT entitlement_grants_granted_by_check CHECK (char_length(granted_by) BETWEEN 1 AND 100),
    CONSTRAINT entitlement_grants_reason_check CHECK (char_length(reason) BETWEEN 1 AND 500)
);
CREATE INDEX entitlement_grants_bot_id_person_id_idx ON entitlement_grants (bot_id, person_id);
COMMENT ON TABLE entitlement_grants IS 'Premium by trial, for coins or by an operator; gone with an erasure, since no money is behind it.';
COMMENT ON COLUMN entitlement_grants.key IS 'Says what the grant is for, so that it happens once.';
