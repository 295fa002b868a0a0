DROP INDEX commands_inbox_id_idx;
CREATE INDEX commands_bot_id_inbox_id_idx ON commands (bot_id, inbox_id);
DROP INDEX outbox_receiver_telegram_id_idx;
CREATE INDEX outbox_bot_id_receiver_telegram_id_idx ON outbox (bot_id, receiver_telegram_id);
