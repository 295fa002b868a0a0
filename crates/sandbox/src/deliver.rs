//! The two ways updates reach the bot: it asks for them, or they are brought to it.

pub(crate) mod poll;
pub(crate) mod webhook;
