//! What outlives an erasure: suspensions, blocks, reports and claims, for the account that was left.

use luvhive_core::chat::EndReason;
use luvhive_core::coins::rule::daily;
use luvhive_core::coins::{CoinStanding, Coins};
use luvhive_core::conduct::{Former, NewReport, NewSanction, Pseudonym, ReportReason, SanctionKind, Subject, SubjectHash};
use luvhive_core::correction::Whom;
use luvhive_core::engine::News;
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::event::{EndCause, EngineCommand, Finished};
use luvhive_core::id::{ChatId, MessageId, OutboxId, PersonId, TelegramId};
use luvhive_core::person::Gender;
use luvhive_core::ports::chats::{MessagePair, Occupant};
use luvhive_core::ports::conduct::SanctionOutcome;
use luvhive_core::ports::journal::{Change, Settlement};
use luvhive_core::situation::Situation;
use luvhive_core::testing::{BOT, new_person, timestamp};
use luvhive_core::time::Timestamp;

use super::{Scene, Stores, ended_chat, open_chat, telegram};

const CHAT: ChatId = ChatId::new(7);

fn subject(number: u8) -> Subject {
    SubjectHash::new([number; 32]).into()
}

/// Two people whose chat is over.
async fn parted(scene: &Scene) -> (PersonId, PersonId) {
    let (one, other) = scene.pair().await;
    end(scene, CHAT, one, other).await;
    (one, other)
}

async fn end(scene: &Scene, chat: ChatId, one: PersonId, other: PersonId) {
    let ended = ended_chat(chat.get(), EndReason::Stopped, None);
    let seats = vec![(one, None), (other, None)];
    scene.commit(Batch { at: timestamp(10), chats: vec![ended], seats, ..Batch::default() }).await.unwrap();
}

async fn leave(scene: &Scene, telegram: TelegramId, person: PersonId, subject: Subject) {
    scene.lane(telegram, &[Change::Remember { person, subject }, Change::Erase(person)]).await.unwrap();
}

/// Registers somebody who may have been here before.
async fn come_back(scene: &Scene, telegram: TelegramId, subject: Subject) -> (PersonId, Finished) {
    let register = Change::Register(Box::new(new_person(telegram, Gender::Woman)));
    let finished = scene.lane(telegram, &[register, Change::Recall(subject)]).await.unwrap();
    (person(scene, telegram).await, finished)
}

async fn person(scene: &Scene, telegram: TelegramId) -> PersonId {
    scene.stores.people.get_visitor(telegram).await.unwrap().person.unwrap().facts.person
}

async fn pseudonym(scene: &Scene, telegram: TelegramId) -> Pseudonym {
    scene.stores.people.get_visitor(telegram).await.unwrap().person.unwrap().pseudonym
}

async fn former(scene: &Scene, subject: Subject) -> Option<Former> {
    scene.stores.people.find_former(&subject).await.unwrap()
}

fn sanction(pseudonym: &Pseudonym, kind: SanctionKind) -> NewSanction {
    NewSanction {
        pseudonym: pseudonym.clone(),
        kind,
        text: None,
        rule: None,
        until: if kind == SanctionKind::Ban { Timestamp::MAX } else { timestamp(3_600) },
        reason: "threats".to_owned(),
        decided_by: "operator".to_owned(),
        decided_at: timestamp(20),
    }
}

async fn decide(scene: &Scene, pseudonym: &Pseudonym, kind: SanctionKind) -> SanctionOutcome {
    scene.stores.conduct.insert_sanction(BOT, sanction(pseudonym, kind)).await.unwrap()
}

async fn suspended_until(scene: &Scene, person: PersonId) -> Option<Timestamp> {
    scene.load().await.people.iter().find(|facts| facts.person == person).unwrap().suspended_until
}

fn separated(finished: &Finished) -> Vec<(PersonId, PersonId)> {
    let pair = |command: &EngineCommand| match command {
        EngineCommand::Separate { by, other, .. } => (*by, *other),
        other => panic!("a separation, but {other:?}"),
    };
    finished.commands.iter().map(|(_, command)| pair(command)).collect()
}

fn report(reporter: PersonId) -> Change {
    Change::Report(NewReport {
        chat: CHAT,
        reporter,
        reason: ReportReason::Hate,
        message: None,
        messages: Vec::new(),
        reported_at: timestamp(30),
    })
}

/// An account is known by its hash however often it was left, and of its suspensions the longest counts.
pub async fn an_account_that_was_left_is_known(stores: Stores) {
    let scene = Scene::new(stores).await;
    assert_eq!(former(&scene, subject(1)).await, None);
    for kind in [None, Some(SanctionKind::Suspend), None] {
        let (one, _) = come_back(&scene, telegram(1), subject(1)).await;
        if let Some(kind) = kind {
            let name = pseudonym(&scene, telegram(1)).await;
            assert_eq!(decide(&scene, &name, kind).await, SanctionOutcome::Stored);
        }
        leave(&scene, telegram(1), one, subject(1)).await;
    }
    let expected = Former { suspended_until: Some(timestamp(3_600)), is_under_older_key: false };
    assert_eq!(former(&scene, subject(1)).await, Some(expected));
    assert_eq!(former(&scene, subject(2)).await, None);
    // A person who came in all the same, because the decision came a moment later, is suspended from the first moment.
    let (one, finished) = come_back(&scene, telegram(1), subject(1)).await;
    assert_eq!(suspended_until(&scene, one).await, Some(timestamp(3_600)));
    assert!(matches!(finished.facts, Some(luvhive_core::engine::event::FactsChange::Registered(facts))
        if facts.suspended_until == Some(timestamp(3_600))));
}

/// A block holds when the one, the other or both come back, in its direction, and the engine is told.
pub async fn a_block_outlives_those_who_leave(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (mut one, mut other) = parted(&scene).await;
    scene.lane(telegram(1), &[Change::Block { blocker: one, blocked: other, chat: CHAT, at: timestamp(11) }]).await.unwrap();
    for (has_one_left, has_other_left) in [(true, false), (false, true), (true, true), (true, true)] {
        for (left, number, person) in [(has_one_left, 1, one), (has_other_left, 2, other)] {
            if left {
                leave(&scene, telegram(number), person, subject(u8::try_from(number).unwrap())).await;
            }
        }
        assert!(scene.load().await.blocks.is_empty());
        let mut told = Vec::new();
        for (left, number, person) in [(has_one_left, 1, &mut one), (has_other_left, 2, &mut other)] {
            if left {
                let (back, finished) = come_back(&scene, telegram(number), subject(u8::try_from(number).unwrap())).await;
                *person = back;
                told.extend(separated(&finished));
            }
        }
        assert_eq!(told, [(one, other)]);
        assert_eq!(scene.load().await.blocks, [(one, other)]);
    }
    // Somebody else comes and goes without any of it.
    let (_, finished) = come_back(&scene, telegram(3), subject(3)).await;
    assert!(finished.commands.is_empty());
}

/// Somebody who left is reported and blocked through the chat, before and after they come back; another chat is not meant.
pub async fn a_leaver_is_reported_and_blocked(stores: Stores) {
    let scene = Scene::new(stores).await;
    let one = scene.register(telegram(1)).await;
    let third = scene.register(telegram(3)).await;
    scene.commit(open_chat(5, one, third)).await.unwrap();
    end(&scene, ChatId::new(5), one, third).await;
    let other = scene.register(telegram(2)).await;
    scene.commit(open_chat(7, one, other)).await.unwrap();
    end(&scene, CHAT, one, other).await;
    let name = pseudonym(&scene, telegram(2)).await;
    let pairs = (1..=30).map(|number: i32| {
        let (from, to) = if number % 2 == 0 { (telegram(1), telegram(2)) } else { (telegram(2), telegram(1)) };
        let (source, copy) = (MessageId::new(number), MessageId::new(100 + number));
        let outbox = OutboxId::new(i64::from(number));
        Settlement { outbox, pair: Some(MessagePair { chat: CHAT, from, source, to, copy }) }
    });
    scene.journal.settle(&scene.lease, &pairs.collect::<Vec<_>>(), timestamp(11)).await.unwrap();
    leave(&scene, telegram(2), other, subject(2)).await;
    let left = Occupant::Left(Some(subject(2).hash));
    for found in [scene.stores.chats.find_chat(CHAT).await, scene.stores.chats.find_last_chat(one).await] {
        let found = found.unwrap().unwrap();
        assert_eq!((found.chat, found.people, found.other_of(one)), (CHAT, [one.into(), left], Some(left)));
        assert_eq!(found.partner_of(one), None);
    }
    for _ in 0..2 {
        scene.lane(telegram(1), &[report(one)]).await.unwrap();
    }
    scene.lane(telegram(3), &[report(third)]).await.unwrap();
    let open = scene.stores.conduct.list_open_reports(BOT, 10).await.unwrap();
    let seen: Vec<_> = open.iter().map(|open| (&open.reported, open.open_about_same, open.messages_count)).collect();
    assert_eq!(seen, [(&name, 1, 25)], "the last messages are known, though their pairs are gone");

    let block =
        |by, at| Change::BlockAccount { blocker: by, blocked: subject(2).hash, cause: EndCause::Report, at: timestamp(at) };
    for at in [31, 32] {
        assert!(scene.lane(telegram(1), &[block(one, at)]).await.unwrap().commands.is_empty());
    }
    let (back, finished) = come_back(&scene, telegram(2), subject(2)).await;
    assert_eq!(separated(&finished), [(one, back)]);
    let finished = scene.lane(telegram(3), &[block(third, 33)]).await.unwrap();
    assert_eq!(separated(&finished), [(third, back)], "they are back already");
}

/// A lane that knew the partner before they left blocks the account that was in the chat.
pub async fn a_block_that_comes_a_moment_late_holds(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = parted(&scene).await;
    leave(&scene, telegram(2), other, subject(2)).await;
    let third = scene.register(telegram(3)).await;
    for (telegram, blocker) in [(telegram(3), third), (telegram(1), one)] {
        let late = Change::Block { blocker, blocked: other, chat: CHAT, at: timestamp(34) };
        assert!(scene.lane(telegram, &[late]).await.unwrap().commands.is_empty());
    }
    let (back, finished) = come_back(&scene, telegram(2), subject(2)).await;
    assert_eq!(separated(&finished), [(one, back)], "nobody else was in the chat");
}

/// Who left is still known by pseudonym, with what stands against the account, and who they are now.
pub async fn a_situation_outlives_the_person(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = parted(&scene).await;
    scene.lane(telegram(1), &[report(one)]).await.unwrap();
    let name = pseudonym(&scene, telegram(2)).await;
    leave(&scene, telegram(2), other, subject(2)).await;
    let read = async || {
        let whom = Whom::Person(name.clone());
        scene.stores.conduct.read_situation(BOT, &whom, "ann", timestamp(40)).await.unwrap()
    };
    let left = |suspended_until, open_reports, back_as| {
        Some(Situation::Left { pseudonym: name.clone(), suspended_until, open_reports, back_as })
    };
    assert_eq!(read().await, left(None, 1, None));
    assert_eq!(decide(&scene, &name, SanctionKind::Ban).await, SanctionOutcome::Stored);
    assert_eq!(read().await, left(Some(Timestamp::MAX), 0, None));
    come_back(&scene, telegram(2), subject(2)).await;
    assert_eq!(read().await, left(Some(Timestamp::MAX), 0, Some(pseudonym(&scene, telegram(2)).await)));
}

/// A decision about somebody who left is about their account, and about the person who is back with it; a lift as well.
pub async fn a_pseudonym_of_old_means_the_account(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = parted(&scene).await;
    scene.lane(telegram(1), &[report(one)]).await.unwrap();
    let name = pseudonym(&scene, telegram(2)).await;
    leave(&scene, telegram(2), other, subject(2)).await;
    assert_eq!(decide(&scene, &name, SanctionKind::Lift).await, SanctionOutcome::NothingToLift);
    assert_eq!(decide(&scene, &name, SanctionKind::Ban).await, SanctionOutcome::Stored);
    assert!(scene.stores.conduct.list_open_reports(BOT, 10).await.unwrap().is_empty());
    assert_eq!(former(&scene, subject(2)).await.unwrap().suspended_until, Some(Timestamp::MAX));
    let told: Vec<_> = scene.journal.list_commands(&scene.lease).await.unwrap().into_iter().map(|(_, told)| told).collect();
    let outcome = EngineCommand::Tell { person: one, news: News::Report { is_upheld: true } };
    assert_eq!(told, [outcome], "the reporter alone is there to be told");
    assert_eq!(decide(&scene, &name, SanctionKind::Lift).await, SanctionOutcome::Stored);
    assert_eq!(former(&scene, subject(2)).await.unwrap().suspended_until, None);

    let (back, _) = come_back(&scene, telegram(2), subject(2)).await;
    assert_eq!(decide(&scene, &name, SanctionKind::Ban).await, SanctionOutcome::Stored);
    assert_eq!(suspended_until(&scene, back).await, Some(Timestamp::MAX));
    let today = pseudonym(&scene, telegram(2)).await;
    assert_eq!(decide(&scene, &today, SanctionKind::Lift).await, SanctionOutcome::Stored);
    let commands = scene.journal.list_commands(&scene.lease).await.unwrap();
    let about = |command: &EngineCommand| matches!(command, EngineCommand::Sanction { person, .. } if *person == back);
    assert!(commands.len() == 3 && commands.iter().skip(1).all(|(_, command)| about(command)), "{commands:?}");
    leave(&scene, telegram(2), back, subject(2)).await;
    assert_eq!(former(&scene, subject(2)).await.unwrap().suspended_until, None, "the lift counts for the account too");
}

/// What is stored under the key before is found by it, and moves to today's key when the account comes by.
pub async fn rows_move_to_the_key_of_today(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = parted(&scene).await;
    let name = pseudonym(&scene, telegram(2)).await;
    assert_eq!(decide(&scene, &name, SanctionKind::Suspend).await, SanctionOutcome::Stored);
    scene.lane(telegram(1), &[Change::Block { blocker: one, blocked: other, chat: CHAT, at: timestamp(11) }]).await.unwrap();
    leave(&scene, telegram(2), other, subject(2)).await;
    let both = Subject { older: Some(subject(2).hash), ..subject(92) };
    let known = |is_under_older_key| Former { suspended_until: Some(timestamp(3_600)), is_under_older_key };
    assert_eq!(former(&scene, subject(92)).await, None);
    assert_eq!(former(&scene, both).await, Some(known(true)));
    for _ in 0..2 {
        assert!(scene.lane(telegram(2), &[Change::Recall(both)]).await.unwrap().commands.is_empty());
        assert_eq!(former(&scene, both).await, Some(known(false)));
    }
    assert_eq!(former(&scene, subject(2)).await, None);
    let chat = scene.stores.chats.find_chat(CHAT).await.unwrap().unwrap();
    assert_eq!(chat.other_of(one), Some(Occupant::Left(Some(both.hash))));
    assert_eq!(decide(&scene, &name, SanctionKind::Lift).await, SanctionOutcome::Stored);
    assert_eq!(former(&scene, both).await, Some(Former::default()));
    let (back, finished) = come_back(&scene, telegram(2), both).await;
    assert_eq!(separated(&finished), [(one, back)]);
}

/// Daily coins and spins are timed from the last ones of the account; coins themselves are gone.
pub async fn claims_outlive_the_account(stores: Stores) {
    let scene = Scene::new(stores).await;
    let one = scene.register(telegram(1)).await;
    let first = daily(one, &CoinStanding::default(), timestamp(9)).unwrap();
    scene.lane(telegram(1), &[Change::MoveCoins(Box::new(first))]).await.unwrap();
    for _ in 0..2 {
        let person = person(&scene, telegram(1)).await;
        leave(&scene, telegram(1), person, subject(1)).await;
        let (back, _) = come_back(&scene, telegram(1), subject(1)).await;
        let standing = scene.stores.ledger.get_coins(back).await.unwrap();
        assert_eq!((standing.balance, standing.daily_at, standing.spun_at), (Coins::new(0), Some(timestamp(9)), None));
    }
}
