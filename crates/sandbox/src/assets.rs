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
}

const fn asset(kind: Kind, name: &'static str, emoji: &'static str, hues: (u16, u16)) -> Asset {
    Asset { name, kind, emoji, hues }
}

/// All of them; the first of each kind is the one sent when none is named.
pub(crate) const ASSETS: &[Asset] = &[
    asset(Kind::Photo, "sunset", "🌇", (18, 330)),
    asset(Kind::Photo, "forest", "🌲", (140, 190)),
    asset(Kind::Photo, "harbor", "⛵", (205, 250)),
    asset(Kind::Sticker, "hello", "👋", (45, 25)),
    asset(Kind::Sticker, "heart", "❤️", (345, 5)),
    asset(Kind::Sticker, "laugh", "😂", (50, 40)),
    asset(Kind::Voice, "greeting", "🎤", (200, 220)),
    asset(Kind::Video, "waves", "🌊", (195, 230)),
    asset(Kind::Animation, "bounce", "🏀", (25, 15)),
    asset(Kind::Audio, "tune", "🎵", (280, 300)),
    asset(Kind::Document, "notes", "📄", (215, 215)),
    asset(Kind::VideoNote, "wave", "🙋", (160, 120)),
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
    let id = file_id(asset, bot_id);
    let unique = format!("u{}{}", asset.kind.field(), asset.name);
    let file = |more: Value| {
        let mut file = json!({"file_id": id, "file_unique_id": unique, "file_size": 24_576});
        if let (Some(file), Value::Object(more)) = (file.as_object_mut(), more) {
            file.extend(more);
        }
        file
    };
    match asset.kind {
        Kind::Photo => {
            let size = |suffix: &str, width: u32, height: u32| {
                json!({
                    "file_id": format!("{}{suffix}-{bot_id}", stem(asset)),
                    "file_unique_id": format!("{unique}{suffix}"),
                    "file_size": width * height / 10, "width": width, "height": height,
                })
            };
            json!({"photo": [size("_s", 90, 60), size("_m", 320, 213), size("", 800, 533)]})
        }
        Kind::Sticker => json!({"sticker": file(json!({
            "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false,
            "emoji": asset.emoji, "set_name": "sandbox",
        }))}),
        Kind::Voice => json!({"voice": file(json!({"duration": 3, "mime_type": "audio/ogg"}))}),
        Kind::Video => json!({"video": file(json!({
            "width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4", "file_name": "waves.mp4",
        }))}),
        Kind::Animation => json!({
            "animation": file(json!({
                "width": 320, "height": 320, "duration": 2, "mime_type": "video/mp4", "file_name": "bounce.mp4",
            })),
            "document": file(json!({"mime_type": "video/mp4", "file_name": "bounce.mp4"})),
        }),
        Kind::Audio => json!({"audio": file(json!({
            "duration": 31, "performer": "Sandbox", "title": "Tune", "mime_type": "audio/mpeg",
        }))}),
        Kind::VideoNote => json!({"video_note": file(json!({"length": 240, "duration": 4}))}),
        _ => {
            json!({"document": file(json!({"file_name": "notes.pdf", "mime_type": "application/pdf"}))})
        }
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
