//! Messages that wait: only text at first, photos once the partner said yes, and each of them arrives once or is told.

use luvhive_core::engine::Command;
use luvhive_phone::{Menu, Phone};
use luvhive_sandbox::{Kind, Media, MediaOptions, SandboxSettings, SeenMessage};
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};

/// Two people in a chat whose first minutes are over at once.
async fn at_once() -> Bot {
    let sandbox = SandboxSettings { people_at_start: 2, ..SandboxSettings::default() };
    Bot::set_up(Setup { sandbox, settings: vec![("LUVHIVE__CHAT__EARLY_S", "0")], ..Setup::default() }).await
}

fn photo(bot: &Bot, phone: Phone<'_>, caption: &str) {
    let options = MediaOptions { caption: Some(caption.to_owned()), ..MediaOptions::default() };
    bot.sandbox.send_media(phone.person(), &Media::Photo, &options).unwrap();
}

fn photos(bot: &Bot, phone: Phone<'_>) -> Vec<SeenMessage> {
    let is_copy = |message: &SeenMessage| message.kind == Kind::Photo && message.from_bot;
    bot.sandbox.messages(phone.person()).into_iter().filter(is_copy).collect()
}

async fn is_told(bot: &Bot, phone: Phone<'_>, mark: u64, words: &str) {
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains(words)).await.unwrap();
}

const fn takes(callback: Callback) -> bool {
    matches!(callback, Callback::Command(Command::TakeMedia { is_on: true, .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn at_first_only_text_and_stickers_pass() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    photo(&bot, first, "look");
    bot.sandbox.send_media(first.person(), &Media::Sticker, &MediaOptions::default()).unwrap();
    is_told(&bot, first, mark, "At first only text and stickers go through").await;
    bot.sandbox.wait_for(second.person(), mark, PATIENCE, |message| message.kind == Kind::Sticker).await.unwrap();
    assert!(photos(&bot, second).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_waits_for_the_yes_through_a_restart_and_arrives_once_behind_what_passed() {
    let mut bot = at_once().await;
    let (first, second) = {
        let (first, second) = bot.couple().await;
        (first.person(), second.person())
    };
    let mark = bot.sandbox.mark();
    photo(&bot, bot.phone(first), "look");
    photo(&bot, bot.phone(first), "and this");
    bot.sandbox.send_text(first, "behind them", None).unwrap();
    bot.phone(second).wait_for_text(mark, "behind them").await.unwrap();
    bot.settle().await;
    assert!(photos(&bot, bot.phone(second)).is_empty());
    assert_eq!(bot.count("SELECT count(*) FROM holds").await, 2);
    bot.restart().await;
    let shown = bot.press(bot.phone(second), takes).await;
    bot.phone(second).wait_for_text(mark, "and this").await.unwrap();
    bot.press_again(bot.phone(second), &shown).await;
    bot.settle().await;
    let came: Vec<String> = photos(&bot, bot.phone(second)).into_iter().map(|message| message.text).collect();
    assert_eq!(came, ["look", "and this"], "in order, once");
    let behind = bot.phone(second).wait_for_text(mark, "behind them").await.unwrap();
    assert!(photos(&bot, bot.phone(second)).iter().all(|photo| photo.id > behind.id));
    let sent = bot.texts(bot.phone(first), mark).into_iter().filter(|text| text == "Sent now.").count();
    assert_eq!(sent, 2);
    assert_eq!(bot.count("SELECT count(*) FROM holds").await, 0);
    bot.restart().await;
    photo(&bot, bot.phone(first), "the third");
    bot.phone(second).wait_for_text(mark, "the third").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_told_and_holds_until_it_is_turned() {
    let bot = at_once().await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    photo(&bot, first, "look");
    bot.press(second, |button| matches!(button, Callback::Command(Command::TakeMedia { is_on: false, .. }))).await;
    is_told(&bot, first, mark, "doesn't want photos and videos").await;
    let mark = bot.sandbox.mark();
    photo(&bot, first, "look again");
    is_told(&bot, first, mark, "hasn't agreed to photos and videos").await;
    bot.press(second, |button| matches!(button, Callback::Command(Command::TurnMedia { is_on: true, .. }))).await;
    is_told(&bot, first, mark, "takes photos and videos now").await;
    photo(&bot, first, "the third");
    second.wait_for_text(mark, "the third").await.unwrap();
    assert_eq!(photos(&bot, second).len(), 1, "what was dropped stays dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_chat_drops_what_waits_and_a_press_after_it_is_answered() {
    let bot = at_once().await;
    let (first, second) = bot.couple().await;
    photo(&bot, first, "look");
    bot.settle().await;
    let mark = bot.sandbox.mark();
    second.send_until("/stop", Menu::Idle).await.unwrap();
    is_told(&bot, first, mark, "Your last message may not have arrived").await;
    assert_eq!(bot.count("SELECT count(*) FROM holds").await, 0);
    bot.press(second, takes).await;
    bot.settle().await;
    assert!(photos(&bot, second).is_empty());
}

const fn sends(callback: Callback) -> bool {
    matches!(callback, Callback::Command(Command::SendAnyway { is_yes: true, .. }))
}

const fn keeps(callback: Callback) -> bool {
    matches!(callback, Callback::Command(Command::SendAnyway { is_yes: false, .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_identify_its_writer_goes_after_their_yes_alone() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    let say = |text: &str| bot.sandbox.send_text(first.person(), text, None).unwrap();
    say("call me: +91 98765 43210");
    is_told(&bot, first, mark, "This can identify you: a phone number. Send it anyway?").await;
    say("or tomorrow");
    second.wait_for_text(mark, "or tomorrow").await.unwrap();
    assert_eq!(bot.texts(second, mark), ["or tomorrow"], "the partner hears of nothing");
    bot.press(first, sends).await;
    second.wait_for_text(mark, "call me: +91 98765 43210").await.unwrap();
    say("and at work +91 91234 56789");
    second.wait_for_text(mark, "and at work +91 91234 56789").await.unwrap();

    let mark = bot.sandbox.mark();
    say("write to ravi.k@example.com");
    is_told(&bot, first, mark, "an e-mail address").await;
    bot.press(first, keeps).await;
    is_told(&bot, first, mark, "All right, I didn't send it.").await;
    say("see https://example.com/me");
    is_told(&bot, first, mark, "Links don't go through in your first chats here").await;
    bot.settle().await;
    assert!(bot.texts(second, mark).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_leaks_leaves_the_copy_until_the_yes() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let own = bot.sandbox.send_text(first.person(), "let's talk", None).unwrap();
    let copy = second.wait_for_text(0, "let's talk").await.unwrap();
    bot.settle().await;
    // Telegram's times are whole seconds: only a change made later is surely not in the copy.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    let mark = bot.sandbox.mark();
    bot.sandbox.edit_text(first.person(), own, "let's talk: +91 98765 43210").unwrap();
    is_told(&bot, first, mark, "This can identify you: a phone number").await;
    bot.settle().await;
    let kept = bot.sandbox.messages(second.person()).into_iter().find(|message| message.id == copy.id);
    assert_eq!(kept.map(|message| message.text), Some("let's talk".to_owned()));
    bot.press(first, sends).await;
    let new = second.wait_for_text(mark, "let's talk: +91 98765 43210").await.unwrap();
    bot.settle().await;
    assert!(new.id > copy.id && bot.sandbox.messages(second.person()).iter().all(|message| message.id != copy.id));
}

const fn says_adult(callback: Callback) -> bool {
    matches!(callback, Callback::Command(Command::SayAdult { is_yes: true, .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_that_they_are_a_minor_is_asked_and_then_their_partner() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "hi im 15 btw", None).unwrap();
    is_told(&bot, first, mark, "Are you under 18?").await;
    bot.settle().await;
    assert_eq!(bot.texts(second, mark), Vec::<String>::new(), "it waits, and the partner hears nothing");
    bot.press(first, says_adult).await;
    second.wait_for_text(mark, "hi im 15 btw").await.unwrap();
    is_told(&bot, second, mark, "seem under 18").await;
    bot.press(second, |button| matches!(button, Callback::Report { .. })).await;
    is_told(&bot, first, mark, "Your partner has left the chat").await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM reports WHERE reason = 'minor'").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM visitors WHERE refused_at IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minor_by_their_own_word_leaves_and_stays_out() {
    let mut bot = Bot::start_with_people(2).await;
    let (first, second) = {
        let (first, second) = bot.couple().await;
        (first.person(), second.person())
    };
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first, "hi im 15 btw", None).unwrap();
    bot.press(bot.phone(first), |button| button == Callback::Underage).await;
    is_told(&bot, bot.phone(second), mark, "Your partner has left the chat").await;
    is_told(&bot, bot.phone(first), mark, "You said that you are not 18 yet").await;
    bot.settle().await;
    let read = bot.texts(bot.phone(second), mark);
    assert!(!read.iter().any(|text| text.contains("15") || text.contains("18")), "neutral words: {read:?}");
    assert_eq!(bot.count("SELECT count(*) FROM holds").await, 0);
    bot.restart().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first, "/find", None).unwrap();
    bot.sandbox.send_text(first, "/start", None).unwrap();
    is_told(&bot, bot.phone(first), mark, "support code").await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
}
