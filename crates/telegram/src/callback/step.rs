//! Moves in an unfinished conversation. Choices name the wanted state, so that a repeated press changes nothing.

use luvhive_core::person::{Country, Gender, Interest, SpokenLanguage, UiLanguage};
use luvhive_core::time::Day;

use super::field::{Field, buttons, codec};

buttons! {
    /// A move in an unfinished conversation.
    StepAction {
        /// Agrees to what is asked.
        Agree = "agree",
        /// One step back.
        Back = "back",
        /// On to the next step with what is chosen.
        Continue = "go",
        /// Confirms this date of birth.
        Born(day: Day) = "born",
        /// This is my gender.
        Gender(gender: Gender) = "gender",
        /// Wants or does not want to meet this gender.
        Want(gender: Gender, on: bool) = "want",
        /// Wants to meet everyone.
        WantEveryone = "everyone",
        /// Lives in this country.
        Country(country: Country) = "country",
        /// Shows this page of a list, from 0.
        Page(page: u8) = "page",
        /// Wants to name a city.
        City = "city",
        /// Names no city.
        NoCity = "nocity",
        /// Speaks or does not speak this language.
        Language(language: SpokenLanguage, on: bool) = "lang",
        /// Likes or does not like this.
        Interest(interest: Interest, on: bool) = "like",
        /// The bot's texts in this language.
        Ui(language: UiLanguage) = "ui",
    }
}
