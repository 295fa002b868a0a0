DROP TABLE message_map;
DROP TABLE seats;
DROP TABLE chats;
