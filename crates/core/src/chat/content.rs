//! What a message holds, as far as relaying needs to know.

use crate::code::{bit_set, coded_enum};
use crate::time::TelegramTime;

/// What becomes of a message to a partner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is copied.
    Relayed,
    /// It is copied once the partner agreed to photos and videos.
    Picture,
    /// It is refused with a message.
    Refused,
}

/// Makes [`Content`] from its rows: a row such as `Photo = "photo" => Picture;` becomes the variant `Photo` with the code
/// `photo`, and a line of `way`.
macro_rules! contents {
    ($($kind:ident = $code:literal => $way:ident;)+) => {
        coded_enum! {
            /// The kind of a message's content.
            Content { $($kind = $code),+ }
        }

        impl Content {
            const fn way(self) -> Way {
                match self { $(Self::$kind => Way::$way,)+ }
            }
        }
    };
}

contents! {
    Text = "text" => Relayed;
    Photo = "photo" => Picture;
    Sticker = "sticker" => Relayed;
    Voice = "voice" => Relayed;
    Video = "video" => Picture;
    Animation = "animation" => Picture;
    Document = "document" => Relayed;
    Location = "location" => Relayed;
    Audio = "audio" => Relayed;
    VideoNote = "video_note" => Picture;
    Venue = "venue" => Relayed;
    Dice = "dice" => Relayed;
    // A text or caption in which a name links to an account.
    Mention = "mention" => Refused;
    // These two can name their sender.
    Contact = "contact" => Refused;
    Poll = "poll" => Refused;
    Other = "other" => Refused;
}

bit_set! {
    /// Kinds of content.
    Contents of Content as u32
}

impl Content {
    /// What a person can choose never to have passed on of what they send.
    pub const WITHHOLDABLE: [Self; 3] = [Self::Photo, Self::Voice, Self::VideoNote];

    /// Reports text and stickers: all that passes in the first minutes of a chat, and to a person who wants text only.
    pub const fn is_plain(self) -> bool {
        matches!(self, Self::Text | Self::Sticker)
    }

    /// Reports photos, videos, GIFs and round videos, which need the partner's yes.
    pub const fn is_picture(self) -> bool {
        matches!(self.way(), Way::Picture)
    }

    /// Reports whether a message of this kind is copied to the partner; the others are refused with a message.
    pub const fn is_relayed(self) -> bool {
        !matches!(self.way(), Way::Refused)
    }
}

/// What a report says of a message beside who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What it holds.
    pub content: Content,
    /// When it was written, on Telegram's clock, or passed on if it had waited.
    pub at: TelegramTime,
}
