//! The methods and objects the sandbox knows, field by field (Bot API 10.3).
//! Fields for groups and businesses are left out on purpose: they are refused.

use super::Type::{Any, Bool, ChatId, Float, Int, List, Object, Str};
use super::{Field, Type};

const fn may(name: &'static str, ty: Type) -> Field {
    Field { name, ty, is_required: false }
}

const fn must(name: &'static str, ty: Type) -> Field {
    Field { name, ty, is_required: true }
}

const ENTITY: Type = Object(&[
    must("type", Str),
    must("offset", Int),
    must("length", Int),
    may("url", Str),
    may("user", Any),
    may("language", Str),
    may("custom_emoji_id", Str),
    may("unix_time", Int),
    may("date_time_format", Str),
]);
const ENTITIES: Type = List(&ENTITY);
const REPLY: Type = Object(&[
    must("message_id", Int),
    may("chat_id", ChatId),
    may("allow_sending_without_reply", Bool),
    may("quote", Str),
    may("quote_parse_mode", Str),
    may("quote_entities", ENTITIES),
    may("quote_position", Int),
]);
const PREVIEW: Type = Object(&[
    may("is_disabled", Bool),
    may("url", Str),
    may("prefer_small_media", Bool),
    may("prefer_large_media", Bool),
    may("show_above_text", Bool),
]);
const WEB_APP: Type = Object(&[must("url", Str)]);
const INLINE_BUTTON: Type = Object(&[
    must("text", Str),
    may("icon_custom_emoji_id", Str),
    may("style", Str),
    may("url", Str),
    may("callback_data", Str),
    may("web_app", WEB_APP),
    may("copy_text", Object(&[must("text", Str)])),
    may("switch_inline_query", Str),
    may("switch_inline_query_current_chat", Str),
    may("pay", Bool),
]);
pub(crate) const INLINE_KEYBOARD: Type = Object(&[must("inline_keyboard", List(&List(&INLINE_BUTTON)))]);
const KEY: Type = Object(&[
    must("text", Str),
    may("icon_custom_emoji_id", Str),
    may("style", Str),
    may("request_contact", Bool),
    may("request_location", Bool),
    may("request_poll", Object(&[may("type", Str)])),
    may("web_app", WEB_APP),
]);
pub(crate) const REPLY_KEYBOARD: Type = Object(&[
    must("keyboard", List(&List(&KEY))),
    may("is_persistent", Bool),
    may("resize_keyboard", Bool),
    may("one_time_keyboard", Bool),
    may("input_field_placeholder", Str),
    may("selective", Bool),
]);
pub(crate) const KEYBOARD_REMOVE: Type = Object(&[must("remove_keyboard", Bool), may("selective", Bool)]);
pub(crate) const FORCE_REPLY: Type =
    Object(&[must("force_reply", Bool), may("input_field_placeholder", Str), may("selective", Bool)]);
const COMMAND: Type = Object(&[must("command", Str), must("description", Str)]);
const SCOPE: Type = Object(&[must("type", Str), may("chat_id", ChatId), may("user_id", Int)]);
const MENU: Type = Object(&[must("type", Str), may("text", Str), may("web_app", WEB_APP)]);
const REACTION: Type = Object(&[must("type", Str), may("emoji", Str), may("custom_emoji_id", Str)]);

/// What most sending methods take.
const SEND: [Field; 7] = [
    may("chat_id", ChatId),
    may("disable_notification", Bool),
    may("protect_content", Bool),
    may("allow_paid_broadcast", Bool),
    may("message_effect_id", Str),
    may("reply_parameters", REPLY),
    may("reply_markup", Any),
];
/// What those take that send without a keyboard.
const QUIET: [Field; 4] =
    [may("chat_id", ChatId), may("disable_notification", Bool), may("protect_content", Bool), may("message_effect_id", Str)];
const CAPTION: [Field; 3] = [may("caption", Str), may("parse_mode", Str), may("caption_entities", ENTITIES)];
const COVERED: [Field; 2] = [may("has_spoiler", Bool), may("show_caption_above_media", Bool)];

const PLACE: [Field; 5] = [
    may("latitude", Float),
    may("longitude", Float),
    may("horizontal_accuracy", Float),
    may("heading", Int),
    may("proximity_alert_radius", Int),
];
const MEDIA: Type = Object(&[
    must("type", Str),
    must("media", Str),
    may("caption", Str),
    may("parse_mode", Str),
    may("caption_entities", ENTITIES),
    may("has_spoiler", Bool),
    may("show_caption_above_media", Bool),
]);

/// What an invoice is made of, in a chat or behind a link.
const INVOICE: [Field; 20] = [
    may("title", Str),
    may("description", Str),
    may("payload", Str),
    may("provider_token", Str),
    may("currency", Str),
    may("prices", List(&Object(&[must("label", Str), must("amount", Int)]))),
    may("max_tip_amount", Int),
    may("suggested_tip_amounts", List(&Int)),
    may("provider_data", Str),
    may("photo_url", Str),
    may("photo_size", Int),
    may("photo_width", Int),
    may("photo_height", Int),
    may("need_name", Bool),
    may("need_phone_number", Bool),
    may("need_email", Bool),
    may("need_shipping_address", Bool),
    may("send_phone_number_to_provider", Bool),
    may("send_email_to_provider", Bool),
    may("is_flexible", Bool),
];

/// A method: its name and the groups of fields it takes.
pub(crate) type Method = (&'static str, &'static [&'static [Field]]);

/// All methods; the busiest first.
pub(crate) const METHODS: &[Method] = &[
    (
        "copyMessage",
        &[&SEND, &CAPTION, &[may("from_chat_id", ChatId), may("message_id", Int), may("show_caption_above_media", Bool)]],
    ),
    (
        "sendMessage",
        &[&SEND, &[may("text", Str), may("parse_mode", Str), may("entities", ENTITIES), may("link_preview_options", PREVIEW)]],
    ),
    ("getUpdates", &[&[may("offset", Int), may("limit", Int), may("timeout", Int), may("allowed_updates", List(&Str))]]),
    (
        "answerCallbackQuery",
        &[&[may("callback_query_id", Str), may("text", Str), may("show_alert", Bool), may("url", Str), may("cache_time", Int)]],
    ),
    (
        "editMessageText",
        &[&[
            may("chat_id", ChatId),
            may("message_id", Int),
            may("text", Str),
            may("parse_mode", Str),
            may("entities", ENTITIES),
            may("link_preview_options", PREVIEW),
            may("reply_markup", Any),
        ]],
    ),
    (
        "editMessageCaption",
        &[
            &CAPTION,
            &[may("chat_id", ChatId), may("message_id", Int), may("show_caption_above_media", Bool), may("reply_markup", Any)],
        ],
    ),
    ("editMessageMedia", &[&[may("chat_id", ChatId), may("message_id", Int), may("media", MEDIA), may("reply_markup", Any)]]),
    (
        "editMessageLiveLocation",
        &[&PLACE, &[may("chat_id", ChatId), may("message_id", Int), may("live_period", Int), may("reply_markup", Any)]],
    ),
    ("stopMessageLiveLocation", &[&[may("chat_id", ChatId), may("message_id", Int), may("reply_markup", Any)]]),
    ("editMessageReplyMarkup", &[&[may("chat_id", ChatId), may("message_id", Int), may("reply_markup", Any)]]),
    ("deleteMessage", &[&[may("chat_id", ChatId), may("message_id", Int)]]),
    ("deleteMessages", &[&[may("chat_id", ChatId), may("message_ids", List(&Int))]]),
    (
        "copyMessages",
        &[&[
            may("chat_id", ChatId),
            may("from_chat_id", ChatId),
            may("message_ids", List(&Int)),
            may("disable_notification", Bool),
            may("protect_content", Bool),
            may("remove_caption", Bool),
        ]],
    ),
    ("sendChatAction", &[&[may("chat_id", ChatId), may("action", Str)]]),
    ("sendPhoto", &[&SEND, &CAPTION, &COVERED, &[may("photo", Str)]]),
    ("sendSticker", &[&SEND, &[may("sticker", Str), may("emoji", Str)]]),
    ("sendVoice", &[&SEND, &CAPTION, &[may("voice", Str), may("duration", Int)]]),
    (
        "sendVideo",
        &[
            &SEND,
            &CAPTION,
            &COVERED,
            &[may("video", Str), may("duration", Int), may("width", Int), may("height", Int), may("supports_streaming", Bool)],
        ],
    ),
    (
        "sendAnimation",
        &[&SEND, &CAPTION, &COVERED, &[may("animation", Str), may("duration", Int), may("width", Int), may("height", Int)]],
    ),
    ("sendAudio", &[&SEND, &CAPTION, &[may("audio", Str), may("duration", Int), may("performer", Str), may("title", Str)]]),
    ("sendDocument", &[&SEND, &CAPTION, &[may("document", Str), may("disable_content_type_detection", Bool)]]),
    ("sendVideoNote", &[&SEND, &[may("video_note", Str), may("duration", Int), may("length", Int)]]),
    ("sendLocation", &[&SEND, &PLACE, &[may("live_period", Int)]]),
    (
        "sendVenue",
        &[
            &SEND,
            &PLACE,
            &[
                may("title", Str),
                may("address", Str),
                may("foursquare_id", Str),
                may("foursquare_type", Str),
                may("google_place_id", Str),
                may("google_place_type", Str),
            ],
        ],
    ),
    ("sendContact", &[&SEND, &[may("phone_number", Str), may("first_name", Str), may("last_name", Str), may("vcard", Str)]]),
    ("sendDice", &[&SEND, &[may("emoji", Str)]]),
    (
        "sendMediaGroup",
        &[&QUIET, &[may("media", List(&MEDIA)), may("allow_paid_broadcast", Bool), may("reply_parameters", REPLY)]],
    ),
    ("forwardMessage", &[&QUIET, &[may("from_chat_id", ChatId), may("message_id", Int)]]),
    ("getChat", &[&[may("chat_id", ChatId)]]),
    ("getChatMember", &[&[may("chat_id", ChatId), may("user_id", Int)]]),
    ("sendInvoice", &[&SEND, &INVOICE, &[may("start_parameter", Str)]]),
    ("createInvoiceLink", &[&INVOICE, &[may("subscription_period", Int)]]),
    ("answerPreCheckoutQuery", &[&[may("pre_checkout_query_id", Str), may("ok", Bool), may("error_message", Str)]]),
    ("refundStarPayment", &[&[may("user_id", Int), may("telegram_payment_charge_id", Str)]]),
    ("editUserStarSubscription", &[&[may("user_id", Int), may("telegram_payment_charge_id", Str), may("is_canceled", Bool)]]),
    ("getStarTransactions", &[&[may("offset", Int), may("limit", Int)]]),
    ("getMyStarBalance", &[]),
    (
        "setMessageReaction",
        &[&[may("chat_id", ChatId), may("message_id", Int), may("reaction", List(&REACTION)), may("is_big", Bool)]],
    ),
    ("getMe", &[]),
    ("getFile", &[&[may("file_id", Str)]]),
    (
        "setWebhook",
        &[&[
            may("url", Str),
            may("ip_address", Str),
            may("max_connections", Int),
            may("allowed_updates", List(&Str)),
            may("drop_pending_updates", Bool),
            may("secret_token", Str),
        ]],
    ),
    ("deleteWebhook", &[&[may("drop_pending_updates", Bool)]]),
    ("getWebhookInfo", &[]),
    ("setMyCommands", &[&[may("commands", List(&COMMAND)), may("scope", SCOPE), may("language_code", Str)]]),
    ("getMyCommands", &[&[may("scope", SCOPE), may("language_code", Str)]]),
    ("deleteMyCommands", &[&[may("scope", SCOPE), may("language_code", Str)]]),
    ("setMyName", &[&[may("name", Str), may("language_code", Str)]]),
    ("getMyName", &[&[may("language_code", Str)]]),
    ("setMyDescription", &[&[may("description", Str), may("language_code", Str)]]),
    ("getMyDescription", &[&[may("language_code", Str)]]),
    ("setMyShortDescription", &[&[may("short_description", Str), may("language_code", Str)]]),
    ("getMyShortDescription", &[&[may("language_code", Str)]]),
    ("setChatMenuButton", &[&[may("chat_id", Int), may("menu_button", MENU)]]),
    ("getChatMenuButton", &[&[may("chat_id", Int)]]),
];
