//! What Telegram sends, spelled once. It is read at two times: by intake, for the engine, and later by a lane, which needs
//! more of it. Each reading passes over what it does not need, so that a field nobody here knows spoils nothing.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use luvhive_core::chat::{Content, Question, Questions};
use luvhive_core::guard::{File, Post, leaks, says_minor};
use luvhive_core::id::{AlbumId, MessageId};
use luvhive_core::time::TelegramTime;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::locale::{MenuCommand, menu_command, slash_command};

/// The longest text that can be a button of the menu, in bytes.
const MAX_BUTTON_BYTES: usize = 128;

/// An update, as both readings need it. At most one of the kinds is there.
///
/// `E` is how much is read of an edited message: intake needs little of it, a lane reads it as a [`Message`].
#[derive(Deserialize)]
pub(crate) struct Update<E = Edited> {
    #[serde(rename = "update_id")]
    pub(crate) id: i64,
    pub(crate) message: Option<Message>,
    pub(crate) edited_message: Option<E>,
    pub(crate) callback_query: Option<Press>,
    pub(crate) my_chat_member: Option<Membership>,
    pub(crate) pre_checkout_query: Option<Checkout>,
    pub(crate) subscription: Option<Subscription>,
}

#[derive(Deserialize)]
pub(crate) struct User {
    pub(crate) id: i64,
    /// Whether it is a bot; those can write to bots too (Bot API 10.3, `User.is_bot`).
    #[serde(default)]
    pub(crate) is_bot: bool,
    pub(crate) language_code: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    #[serde(rename = "type")]
    kind: String,
}

impl Chat {
    /// Reports whether this is somebody's private chat; the bot does nothing in any other.
    pub(crate) fn is_private(&self) -> bool {
        self.kind == "private"
    }

    /// Reports whether this is the private chat of `user`, a person. Bots are ignored: two of them
    /// could answer each other forever.
    pub(crate) fn is_private_of(&self, user: &User) -> bool {
        self.is_private() && self.id == user.id && !user.is_bot
    }
}

/// The message that another one replies to.
#[derive(Deserialize)]
struct Original {
    message_id: i32,
}

/// Whether a caption can stand under a kind of media, and be edited there.
const CAPTIONED: bool = true;
const BARE: bool = false;

/// Makes [`Message`] with a field for each kind of media and of service message, of which only the presence is read.
///
/// A row such as `photo => Photo, CAPTIONED;` becomes the field `photo` and a line of `held`: the message holds a
/// [`Content::Photo`], which can have a caption. The first row that is there counts: an animation also comes as a
/// document, a venue also as a location. A name behind `@service` becomes a field and a part of `is_service`.
macro_rules! media {
    ($($field:ident => $content:ident, $caption:ident;)+ @service $($service:ident)+) => {
        /// A message, as both readings need it.
        #[derive(Deserialize)]
        pub(crate) struct Message {
            #[serde(rename = "message_id")]
            id: i32,
            pub(crate) date: Option<i64>,
            pub(crate) edit_date: Option<i64>,
            pub(crate) chat: Chat,
            pub(crate) from: Option<User>,
            #[serde(rename = "reply_to_message")]
            original: Option<Original>,
            pub(crate) text: Option<String>,
            #[serde(default)]
            entities: Vec<Entity>,
            pub(crate) caption: Option<String>,
            #[serde(default)]
            caption_entities: Vec<Entity>,
            // Of all below but the album only the presence counts.
            forward_origin: Option<IgnoredAny>,
            via_bot: Option<IgnoredAny>,
            successful_payment: Option<IgnoredAny>,
            refunded_payment: Option<IgnoredAny>,
            media_group_id: Option<String>,
            $($field: Option<IgnoredAny>,)+
            $($service: Option<IgnoredAny>,)+
        }

        impl Message {
            /// What it holds beside text, and whether that can have a caption.
            fn held(&self) -> (Content, bool) {
                $(if self.$field.is_some() { return (Content::$content, $caption); })+
                (Content::Other, BARE)
            }

            /// Reports whether nobody wrote it: Telegram only tells that something was done in the chat.
            pub(crate) fn is_service(&self) -> bool {
                $(self.$service.is_some())||+
            }
        }
    };
}

media! {
    photo => Photo, CAPTIONED;
    sticker => Sticker, BARE;
    voice => Voice, CAPTIONED;
    video => Video, CAPTIONED;
    animation => Animation, CAPTIONED;
    document => Document, CAPTIONED;
    venue => Venue, BARE;
    location => Location, BARE;
    audio => Audio, CAPTIONED;
    video_note => VideoNote, BARE;
    dice => Dice, BARE;
    contact => Contact, BARE;
    poll => Poll, BARE;
    // Bot API 10.3: every field of a message that its docs call a service message, but for payments.
    @service
    new_chat_members left_chat_member chat_owner_left chat_owner_changed new_chat_title new_chat_photo delete_chat_photo
    group_chat_created supergroup_chat_created channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id
    migrate_from_chat_id pinned_message users_shared chat_shared gift unique_gift gift_upgrade_sent connected_website
    write_access_allowed passport_data proximity_alert_triggered boost_added chat_background_set checklist_tasks_done
    checklist_tasks_added community_chat_added community_chat_joined community_chat_removed direct_message_price_changed
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened general_forum_topic_hidden
    general_forum_topic_unhidden giveaway_created giveaway_completed managed_bot_created paid_message_price_changed
    suggested_post_approved suggested_post_approval_failed suggested_post_declined poll_option_added poll_option_deleted
    suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started video_chat_ended
    video_chat_participants_invited web_app_data
}

/// An update, as far as it names a file.
#[derive(Deserialize)]
struct Filed<'a> {
    #[serde(borrow)]
    message: Option<Holder<'a>>,
    #[serde(borrow)]
    edited_message: Option<Holder<'a>>,
}

#[derive(Deserialize)]
struct Holder<'a> {
    #[serde(borrow)]
    document: Option<Document<'a>>,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    file_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mime_type: Option<Cow<'a, str>>,
}

/// Formatting, as far as it can name somebody.
#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "type", default)]
    kind: String,
    url: Option<String>,
}

/// Reports a link to an account by its number, which opens a profile: `tg://user?id=` and its kin, however they are
/// written (`LinkManager::get_link_user_id` in its own library). Telegram makes one a link also where it stands as plain text.
fn links_account(text: &str) -> bool {
    // Hardly any message has one, and each passes here.
    if !text.as_bytes().windows(3).any(|letters| letters.eq_ignore_ascii_case(b"tg:")) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    text.match_indices("tg:").any(|(at, scheme)| {
        let place = text.get(at.saturating_add(scheme.len())..).unwrap_or_default().trim_start_matches('/');
        let has_number = |host: &str| place.strip_prefix(host).is_some_and(|rest| rest.starts_with(['/', '?', '#']));
        has_number("user") || has_number("openmessage")
    })
}

impl Message {
    /// Its number.
    pub(crate) const fn id(&self) -> MessageId {
        MessageId::new(self.id)
    }

    /// The message it replies to.
    pub(crate) fn reply_to(&self) -> Option<MessageId> {
        self.original.as_ref().map(|original| MessageId::new(original.message_id))
    }

    /// The album it belongs to.
    pub(crate) fn album(&self) -> Option<AlbumId> {
        let mut hasher = DefaultHasher::new();
        self.media_group_id.as_ref()?.hash(&mut hasher);
        Some(AlbumId::new(hasher.finish().cast_signed()))
    }

    /// Tells what it holds.
    pub(crate) fn content(&self) -> Content {
        match &self.text {
            _ if self.names_account() => Content::Mention,
            Some(_) => Content::Text,
            None => self.held().0,
        }
    }

    /// Reports whether a name in its text or caption links to an account.
    pub(crate) fn names_account(&self) -> bool {
        let is_link = |entity: &Entity| entity.kind == "text_mention" || entity.url.as_deref().is_some_and(links_account);
        self.entities.iter().chain(&self.caption_entities).any(is_link)
            || [&self.text, &self.caption].into_iter().flatten().any(|text| links_account(text))
    }

    /// What in its text, its links and, as a document, its file can identify its writer, and whether it says that they are
    /// under 18. `raw` is the update that holds it.
    pub(crate) fn leaks(&self, raw: &str) -> Questions {
        let text = self.text.as_deref().or(self.caption.as_deref()).unwrap_or_default();
        let links = self.entities.iter().chain(&self.caption_entities).filter_map(|entity| entity.url.as_deref());
        let hidden_links: Vec<&str> = links.collect();
        let update = self.document.is_some().then(|| serde_json::from_str::<Filed<'_>>(raw).ok()).flatten();
        let document = update.and_then(|update| update.message.or(update.edited_message)).and_then(|holder| holder.document);
        let is_file = matches!(self.held().0, Content::Document);
        let file = document
            .as_ref()
            .filter(|_| is_file)
            .map(|document| File { name: document.file_name.as_deref(), mime: document.mime_type.as_deref() });
        let found = Questions::from(leaks(&Post { text, hidden_links: &hidden_links, file }).kinds());
        let year = TelegramTime::from_seconds(self.date.unwrap_or_default()).as_timestamp().day().year();
        // What somebody else wrote says nothing of the person who passes it on.
        if self.is_own() && says_minor(text, year) { found.with(Question::Age) } else { found }
    }

    /// Reports whether a caption can stand under it.
    pub(crate) fn has_caption(&self) -> bool {
        self.held().1
    }

    /// Reports whether its sender wrote it (Bot API 10.3: `forward_origin` stands in forwarded messages, `via_bot` in those
    /// made by an inline bot).
    pub(crate) fn is_own(&self) -> bool {
        self.forward_origin.is_none() && self.via_bot.is_none()
    }

    /// Reports whether it tells of a payment or of one given back.
    pub(crate) fn is_about_money(&self) -> bool {
        self.successful_payment.is_some() || self.refunded_payment.is_some()
    }

    /// Whether it tells of Stars that were given back.
    pub(crate) fn is_refund(&self) -> bool {
        self.refunded_payment.is_some()
    }

    /// The command that its sender gives by it. What somebody else wrote is talk, no matter what it says.
    pub(crate) fn command(&self, own: &str) -> Option<MenuCommand> {
        self.text.as_deref().filter(|_| self.is_own()).and_then(|text| asked(text, own))
    }
}

/// Recognizes a command in what a person typed or pressed: a word with a slash in front, or a button of the menu by its
/// text in any language. `None` is talk, unknown commands among it.
///
/// White space around it does not count. Telegram itself takes it away, except where it is formatted.
/// `own` is the bot's user name: `/next@OtherBot` was written to somebody else. An empty one stands for any name.
pub(crate) fn asked(text: &str, own: &str) -> Option<MenuCommand> {
    let text = text.trim();
    if text.starts_with('/') {
        slash_command(text, own)
    } else if text.len() <= MAX_BUTTON_BYTES {
        menu_command(text)
    } else {
        None
    }
}

/// Reports whether a text has the form of a command, known or not.
pub(crate) fn has_slash(text: &str) -> bool {
    text.trim_start().starts_with('/')
}

/// Of an edited message only when, where and by whom: the engine notes that somebody edited, not what.
#[derive(Deserialize)]
pub(crate) struct Edited {
    pub(crate) edit_date: Option<i64>,
    pub(crate) chat: Chat,
    pub(crate) from: Option<User>,
}

/// A pressed button.
#[derive(Deserialize)]
pub(crate) struct Press {
    pub(crate) id: String,
    pub(crate) from: User,
    pub(crate) data: Option<String>,
    message: Option<Shown>,
}

/// The message that holds a pressed button.
#[derive(Deserialize)]
struct Shown {
    message_id: i32,
    chat: Chat,
}

impl Press {
    /// The message with the button, if it stands in the private chat of the person who pressed.
    pub(crate) fn message(&self) -> Option<MessageId> {
        let shown = self.message.as_ref().filter(|shown| shown.chat.is_private_of(&self.from))?;
        Some(MessageId::new(shown.message_id))
    }
}

/// How the bot stands in a chat from now on.
#[derive(Deserialize)]
pub(crate) struct Membership {
    pub(crate) date: Option<i64>,
    pub(crate) chat: Chat,
    pub(crate) from: User,
    pub(crate) new_chat_member: Status,
}

#[derive(Deserialize)]
pub(crate) struct Status {
    pub(crate) status: String,
}

/// Somebody waits at the till.
#[derive(Deserialize)]
pub(crate) struct Checkout {
    pub(crate) id: String,
    pub(crate) from: User,
    pub(crate) currency: String,
    pub(crate) total_amount: i64,
    pub(crate) invoice_payload: String,
}

#[derive(Deserialize)]
pub(crate) struct Subscription {
    pub(crate) user: User,
}

/// Of an update that cannot be read: whose it was, if at least that can.
#[derive(Deserialize)]
pub(crate) struct Traces {
    message: Option<Trace>,
    edited_message: Option<Trace>,
    callback_query: Option<Trace>,
    pre_checkout_query: Option<Trace>,
}

#[derive(Deserialize)]
struct Trace {
    from: Id,
    chat: Option<Id>,
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

impl Traces {
    /// Whose it was; nobody's unless it came from a private chat.
    pub(crate) fn sender(self) -> Option<i64> {
        let message = self.message.or(self.edited_message);
        let private = message.filter(|message| message.chat.as_ref().is_some_and(|chat| chat.id == message.from.id));
        private.or(self.callback_query).or(self.pre_checkout_query).map(|trace| trace.from.id)
    }
}

/// What only lanes need of an update, beside what [`Update`] tells.
#[derive(Deserialize)]
pub(crate) struct Details<'a> {
    #[serde(borrow)]
    pub(crate) message: Option<MessageDetails<'a>>,
    #[serde(borrow)]
    pub(crate) edited_message: Option<MessageDetails<'a>>,
    pub(crate) subscription: Option<SubscriptionDetails>,
}

/// What only lanes need of a message, beside what [`Message`] tells.
#[derive(Deserialize)]
pub(crate) struct MessageDetails<'a> {
    #[serde(default)]
    pub(crate) entities: Vec<Value>,
    #[serde(default)]
    pub(crate) caption_entities: Vec<Value>,
    #[serde(default)]
    pub(crate) show_caption_above_media: bool,
    pub(crate) link_preview_options: Option<Value>,
    #[serde(borrow)]
    photo: Option<&'a RawValue>,
    pub(crate) successful_payment: Option<Receipt>,
    pub(crate) refunded_payment: Option<Refund>,
}

impl MessageDetails<'_> {
    /// The id of the photo in its largest size: Telegram lists the sizes from small to large.
    pub(crate) fn photo(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Size {
            file_id: String,
        }
        serde_json::from_str::<Vec<Size>>(self.photo?.get()).ok()?.pop().map(|size| size.file_id)
    }
}

/// A payment that was made. What is missing is empty: no receipt is lost because a field of it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Receipt {
    pub(crate) currency: String,
    pub(crate) total_amount: i64,
    pub(crate) invoice_payload: String,
    pub(crate) telegram_payment_charge_id: String,
    pub(crate) is_recurring: bool,
    pub(crate) is_first_recurring: bool,
    /// Ours: the desk found it in the list of transactions.
    #[serde(rename = "luvhive_found")]
    pub(crate) is_found: bool,
    pub(crate) subscription_expiration_date: Option<i64>,
}

/// A payment that was given back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refund {
    pub(crate) telegram_payment_charge_id: String,
}

#[derive(Deserialize)]
pub(crate) struct SubscriptionDetails {
    pub(crate) state: String,
}
