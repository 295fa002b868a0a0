//! Edited messages: the copy on the partner's side follows, while their chat goes on.

use luvhive_core::chat::{ChatText, Undelivered};
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::ChatId;
use luvhive_core::ports::{ChatRecord, StoreError};
use serde::Serialize;
use serde_json::Value;

use super::heard::{Edit, EditContent, Said};
use super::{Dialogs, Done, Talk};
use crate::handler::Followed;
use crate::rendered::render;
use crate::view::notice;
use crate::wire;

impl Dialogs {
    pub(super) async fn follow_edit(&self, talk: &mut Talk<'_>, edit: &Edit) -> Done {
        if talk.visitor.person.is_none() {
            // Correcting a typed date by editing it means typing it anew.
            if let EditContent::Text { text, .. } = &edit.content {
                let (text, is_own) = (Some(text.clone()), edit.is_own);
                let said = Said { text, command: None, is_own, reply_to: None, photo: None };
                return self.hear(talk, &said).await;
            }
            return Ok(());
        }
        let pair = self.chats.find_pair(talk.telegram, edit.message).await?;
        let why = match (pair, talk.chat) {
            // Its copy never left before its chat ended.
            (None, None) if self.is_of_last_chat(talk, edit).await? => Undelivered::EditLate,
            // An edited command or answer to the bot itself.
            (None, None) => return Ok(()),
            (Some(pair), chat) if Some(pair.chat) != chat => Undelivered::EditLate,
            (_, Some(chat)) if !self.goes_on(chat).await? => Undelivered::EditLate,
            _ if edit.names_account => Undelivered::EditMention,
            // Without a pair the copy may be on its way yet: the change goes behind it.
            _ => {
                let (message, call, leaks, edited_at) = (edit.message, follow(&edit.content), edit.leaks, edit.edited_at);
                let (EditContent::Text { text: words, .. } | EditContent::Caption { caption: words, .. }) = &edit.content;
                let (words, is_copied) = (ChatText::new(words.clone()), pair.is_some());
                talk.pass_on(Followed { message, call, leaks, edited_at, is_copied, words });
                return Ok(());
            }
        };
        talk.say(&notice::undelivered(talk.words, edit.message, why));
        Ok(())
    }

    /// Reports whether a message was written in the chat that its writer left last, and to nobody but the partner.
    async fn is_of_last_chat(&self, talk: &Talk<'_>, edit: &Edit) -> Result<bool, StoreError> {
        let me = talk.visitor.person.as_ref().map(|person| person.facts.person);
        let (Some(me), Some(written_at)) = (me, edit.written_at) else { return Ok(false) };
        if matches!(&edit.content, EditContent::Text { text, .. } if wire::has_slash(text) || wire::asked(text, "").is_some()) {
            return Ok(false);
        }
        let written_at = written_at.as_timestamp();
        let is_within = |chat: ChatRecord| chat.started_at <= written_at && chat.ended_at.is_some_and(|end| written_at <= end);
        Ok(self.chats.find_last_chat(me).await?.is_some_and(is_within))
    }

    /// Reports whether a chat has not ended since this update was stored.
    async fn goes_on(&self, chat: ChatId) -> Result<bool, StoreError> {
        Ok(self.chats.find_chat(chat).await?.is_some_and(|record| record.ended_at.is_none()))
    }
}

fn follow(content: &EditContent) -> Rendered {
    match content {
        EditContent::Text { text, entities, link_preview_options } => {
            render("editMessageText", &EditText { text, entities, link_preview_options })
        }
        EditContent::Caption { caption, entities, is_above } => render(
            "editMessageCaption",
            &EditCaption { caption, caption_entities: entities, show_caption_above_media: *is_above },
        ),
    }
}

/// Entities go on as they came: frankenstein would write those of a kind it does not know as one that does not exist.
#[derive(Serialize)]
struct EditText<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    entities: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    link_preview_options: &'a Option<Value>,
}

#[derive(Serialize)]
struct EditCaption<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'a str,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    caption_entities: &'a [Value],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    show_caption_above_media: bool,
}
