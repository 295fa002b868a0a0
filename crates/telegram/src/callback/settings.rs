//! What the buttons of the settings carry: a page to show, or a value to have from now on.
//! Choices name the wanted state, so that a repeated press changes nothing.

use std::str::Split;

use luvhive_core::chat::Content;
use luvhive_core::filter::Filter;
use luvhive_core::person::{Country, Gender, QuietHours, UiLanguage, Zone};
use luvhive_core::preferences::AgeRange;
#[cfg(test)]
use proptest::prelude::*;

use super::field::{Field, buttons, codec};

buttons! {
    /// What a button of the settings asks for.
    SettingsAction {
        /// Shows a page.
        Show(page: SettingsPage),
        /// Has a value from now on.
        Set(value: SettingsValue),
        /// Takes the consents back.
        Unconsent = "unconsent",
        /// Has the bot's texts in this language.
        Language(language: UiLanguage) = "ui",
    }
}

buttons! {
    /// A page of the settings.
    SettingsPage {
        /// All settings, each with its value.
        Overview = "open",
        /// The bot's languages.
        Languages = "languages",
        /// Whom to meet.
        Wanted = "genders",
        /// Ages wanted.
        Ages = "ages",
        /// The country wanted; a list by page, from 0.
        Countries(page: u8) = "countries",
        /// The filters that are switches.
        Filters = "filters",
        /// What passes in a chat.
        Chat = "chat",
        /// Whether and when to be reminded.
        Reminders = "reminders",
        /// Time zones.
        Zones = "zones",
        /// Quiet hours.
        Quiet = "hours",
        /// What was agreed to.
        Consent = "consent",
    }
}

buttons! {
    /// A value of a setting.
    SettingsValue {
        /// Wants or does not want to meet this gender.
        Want(gender: Gender, on: bool) = "want",
        /// Ages wanted.
        Ages(ages: AgeRange) = "ages",
        /// Country wanted; `None` = any.
        Country(country: Option<Country>) = "country",
        /// A filter that is a switch.
        Demand(demand: Demand),
        /// Whether partners can send more than text and stickers.
        Media(on: bool) = "media",
        /// Whether partners are kept from saving what is sent to them.
        Protect(on: bool) = "protect",
        /// Whether this kind is never passed on of what this person sends.
        Withhold(content: Content, on: bool) = "withhold",
        /// Whether to be reminded at all.
        Remind(on: bool) = "remind",
        /// The time zone.
        Zone(zone: Zone) = "zone",
        /// When to be left alone; `None` = never.
        Quiet(hours: Option<QuietHours>) = "quiet",
    }
}

/// Whether a filter that is a switch is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The filter.
    pub filter: Filter,
    /// Whether it is on.
    pub is_on: bool,
}

impl Demand {
    /// A filter switched on.
    pub const fn on(filter: Filter) -> Self {
        Self { filter, is_on: true }
    }

    /// A filter switched off.
    pub const fn off(filter: Filter) -> Self {
        Self { filter, is_on: false }
    }

    /// The switch's name in the data. Three are older than the filters' codes.
    const fn name(self) -> &'static str {
        match self.filter {
            Filter::City => "local",
            Filter::Interest => "alike",
            Filter::Language => "common",
            filter => filter.code(),
        }
    }
}

impl Field for Demand {
    fn write(&self, fields: &mut Vec<String>) {
        fields.push(self.name().to_owned());
        self.is_on.write(fields);
    }

    fn read(fields: &mut Split<'_, char>) -> Option<Self> {
        let name = fields.next()?;
        let filter = Filter::switches().find(|&filter| Self::on(filter).name() == name)?;
        Some(Self { filter, is_on: bool::read(fields)? })
    }

    #[cfg(test)]
    fn any() -> BoxedStrategy<Self> {
        let switches = proptest::sample::select(Filter::switches().collect::<Vec<_>>());
        (switches, any::<bool>()).prop_map(|(filter, is_on)| Self { filter, is_on }).boxed()
    }
}
