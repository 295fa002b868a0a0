//! What is reported about people, case by case.

use luvhive_core::case::{CLAIM, Case, CaseLine, CaseRefusal, Queue, Verdict};
use luvhive_core::chat::EndReason;
use luvhive_core::conduct::{Decision, NewReport, Pseudonym, ReportReason};
use luvhive_core::engine::batch::Batch;
use luvhive_core::id::{ChatId, MessageId, OutboxId, PersonId, ReportId};
use luvhive_core::ports::case::{CaseError, NewVerdict, Reader};
use luvhive_core::ports::chats::MessagePair;
use luvhive_core::ports::journal::{Change, Settlement};
use luvhive_core::staff::{Act, Member, Role};
use luvhive_core::testing::{BOT, timestamp};
use luvhive_core::time::Timestamp;

use super::{Scene, Stores, ended_chat, open_chat, telegram};

/// Both queues.
const ALL: &[Queue] = &[Queue::ChildSafety, Queue::General];

fn reader(by: &str, at: i64) -> Reader<'_> {
    Reader { by, queues: ALL, is_alone: false, at: timestamp(at) }
}

async fn chat(scene: &Scene, number: i64, people: [PersonId; 2]) {
    scene.commit(open_chat(number, people[0], people[1])).await.unwrap();
    let ended = ended_chat(number, EndReason::Stopped, None);
    let seats = people.map(|person| (person, None)).to_vec();
    scene.commit(Batch { at: timestamp(6), chats: vec![ended], seats, ..Batch::default() }).await.unwrap();
}

async fn report(scene: &Scene, chat: i64, reporter: PersonId, reason: ReportReason) {
    let message = Some(MessageId::new(3)).filter(|_| chat == 7);
    let report =
        NewReport { chat: ChatId::new(chat), reporter, reason, message, messages: Vec::new(), reported_at: timestamp(chat) };
    scene.lane(telegram(1), &[Change::Report(report)]).await.unwrap();
}

async fn cases(scene: &Scene, reader: Reader<'_>) -> Vec<CaseLine> {
    scene.stores.cases.list_cases(BOT, reader).await.unwrap()
}

async fn show(scene: &Scene, case: ReportId, reader: Reader<'_>) -> Result<Case, CaseRefusal> {
    refusal(scene.stores.cases.show_case(BOT, case, reader).await)
}

async fn decide(scene: &Scene, case: ReportId, verdict: Verdict, reader: Reader<'_>) -> Result<(), CaseRefusal> {
    let new = NewVerdict::new(case, verdict, "it was so").unwrap();
    refusal(scene.stores.cases.decide_case(BOT, &new, reader).await)
}

fn refusal<T>(done: Result<T, CaseError>) -> Result<T, CaseRefusal> {
    done.map_err(|error| match error {
        CaseError::Refused(refusal) => refusal,
        CaseError::Store(error) => panic!("{error:?}"),
    })
}

async fn pseudonym(scene: &Scene, account: i64) -> Pseudonym {
    scene.stores.people.get_visitor(telegram(account)).await.unwrap().person.unwrap().pseudonym
}

/// Somebody with these reporters, who chatted with each of them.
async fn known_to(scene: &Scene, reporters: i64) -> (PersonId, Vec<PersonId>) {
    let about = scene.register(telegram(1)).await;
    let mut others = Vec::new();
    for number in 0..reporters {
        let other = scene.register(telegram(10 + number)).await;
        chat(scene, 7 + number, [about, other]).await;
        others.push(other);
    }
    (about, others)
}

/// Reports about one person are one case, under the number of the first, as grave as the gravest; many make it no graver.
pub async fn reports_about_one_person_are_one_case(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (_, others) = known_to(&scene, 4).await;
    report(&scene, 7, others[0], ReportReason::Scam).await;
    let alone = cases(&scene, reader("ann", 100)).await.remove(0);
    assert_eq!((alone.reports, alone.queue, alone.opened_at), (1, Queue::General, timestamp(7)));
    for (number, other) in (8..).zip(&others[1..3]) {
        report(&scene, number, *other, ReportReason::Scam).await;
    }
    let expected = CaseLine { reports: 3, ..alone.clone() };
    assert_eq!(cases(&scene, reader("ann", 100)).await, [expected], "no graver for being three");
    report(&scene, 10, others[3], ReportReason::Explicit).await;
    let with_worse = cases(&scene, reader("ann", 100)).await.remove(0);
    assert_eq!((with_worse.case, with_worse.reports, with_worse.reason), (alone.case, 4, ReportReason::Explicit));
    assert!(with_worse.severity > alone.severity);
    // Somebody else is another case, and what cannot wait comes first.
    let (second, third) = (scene.register(telegram(2)).await, scene.register(telegram(3)).await);
    chat(&scene, 20, [second, third]).await;
    report(&scene, 20, third, ReportReason::Threat).await;
    let listed = cases(&scene, reader("ann", 100)).await;
    assert_eq!(listed.iter().map(|case| case.reason).collect::<Vec<_>>(), [ReportReason::Threat, ReportReason::Explicit]);
}

/// Who looks at a case has it for half an hour; another one neither takes nor decides it meanwhile.
pub async fn a_case_is_taken_by_one_and_decided_by_them(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (about, others) = known_to(&scene, 2).await;
    report(&scene, 7, others[0], ReportReason::Hate).await;
    report(&scene, 8, others[1], ReportReason::Scam).await;
    let case = cases(&scene, reader("ann", 100)).await[0].case;
    let suspend = Verdict::Sanction { rule: None, decision: Decision::Suspend(3) };
    assert_eq!(decide(&scene, case, suspend, reader("ann", 100)).await, Err(CaseRefusal::NotClaimed));
    let mine = show(&scene, case, reader("ann", 100)).await.unwrap().line.claim.unwrap();
    assert_eq!((mine.by.as_str(), mine.until), ("ann", timestamp(100).plus(CLAIM)));
    assert_eq!(show(&scene, case, reader("bob", 101)).await.unwrap().line.claim, Some(mine.clone()), "it is shown, not given");
    assert_eq!(decide(&scene, case, suspend, reader("bob", 102)).await, Err(CaseRefusal::Claimed(mine)));
    let late = 100 + i64::try_from(CLAIM.as_secs()).unwrap();
    assert_eq!(decide(&scene, case, suspend, reader("ann", late)).await, Err(CaseRefusal::NotClaimed), "the time is over");
    assert_eq!(show(&scene, case, reader("bob", late)).await.unwrap().line.claim.unwrap().by, "bob");
    assert_eq!(decide(&scene, case, suspend, reader("bob", late + 1)).await, Ok(()));
    let until = scene.load().await.people.iter().find(|facts| facts.person == about).unwrap().suspended_until;
    assert_eq!(until, Some(timestamp(late + 1 + 3 * 86_400)));
    assert!(cases(&scene, reader("ann", late + 2)).await.is_empty());
    assert_eq!(decide(&scene, case, suspend, reader("bob", late + 2)).await, Err(CaseRefusal::Unknown));
    assert_eq!(show(&scene, case, reader("bob", late + 2)).await.err(), Some(CaseRefusal::Unknown));
    // What comes next is a case of its own, about somebody with a history.
    chat(&scene, 30, [about, others[0]]).await;
    report(&scene, 30, others[0], ReportReason::Hate).await;
    let next = cases(&scene, reader("bob", late + 3)).await.remove(0);
    assert!(next.case > case && next.claim.is_none());
    let shown = show(&scene, next.case, reader("bob", late + 3)).await.unwrap();
    assert_eq!((shown.sanctions_before, shown.reports[0].reporter.upheld, shown.reports[0].reporter.dismissed), (1, 1, 0));
}

/// A dismissed report lowers the standing of the person who made it, and of nobody else.
pub async fn what_is_dismissed_counts_against_its_reporter(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (about, others) = known_to(&scene, 2).await;
    report(&scene, 7, others[0], ReportReason::Scam).await;
    let first = cases(&scene, reader("ann", 100)).await.remove(0);
    show(&scene, first.case, reader("ann", 100)).await.unwrap();
    assert_eq!(decide(&scene, first.case, Verdict::Dismiss, reader("ann", 101)).await, Ok(()));
    assert!(cases(&scene, reader("ann", 102)).await.is_empty());
    let suspended = scene.load().await.people.iter().find(|facts| facts.person == about).unwrap().suspended_until;
    assert_eq!(suspended, None::<Timestamp>);
    chat(&scene, 30, [about, others[0]]).await;
    report(&scene, 30, others[0], ReportReason::Scam).await;
    let again = cases(&scene, reader("ann", 103)).await.remove(0);
    assert!(again.severity < first.severity, "{} and {}", again.severity, first.severity);
    let shown = show(&scene, again.case, reader("ann", 103)).await.unwrap();
    assert_eq!((shown.reports[0].reporter.upheld, shown.reports[0].reporter.dismissed), (0, 1));
    report(&scene, 8, others[1], ReportReason::Scam).await;
    assert!(cases(&scene, reader("ann", 104)).await[0].severity >= first.severity, "the other one is believed as before");
}

/// Nobody sees or decides a case about or by themselves, a friend or a partner of the last 90 days.
pub async fn nobody_decides_about_people_close_to_them(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (_, others) = known_to(&scene, 2).await;
    report(&scene, 7, others[0], ReportReason::Scam).await;
    let case = cases(&scene, reader("ann", 100)).await[0].case;
    // Who is reported, who reported, who chatted with the reported one; somebody else with two roles.
    let stranger = scene.register(telegram(5)).await;
    chat(&scene, 40, [stranger, others[1]]).await;
    for (name, account, role) in
        [("ann", 1, Role::Moderator), ("bob", 10, Role::Moderator), ("cleo", 11, Role::Admin), ("dan", 5, Role::Moderator)]
    {
        let act = Act {
            actor: "owner".to_owned(),
            action: "add_member",
            subject: name.to_owned(),
            detail: String::new(),
            at: timestamp(1),
        };
        let member = Member::new(name, role).unwrap();
        assert!(scene.stores.staff.insert_member(BOT, member.clone(), act.clone()).await.unwrap());
        let known = member.clone().who_is(Some(pseudonym(&scene, account).await));
        assert!(scene.stores.staff.insert_member(BOT, known.clone(), act.clone()).await.unwrap(), "said later");
        assert!(!scene.stores.staff.insert_member(BOT, known.clone(), act.clone()).await.unwrap());
        assert!(!scene.stores.staff.insert_member(BOT, member, act).await.unwrap(), "what was said stays");
        assert!(scene.stores.staff.list_members(BOT).await.unwrap().contains(&known));
    }
    for (name, at) in [("ann", 100), ("bob as root", 100), ("cleo", 100)] {
        assert!(cases(&scene, reader(name, at)).await.is_empty(), "{name}");
        assert_eq!(show(&scene, case, reader(name, at)).await.err(), Some(CaseRefusal::Involved), "{name}");
        assert_eq!(decide(&scene, case, Verdict::Dismiss, reader(name, at)).await, Err(CaseRefusal::Involved), "{name}");
    }
    assert_eq!(show(&scene, case, reader("dan", 100)).await.unwrap().line.case, case);
    let later = 6 + 90 * 86_400;
    assert_eq!(show(&scene, case, reader("cleo", later)).await.unwrap().line.case, case, "that chat is long over");
    assert_eq!(show(&scene, case, reader("ann", later)).await.err(), Some(CaseRefusal::Involved), "about themselves for ever");
}

/// A case with a child in it is for those who see that queue, whatever else is in it.
pub async fn child_safety_is_seen_by_its_role_alone(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (_, others) = known_to(&scene, 2).await;
    report(&scene, 7, others[0], ReportReason::Scam).await;
    report(&scene, 8, others[1], ReportReason::Minor).await;
    let case = cases(&scene, reader("ann", 100)).await.remove(0);
    assert_eq!((case.queue, case.reports), (Queue::ChildSafety, 2));
    let moderator = Reader { queues: &[Queue::General], ..reader("bob", 100) };
    assert!(cases(&scene, moderator).await.is_empty());
    assert_eq!(show(&scene, case.case, moderator).await.err(), Some(CaseRefusal::NotForYou));
    assert_eq!(
        decide(&scene, case.case, Verdict::Sanction { rule: None, decision: Decision::Ban }, moderator).await,
        Err(CaseRefusal::NotForYou)
    );
}

/// The last 25 messages of the chat are frozen with a report, whatever the chat does afterwards.
pub async fn messages_are_frozen_with_a_report(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let pairs = (1..=30).map(|number: i32| {
        let (from, to) = if number % 2 == 0 { (telegram(1), telegram(2)) } else { (telegram(2), telegram(1)) };
        let (source, copy) = (MessageId::new(number), MessageId::new(100 + number));
        let outbox = OutboxId::new(i64::from(number));
        Settlement { outbox, pair: Some(MessagePair { chat: ChatId::new(7), from, source, to, copy }) }
    });
    scene.journal.settle(&scene.lease, &pairs.collect::<Vec<_>>(), timestamp(6)).await.unwrap();
    let report = NewReport {
        chat: ChatId::new(7),
        reporter: one,
        reason: ReportReason::Threat,
        message: Some(MessageId::new(127)),
        messages: Vec::new(),
        reported_at: timestamp(7),
    };
    scene.lane(telegram(1), &[Change::Report(report)]).await.unwrap();
    let case = cases(&scene, reader("ann", 100)).await[0].case;
    let exhibits = async || show(&scene, case, reader("ann", 100)).await.unwrap().reports[0].evidence.clone();
    let frozen = exhibits().await;
    assert_eq!(frozen.len(), 25);
    // Messages 6 to 30: the even ones are the reporter's, and the one meant is a copy of the other one's.
    let sides: Vec<_> = (6..=30).map(|number| Some(number % 2 == 1)).collect();
    assert_eq!(frozen.iter().map(|one| one.is_by_reported).collect::<Vec<_>>(), sides);
    let meant: Vec<_> = frozen.iter().zip(6..).filter(|(exhibit, _)| exhibit.is_meant).map(|(_, number)| number).collect();
    assert_eq!(meant, [27]);
    // The reported person leaves: the case stays, with what was frozen.
    let ended = ended_chat(7, EndReason::Stopped, None);
    let seats = vec![(one, None), (other, None)];
    scene.commit(Batch { at: timestamp(8), chats: vec![ended], seats, ..Batch::default() }).await.unwrap();
    scene.lane(telegram(2), &[Change::Erase(other)]).await.unwrap();
    assert_eq!(exhibits().await, frozen);
    // The reporter leaves as well: nothing leads to their private chat any more.
    scene.lane(telegram(1), &[Change::Erase(one)]).await.unwrap();
    let left = exhibits().await;
    assert_eq!((left.len(), left.iter().any(|exhibit| exhibit.is_meant)), (25, false));
}
