//! LuvHive's Telegram side: intake, lanes, dialogs, views and sender.

pub mod lane;
