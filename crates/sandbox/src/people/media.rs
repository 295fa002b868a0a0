//! What people can send besides text, and the fields it puts into a message.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::assets;
use crate::error::SandboxError;
use crate::person::PersonId;
use crate::world::World;
use crate::world::message::Kind;

/// Makes [`Media`] of the kinds that are one of the ready files, a row each, and of the variants that carry more.
///
/// A row such as `Photo = "A photo.";` becomes the variant `Photo`, sent as [`Kind::Photo`].
macro_rules! media {
    (ready { $($ready:ident = $doc:literal;)+ } made { $($made:tt)+ }) => {
        /// What a person sends besides text.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Media { $(#[doc = $doc] $ready,)+ $($made)+ }

        impl Media {
            /// The kind of ready file that it is, if it is one.
            fn ready(&self) -> Option<Kind> {
                match self { $(Self::$ready => Some(Kind::$ready),)+ _ => None }
            }
        }
    };
}

media! {
    ready {
        Photo = "A photo.";
        Sticker = "A sticker.";
        Voice = "A voice note.";
        Video = "A video.";
        Animation = "A GIF.";
        Audio = "Music.";
        VideoNote = "A round video.";
    }
    made {
        /// A file with a name.
        Document {
            /// As the sender's disk calls it.
            #[serde(default = "notes")]
            file_name: String,
        },
        /// A point on the map.
        Location {
            /// Degrees north.
            latitude: f64,
            /// Degrees east.
            longitude: f64,
            /// Seconds for which it moves; `None` for a fixed one.
            #[serde(default)]
            live_period: Option<u32>,
        },
        /// A named place.
        Venue {
            /// Its name.
            title: String,
            /// Its address.
            address: String,
        },
        /// A phone contact.
        Contact {
            /// The number with its country code.
            phone_number: String,
            /// Whose it is.
            first_name: String,
        },
        /// The sender's own contact, as a tap on "share my phone number" sends it.
        OwnContact,
        /// A rolled emoji.
        Dice {
            /// 1 to 6.
            value: u8,
        },
        /// A poll.
        Poll {
            /// What is asked.
            question: String,
            /// 2 to 12 answers.
            options: Vec<String>,
            /// Whether voters stay unnamed.
            is_anonymous: bool,
        },
        /// A message with these fields, such as `{"story": {…}}`; the bot cannot copy it.
        Other {
            /// The fields beside `message_id`, `from`, `chat` and `date`.
            fields: Value,
        },
    }
}

fn notes() -> String {
    "notes.pdf".to_owned()
}

/// What goes with a medium.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MediaOptions {
    /// Which of the ready files, such as `sunset`; `None` takes the first of the kind.
    pub asset: Option<String>,
    /// The caption, for kinds that have one.
    pub caption: Option<String>,
    /// Its entities, as Bot API objects.
    pub caption_entities: Option<Vec<Value>>,
    /// Hides it until it is tapped.
    pub spoiler: bool,
    /// Messages with the same name here are one album.
    pub album: Option<String>,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// The part of that message it quotes.
    pub quote: Option<String>,
}

/// The kind and the fields of a message that holds `media`.
pub(crate) fn body(
    world: &mut World,
    sender: PersonId,
    media: &Media,
    asset: Option<&str>,
) -> Result<(Kind, Value), SandboxError> {
    Ok(match media {
        Media::Document { file_name } => return document(world, file_name),
        Media::Location { latitude, longitude, live_period } => {
            let mut location = json!({"latitude": latitude, "longitude": longitude});
            if let (Some(period), Some(map)) = (live_period, location.as_object_mut()) {
                map.insert("live_period".to_owned(), json!(period));
            }
            (Kind::Location, json!({"location": location}))
        }
        Media::Venue { title, address } => {
            let location = json!({"latitude": 52.52, "longitude": 13.405});
            let venue = json!({"location": location, "title": title, "address": address});
            (Kind::Venue, json!({"venue": venue, "location": location}))
        }
        Media::Contact { phone_number, first_name } => {
            (Kind::Contact, json!({"contact": {"phone_number": phone_number, "first_name": first_name}}))
        }
        Media::OwnContact => (Kind::Contact, json!({"contact": own_contact(world, sender)?})),
        Media::Dice { value } => (Kind::Dice, json!({"dice": {"emoji": "🎲", "value": value}})),
        Media::Poll { question, options, is_anonymous } => {
            let options: Vec<Value> = options
                .iter()
                .enumerate()
                .map(|(at, text)| json!({"persistent_id": at.to_string(), "text": text, "voter_count": 0}))
                .collect();
            let poll = json!({
                "id": world.rng.u64(..1 << 60).to_string(), "question": question, "options": options,
                "total_voter_count": 0, "is_closed": false, "is_anonymous": is_anonymous, "type": "regular",
                "allows_multiple_answers": false, "allows_revoting": true, "members_only": false,
            });
            (Kind::Poll, json!({"poll": poll}))
        }
        Media::Other { fields } => (Kind::Other, fields.clone()),
        file => {
            let ready = file.ready().and_then(|kind| assets::find(kind, asset));
            let asset = ready.ok_or(SandboxError::NotAllowed("a file that is not among the ready ones"))?;
            (asset.kind, assets::body(asset, world.bot.id))
        }
    })
}

/// The sender as a contact: only in this one does Telegram tell the account, `user_id` (Bot API, `Contact`).
fn own_contact(world: &World, sender: PersonId) -> Result<Value, SandboxError> {
    let chat = world.chats.get(&sender.get()).ok_or(SandboxError::UnknownPerson(sender))?;
    let person = &chat.person;
    let mut contact = json!({
        "phone_number": format!("99966{:05}", person.number), "first_name": person.first_name, "user_id": person.id,
    });
    if let (Some(last), Some(map)) = (&person.last_name, contact.as_object_mut()) {
        map.insert("last_name".to_owned(), last.as_str().into());
    }
    Ok(contact)
}

/// A file of the sender's own: it gets an id of its own, which the bot can send on.
fn document(world: &mut World, file_name: &str) -> Result<(Kind, Value), SandboxError> {
    let asset = assets::find(Kind::Document, None).ok_or(SandboxError::NotAllowed("sending a document"))?;
    let mut body = assets::body(asset, world.bot.id);
    if file_name != notes() {
        let id = format!("SBXdocument-own{}-{}", world.files.len(), world.bot.id);
        if let Some(file) = body.get_mut("document").and_then(Value::as_object_mut) {
            file.insert("file_name".to_owned(), file_name.into());
            file.insert("file_id".to_owned(), id.clone().into());
            file.insert("file_unique_id".to_owned(), format!("uown{}", world.files.len()).into());
        }
        world.commit(crate::world::record::Record::File { id, body: body.clone() });
    }
    Ok((Kind::Document, body))
}
