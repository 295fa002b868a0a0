//! What a person can be told to do over HTTP, one JSON object an act.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::people::draft::Draft;
use crate::people::media::{Media, MediaOptions};
use crate::people::purse::{Payable, give, look};
use crate::people::seen::Button;
use crate::people::{Actor, erase};
use crate::person::{PersonId, Standing};
use crate::shared::Shared;

/// One act. The answer is an object with what came of it.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum Act {
    /// Sends a text; answers `message_id`.
    Text { text: String, entities: Option<Vec<Value>>, reply_to: Option<i64> },
    /// Sends something else; answers `message_id`.
    Media {
        media: Media,
        #[serde(default)]
        options: MediaOptions,
    },
    /// Forwards a message out of the chat of `from`, a person's id; answers `message_id`.
    Forward { from: PersonId, message_id: i64 },
    /// Presses an inline button, named by its data or by what it says; answers `callback_id`.
    Press { message_id: i64, data: Option<String>, text: Option<String> },
    /// Changes an own message.
    Edit { message_id: i64, text: String },
    /// Puts another file in place of that of an own message.
    EditMedia { message_id: i64, media: Media, asset: Option<String> },
    /// Moves an own live location; without a point, ends it.
    Move { message_id: i64, point: Option<(f64, f64)> },
    /// Deletes a message on both sides.
    Delete { message_id: i64 },
    /// Reacts to a message; without an emoji, takes the reaction back.
    React { message_id: i64, emoji: Option<String> },
    /// Blocks the bot, opens the chat again, or deletes the account.
    Stand { standing: Standing },
    /// Looks at an invoice before paying it; answers title, description, amount and the like.
    Look {
        #[serde(flatten)]
        what: Payable,
    },
    /// Pays an invoice; answers `checkout_id`.
    Pay {
        #[serde(flatten)]
        what: Payable,
    },
    /// Looks at an invoice and does not pay it: the bot learns nothing.
    Decline {
        #[serde(flatten)]
        what: Payable,
    },
    /// Gives the person Stars.
    Stars { add: u32 },
    /// Ends a subscription, named by its first charge, or takes that back.
    Subscription { id: String, is_canceled: bool },
    /// Makes a subscription due at once.
    Renew { id: String },
}

impl Act {
    /// Does it.
    pub(super) fn run(self, shared: &Arc<Shared>, person: PersonId) -> Result<Value, SandboxError> {
        shared.with(|world| {
            let mut actor = Actor::new(shared, world, person);
            match self {
                Self::Text { text, entities, reply_to } => {
                    let draft = Draft::text(&text, entities.as_ref(), reply_to)?;
                    Ok(json!({"message_id": actor.say(draft)?}))
                }
                Self::Media { media, options } => {
                    let draft = Draft::media(actor.world, person, &media, &options)?;
                    Ok(json!({"message_id": actor.say(draft)?}))
                }
                Self::Forward { from, message_id } => Ok(json!({"message_id": actor.forward(from, message_id)?})),
                Self::Press { message_id, data, text } => {
                    let button = data.map_or_else(|| Button::Text(text.unwrap_or_default()), Button::Data);
                    Ok(json!({"callback_id": actor.press_inline(message_id, &button)?}))
                }
                Self::Edit { message_id, text } => actor.change(message_id, &text).map(nothing),
                Self::EditMedia { message_id, media, asset } => {
                    actor.change_media(message_id, &media, asset.as_deref()).map(nothing)
                }
                Self::Move { message_id, point } => actor.move_live(message_id, point).map(nothing),
                Self::Delete { message_id } => erase(actor.world, shared.now_ms(), person, message_id).map(nothing),
                Self::React { message_id, emoji } => actor.react(message_id, emoji.as_deref()).map(nothing),
                Self::Stand { standing } => actor.stand(standing).map(nothing),
                Self::Look { what } => Ok(json!(look(actor.world, person, &what)?)),
                Self::Pay { what } => Ok(json!({"checkout_id": actor.check_out(&what)?})),
                Self::Decline { what } => look(actor.world, person, &what).map(|_| nothing(())),
                Self::Stars { add } => give(actor.world, person, add).map(nothing),
                Self::Subscription { id, is_canceled } => actor.keep_subscription(&id, is_canceled).map(nothing),
                Self::Renew { id } => actor.renew_now(&id).map(nothing),
            }
        })
    }
}

/// The answer to an act of which nothing has to be told.
fn nothing((): ()) -> Value {
    json!({})
}
