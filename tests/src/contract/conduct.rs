//! Sanctions by operators, beside the running bot.

use luvhive_core::chat::EndReason;
use luvhive_core::conduct::{NewReport, NewSanction, Pseudonym, ReportReason, SanctionKind};
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::conduct::SanctionOutcome;
use luvhive_core::ports::journal::Change;
use luvhive_core::testing::{BOT, timestamp};
use luvhive_core::time::Timestamp;

use super::{Scene, Stores, ended_chat, telegram};

fn sanction(pseudonym: &Pseudonym, kind: SanctionKind) -> NewSanction {
    NewSanction {
        pseudonym: pseudonym.clone(),
        kind,
        until: timestamp(3600),
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
        reason: ReportReason::Harassment,
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
    assert_eq!((open.len(), open[0].reason, open[0].reported_at), (1, ReportReason::Harassment, timestamp(9)));
    let put = async |kind| conduct.insert_sanction(BOT, sanction(&reported, kind)).await.unwrap();
    assert_eq!(put(SanctionKind::Lift).await, SanctionOutcome::NothingToLift);
    assert_eq!(put(SanctionKind::Suspend).await, SanctionOutcome::Stored);
    assert!(conduct.list_open_reports(BOT, 10).await.unwrap().is_empty());
    let until = async || scene.load().await.people.iter().find(|facts| facts.person == other).unwrap().suspended_until;
    assert_eq!(until().await, Some(timestamp(3600)));
    assert_eq!(put(SanctionKind::Ban).await, SanctionOutcome::Stored);
    assert_eq!(until().await, Some(Timestamp::MAX));
    assert_eq!(put(SanctionKind::Lift).await, SanctionOutcome::Stored);
    assert_eq!(until().await, None);
    let commands = scene.journal.list_commands(&scene.lease).await.unwrap();
    let told: Vec<_> = commands
        .iter()
        .map(|(_, command)| match command {
            EngineCommand::Sanction { person, until, reason } => (*person, *until, reason.as_str()),
            other => panic!("a sanction, but {other:?}"),
        })
        .collect();
    assert_eq!(told, [(other, Some(timestamp(3600)), "spam"), (other, Some(Timestamp::MAX), "spam"), (other, None, "spam")]);
    assert_eq!(scene.load().await.commands, commands);
    let done = commands.iter().map(|(id, _)| *id).collect();
    scene.commit(Batch { commands_done: done, ..Batch::default() }).await.unwrap();
    assert!(scene.journal.list_commands(&scene.lease).await.unwrap().is_empty());
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
