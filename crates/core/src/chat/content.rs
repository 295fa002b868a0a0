//! What a message holds, as far as relaying needs to know.

use crate::code::coded_enum;

/// What becomes of a message to a partner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It is copied.
    Relayed,
    /// It is copied, unless the partner chose not to be sent pictures and videos.
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

impl Content {
    /// Reports pictures and videos, which a person can choose not to be sent.
    pub const fn is_picture(self) -> bool {
        matches!(self.way(), Way::Picture)
    }

    /// Reports whether a message of this kind is copied to the partner; the others are refused with a message.
    pub const fn is_relayed(self) -> bool {
        !matches!(self.way(), Way::Refused)
    }
}
