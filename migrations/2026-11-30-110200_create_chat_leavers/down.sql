DROP TABLE chat_leavers;
