//! What happens in the channel besides what the bot does: it is changed, somebody posts, posts vanish in time.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;

use super::seen::SeenMessage;
use crate::error::SandboxError;
use crate::people::draft::Draft;
use crate::shared::Shared;
use crate::world::World;
use crate::world::channel::{Channel, ChannelInfo, Room};
use crate::world::message::Message;
use crate::world::queue::{KEPT_MS, NewUpdate, webhook_queue};
use crate::world::record::Record;

/// Changes the channel; the bot is told if it stands otherwise with it from now on.
pub(crate) fn change(shared: &Arc<Shared>, world: &mut World, info: ChannelInfo) {
    let old = world.channel.as_member(&world.bot, world.channel.info.membership);
    let changed = Channel { info, messages: VecDeque::new(), ..world.channel.clone() };
    world.commit(Record::Channel(changed));
    let new = world.channel.as_member(&world.bot, world.channel.info.membership);
    if old == new {
        return;
    }
    let owner = json!({"id": 4_999_999_999_i64, "is_bot": false, "first_name": "Owner"});
    let payload = json!({
        "chat": world.channel.as_chat(), "from": owner, "date": shared.now_ms() / 1000,
        "old_chat_member": old, "new_chat_member": new,
    });
    tell(shared, world, "my_chat_member", payload.to_string());
}

/// Posts a text as its owner; returns the post's id.
pub(crate) fn post(shared: &Arc<Shared>, world: &mut World, text: &str) -> Result<i64, SandboxError> {
    let Draft { content, .. } = Draft::text(text, None, None)?;
    let id = world.channel.next;
    let message = Message::written(id, shared.now_ms() / 1000, content);
    world.commit(Record::Message { chat: world.channel.id, message });
    let room = Room::Channel(&world.channel);
    let payload = room.find(id).and_then(|message| serde_json::to_string(&world.view(room, message)).ok());
    if let Some(payload) = payload.filter(|_| world.channel.check_access().is_ok()) {
        tell(shared, world, "channel_post", payload);
    }
    Ok(id)
}

fn tell(shared: &Arc<Shared>, world: &mut World, kind: &'static str, payload: String) {
    let key = webhook_queue(kind, world.channel.id);
    shared.push(world, NewUpdate { kind: kind.into(), key, payload: payload.into(), kept_ms: KEPT_MS });
}

/// Takes posts away whose time is over.
pub(crate) fn expire(world: &mut World, now_ms: i64) {
    let chat = world.channel.id;
    for id in world.list_vanished(now_ms) {
        world.commit(Record::Gone { chat, id });
    }
}

/// The posts that are there now, oldest first.
pub(crate) fn posts(world: &mut World, now_ms: i64) -> Vec<SeenMessage> {
    expire(world, now_ms);
    world.channel.messages.iter().map(SeenMessage::new).collect()
}
