//! Every screen in every language, as a text that can be read aloud, and the limits that hold for all of them.

use luvhive_core::chat::{Content, EndReason, Icebreaker, Question, Questions, Undelivered};
use luvhive_core::coins::{CoinRefusal, CoinStanding, Coins};
use luvhive_core::conduct::ProfileText;
use luvhive_core::conduct::{Pseudonym, ReportReason, SanctionKind, SubjectHash};
use luvhive_core::correction::{CorrectionNews, SupportCode, support_code};
use luvhive_core::decision::{AppealNews, Appealable, DecisionNews};
use luvhive_core::engine::News;
use luvhive_core::engine::checkout::CheckoutRefusal;
use luvhive_core::engine::event::Command;
use luvhive_core::engine::notice::{Ended, MatchCard, Standing};
use luvhive_core::filter::Filter;
use luvhive_core::id::{ChatId, HoldId, MessageId, SanctionId};
use luvhive_core::person::{
    Age, Bio, CardPart, CardParts, City, Country, Gender, GenderSet, Interest, InterestSet, OwnCard, PersonFacts, Photo, Profile,
    Reminders, SpokenLanguage, SpokenLanguages, Zone,
};
use luvhive_core::ports::RegisteredPerson;
use luvhive_core::preferences::{AgeRange, Preferences};
use luvhive_core::premium::{PremiumNews, RefundRefusal};
use luvhive_core::tier::Capped;
use luvhive_core::time::{Day, Timestamp};

use super::screen::{MAX_TEXT_UNITS, Screen};
use super::*;
use crate::callback::{Callback, Receiver};
use crate::registration::{Draft, Registration, Step};

const CHAT: ChatId = ChatId::new(4_294_967_297);
/// 2026-03-01T12:30:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_772_368_200_000);

fn country(code: &str) -> Country {
    Country::from_code(code).unwrap()
}

fn born() -> Day {
    Day::from_ymd(1999, 4, 23).unwrap()
}

fn code() -> SupportCode {
    support_code(&SubjectHash::new([0x5a; 32]))
}

fn profile() -> Profile {
    Profile {
        gender: Gender::Woman,
        born: born(),
        country: country("IN"),
        city: City::new("Pune"),
        languages: [SpokenLanguage::English, SpokenLanguage::Hindi].into_iter().collect(),
        interests: [Interest::Music, Interest::Travel].into_iter().collect(),
        bio: Bio::new("Tea, rain and long walks.").ok(),
        photo: Photo::new("AgACAgQAAx"),
        card: CardParts::USUAL,
    }
}

fn card() -> MatchCard {
    MatchCard {
        chat: CHAT,
        gender: Gender::Man,
        ages: Some((26, 30)),
        country: Some(country("BR")),
        city: City::new("Recife"),
        bio: Bio::new("I cook on Sundays.").ok(),
        interests: [Interest::Chatting, Interest::Films].into_iter().collect(),
        languages: [SpokenLanguage::English].into_iter().collect(),
        is_verified: true,
        good_ratings_percent: Some(92),
        icebreaker: Icebreaker::pick(3),
    }
}

/// Writes screens one under the other and checks what holds for each.
fn book(screens: &[(&str, Screen)]) -> String {
    let mut pages = Vec::new();
    for (name, screen) in screens {
        let units = screen.text().encode_utf16().count();
        assert!((1..=MAX_TEXT_UNITS).contains(&units), "{name} has {units} UTF-16 units");
        for sent in [screen.send(TelegramId::new(7)), screen.edit(TelegramId::new(7), MessageId::new(9))] {
            let call: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
            assert_eq!(call["params"]["chat_id"], 7, "{name}");
            assert_eq!(call["params"]["text"], screen.text(), "{name}");
        }
        pages.push(format!("=== {name} ===\n{}", screen.sketch()));
    }
    pages.join("\n\n")
}

fn purse(balance: u32, last: Option<Timestamp>, chat: Option<ChatId>) -> coins::Purse {
    let standing = CoinStanding { balance: Coins::new(balance), daily_at: last, spun_at: last, spins: 1 };
    coins::Purse { standing, chat, now: NOW.plus(std::time::Duration::from_mins(90)) }
}

fn each_language(group: &str, screens: impl Fn(Words) -> Vec<(&'static str, Screen)>) {
    for &language in UiLanguage::ALL {
        insta::assert_snapshot!(format!("{group}_{language}"), book(&screens(Words::new(language))));
    }
}

fn at(step: Step, draft: Draft) -> Registration {
    Registration { serial: 7, step, is_renewal: false, draft }
}

#[test]
fn registration_screens() {
    each_language("registration", |words| {
        let show = |step: Step, draft: Draft| registration::screen(words, &at(step, draft), 0, NOW);
        let guessed = || Draft {
            country: Some(country("IN")),
            languages: [SpokenLanguage::Hindi].into_iter().collect(),
            ..Draft::default()
        };
        let renewal = Registration { is_renewal: true, ..at(Step::Consent, Draft::default()) };
        vec![
            ("consent", show(Step::Consent, Draft::default())),
            ("consent again", registration::screen(words, &renewal, 0, NOW)),
            ("orientation", show(Step::Orientation, Draft::default())),
            ("birthday", show(Step::Birthday, Draft::default())),
            ("birthday, unreadable", show(Step::Birthday, Draft::default()).with_hint(&words.text("birthday-unreadable"))),
            ("birthday check", show(Step::BirthdayCheck, Draft { typed: vec![born()], ..Draft::default() })),
            (
                "birthday, two days",
                show(
                    Step::BirthdayCheck,
                    Draft {
                        typed: vec![Day::from_ymd(1999, 4, 3).unwrap(), Day::from_ymd(1999, 3, 4).unwrap()],
                        ..Draft::default()
                    },
                ),
            ),
            ("birthday, unclear", show(Step::Birthday, Draft::default()).with_hint(&words.text("birthday-unclear"))),
            ("birthday, not yet", show(Step::Birthday, Draft::default()).with_hint(&words.text("birthday-not-yet"))),
            ("birthday, not typed", show(Step::Birthday, Draft::default()).with_hint(&words.text("type-yourself"))),
            ("refused", registration::refused(words, &code(), "@LuvHiveHelp")),
            ("refused, no contact", registration::refused(words, &code(), "")),
            ("gender", show(Step::Gender, Draft::default())),
            ("wanted, nobody yet", show(Step::Wanted, Draft::default())),
            (
                "wanted, two",
                show(
                    Step::Wanted,
                    Draft { wanted: [Gender::Woman, Gender::NonBinary].into_iter().collect(), ..Draft::default() },
                ),
            ),
            ("country, no guess", show(Step::Country, Draft::default())),
            ("country, guessed", show(Step::Country, guessed())),
            ("country, with city", show(Step::Country, Draft { city: City::new("Pune"), ..guessed() })),
            ("country, right-to-left city", show(Step::Country, Draft { city: City::new("חיפה"), ..guessed() })),
            ("countries, first page", show(Step::CountryList, Draft::default())),
            ("countries, last page", registration::screen(words, &at(Step::CountryList, Draft::default()), 200, NOW)),
            ("countries found", registration::countries_found(words, 7, "guin", &words.find_countries("guin", 8))),
            ("no country found", registration::countries_found(words, 7, "qqq", &[])),
            ("city", show(Step::City, guessed())),
            ("languages", show(Step::Languages, guessed())),
            ("languages, none", registration::screen(words, &at(Step::Languages, Draft::default()), 1, NOW)),
            ("interests, none", show(Step::Interests, Draft::default())),
            (
                "interests, two",
                show(
                    Step::Interests,
                    Draft { interests: [Interest::Music, Interest::Pets].into_iter().collect(), ..Draft::default() },
                ),
            ),
            ("registered", registration::registered(words, &profile(), NOW)),
            ("welcome", registration::welcome(words)),
        ]
    });
}

#[test]
fn notice_screens() {
    each_language("notices", |words| {
        [notices_on_the_way_to_a_chat(words), notices_of_what_waits(words), notices_of_a_chat_and_others(words)].concat()
    });
}

fn notices_on_the_way_to_a_chat(words: Words) -> Vec<(&'static str, Screen)> {
    let show = |notice: Notice| notice::screen(words, &notice);
    let meeting = |standing| show(Notice::Meeting { card: card(), standing, lasts_s: 60, on: None });
    vec![
        ("searching, no estimate", show(Notice::Searching { usual_wait_s: None })),
        ("searching, 20 s", show(Notice::Searching { usual_wait_s: Some(20) })),
        ("searching, 70 s", show(Notice::Searching { usual_wait_s: Some(70) })),
        ("searching, 290 s", show(Notice::Searching { usual_wait_s: Some(290) })),
        ("already searching", show(Notice::AlreadySearching)),
        ("already chatting", show(Notice::AlreadyChatting)),
        ("search cancelled", show(Notice::SearchCancelled)),
        ("nothing to end", show(Notice::NothingToEnd)),
        ("widen age, none", show(Notice::OfferWiden { filter: Filter::Age, would_fit: 0 })),
        ("widen country, one", show(Notice::OfferWiden { filter: Filter::Country, would_fit: 1 })),
        ("widen language, five", show(Notice::OfferWiden { filter: Filter::Language, would_fit: 5 })),
        ("widen verified, two", show(Notice::OfferWiden { filter: Filter::Verified, would_fit: 2 })),
        ("widen gender, two", show(Notice::OfferWiden { filter: Filter::Gender, would_fit: 2 })),
        ("widened", show(Notice::Widened { filter: Filter::Country })),
        ("search paused", show(Notice::SearchPaused)),
        ("meeting, asked", meeting(Standing::Asked)),
        ("meeting, agreed", meeting(Standing::Agreed)),
        ("meeting, opened", meeting(Standing::Opened)),
        ("meeting, over", meeting(Standing::Over)),
        ("meeting failed, searching", show(Notice::MeetingFailed { searching: true })),
        ("meeting failed, idle", show(Notice::MeetingFailed { searching: false })),
        ("declined, searching", show(Notice::Declined { searching: true })),
        ("declined, idle", show(Notice::Declined { searching: false })),
        ("meeting missed", show(Notice::MeetingMissed)),
        ("meeting first", show(Notice::MeetingFirst)),
        ("matched", show(Notice::Matched(card()))),
        ("written before", show(Notice::WrittenBefore { chat: CHAT, message: MessageId::new(31), content: Content::Text })),
        ("sent now", show(Notice::SentNow { on: None })),
        ("ask again, find", show(Notice::AskAgain { command: Command::Find })),
        ("ask again, stop", show(Notice::AskAgain { command: Command::Stop })),
        ("widen city, one", show(Notice::OfferWiden { filter: Filter::City, would_fit: 1 })),
        ("widen interest, two", show(Notice::OfferWiden { filter: Filter::Interest, would_fit: 2 })),
    ]
}

fn notices_of_what_waits(words: Words) -> Vec<(&'static str, Screen)> {
    let show = |notice: Notice| notice::screen(words, &notice);
    let undelivered = |why| show(Notice::NotDelivered { message: MessageId::new(31), why });
    vec![
        ("text only", show(Notice::TextOnly)),
        ("too early, one", show(Notice::TooEarly { left_s: 1 })),
        ("too early, many", show(Notice::TooEarly { left_s: 117 })),
        ("withheld photo", show(Notice::Withheld { content: Content::Photo })),
        ("withheld voice", show(Notice::Withheld { content: Content::Voice })),
        ("withheld round video", show(Notice::Withheld { content: Content::VideoNote })),
        ("held", show(Notice::Held { message: MessageId::new(31) })),
        ("too many held", show(Notice::TooManyHeld)),
        ("released", show(Notice::Released { message: MessageId::new(31), on: None })),
        (
            "asked about leaks",
            show(Notice::AskLeak {
                hold: HoldId::new(77),
                message: MessageId::new(31),
                leaks: [Question::Phone, Question::Link].into_iter().collect(),
            }),
        ),
        (
            "asked about every leak",
            show(Notice::AskLeak {
                hold: HoldId::new(77),
                message: MessageId::new(31),
                leaks: Question::ALL.iter().copied().collect::<Questions>().identifying(),
            }),
        ),
        ("asked about age", show(Notice::AskAge { hold: HoldId::new(77), message: MessageId::new(31) })),
        ("asked about the partner's age", show(Notice::AskSeemsMinor { chat: CHAT })),
        ("waits too", show(Notice::WaitsToo { message: MessageId::new(31) })),
        ("taken back", show(Notice::TakenBack { on: None, has_copy: false })),
        ("change taken back", show(Notice::TakenBack { on: None, has_copy: true })),
        ("link too new", show(Notice::LinkTooNew)),
        ("enough partners", show(Notice::Enough { of: Capped::Partners, left_h: 7 })),
        ("enough partners, nearly over", show(Notice::Enough { of: Capped::Partners, left_h: 1 })),
        ("enough links", show(Notice::Enough { of: Capped::Links, left_h: 24 })),
        ("enough media", show(Notice::Enough { of: Capped::Media, left_h: 2 })),
        ("asked for media", show(Notice::AskMedia { hold: HoldId::new(77) })),
        ("media on", show(Notice::Media { chat: CHAT, is_on: true, on: None })),
        ("media off", show(Notice::Media { chat: CHAT, is_on: false, on: None })),
        ("media allowed", show(Notice::MediaAllowed)),
        ("no answer in time", undelivered(Undelivered::Unanswered)),
        ("media declined", undelivered(Undelivered::MediaDeclined)),
    ]
}

fn notices_of_a_chat_and_others(words: Words) -> Vec<(&'static str, Screen)> {
    let show = |notice: Notice| notice::screen(words, &notice);
    let undelivered = |why| show(Notice::NotDelivered { message: MessageId::new(31), why });
    let news = |news| Notice::News { news, premium_until: None };
    let after =
        |how, searching, can_rate, undelivered| show(Notice::ChatEnded { chat: CHAT, how, searching, can_rate, undelivered });
    let ended = |how, searching| after(how, searching, true, 0);
    let bare = MatchCard {
        ages: None,
        country: None,
        city: None,
        bio: None,
        interests: InterestSet::EMPTY,
        languages: SpokenLanguages::EMPTY,
        is_verified: false,
        good_ratings_percent: None,
        ..card()
    };
    vec![
        ("media refused", show(Notice::MediaRefused)),
        ("matched, nothing in common and nothing shown", show(Notice::Matched(bare))),
        ("ended, stopped", ended(Ended::ByYou(EndReason::Stopped), false)),
        ("ended, next", ended(Ended::ByYou(EndReason::Next), true)),
        ("ended, blocked", ended(Ended::ByYou(EndReason::Blocked), false)),
        ("ended, reported", ended(Ended::ByYou(EndReason::Reported), false)),
        ("ended, sanctioned", ended(Ended::ByYou(EndReason::Sanctioned), false)),
        ("ended, deleted", ended(Ended::ByYou(EndReason::Deleted), false)),
        ("ended by partner", ended(Ended::ByPartner, false)),
        ("ended by partner who never wrote", after(Ended::ByPartner, false, false, 0)),
        ("ended by partner, one may be lost", after(Ended::ByPartner, false, true, 1)),
        ("ended by partner, seven may be lost", after(Ended::ByPartner, false, true, 7)),
        ("partner gone", ended(Ended::PartnerGone, true)),
        ("contact", show(Notice::NotRelayed { content: Content::Contact })),
        ("poll", show(Notice::NotRelayed { content: Content::Poll })),
        ("a name that links", show(Notice::NotRelayed { content: Content::Mention })),
        ("other content", show(Notice::NotRelayed { content: Content::Other })),
        ("gone before it was passed on", undelivered(Undelivered::SourceGone)),
        ("too long to copy", undelivered(Undelivered::TooLong)),
        ("the partner's setting", undelivered(Undelivered::Setting)),
        ("cannot be copied", undelivered(Undelivered::Kind)),
        ("refused without a known reason", undelivered(Undelivered::Unknown)),
        ("may have arrived", undelivered(Undelivered::Unclear)),
        ("a change refused", undelivered(Undelivered::EditRefused)),
        ("a change too long", undelivered(Undelivered::EditTooLong)),
        ("a change that may have arrived", undelivered(Undelivered::EditUnclear)),
        ("a change to what the partner does not have", undelivered(Undelivered::EditMissing)),
        ("a change that names an account", undelivered(Undelivered::EditMention)),
        ("a change after the chat", undelivered(Undelivered::EditLate)),
        ("a change to which the partner is slow", undelivered(Undelivered::EditSlow)),
        ("partner slow", show(Notice::PartnerSlow)),
        ("invoice unclear", show(Notice::InvoiceUnclear)),
        ("too fast, one", show(Notice::TooFast { lost: 1 })),
        ("too fast, twelve", show(Notice::TooFast { lost: 12 })),
        ("suspended", show(Notice::Suspended { until: NOW })),
        ("banned", show(Notice::Suspended { until: Timestamp::MAX })),
        ("sanctioned", show(Notice::Sanctioned { until: NOW, reason: "Advertising <b>twice</b> & more".to_owned(), news: None })),
        ("sanctioned for good", show(Notice::Sanctioned { until: Timestamp::MAX, reason: "Fraud".to_owned(), news: None })),
        ("gender corrected", show(Notice::Corrected { news: CorrectionNews::Gender(Gender::NonBinary) })),
        ("birth date corrected", show(Notice::Corrected { news: CorrectionNews::Born(born()) })),
        ("found to be a minor", show(Notice::Corrected { news: CorrectionNews::Refused })),
        ("said to be a minor", show(Notice::Corrected { news: CorrectionNews::Underage })),
        ("refusal lifted", show(Notice::Corrected { news: CorrectionNews::Admitted })),
        ("sanction lifted", show(Notice::SanctionLifted { reason: "It was a mistake of ours.".to_owned() })),
        ("coins received", show(news(News::Coins(Coins::new(20))))),
        ("invitation paid, host", show(news(News::InvitePaid(Coins::new(50))))),
        ("invitation paid, guest", coins::invite_paid(words, Coins::new(50))),
        ("not understood", show(Notice::NotUnderstood)),
    ]
}

/// Somebody open to all, somebody with every filter and switch, one without reminders, one in a country of several zones;
/// then the first two with premium.
fn members() -> [PersonFacts; 6] {
    let preferences = Preferences::open_to([Gender::Man].into_iter().collect::<GenderSet>());
    let strict = Preferences {
        ages: AgeRange::new(Age::new(25).unwrap(), Age::new(35).unwrap()).unwrap(),
        country: Some(country("IN")),
        demands: [Filter::City, Filter::Interest, Filter::Verified].into_iter().collect(),
        ..preferences.clone()
    };
    let withheld = [Content::Photo, Content::Voice].into_iter().collect();
    let strict = Preferences { accepts_media: false, protects_content: true, withheld, ..strict };
    let elders = Preferences {
        ages: AgeRange::new(Age::new(50).unwrap(), Age::OLDEST).unwrap(),
        reminders: Reminders { are_on: false, ..Reminders::default() },
        ..preferences.clone()
    };
    let unquiet = Preferences {
        reminders: Reminders { quiet: None, zone: Zone::from_name("America/Recife"), ..Reminders::default() },
        ..preferences.clone()
    };
    let [open, strict, elders, unquiet] = [preferences, strict, elders, unquiet].map(|preferences| PersonFacts {
        preferences,
        card: OwnCard::of(&profile()),
        ratings_up: 11,
        ratings_down: 1,
        chats_count: 12,
        ..luvhive_core::testing::facts(1)
    });
    let unquiet = PersonFacts { country: country("BR"), ..unquiet };
    let rich = |facts: &PersonFacts| PersonFacts { premium_until: Some(Timestamp::MAX), ..facts.clone() };
    let (rich_open, rich_strict) = (rich(&open), rich(&strict));
    [open, strict, elders, unquiet, rich_open, rich_strict]
}

#[test]
fn member_screens() {
    let [open, strict, elders, unquiet, rich_open, rich_strict] = members();
    each_language("member", |words| {
        let of = |facts| settings::Me::of(words, facts, NOW);
        let cityless = Profile { city: None, bio: None, photo: None, ..profile() };
        let open_card = Profile { card: CardPart::ALL.iter().copied().collect(), ..profile() };
        let shut_card = Profile { card: CardParts::EMPTY, ..profile() };
        let person = |facts: &PersonFacts| RegisteredPerson {
            facts: PersonFacts { registered_at: NOW, ..facts.clone() },
            profile: profile(),
            pseudonym: Pseudonym::from_random(1),
        };
        let mut screens = vec![
            ("menu", menu::idle(words)),
            ("menu in a chat", menu::chatting(words)),
            ("a message to nobody", menu::idle_hint(words)),
            ("called in a group", menu::private_only(words)),
            ("profile", profile::overview(words, &profile(), NOW)),
            ("profile without city", profile::overview(words, &cityless, NOW)),
            ("profile languages", profile::languages(words, &profile(), 0)),
            ("profile interests", profile::interests(words, &profile())),
            ("profile countries", profile::countries(words, 1)),
            ("profile countries found", profile::countries_found(words, "nepal", &words.find_countries("nepal", 8))),
            ("profile city", profile::city(words, &profile())),
            ("profile text", profile::bio(words, &profile())),
            ("profile text, none", profile::bio(words, &cityless)),
            ("profile photo", profile::photo(words, &profile())),
            ("profile photo, none", profile::photo(words, &cityless)),
            ("profile photo, preview", profile::photo_preview(words)),
            ("profile card", profile::card(words, &open, &profile(), NOW)),
            ("profile card, everything", profile::card(words, &open, &open_card, NOW)),
            ("profile card, nothing", profile::card(words, &open, &shut_card, NOW)),
            ("statistics", profile::statistics(words, &person(&open), 2)),
            ("statistics of a newcomer", profile::statistics(words, &person(&luvhive_core::testing::facts(2)), 0)),
            ("settings", settings::overview(&of(&open))),
            ("settings, strict", settings::overview(&of(&strict))),
            ("settings, strict, premium", settings::overview(&of(&rich_strict))),
            ("settings filters, premium", settings::filters(&of(&rich_open))),
            ("settings ages, strict, premium", settings::ages(&of(&rich_strict))),
            ("settings, no reminders", settings::overview(&of(&elders))),
            ("settings filters", settings::filters(&of(&open))),
            ("settings filters, strict", settings::filters(&of(&strict))),
            ("settings chat", settings::chat(&of(&open))),
            ("settings chat, strict", settings::chat(&of(&strict))),
            ("settings reminders", settings::reminders(&of(&open))),
            ("settings reminders, off", settings::reminders(&of(&elders))),
            ("settings reminders, several zones", settings::reminders(&of(&unquiet))),
            ("settings zones", settings::zones(&of(&unquiet))),
            ("settings quiet hours", settings::quiet(&of(&open))),
            ("settings quiet hours, none", settings::quiet(&of(&unquiet))),
            ("settings languages", settings::languages(words)),
            ("settings wanted", settings::wanted(&of(&open))),
            ("settings ages", settings::ages(&of(&open))),
            ("settings ages, strict", settings::ages(&of(&strict))),
            ("settings ages, elders", settings::ages(&of(&elders))),
            ("settings countries", settings::countries(&of(&open), 0)),
            ("settings countries, strict", settings::countries(&of(&strict), 1)),
            ("settings countries found", settings::countries_found(words, "nepal", &words.find_countries("nepal", 8))),
        ];
        screens.extend(screens_beside_profile_and_settings(words));
        screens
    });
}

fn screens_beside_profile_and_settings(words: Words) -> Vec<(&'static str, Screen)> {
    vec![
        ("coins", coins::overview(words, &purse(0, None, None))),
        ("coins, waiting, with a partner", coins::overview(words, &purse(1, Some(NOW), Some(CHAT)))),
        ("coins for a partner", coins::gifts(words, Coins::new(25), Receiver::Partner(CHAT), 1_772_368_200_000)),
        ("coins for a friend", coins::gifts(words, Coins::new(25), Receiver::Friend(CHAT), 1_772_368_200_000)),
        ("coins into premium", coins::ask_redeem(words, Coins::new(500), 1_772_368_200_000)),
        ("invite", coins::invite(words, "https://t.me/LuvHiveBot?start=ref_abcdefghjk")),
        ("help", about::help(words)),
        ("privacy", about::privacy(words, ["Hive Ltd, 1 Comb Lane, Leeds", "@LuvHiveHelp", "safety@example.org"])),
        ("terms", about::terms(words, 14)),
        ("delete", about::ask_delete(words, NOW, std::time::Duration::from_hours(24))),
        ("delete at once", about::ask_delete(words, NOW, std::time::Duration::ZERO)),
        ("leaving", about::leaving(words, NOW)),
        ("data later", about::data_later(words, NOW)),
        ("goodbye", about::goodbye(words)),
        ("rating card", conduct::card(words, CHAT)),
        ("rated good", conduct::rated(words, CHAT, true, true)),
        ("rated bad, in the next chat", conduct::rated(words, CHAT, false, false)),
        ("block", conduct::ask_block(words, CHAT, Callback::Card { chat: CHAT })),
        ("blocked", conduct::blocked(words, CHAT)),
        ("report a chat", conduct::ask_report(words, CHAT, None, Callback::Dismiss)),
        ("report a message", conduct::ask_report(words, CHAT, Some(MessageId::new(12)), Callback::Dismiss)),
        ("reported", conduct::reported(words, "report-done-body")),
        ("reported, in words", conduct::ask_report_words(words)),
        ("reported, and said in words", conduct::reported(words, "report-words-done")),
        ("nothing to report", conduct::no_chat(words, "report-no-chat")),
    ]
}

#[test]
fn single_sentences() {
    let keys = [
        "use-buttons",
        "birthday-short-year",
        "birthday-no-such-day",
        "birthday-implausible",
        "wanted-needed",
        "languages-needed",
        "interests-needed",
        "city-unreadable",
        "renewal-done",
        "stale-button",
        "old-button",
        "already-done",
        "older-dialog",
        "dismissed",
        "typing-in-chat",
        "language-changed",
        "profile-saved",
        "bio-empty",
        "bio-names-somebody",
        "photo-expected",
        "photo-none",
        "filters-no-city",
        "filters-need-premium",
        "profile-last-language",
        "profile-last-interest",
        "settings-last-wanted",
        "coins-done-before",
        "coins-suspended",
        "premium-busy",
        "premium-canceled",
        "premium-resumable",
        "premium-no-subscription",
        "conduct-too-late",
        "block-no-chat",
        "delete-started",
        "delete-too-old",
        "delete-nothing",
        "delete-taken-back",
        "data-none",
        "unconsented",
    ];
    for &language in UiLanguage::ALL {
        let words = Words::new(language);
        let answers = keys.iter().map(|key| {
            let text = words.text(key);
            assert!(text.chars().count() <= 200, "{key} is too long for the answer to a button");
            format!("{key}: {text}")
        });
        let coin = |key: &str, coins: u32| format!("{key}: {}", words.with(key, &[("coins", coins.into())]));
        let got = [("coins-daily-got", 10), ("coins-spun", 0), ("coins-spun", 5), ("coins-given", 20)];
        let redeemed = format!("coins-redeemed: {}", words.with("coins-redeemed", &[("days", 3.into())]));
        let refusals = [
            CoinRefusal::TooSoon { until: NOW.plus(std::time::Duration::from_mins(61)) },
            CoinRefusal::TooFew { have: Coins::new(5), need: Coins::new(10) },
        ];
        let coins = got.map(|(key, coins)| coin(key, coins)).into_iter().chain([redeemed]);
        let answers = answers.chain(coins).chain(refusals.map(|refusal| coins::refusal(words, refusal, NOW)));
        let icebreakers = (0..12).map(|index| words.icebreaker(Icebreaker::pick(index)));
        let commands = crate::locale::commands().into_iter().filter(|list| list.language == Some(language));
        let commands = commands.flat_map(|list| list.commands).map(|(name, text)| format!("/{name} – {text}"));
        let lines: Vec<String> = answers.chain(icebreakers).chain(commands).collect();
        insta::assert_snapshot!(format!("sentences_{language}"), lines.join("\n"));
    }
}

#[test]
fn friend_screens() {
    use luvhive_core::engine::notice::InvitationNews;
    use luvhive_core::friend::{Friend, FriendNews, FriendRefusal};
    let [me, ..] = members();
    let friend = |number, facts: &PersonFacts| Friend {
        number,
        chat: ChatId::new(CHAT.get() + i64::from(number)),
        facts: facts.clone(),
        since: NOW,
    };
    let shy = PersonFacts { card: OwnCard { parts: CardParts::EMPTY, city: None, bio: None }, ..me.clone() };
    let friends = [friend(1, &me), friend(4, &shy)];
    let card = MatchCard::between(CHAT, [&shy, &me], Icebreaker::pick(0), NOW);
    each_language("friends", |words| {
        let invitation = |news| notice::screen(words, &Notice::Invitation { news, on: None });
        let refusals = [
            FriendRefusal::Already,
            FriendRefusal::Asked,
            FriendRefusal::Blocked,
            FriendRefusal::Full,
            FriendRefusal::NothingAsked,
        ];
        let refusals = refusals.map(|refusal| friend::refusal(words, refusal));
        assert!(refusals.iter().all(|text| text.chars().count() <= 200), "{refusals:?}");
        vec![
            ("no friends", friend::list(words, &me, &[], NOW)),
            ("friends", friend::list(words, &me, &friends, NOW)),
            ("a friend", friend::one(words, &me, &friends[0], NOW)),
            ("a friend who shows nothing", friend::one(words, &me, &friends[1], NOW)),
            ("remove", friend::ask_remove(words, &friends[1])),
            ("asked", friend::news(words, FriendNews::Asked, CHAT)),
            ("accepted", friend::news(words, FriendNews::Accepted, CHAT)),
            ("friends now", friend::befriended(words, "friend-made", CHAT)),
            ("sent", menu::sentence(words, "friend-sent")),
            ("declined", menu::sentence(words, "friend-declined")),
            ("removed", menu::sentence(words, "friends-removed")),
            ("nobody to ask", conduct::no_chat(words, "friend-no-chat")),
            ("refused", Screen::plain(refusals.join("\n"))),
            ("invitation sent", invitation(InvitationNews::Sent { number: 4, lasts_s: 600 })),
            ("invitation, a minute left", invitation(InvitationNews::Sent { number: 4, lasts_s: 3 })),
            ("invited", invitation(InvitationNews::Asked { number: 1, card: card.clone(), lasts_s: 600 })),
            ("invited, but busy", invitation(InvitationNews::Busy)),
            ("accepted, inviter busy", invitation(InvitationNews::Held { lasts_s: 420 })),
            ("invitation declined", invitation(InvitationNews::Declined)),
            ("invitation taken up", invitation(InvitationNews::Taken { number: 4 })),
            ("invitation over", invitation(InvitationNews::Over { number: 4, chat: CHAT })),
            ("inviter never free", invitation(InvitationNews::NeverFree)),
            ("suspended inviter", menu::sentence(words, "invitation-suspended")),
        ]
    });
}

#[test]
fn decision_screens() {
    let news = |kind, rule| DecisionNews { sanction: SanctionId::new(8), kind, text: None, rule, is_pending: false };
    each_language("decisions", |words| {
        let show = |notice: Notice| notice::screen(words, &notice);
        let sanctioned = |until, news| show(Notice::Sanctioned { until, reason: "Please stop.".to_owned(), news: Some(news) });
        let warned = |news| show(Notice::Warned { reason: "Please stop.".to_owned(), news });
        let removed = |text| DecisionNews { text: Some(text), ..news(SanctionKind::Remove, Some(ReportReason::Hate)) };
        let appealed = |is_overturned| show(Notice::Appealed(AppealNews { is_overturned, note: "A friend's joke.".to_owned() }));
        let told = |is_upheld| show(Notice::News { news: News::Report { is_upheld }, premium_until: None });
        let appeal = |is_appealed| Some(Appealable { sanction: SanctionId::new(8), is_appealed });
        let ban = news(SanctionKind::Ban, Some(ReportReason::Scam));
        let rules = ReportReason::ALL.iter().map(|&rule| words.with("decision-rule", &[("rule", words.rule(rule).into())]));
        vec![
            ("suspended", sanctioned(NOW, news(SanctionKind::Suspend, Some(ReportReason::Threat)))),
            ("cooldown", sanctioned(NOW, news(SanctionKind::Cooldown, None))),
            ("banned, unconfirmed", sanctioned(NOW, DecisionNews { is_pending: true, ..ban })),
            ("banned", sanctioned(Timestamp::MAX, ban)),
            ("warned", warned(news(SanctionKind::Warn, Some(ReportReason::Minor)))),
            ("text removed", warned(removed(ProfileText::Bio))),
            ("city removed", warned(removed(ProfileText::City))),
            ("rules", Screen::plain(rules.collect::<Vec<_>>().join("\n"))),
            ("still suspended", decision::suspended(words, NOW, appeal(false))),
            ("still suspended, appealed", decision::suspended(words, NOW, appeal(true))),
            ("still banned", decision::suspended(words, Timestamp::MAX, appeal(false))),
            ("asked for the appeal", decision::ask_appeal(words)),
            ("appeal sent", decision::appeal_sent(words)),
            ("taken back", appealed(true)),
            ("stays", appealed(false)),
            ("report upheld", told(true)),
            ("report dismissed", told(false)),
        ]
    });
}

#[test]
fn premium_news_screens() {
    each_language("premium_news", |words| {
        let show = |news, until| {
            let news = News::Premium { news, entitlement: None };
            notice::screen(words, &Notice::News { news, premium_until: until })
        };
        let granted = |days| PremiumNews::Granted { days, reason: "We were away <b>too</b> long".to_owned() };
        vec![
            ("gift, one day", show(PremiumNews::Gift { days: 1 }, Some(NOW))),
            ("gift, three days", show(PremiumNews::Gift { days: 3 }, None)),
            ("gift taken back, one day", show(PremiumNews::GiftTakenBack { days: 1 }, None)),
            ("gift taken back, three days", show(PremiumNews::GiftTakenBack { days: 3 }, Some(NOW))),
            ("granted, one day", show(granted(1), Some(NOW))),
            ("granted, three days", show(granted(3), None)),
            ("trial, one day", show(PremiumNews::Trial { days: 1 }, None)),
            ("trial, three days", show(PremiumNews::Trial { days: 3 }, Some(NOW))),
        ]
    });
}

/// Every text that answers a button fits into the answer with any arguments (Bot API 10.3, `answerCallbackQuery.text`).
#[test]
fn answers_to_buttons_are_short_enough() {
    for &language in UiLanguage::ALL {
        let words = Words::new(language);
        let fits = |name: &str, text: String| assert!(text.chars().count() <= 200, "{language}: {name} is too long: {text}");
        fits("refused-alert", words.with("refused-alert", &[("code", code().to_string().into())]));
        for refusal in [
            RefundRefusal::Unknown,
            RefundRefusal::NotTheBuyer,
            RefundRefusal::PayerErased,
            RefundRefusal::AlreadyRefunded,
            RefundRefusal::UnderWay,
            RefundRefusal::TooLate { until: NOW },
            RefundRefusal::Used,
        ] {
            fits(&format!("{refusal:?}"), premium::refund_refused(words, refusal));
        }
        for refusal in [CheckoutRefusal::Forged, CheckoutRefusal::Suspended, CheckoutRefusal::ReceiverGone] {
            fits(&format!("{refusal:?}"), checkout::refusal(words, refusal));
        }
        for refusal in [
            CoinRefusal::TooSoon { until: NOW.plus(std::time::Duration::from_hours(24)) },
            CoinRefusal::TooFew { have: Coins::new(u32::MAX), need: Coins::new(u32::MAX) },
            CoinRefusal::Oneself,
        ] {
            fits(&format!("{refusal:?}"), coins::refusal(words, refusal, NOW));
        }
        for key in ["appeal-in-chat", "appeal-twice", "appeal-over"] {
            fits(key, words.text(key));
        }
        fits("refused-body", words.text("refused-body"));
    }
}

#[test]
fn what_people_type_is_never_read_as_formatting() {
    let notice = Notice::Sanctioned { until: Timestamp::MAX, reason: "<b>&\"\\".to_owned(), news: None };
    let sent = Views.render(TelegramId::new(5), UiLanguage::English, &notice);
    assert_eq!(sent.version, crate::rendered::VERSION);
    let call: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(call["method"], "sendMessage");
    assert!(call["params"].get("parse_mode").is_none());
    assert!(call["params"]["text"].as_str().unwrap().ends_with("The reason: <b>&\"\\"));
    assert_eq!(call["params"]["entities"], serde_json::json!([{"type": "bold", "offset": 0, "length": 22}]));
}

#[test]
fn premium_screens() {
    use luvhive_core::premium::Plan;
    use premium::{Receipt, Refundable, Standing, Subscription};
    let me = luvhive_core::conduct::Pseudonym::new("abcdefghjk");
    let until = NOW.plus(std::time::Duration::from_hours(240));
    each_language("premium", |words| {
        let one = Refundable { mark: 0xbeef, plan: Plan::Week, stars: Plan::Week.stars(), paid_at: NOW };
        let running = Subscription { until, is_canceled: false, stars: Plan::Monthly.stars() };
        let nothing = Standing { refund_days: 14, ..Standing::default() };
        let paid = |plan, until, is_renewal| premium::paid(words, &Receipt { plan, until, is_renewal, refund_days: 14 });
        let with = |subscription| Standing {
            until: Some(until),
            subscription: Some(subscription),
            chat: Some(CHAT),
            has_refundable: true,
            refund_days: 14,
        };
        let offers = Plan::ALL.iter().map(|&plan| {
            let offer = invoice::offer(words, plan, String::new());
            assert!(offer.title.chars().count() <= 32 && offer.description.chars().count() <= 255, "{offer:?}");
            format!("{} — {}", offer.title, offer.description)
        });
        let offers = Screen::plain(offers.collect::<Vec<_>>().join("\n"));
        let refusals = [
            CheckoutRefusal::Forged,
            CheckoutRefusal::Expired,
            CheckoutRefusal::NotYours,
            CheckoutRefusal::Suspended,
            CheckoutRefusal::ReceiverGone,
            CheckoutRefusal::TryLater,
        ];
        let refusals = refusals.map(|refusal| checkout::refusal(words, refusal)).join("\n");
        let kept = [
            RefundRefusal::Unknown,
            RefundRefusal::AlreadyRefunded,
            RefundRefusal::UnderWay,
            RefundRefusal::TooLate { until },
            RefundRefusal::Used,
        ];
        let kept = kept.map(|refusal| premium::refund_refused(words, refusal)).join("\n");
        vec![
            ("nothing yet", premium::overview(words, &nothing)),
            ("subscribed", premium::overview(words, &with(running))),
            ("cancelled", premium::overview(words, &with(Subscription { is_canceled: true, ..running }))),
            ("subscribe", premium::subscribe(words, "https://t.me/$abc")),
            ("ask cancel", premium::ask_cancel(words, until)),
            ("gifts", premium::gifts(words, Receiver::Partner(CHAT))),
            ("gifts for a friend", premium::gifts(words, Receiver::Friend(CHAT))),
            ("invoice below", premium::invoiced(words)),
            ("invoices", offers),
            ("refused before paying", Screen::plain(refusals)),
            ("payments", premium::payments(words, std::slice::from_ref(&one), 14)),
            ("no payments", premium::payments(words, &[], 14)),
            ("ask refund", premium::ask_refund(words, &one)),
            ("refund begun", premium::refund_begun(words)),
            ("refund refused", Screen::plain(kept)),
            ("refund failed", menu::sentence(words, "refund-failed")),
            ("paid", paid(Plan::HalfYear, Some(until), false)),
            ("subscribed for the first time", paid(Plan::Monthly, Some(until), false)),
            ("renewed", paid(Plan::Monthly, Some(until), true)),
            ("gift paid", paid(Plan::GiftWeek, None, false)),
            ("gift of a month paid", paid(Plan::GiftMonth, None, false)),
            ("reset paid", paid(Plan::RatingReset, None, false)),
            ("given back at once", premium::unusable(words, true)),
            ("stuck", premium::unusable(words, false)),
            ("of an unknown charge", premium::unreadable_receipt(words, false)),
            ("refund of an unknown charge", premium::unreadable_receipt(words, true)),
            ("ended by a suspension", premium::ended_by_suspension(words, until)),
            ("not suspended any more", premium::renewable(words, true)),
            ("not suspended any more, too late", premium::renewable(words, false)),
            ("refunded", premium::refunded(words, 100, Some(until))),
            ("refunded to nothing", premium::refunded(words, 100, None)),
            ("help with payments", premium::pay_support(words, me.as_ref(), "@LuvHiveHelp", 14)),
            ("help with payments, no contact", premium::pay_support(words, None, "", 1)),
            ("support", premium::support(words, "help@luvhive.example")),
            ("support, no contact", premium::support(words, "")),
        ]
    });
}

#[test]
fn the_privacy_notice_fits_with_the_longest_contacts() {
    let longest = "क".repeat(200);
    for &language in UiLanguage::ALL {
        let screen = about::privacy(Words::new(language), [longest.as_str(); 3]).sketch();
        assert_eq!(screen.matches(&longest).count(), 3);
        let units = screen.encode_utf16().count();
        assert!(units <= super::screen::MAX_TEXT_UNITS, "{language}: {units}");
    }
}
