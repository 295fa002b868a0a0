//! Blocks, reports, sanctions, and leaving for good.

use std::time::Duration;

use luvhive_app::system::SystemClock;
use luvhive_core::conduct::{NewSanction, Pseudonym, SanctionKind};
use luvhive_core::id::BotId;
use luvhive_core::person::Gender;
use luvhive_core::ports::{Clock as _, ConductStore as _, SanctionOutcome};
use luvhive_core::time::Timestamp;
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_storage::{PgConductStore, Vault};
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::{Bot, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_pair_never_meets_again() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/block", None).unwrap();
    bot.press(first, |button| matches!(button, Callback::Block { .. })).await;
    first.wait_for_menu(mark, Menu::Idle).await.unwrap();
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    assert!(!bot.texts(second, mark).iter().any(|text| text.contains("block")), "the other one is not told");
    first.send_until("/find", Menu::Searching).await.unwrap();
    second.send_until("/find", Menu::Searching).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 2);
    assert_eq!(bot.count("SELECT count(*) FROM blocks").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_freezes_the_last_25_ids_and_ends_the_chat() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    // Each sends 14, so that none is held back for writing too fast: 28 in all, of which the last 25 count.
    for i in 0..14 {
        for (from, to) in [(first, second), (second, first)] {
            let text = format!("line {i}");
            let mark = bot.sandbox.mark();
            bot.sandbox.send_text(from.person(), &text, None).unwrap();
            to.wait_for_text(mark, &text).await.unwrap();
        }
    }
    bot.settle().await;
    let own: Vec<i64> =
        bot.sandbox.messages(first.person()).iter().filter(|m| m.text.starts_with("line")).map(|m| m.id).collect();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/report", None).unwrap();
    bot.press(first, |button| matches!(button, Callback::Report { .. })).await;
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    bot.settle().await;
    let row = bot.sql.query_one("SELECT message_ids, reason FROM reports", &[]).await.unwrap();
    let frozen: Vec<i64> = row.get::<_, Vec<i32>>(0).into_iter().map(i64::from).collect();
    assert_eq!(frozen, own[own.len() - 25..]);
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
}

async fn pseudonym(bot: &Bot, telegram: i64) -> Pseudonym {
    let row = bot.sql.query_one("SELECT pseudonym FROM people WHERE telegram_id = $1", &[&telegram]).await.unwrap();
    Pseudonym::new(row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sanction_works_at_once_is_told_and_can_be_lifted() {
    let bot = Bot::start_with_people(3).await;
    let (first, second) = bot.couple().await;
    let store = PgConductStore::new(bot.database.pool().await, Vault::default());
    let id = BotId::new(bot.sandbox.bot_id());
    let now = SystemClock.now();
    let ban = NewSanction {
        pseudonym: pseudonym(&bot, first.person().get()).await,
        kind: SanctionKind::Ban,
        text: None,
        rule: None,
        until: Timestamp::MAX,
        reason: "selling things".to_owned(),
        decided_by: "test".to_owned(),
        decided_at: now,
    };
    let mark = bot.sandbox.mark();
    assert_eq!(store.insert_sanction(id, ban.clone()).await.unwrap(), SanctionOutcome::Stored);
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("selling things")).await.unwrap();
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
    assert_eq!(bot.count("SELECT count(*) FROM audit_log").await, 1);
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/find", None).unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("banned")).await.unwrap();
    let lift = NewSanction { kind: SanctionKind::Lift, reason: "a mistake".to_owned(), ..ban.clone() };
    assert_eq!(store.insert_sanction(id, lift.clone()).await.unwrap(), SanctionOutcome::Stored);
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("taken back")).await.unwrap();
    // The same command twice within a second, with nothing between, would be one.
    bot.sandbox.send_text(first.person(), "/menu", None).unwrap();
    first.send_until("/find", Menu::Searching).await.unwrap();
    assert_eq!(store.insert_sanction(id, lift).await.unwrap(), SanctionOutcome::NothingToLift);
    let over = NewSanction { kind: SanctionKind::Suspend, until: now.plus(Duration::from_mins(1)), ..ban };
    assert_eq!(store.insert_sanction(id, over).await.unwrap(), SanctionOutcome::Stored);
    // Below the decision stands a button to appeal, so the menu comes with the next message.
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("is suspended")).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_erased_and_the_partner_is_told() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/delete_me", None).unwrap();
    bot.press(first, |button| matches!(button, Callback::Delete { .. })).await;
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("has been deleted")).await.unwrap();
    bot.settle().await;
    for table in ["people", "visitors", "consents", "dialogs"] {
        let query = format!("SELECT count(*) FROM {table} WHERE telegram_id = {}", first.person().get());
        assert_eq!(bot.count(&query).await, 0, "{table}");
    }
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
}

async fn leave(bot: &Bot, phone: Phone<'_>) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/delete_me", None).unwrap();
    bot.press(phone, |button| matches!(button, Callback::Delete { .. })).await;
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains("has been deleted")).await.unwrap();
    bot.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_and_open_reports_outlive_the_account() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(second.person(), "/report", None).unwrap();
    bot.press(second, |button| matches!(button, Callback::Report { .. })).await;
    first.wait_for_menu(mark, Menu::Idle).await.unwrap();
    let name = pseudonym(&bot, first.person().get()).await;
    leave(&bot, first).await;
    let store = PgConductStore::new(bot.database.pool().await, Vault::default());
    let id = BotId::new(bot.sandbox.bot_id());
    let open = store.list_open_reports(id, 10).await.unwrap();
    assert_eq!(open.iter().map(|report| &report.reported).collect::<Vec<_>>(), [&name], "leaving ends no report");

    let decided_at = SystemClock.now();
    let ban = NewSanction {
        pseudonym: name,
        kind: SanctionKind::Ban,
        text: None,
        rule: None,
        until: Timestamp::MAX,
        reason: "threats".to_owned(),
        decided_by: "test".to_owned(),
        decided_at,
    };
    assert_eq!(store.insert_sanction(id, ban.clone()).await.unwrap(), SanctionOutcome::Stored);
    assert!(store.list_open_reports(id, 10).await.unwrap().is_empty());
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/start", None).unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("banned")).await.unwrap();
    let lift = NewSanction { kind: SanctionKind::Lift, ..ban.clone() };
    assert_eq!(store.insert_sanction(id, lift).await.unwrap(), SanctionOutcome::Stored);
    first.register(&Answers::of(Gender::Woman)).await.unwrap();

    // Banned while registered: leaving does not undo it.
    let ban = NewSanction { pseudonym: pseudonym(&bot, first.person().get()).await, ..ban };
    assert_eq!(store.insert_sanction(id, ban).await.unwrap(), SanctionOutcome::Stored);
    leave(&bot, first).await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/start", None).unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("banned")).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_gets_no_second_trial() {
    const TRIALS: &str = "SELECT count(*) FROM entitlement_grants WHERE source = 'trial'";
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    bot.talk(first, second).await;
    first.send_until("/stop", Menu::Idle).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count(TRIALS).await, 2);
    leave(&bot, first).await;
    assert_eq!(bot.count(TRIALS).await, 1);
    first.register(&Answers::of(Gender::Woman)).await.unwrap();
    bot.match_up(first, second).await;
    first.send_until("/stop", Menu::Idle).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM former_people").await, 1);
    assert_eq!(bot.count(TRIALS).await, 1);
}
