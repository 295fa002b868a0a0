//! What the page shows: the world around the phones, and one phone.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::profile::commands_for;
use crate::assets::ASSETS;
use crate::error::SandboxError;
use crate::people::account::{payments, subscriptions};
use crate::people::channel;
use crate::people::seen::{SeenMessage, buttons};
use crate::people::subscription::settle;
use crate::person::PersonId;
use crate::shared::Shared;
use crate::world::World;
use crate::world::stars::Checkout;

/// A phone shows this many messages at most.
const SHOWN: usize = 300;
/// The page lists this many people at most; load tests have thousands.
const LISTED: usize = 24;
/// Answers to this many last presses are told.
const ANSWERS: usize = 64;
/// This many last checkouts are told.
const CHECKOUTS: usize = 16;

/// The bot, the people and the faults.
pub(super) fn of_world(shared: &Shared) -> Value {
    let is_polling = shared.poller.lock().is_active();
    let now = shared.now_ms();
    let faults = shared.faults.list();
    shared.with(|world| {
        world.expire(now);
        let people: Vec<_> =
            world.numbers.values().take(LISTED).filter_map(|id| world.chats.get(id)).map(|chat| &chat.person).collect();
        json!({
            "bot": {"id": world.bot.id, "name": world.bot.first_name, "username": world.bot.username},
            "is_bot_here": is_polling || world.settings.contains_key("webhook"),
            "pending_updates": world.queue.waiting.len(),
            "people_count": world.numbers.len(),
            "people": people,
            "faults": faults,
            "stars": world.stars.balance(),
        })
    })
}

/// The channel with its newest posts.
pub(super) fn of_channel(shared: &Shared) -> Value {
    let now = shared.now_ms();
    shared.with(|world| {
        let posts = channel::posts(world, now);
        let skipped = posts.len().saturating_sub(SHOWN);
        json!({
            "id": world.channel.id,
            "info": world.channel.info,
            "posts": posts.into_iter().skip(skipped).collect::<Vec<_>>(),
        })
    })
}

/// The last checkouts of a person, by id.
fn checkouts(world: &World, person: i64) -> serde_json::Map<String, Value> {
    let mut own: Vec<&Checkout> = world.stars.checkouts.values().filter(|checkout| checkout.person == person).collect();
    own.sort_by_key(|checkout| std::cmp::Reverse(checkout.seq));
    own.into_iter().take(CHECKOUTS).map(|checkout| (checkout.id.clone(), json!(checkout.state))).collect()
}

/// One person's phone.
pub(super) fn of_person(shared: &Arc<Shared>, person: PersonId) -> Result<Value, SandboxError> {
    let now = shared.now_ms();
    shared.with(|world| {
        settle(shared, world);
        let chat = world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?;
        let language = chat.person.language_code.split('-').next().unwrap_or_default();
        let own_or_usual = |field: &str| {
            [format!("{field}/{language}"), format!("{field}/")].iter().find_map(|key| world.settings.get(key)).cloned()
        };
        let skipped = chat.messages.len().saturating_sub(SHOWN);
        let messages: Vec<SeenMessage> = chat.messages.iter().skip(skipped).map(SeenMessage::new).collect();
        let answers: serde_json::Map<String, Value> = world
            .last_callbacks(ANSWERS)
            .filter(|callback| callback.person == person.get())
            .map(|callback| (callback.id.clone(), json!(callback.answer)))
            .collect();
        let files: Vec<Value> = ASSETS.iter().map(|asset| json!({"kind": asset.kind, "name": asset.name})).collect();
        Ok(json!({
            "bot": {
                "name": own_or_usual("name").unwrap_or_else(|| world.bot.first_name.clone().into()),
                "username": world.bot.username,
                "description": own_or_usual("description"),
            },
            "person": chat.person,
            "messages": messages,
            "keyboard": {
                "rows": buttons(chat.keyboard.as_deref(), "keyboard"),
                "is_one_time": chat.keyboard.as_ref().and_then(|markup| markup.get("one_time_keyboard")),
                "placeholder": chat.keyboard.as_ref().and_then(|markup| markup.get("input_field_placeholder")),
            },
            "action": chat.action.as_ref().filter(|(_, until)| *until > now).map(|(action, _)| action),
            "commands": commands_for(world, person.get(), &chat.person.language_code),
            "answers": answers,
            "checkouts": checkouts(world, person.get()),
            "payments": payments(world, person),
            "subscriptions": subscriptions(world, person),
            "files": files,
            "version": world.version,
        }))
    })
}
