//! The ready-made pictures, sounds and files people can send. Their file ids are made from their
//! names, so that no upload is ever needed and none is kept.

use serde_json::{Value, json};

use crate::world::message::Kind;

/// One ready-made file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// What a sticker stands for.
    pub(crate) emoji: &'static str,
    /// Two hues for its drawing.
    hues: (u16, u16),
    /// What a file of its kind holds beside ids and size.
    details: fn(&Asset) -> Value,
}

impl Asset {
    const fn holding(self, details: fn(&Asset) -> Value) -> Self {
        Self { details, ..self }
    }
}

const fn asset(kind: Kind, name: &'static str, emoji: &'static str, hues: (u16, u16)) -> Asset {
    Asset { name, kind, emoji, hues, details: |_| json!({}) }
}

const fn sticker(name: &'static str, emoji: &'static str, hues: (u16, u16)) -> Asset {
    asset(Kind::Sticker, name, emoji, hues).holding(|asset| {
        json!({
            "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false,
            "emoji": asset.emoji, "set_name": "sandbox",
        })
    })
}

/// All of them; the first of each kind is the one sent when none is named.
pub(crate) const ASSETS: &[Asset] = &[
    asset(Kind::Photo, "sunset", "🌇", (18, 330)),
    asset(Kind::Photo, "forest", "🌲", (140, 190)),
    asset(Kind::Photo, "harbor", "⛵", (205, 250)),
    sticker("hello", "👋", (45, 25)),
    sticker("heart", "❤️", (345, 5)),
    sticker("laugh", "😂", (50, 40)),
    asset(Kind::Voice, "greeting", "🎤", (200, 220)).holding(|_| json!({"duration": 3, "mime_type": "audio/ogg"})),
    asset(Kind::Video, "waves", "🌊", (195, 230))
        .holding(|_| json!({"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4", "file_name": "waves.mp4"})),
    asset(Kind::Animation, "bounce", "🏀", (25, 15))
        .holding(|_| json!({"width": 320, "height": 320, "duration": 2, "mime_type": "video/mp4", "file_name": "bounce.mp4"})),
    asset(Kind::Audio, "tune", "🎵", (280, 300))
        .holding(|_| json!({"duration": 31, "performer": "Sandbox", "title": "Tune", "mime_type": "audio/mpeg"})),
    asset(Kind::Document, "notes", "📄", (215, 215))
        .holding(|_| json!({"file_name": "notes.pdf", "mime_type": "application/pdf"})),
    asset(Kind::VideoNote, "wave", "🙋", (160, 120)).holding(|_| json!({"length": 240, "duration": 4})),
];

/// Finds a ready file by kind and name.
pub(crate) fn find(kind: Kind, name: Option<&str>) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.kind == kind && name.is_none_or(|name| name == asset.name))
}

/// Finds the ready file an id made by [`file_id`] stands for.
pub(crate) fn find_by_file_id(id: &str, bot_id: i64) -> Option<&'static Asset> {
    let (rest, owner) = id.rsplit_once('-')?;
    if owner.parse() != Ok(bot_id) {
        return None;
    }
    let rest = rest.strip_suffix("_s").or_else(|| rest.strip_suffix("_m")).unwrap_or(rest);
    ASSETS.iter().find(|asset| rest == stem(asset))
}

fn stem(asset: &Asset) -> String {
    format!("SBX{}-{}", asset.kind.field(), asset.name)
}

/// The file id under which a bot knows a ready file; other bots cannot use it.
pub(crate) fn file_id(asset: &Asset, bot_id: i64) -> String {
    format!("{}-{bot_id}", stem(asset))
}

/// The fields such a file puts into a message.
pub(crate) fn body(asset: &Asset, bot_id: i64) -> Value {
    let field = asset.kind.field();
    let unique = format!("u{field}{}", asset.name);
    let file = |more: Value| {
        let mut file = json!({"file_id": file_id(asset, bot_id), "file_unique_id": unique, "file_size": 24_576});
        if let (Some(file), Value::Object(more)) = (file.as_object_mut(), more) {
            file.extend(more);
        }
        file
    };
    let size = |suffix: &str, width: u32, height: u32| {
        json!({
            "file_id": format!("{}{suffix}-{bot_id}", stem(asset)),
            "file_unique_id": format!("{unique}{suffix}"),
            "file_size": width * height / 10, "width": width, "height": height,
        })
    };
    let details = (asset.details)(asset);
    match asset.kind {
        Kind::Photo => json!({field: [size("_s", 90, 60), size("_m", 320, 213), size("", 800, 533)]}),
        Kind::Animation => {
            let shown_as_file = json!({"mime_type": details.get("mime_type"), "file_name": details.get("file_name")});
            json!({field: file(details), "document": file(shown_as_file)})
        }
        _ => json!({field: file(details)}),
    }
}

/// The unique id that goes with a file id in the fields of a message; it is the same wherever the file is shown
/// (Bot API, `File`).
pub(crate) fn unique_id(body: &Value, file_id: &str) -> Option<String> {
    match body {
        Value::Object(file) if file.get("file_id").and_then(Value::as_str) == Some(file_id) => {
            file.get("file_unique_id").and_then(Value::as_str).map(str::to_owned)
        }
        Value::Object(fields) => fields.values().find_map(|field| unique_id(field, file_id)),
        Value::Array(sizes) => sizes.iter().find_map(|size| unique_id(size, file_id)),
        _ => None,
    }
}

/// The drawing called `<name>.svg`.
pub(crate) fn drawing(file_name: &str) -> Option<String> {
    let name = file_name.strip_suffix(".svg")?;
    ASSETS.iter().find(|asset| asset.name == name).map(svg)
}

fn svg(asset: &Asset) -> String {
    let (a, b) = asset.hues;
    let emoji = asset.emoji;
    if asset.kind == Kind::Sticker {
        return format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 120'>\
             <text x='60' y='88' font-size='84' text-anchor='middle'>{emoji}</text></svg>"
        );
    }
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 240 160'><defs>\
         <linearGradient id='g' x2='1' y2='1'><stop stop-color='hsl({a} 70% 62%)'/>\
         <stop offset='1' stop-color='hsl({b} 65% 42%)'/></linearGradient></defs>\
         <rect width='240' height='160' fill='url(#g)'/>\
         <path d='M0 130 L60 80 L110 125 L160 70 L240 140 V160 H0Z' fill='hsl({b} 45% 25% / .55)'/>\
         <text x='120' y='92' font-size='44' text-anchor='middle'>{emoji}</text></svg>"
    )
}
