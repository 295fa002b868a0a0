//! Media by file id, alone or as albums, and the files themselves.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::send::{self, Options, deliver};
use crate::assets;
use crate::refusal::{ApiError, Outcome, to_result};
use crate::shared::Shared;
use crate::strict::multipart::Upload;
use crate::strict::params::Params;
use crate::strict::text::{self, Formatted};
use crate::world::World;
use crate::world::message::{Content, Kind};
use crate::world::record::Record;

/// Most files in an album (Bot API, `sendMediaGroup`).
const ALBUM_MAX: usize = 10;

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
        let body = match params.upload(file_id) {
            Some(upload) => keep(world, kind, upload)?,
            None => find_body(world, kind, file_id)?,
        };
        let content = Content {
            kind,
            body,
            text: caption.text,
            entities: caption.entities,
            spoiler: params.is_on("has_spoiler"),
            caption_above: params.is_on("show_caption_above_media"),
        };
        let id = deliver(world, now, Arc::new(content), options)?;
        send::shown(world, chat, id)
    })
}

/// Keeps a file that the bot sent; returns what a message with it holds.
fn keep(world: &mut World, kind: Kind, upload: &Upload) -> Result<Value, ApiError> {
    if kind != Kind::Document {
        return Err(ApiError::bad_request("the sandbox takes documents only"));
    }
    let number = world.rng.u64(1 << 32..);
    let file_id = format!("SBXupload-{number:x}-{}", world.bot.id);
    let Upload { file_name, mime_type, text, .. } = upload;
    let body = json!({"document": {
        "file_id": file_id, "file_unique_id": format!("u{number:x}"), "file_size": text.len(),
        "file_name": file_name, "mime_type": mime_type,
    }});
    world.commit(Record::File { id: place_of(&file_id), body: text.as_str().into() });
    world.commit(Record::File { id: file_id, body: body.clone() });
    Ok(body)
}

/// Where a file that the bot sent is kept, which is also its path for `getFile`.
fn place_of(file_id: &str) -> String {
    format!("uploads/{file_id}")
}

/// What a file holds that the bot sent.
pub(crate) fn uploaded<'a>(world: &'a World, file_id: &str) -> Option<&'a str> {
    world.files.get(&place_of(file_id))?.as_str()
}

/// What a message with this file holds.
fn find_body(world: &World, kind: Kind, file_id: &str) -> Result<Value, ApiError> {
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

/// `sendMediaGroup`: an album of files, by their ids. Music and files make albums of their own.
pub(crate) fn send_group(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let list = params.list("media").map(Vec::as_slice).unwrap_or_default();
    if list.len() > ALBUM_MAX {
        return Err(ApiError::bad_request("too many messages to send as an album"));
    }
    if list.is_empty() {
        return Err(ApiError::bad_request("there are no messages to send"));
    }
    let files: Vec<InputMedia> = list.iter().map(InputMedia::read).collect::<Result<_, _>>()?;
    let first = files.first().map(|file| file.kind);
    if let Some(file) = files.iter().find(|file| !first.is_some_and(|first| can_stand_with(first, file.kind))) {
        let kind = file.kind.field();
        return Err(ApiError::bad_request(format!("{kind} can't be mixed with other media types")));
    }
    let options = Options::read(params, chat)?;
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        let contents = files.into_iter().map(|file| file.into_content(world)).collect::<Result<Vec<_>, _>>()?;
        let album = world.rng.u64(..1 << 60).to_string();
        let mut shown = Vec::with_capacity(contents.len());
        for content in contents {
            let options = Options { album: Some(album.clone()), ..options.clone() };
            let id = deliver(world, now, Arc::new(content), options)?;
            shown.push(send::shown(world, chat, id)?);
        }
        Ok(format!("[{}]", shown.join(",")))
    })
}

/// Whether both can be in one album: photos and videos can, music and files only among themselves, animations never.
fn can_stand_with(first: Kind, other: Kind) -> bool {
    let is_seen = |kind: Kind| matches!(kind, Kind::Photo | Kind::Video);
    (is_seen(first) && is_seen(other)) || (first == other && matches!(first, Kind::Audio | Kind::Document))
}

/// A file to send with its caption, as `InputMedia` describes it.
pub(super) struct InputMedia {
    pub(super) kind: Kind,
    file_id: String,
    caption: Formatted,
    spoiler: bool,
    caption_above: bool,
}

impl InputMedia {
    /// Reads it.
    ///
    /// # Errors
    /// 400 for a kind that is none of these, and for captions that do not fit.
    pub(super) fn read(media: &Value) -> Result<Self, ApiError> {
        let text_of = |name: &str| media.get(name).and_then(Value::as_str);
        let kind = Kind::of_field(text_of("type").unwrap_or_default()).filter(|kind| kind.is_replaceable());
        let entities = media.get("caption_entities").and_then(Value::as_array);
        let is_on = |name: &str| media.get(name).and_then(Value::as_bool).unwrap_or_default();
        Ok(Self {
            kind: kind.ok_or_else(|| ApiError::bad_request("can't parse InputMedia: invalid media type specified"))?,
            file_id: text_of("media").unwrap_or_default().to_owned(),
            caption: text::caption(text_of("caption").unwrap_or_default(), text_of("parse_mode"), entities)?,
            spoiler: is_on("has_spoiler"),
            caption_above: is_on("show_caption_above_media"),
        })
    }

    /// What a message with it holds.
    pub(super) fn into_content(self, world: &World) -> Result<Content, ApiError> {
        Ok(Content {
            kind: self.kind,
            body: find_body(world, self.kind, &self.file_id)?,
            text: self.caption.text,
            entities: self.caption.entities,
            spoiler: self.spoiler,
            caption_above: self.caption_above,
        })
    }
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
        let path = uploaded(world, file_id).map_or_else(|| format!("assets/{name}.svg"), |_| place_of(file_id));
        to_result(&json!({"file_id": file_id, "file_unique_id": unique, "file_path": path}))
    })
}

/// `/file/bot<token>/assets/<name>.svg`, or the path of a file that the bot sent
pub(crate) fn serve(shared: &Shared, path: &str) -> Response {
    let is_ours = path.split_once('/').is_some_and(|(token, _)| shared.token == token);
    if !is_ours {
        return super::refuse(&ApiError::unauthorized());
    }
    let name = path.rsplit('/').next();
    if let Some(text) = name.and_then(|name| shared.with(|world| uploaded(world, name).map(str::to_owned))) {
        return ([("content-type", "application/octet-stream")], text).into_response();
    }
    match name.and_then(assets::drawing) {
        Some(svg) => ([("content-type", "image/svg+xml")], svg).into_response(),
        None => super::refuse(&ApiError::new(404, "file not found")),
    }
}
