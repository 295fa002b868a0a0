DROP TABLE audit_log;
DROP FUNCTION refuse_change();
DROP TABLE reports;
DROP TABLE sanctions;
DROP TABLE blocks;
DROP TABLE ratings;
