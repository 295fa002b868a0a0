//! The few fields of an update that the engine's hot path needs. Everything else is passed over unread.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// An update. At most one of the kinds is there.
#[derive(Deserialize)]
pub(super) struct WireUpdate {
    pub(super) update_id: i64,
    pub(super) message: Option<WireMessage>,
    pub(super) edited_message: Option<WireEdited>,
    pub(super) callback_query: Option<WireCallback>,
    pub(super) my_chat_member: Option<WireMember>,
    pub(super) pre_checkout_query: Option<WireCheckout>,
    pub(super) subscription: Option<WireSubscription>,
}

#[derive(Deserialize)]
pub(super) struct WireUser {
    pub(super) id: i64,
    pub(super) language_code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireChat {
    pub(super) id: i64,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct WireReply {
    pub(super) message_id: i32,
}

#[derive(Deserialize)]
pub(super) struct WireMessage {
    pub(super) message_id: i32,
    pub(super) date: Option<i64>,
    pub(super) chat: WireChat,
    pub(super) from: Option<WireUser>,
    pub(super) reply_to_message: Option<WireReply>,
    pub(super) text: Option<String>,
    // Of these only the presence counts.
    pub(super) forward_origin: Option<IgnoredAny>,
    pub(super) via_bot: Option<IgnoredAny>,
    pub(super) photo: Option<IgnoredAny>,
    pub(super) sticker: Option<IgnoredAny>,
    pub(super) voice: Option<IgnoredAny>,
    pub(super) video: Option<IgnoredAny>,
    pub(super) animation: Option<IgnoredAny>,
    pub(super) document: Option<IgnoredAny>,
    pub(super) venue: Option<IgnoredAny>,
    pub(super) location: Option<IgnoredAny>,
    pub(super) audio: Option<IgnoredAny>,
    pub(super) video_note: Option<IgnoredAny>,
    pub(super) dice: Option<IgnoredAny>,
    pub(super) contact: Option<IgnoredAny>,
    pub(super) poll: Option<IgnoredAny>,
    pub(super) successful_payment: Option<IgnoredAny>,
    pub(super) refunded_payment: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct WireEdited {
    pub(super) edit_date: Option<i64>,
    pub(super) chat: WireChat,
    pub(super) from: Option<WireUser>,
}

#[derive(Deserialize)]
pub(super) struct WireCallback {
    pub(super) id: String,
    pub(super) from: WireUser,
    pub(super) data: Option<String>,
    pub(super) message: Option<WireButtons>,
}

/// The message that holds a pressed button.
#[derive(Deserialize)]
pub(super) struct WireButtons {
    pub(super) message_id: i32,
    pub(super) chat: WireChat,
}

#[derive(Deserialize)]
pub(super) struct WireMember {
    pub(super) chat: WireChat,
    pub(super) from: WireUser,
    pub(super) new_chat_member: WireStatus,
}

#[derive(Deserialize)]
pub(super) struct WireCheckout {
    pub(super) id: String,
    pub(super) from: WireUser,
    pub(super) currency: String,
    pub(super) total_amount: i64,
    pub(super) invoice_payload: String,
}

#[derive(Deserialize)]
pub(super) struct WireSubscription {
    pub(super) user: WireUser,
}

#[derive(Deserialize)]
pub(super) struct WireStatus {
    pub(super) status: String,
}

/// Of an update that cannot be read: whose it was, if at least that can.
#[derive(Deserialize)]
pub(super) struct WireSender {
    pub(super) message: Option<WireFrom>,
    pub(super) edited_message: Option<WireFrom>,
    pub(super) callback_query: Option<WireFrom>,
    pub(super) pre_checkout_query: Option<WireFrom>,
}

#[derive(Deserialize)]
pub(super) struct WireFrom {
    pub(super) from: WireId,
    pub(super) chat: Option<WireId>,
}

#[derive(Deserialize)]
pub(super) struct WireId {
    pub(super) id: i64,
}
