-- An open report stays when whom it is about leaves, under the pseudonym that staff knew.
ALTER TABLE reports
    ALTER COLUMN reported_id DROP NOT NULL,
    ADD COLUMN reported_pseudonym TEXT,
    ADD CONSTRAINT reports_reported_id_reported_pseudonym_check CHECK (reported_id IS NOT NULL OR reported_pseudonym IS NOT NULL);
COMMENT ON COLUMN reports.reported_id IS 'Whom it is about; NULL = erased since.';
COMMENT ON COLUMN reports.reported_pseudonym IS 'The pseudonym of somebody erased since; NULL = not erased.';
