//! The evidence chat: what was reported is copied there once and at Telegram's pace, and nothing of it where a child may be in it.

use std::time::Duration;

use luvhive_app::system::SystemClock;
use luvhive_core::case::Queue;
use luvhive_core::conduct::ReportReason;
use luvhive_core::id::BotId;
use luvhive_core::ports::case::Reader;
use luvhive_core::ports::{CaseStore as _, Clock as _};
use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::{Fault, FaultAction, Membership, SandboxSettings};
use luvhive_storage::{PgCaseStore, Vault};
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};
use luvhive_tests::eventually;
use tokio::time::{Instant, sleep};

/// How long nothing may happen before a test believes that nothing will.
const QUIET: Duration = Duration::from_secs(3);
const TRIED: &str = "SELECT count(*) FROM evidence_posts WHERE outcome IS NOT NULL AND place >= 0";

async fn start(people: u32) -> Bot {
    let sandbox = SandboxSettings { people_at_start: people, ..SandboxSettings::default() };
    Bot::set_up(Setup { sandbox, has_evidence: true, ..Setup::default() }).await
}

/// What stands in the channel.
fn posts(bot: &Bot) -> Vec<String> {
    bot.sandbox.channel_posts().into_iter().map(|post| post.text).collect()
}

/// The copies of numbered lines that stand in the channel, in the order in which they came.
fn lines(bot: &Bot) -> Vec<String> {
    posts(bot).into_iter().filter(|text| text.starts_with("line")).collect()
}

fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("line {}", "i".repeat(number))).collect()
}

/// A chat of so many lines, which the first two people write in turn, so that nobody writes too fast.
async fn chat(bot: &Bot, count: usize) -> (Phone<'_>, Phone<'_>) {
    let (first, second) = bot.couple().await;
    let (mut from, mut to) = (second, first);
    for line in numbered(count) {
        let mark = bot.sandbox.mark();
        bot.sandbox.send_text(from.person(), &line, None).unwrap();
        to.wait_for_text(mark, &line).await.unwrap();
        (from, to) = (to, from);
    }
    bot.settle().await;
    (first, second)
}

/// Reports the partner of a chat.
async fn report(bot: &Bot, reporter: Phone<'_>, wanted: ReportReason) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(reporter.person(), "/report", None).unwrap();
    bot.press(reporter, |button| matches!(button, Callback::Report { reason, .. } if reason == wanted)).await;
    reporter.wait_for_menu(mark, Menu::Idle).await.unwrap();
}

async fn until_tried(bot: &Bot, count: i64) {
    eventually("the copies are tried", PATIENCE, async || bot.count(TRIED).await >= count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reported_is_copied_below_a_head_that_names_nobody() {
    let bot = start(2).await;
    let (first, second) = chat(&bot, 3).await;
    let messages = bot.sandbox.messages(first.person());
    let gone = messages.iter().find(|message| message.text == "line ii").unwrap();
    bot.sandbox.delete_message(first.person(), gone.id).unwrap();
    report(&bot, first, ReportReason::Hate).await;
    until_tried(&bot, 4).await;
    assert_eq!(lines(&bot), ["line i", "line iii"]);
    let posted = bot.sandbox.channel_posts();
    assert!(posted.iter().all(|post| post.is_protected && post.from_bot), "{posted:?}");
    let case = bot.count("SELECT min(id) FROM reports").await;
    let head = &posted[0].text;
    assert!(head.starts_with(&format!("Case {case}\nReason: hate\nReported: ")), "{head}");
    for phone in [first, second] {
        let name = &bot.sandbox.people().into_iter().find(|person| person.id == phone.person().get()).unwrap().first_name;
        assert!(!head.contains(name) && !head.contains(&phone.person().to_string()), "{head}");
    }
    let pseudonyms = "SELECT count(*) FROM people WHERE position(pseudonym IN $$";
    assert_eq!(bot.count(&format!("{pseudonyms}{head}$$) > 0")).await, 0);
    assert_eq!(bot.count("SELECT count(*) FROM evidence_posts WHERE outcome = 'gone'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_chat_with_a_child_in_it_nothing_is_copied_and_copies_are_taken_away() {
    let mut bot = start(2).await;
    let (first, second) = chat(&bot, 2).await;
    report(&bot, first, ReportReason::Scam).await;
    until_tried(&bot, 3).await;
    assert_eq!(lines(&bot).len(), 2);
    // The other one reports the same chat.
    bot.sandbox.send_text(second.person(), "/report", None).unwrap();
    bot.press(second, |button| matches!(button, Callback::Report { reason: ReportReason::Minor, .. })).await;
    eventually("the staff are told", PATIENCE, async || posts(&bot).iter().any(|text| text.starts_with("Urgent: "))).await;
    // The job looks once a minute, and at its start.
    bot.restart().await;
    eventually("the copies are taken away", PATIENCE, async || lines(&bot).is_empty()).await;
    let posted = posts(&bot);
    assert!(posted.iter().any(|text| text.contains("Reason: minor") && text.contains("luvhive case show")), "{posted:?}");
    assert_eq!(bot.count("SELECT count(*) FROM evidence_posts WHERE outcome = 'posted' AND place >= 0").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_about_a_minor_copies_nothing() {
    let bot = start(2).await;
    let (first, _) = chat(&bot, 3).await;
    report(&bot, first, ReportReason::Minor).await;
    eventually("the staff are told", PATIENCE, async || posts(&bot).iter().any(|text| text.starts_with("Urgent: "))).await;
    sleep(QUIET).await;
    assert_eq!((lines(&bot).len(), bot.count(TRIED).await), (0, 0), "{:?}", posts(&bot));
    assert_eq!(posts(&bot).iter().filter(|text| text.starts_with("Urgent: ")).count(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_keep_to_telegrams_pace_and_a_restart_loses_and_doubles_none() {
    let mut bot = start(2).await;
    let (first, _) = chat(&bot, 25).await;
    report(&bot, first, ReportReason::Hate).await;
    until_tried(&bot, 15).await;
    sleep(QUIET).await;
    assert_eq!(bot.count(TRIED).await, 15, "the rest of the minute is left to alerts");
    bot.restart().await;
    sleep(QUIET).await;
    assert_eq!(bot.count(TRIED).await, 15, "a restart makes none of it forgotten");
    // One answer is lost after the copy was made, one before, and Telegram wants to be left alone: none is lost or doubled.
    for (action, times) in
        [(FaultAction::CutAfter, 1), (FaultAction::CutBefore, 1), (FaultAction::TooManyRequests { retry_after: Some(1) }, 2)]
    {
        bot.sandbox.add_fault(Fault::new(action).method("copyMessage").chat(bot.sandbox.channel_id()).times(times));
    }
    bot.sql.batch_execute("UPDATE evidence_posts SET tried_at = tried_at - interval '1 minute'").await.unwrap();
    until_tried(&bot, 18).await;
    bot.restart().await;
    until_tried(&bot, 26).await;
    assert_eq!(lines(&bot), numbered(25));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_was_removed_from_the_chat_serves_people_and_loses_nothing() {
    let mut bot = start(4).await;
    bot.sandbox.change_channel(|channel| channel.membership = Membership::Kicked);
    let (first, _) = chat(&bot, 3).await;
    report(&bot, first, ReportReason::Threat).await;
    sleep(QUIET).await;
    assert_eq!((bot.sandbox.channel_posts().len(), bot.count("SELECT count(*) FROM evidence_posts").await), (0, 0));
    let phones = bot.phones();
    bot.match_up(phones[2], phones[3]).await;
    bot.talk(phones[2], phones[3]).await;
    bot.sandbox.change_channel(|channel| channel.membership = Membership::Administrator);
    // The next try comes within a minute, and at the start.
    bot.restart().await;
    until_tried(&bot, 4).await;
    assert_eq!(lines(&bot), numbered(3));
    eventually("the staff are told", PATIENCE, async || posts(&bot).iter().any(|text| text.starts_with("Urgent: "))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_are_taken_away_when_their_time_is_over_and_told_if_they_cannot() {
    let mut bot = start(2).await;
    let (first, _) = chat(&bot, 2).await;
    report(&bot, first, ReportReason::Hate).await;
    until_tried(&bot, 3).await;
    bot.halt().await;
    bot.sql.batch_execute("UPDATE evidence_posts SET tried_at = tried_at - interval '31 days'").await.unwrap();
    bot.sandbox.advance_clock(Duration::from_hours(49));
    bot.run().await;
    let kept = "SELECT count(*) FROM evidence_posts WHERE removal_tried_at IS NOT NULL AND outcome = 'posted'";
    eventually("Telegram refuses", PATIENCE, async || bot.count(kept).await == 3).await;
    // The channel's timer takes them away, and the numbers go.
    bot.sandbox.change_channel(|channel| channel.auto_delete_s = 86_400);
    bot.halt().await;
    bot.sql.batch_execute("UPDATE evidence_posts SET removal_tried_at = removal_tried_at - interval '1 day'").await.unwrap();
    bot.run().await;
    let removed = "SELECT count(*) FROM evidence_posts WHERE message_id IS NULL AND outcome = 'removed'";
    eventually("the numbers are cleared", PATIENCE, async || bot.count(removed).await == 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_alert_comes_within_five_seconds_whatever_waits() {
    let mut bot = start(3).await;
    chat(&bot, 1).await;
    bot.halt().await;
    let crowd = bot.phones()[2].person().get();
    let rows = format!(
        "INSERT INTO outbox (bot_id, id, receiver_telegram_id, version, body)
         SELECT {}, n, {crowd}, 1, '{{\"method\":\"sendMessage\",\"params\":{{\"chat_id\":{crowd},\"text\":\"x\"}}}}'
         FROM generate_series(1, 10000) AS n",
        bot.sandbox.bot_id()
    );
    bot.sql.batch_execute(&rows).await.unwrap();
    bot.sandbox.add_fault(Fault::new(FaultAction::TooManyRequests { retry_after: Some(60) }).chat(crowd));
    bot.run().await;
    let first = bot.phones()[0];
    bot.sandbox.send_text(first.person(), "/report", None).unwrap();
    let pressed = bot.press(first, |button| matches!(button, Callback::Report { reason: ReportReason::Minor, .. })).await;
    let begun = Instant::now();
    eventually("the staff are told", PATIENCE, async || posts(&bot).iter().any(|text| text.starts_with("Urgent: "))).await;
    assert!(begun.elapsed() <= Duration::from_secs(5), "{:?} after {pressed:?}", begun.elapsed());
    assert!(bot.count("SELECT count(*) FROM outbox").await >= 10_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_audit_log_is_told() {
    let mut bot = start(0).await;
    let store = PgCaseStore::new(bot.database.pool().await, Vault::default());
    let reader = Reader { by: "ann", queues: Queue::ALL, is_alone: false, at: SystemClock.now() };
    store.list_cases(BotId::new(bot.sandbox.bot_id()), reader).await.unwrap();
    bot.restart().await;
    eventually("the end is told", PATIENCE, async || posts(&bot).iter().any(|text| text.starts_with("The audit log ends at")))
        .await;
}
