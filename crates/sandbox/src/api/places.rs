//! What a bot sends without a file: places, contacts and dice.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::copies::roll;
use super::send::{self, Options, deliver};
use crate::refusal::{ApiError, Outcome};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::world::World;
use crate::world::message::{Content, Kind};

/// What can be rolled (Bot API, `sendDice`).
const DICE: [&str; 6] = ["🎲", "🎯", "🏀", "⚽", "🎳", "🎰"];

/// `sendLocation`
pub(crate) fn send_location(shared: &Shared, params: &Params) -> Outcome {
    let location = read_location(params)?;
    send(shared, params, Kind::Location, |_| json!({"location": location}))
}

/// `sendVenue`: the message shows the location twice, as Telegram's do (Bot API, `Message`: for compatibility).
pub(crate) fn send_venue(shared: &Shared, params: &Params) -> Outcome {
    let location = read_location(params)?;
    let names = ["title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type"];
    let mut venue = picked(params, &names);
    venue.insert("location".to_owned(), json!(location));
    send(shared, params, Kind::Venue, |_| json!({"venue": venue, "location": location}))
}

/// `sendContact`
pub(crate) fn send_contact(shared: &Shared, params: &Params) -> Outcome {
    for name in ["phone_number", "first_name"] {
        if params.text(name).is_none_or(str::is_empty) {
            return Err(ApiError::bad_request(format!("parameter \"{name}\" is required")));
        }
    }
    let contact = picked(params, &["phone_number", "first_name", "last_name", "vcard"]);
    send(shared, params, Kind::Contact, |_| json!({"contact": contact}))
}

/// `sendDice`
pub(crate) fn send_dice(shared: &Shared, params: &Params) -> Outcome {
    let emoji = params.text("emoji").filter(|emoji| !emoji.is_empty()).unwrap_or("🎲");
    if !DICE.contains(&emoji) {
        return Err(ApiError::bad_request("the sandbox rolls only the six emoji of sendDice"));
    }
    send(shared, params, Kind::Dice, |world| json!({"dice": {"emoji": emoji, "value": roll(&mut world.rng, emoji)}}))
}

fn send(shared: &Shared, params: &Params, kind: Kind, body: impl FnOnce(&mut World) -> Value) -> Outcome {
    let chat = params.chat("chat_id")?;
    let options = Options::read(params, chat)?;
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        let content = Content::of_fields(kind, body(world));
        let id = deliver(world, now, Arc::new(content), options)?;
        send::shown(world, chat, id)
    })
}

/// The fields of a location, checked.
pub(super) fn read_location(params: &Params) -> Result<Map<String, Value>, ApiError> {
    for (name, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = params.float(name).ok_or_else(|| ApiError::bad_request(format!("{name} is empty")))?;
        if !(-most..=most).contains(&degrees) {
            return Err(ApiError::bad_request("wrong location specified"));
        }
    }
    let names = ["latitude", "longitude", "horizontal_accuracy", "live_period", "heading", "proximity_alert_radius"];
    Ok(picked(params, &names))
}

/// Those of the named parameters that are there.
fn picked(params: &Params, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), params.value(name)?.clone()))).collect()
}
