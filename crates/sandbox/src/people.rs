//! What people do in their chats with the bot: write, send, press, edit, react, block.
//! Each act changes the world and queues the update Telegram would send.

pub(crate) mod draft;
pub(crate) mod media;
pub(crate) mod purse;
pub(crate) mod seen;
pub(crate) mod subscription;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use self::draft::{Draft, refused};
use self::seen::buttons;
use crate::api::edits::is_reaction;
use crate::shared::Shared;
use crate::strict::text;
use crate::world::message::{Content, Kind, Message, More};
use crate::world::person::{PersonId, Standing};
use crate::world::queue::{CALLBACK_KEPT_MS, KEPT_MS, NewUpdate};
use crate::world::record::{Callback, Record};
use crate::world::{Chat, World};
use crate::{Button, SandboxError};

/// The chat of a person who can act in it.
fn acting(world: &World, person: PersonId) -> Result<&Chat, SandboxError> {
    let chat = world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?;
    match chat.person.standing {
        Standing::New | Standing::Open => Ok(chat),
        Standing::Blocked | Standing::Deactivated => Err(SandboxError::CutOff(person)),
    }
}

fn find(chat: &Chat, id: i64) -> Result<&Message, SandboxError> {
    chat.find(id).ok_or_else(|| SandboxError::UnknownMessage { person: PersonId::from(chat.person.id), message_id: id })
}

/// Deletes a message for both sides. Bots are not told.
pub(crate) fn erase(world: &mut World, person: PersonId, id: i64) -> Result<(), SandboxError> {
    let chat = world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?;
    find(chat, id)?;
    world.commit(Record::Gone { chat: person.get(), id });
    Ok(())
}

impl Shared {
    /// Sends a person's message; returns its id.
    pub(crate) fn say(self: &Arc<Self>, world: &mut World, person: PersonId, draft: Draft) -> Result<i64, SandboxError> {
        let now = self.now_ms();
        let chat = acting(world, person)?;
        let mut more = More { album: draft.album, ..More::default() };
        if let Some(target) = draft.reply_to {
            let target = find(chat, target)?;
            if let Some(quote) = &draft.quote {
                let (before, _) = target.content.text.split_once(quote.as_str()).ok_or(SandboxError::NotAllowed("this quote"))?;
                more.quote = Some(json!({"text": quote, "position": text::utf16_len(before), "is_manual": true}));
            }
        }
        if chat.person.standing == Standing::New {
            let mut person = chat.person.clone();
            person.standing = Standing::Open;
            world.commit(Record::Person(person));
        }
        let id = world.next.message;
        let message = Message {
            id,
            by_bot: false,
            date: now / 1000,
            edit_date: None,
            content: Arc::new(draft.content),
            reply_to: draft.reply_to,
            markup: None,
            protected: false,
            more: (more.album.is_some() || more.quote.is_some()).then(|| Box::new(more)),
            version: 0,
        };
        world.commit(Record::Message { chat: person.get(), message });
        self.tell(world, person, id, "message");
        Ok(id)
    }

    /// Queues an update that shows a message.
    fn tell(self: &Arc<Self>, world: &mut World, person: PersonId, id: i64, kind: &'static str) {
        let payload = world.chats.get(&person.get()).and_then(|chat| {
            let message = chat.find(id)?;
            serde_json::to_string(&world.view(chat, message)).ok()
        });
        if let Some(payload) = payload {
            self.tell_json(world, person, kind, payload, KEPT_MS);
        }
    }

    fn tell_json(
        self: &Arc<Self>,
        world: &mut World,
        person: PersonId,
        kind: impl Into<Cow<'static, str>>,
        payload: String,
        kept_ms: i64,
    ) {
        let update = NewUpdate { kind: kind.into(), key: person.get(), payload: payload.into(), kept_ms };
        self.push(world, update);
    }

    /// Changes the text or caption of a person's own message.
    pub(crate) fn change(
        self: &Arc<Self>,
        world: &mut World,
        person: PersonId,
        id: i64,
        text: &str,
        entities: Option<&Vec<Value>>,
    ) -> Result<(), SandboxError> {
        let mut message = find(acting(world, person)?, id)?.clone();
        let is_text = message.content.kind == Kind::Text;
        if message.by_bot || !(is_text || message.content.kind.has_caption()) {
            return Err(SandboxError::NotAllowed("editing this message"));
        }
        let formatted = if is_text {
            text::message_text(Some(text), None, entities).map_err(|error| refused(&error))?
        } else {
            text::caption(text, None, entities).map_err(|error| refused(&error))?
        };
        let old = message.content.as_ref().clone();
        message.content = Arc::new(Content { text: formatted.text, entities: formatted.entities, ..old });
        message.edit_date = Some(self.now_ms() / 1000);
        world.commit(Record::Message { chat: person.get(), message });
        self.tell(world, person, id, "edited_message");
        Ok(())
    }

    /// Presses an inline button; returns the id of the callback query.
    pub(crate) fn press_inline(
        self: &Arc<Self>,
        world: &mut World,
        person: PersonId,
        id: i64,
        button: &Button,
    ) -> Result<String, SandboxError> {
        let message = find(acting(world, person)?, id)?;
        let missing = || SandboxError::NoSuchButton { message_id: id, button: format!("{button:?}") };
        let pressed = buttons(message.markup.as_deref(), "inline_keyboard")
            .into_iter()
            .flatten()
            .find(|known| button.fits(known))
            .ok_or_else(missing)?;
        let data = pressed.data.ok_or(SandboxError::NotAllowed("pressing a button without callback data"))?;
        self.call_back(world, person, id, &data)
    }

    /// Queues the callback query of a button, whether or not the message still has it; returns its id.
    pub(crate) fn call_back(
        self: &Arc<Self>,
        world: &mut World,
        person: PersonId,
        id: i64,
        data: &str,
    ) -> Result<String, SandboxError> {
        let now = self.now_ms();
        let callback_id = (world.rng.next() >> 2).to_string();
        let chat = acting(world, person)?;
        let payload = json!({
            "id": callback_id,
            "from": chat.person.as_user(),
            "message": world.view(chat, find(chat, id)?),
            "chat_instance": (person.get() ^ world.bot.id).to_string(),
            "data": data,
        });
        let callback = Callback { id: callback_id.clone(), person: person.get(), at_ms: now, answer: None };
        world.commit(Record::Callback(callback));
        self.tell_json(world, person, "callback_query", payload.to_string(), CALLBACK_KEPT_MS);
        Ok(callback_id)
    }

    /// Reacts to a message with an emoji, or takes the reaction back.
    pub(crate) fn react(
        self: &Arc<Self>,
        world: &mut World,
        person: PersonId,
        id: i64,
        emoji: Option<&str>,
    ) -> Result<(), SandboxError> {
        let chat = acting(world, person)?;
        if emoji.is_some_and(|emoji| !is_reaction(emoji)) {
            return Err(SandboxError::NotAllowed("this reaction"));
        }
        let mut message = find(chat, id)?.clone();
        let list = |emoji: Option<&str>| -> Vec<Value> {
            emoji.map(|emoji| json!({"type": "emoji", "emoji": emoji})).into_iter().collect()
        };
        let payload = json!({
            "chat": chat.person.as_chat(),
            "message_id": id,
            "user": chat.person.as_user(),
            "date": self.now_ms() / 1000,
            "old_reaction": list(message.rare(|more| more.person_reaction.as_deref())),
            "new_reaction": list(emoji),
        });
        message.more_mut().person_reaction = emoji.map(str::to_owned);
        world.commit(Record::Message { chat: person.get(), message });
        self.tell_json(world, person, "message_reaction", payload.to_string(), KEPT_MS);
        Ok(())
    }

    /// Blocks or unblocks the bot, or deletes the account.
    pub(crate) fn stand(self: &Arc<Self>, world: &mut World, person: PersonId, standing: Standing) -> Result<(), SandboxError> {
        let chat = world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?;
        let old = chat.person.standing;
        if old == standing || (old == Standing::New && standing == Standing::Open) {
            return Ok(());
        }
        let member = |standing: Standing| match standing {
            Standing::Blocked => {
                json!({"user": world.bot.as_user(), "status": "kicked", "until_date": 0})
            }
            _ => json!({"user": world.bot.as_user(), "status": "member"}),
        };
        let payload = json!({
            "chat": chat.person.as_chat(),
            "from": chat.person.as_user(),
            "date": self.now_ms() / 1000,
            "old_chat_member": member(old),
            "new_chat_member": member(standing),
        });
        let mut changed = chat.person.clone();
        changed.standing = standing;
        world.commit(Record::Person(changed));
        // Telegram says nothing when an account is deleted.
        if standing == Standing::Blocked || (old == Standing::Blocked && standing == Standing::Open) {
            self.tell_json(world, person, "my_chat_member", payload.to_string(), KEPT_MS);
        }
        Ok(())
    }

    /// Queues an update of any kind; returns its id, or `None` when the bot does not want its kind.
    pub(crate) fn inject(self: &Arc<Self>, world: &mut World, update: &Value) -> Result<Option<i64>, SandboxError> {
        let mut fields = update.as_object().into_iter().flatten().filter(|(name, _)| *name != "update_id");
        let (Some((kind, payload)), None) = (fields.next(), fields.next()) else {
            return Err(SandboxError::BadUpdate);
        };
        let key = payload.pointer("/from/id").or_else(|| payload.pointer("/chat/id")).and_then(Value::as_i64);
        let update = NewUpdate {
            kind: Cow::Owned(kind.clone()),
            key: key.unwrap_or_default(),
            payload: payload.to_string().into(),
            kept_ms: KEPT_MS,
        };
        // An unknown kind is what this is for: it passes whatever the bot asked for.
        let known = world.queue.allowed.clone();
        world.queue.allowed = vec![kind.clone()];
        let id = world.push_update(self.now_ms(), update);
        world.queue.allowed = known;
        Ok(id)
    }
}
