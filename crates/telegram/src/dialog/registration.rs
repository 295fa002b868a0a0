//! Becoming a member: one question after the other, each answer stored before the next question is asked.
//! **Invariant**: a button counts only on the screen it was made for, and pressing it twice is like pressing it once.

use luvhive_core::coins::InviteCode;
use luvhive_core::engine::EngineCommand;
use luvhive_core::person::{CardParts, City, NewPerson, Profile, RegistrationRefusal};
use luvhive_core::ports::Change;
use luvhive_core::time::Day;

use super::heard::Said;
use super::record::Dialog;
use super::{Talk, birthday, record};
use crate::callback::{SettingsPage, StepAction};
use crate::locale::{MenuCommand, Words};
use crate::registration::moves::{self, Move};
use crate::registration::{Registration, Step};
use crate::view::screen::Screen;
use crate::view::{country as country_view, menu, registration as view, settings};

/// Begins the questions, nothing of which is stored yet.
fn fresh(talk: &Talk<'_>) -> Registration {
    Registration::new(talk.tag.unwrap_or_default(), talk.words.language(), talk.now)
}

fn screen_of(talk: &Talk<'_>, registration: &Registration) -> Screen {
    view::screen(talk.words, registration, 0, talk.now)
}

fn store(talk: &mut Talk<'_>, registration: &Registration) {
    // The tag can change from tap to tap; the language in which somebody began is theirs until they choose another.
    if talk.visitor.language.is_none() && talk.visitor.person.is_none() && !talk.has_change(is_language) {
        talk.change(Change::SetLanguage(talk.words.language()));
    }
    talk.change(Change::Dialog(Some(record::write(&Dialog::Registration(registration.clone())))));
}

fn is_language(change: &Change) -> bool {
    matches!(change, Change::SetLanguage(_))
}

/// Shows the question in a new message, whose buttons are the only ones that count from now on.
fn ask_anew(talk: &mut Talk<'_>, mut registration: Registration, hint: Option<&str>) {
    registration.next_serial();
    store(talk, &registration);
    let screen = screen_of(talk, &registration);
    talk.say(&hint.map_or_else(|| screen.clone(), |hint| screen.clone().with_hint(hint)));
}

/// Starts from the beginning.
pub(super) fn begin(talk: &mut Talk<'_>, hint: Option<&str>) {
    let registration = fresh(talk);
    ask_anew(talk, registration, hint);
}

/// Asks a member to agree to new documents, where they were or from the beginning.
pub(super) fn show_renewal(talk: &mut Talk<'_>) {
    match current(talk) {
        Current::Open(renewal) if renewal.is_renewal => ask_anew(talk, renewal, None),
        _ => {
            let renewal = Registration { is_renewal: true, ..fresh(talk) };
            ask_anew(talk, renewal, None);
        }
    }
}

/// Shows the question that is open, in the language of the talk; starts if there is none.
pub(super) fn show_again(talk: &mut Talk<'_>) {
    match current(talk) {
        Current::Open(registration) => ask_anew(talk, registration, None),
        Current::Unreadable | Current::None => begin(talk, None),
    }
}

/// What the store says about this conversation.
pub(super) enum Current {
    /// It is open.
    Open(Registration),
    /// It is of another form.
    Unreadable,
    /// There is none.
    None,
}

/// Reads the open conversation.
pub(super) fn current(talk: &Talk<'_>) -> Current {
    match &talk.visitor.dialog {
        None => Current::None,
        Some(stored) => match record::read(stored) {
            Some(Dialog::Registration(registration)) => Current::Open(registration),
            Some(Dialog::Typing { .. } | Dialog::Appeal { .. }) => Current::None,
            None => Current::Unreadable,
        },
    }
}

/// A message of somebody on their way in. Returns the date of birth for which their account is to be refused, if they
/// typed that of a minor; then nothing was said yet.
#[must_use]
pub(super) fn hear(talk: &mut Talk<'_>, said: &Said) -> Option<Day> {
    let words = talk.words;
    let registration = match current(talk) {
        Current::Open(mut registration) => {
            registration.draft.invite = registration.draft.invite.or_else(|| invite_of(said));
            registration
        }
        Current::Unreadable => {
            begin(talk, Some(&words.text("older-dialog")));
            return None;
        }
        Current::None => {
            if said.command == Some(MenuCommand::DeleteMe) {
                if talk.visitor.language.is_some() || talk.visitor.consent.is_some() {
                    talk.change(Change::Forget);
                }
                talk.say(&menu::sentence(words, "delete-nothing"));
                return None;
            }
            let mut registration = fresh(talk);
            registration.draft.invite = invite_of(said);
            ask_anew(talk, registration, None);
            return None;
        }
    };
    if let Some(minor) = moves::minor(&registration.draft.typed, talk.now) {
        return Some(minor);
    }
    match (said.command, said.text.as_deref()) {
        (None, Some(text)) if said.is_own => return hear_text(talk, registration, text),
        (None, Some(_)) if registration.step.is_typed() => {
            ask_anew(talk, registration, Some(&words.text("type-yourself")));
        }
        (Some(MenuCommand::DeleteMe), _) => {
            talk.change(Change::Forget);
            talk.say(&menu::sentence(words, "delete-nothing"));
        }
        (Some(MenuCommand::Start | MenuCommand::Menu), _) => ask_anew(talk, registration, None),
        (Some(_) | None, _) => ask_anew(talk, registration, Some(&words.text("use-buttons"))),
    }
    None
}

/// The code in `/start ref_<code>`.
fn invite_of(said: &Said) -> Option<InviteCode> {
    let text = said.text.as_deref().filter(|_| said.command == Some(MenuCommand::Start))?;
    text.split_whitespace().nth(1)?.strip_prefix("ref_").and_then(InviteCode::new)
}

fn hear_text(talk: &mut Talk<'_>, mut registration: Registration, text: &str) -> Option<Day> {
    let words = talk.words;
    let typed = birthday::read(text);
    // At every question: a person who types or edits a date has said when they were born.
    if registration.consent().is_some()
        && let Some(minor) = moves::minor(&typed.days(), talk.now)
    {
        return Some(minor);
    }
    match registration.step {
        Step::Birthday | Step::BirthdayCheck => {
            let hint = match typed {
                birthday::Typed::Day(_) | birthday::Typed::Ambiguous(..) => {
                    moves::take_days(&mut registration, &typed.days(), talk.now)
                }
                birthday::Typed::ShortYear => Some("birthday-short-year"),
                birthday::Typed::NoSuchDay => Some("birthday-no-such-day"),
                birthday::Typed::Unreadable => Some("birthday-unreadable"),
            };
            ask_anew(talk, registration, hint.map(|key| words.text(key)).as_deref());
        }
        Step::Country | Step::CountryList => {
            // What was found is a list too: going back leads to the question.
            registration.step = Step::CountryList;
            registration.next_serial();
            store(talk, &registration);
            let found = words.find_countries(text, country_view::MOST_FOUND);
            talk.say(&view::countries_found(words, registration.serial, text, &found));
        }
        Step::City => match City::new(text) {
            Some(city) => {
                registration.draft.city = Some(city);
                registration.step = Step::Languages;
                ask_anew(talk, registration, None);
            }
            None => ask_anew(talk, registration, Some(&words.text("city-unreadable"))),
        },
        Step::Consent | Step::Orientation | Step::Gender | Step::Wanted | Step::Languages | Step::Interests => {
            ask_anew(talk, registration, Some(&words.text("use-buttons")));
        }
    }
    None
}

/// Somebody who has answered every question, and with what.
pub(super) struct Complete {
    /// Who they are, once they are registered.
    pub(super) person: NewPerson,
    registration: Registration,
}

/// What follows from a button of somebody on their way in.
pub(super) enum Pressed {
    /// Nothing but what was said.
    Answered,
    /// Their account is to be refused for this date of birth, as [`hear`] says it: one that an earlier release left
    /// unconfirmed.
    Minor(Day),
    /// Everything is answered; nothing was said yet.
    Complete(Box<Complete>),
}

/// A button of somebody on their way in.
#[must_use]
pub(super) fn press(talk: &mut Talk<'_>, serial: u32, action: StepAction) -> Pressed {
    match current(talk) {
        Current::Open(registration) => {
            if let Some(minor) = moves::minor(&registration.draft.typed, talk.now) {
                return Pressed::Minor(minor);
            }
            if registration.serial == serial {
                return go(talk, registration, action);
            }
            talk.answer_with(talk.words.text("stale-button"));
        }
        Current::None => talk.answer_with(talk.words.text("stale-button")),
        Current::Unreadable => {
            let hint = talk.words.text("older-dialog");
            begin(talk, Some(&hint));
        }
    }
    Pressed::Answered
}

fn go(talk: &mut Talk<'_>, mut registration: Registration, action: StepAction) -> Pressed {
    let words = talk.words;
    match moves::apply(&mut registration, action, talk.now) {
        Move::Nothing => talk.answer_with(words.text("already-done")),
        Move::Foreign => talk.answer_with(words.text("stale-button")),
        Move::Needs(key) => talk.alert(words.text(key)),
        Move::Chosen => {
            let page = if let StepAction::Language(language, _) = action { country_view::page_of(language) } else { 0 };
            store(talk, &registration);
            talk.show(&view::screen(words, &registration, page, talk.now));
        }
        Move::Page(page) => talk.show(&view::screen(words, &registration, page, talk.now)),
        Move::Speak(language) => {
            talk.words = Words::new(language);
            talk.change(Change::SetLanguage(language));
            talk.show(&screen_of(talk, &registration));
        }
        Move::Went => {
            registration.next_serial();
            if action == StepAction::Agree
                && let Some(consent) = registration.consent()
            {
                talk.change(Change::Consent(consent));
            }
            store(talk, &registration);
            talk.show(&screen_of(talk, &registration));
        }
        Move::Renewed => {
            if let Some(consent) = registration.consent() {
                talk.change(Change::Consent(consent));
            }
            if let Some(person) = &talk.visitor.person {
                talk.command(EngineCommand::Consented { person: person.facts.person });
            }
            talk.change(Change::Dialog(None));
            talk.show(&menu::sentence(words, "renewal-done"));
            talk.say(&menu::idle(words));
            // Who had taken the consent back says anew whom they want to meet.
            if let Some(person) = talk.visitor.person.as_ref().filter(|_| talk.visitor.consent.is_none()) {
                talk.say(&settings::page(&settings::Me::of(words, &person.facts, talk.now), SettingsPage::Wanted));
            }
        }
        Move::Again(key) => ask_anew(talk, registration, Some(&words.text(key))),
        Move::Finished => return finish(talk, registration),
    }
    Pressed::Answered
}

/// The last check. What is missing, though no button leads here without it, is asked for again.
fn finish(talk: &mut Talk<'_>, mut registration: Registration) -> Pressed {
    match new_person(talk, &registration) {
        Ok(person) => Pressed::Complete(Box::new(Complete { person, registration })),
        Err(missing) => {
            registration.step = missing;
            ask_anew(talk, registration, None);
            Pressed::Answered
        }
    }
}

/// Registers somebody.
pub(super) fn welcome(talk: &mut Talk<'_>, complete: Complete) {
    let Complete { person, registration } = complete;
    talk.show(&view::registered(talk.words, person.profile(), talk.now));
    talk.say(&view::welcome(talk.words));
    talk.change(Change::Dialog(None));
    talk.change(Change::Register(Box::new(person)));
    if let Some(code) = registration.draft.invite {
        talk.change(Change::RecordInvite { code, at: talk.now });
    }
}

/// Asks again where somebody lives, and says why.
pub(super) fn ask_country(talk: &mut Talk<'_>, complete: Complete, hint: &str) {
    let mut registration = complete.registration;
    registration.step = Step::Country;
    ask_anew(talk, registration, Some(hint));
}

fn new_person(talk: &Talk<'_>, registration: &Registration) -> Result<NewPerson, Step> {
    let draft = &registration.draft;
    let profile = Profile {
        gender: draft.gender.ok_or(Step::Gender)?,
        born: draft.born.ok_or(Step::Birthday)?,
        country: draft.country.ok_or(Step::Country)?,
        city: draft.city.clone(),
        languages: draft.languages,
        interests: draft.interests,
        bio: None,
        photo: None,
        card: CardParts::USUAL,
    };
    let consent = registration.consent().ok_or(Step::Consent)?;
    NewPerson::new(talk.telegram, talk.words.language(), consent, profile, draft.wanted, talk.now).map_err(
        |refusal| match refusal {
            RegistrationRefusal::Birthday(_) => Step::Birthday,
            RegistrationRefusal::Consent => Step::Consent,
            RegistrationRefusal::NobodyWanted => Step::Wanted,
            RegistrationRefusal::NoLanguage => Step::Languages,
            RegistrationRefusal::NoInterest => Step::Interests,
        },
    )
}
