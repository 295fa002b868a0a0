//! A local Telegram to run a bot against.
