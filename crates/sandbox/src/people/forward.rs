//! Forwards: a message that somebody else wrote, with its origin.

use serde_json::{Value, json};

use super::draft::Draft;
use super::{Actor, find};
use crate::error::SandboxError;
use crate::person::PersonId;
use crate::world::World;
use crate::world::channel::Room;
use crate::world::message::Message;

impl Actor<'_> {
    /// Forwards a message out of somebody's chat with the bot; returns the id it gets.
    pub(crate) fn forward(&mut self, from: PersonId, id: i64) -> Result<i64, SandboxError> {
        let chat = self.world.chats.get(&from.get()).ok_or(SandboxError::UnknownPerson(from))?;
        let message = find(chat, id)?;
        if message.protected || !message.content.kind.can_be_copied() {
            return Err(SandboxError::NotAllowed("forwarding this message"));
        }
        let origin = origin(self.world, Room::Private(chat), message);
        let draft = Draft { origin: Some(origin), ..Draft::of(message.content.as_ref().clone()) };
        self.say(draft)
    }
}

/// Who wrote a message first (Bot API, `MessageOrigin`): the user, or only the name of one who hides their account.
pub(crate) fn origin(world: &World, room: Room<'_>, message: &Message) -> Value {
    if let Some(origin) = message.rare(|more| more.origin.as_ref()) {
        return origin.clone();
    }
    let date = message.date;
    let person = match room {
        Room::Private(chat) => &chat.person,
        Room::Channel(channel) => {
            return json!({"type": "channel", "date": date, "chat": channel.as_chat(), "message_id": message.id});
        }
    };
    if message.by_bot {
        json!({"type": "user", "date": date, "sender_user": world.bot.as_user()})
    } else if person.hides_forwards {
        json!({"type": "hidden_user", "date": date, "sender_user_name": person.full_name()})
    } else {
        json!({"type": "user", "date": date, "sender_user": person.as_user()})
    }
}
