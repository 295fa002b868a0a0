//! People made to order. Everything about person `n` follows from `n`.
#![expect(clippy::expect_used, reason = "these values are constants that the constructors accept")]

use crate::id::{BotId, PersonId, Shard, TelegramId};
use crate::person::preferences::Preferences;
use crate::person::registration::NewPerson;
use crate::person::{
    CONSENT_VERSION, CardParts, City, Consent, Country, Gender, GenderSet, Interest, InterestSet, OwnCard, PersonFacts, Profile,
    SpokenLanguage, SpokenLanguages, UiLanguage,
};
use crate::time::{Day, Timestamp};

/// The bot of the tests.
pub const BOT: BotId = BotId::new(7_000_000_001);
/// The one shard of the tests.
pub const MAIN: Shard = Shard::new(0);

/// Returns a time: 2026-11-01T12:00:00Z and so many seconds.
pub fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000).saturating_add(1_793_534_400_000_000))
}

/// Returns a consent to today's documents.
pub fn consent() -> Consent {
    Consent { version: CONSENT_VERSION, documents_at: timestamp(-60), orientation_at: timestamp(-30) }
}

/// Returns a profile: an adult of 26 in India who speaks English and likes chatting.
///
/// # Panics
/// Never: its parts are constants.
pub fn profile(gender: Gender) -> Profile {
    Profile {
        gender,
        born: Day::from_ymd(2000, 1, 1).expect("a day of the calendar"),
        country: Country::from_code("IN").expect("a country's code"),
        city: None,
        languages: SpokenLanguages::EMPTY.with(SpokenLanguage::English),
        interests: InterestSet::EMPTY.with(Interest::Chatting),
        bio: None,
        photo: None,
        card: CardParts::USUAL,
    }
}

/// Returns a person about to be registered, who wants to meet everybody.
///
/// # Panics
/// Never: its parts are constants.
pub fn new_person(telegram: TelegramId, gender: Gender) -> NewPerson {
    let wanted: GenderSet = Gender::ALL.iter().copied().collect();
    NewPerson::new(telegram, UiLanguage::English, consent(), profile(gender), wanted, timestamp(0))
        .expect("a person who fulfils every rule")
}

/// Returns the facts of person `number`: Telegram account 1000 + number, odd ones women, even ones men, everybody wants
/// everybody.
pub fn facts(number: i64) -> PersonFacts {
    let gender = if number % 2 == 0 { Gender::Man } else { Gender::Woman };
    registered(PersonId::new(number), &new_person(TelegramId::new(number.saturating_add(1000)), gender))
}

/// Returns the facts of somebody who has just registered and was given this number.
pub fn registered(person: PersonId, new: &NewPerson) -> PersonFacts {
    let profile = new.profile();
    PersonFacts {
        person,
        telegram: new.telegram(),
        language: new.language(),
        gender: profile.gender,
        born: profile.born,
        country: profile.country,
        city_mark: profile.city.as_ref().map(City::mark),
        languages: profile.languages,
        interests: profile.interests,
        card: OwnCard::of(profile),
        is_verified: false,
        preferences: Preferences::open_to(new.wanted()),
        ratings_up: 0,
        ratings_down: 0,
        suspended_until: None,
        is_reachable: true,
        chats_count: 0,
        registered_at: new.registered_at(),
        premium_until: None,
        renews_at: None,
        ledger_rows: 0,
        premium_used_at: None,
        leaves_at: None,
    }
}
