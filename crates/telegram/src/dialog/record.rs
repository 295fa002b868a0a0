//! An unfinished conversation as it is stored: versioned JSON, by codes and not by positions, so that lists may grow.

use luvhive_core::coins::InviteCode;
use luvhive_core::id::{MessageId, SanctionId};
use luvhive_core::person::{City, Country, Gender, GenderSet, Interest, InterestSet, SpokenLanguage, SpokenLanguages};
use luvhive_core::ports::DialogRecord;
use luvhive_core::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::registration::{Draft, Registration, Step};

/// The form written today; records of other forms start again.
const VERSION: i16 = 1;

/// An unfinished conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dialog {
    /// Becoming a member, or agreeing to new documents.
    Registration(Registration),
    /// A member was asked to type something.
    Typing {
        /// What.
        what: TypedField,
        /// When they were asked; later text is no answer any more.
        asked_at: Timestamp,
        /// The message with the question, whose place the answer takes.
        screen: Option<MessageId>,
    },
    /// Somebody, registered or not, was asked to say why a decision about them was wrong.
    Appeal {
        /// Which decision.
        sanction: SanctionId,
        /// When they were asked; later text is no answer any more.
        asked_at: Timestamp,
    },
}

/// What a member types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum TypedField {
    /// The city they live in.
    City,
    /// The country they live in.
    HomeCountry,
    /// The country their partners shall live in.
    WantedCountry,
    /// What they write about themselves.
    Bio,
    /// A photo, which is sent and not typed.
    Photo,
    /// What was wrong in this chat, in their own words.
    ReportWords(i64),
}

/// Writes a conversation.
pub(super) fn write(dialog: &Dialog) -> DialogRecord {
    let form = match dialog {
        Dialog::Registration(registration) => Form::Registration {
            serial: registration.serial,
            step: registration.step,
            is_renewal: registration.is_renewal,
            draft: Box::new(DraftForm::of(&registration.draft)),
        },
        Dialog::Typing { what, asked_at, screen } => {
            Form::Typing { what: *what, asked_at: asked_at.as_micros(), screen: screen.map(MessageId::get) }
        }
        Dialog::Appeal { sanction, asked_at } => Form::Appeal { sanction: sanction.get(), asked_at: asked_at.as_micros() },
    };
    // Strings and numbers always have a JSON form; an empty state would be read as "start again".
    DialogRecord { version: VERSION, state: serde_json::to_string(&form).unwrap_or_default() }
}

/// Reads a conversation; `None` if it is of another form.
pub(super) fn read(record: &DialogRecord) -> Option<Dialog> {
    if record.version != VERSION {
        return None;
    }
    Some(match serde_json::from_str(&record.state).ok()? {
        Form::Registration { serial, step, is_renewal, draft } => {
            Dialog::Registration(Registration { serial, step, is_renewal, draft: draft.into_draft()? })
        }
        Form::Typing { what, asked_at, screen } => {
            Dialog::Typing { what, asked_at: Timestamp::from_micros(asked_at), screen: screen.map(MessageId::new) }
        }
        Form::Appeal { sanction, asked_at } => {
            Dialog::Appeal { sanction: SanctionId::new(sanction), asked_at: Timestamp::from_micros(asked_at) }
        }
    })
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Form {
    Registration {
        serial: u32,
        step: Step,
        is_renewal: bool,
        draft: Box<DraftForm>,
    },
    Typing {
        what: TypedField,
        asked_at: i64,
        #[serde(default)]
        screen: Option<i32>,
    },
    Appeal {
        sanction: i64,
        asked_at: i64,
    },
}

#[derive(Serialize, Deserialize)]
struct DraftForm {
    documents_at: Option<i64>,
    orientation_at: Option<i64>,
    typed: Vec<String>,
    born: Option<String>,
    gender: Option<String>,
    wanted: Vec<String>,
    country: Option<String>,
    city: Option<String>,
    languages: Vec<String>,
    interests: Vec<String>,
    #[serde(default)]
    invite: Option<String>,
}

impl DraftForm {
    fn of(draft: &Draft) -> Self {
        Self {
            documents_at: draft.documents_at.map(Timestamp::as_micros),
            orientation_at: draft.orientation_at.map(Timestamp::as_micros),
            typed: draft.typed.iter().map(Day::to_string).collect(),
            born: draft.born.map(|day| day.to_string()),
            gender: draft.gender.map(|gender| gender.code().to_owned()),
            wanted: draft.wanted.iter().map(|gender| gender.code().to_owned()).collect(),
            country: draft.country.map(|country| country.code().to_owned()),
            city: draft.city.as_ref().map(|city| city.as_str().to_owned()),
            languages: draft.languages.iter().map(|language| language.code().to_owned()).collect(),
            interests: draft.interests.iter().map(|interest| interest.code().to_owned()).collect(),
            invite: draft.invite.as_ref().map(InviteCode::to_string),
        }
    }

    fn into_draft(self) -> Option<Draft> {
        Some(Draft {
            documents_at: self.documents_at.map(Timestamp::from_micros),
            orientation_at: self.orientation_at.map(Timestamp::from_micros),
            typed: self.typed.iter().map(|day| day_of(day)).collect::<Option<_>>()?,
            born: optional(self.born.as_deref(), day_of)?,
            gender: optional(self.gender.as_deref(), Gender::from_code)?,
            wanted: self.wanted.iter().map(|code| Gender::from_code(code)).collect::<Option<GenderSet>>()?,
            country: optional(self.country.as_deref(), Country::from_code)?,
            city: optional(self.city.as_deref(), City::from_stored)?,
            languages: self.languages.iter().map(|code| SpokenLanguage::from_code(code)).collect::<Option<SpokenLanguages>>()?,
            interests: self.interests.iter().map(|code| Interest::from_code(code)).collect::<Option<InterestSet>>()?,
            invite: self.invite.as_deref().and_then(InviteCode::new),
        })
    }
}

fn day_of(text: &str) -> Option<Day> {
    text.parse().ok().map(Day::from_naive)
}

/// Reads a value that may be absent; the outer `None` means unreadable.
#[expect(clippy::option_option, reason = "the three cases differ: unreadable, absent, present")]
fn optional<'a, T>(text: Option<&'a str>, read: impl FnOnce(&'a str) -> Option<T>) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => read(text).map(Some),
    }
}
