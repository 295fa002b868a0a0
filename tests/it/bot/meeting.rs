//! A chat opens by consent, and nothing reaches anybody it was not meant for.

use luvhive_app::system::SystemClock;
use luvhive_core::engine::Command;
use luvhive_core::ports::Clock as _;
use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::SandboxSettings;
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};
use serde_json::{Value, json};

const MEETINGS: &str = "SELECT count(*) FROM seats WHERE kind = 'meeting'";
const CHATS: &str = "SELECT count(*) FROM chats WHERE NOT is_meeting";

/// A bot that opens chats directly, with so many people.
async fn direct(people: u32) -> Bot {
    let sandbox = SandboxSettings { people_at_start: people, ..SandboxSettings::default() };
    let settings = vec![("LUVHIVE__SEARCH__OPENING", "direct")];
    Bot::set_up(Setup { sandbox, settings, ..Setup::default() }).await
}

/// Two people who see each other's card.
async fn meeting(bot: &Bot) -> (Phone<'_>, Phone<'_>) {
    let phones = bot.phones();
    phones[0].send_until("/find", Menu::Searching).await.unwrap();
    phones[1].send_until("/find", Menu::Meeting).await.unwrap();
    phones[0].wait_for_menu(0, Menu::Meeting).await.unwrap();
    (phones[0], phones[1])
}

fn is_decline(callback: Callback) -> bool {
    matches!(callback, Callback::Command(Command::Decline(_)))
}

fn is_agree(callback: Callback) -> bool {
    matches!(callback, Callback::Command(Command::Agree(_)))
}

/// A message as Telegram would tell of it, written so many seconds ago.
fn raw_message(phone: Phone<'_>, message: i64, text: &str, age_s: i64) -> Value {
    let now = SystemClock.now().as_micros() / 1_000_000;
    let id = phone.person().get();
    json!({ "message": {
        "message_id": message, "date": now - age_s, "text": text,
        "from": { "id": id, "is_bot": false, "first_name": "P", "language_code": "en" },
        "chat": { "id": id, "type": "private", "first_name": "P" },
    }})
}

async fn hear(bot: &Bot, phone: Phone<'_>, mark: u64, words: &str) {
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains(words)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_delivered_before_both_pressed_chat() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = meeting(&bot).await;
    assert_eq!((bot.count(MEETINGS).await, bot.count(CHATS).await), (2, 0));
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "my street is Elm 5", None).unwrap();
    hear(&bot, first, mark, "Not delivered").await;
    first.agree().await.unwrap();
    bot.sandbox.send_text(first.person(), "hello?", None).unwrap();
    bot.settle().await;
    assert!(bot.texts(second, mark).is_empty(), "the other one learns nothing of the answer");
    let mark = bot.sandbox.mark();
    second.agree().await.unwrap();
    first.wait_for_menu(mark, Menu::Chatting).await.unwrap();
    second.wait_for_menu(mark, Menu::Chatting).await.unwrap();
    bot.talk(first, second).await;
    assert_eq!((bot.count(MEETINGS).await, bot.count(CHATS).await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn not_now_reads_like_any_failed_meeting_and_both_search_on() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = meeting(&bot).await;
    first.agree().await.unwrap();
    let mark = bot.sandbox.mark();
    bot.press(second, is_decline).await;
    hear(&bot, first, mark, "That did not work out. I keep looking.").await;
    first.wait_for_menu(mark, Menu::Searching).await.unwrap();
    second.wait_for_menu(mark, Menu::Searching).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 2, "and do not meet again");
    assert_eq!(bot.count("SELECT count(*) FROM chats WHERE end_reason = 'declined' AND is_meeting").await, 1);
    assert_eq!(bot.count("SELECT sum(chats_count)::bigint FROM people").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_a_meeting_and_its_answers() {
    let mut bot = Bot::start_with_people(2).await;
    let people = {
        let (first, second) = meeting(&bot).await;
        first.agree().await.unwrap();
        [first.person(), second.person()]
    };
    bot.settle().await;
    bot.restart().await;
    let [first, second] = people.map(|person| bot.phone(person));
    let mark = bot.sandbox.mark();
    second.agree().await.unwrap();
    first.wait_for_menu(mark, Menu::Chatting).await.unwrap();
    bot.talk(first, second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_in_a_meeting_is_about_the_card_and_nobody_else() {
    let bot = Bot::start_with_people(3).await;
    let phones = bot.phones();
    let (first, second, third) = (phones[0], phones[1], phones[2]);
    // An earlier partner, with whom all was well.
    bot.match_up(first, second).await;
    bot.talk(first, second).await;
    first.send_until("/stop", Menu::Idle).await.unwrap();
    third.send_until("/find", Menu::Searching).await.unwrap();
    first.send_until("/find", Menu::Meeting).await.unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/report", None).unwrap();
    bot.press(first, |button| matches!(button, Callback::Report { .. })).await;
    hear(&bot, third, mark, "That did not work out").await;
    bot.settle().await;
    let reported = "SELECT telegram_id FROM reports r JOIN people p ON p.id = r.reported_id";
    assert_eq!(bot.count(reported).await, third.person().get());
    assert_eq!(bot.count("SELECT count(*) FROM blocks").await, 1);
    assert_eq!(third.menu(), Menu::Searching, "the one who was reported searches on and hears nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_direct_mode_two_who_just_asked_chat_at_once_and_a_survivor_is_asked() {
    let bot = direct(3).await;
    let phones = bot.phones();
    let (first, second, third) = (phones[0], phones[1], phones[2]);
    // What comes with the first poll of a process may have waited for long, and counts as no consent.
    first.send_until("/menu", Menu::Idle).await.unwrap();
    let mark = bot.sandbox.mark();
    first.send_until("/find", Menu::Searching).await.unwrap();
    second.send_until("/find", Menu::Chatting).await.unwrap();
    first.wait_for_menu(mark, Menu::Chatting).await.unwrap();
    bot.talk(first, second).await;
    // The partner is gone: who is left did not ask for anybody new, and what they write on reaches nobody.
    third.send_until("/find", Menu::Searching).await.unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.block_bot(second.person()).unwrap();
    bot.sandbox.send_text(first.person(), "my street is Elm 5", None).unwrap();
    first.wait_for_menu(mark, Menu::Meeting).await.unwrap();
    bot.sandbox.send_text(first.person(), "are you still there?", None).unwrap();
    hear(&bot, first, mark, "Not delivered").await;
    bot.settle().await;
    let came = bot.texts(third, mark);
    assert!(!came.iter().any(|text| text.contains("Elm") || text.contains("still there")), "{came:?}");
    first.agree().await.unwrap();
    first.wait_for_menu(mark, Menu::Chatting).await.unwrap();
}

/// Telegram's clock ahead of ours: the comparison is on Telegram's alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_the_chat_opened_is_sent_by_a_tap_and_once() {
    for ahead_s in [0, 60] {
        let bot = Bot::start_with_people(2).await;
        bot.sandbox.advance_clock(std::time::Duration::from_secs(ahead_s));
        let (first, second) = bot.couple().await;
        bot.talk(first, second).await;
        // Told once more, as if it had been written a minute before: the phone was slow.
        let early = bot.sandbox.send_text(first.person(), "a word for somebody", None).unwrap();
        second.wait_for_text(0, "a word for somebody").await.unwrap();
        let (mark, age_s) = (bot.sandbox.mark(), 90 - i64::try_from(ahead_s).unwrap());
        bot.sandbox.inject_raw_update(&raw_message(first, early, "a word for somebody", age_s)).unwrap();
        hear(&bot, first, mark, "before the chat opened").await;
        bot.settle().await;
        assert!(bot.texts(second, mark).is_empty(), "{ahead_s} s ahead");
        let shown = bot.press(first, |button| matches!(button, Callback::Command(Command::SendNow { .. }))).await;
        second.wait_for_text(mark, "a word for somebody").await.unwrap();
        bot.press_again(first, &shown).await;
        bot.settle().await;
        assert_eq!(bot.texts(second, mark).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_command_ends_nothing_and_an_old_one_is_asked_about() {
    let bot = Bot::start_with_people(3).await;
    let (first, second) = bot.couple().await;
    bot.talk(first, second).await;
    let origin = json!({ "type": "hidden_user", "date": 1, "sender_user_name": "X" });
    for text in ["/stop", "⏹ Stop chat", "/next", "/block", "/delete_me"] {
        let message = bot.sandbox.send_text(first.person(), "as it was", None).unwrap();
        let mut forwarded = raw_message(first, message, text, 0);
        forwarded["message"]["forward_origin"] = origin.clone();
        bot.sandbox.inject_raw_update(&forwarded).unwrap();
    }
    bot.settle().await;
    assert_eq!((first.menu(), second.menu()), (Menu::Chatting, Menu::Chatting));
    // Slash text that is no command is talk.
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "/shrug", None).unwrap();
    second.wait_for_text(mark, "/shrug").await.unwrap();

    let third = bot.phones()[2];
    third.send_until("/menu", Menu::Idle).await.unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.inject_raw_update(&raw_message(third, 900, "/find", 700)).unwrap();
    hear(&bot, third, mark, "Do you still want it?").await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 0);
    bot.press(third, |button| matches!(button, Callback::Command(Command::Find))).await;
    third.wait_for_menu(mark, Menu::Searching).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_of_another_meeting_changes_nothing() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = meeting(&bot).await;
    let old = bot.press(first, is_agree).await;
    bot.press(second, is_decline).await;
    first.wait_for_menu(0, Menu::Searching).await.unwrap();
    bot.press_again(first, &old).await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 2);
    assert_eq!(bot.count(CHATS).await, 0);
}
