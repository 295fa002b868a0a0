//! What the buttons of the profile carry: a page to show, or a value to have from now on.
//! Choices name the wanted state, so that a repeated press changes nothing.

use luvhive_core::person::{CardPart, Country, Interest, SpokenLanguage};

use super::field::{Field, buttons, codec};

buttons! {
    /// What a button of the profile asks for.
    ProfileAction {
        /// Shows a page.
        Show(page: ProfilePage),
        /// Has a value from now on.
        Set(value: ProfileValue),
        /// Shows counts and badges.
        ShowStatistics = "counts",
        /// Sends the photo as it is stored.
        ShowPhoto = "showphoto",
        /// Takes the message with the photo away.
        ClosePhoto = "closephoto",
    }
}

buttons! {
    /// A page of the profile.
    ProfilePage {
        /// The profile as its owner sees it.
        Overview = "open",
        /// Languages, by page from 0.
        Languages(page: u8) = "languages",
        /// Interests.
        Interests = "interests",
        /// Countries, by page from 0.
        Countries(page: u8) = "countries",
        /// Asks for the city.
        City = "city",
        /// Asks for a text about oneself.
        Bio = "bio",
        /// Asks for a photo.
        Photo = "photo",
        /// What the match card may show.
        Card = "card",
    }
}

buttons! {
    /// A value of the profile.
    ProfileValue {
        /// Speaks or does not speak this language; the page shown.
        Language(language: SpokenLanguage, on: bool, page: u8) = "lang",
        /// Likes or does not like this.
        Interest(interest: Interest, on: bool) = "like",
        /// Lives in this country.
        Country(country: Country) = "country",
        /// Names no city any more.
        NoCity = "nocity",
        /// Writes nothing about themselves any more.
        NoBio = "nobio",
        /// Has no photo any more.
        NoPhoto = "nophoto",
        /// The match card may or may not show this.
        Card(part: CardPart, on: bool) = "show",
    }
}
