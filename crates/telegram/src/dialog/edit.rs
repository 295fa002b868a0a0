//! Edited messages: the copy on the partner's side follows, while their chat goes on.

use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::{ChatId, TelegramId};
use luvhive_core::ports::{MessagePair, StoreError};
use serde::Serialize;
use serde_json::Value;

use super::heard::{Edit, EditContent, Said};
use super::{Dialogs, Done, Talk};
use crate::rendered::render;
use crate::view::menu;

impl Dialogs {
    pub(super) async fn follow_edit(&self, talk: &mut Talk<'_>, edit: &Edit) -> Done {
        if talk.visitor.person.is_none() {
            // Correcting a typed date by editing it means typing it anew.
            if let EditContent::Text(text, _) = &edit.content {
                let (text, is_own) = (Some(text.clone()), edit.is_own);
                let said = Said { text, command: None, is_own, reply_to: None, photo: None };
                return self.hear(talk, &said).await;
            }
            return Ok(());
        }
        let pair = self.chats.find_pair(talk.telegram, edit.message).await?;
        match (pair, talk.chat) {
            (Some(pair), Some(chat)) if pair.chat == chat && pair.from == talk.telegram && self.goes_on(chat).await? => {
                talk.call_partner(pair.to, follow(&pair, &edit.content));
            }
            (Some(_), _) => talk.say(&menu::sentence(talk.words, "edit-too-late")),
            (None, Some(_)) => talk.say(&menu::sentence(talk.words, "edit-not-passed")),
            // An edited command or answer to the bot itself.
            (None, None) => {}
        }
        Ok(())
    }

    /// Reports whether a chat has not ended since this update was stored.
    async fn goes_on(&self, chat: ChatId) -> Result<bool, StoreError> {
        Ok(self.chats.find_chat(chat).await?.is_some_and(|record| record.ended_at.is_none()))
    }
}

fn follow(pair: &MessagePair, content: &EditContent) -> Rendered {
    let (chat_id, message_id) = (TelegramId::get(pair.to), pair.copy.get());
    match content {
        EditContent::Text(text, entities) => render("editMessageText", &EditText { chat_id, message_id, text, entities }),
        EditContent::Caption(caption, caption_entities) => {
            render("editMessageCaption", &EditCaption { chat_id, message_id, caption, caption_entities })
        }
    }
}

/// Entities go on as they came: frankenstein would write those of a kind it does not know as one that does not exist.
#[derive(Serialize)]
struct EditText<'a> {
    chat_id: i64,
    message_id: i32,
    text: &'a str,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    entities: &'a [Value],
}

#[derive(Serialize)]
struct EditCaption<'a> {
    chat_id: i64,
    message_id: i32,
    #[serde(skip_serializing_if = "str::is_empty")]
    caption: &'a str,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    caption_entities: &'a [Value],
}
