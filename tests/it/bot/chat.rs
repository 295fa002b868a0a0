//! Two people in a chat: what passes between them, in which order, and how it ends.

use luvhive_core::engine::Command;
use luvhive_phone::Menu;
use luvhive_sandbox::{Kind, Media, MediaOptions, SandboxSettings};
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_match_card_shows_an_icebreaker_and_no_name() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    for (phone, partner) in [(first, 1), (second, 0)] {
        let card =
            bot.sandbox.wait_for(phone.person(), 0, PATIENCE, |message| message.text.contains("break the ice")).await.unwrap();
        let partner_of = &bot.sandbox.people()[partner];
        let names = [Some(&partner_of.first_name), partner_of.last_name.as_ref()];
        assert!(!names.into_iter().flatten().any(|name| card.text.contains(name.as_str())), "{}", card.text);
        assert!(!card.text.contains(&bot.sandbox.people()[partner].id.to_string()), "{}", card.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_copied_or_refused_with_a_message() {
    let sandbox = SandboxSettings { people_at_start: 2, ..SandboxSettings::default() };
    let bot = Bot::set_up(Setup { sandbox, settings: vec![("LUVHIVE__CHAT__EARLY_S", "0")], ..Setup::default() }).await;
    let (first, second) = bot.couple().await;
    let captioned = MediaOptions { caption: Some("look".to_owned()), ..MediaOptions::default() };
    let copied = [
        (Media::Photo, Kind::Photo),
        (Media::Sticker, Kind::Sticker),
        (Media::Voice, Kind::Voice),
        (Media::Video, Kind::Video),
        (Media::Animation, Kind::Animation),
        (Media::Audio, Kind::Audio),
        (Media::Document { file_name: "notes.pdf".to_owned() }, Kind::Document),
        (Media::VideoNote, Kind::VideoNote),
        (Media::Location { latitude: 1.5, longitude: 2.5, live_period: None }, Kind::Location),
        (Media::Venue { title: "Park".to_owned(), address: "Street".to_owned() }, Kind::Venue),
        (Media::Dice { value: 3 }, Kind::Dice),
    ];
    for (media, kind) in copied {
        let mark = bot.sandbox.mark();
        bot.sandbox.send_media(first.person(), &media, &captioned).unwrap();
        if kind == Kind::Photo {
            bot.press(second, |button| matches!(button, Callback::Command(Command::TakeMedia { is_on: true, .. }))).await;
        }
        if kind == Kind::Document {
            bot.press(first, |button| matches!(button, Callback::Command(Command::SendAnyway { is_yes: true, .. }))).await;
        }
        let seen = bot.sandbox.wait_for(second.person(), mark, PATIENCE, |message| message.kind == kind).await.unwrap();
        let has_caption =
            matches!(kind, Kind::Photo | Kind::Voice | Kind::Video | Kind::Animation | Kind::Audio | Kind::Document);
        assert_eq!(seen.text, if has_caption { "look" } else { "" }, "{kind:?}");
    }
    let refused = [
        Media::Contact { phone_number: "+10000000".to_owned(), first_name: "Ravi".to_owned() },
        Media::Poll { question: "Tea?".to_owned(), options: vec!["yes".to_owned(), "no".to_owned()], is_anonymous: true },
        Media::Other { fields: json!({"story": {"chat": {"id": 1, "type": "private"}, "id": 1}}) },
    ];
    for media in refused {
        let mark = bot.sandbox.mark();
        bot.sandbox.send_media(second.person(), &media, &MediaOptions::default()).unwrap();
        bot.sandbox.wait_for(second.person(), mark, PATIENCE, |message| message.text.contains("pass")).await.unwrap();
        bot.settle().await;
        assert_eq!(bot.texts(first, mark), Vec::<String>::new(), "{media:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_keeps_its_formatting_and_its_order() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let bold = json!({"type": "bold", "offset": 0, "length": 4});
    let mark = bot.sandbox.mark();
    bot.sandbox.send_formatted(first.person(), "bold words", std::slice::from_ref(&bold), None).unwrap();
    let seen = second.wait_for_text(mark, "bold words").await.unwrap();
    assert_eq!(seen.entities, [bold]);
    let mark = bot.sandbox.mark();
    let sent: Vec<String> = (0..15).map(|i| format!("line {i}")).collect();
    for text in &sent {
        bot.sandbox.send_text(first.person(), text, None).unwrap();
    }
    second.wait_for_text(mark, "line 14").await.unwrap();
    assert_eq!(bot.texts(second, mark), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_point_at_the_right_message_on_the_other_side() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    let own = bot.sandbox.send_text(first.person(), "one", None).unwrap();
    let copy = second.wait_for_text(mark, "one").await.unwrap().id;
    bot.sandbox.send_text(second.person(), "to one", Some(copy)).unwrap();
    assert_eq!(first.wait_for_text(mark, "to one").await.unwrap().reply_to, Some(own));
    bot.sandbox.send_text(first.person(), "to myself", Some(own)).unwrap();
    assert_eq!(second.wait_for_text(mark, "to myself").await.unwrap().reply_to, Some(copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_find_their_message_after_a_restart() {
    let mut bot = Bot::start_with_people(2).await;
    let (first, second, own, copy) = {
        let (first, second) = bot.couple().await;
        let own = bot.sandbox.send_text(first.person(), "one", None).unwrap();
        let copy = second.wait_for_text(0, "one").await.unwrap().id;
        bot.settle().await;
        (first.person(), second.person(), own, copy)
    };
    bot.restart().await;
    bot.sandbox.send_text(second, "to one", Some(copy)).unwrap();
    assert_eq!(bot.phone(first).wait_for_text(0, "to one").await.unwrap().reply_to, Some(own));
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_follow() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let own = bot.sandbox.send_text(first.person(), "helo", None).unwrap();
    let copy = second.wait_for_text(0, "helo").await.unwrap().id;
    bot.settle().await;
    bot.sandbox.edit_text(first.person(), own, "hello").unwrap();
    let edited = second.wait_for_text(0, "hello").await.unwrap();
    assert_eq!((edited.id, edited.is_edited), (copy, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_the_chat_for_both_and_a_rating_counts_once() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    bot.talk(first, second).await;
    let mark = bot.sandbox.mark();
    first.send_until("/stop", Menu::Idle).await.unwrap();
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    let good = bot.press(first, |button| matches!(button, Callback::Rate { is_good: true, .. })).await;
    bot.press_again(first, &good).await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM ratings").await, 1);
    assert_eq!(bot.count("SELECT sum(ratings_up) FROM people").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "are you there?", None).unwrap();
    bot.settle().await;
    assert_eq!(bot.texts(second, mark), Vec::<String>::new());
    assert_eq!(bot.texts(first, mark).len(), 1, "who writes to nobody is told so");
}

#[tokio::test(flavor = "multi_thread")]
async fn next_searches_on_and_the_former_partner_gets_nothing() {
    let bot = Bot::start_with_people(3).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    first.send_until("/next", Menu::Searching).await.unwrap();
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    let third = bot.phones()[2];
    third.send_until("/find", Menu::Meeting).await.unwrap();
    third.open_chat(first).await.unwrap();
    // What the end of the first chat brought about has arrived.
    bot.settle().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "to the third", None).unwrap();
    third.wait_for_text(mark, "to the third").await.unwrap();
    bot.settle().await;
    assert_eq!(bot.texts(second, mark), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_search_matches_nobody() {
    let bot = Bot::start_with_people(2).await;
    let phones = bot.phones();
    phones[0].send_until("/find", Menu::Searching).await.unwrap();
    phones[0].send_until("/cancel", Menu::Idle).await.unwrap();
    phones[1].send_until("/find", Menu::Searching).await.unwrap();
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_who_blocks_the_bot_ends_the_chat_politely() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.block_bot(first.person()).unwrap();
    second.wait_for_menu(mark, Menu::Searching).await.unwrap();
    assert!(bot.texts(second, mark)[0].contains("cannot be reached"));
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM people WHERE NOT is_reachable").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_whose_account_is_gone_ends_the_chat_politely() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    // Telegram tells nobody: only a send finds out.
    bot.sandbox.deactivate(first.person()).unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(second.person(), "still there?", None).unwrap();
    second.wait_for_menu(mark, Menu::Searching).await.unwrap();
}
