DROP TABLE consents;
DROP TABLE dialogs;
DROP TABLE visitors;
