//! What a message holds, as far as relaying needs to know.

use crate::code::coded_enum;

coded_enum! {
    /// The kind of a message's content.
    Content {
        Text = "text", Photo = "photo", Sticker = "sticker", Voice = "voice", Video = "video",
        Animation = "animation", Document = "document", Location = "location",
        Audio = "audio", VideoNote = "video_note", Venue = "venue", Dice = "dice",
        Contact = "contact", Poll = "poll", Other = "other",
    }
}

impl Content {
    /// Reports pictures and videos, which a person can choose not to be sent.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Photo | Self::Video | Self::Animation | Self::VideoNote)
    }

    /// Reports whether a message of this kind is copied to the partner; the others are refused with a message.
    ///
    /// Contacts and polls can name their sender, so they are refused with that reason.
    pub const fn is_relayed(self) -> bool {
        match self {
            Self::Text
            | Self::Photo
            | Self::Sticker
            | Self::Voice
            | Self::Video
            | Self::Animation
            | Self::Document
            | Self::Location
            | Self::Audio
            | Self::VideoNote
            | Self::Venue
            | Self::Dice => true,
            Self::Contact | Self::Poll | Self::Other => false,
        }
    }
}
