//! Becoming a member: one question after the other, each answer stored before the next question is asked.
//! **Invariant**: a button counts only on the screen it was made for, and pressing it twice is like pressing it once.

use luvhive_core::coins::InviteCode;
use luvhive_core::engine::EngineCommand;
use luvhive_core::id::MessageId;
use luvhive_core::person::{CardParts, City, NewPerson, Profile, RegistrationRefusal};
use luvhive_core::ports::Change;
use luvhive_core::time::Day;

use super::heard::Said;
use super::record::Dialog;
use super::{Scene, Turn, birthday, record};
use crate::callback::StepAction;
use crate::locale::MenuCommand;
use crate::registration::moves::{self, Move};
use crate::registration::{Registration, Step};
use crate::view::screen::Screen;
use crate::view::{country as country_view, menu, registration as view};

/// Begins the questions, nothing of which is stored yet.
fn fresh(scene: &Scene<'_>) -> Registration {
    Registration::new(scene.tag.unwrap_or_default(), scene.words.language(), scene.now)
}

fn screen_of(scene: &Scene<'_>, registration: &Registration) -> Screen {
    view::screen(scene.words, registration, 0, scene.now)
}

fn store(registration: &Registration, turn: &mut Turn) {
    turn.change(Change::Dialog(Some(record::write(&Dialog::Registration(registration.clone())))));
}

/// Shows the question in a new message, whose buttons are the only ones that count from now on.
fn ask_anew(scene: &Scene<'_>, mut registration: Registration, hint: Option<&str>, turn: &mut Turn) {
    registration.next_serial();
    store(&registration, turn);
    let screen = screen_of(scene, &registration);
    turn.say(scene, &hint.map_or_else(|| screen.clone(), |hint| screen.clone().with_hint(hint)));
}

/// Starts from the beginning.
pub(super) fn begin(scene: &Scene<'_>, hint: Option<&str>, turn: &mut Turn) {
    ask_anew(scene, fresh(scene), hint, turn);
}

/// Asks a member to agree to new documents, where they were or from the beginning.
pub(super) fn show_renewal(scene: &Scene<'_>, turn: &mut Turn) {
    match current(scene) {
        Current::Open(renewal) if renewal.is_renewal => ask_anew(scene, renewal, None, turn),
        _ => ask_anew(scene, Registration { is_renewal: true, ..fresh(scene) }, None, turn),
    }
}

/// Shows the question that is open, in the language of the scene; starts if there is none.
pub(super) fn show_again(scene: &Scene<'_>, turn: &mut Turn) {
    match current(scene) {
        Current::Open(registration) => ask_anew(scene, registration, None, turn),
        Current::Unreadable | Current::None => begin(scene, None, turn),
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
pub(super) fn current(scene: &Scene<'_>) -> Current {
    match &scene.visitor.dialog {
        None => Current::None,
        Some(stored) => match record::read(stored) {
            Some(Dialog::Registration(registration)) => Current::Open(registration),
            Some(Dialog::Typing { .. }) => Current::None,
            None => Current::Unreadable,
        },
    }
}

/// A message of somebody on their way in. Returns the date of birth for which their account is to be refused, if they
/// typed that of a minor; then nothing was said yet.
#[must_use]
pub(super) fn hear(scene: &Scene<'_>, said: &Said, turn: &mut Turn) -> Option<Day> {
    let words = scene.words;
    let registration = match current(scene) {
        Current::Open(mut registration) => {
            registration.draft.invite = registration.draft.invite.or_else(|| invite_of(said));
            registration
        }
        Current::Unreadable => {
            begin(scene, Some(&words.text("older-dialog")), turn);
            return None;
        }
        Current::None => {
            if said.command == Some(MenuCommand::DeleteMe) {
                turn.say(scene, &menu::sentence(words, "delete-nothing"));
                return None;
            }
            let mut registration = fresh(scene);
            registration.draft.invite = invite_of(said);
            ask_anew(scene, registration, None, turn);
            return None;
        }
    };
    if let Some(minor) = moves::minor(&registration.draft.typed, scene.now) {
        return Some(minor);
    }
    match (said.command, said.text.as_deref()) {
        (None, Some(text)) if said.is_own => return hear_text(scene, registration, text, turn),
        (None, Some(_)) if registration.step.is_typed() => {
            ask_anew(scene, registration, Some(&words.text("type-yourself")), turn);
        }
        (Some(MenuCommand::DeleteMe), _) => {
            turn.change(Change::Dialog(None));
            turn.say(scene, &menu::sentence(words, "delete-nothing"));
        }
        (Some(MenuCommand::Start | MenuCommand::Menu), _) => ask_anew(scene, registration, None, turn),
        (Some(_) | None, _) => ask_anew(scene, registration, Some(&words.text("use-buttons")), turn),
    }
    None
}

/// The code in `/start ref_<code>`.
fn invite_of(said: &Said) -> Option<InviteCode> {
    let text = said.text.as_deref().filter(|_| said.command == Some(MenuCommand::Start))?;
    text.split_whitespace().nth(1)?.strip_prefix("ref_").and_then(InviteCode::new)
}

fn hear_text(scene: &Scene<'_>, mut registration: Registration, text: &str, turn: &mut Turn) -> Option<Day> {
    let words = scene.words;
    let typed = birthday::read(text);
    // At every question: a person who types or edits a date has said when they were born.
    if registration.consent().is_some()
        && let Some(minor) = moves::minor(&typed.days(), scene.now)
    {
        return Some(minor);
    }
    match registration.step {
        Step::Birthday | Step::BirthdayCheck => {
            let hint = match typed {
                birthday::Typed::Day(_) | birthday::Typed::Ambiguous(..) => {
                    moves::take_days(&mut registration, &typed.days(), scene.now)
                }
                birthday::Typed::ShortYear => Some("birthday-short-year"),
                birthday::Typed::NoSuchDay => Some("birthday-no-such-day"),
                birthday::Typed::Unreadable => Some("birthday-unreadable"),
            };
            ask_anew(scene, registration, hint.map(|key| words.text(key)).as_deref(), turn);
        }
        Step::Country | Step::CountryList => {
            // What was found is a list too: going back leads to the question.
            registration.step = Step::CountryList;
            registration.next_serial();
            store(&registration, turn);
            let found = words.find_countries(text, country_view::MOST_FOUND);
            turn.say(scene, &view::countries_found(words, registration.serial, text, &found));
        }
        Step::City => match City::new(text) {
            Some(city) => {
                registration.draft.city = Some(city);
                registration.step = Step::Languages;
                ask_anew(scene, registration, None, turn);
            }
            None => ask_anew(scene, registration, Some(&words.text("city-unreadable")), turn),
        },
        Step::Consent | Step::Orientation | Step::Gender | Step::Wanted | Step::Languages | Step::Interests => {
            ask_anew(scene, registration, Some(&words.text("use-buttons")), turn);
        }
    }
    None
}

/// A button of somebody on their way in. Returns the date of birth for which their account is to be refused, as [`hear`]
/// does: one that an earlier release left unconfirmed.
#[must_use]
pub(super) fn press(
    scene: &Scene<'_>,
    message: Option<MessageId>,
    serial: u32,
    action: StepAction,
    turn: &mut Turn,
) -> Option<Day> {
    match current(scene) {
        Current::Open(registration) => {
            let minor = moves::minor(&registration.draft.typed, scene.now);
            if minor.is_some() {
                return minor;
            }
            if registration.serial == serial {
                go(scene, message, registration, action, turn);
            } else {
                turn.answer_with(scene.words.text("stale-button"));
            }
        }
        Current::None => turn.answer_with(scene.words.text("stale-button")),
        Current::Unreadable => begin(scene, Some(&scene.words.text("older-dialog")), turn),
    }
    None
}

fn go(scene: &Scene<'_>, message: Option<MessageId>, mut registration: Registration, action: StepAction, turn: &mut Turn) {
    let words = scene.words;
    match moves::apply(&mut registration, action, scene.now) {
        Move::Nothing => turn.answer_with(words.text("already-done")),
        Move::Foreign => turn.answer_with(words.text("stale-button")),
        Move::Needs(key) => turn.alert(words.text(key)),
        Move::Chosen => {
            let page = if let StepAction::Language(language, _) = action { country_view::page_of(language) } else { 0 };
            store(&registration, turn);
            turn.show(scene, message, &view::screen(words, &registration, page, scene.now));
        }
        Move::Page(page) => turn.show(scene, message, &view::screen(words, &registration, page, scene.now)),
        Move::Speak(language) => {
            let scene = Scene { words: crate::locale::Words::new(language), ..*scene };
            turn.change(Change::SetLanguage(language));
            turn.show(&scene, message, &screen_of(&scene, &registration));
        }
        Move::Went => {
            registration.next_serial();
            if action == StepAction::Agree
                && let Some(consent) = registration.consent()
            {
                turn.change(Change::Consent(consent));
            }
            store(&registration, turn);
            turn.show(scene, message, &screen_of(scene, &registration));
        }
        Move::Renewed => {
            turn.changes.extend(registration.consent().map(Change::Consent));
            if let Some(person) = &scene.visitor.person {
                turn.change(Change::ToEngine(EngineCommand::Consented { person: person.facts.person }));
            }
            turn.change(Change::Dialog(None));
            turn.show(scene, message, &menu::sentence(words, "renewal-done"));
            turn.say(scene, &menu::idle(words));
        }
        Move::Again(key) => ask_anew(scene, registration, Some(&words.text(key)), turn),
        Move::Finished => finish(scene, message, registration, turn),
    }
}

/// The last check. What is missing, though no button leads here without it, is asked for again.
fn finish(scene: &Scene<'_>, message: Option<MessageId>, mut registration: Registration, turn: &mut Turn) {
    match new_person(scene, &registration) {
        Ok(person) => {
            turn.show(scene, message, &view::registered(scene.words, person.profile(), scene.now));
            turn.say(scene, &view::welcome(scene.words));
            turn.change(Change::Dialog(None));
            turn.change(Change::Register(Box::new(person)));
            let invite = registration.draft.invite.take();
            turn.changes.extend(invite.map(|code| Change::RecordInvite { code, at: scene.now }));
        }
        Err(missing) => {
            registration.step = missing;
            ask_anew(scene, registration, None, turn);
        }
    }
}

fn new_person(scene: &Scene<'_>, registration: &Registration) -> Result<NewPerson, Step> {
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
    NewPerson::new(scene.telegram, scene.words.language(), consent, profile, draft.wanted, scene.now).map_err(|refusal| {
        match refusal {
            RegistrationRefusal::Birthday(_) => Step::Birthday,
            RegistrationRefusal::Consent => Step::Consent,
            RegistrationRefusal::NobodyWanted => Step::Wanted,
            RegistrationRefusal::NoLanguage => Step::Languages,
            RegistrationRefusal::NoInterest => Step::Interests,
        }
    })
}
