COMMENT ON COLUMN chats.id IS 'Numbered by the engine: epoch << 32 | counter; grows for ever.';
