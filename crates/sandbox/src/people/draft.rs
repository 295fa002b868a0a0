//! A message before it is sent: checked as the app in the person's hand would check it.

use serde_json::Value;

use super::media::{self, Media, MediaOptions};
use crate::error::SandboxError;
use crate::person::PersonId;
use crate::refusal::ApiError;
use crate::strict::text;
use crate::world::World;
use crate::world::message::Content;

/// What a person is about to send.
pub(crate) struct Draft {
    pub(crate) content: Content,
    pub(crate) reply_to: Option<i64>,
    pub(crate) quote: Option<String>,
    pub(crate) album: Option<String>,
    /// Where a forwarded message comes from, as a Bot API `MessageOrigin`.
    pub(crate) origin: Option<Value>,
}

impl Draft {
    /// This and nothing else.
    pub(super) fn of(content: Content) -> Self {
        Self { content, reply_to: None, quote: None, album: None, origin: None }
    }

    /// A text with entities; Telegram adds those it finds in the text.
    pub(crate) fn text(text: &str, entities: Option<&Vec<Value>>, reply_to: Option<i64>) -> Result<Self, SandboxError> {
        let formatted = text::message_text(Some(text), None, entities).map_err(|error| refused(&error))?;
        Ok(Self { reply_to, ..Self::of(Content::of_text(formatted.text, formatted.entities)) })
    }

    /// Media, a place, a contact and the like.
    pub(crate) fn media(
        world: &mut World,
        sender: PersonId,
        media: &Media,
        options: &MediaOptions,
    ) -> Result<Self, SandboxError> {
        let (kind, body) = media::body(world, sender, media, options.asset.as_deref())?;
        let caption = options.caption.as_deref().unwrap_or_default();
        let formatted = text::caption(caption, None, options.caption_entities.as_ref()).map_err(|error| refused(&error))?;
        let content = Content {
            kind,
            body,
            text: if kind.has_caption() { formatted.text } else { String::new() },
            entities: formatted.entities,
            spoiler: options.spoiler,
            caption_above: false,
        };
        let (reply_to, quote, album) = (options.reply_to, options.quote.clone(), options.album.clone());
        Ok(Self { reply_to, quote, album, ..Self::of(content) })
    }
}

/// A refusal in a person's app.
pub(super) fn refused(error: &ApiError) -> SandboxError {
    tracing::debug!(reason = %error.description, "a person's message is not allowed");
    SandboxError::NotAllowed("this text, caption or entity")
}
