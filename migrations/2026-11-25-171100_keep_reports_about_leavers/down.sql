DELETE FROM reports WHERE reported_id IS NULL;
COMMENT ON COLUMN reports.reported_id IS NULL;
ALTER TABLE reports
    DROP CONSTRAINT reports_reported_id_reported_pseudonym_check,
    DROP COLUMN reported_pseudonym,
    ALTER COLUMN reported_id SET NOT NULL;
