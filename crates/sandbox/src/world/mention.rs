//! Mentions of people by their account instead of a username: Telegram shows the whole user in them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::World;
use super::message::Content;
use crate::person::Standing;

/// What becomes of a mention of somebody whom the writer's Telegram does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// A bot mentions only people who have written to it; other mentions become plain text (Bot API, "Formatting options").
    Dropped,
    /// People know many more than this world has, and a copy keeps what the original had.
    Kept,
}

impl World {
    /// Puts whole users into the mentions of `content`.
    pub(crate) fn name_mentioned(&self, content: &mut Arc<Content>, stranger: Stranger) {
        if !content.entities.iter().any(is_mention) {
            return;
        }
        Arc::make_mut(content).entities.retain_mut(|entity| {
            if !is_mention(entity) {
                return true;
            }
            let Some(user) = entity.get_mut("user") else {
                return false;
            };
            let chat = user.get("id").and_then(Value::as_i64).and_then(|id| self.chats.get(&id));
            let met = |standing: Standing| stranger == Stranger::Kept || standing != Standing::New;
            match chat.filter(|chat| met(chat.person.standing)) {
                Some(chat) => *user = json!(chat.person.as_user()),
                None => return stranger == Stranger::Kept && user.get("first_name").is_some(),
            }
            true
        });
    }
}

fn is_mention(entity: &Value) -> bool {
    entity.get("type").and_then(Value::as_str) == Some("text_mention")
}
