//! What the buttons of the profile and of the settings carry: a page to show, or a value to have from now on.
//! Choices name the wanted state, so that a repeated press changes nothing.

use luvhive_core::filter::Filter;
use luvhive_core::person::{Age, CardPart, Country, Gender, Interest, QuietHours, SpokenLanguage, UiLanguage, Zone};
use luvhive_core::preferences::AgeRange;

use super::{flag, number, parse_flag};

/// A change of the settings, or a page of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsAction {
    /// Shows all settings.
    Open,
    /// Shows the bot's languages.
    OpenLanguage,
    /// Shows whom to meet.
    OpenWanted,
    /// Shows ages.
    OpenAges,
    /// Shows countries, by page from 0.
    OpenCountry(u8),
    /// Shows the other filters.
    OpenFilters,
    /// Shows what passes in a chat.
    OpenChat,
    /// Shows whether and when to be reminded.
    OpenReminders,
    /// Shows time zones.
    OpenZone,
    /// Shows quiet hours.
    OpenQuiet,
    /// The bot's texts in this language.
    Language(UiLanguage),
    /// Wants or does not want to meet this gender.
    Want(Gender, bool),
    /// Ages wanted.
    Ages(AgeRange),
    /// Country wanted; `None` = any.
    Country(Option<Country>),
    /// Whether partners are asked for this: a filter that is a switch.
    Demand(Filter, bool),
    /// Whether pictures and videos of partners are passed on.
    Media(bool),
    /// Whether partners are kept from saving what is sent to them.
    Protect(bool),
    /// Whether to be reminded at all.
    Remind(bool),
    /// The time zone.
    Zone(Zone),
    /// When to be left alone; `None` = never.
    Quiet(Option<QuietHours>),
}

impl SettingsAction {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::OpenLanguage => "languages".to_owned(),
            Self::OpenWanted => "genders".to_owned(),
            Self::OpenAges => "ages".to_owned(),
            Self::OpenCountry(page) => format!("countries:{page}"),
            Self::OpenFilters => "filters".to_owned(),
            Self::OpenChat => "chat".to_owned(),
            Self::OpenReminders => "reminders".to_owned(),
            Self::OpenZone => "zones".to_owned(),
            Self::OpenQuiet => "hours".to_owned(),
            Self::Language(language) => format!("ui:{language}"),
            Self::Want(gender, on) => format!("want:{gender}:{}", flag(on)),
            Self::Ages(range) => format!("ages:{}:{}", range.low().years(), range.high().years()),
            Self::Country(country) => format!("country:{}", country.map_or("any", Country::code)),
            Self::Demand(filter, on) => format!("{}:{}", switch_name(filter), flag(on)),
            Self::Media(on) => format!("media:{}", flag(on)),
            Self::Protect(on) => format!("protect:{}", flag(on)),
            Self::Remind(on) => format!("remind:{}", flag(on)),
            Self::Zone(zone) => format!("zone:{zone}"),
            Self::Quiet(None) => "quiet:none".to_owned(),
            Self::Quiet(Some(hours)) => format!("quiet:{}:{}", hours.from(), hours.until()),
        }
    }

    pub(super) fn parse(fields: &[&str]) -> Option<Self> {
        Some(match fields {
            ["open"] => Self::Open,
            ["languages"] => Self::OpenLanguage,
            ["genders"] => Self::OpenWanted,
            ["ages"] => Self::OpenAges,
            ["countries", page] => Self::OpenCountry(number(page)?),
            ["filters"] => Self::OpenFilters,
            ["chat"] => Self::OpenChat,
            ["reminders"] => Self::OpenReminders,
            ["zones"] => Self::OpenZone,
            ["hours"] => Self::OpenQuiet,
            ["ui", language] => Self::Language(UiLanguage::from_code(language)?),
            ["want", gender, on] => Self::Want(Gender::from_code(gender)?, parse_flag(on)?),
            ["ages", low, high] => Self::Ages(AgeRange::new(Age::new(number(low)?)?, Age::new(number(high)?)?)?),
            ["country", "any"] => Self::Country(None),
            ["country", code] => Self::Country(Some(Country::from_code(code)?)),
            ["media", on] => Self::Media(parse_flag(on)?),
            ["protect", on] => Self::Protect(parse_flag(on)?),
            ["remind", on] => Self::Remind(parse_flag(on)?),
            ["zone", zone] => Self::Zone(Zone::from_name(zone)?),
            ["quiet", "none"] => Self::Quiet(None),
            ["quiet", from, until] => Self::Quiet(Some(QuietHours::new(number(from)?, number(until)?)?)),
            [name, on] => Self::Demand(Filter::switches().find(|&filter| switch_name(filter) == *name)?, parse_flag(on)?),
            _ => return None,
        })
    }
}

/// The name of a filter's switch. Three are older than the filters' codes.
fn switch_name(filter: Filter) -> &'static str {
    match filter {
        Filter::City => "local",
        Filter::Interest => "alike",
        Filter::Language => "common",
        _ => filter.code(),
    }
}

/// A change of the profile, or a page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileAction {
    /// Shows the profile.
    Open,
    /// Shows languages, by page from 0.
    OpenLanguages(u8),
    /// Shows interests.
    OpenInterests,
    /// Shows countries, by page from 0.
    OpenCountry(u8),
    /// Asks for the city.
    OpenCity,
    /// Asks for a text about oneself.
    OpenBio,
    /// Asks for a photo.
    OpenPhoto,
    /// Sends the photo as it is stored.
    ShowPhoto,
    /// Takes the message with the photo away.
    ClosePhoto,
    /// Shows what the match card may show.
    OpenCard,
    /// Shows counts and badges.
    OpenStatistics,
    /// Speaks or does not speak this language; the page shown.
    Language(SpokenLanguage, bool, u8),
    /// Likes or does not like this.
    Interest(Interest, bool),
    /// Lives in this country.
    Country(Country),
    /// Names no city any more.
    NoCity,
    /// Writes nothing about themselves any more.
    NoBio,
    /// Has no photo any more.
    NoPhoto,
    /// The match card may or may not show this.
    Card(CardPart, bool),
}

impl ProfileAction {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::OpenLanguages(page) => format!("languages:{page}"),
            Self::OpenInterests => "interests".to_owned(),
            Self::OpenCountry(page) => format!("countries:{page}"),
            Self::OpenCity => "city".to_owned(),
            Self::OpenBio => "bio".to_owned(),
            Self::OpenPhoto => "photo".to_owned(),
            Self::ShowPhoto => "showphoto".to_owned(),
            Self::ClosePhoto => "closephoto".to_owned(),
            Self::OpenCard => "card".to_owned(),
            Self::OpenStatistics => "counts".to_owned(),
            Self::Language(language, on, page) => format!("lang:{language}:{}:{page}", flag(on)),
            Self::Interest(interest, on) => format!("like:{interest}:{}", flag(on)),
            Self::Country(country) => format!("country:{country}"),
            Self::NoCity => "nocity".to_owned(),
            Self::NoBio => "nobio".to_owned(),
            Self::NoPhoto => "nophoto".to_owned(),
            Self::Card(part, on) => format!("show:{part}:{}", flag(on)),
        }
    }

    pub(super) fn parse(fields: &[&str]) -> Option<Self> {
        Some(match fields {
            ["open"] => Self::Open,
            ["languages", page] => Self::OpenLanguages(number(page)?),
            ["interests"] => Self::OpenInterests,
            ["countries", page] => Self::OpenCountry(number(page)?),
            ["city"] => Self::OpenCity,
            ["bio"] => Self::OpenBio,
            ["photo"] => Self::OpenPhoto,
            ["showphoto"] => Self::ShowPhoto,
            ["closephoto"] => Self::ClosePhoto,
            ["card"] => Self::OpenCard,
            ["counts"] => Self::OpenStatistics,
            ["lang", language, on, page] => Self::Language(SpokenLanguage::from_code(language)?, parse_flag(on)?, number(page)?),
            ["like", interest, on] => Self::Interest(Interest::from_code(interest)?, parse_flag(on)?),
            ["country", code] => Self::Country(Country::from_code(code)?),
            ["nocity"] => Self::NoCity,
            ["nobio"] => Self::NoBio,
            ["nophoto"] => Self::NoPhoto,
            ["show", part, on] => Self::Card(CardPart::from_code(part)?, parse_flag(on)?),
            _ => return None,
        })
    }
}
