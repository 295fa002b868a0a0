//! What the bot does in the evidence chat, a private channel of the staff: it posts, copies, takes away, and looks at itself.

use frankenstein::AsyncTelegramApi;
use frankenstein::response::MethodResponse;
use luvhive_core::id::{MessageId, TelegramId};
use luvhive_core::ports::MessengerError;
use serde::Deserialize;
use serde_json::json;

use super::{BotApi, ClientError, decode};

/// A channel and the bot's place in it, as far as evidence needs to know; what is not read may be anything.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ChannelView {
    /// `channel` for a channel.
    #[serde(rename = "type")]
    pub kind: String,
    /// A public channel has one.
    pub username: Option<String>,
    /// Those of a channel with several.
    #[serde(default)]
    pub active_usernames: Vec<String>,
    /// The group in which its posts are discussed.
    pub linked_chat_id: Option<i64>,
    /// After how many seconds posts vanish.
    pub message_auto_delete_time: Option<u64>,
    /// The bot's place.
    #[serde(skip)]
    pub member: MemberView,
}

/// The bot's place in a channel.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MemberView {
    /// `administrator` for one.
    pub status: String,
    /// Whether it may post.
    #[serde(default)]
    pub can_post_messages: bool,
    /// Whether it may delete.
    #[serde(default)]
    pub can_delete_messages: bool,
    /// Whether it may change posts of others.
    #[serde(default)]
    pub can_edit_messages: bool,
}

impl ChannelView {
    /// Whether the bot can post there.
    pub fn can_post(&self) -> bool {
        self.kind == "channel" && self.member.status == "administrator" && self.member.can_post_messages
    }
}

#[derive(Deserialize)]
struct Made {
    message_id: i32,
}

/// Whether a post is there no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Gone,
    /// Telegram keeps it: a bot deletes only what is younger than 48 hours.
    Refused,
}

impl BotApi {
    /// Looks at a channel and at the bot's place in it.
    ///
    /// # Errors
    /// See [`ClientError`]; a channel without the bot is refused.
    pub async fn look_at_channel(&self, channel: TelegramId) -> Result<ChannelView, ClientError> {
        let chat: MethodResponse<ChannelView> = self.request("getChat", Some(json!({"chat_id": channel.get()}))).await?;
        let me = json!({"chat_id": channel.get(), "user_id": self.bot_id().get()});
        let member: MethodResponse<MemberView> = self.request("getChatMember", Some(me)).await?;
        Ok(ChannelView { member: member.result, ..chat.result })
    }

    /// Posts a plain text into a channel.
    ///
    /// # Errors
    /// See [`MessengerError`].
    pub async fn post_text(&self, channel: TelegramId, text: &str) -> Result<MessageId, MessengerError> {
        let params = json!({"chat_id": channel.get(), "text": text, "protect_content": true});
        self.make("sendMessage", params).await
    }

    /// Copies a message out of a private chat into a channel, without a sound, so that it cannot be passed on.
    ///
    /// # Errors
    /// See [`MessengerError`].
    pub async fn copy_to_channel(
        &self,
        channel: TelegramId,
        (from, message): (TelegramId, MessageId),
    ) -> Result<MessageId, MessengerError> {
        let params = json!({
            "chat_id": channel.get(), "from_chat_id": from.get(), "message_id": message.get(),
            "protect_content": true, "disable_notification": true,
        });
        self.make("copyMessage", params).await
    }

    async fn make(&self, method: &str, params: serde_json::Value) -> Result<MessageId, MessengerError> {
        let reply = async { decode::<MethodResponse<Made>>(&self.call_raw(method, params.to_string()).await?) };
        reply.await.map(|made| MessageId::new(made.result.message_id)).map_err(ClientError::into_messenger)
    }

    /// Reports whether a channel has this post and the bot made it. It asks for a change that changes nothing: of a post of
    /// its own Telegram says so, and it refuses to change one of others.
    ///
    /// # Errors
    /// [`MessengerError`] if Telegram does not say.
    pub async fn is_own_post(&self, channel: TelegramId, message: MessageId) -> Result<bool, MessengerError> {
        let params = json!({"chat_id": channel.get(), "message_id": message.get()});
        match self.call_raw("editMessageReplyMarkup", params.to_string()).await {
            Ok(_changed) => Ok(true),
            Err(error) if error.is_refused_with("message is not modified") => Ok(true),
            Err(ClientError::Refused { code: 400, .. }) => Ok(false),
            Err(error) => Err(error.into_messenger()),
        }
    }

    /// Takes a post away.
    ///
    /// # Errors
    /// [`MessengerError`] if Telegram does not say, or the channel is closed to the bot.
    pub async fn remove_post(&self, channel: TelegramId, message: MessageId) -> Result<Removal, MessengerError> {
        let params = json!({"chat_id": channel.get(), "message_id": message.get()});
        match self.call_raw("deleteMessage", params.to_string()).await {
            Ok(_true) => Ok(Removal::Gone),
            Err(error) if error.is_refused_with("message to delete not found") => Ok(Removal::Gone),
            Err(error) if error.is_refused_with("message can't be deleted") => Ok(Removal::Refused),
            Err(error) => Err(error.into_messenger()),
        }
    }
}
