//! What the bot says about itself: its account, its texts, its commands and its menu button, each
//! for a language or for all.

use serde_json::{Map, Value, json};

use super::send;
use crate::person::Standing;
use crate::refusal::{ApiError, Outcome, done, to_result};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::world::World;
use crate::world::channel::{Channel, Room};

/// Kinds of gifts (Bot API, `AcceptedGiftTypes`).
const GIFTS: [&str; 5] = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"];

/// `getChat`: the fields that every chat or channel has, and nothing of a person whom the bot never met.
pub(crate) fn get_chat(shared: &Shared, params: &Params) -> Outcome {
    let id = params.chat("chat_id")?;
    shared.with(|world| {
        let person = match send::known_chat(world, id)? {
            Room::Private(chat) => &chat.person,
            Room::Channel(channel) => return to_result(&full_channel(channel)),
        };
        if person.standing == Standing::New {
            return Err(ApiError::bad_request("chat not found"));
        }
        let mut chat = serde_json::to_value(person.as_chat()).unwrap_or_default();
        if let Some(map) = chat.as_object_mut() {
            map.insert("accepted_gift_types".to_owned(), gifts(true));
            map.insert("accent_color_id".to_owned(), (person.number % 7).into());
            map.insert("max_reaction_count".to_owned(), 11.into());
            if let Some(username) = &person.username {
                map.insert("active_usernames".to_owned(), json!([username]));
            }
            if person.hides_forwards {
                map.insert("has_private_forwards".to_owned(), true.into());
            }
        }
        to_result(&chat)
    })
}

fn gifts(are_accepted: bool) -> Value {
    GIFTS.iter().map(|name| ((*name).to_owned(), are_accepted.into())).collect::<Map<String, Value>>().into()
}

/// A Bot API `ChatFullInfo` of the channel.
fn full_channel(channel: &Channel) -> Value {
    let mut chat = channel.as_chat();
    if let Some(map) = chat.as_object_mut() {
        map.insert("accepted_gift_types".to_owned(), gifts(false));
        map.insert("accent_color_id".to_owned(), 0.into());
        map.insert("max_reaction_count".to_owned(), 11.into());
        if let Some(username) = &channel.info.username {
            map.insert("active_usernames".to_owned(), json!([username]));
        }
        if let Some(linked) = channel.info.linked_chat {
            map.insert("linked_chat_id".to_owned(), linked.into());
        }
        if channel.info.auto_delete_s > 0 {
            map.insert("message_auto_delete_time".to_owned(), channel.info.auto_delete_s.into());
        }
    }
    chat
}

/// `getChatMember`: the bot itself, and the person of a private chat; the sandbox's channel has no other members.
pub(crate) fn get_member(shared: &Shared, params: &Params) -> Outcome {
    let id = params.chat("chat_id")?;
    let user = params.int("user_id").filter(|user| *user > 0);
    let user = user.ok_or_else(|| ApiError::bad_request("invalid user_id specified"))?;
    shared.with(|world| {
        let room = send::known_chat(world, id)?;
        match room {
            Room::Channel(channel) if user == world.bot.id => to_result(&channel.as_member(&world.bot, channel.info.membership)),
            Room::Private(_) if user == world.bot.id => to_result(&json!({"status": "member", "user": world.bot.as_user()})),
            Room::Private(chat) if user == id => to_result(&json!({"status": "member", "user": chat.person.as_user()})),
            Room::Channel(_) | Room::Private(_) => match world.chats.get(&user) {
                Some(chat) => to_result(&json!({"status": "left", "user": chat.person.as_user()})),
                None => Err(ApiError::bad_request("user not found")),
            },
        }
    })
}

/// `getMe`, and that this is no real Telegram.
pub(crate) fn get_me(shared: &Shared) -> Outcome {
    shared.with(|world| {
        let mut me = serde_json::to_value(world.bot.as_user()).unwrap_or_default();
        if let Some(map) = me.as_object_mut() {
            for off in ["can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business"] {
                map.insert(off.to_owned(), false.into());
            }
            map.insert("can_join_groups".to_owned(), true.into());
            map.insert("has_main_web_app".to_owned(), false.into());
            if !shared.poses_as_real {
                map.insert("is_luvhive_sandbox".to_owned(), true.into());
            }
        }
        to_result(&me)
    })
}

fn language(params: &Params) -> Result<&str, ApiError> {
    let code = params.text("language_code").unwrap_or_default();
    if code.is_empty() || (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())) {
        Ok(code)
    } else {
        Err(ApiError::bad_request("invalid language_code specified"))
    }
}

fn commands_key(params: &Params) -> Result<String, ApiError> {
    let scope = params.value("scope").cloned().unwrap_or_else(|| json!({"type": "default"}));
    let kind = scope.get("type").and_then(Value::as_str).unwrap_or_default();
    let place = match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => String::new(),
        "chat" => scope.get("chat_id").map(ToString::to_string).unwrap_or_default(),
        _ => {
            return Err(ApiError::bad_request("can't parse BotCommandScope: unsupported type"));
        }
    };
    Ok(format!("commands/{kind}/{place}/{}", language(params)?))
}

/// `setMyCommands`: at most 100, names of `a-z0-9_` up to 32 characters.
pub(crate) fn set_commands(shared: &Shared, params: &Params) -> Outcome {
    let key = commands_key(params)?;
    let Some(commands) = params.list("commands") else {
        return Err(ApiError::bad_request("can't parse commands: expected an Array"));
    };
    if commands.len() > 100 {
        return Err(ApiError::bad_request("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in commands {
        let text = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let name = text("command").trim_start_matches('/');
        if !(1..=32).contains(&name.len()) || !name.bytes().all(is_name) {
            return Err(ApiError::bad_request("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&text("description").chars().count()) {
            return Err(ApiError::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    shared.with(|world| world.set(key, Some(json!(commands))));
    done()
}

/// `getMyCommands`
pub(crate) fn get_commands(shared: &Shared, params: &Params) -> Outcome {
    let key = commands_key(params)?;
    shared.with(|world| to_result(&world.settings.get(&key).cloned().unwrap_or_else(|| json!([]))))
}

/// `deleteMyCommands`
pub(crate) fn delete_commands(shared: &Shared, params: &Params) -> Outcome {
    let key = commands_key(params)?;
    shared.with(|world| world.set(key, None));
    done()
}

/// The commands a person's Telegram shows: narrowest scope first, their language before none.
pub(crate) fn commands_for(world: &World, person: i64, language: &str) -> Value {
    let scopes = [format!("chat/{person}"), "all_private_chats/".to_owned(), "default/".to_owned()];
    let language = language.split('-').next().unwrap_or_default();
    scopes
        .iter()
        .flat_map(|scope| [language, ""].map(|language| format!("commands/{scope}/{language}")))
        .find_map(|key| world.settings.get(&key).cloned())
        .unwrap_or_else(|| json!([]))
}

/// Field and longest length of a text about the bot.
fn text_field(method: &str) -> (&'static str, usize) {
    match method {
        "setMyName" | "getMyName" => ("name", 64),
        "setMyShortDescription" | "getMyShortDescription" => ("short_description", 120),
        _ => ("description", 512),
    }
}

/// `setMyName`, `setMyDescription`, `setMyShortDescription`
pub(crate) fn set_text(shared: &Shared, method: &str, params: &Params) -> Outcome {
    let (field, longest) = text_field(method);
    let text = params.text(field).unwrap_or_default();
    if text.chars().count() > longest {
        return Err(ApiError::bad_request(format!("{} is too long", field.replace('_', " "))));
    }
    let key = format!("{field}/{}", language(params)?);
    shared.with(|world| world.set(key, (!text.is_empty()).then(|| json!(text))));
    done()
}

/// `getMyName`, `getMyDescription`, `getMyShortDescription`
pub(crate) fn get_text(shared: &Shared, method: &str, params: &Params) -> Outcome {
    let (field, _) = text_field(method);
    let keys = [format!("{field}/{}", language(params)?), format!("{field}/")];
    shared.with(|world| {
        let found = keys.iter().find_map(|key| world.settings.get(key)).cloned();
        let usual = if field == "name" { world.bot.first_name.clone() } else { String::new() };
        to_result(&json!({field: found.unwrap_or_else(|| usual.into())}))
    })
}

fn menu_key(shared: &Shared, params: &Params) -> Result<String, ApiError> {
    match params.int("chat_id") {
        Some(chat) => {
            shared.with(|world| send::known_chat(world, chat).map(|_| ()))?;
            Ok(format!("menu/{chat}"))
        }
        None => Ok("menu/".to_owned()),
    }
}

/// `setChatMenuButton`
pub(crate) fn set_menu(shared: &Shared, params: &Params) -> Outcome {
    let key = menu_key(shared, params)?;
    let button = params.value("menu_button").cloned();
    let is_right = button.as_ref().is_none_or(|button| match button.get("type").and_then(Value::as_str) {
        Some("commands" | "default") => true,
        Some("web_app") => button.get("text").is_some() && button.get("web_app").is_some(),
        _ => false,
    });
    if !is_right {
        return Err(ApiError::bad_request("can't parse menu button: unsupported type"));
    }
    shared.with(|world| world.set(key, button));
    done()
}

/// `getChatMenuButton`
pub(crate) fn get_menu(shared: &Shared, params: &Params) -> Outcome {
    let key = menu_key(shared, params)?;
    shared.with(|world| {
        let found = world.settings.get(&key).or_else(|| world.settings.get("menu/")).cloned();
        to_result(&found.unwrap_or_else(|| json!({"type": "commands"})))
    })
}
