//! The moves that buttons make: pure changes of a registration.

use luvhive_core::person::age::{self, Gate};
use luvhive_core::person::{Gender, GenderSet, UiLanguage};
use luvhive_core::time::{Day, Timestamp};

use super::{Registration, Step};
use crate::callback::StepAction;

/// What a button did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// The state is as the button wants it already.
    Nothing,
    /// The button does not belong to this question.
    Foreign,
    /// Something has to be chosen first; the key of what is said.
    Needs(&'static str),
    /// A choice changed; the question stays.
    Chosen,
    /// Another page of this question is shown.
    Page(u8),
    /// The bot speaks this language from now on.
    Speak(UiLanguage),
    /// The next or the previous question.
    Went,
    /// A member agreed to new documents.
    Renewed,
    /// The date of birth has to be typed again; the key of the reason.
    Again(&'static str),
    /// Everything is answered.
    Finished,
}

/// Applies a button to the question that is open.
pub(crate) fn apply(registration: &mut Registration, action: StepAction, now: Timestamp) -> Move {
    let step = registration.step;
    let draft = &mut registration.draft;
    let went = |registration: &mut Registration, step: Step| {
        registration.step = step;
        Move::Went
    };
    match (step, action) {
        (_, StepAction::Back) => match previous(registration) {
            Some(step) => went(registration, step),
            None => Move::Foreign,
        },
        (Step::Consent, StepAction::Agree) => {
            draft.documents_at = Some(now);
            went(registration, Step::Orientation)
        }
        (Step::Consent, StepAction::Ui(language)) => Move::Speak(language),
        (Step::Orientation, StepAction::Agree) => {
            draft.orientation_at = Some(now);
            if registration.is_renewal { Move::Renewed } else { went(registration, Step::Birthday) }
        }
        (Step::BirthdayCheck, StepAction::Born(day)) if draft.typed.contains(&day) => {
            let typed = std::mem::take(&mut draft.typed);
            // What is asked about was an adult's when it was typed; an earlier release asked about more.
            match take_days(registration, &typed, now) {
                None if registration.draft.typed.contains(&day) => {
                    registration.draft.born = Some(day);
                    went(registration, Step::Gender)
                }
                reason => {
                    registration.step = Step::Birthday;
                    Move::Again(reason.unwrap_or("birthday-unclear"))
                }
            }
        }
        (Step::Gender, StepAction::Gender(gender)) => {
            draft.gender = Some(gender);
            went(registration, Step::Wanted)
        }
        (Step::Wanted, StepAction::Want(gender, on)) if draft.wanted.contains(gender) == on => Move::Nothing,
        (Step::Wanted, StepAction::Want(gender, _)) => choose(&mut draft.wanted, |wanted| wanted.toggled(gender)),
        (Step::Wanted, StepAction::WantEveryone) => {
            draft.wanted = Gender::ALL.iter().copied().collect::<GenderSet>();
            went(registration, Step::Country)
        }
        (Step::Wanted, StepAction::Continue) if draft.wanted.is_empty() => Move::Needs("wanted-needed"),
        (Step::Wanted, StepAction::Continue) => went(registration, Step::Country),
        (Step::Country | Step::CountryList, StepAction::Country(country)) => {
            if draft.country != Some(country) {
                draft.city = None;
            }
            draft.country = Some(country);
            went(registration, Step::Languages)
        }
        (Step::Country, StepAction::Page(_)) => went(registration, Step::CountryList),
        (Step::CountryList | Step::Languages, StepAction::Page(page)) => Move::Page(page),
        (Step::Country | Step::Languages, StepAction::City) if draft.country.is_some() => went(registration, Step::City),
        (Step::City, StepAction::NoCity) => {
            draft.city = None;
            went(registration, Step::Languages)
        }
        (Step::Languages, StepAction::Language(language, on)) if draft.languages.contains(language) == on => Move::Nothing,
        (Step::Languages, StepAction::Language(language, _)) => {
            choose(&mut draft.languages, |languages| languages.toggled(language))
        }
        (Step::Languages, StepAction::Continue) if draft.languages.is_empty() => Move::Needs("languages-needed"),
        (Step::Languages, StepAction::Continue) => went(registration, Step::Interests),
        (Step::Interests, StepAction::Interest(interest, on)) if draft.interests.contains(interest) == on => Move::Nothing,
        (Step::Interests, StepAction::Interest(interest, _)) => {
            choose(&mut draft.interests, |interests| interests.toggled(interest))
        }
        (Step::Interests, StepAction::Continue) if draft.interests.is_empty() => Move::Needs("interests-needed"),
        (Step::Interests, StepAction::Continue) => Move::Finished,
        _ => Move::Foreign,
    }
}

/// The date of birth for which somebody who typed these readings of one date is refused; confirmed or not, it counts.
pub(crate) fn minor(readings: &[Day], now: Timestamp) -> Option<Day> {
    match age::judge(readings, now) {
        Gate::TooYoung(day) => Some(day),
        Gate::Adult(_) | Gate::NotYetEverywhere | Gate::Unclear | Gate::Implausible => None,
    }
}

/// Takes the readings of a typed date that are to be confirmed; the key of the reason if it has to be typed again, of
/// which nothing is kept.
pub(crate) fn take_days(registration: &mut Registration, readings: &[Day], now: Timestamp) -> Option<&'static str> {
    registration.draft.typed.clear();
    registration.step = Step::Birthday;
    match age::judge(readings, now) {
        Gate::Adult(days) => {
            registration.draft.typed = days;
            registration.step = Step::BirthdayCheck;
            None
        }
        Gate::NotYetEverywhere => Some("birthday-not-yet"),
        // Of a minor's there was no doubt before ([`minor`]).
        Gate::Unclear | Gate::TooYoung(_) => Some("birthday-unclear"),
        Gate::Implausible => Some("birthday-implausible"),
    }
}

fn choose<S: Copy + PartialEq>(set: &mut S, change: impl FnOnce(S) -> S) -> Move {
    let changed = change(*set);
    if changed == *set {
        return Move::Nothing;
    }
    *set = changed;
    Move::Chosen
}

/// The question before this one.
fn previous(registration: &mut Registration) -> Option<Step> {
    Some(match registration.step {
        Step::Consent => return None,
        Step::Orientation => Step::Consent,
        Step::Birthday => Step::Orientation,
        Step::BirthdayCheck => Step::Birthday,
        Step::Gender => {
            registration.draft.typed = registration.draft.born.into_iter().collect();
            if registration.draft.typed.is_empty() { Step::Birthday } else { Step::BirthdayCheck }
        }
        Step::Wanted => Step::Gender,
        Step::Country => Step::Wanted,
        Step::CountryList | Step::City | Step::Languages => Step::Country,
        Step::Interests => Step::Languages,
    })
}
