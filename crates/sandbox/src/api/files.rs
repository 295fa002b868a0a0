//! Media by file id, places, and the files themselves.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::send::{self, Options, deliver};
use crate::assets;
use crate::refusal::{ApiError, Outcome, to_result};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::strict::text;
use crate::world::World;
use crate::world::message::{Content, Kind};

/// `sendPhoto` and its like, by file id.
pub(crate) fn send_file(shared: &Shared, method: &str, params: &Params) -> Outcome {
    let kind = Kind::of_method(method).unwrap_or(Kind::Document);
    let chat = params.chat("chat_id")?;
    let file_id = params.text(kind.field()).unwrap_or_default();
    if file_id.is_empty() {
        let missing = kind.field().replace('_', " ");
        return Err(ApiError::bad_request(format!("there is no {missing} in the request")));
    }
    let mode = params.text("parse_mode");
    let caption = text::caption(params.text("caption").unwrap_or_default(), mode, params.list("caption_entities"))?;
    let options = Options::read(params, chat)?;
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        let content = Content {
            kind,
            body: find_body(world, kind, file_id)?,
            text: caption.text,
            entities: caption.entities,
            spoiler: params.is_on("has_spoiler"),
            caption_above: params.is_on("show_caption_above_media"),
        };
        let id = deliver(world, now, Arc::new(content), options)?;
        send::shown(world, chat, id)
    })
}

/// What a message with this file holds.
pub(super) fn find_body(world: &World, kind: Kind, file_id: &str) -> Result<Value, ApiError> {
    if file_id.starts_with("http://") || file_id.starts_with("https://") {
        return Err(ApiError::bad_request("failed to get HTTP URL content"));
    }
    if let Some(body) = world.files.get(file_id) {
        let has_kind = body.get(kind.field()).is_some();
        return if has_kind { Ok(body.clone()) } else { Err(wrong_type(kind)) };
    }
    let asset = assets::find_by_file_id(file_id, world.bot.id)
        .ok_or_else(|| ApiError::bad_request("wrong file identifier/HTTP URL specified"))?;
    if asset.kind == kind { Ok(assets::body(asset, world.bot.id)) } else { Err(wrong_type(kind)) }
}

fn wrong_type(kind: Kind) -> ApiError {
    ApiError::bad_request(format!("can't use file of this type as {}", kind.field()))
}

/// `sendLocation`
pub(crate) fn send_location(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let location = read_location(params)?;
    let content = Content::of_fields(Kind::Location, json!({"location": location}));
    let options = Options::read(params, chat)?;
    let now = shared.now_ms();
    shared.with(|world| {
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
    Ok(names.into_iter().filter_map(|name| Some((name.to_owned(), params.value(name)?.clone()))).collect())
}

/// `getFile`
pub(crate) fn get_file(shared: &Shared, params: &Params) -> Outcome {
    let file_id = params.text("file_id").unwrap_or_default();
    if file_id.is_empty() {
        return Err(ApiError::bad_request("file_id not specified"));
    }
    shared.with(|world| {
        let asset = assets::find_by_file_id(file_id, world.bot.id);
        let body = asset.map(|asset| assets::body(asset, world.bot.id)).or_else(|| world.files.get(file_id).cloned());
        let unique = body.as_ref().and_then(|body| assets::unique_id(body, file_id));
        let unique = unique.ok_or_else(|| ApiError::bad_request("invalid file_id"))?;
        let name = asset.map_or("notes", |asset| asset.name);
        to_result(&json!({"file_id": file_id, "file_unique_id": unique, "file_path": format!("assets/{name}.svg")}))
    })
}

/// `/file/bot<token>/assets/<name>.svg`
pub(crate) fn serve(shared: &Shared, path: &str) -> Response {
    let is_ours = path.split_once('/').is_some_and(|(token, _)| shared.token == token);
    if !is_ours {
        return super::refuse(&ApiError::unauthorized());
    }
    match path.rsplit('/').next().and_then(assets::drawing) {
        Some(svg) => ([("content-type", "image/svg+xml")], svg).into_response(),
        None => super::refuse(&ApiError::new(404, "file not found")),
    }
}
