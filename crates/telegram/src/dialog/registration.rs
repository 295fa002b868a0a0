//! Becoming a member: one question after the other, each answer stored before the next question is asked.
//! **Invariant**: a button counts only on the screen it was made for, and pressing it twice is like pressing it once.

mod moves;

use luvhive_core::coins::InviteCode;
use luvhive_core::engine::EngineCommand;
use luvhive_core::id::MessageId;
use luvhive_core::person::consent::{CONSENT_VERSION, Consent};
use luvhive_core::person::{
    CardParts, City, Country, Gender, GenderSet, InterestSet, NewPerson, Profile, RegistrationRefusal, SpokenLanguage,
    SpokenLanguages,
};
use luvhive_core::ports::Change;
use luvhive_core::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use super::incoming::Said;
use super::record::Dialog;
use super::{Scene, Turn, birthday, guess, record};
use crate::callback::StepAction;
use crate::locale::MenuCommand;
use crate::view::screen::Screen;
use crate::view::{country as country_view, menu, registration as view};
use moves::Move;

/// Where somebody is on their way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    /// The number of the screen shown last; buttons of other screens are stale.
    pub(crate) serial: u32,
    /// The question asked.
    pub(crate) step: Step,
    /// Whether a member agrees to new documents, which ends after the consents.
    pub(crate) is_renewal: bool,
    /// The answers.
    pub(crate) draft: Draft,
}

/// The questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Terms and privacy notice.
    Consent,
    /// The handling of orientation.
    Orientation,
    /// Date of birth.
    Birthday,
    /// Which of two days, or whether the one typed is right.
    BirthdayCheck,
    /// Gender.
    Gender,
    /// Whom to meet.
    Wanted,
    /// Country.
    Country,
    /// The list of all countries.
    CountryList,
    /// City.
    City,
    /// Languages.
    Languages,
    /// Interests.
    Interests,
}

impl Step {
    /// Reports whether the answer can be typed.
    fn is_typed(self) -> bool {
        match self {
            Self::Birthday | Self::BirthdayCheck | Self::Country | Self::CountryList | Self::City => true,
            Self::Consent | Self::Orientation | Self::Gender | Self::Wanted | Self::Languages | Self::Interests => false,
        }
    }
}

/// The answers so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    /// When terms and privacy notice were agreed to.
    pub(crate) documents_at: Option<Timestamp>,
    /// When the handling of orientation was agreed to.
    pub(crate) orientation_at: Option<Timestamp>,
    /// What the typed date can mean: nothing, one day or two.
    pub(crate) typed: Vec<Day>,
    /// The confirmed date of birth.
    pub(crate) born: Option<Day>,
    /// Gender.
    pub(crate) gender: Option<Gender>,
    /// Whom to meet.
    pub(crate) wanted: GenderSet,
    /// Country, guessed or chosen.
    pub(crate) country: Option<Country>,
    /// City.
    pub(crate) city: Option<City>,
    /// Languages, guessed or chosen.
    pub(crate) languages: SpokenLanguages,
    /// Interests.
    pub(crate) interests: InterestSet,
    /// The code of the invitation they came by.
    pub(crate) invite: Option<InviteCode>,
}

impl Registration {
    fn new(scene: &Scene<'_>, is_renewal: bool) -> Self {
        let tag = scene.tag.unwrap_or_default();
        let guessed = guess::languages(tag);
        // Whoever reads these texts speaks their language.
        let read = SpokenLanguage::from_code(scene.words.language().code());
        let languages = if guessed.is_empty() { read.into_iter().collect() } else { guessed };
        let draft = Draft { country: guess::country(tag), languages, ..Draft::default() };
        // Seconds make the numbers of a new conversation differ from those of any earlier one.
        let serial = u32::try_from(scene.now.as_micros() / 1_000_000 % i64::from(u32::MAX)).unwrap_or(0);
        Self { serial, step: Step::Consent, is_renewal, draft }
    }

    fn consent(&self) -> Option<Consent> {
        let (documents_at, orientation_at) = (self.draft.documents_at?, self.draft.orientation_at?);
        Some(Consent { version: CONSENT_VERSION, documents_at, orientation_at })
    }

    fn next_serial(&mut self) {
        self.serial = self.serial.wrapping_add(1);
    }

    fn screen(&self, scene: &Scene<'_>) -> Screen {
        view::screen(scene.words, self, 0, scene.now)
    }

    fn store(&self, turn: &mut Turn) {
        turn.change(Change::Dialog(Some(record::write(&Dialog::Registration(self.clone())))));
    }

    /// Shows the question in a new message, whose buttons are the only ones that count from now on.
    fn ask_anew(&mut self, scene: &Scene<'_>, hint: Option<&str>, turn: &mut Turn) {
        self.next_serial();
        self.store(turn);
        let screen = self.screen(scene);
        turn.say(scene, &hint.map_or_else(|| screen.clone(), |hint| screen.clone().with_hint(hint)));
    }
}

/// Starts from the beginning.
pub(super) fn begin(scene: &Scene<'_>, hint: Option<&str>, turn: &mut Turn) {
    Registration::new(scene, false).ask_anew(scene, hint, turn);
}

/// Asks a member to agree to new documents, where they were or from the beginning.
pub(super) fn show_renewal(scene: &Scene<'_>, turn: &mut Turn) {
    match current(scene) {
        Current::Open(mut renewal) if renewal.is_renewal => renewal.ask_anew(scene, None, turn),
        _ => Registration::new(scene, true).ask_anew(scene, None, turn),
    }
}

/// Shows the question that is open, in the language of the scene; starts if there is none.
pub(super) fn show_again(scene: &Scene<'_>, turn: &mut Turn) {
    match current(scene) {
        Current::Open(mut registration) => registration.ask_anew(scene, None, turn),
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
    let mut registration = match current(scene) {
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
            let mut registration = Registration::new(scene, false);
            registration.draft.invite = invite_of(said);
            registration.ask_anew(scene, None, turn);
            return None;
        }
    };
    if let Some(minor) = moves::minor(&registration.draft.typed, scene.now) {
        return Some(minor);
    }
    match (said.command, said.text.as_deref()) {
        (None, Some(text)) if said.is_own => return hear_text(scene, registration, text, turn),
        (None, Some(_)) if registration.step.is_typed() => {
            registration.ask_anew(scene, Some(&words.text("type-yourself")), turn);
        }
        (Some(MenuCommand::DeleteMe), _) => {
            turn.change(Change::Dialog(None));
            turn.say(scene, &menu::sentence(words, "delete-nothing"));
        }
        (Some(MenuCommand::Start | MenuCommand::Menu), _) => registration.ask_anew(scene, None, turn),
        (Some(_) | None, _) => registration.ask_anew(scene, Some(&words.text("use-buttons")), turn),
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
            registration.ask_anew(scene, hint.map(|key| words.text(key)).as_deref(), turn);
        }
        Step::Country | Step::CountryList => {
            // What was found is a list too: going back leads to the question.
            registration.step = Step::CountryList;
            registration.next_serial();
            registration.store(turn);
            let found = words.find_countries(text, country_view::MOST_FOUND);
            turn.say(scene, &view::countries_found(words, registration.serial, text, &found));
        }
        Step::City => match City::new(text) {
            Some(city) => {
                registration.draft.city = Some(city);
                registration.step = Step::Languages;
                registration.ask_anew(scene, None, turn);
            }
            None => registration.ask_anew(scene, Some(&words.text("city-unreadable")), turn),
        },
        Step::Consent | Step::Orientation | Step::Gender | Step::Wanted | Step::Languages | Step::Interests => {
            registration.ask_anew(scene, Some(&words.text("use-buttons")), turn);
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
            registration.store(turn);
            turn.show(scene, message, &view::screen(words, &registration, page, scene.now));
        }
        Move::Page(page) => turn.show(scene, message, &view::screen(words, &registration, page, scene.now)),
        Move::Speak(language) => {
            let scene = Scene { words: crate::locale::Words::new(language), ..*scene };
            turn.change(Change::SetLanguage(language));
            turn.show(&scene, message, &registration.screen(&scene));
        }
        Move::Went => {
            registration.next_serial();
            if action == StepAction::Agree
                && let Some(consent) = registration.consent()
            {
                turn.change(Change::Consent(consent));
            }
            registration.store(turn);
            turn.show(scene, message, &registration.screen(scene));
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
        Move::Again(key) => registration.ask_anew(scene, Some(&words.text(key)), turn),
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
            registration.ask_anew(scene, None, turn);
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
