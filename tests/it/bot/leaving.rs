//! Somebody who leaves does not slip away: what was said of them and who blocked them holds when they come back, and
//! nothing that is meant for them falls to the partner before.

use luvhive_core::conduct::ReportReason;
use luvhive_core::person::Gender;
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_sandbox::SandboxSettings;
use luvhive_telegram::callback::{Callback, FriendAction};
use luvhive_tests::bot::{Bot, PATIENCE, Setup};

async fn pseudonym(bot: &Bot, phone: Phone<'_>) -> String {
    let query = "SELECT pseudonym FROM people WHERE telegram_id = $1";
    bot.sql.query_one(query, &[&phone.person().get()]).await.unwrap().get(0)
}

async fn leave(bot: &Bot, phone: Phone<'_>) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/delete_me", None).unwrap();
    bot.press(phone, |button| matches!(button, Callback::Delete { .. })).await;
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains("has been deleted")).await.unwrap();
    bot.settle().await;
}

async fn write(bot: &Bot, from: Phone<'_>, to: Phone<'_>, text: &str) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(from.person(), text, None).unwrap();
    to.wait_for_text(mark, text).await.unwrap();
}

/// Both search, and nobody is matched.
async fn assert_apart(bot: &Bot, first: Phone<'_>, second: Phone<'_>) {
    first.send_until("/find", Menu::Searching).await.unwrap();
    second.send_until("/find", Menu::Searching).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 2, "they do not meet");
}

async fn has_answered(bot: &Bot, who: Phone<'_>, mark: u64, text: &str) {
    bot.sandbox.wait_for(who.person(), mark, PATIENCE, |message| message.text.contains(text)).await.unwrap();
}

/// The pseudonym under which the only report is stored.
async fn reported(bot: &Bot) -> Option<String> {
    let query = "SELECT coalesce(reported_pseudonym, pseudonym) FROM reports LEFT JOIN people ON people.id = reported_id";
    bot.sql.query_opt(query, &[]).await.unwrap().and_then(|row| row.get(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_abuses_and_leaves_is_reported_and_never_met_again() {
    let bot = Bot::start_with_people(2).await;
    let (anna, carl) = bot.couple().await;
    write(&bot, carl, anna, "something vile").await;
    let name = pseudonym(&bot, carl).await;
    leave(&bot, carl).await;

    bot.press(anna, |button| matches!(button, Callback::AskReport { .. })).await;
    let is_reason = |button| matches!(button, Callback::Report { reason: ReportReason::Hate, .. });
    bot.press(anna, is_reason).await;
    bot.settle().await;
    assert_eq!(reported(&bot).await, Some(name));

    carl.register(&Answers::of(Gender::Man)).await.unwrap();
    assert_apart(&bot, anna, carl).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_after_the_partner_has_left_holds_when_they_come_back() {
    let bot = Bot::start_with_people(2).await;
    let (anna, carl) = bot.couple().await;
    leave(&bot, carl).await;
    carl.register(&Answers::of(Gender::Man)).await.unwrap();
    // Blocked when they are back already: the hash leads to who they are now.
    bot.press(anna, |button| matches!(button, Callback::AskBlock { .. })).await;
    bot.press(anna, |button| matches!(button, Callback::Block { .. })).await;
    assert_apart(&bot, anna, carl).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_outlives_both_accounts() {
    let bot = Bot::start_with_people(2).await;
    let (anna, carl) = bot.couple().await;
    bot.sandbox.send_text(anna.person(), "/block", None).unwrap();
    bot.press(anna, |button| matches!(button, Callback::Block { .. })).await;
    bot.settle().await;
    for phone in [anna, carl] {
        leave(&bot, phone).await;
    }
    for phone in [carl, anna] {
        phone.register(&Answers::of(Gender::Woman)).await.unwrap();
    }
    assert_apart(&bot, anna, carl).await;
}

/// Anna chatted with Bela, then with Carl, who has left; who is free is free.
async fn after_carl_left(bot: &Bot) -> [Phone<'_>; 3] {
    let phones = bot.phones();
    let [anna, bela, carl] = phones.as_slice() else { panic!("three people are needed") };
    bot.match_up(*anna, *bela).await;
    anna.send_until("/stop", Menu::Idle).await.unwrap();
    bot.match_up(*anna, *carl).await;
    leave(bot, *carl).await;
    [*anna, *bela, *carl]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_partner_is_the_last_partner_also_if_they_have_left() {
    let bot = Bot::start_with_people(3).await;
    let phones = bot.phones();
    let name = pseudonym(&bot, phones[2]).await;
    let [anna, ..] = after_carl_left(&bot).await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(anna.person(), "/friend", None).unwrap();
    has_answered(&bot, anna, mark, "has left LuvHive").await;
    assert_eq!(bot.count("SELECT count(*) FROM friend_requests").await, 0, "the partner before is not asked");
    bot.sandbox.send_text(anna.person(), "/coins", None).unwrap();
    bot.settle().await;
    let offers = bot.sandbox.messages(anna.person());
    let last = offers.iter().rev().find(|message| message.from_bot).unwrap();
    assert!(last.buttons.iter().flatten().all(|button| !button.data.as_deref().unwrap_or("").contains("gifts")), "{last:?}");

    bot.sandbox.send_text(anna.person(), "/report", None).unwrap();
    bot.press(anna, |button| matches!(button, Callback::Report { reason: ReportReason::Scam, .. })).await;
    bot.settle().await;
    assert_eq!(reported(&bot).await, Some(name));
    assert_eq!(bot.count("SELECT count(*) FROM blocks").await, 0, "the partner before is not blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_about_somebody_who_left_say_so() {
    let bot = Bot::start_with_people(2).await;
    let (anna, carl) = bot.couple().await;
    leave(&bot, carl).await;
    let mark = bot.sandbox.mark();
    bot.press(anna, |button| matches!(button, Callback::Friends(FriendAction::Ask(_)))).await;
    bot.settle().await;
    assert!(bot.texts(anna, mark).iter().all(|text| !text.contains("is asked")));
    assert_eq!(bot.count("SELECT count(*) FROM friend_requests").await, 0);
}

fn newest_from_bot(bot: &Bot, phone: Phone<'_>) -> i64 {
    bot.sandbox.messages(phone.person()).iter().rev().find(|message| message.from_bot).unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_finds_no_message_never_means_another_chat() {
    let bot = Bot::start_with_people(2).await;
    let (anna, carl) = bot.couple().await;
    write(&bot, carl, anna, "an old line").await;
    let old = newest_from_bot(&bot, anna);
    anna.send_until("/stop", Menu::Idle).await.unwrap();
    bot.settle().await;
    // No pair at all, then a pair of a chat that is too long ago; each time with a chat that could be meant.
    let unknown = newest_from_bot(&bot, anna);
    for (message, words) in [(unknown, "find this message"), (old, "can no longer be reported")] {
        let mark = bot.sandbox.mark();
        if message == old {
            let age = "UPDATE chats SET ended_at = ended_at - interval '72 hours', started_at = started_at - interval '72 hours'";
            bot.sql.batch_execute(age).await.unwrap();
        }
        bot.sandbox.send_text(anna.person(), "/report", Some(message)).unwrap();
        has_answered(&bot, anna, mark, words).await;
    }
    bot.settle().await;
    let offered = bot.sandbox.messages(anna.person()).into_iter().filter(|message| {
        message.buttons.iter().flatten().any(|button| button.data.as_deref().is_some_and(|data| data.contains("report:")))
    });
    assert_eq!(offered.count(), 0, "nothing is offered to report");
}

#[tokio::test(flavor = "multi_thread")]
async fn daily_coins_are_once_a_day_also_for_who_comes_back() {
    const DAILY: &str = "SELECT count(*) FROM coin_entries JOIN coin_accounts ON coin_accounts.id = debit_account_id \
                         WHERE house = 'daily'";
    let bot = Bot::start_with_people(1).await;
    let anna = bot.phones()[0];
    let take = async || {
        bot.sandbox.send_text(anna.person(), "/coins", None).unwrap();
        bot.settle().await;
        bot.sandbox.send_text(anna.person(), "/coins", None).unwrap();
        bot.press(anna, |button| button == Callback::Coins(luvhive_telegram::callback::CoinAction::Daily)).await;
        bot.settle().await;
    };
    take().await;
    assert_eq!(bot.count(DAILY).await, 1);
    leave(&bot, anna).await;
    anna.register(&Answers::of(Gender::Woman)).await.unwrap();
    take().await;
    assert_eq!(bot.count(DAILY).await, 1, "taken a moment ago by the same account");
}

/// Somebody asks to leave and is told until when they can stay.
async fn ask_to_leave(bot: &Bot, phone: Phone<'_>) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/delete_me", None).unwrap();
    bot.press(phone, |button| matches!(button, Callback::Delete { .. })).await;
    has_answered(bot, phone, mark, "will be erased at").await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people WHERE leaves_at > now() + interval '23 hours'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_takes_a_day_can_be_taken_back_and_outlasts_a_restart() {
    let sandbox = SandboxSettings { people_at_start: 2, ..SandboxSettings::default() };
    let settings = vec![("LUVHIVE__PRIVACY__DELETE_GRACE_H", "24")];
    let mut bot = Bot::set_up(Setup { sandbox, settings, ..Setup::default() }).await;
    let (anna, carl) = {
        let (anna, carl) = bot.couple().await;
        (anna.person(), carl.person())
    };
    let mark = bot.sandbox.mark();
    ask_to_leave(&bot, bot.phone(carl)).await;
    bot.phone(anna).wait_for_menu(mark, Menu::Idle).await.unwrap();
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
    // Back with /start: they are told, and stay by a press.
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(carl, "/start", None).unwrap();
    has_answered(&bot, bot.phone(carl), mark, "will be erased at").await;
    bot.press(bot.phone(carl), |button| button == Callback::Keep).await;
    has_answered(&bot, bot.phone(carl), mark, "Your account stays").await;
    bot.settle().await;
    bot.phone(carl).send_until("/find", Menu::Searching).await.unwrap();
    ask_to_leave(&bot, bot.phone(carl)).await;
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0, "the search has stopped");

    bot.halt().await;
    bot.sql.batch_execute("UPDATE people SET leaves_at = now() - interval '1 hour' WHERE leaves_at IS NOT NULL").await.unwrap();
    let mark = bot.sandbox.mark();
    bot.run().await;
    has_answered(&bot, bot.phone(carl), mark, "has been deleted").await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM former_accounts").await, 1, "known by a hash");
}
