ALTER TABLE staff_members DROP COLUMN pseudonym;
DROP TABLE case_claims;
DROP TABLE report_messages;
UPDATE reports SET reason = CASE reason WHEN 'threat' THEN 'harassment' WHEN 'hate' THEN 'harassment' ELSE 'other' END
    WHERE reason IN ('threat', 'image', 'hate', 'pretend');
ALTER TABLE reports
    DROP CONSTRAINT reports_reason_check,
    ADD CONSTRAINT reports_reason_check CHECK (reason IN ('minor', 'harassment', 'spam', 'scam', 'explicit', 'other'));
