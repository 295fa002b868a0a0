//! Sanctions by operators, beside the running bot.

use luvhive_core::chat::EndReason;
use luvhive_core::coins::Coins;
use luvhive_core::conduct::{NewReport, NewSanction, Pseudonym, ReportReason, SanctionKind, SubjectHash};
use luvhive_core::correction::{Whom, support_code};
use luvhive_core::engine::News;
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::conduct::SanctionOutcome;
use luvhive_core::ports::journal::Change;
use luvhive_core::situation::{Member, PastSanction, SeatKind, Situation};
use luvhive_core::testing::{BOT, timestamp};
use luvhive_core::tier::Upheld;
use luvhive_core::time::Timestamp;

use super::{Scene, Stores, ended_chat, telegram};

fn sanction(pseudonym: &Pseudonym, kind: SanctionKind) -> NewSanction {
    NewSanction {
        pseudonym: pseudonym.clone(),
        kind,
        text: None,
        rule: None,
        until: if kind == SanctionKind::Ban { Timestamp::MAX } else { timestamp(3600) },
        reason: "spam".to_owned(),
        decided_by: "operator".to_owned(),
        decided_at: timestamp(20),
    }
}

async fn report(scene: &Scene, reporter: PersonId) {
    report_at(scene, reporter, 9).await;
}

async fn report_at(scene: &Scene, reporter: PersonId, at: i64) {
    let report = NewReport {
        chat: ChatId::new(7),
        reporter,
        reason: ReportReason::Hate,
        message: None,
        messages: Vec::new(),
        reported_at: timestamp(at),
    };
    scene.lane(telegram(1), &[Change::Report(report)]).await.unwrap();
}

/// A sanction suspends, closes the reports and leaves one command; a lift undoes it once.
pub async fn a_sanction_is_whole(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    report(&scene, one).await;
    let conduct = scene.stores.conduct.clone();
    let open = conduct.list_open_reports(BOT, 10).await.unwrap();
    let reported = open[0].reported.clone();
    assert_eq!((open.len(), open[0].reason, open[0].reported_at), (1, ReportReason::Hate, timestamp(9)));
    let put = async |kind| conduct.insert_sanction(BOT, sanction(&reported, kind)).await.unwrap();
    assert_eq!(put(SanctionKind::Lift).await, SanctionOutcome::NothingToLift);
    assert_eq!(put(SanctionKind::Suspend).await, SanctionOutcome::Stored);
    assert!(conduct.list_open_reports(BOT, 10).await.unwrap().is_empty());
    let until = async || scene.load().await.people.iter().find(|facts| facts.person == other).unwrap().suspended_until;
    assert_eq!(until().await, Some(timestamp(3600)));
    let upheld = async || scene.load().await.upheld.into_iter().filter(|(person, _)| *person == other).collect::<Vec<_>>();
    let first = Upheld { at: sanction(&reported, SanctionKind::Suspend).decided_at, until: timestamp(3600) };
    assert_eq!(upheld().await, [(other, first)]);
    assert_eq!(put(SanctionKind::Ban).await, SanctionOutcome::Stored);
    assert_eq!(until().await, Some(Timestamp::MAX));
    assert_eq!(upheld().await, [(other, first)], "no report led to this one");
    assert_eq!(put(SanctionKind::Lift).await, SanctionOutcome::Stored);
    assert_eq!(until().await, None);
    assert!(upheld().await.is_empty(), "it is lifted");
    let commands = scene.journal.list_commands(&scene.lease).await.unwrap();
    let told: Vec<_> = commands
        .iter()
        .filter_map(|(_, command)| match command {
            EngineCommand::Sanction { person, until, reason, .. } => Some((*person, *until, reason.as_str())),
            EngineCommand::Tell { person, news: News::Report { is_upheld: true } } if *person == one => None,
            EngineCommand::Upheld { person, upheld } if (*person, *upheld) == (other, first) => None,
            other => panic!("a sanction, but {other:?}"),
        })
        .collect();
    assert_eq!(told, [(other, Some(timestamp(3600)), "spam"), (other, Some(Timestamp::MAX), "spam"), (other, None, "spam")]);
    assert_eq!(scene.load().await.commands, commands);
    let done = commands.iter().map(|(id, _)| *id).collect();
    scene.commit(Batch { commands_done: done, ..Batch::default() }).await.unwrap();
    assert!(scene.journal.list_commands(&scene.lease).await.unwrap().is_empty());
}

/// A suspension counts from the first sanction of those that follow one another without a gap, lifted since or not.
pub async fn a_suspension_counts_from_where_it_began(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (_, other) = scene.pair().await;
    let pseudonym = scene.stores.people.get_visitor(telegram(2)).await.unwrap().person.unwrap().pseudonym;
    let since = async || scene.stores.people.find_suspended_since(other).await.unwrap();
    assert_eq!(since().await, None);
    for (kind, at, until, expected) in [
        (SanctionKind::Suspend, 10, 20, 10),
        (SanctionKind::Suspend, 30, 50, 30),
        (SanctionKind::Ban, 40, 40, 30),
        (SanctionKind::Lift, 60, 60, 30),
        (SanctionKind::Ban, 70, 70, 70),
        (SanctionKind::Suspend, 80, 90, 70),
    ] {
        let until = if kind == SanctionKind::Ban { Timestamp::MAX } else { timestamp(until) };
        let new = NewSanction { until, decided_at: timestamp(at), ..sanction(&pseudonym, kind) };
        assert_eq!(scene.stores.conduct.insert_sanction(BOT, new).await.unwrap(), SanctionOutcome::Stored);
        assert_eq!(since().await, Some(timestamp(expected)), "{kind:?} at {at}");
    }
}

/// A chat can be reported for 48 hours after its end, and not a second longer.
pub async fn a_report_that_comes_too_late_is_not_stored(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let ended = ended_chat(7, EndReason::Stopped, None);
    let seats = vec![(one, None), (other, None)];
    scene.commit(Batch { at: timestamp(10), chats: vec![ended], seats, ..Batch::default() }).await.unwrap();
    let last = 10 + 48 * 3_600;
    for (at, stored) in [(last + 1, 0), (last, 1)] {
        report_at(&scene, one, at).await;
        assert_eq!(scene.stores.conduct.list_open_reports(BOT, 10).await.unwrap().len(), stored, "at {at}");
    }
}

/// A pseudonym that nobody has changes nothing.
pub async fn an_unknown_pseudonym_is_told(stores: Stores) {
    let scene = Scene::new(stores).await;
    let nobody = Pseudonym::new("aaaaaaaaaa").unwrap();
    let outcome = scene.stores.conduct.insert_sanction(BOT, sanction(&nobody, SanctionKind::Ban)).await.unwrap();
    assert_eq!(outcome, SanctionOutcome::UnknownPseudonym);
    assert!(scene.journal.list_commands(&scene.lease).await.unwrap().is_empty());
}

/// Where a person stands is read by pseudonym, before and after decisions about them.
pub async fn a_situation_is_read(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, _) = scene.pair().await;
    report(&scene, one).await;
    let conduct = scene.stores.conduct.clone();
    let name = conduct.list_open_reports(BOT, 10).await.unwrap()[0].reported.clone();
    let member = async |at| {
        let found = conduct.read_situation(BOT, &Whom::Person(name.clone()), "ann", timestamp(at)).await.unwrap();
        let Some(Situation::Member(member)) = found else { panic!("a member, but {found:?}") };
        member
    };
    let before = member(10).await;
    let expected = Member {
        pseudonym: name.clone(),
        registered_at: before.registered_at,
        language: before.language,
        seat: Some((SeatKind::Chatting, timestamp(5))),
        premium_until: None,
        coins: Coins::new(0),
        suspended_until: None,
        refused_at: None,
        open_reports: 1,
        sanctions: Vec::new(),
    };
    assert_eq!(before, expected);
    let past = |kind, until| PastSanction { kind, until, decided_at: timestamp(20), decided_by: "operator".to_owned() };
    let suspended = past(SanctionKind::Suspend, Some(timestamp(3600)));
    let lifted = past(SanctionKind::Lift, None);
    conduct.insert_sanction(BOT, sanction(&name, SanctionKind::Suspend)).await.unwrap();
    let sanctions = vec![suspended.clone()];
    let expected = Member { suspended_until: Some(timestamp(3600)), open_reports: 0, sanctions, ..expected };
    assert_eq!(member(30).await, expected);
    assert_eq!(member(3_601).await, Member { suspended_until: None, ..expected.clone() }, "it is over");
    conduct.insert_sanction(BOT, sanction(&name, SanctionKind::Lift)).await.unwrap();
    let sanctions = vec![lifted, suspended];
    assert_eq!(member(31).await, Member { suspended_until: None, sanctions, ..expected }, "the latest first");
}

/// A refused account is found by its support code; a name that nobody has is nobody's.
pub async fn a_refused_account_is_found_by_its_code(stores: Stores) {
    let scene = Scene::new(stores).await;
    let code = support_code(&SubjectHash::new([0x5a; 32]));
    let read = async |whom| scene.stores.conduct.read_situation(BOT, &whom, "ann", timestamp(9)).await.unwrap();
    assert_eq!(read(Whom::Refused(code.clone())).await, None);
    assert_eq!(read(Whom::Person(Pseudonym::new("aaaaaaaaaa").unwrap())).await, None);
    scene.lane(telegram(9), &[Change::RefuseMinor { at: timestamp(3), born: None, code: code.clone() }]).await.unwrap();
    assert_eq!(read(Whom::Refused(code)).await, Some(Situation::Refused { since: timestamp(3) }));
}
