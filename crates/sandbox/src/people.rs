//! What people do in their chats with the bot: write, send, press, edit, react, block.
//! Each act changes the world and queues the update Telegram would send.

pub(crate) mod account;
pub(crate) mod channel;
pub(crate) mod draft;
pub(crate) mod forward;
pub(crate) mod media;
pub(crate) mod purse;
pub(crate) mod seen;
pub(crate) mod subscription;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use self::draft::{Draft, refused};
use self::media::Media;
use self::seen::{Button, buttons};
use crate::error::SandboxError;
use crate::person::{PersonId, Standing};
use crate::shared::Shared;
use crate::strict::reactions::is_reaction;
use crate::strict::text;
use crate::world::channel::Room;
use crate::world::mention::Stranger;
use crate::world::message::{Content, Kind, LIVE, Message, More};
use crate::world::queue::{CALLBACK_KEPT_MS, KEPT_MS, NewUpdate, webhook_queue};
use crate::world::record::{Callback, Record};
use crate::world::{Chat, World};

/// What Telegram noted of a message that a person wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The message's id.
    pub message_id: i64,
    /// The id of the update that tells the bot.
    pub update_id: i64,
    /// The message's date, in seconds since 1970.
    pub date: i64,
}

/// A person at the moment they act: the world stands still around them.
pub(crate) struct Actor<'a> {
    shared: &'a Arc<Shared>,
    pub(crate) world: &'a mut World,
    person: PersonId,
}

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
pub(crate) fn erase(world: &mut World, now_ms: i64, person: PersonId, id: i64) -> Result<(), SandboxError> {
    let chat = world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?;
    if find(chat, id)?.is_fresh_dice(now_ms) {
        return Err(SandboxError::NotAllowed("deleting a dice within a day"));
    }
    world.commit(Record::Gone { chat: person.get(), id });
    Ok(())
}

impl<'a> Actor<'a> {
    /// This person, in this world.
    pub(crate) fn new(shared: &'a Arc<Shared>, world: &'a mut World, person: PersonId) -> Self {
        Self { shared, world, person }
    }

    /// The chat of a person who can act in it.
    fn chat(&self) -> Result<&Chat, SandboxError> {
        acting(self.world, self.person)
    }

    /// Sends a person's message; returns its id.
    pub(crate) fn say(&mut self, draft: Draft) -> Result<i64, SandboxError> {
        self.write(draft).map(|written| written.message_id)
    }

    /// Sends a person's message; returns what is noted of it.
    pub(crate) fn write(&mut self, draft: Draft) -> Result<Written, SandboxError> {
        let date = self.shared.now_ms() / 1000;
        let chat = self.chat()?;
        let mut content = Arc::new(draft.content);
        self.world.name_mentioned(&mut content, Stranger::Kept);
        let mut more = More { album: draft.album, origin: draft.origin, ..More::default() };
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
            self.world.commit(Record::Person(person));
        }
        let id = self.world.next.message;
        let message = Message {
            id,
            by_bot: false,
            date,
            edit_date: None,
            content,
            reply_to: draft.reply_to,
            markup: None,
            protected: false,
            more: more.boxed(),
            version: 0,
        };
        self.world.commit(Record::Message { chat: self.person.get(), message });
        self.tell(id, "message");
        Ok(Written { message_id: id, update_id: self.world.next.update - 1, date })
    }

    /// Queues an update that shows a message.
    fn tell(&mut self, id: i64, kind: &'static str) {
        let payload = self.world.chats.get(&self.person.get()).and_then(|chat| {
            let message = chat.find(id)?;
            serde_json::to_string(&self.world.view(Room::Private(chat), message)).ok()
        });
        if let Some(payload) = payload {
            self.tell_json(kind, payload, KEPT_MS);
        }
    }

    fn tell_json(&mut self, kind: impl Into<Cow<'static, str>>, payload: String, kept_ms: i64) {
        let kind = kind.into();
        let key = webhook_queue(&kind, self.person.get());
        let update = NewUpdate { kind, key, payload: payload.into(), kept_ms };
        self.shared.push(self.world, update);
    }

    /// Changes the text or caption of a person's own message.
    pub(crate) fn change(&mut self, id: i64, text: &str) -> Result<(), SandboxError> {
        let mut message = find(self.chat()?, id)?.clone();
        let is_text = message.content.kind == Kind::Text;
        if message.by_bot || !(is_text || message.content.kind.has_caption()) {
            return Err(SandboxError::NotAllowed("editing this message"));
        }
        let formatted = if is_text {
            text::message_text(Some(text), None, None).map_err(|error| refused(&error))?
        } else {
            text::caption(text, None, None).map_err(|error| refused(&error))?
        };
        let old = message.content.as_ref().clone();
        message.content = Arc::new(Content { text: formatted.text, entities: formatted.entities, ..old });
        self.show_edited(message);
        Ok(())
    }

    /// Puts another file in place of that of a person's own message; the caption stays.
    pub(crate) fn change_media(&mut self, id: i64, media: &Media, asset: Option<&str>) -> Result<(), SandboxError> {
        let mut message = find(self.chat()?, id)?.clone();
        let (kind, body) = media::body(self.world, self.person, media, asset)?;
        if message.by_bot || !message.content.kind.is_replaceable() || !kind.is_replaceable() {
            return Err(SandboxError::NotAllowed("putting this in place of that"));
        }
        let old = message.content.as_ref().clone();
        message.content = Arc::new(Content { kind, body, ..old });
        self.show_edited(message);
        Ok(())
    }

    /// Moves a live location of the person's own, or ends it. The bot is told by an edit, as often as it moves
    /// (Bot API, `Location`: `live_period` is left out once it is over).
    pub(crate) fn move_live(&mut self, id: i64, point: Option<(f64, f64)>) -> Result<(), SandboxError> {
        let mut message = find(self.chat()?, id)?.clone();
        let is_live = !message.by_bot && message.is_live(self.shared.now_ms());
        let content = Arc::make_mut(&mut message.content);
        let place = content.body.get_mut("location").and_then(Value::as_object_mut).filter(|_| is_live);
        let place = place.ok_or(SandboxError::NotAllowed("moving what is no live location"))?;
        match point {
            Some((latitude, longitude)) => {
                place.extend([("latitude".to_owned(), json!(latitude)), ("longitude".to_owned(), json!(longitude))]);
            }
            None => place.retain(|name, _| !LIVE.contains(&name.as_str())),
        }
        self.show_edited(message);
        Ok(())
    }

    fn show_edited(&mut self, mut message: Message) {
        let id = message.id;
        message.edit_date = Some(self.shared.now_ms() / 1000);
        self.world.commit(Record::Message { chat: self.person.get(), message });
        self.tell(id, "edited_message");
    }

    /// Presses an inline button; returns the id of the callback query.
    pub(crate) fn press_inline(&mut self, id: i64, button: &Button) -> Result<String, SandboxError> {
        let message = find(self.chat()?, id)?;
        let missing = || SandboxError::NoSuchButton { message_id: id, button: format!("{button:?}") };
        let pressed = buttons(message.markup.as_deref(), "inline_keyboard")
            .into_iter()
            .flatten()
            .find(|known| button.fits(known))
            .ok_or_else(missing)?;
        let data = pressed.data.ok_or(SandboxError::NotAllowed("pressing a button without callback data"))?;
        self.call_back(id, &data)
    }

    /// Queues the callback query of a button, whether or not the message still has it; returns its id.
    pub(crate) fn call_back(&mut self, id: i64, data: &str) -> Result<String, SandboxError> {
        let now = self.shared.now_ms();
        let callback_id = (self.world.rng.u64(..) >> 2).to_string();
        let chat = self.chat()?;
        let payload = json!({
            "id": callback_id,
            "from": chat.person.as_user(),
            "message": self.world.view(Room::Private(chat), find(chat, id)?),
            "chat_instance": (self.person.get() ^ self.world.bot.id).to_string(),
            "data": data,
        });
        let callback = Callback { id: callback_id.clone(), person: self.person.get(), at_ms: now, answer: None };
        self.world.commit(Record::Callback(callback));
        self.tell_json("callback_query", payload.to_string(), CALLBACK_KEPT_MS);
        Ok(callback_id)
    }

    /// Reacts to a message with an emoji, or takes the reaction back.
    pub(crate) fn react(&mut self, id: i64, emoji: Option<&str>) -> Result<(), SandboxError> {
        let chat = self.chat()?;
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
            "date": self.shared.now_ms() / 1000,
            "old_reaction": list(message.rare(|more| more.person_reaction.as_deref())),
            "new_reaction": list(emoji),
        });
        message.more_mut().person_reaction = emoji.map(str::to_owned);
        self.world.commit(Record::Message { chat: self.person.get(), message });
        self.tell_json("message_reaction", payload.to_string(), KEPT_MS);
        Ok(())
    }

    /// Blocks or unblocks the bot, or deletes the account.
    pub(crate) fn stand(&mut self, standing: Standing) -> Result<(), SandboxError> {
        let chat = self.world.chats.get(&self.person.get()).ok_or(SandboxError::UnknownPerson(self.person))?;
        let old = chat.person.standing;
        if old == standing || (old == Standing::New && standing == Standing::Open) {
            return Ok(());
        }
        let member = |standing: Standing| match standing {
            Standing::Blocked => {
                json!({"user": self.world.bot.as_user(), "status": "kicked", "until_date": 0})
            }
            _ => json!({"user": self.world.bot.as_user(), "status": "member"}),
        };
        let payload = json!({
            "chat": chat.person.as_chat(),
            "from": chat.person.as_user(),
            "date": self.shared.now_ms() / 1000,
            "old_chat_member": member(old),
            "new_chat_member": member(standing),
        });
        let mut changed = chat.person.clone();
        changed.standing = standing;
        self.world.commit(Record::Person(changed));
        // Telegram says nothing when an account is deleted.
        if standing == Standing::Blocked || (old == Standing::Blocked && standing == Standing::Open) {
            self.tell_json("my_chat_member", payload.to_string(), KEPT_MS);
        }
        Ok(())
    }
}
