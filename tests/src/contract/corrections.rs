//! Corrections by support, beside the running bot.

use luvhive_core::conduct::{NewSanction, Pseudonym, SanctionKind, SubjectHash};
use luvhive_core::correction::{Corrected, CorrectionNews, CorrectionRefusal, Fact, NewCorrection, SupportCode, support_code};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::TelegramId;
use luvhive_core::person::{Gender, PersonFacts, UiLanguage};
use luvhive_core::ports::corrections::CorrectionError;
use luvhive_core::ports::journal::Change;
use luvhive_core::testing::{BOT, new_person, timestamp};
use luvhive_core::time::{Day, Timestamp};

use super::{Scene, Stores, telegram};

fn day(year: i32) -> Day {
    Day::from_ymd(year, 4, 23).unwrap()
}

fn code() -> SupportCode {
    support_code(&SubjectHash::new([0x5a; 32]))
}

/// The pseudonym of account 1.
async fn pseudonym(scene: &Scene) -> Pseudonym {
    scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap().pseudonym
}

/// Where the proof lies.
const EVIDENCE: &str = "letter of 3 March";

/// Ann corrects a fact alone.
async fn correct(scene: &Scene, whom: &str, fact: Fact, at: i64) -> Result<Corrected, CorrectionRefusal> {
    insert(scene, NewCorrection::new(whom, fact, EVIDENCE, None, "ann", timestamp(at)).unwrap()).await
}

/// Ann corrects a fact, and Bob confirms it.
async fn correct_by_two(scene: &Scene, whom: &str, fact: Fact, at: i64) -> Result<Corrected, CorrectionRefusal> {
    insert(scene, NewCorrection::new(whom, fact, EVIDENCE, Some("bob"), "ann", timestamp(at)).unwrap()).await
}

async fn insert(scene: &Scene, new: NewCorrection) -> Result<Corrected, CorrectionRefusal> {
    match scene.stores.corrections.insert_correction(BOT, new).await {
        Ok(corrected) => Ok(corrected),
        Err(CorrectionError::Refused(refusal)) => Err(refusal),
        Err(CorrectionError::Store(error)) => panic!("{error}"),
    }
}

/// What the engine is told: whose account, what, and until when they are suspended.
async fn told(scene: &Scene) -> Vec<(TelegramId, CorrectionNews, Option<Timestamp>)> {
    let commands = scene.journal.list_commands(&scene.lease).await.unwrap();
    let corrections = commands.into_iter().filter_map(|(_, command)| match command {
        EngineCommand::Corrected { telegram, language: UiLanguage::English, news, suspended_until } => {
            Some((telegram, news, suspended_until))
        }
        _ => None,
    });
    corrections.collect()
}

async fn facts(scene: &Scene) -> PersonFacts {
    scene.load().await.people.remove(0)
}

/// A date of birth among adults' and a gender are corrected by one; what the engine loads has them, and so have the stores.
pub async fn a_correction_is_taken_up_and_told(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.register(telegram(1)).await;
    let whom = pseudonym(&scene).await;
    let born = correct(&scene, whom.as_str(), Fact::Born(day(1989)), 5).await;
    assert_eq!(born, Ok(Corrected::Born { day: day(1989), was_refused: false }));
    let gender = correct(&scene, whom.as_str(), Fact::Gender(Gender::NonBinary), 6).await;
    assert_eq!(gender, Ok(Corrected::Gender(Gender::NonBinary)));
    for again in [Fact::Born(day(1989)), Fact::Gender(Gender::NonBinary)] {
        assert_eq!(correct(&scene, whom.as_str(), again, 7).await, Err(CorrectionRefusal::AlreadySo));
    }
    let read = scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap();
    assert_eq!((read.profile.born, read.profile.gender), (day(1989), Gender::NonBinary));
    assert_eq!((read.facts.born, read.facts.gender), (day(1989), Gender::NonBinary));
    let loaded = facts(&scene).await;
    assert_eq!((loaded.born, loaded.gender, loaded.suspended_until), (day(1989), Gender::NonBinary, None));
    let news = [CorrectionNews::Born(day(1989)), CorrectionNews::Gender(Gender::NonBinary)];
    assert_eq!(told(&scene).await, news.map(|news| (telegram(1), news, None)));
}

/// Whatever crosses 18 changes nothing without a second name, in either direction; an unknown name changes nothing either.
pub async fn a_second_name_is_needed_where_18_is_crossed(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.register(telegram(1)).await;
    scene.lane(telegram(2), &[Change::RefuseMinor { at: timestamp(3), born: Some(day(2012)), code: code() }]).await.unwrap();
    let whom = pseudonym(&scene).await;
    let refusals = [
        (whom.as_str().to_owned(), Fact::Born(day(2012)), CorrectionRefusal::NeedsSecond),
        (code().to_string(), Fact::Born(day(1999)), CorrectionRefusal::NeedsSecond),
        (code().to_string(), Fact::Gender(Gender::Man), CorrectionRefusal::NotRegistered),
        ("zzzzzzzzzz".to_owned(), Fact::Gender(Gender::Man), CorrectionRefusal::Unknown("zzzzzzzzzz".to_owned())),
        ("zzzz-zzzz-zzzz".to_owned(), Fact::Born(day(1999)), CorrectionRefusal::Unknown("zzzz-zzzz-zzzz".to_owned())),
    ];
    for (whom, fact, refusal) in refusals {
        assert_eq!(correct(&scene, &whom, fact, 5).await, Err(refusal), "{whom} {fact:?}");
    }
    assert!(told(&scene).await.is_empty());
    assert_eq!(facts(&scene).await.suspended_until, None);
    assert_eq!(scene.stores.people.get_visitor(telegram(2)).await.unwrap().refused_at, Some(timestamp(3)));
}

/// A member found to be a minor is refused and suspended for ever; letting them in again restores what stood before.
pub async fn a_member_found_to_be_a_minor_is_refused_and_can_be_let_in_again(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let whom = pseudonym(&scene).await;
    let suspended = Some(timestamp(9_000));
    let sanction = NewSanction {
        pseudonym: whom.clone(),
        kind: SanctionKind::Suspend,
        text: None,
        rule: None,
        until: timestamp(9_000),
        reason: "spam".to_owned(),
        decided_by: "ann".to_owned(),
        decided_at: timestamp(4),
    };
    scene.stores.conduct.insert_sanction(BOT, sanction).await.unwrap();
    let before = facts(&scene).await.born;
    let refused_at = async || scene.stores.people.get_visitor(telegram(1)).await.unwrap().refused_at;
    // Twice, so that the way back does not hang on what the first time left.
    for at in [10, 20] {
        let refused = correct_by_two(&scene, whom.as_str(), Fact::Born(day(2012)), at).await;
        assert_eq!(refused, Ok(Corrected::Refused(day(2012))));
        let loaded = facts(&scene).await;
        assert_eq!((loaded.born, loaded.suspended_until), (before, Some(Timestamp::MAX)));
        assert_eq!(refused_at().await, Some(timestamp(at)));
        let again = correct(&scene, whom.as_str(), Fact::Born(day(2013)), at + 1).await;
        assert_eq!(again, Ok(Corrected::StaysRefused(day(2013))));
        assert_eq!(refused_at().await, Some(timestamp(at)));
        let back = correct_by_two(&scene, whom.as_str(), Fact::Born(day(1998)), at + 2).await;
        assert_eq!(back, Ok(Corrected::Born { day: day(1998), was_refused: true }));
        let loaded = facts(&scene).await;
        assert_eq!((loaded.born, loaded.suspended_until, refused_at().await), (day(1998), suspended, None));
        correct(&scene, whom.as_str(), Fact::Born(before), at + 3).await.unwrap();
    }
    let refused = (telegram(1), CorrectionNews::Refused, Some(Timestamp::MAX));
    let born = |born| (telegram(1), CorrectionNews::Born(born), suspended);
    let once = [refused, refused, born(day(1998)), born(before)];
    assert_eq!(told(&scene).await, [once, once].concat());
    // A person who leaves while refused is held by the refusal, and by what stood before it.
    correct_by_two(&scene, whom.as_str(), Fact::Born(day(2012)), 30).await.unwrap();
    let subject = SubjectHash::new([0x5a; 32]);
    scene.lane(telegram(1), &[Change::Remember { person, subject: subject.into() }, Change::Erase(person)]).await.unwrap();
    assert_eq!(refused_at().await, Some(timestamp(30)));
    let former = scene.stores.people.find_former(&subject.into()).await.unwrap().unwrap();
    assert_eq!(former.suspended_until, suspended);
}

/// The refusal of somebody who mistyped is lifted by the code they were shown; then they can register.
pub async fn the_refusal_of_an_account_is_lifted_by_its_code(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.lane(telegram(1), &[Change::RefuseMinor { at: timestamp(3), born: Some(day(2012)), code: code() }]).await.unwrap();
    let typed = code().to_string().to_uppercase();
    assert_eq!(correct(&scene, &typed, Fact::Born(day(2011)), 5).await, Ok(Corrected::StaysRefused(day(2011))));
    assert_eq!(correct_by_two(&scene, &typed, Fact::Born(day(1999)), 6).await, Ok(Corrected::Admitted));
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    assert_eq!((visitor.refused_at, visitor.support_code), (None, None));
    let news = [CorrectionNews::Refused, CorrectionNews::Admitted];
    assert_eq!(told(&scene).await, news.map(|news| (telegram(1), news, None)));
    let gone = correct_by_two(&scene, &typed, Fact::Born(day(1999)), 7).await;
    assert!(matches!(gone, Err(CorrectionRefusal::Unknown(_))), "{gone:?}");
    scene.lane(telegram(1), &[Change::Register(Box::new(new_person(telegram(1), Gender::Man)))]).await.unwrap();
}

/// The first refusal counts, with its date; a refusal from before there were codes gets one later.
pub async fn a_refusal_keeps_its_first_date_and_code(stores: Stores) {
    let scene = Scene::new(stores).await;
    let other = support_code(&SubjectHash::new([7; 32]));
    for (at, code) in [(3, code()), (9, other)] {
        scene.lane(telegram(1), &[Change::RefuseMinor { at: timestamp(at), born: Some(day(2012)), code }]).await.unwrap();
    }
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    assert_eq!((visitor.refused_at, visitor.support_code), (Some(timestamp(3)), Some(code())));
}
