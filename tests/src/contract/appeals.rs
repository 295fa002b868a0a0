//! Decisions that are looked at again: bans that another member confirms, and appeals.

use luvhive_core::case::Queue;
use luvhive_core::conduct::{Cooldown, PENDING_BAN, ProfileText};
use luvhive_core::conduct::{Decision, NewSanction, Pseudonym, ReportReason, SanctionKind, Subject, SubjectHash};
use luvhive_core::decision::{AppealNews, Appealable, DecisionNews, NewAppeal, ReviewRefusal, SECOND_LOOK};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::SanctionId;
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::case::{NewReview, Reader, ReviewError};
use luvhive_core::ports::journal::Change;
use luvhive_core::ports::ledger::NewGrant;
use luvhive_core::testing::{BOT, timestamp};
use luvhive_core::time::Timestamp;

use super::{Scene, Stores, telegram};

/// A day, in seconds.
const DAY: i64 = 86_400;

fn reader(by: &str, at: i64) -> Reader<'_> {
    Reader { by, queues: Queue::ALL, is_alone: false, at: timestamp(at) }
}

fn alone(by: &str, at: i64) -> Reader<'_> {
    Reader { is_alone: true, ..reader(by, at) }
}

fn subject(number: u8) -> Subject {
    SubjectHash::new([number; 32]).into()
}

async fn pseudonym(scene: &Scene, account: i64) -> Pseudonym {
    scene.stores.people.get_visitor(telegram(account)).await.unwrap().person.unwrap().pseudonym
}

async fn decide(scene: &Scene, about: &Pseudonym, decision: Decision, at: i64) {
    let new = NewSanction::new(about.as_str(), decision, "it was so", "ann", timestamp(at)).unwrap();
    scene.stores.conduct.insert_sanction(BOT, new.for_breaking(ReportReason::Scam)).await.unwrap();
}

async fn find(scene: &Scene, account: i64, sanction: Option<SanctionId>, at: i64) -> Option<Appealable> {
    let subject = subject(u8::try_from(account).unwrap());
    scene.stores.people.find_appealable(telegram(account), &subject, sanction, timestamp(at)).await.unwrap()
}

/// The last decision about an account, which it has not appealed against.
async fn last(scene: &Scene, account: i64, at: i64) -> SanctionId {
    let found = find(scene, account, None, at).await.unwrap();
    assert!(!found.is_appealed);
    found.sanction
}

async fn appeal(scene: &Scene, account: i64, sanction: SanctionId, at: i64) {
    let new = NewAppeal {
        sanction,
        subject: subject(u8::try_from(account).unwrap()),
        language: UiLanguage::English,
        words: "I did not".to_owned(),
        at: timestamp(at),
    };
    scene.lane(telegram(account), &[Change::Appeal(new)]).await.unwrap();
}

async fn review(scene: &Scene, sanction: SanctionId, is_overturned: bool, reader: Reader<'_>) -> Result<(), ReviewRefusal> {
    let new = NewReview::new(sanction, is_overturned, "we looked again").unwrap();
    refusal(scene.stores.cases.decide_appeal(BOT, &new, reader).await)
}

fn refusal(done: Result<(), ReviewError>) -> Result<(), ReviewRefusal> {
    done.map_err(|error| match error {
        ReviewError::Refused(refusal) => refusal,
        ReviewError::Store(error) => panic!("{error:?}"),
    })
}

async fn suspended_until(scene: &Scene, account: i64) -> Option<Timestamp> {
    scene.stores.people.get_visitor(telegram(account)).await.unwrap().person.unwrap().facts.suspended_until
}

/// What the engine was left, in order.
async fn commands(scene: &Scene) -> Vec<EngineCommand> {
    scene.journal.list_commands(&scene.lease).await.unwrap().into_iter().map(|(_, command)| command).collect()
}

/// An appeal is made once, against a decision about oneself, and decided once, by somebody else.
pub async fn an_appeal_is_heard_once_and_by_another(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.pair().await;
    let about = pseudonym(&scene, 2).await;
    assert_eq!(find(&scene, 2, None, 10).await, None, "nothing was decided");
    decide(&scene, &about, Decision::Suspend(3), 10).await;
    let sanction = last(&scene, 2, 11).await;
    assert_eq!(find(&scene, 1, Some(sanction), 11).await, None, "it is about somebody else");
    appeal(&scene, 1, sanction, 11).await;
    assert!(scene.stores.cases.list_appeals(BOT, reader("bob", 12)).await.unwrap().is_empty());
    assert_eq!(review(&scene, sanction, true, reader("bob", 12)).await, Err(ReviewRefusal::Unknown));
    appeal(&scene, 2, sanction, 13).await;
    appeal(&scene, 2, sanction, 14).await;
    assert_eq!(find(&scene, 2, Some(sanction), 15).await, Some(Appealable { sanction, is_appealed: true }));
    let open = scene.stores.cases.list_appeals(BOT, reader("bob", 15)).await.unwrap();
    let [shown] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!((&shown.about, shown.kind, shown.rule), (&about, SanctionKind::Suspend, Some(ReportReason::Scam)));
    assert_eq!((shown.words.as_deref(), shown.written_at, shown.decided_by.as_str()), (Some("I did not"), timestamp(13), "ann"));
    assert_eq!(review(&scene, sanction, false, reader("ann as root", 16)).await, Err(ReviewRefusal::SameMember));
    let from = timestamp(13).plus(SECOND_LOOK);
    assert_eq!(review(&scene, sanction, false, alone("ann", 13 + DAY - 1)).await, Err(ReviewRefusal::TooEarly(from)));
    assert_eq!(review(&scene, sanction, false, alone("ann", 13 + DAY)).await, Ok(()));
    assert_eq!(review(&scene, sanction, true, reader("bob", 13 + DAY)).await, Err(ReviewRefusal::Unknown), "it is decided");
    let until = timestamp(10 + 3 * DAY);
    assert_eq!(suspended_until(&scene, 2).await, Some(until), "it stays");
    let told = commands(&scene).await;
    let expected = EngineCommand::Appealed {
        telegram: telegram(2),
        language: UiLanguage::English,
        news: AppealNews { is_overturned: false, note: "we looked again".to_owned() },
        decided_at: timestamp(10),
        suspended_until: Some(until),
    };
    assert_eq!(told.last(), Some(&expected));
    appeal(&scene, 2, sanction, 20 + DAY).await;
    assert!(scene.stores.cases.list_appeals(BOT, reader("bob", 21 + DAY)).await.unwrap().is_empty(), "once is once");
}

/// What is taken back suspends no more, gives back days of premium, and is no strike; what else was decided stays.
pub async fn a_decision_that_is_taken_back_leaves_nothing(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.pair().await;
    let about = pseudonym(&scene, 2).await;
    let (reason, granted_by) = ("a present".to_owned(), "ann".to_owned());
    let grant = NewGrant { pseudonym: about.clone(), days: 30, reason, granted_by, granted_at: timestamp(5) };
    scene.stores.treasury.insert_grant(BOT, grant).await.unwrap();
    decide(&scene, &about, Decision::Suspend(2), 10).await;
    let first = last(&scene, 2, 11).await;
    decide(&scene, &about, Decision::Suspend(30), 20).await;
    let second = last(&scene, 2, 21).await;
    assert_ne!(first, second);
    appeal(&scene, 2, second, 22).await;
    assert_eq!(review(&scene, second, true, reader("bob", DAY)).await, Ok(()));
    assert_eq!(suspended_until(&scene, 2).await, Some(timestamp(10 + 2 * DAY)), "the first one goes on");
    let premium = scene.stores.people.get_visitor(telegram(2)).await.unwrap().person.unwrap().facts.premium_until;
    assert_eq!(premium, Some(timestamp(5 + 31 * DAY)), "a day was lost");
    assert_eq!(find(&scene, 2, Some(second), DAY).await, None, "there is nothing to appeal against any more");
    appeal(&scene, 2, first, DAY).await;
    assert_eq!(review(&scene, first, true, reader("bob", DAY + 1)).await, Ok(()));
    assert_eq!(suspended_until(&scene, 2).await, None);
    let last = commands(&scene).await.pop().unwrap();
    let EngineCommand::Appealed { news, suspended_until, .. } = last else { panic!("{last:?}") };
    assert_eq!((news.is_overturned, suspended_until), (true, None));
}

/// A ban suspends for a week until another member confirms it, or the same one a day later if there is no other.
pub async fn a_ban_holds_for_good_when_another_confirms_it(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.pair().await;
    let about = pseudonym(&scene, 2).await;
    decide(&scene, &about, Decision::Ban, 10).await;
    let runs_out = timestamp(10).plus(PENDING_BAN);
    assert_eq!(suspended_until(&scene, 2).await, Some(runs_out));
    let listed = scene.stores.cases.list_pending_bans(BOT, reader("bob", 11)).await.unwrap();
    let [ban] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((&ban.about, ban.until, ban.decided_by.as_str()), (&about, runs_out, "ann"));
    let sanction = ban.sanction;
    let confirm = async |reader| refusal(scene.stores.cases.confirm_ban(BOT, sanction, reader).await);
    assert_eq!(confirm(reader("ann", 12)).await, Err(ReviewRefusal::SameMember));
    assert_eq!(confirm(alone("ann", 12)).await, Err(ReviewRefusal::TooEarly(timestamp(10 + DAY))));
    assert_eq!(confirm(alone("ann", 10 + 7 * DAY)).await, Err(ReviewRefusal::Unknown), "it has run out");
    assert_eq!(confirm(reader("bob", 13)).await, Ok(()));
    assert_eq!(confirm(reader("bob", 14)).await, Err(ReviewRefusal::Unknown), "it is confirmed");
    assert_eq!(suspended_until(&scene, 2).await, Some(Timestamp::MAX));
    assert!(scene.stores.cases.list_pending_bans(BOT, reader("bob", 15)).await.unwrap().is_empty());
    let (kind, text, rule) = (SanctionKind::Ban, None, Some(ReportReason::Scam));
    let told: Vec<_> = commands(&scene)
        .await
        .into_iter()
        .map(|command| match command {
            EngineCommand::Sanction { until, news, .. } => (until, news),
            other => panic!("{other:?}"),
        })
        .collect();
    let news = |is_pending| Some(DecisionNews { sanction, kind, text, rule, is_pending });
    assert_eq!(told, [(Some(runs_out), news(true)), (Some(Timestamp::MAX), news(false))]);
    appeal(&scene, 2, sanction, 20).await;
    assert_eq!(review(&scene, sanction, true, reader("bob", 21)).await, Ok(()));
    assert_eq!(suspended_until(&scene, 2).await, None);
}

/// Somebody who left before the decision appeals as the account that they are.
pub async fn somebody_who_left_can_appeal(stores: Stores) {
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(2)).await;
    let about = pseudonym(&scene, 2).await;
    let leave = [Change::Remember { person, subject: subject(2) }, Change::Erase(person)];
    scene.lane(telegram(2), &leave).await.unwrap();
    decide(&scene, &about, Decision::Suspend(3), 10).await;
    let former = async || scene.stores.people.find_former(&subject(2)).await.unwrap().unwrap().suspended_until;
    let until = timestamp(10 + 3 * DAY);
    assert_eq!(former().await, Some(until));
    let sanction = last(&scene, 2, 11).await;
    appeal(&scene, 2, sanction, 12).await;
    let open = scene.stores.cases.list_appeals(BOT, reader("bob", 13)).await.unwrap();
    assert_eq!(open.iter().map(|appeal| &appeal.about).collect::<Vec<_>>(), [&about]);
    assert_eq!(review(&scene, sanction, true, reader("bob", 14)).await, Ok(()));
    assert_eq!(former().await, None);
    let told = commands(&scene).await;
    assert!(matches!(told.as_slice(), [EngineCommand::Appealed { suspended_until: None, .. }]), "{told:?}");
}

/// Warnings and texts that go keep nobody from chatting; a short suspension has its own length.
pub async fn words_and_texts_without_a_suspension(stores: Stores) {
    let scene = Scene::new(stores).await;
    scene.pair().await;
    let about = pseudonym(&scene, 2).await;
    decide(&scene, &about, Decision::Warn, 10).await;
    decide(&scene, &about, Decision::Remove(ProfileText::Bio), 11).await;
    decide(&scene, &about, Decision::Remove(ProfileText::City), 12).await;
    assert_eq!(suspended_until(&scene, 2).await, None);
    assert_eq!(find(&scene, 2, None, 13).await, None, "nothing suspends them");
    let profile = scene.stores.people.get_visitor(telegram(2)).await.unwrap().person.unwrap().profile;
    assert_eq!((profile.bio, profile.city), (None, None));
    let told: Vec<_> = commands(&scene)
        .await
        .into_iter()
        .map(|command| match command {
            EngineCommand::Sanction { until: None, news: Some(news), .. } => (news.kind, news.text, news.sanction),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (SanctionKind::Warn, None),
        (SanctionKind::Remove, Some(ProfileText::Bio)),
        (SanctionKind::Remove, Some(ProfileText::City)),
    ];
    assert_eq!(told.iter().map(|(kind, text, _)| (*kind, *text)).collect::<Vec<_>>(), expected);
    let warning = told[0].2;
    appeal(&scene, 2, warning, 14).await;
    assert_eq!(review(&scene, warning, true, reader("bob", 15)).await, Ok(()));
    decide(&scene, &about, Decision::Cooldown(Cooldown::Hour), 20).await;
    assert_eq!(suspended_until(&scene, 2).await, Some(timestamp(20 + 3_600)));
}
