-- The comment told of another division of the number than the engine's (IdSource: 40 bits for the counter).
COMMENT ON COLUMN chats.id IS 'Numbered by the engine: epoch << 40 | counter; grows for ever.';
