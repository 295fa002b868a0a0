//! Input that nobody means well with: each has a safe effect or a clear word, and what came in the same batch passes.

use luvhive_core::conduct::ReportReason;
use luvhive_core::id::{ChatId, TelegramId};
use luvhive_core::person::Gender;
use luvhive_core::ports::PeopleStore as _;
use luvhive_phone::{Answers, Menu};
use luvhive_sandbox::{Fault, FaultAction, PersonId};
use luvhive_telegram::callback::{Callback, ProfileAction, ProfilePage, StepAction};
use luvhive_tests::bot::{Bot, PATIENCE};
use luvhive_tests::eventually;
use serde_json::json;

/// A couple, and somebody else who does what `hostile` does while the bot is stopped, between two good messages: when
/// the bot comes back all of it arrives in one batch. Returns also what that somebody was told then.
async fn in_one_batch(hostile: impl FnOnce(&Bot, PersonId)) -> (Bot, PersonId, Vec<String>) {
    let mut bot = Bot::start_with_people(3).await;
    let (first, second, third) = {
        let (first, second) = bot.couple().await;
        let third = bot.phones()[2];
        third.send_until("/start", Menu::Idle).await.unwrap();
        (first.person(), second.person(), third.person())
    };
    bot.settle().await;
    bot.halt().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first, "before", None).unwrap();
    hostile(&bot, third);
    bot.sandbox.send_text(first, "after", None).unwrap();
    bot.run().await;
    bot.phone(second).wait_for_text(mark, "after").await.unwrap();
    bot.settle().await;
    assert_eq!(bot.texts(bot.phone(second), mark), ["before", "after"]);
    assert_eq!(bot.counters().reloads.get(), 0, "nothing in the batch was refused by the database");
    let told = bot.texts(bot.phone(third), mark);
    (bot, third, told)
}

/// A message as Telegram would hand it over, whatever is in it.
fn raw_message(person: PersonId, text: &str) -> serde_json::Value {
    let account = json!({"id": person.get(), "is_bot": false, "first_name": "C", "type": "private"});
    json!({"message": {"message_id": 1, "date": 1, "text": text, "from": account, "chat": account}})
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_buttons_change_nothing() {
    let forged = [
        "",
        "1",
        "0s:1:agree",
        "1s:999:agree",
        "1c:widen:everything",
        "1c:find:1",
        "1rate:1:1",
        "1block:1",
        "1report:1:0:spam",
        "1p:nowhere",
        "1delete:0",
        "💣",
        "'; DROP TABLE people; --",
        "1s:18446744073709551616:agree",
        "1block:-9223372036854775808",
        "1p:lang:xx:1:999999999999",
        "\u{202e}1find",
        "1find\n",
    ];
    let (bot, third, told) = in_one_batch(|bot, third| {
        let shown = bot.sandbox.messages(third).last().unwrap().id;
        for (id, data) in (1_u32..).zip(forged) {
            let query = json!({"callback_query": {
                "id": id.to_string(), "chat_instance": "1", "data": data,
                "from": {"id": third.get(), "is_bot": false, "first_name": "C"},
                "message": {"message_id": shown, "date": 1, "chat": {"id": third.get(), "type": "private", "first_name": "C"}},
            }});
            bot.sandbox.inject_raw_update(&query).unwrap();
        }
    })
    .await;
    // The question about leaving is known, and is answered where it stood; what stands there is no screen, so it comes anew.
    assert_eq!(told, ["This question is too old. If you still want to leave, send /delete_me again."]);
    assert_eq!(bot.count("SELECT count(*) FROM blocks").await, 0);
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 3);
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 2);
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0, "a forged button is no unusable update");
    bot.phone(third).send_until("/find", Menu::Searching).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_of_other_peoples_chats_change_nothing() {
    let bot = Bot::start_with_people(3).await;
    let (first, second) = bot.couple().await;
    let third = bot.phones()[2];
    third.send_until("/start", Menu::Idle).await.unwrap();
    let chat = ChatId::new(bot.count("SELECT max(id) FROM chats").await);
    let buttons = [
        Callback::Rate { chat, is_good: false },
        Callback::Card { chat },
        Callback::AskBlock { chat },
        Callback::Block { chat },
        Callback::AskReport { chat, message: None },
        Callback::Report { chat, message: None, reason: ReportReason::Scam },
        Callback::Step { serial: 1, action: StepAction::Agree },
    ];
    let press = |data: &str| {
        let from = json!({"id": third.person().get(), "is_bot": false, "first_name": "C"});
        let query = json!({"id": data, "chat_instance": "1", "data": data, "from": from});
        bot.sandbox.inject_raw_update(&json!({ "callback_query": query })).unwrap();
    };
    let marks = bot.sandbox.mark();
    for is_over in [false, true] {
        for button in buttons {
            press(&button.encode());
        }
        // A form of before, and the longest that Telegram takes.
        press(&Callback::Block { chat }.encode().replacen('1', "0", 1));
        press(&format!("1{}", "x".repeat(63)));
        bot.settle().await;
        for table in ["ratings", "blocks", "reports", "sanctions", "dead_updates"] {
            assert_eq!(bot.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(bot.count("SELECT count(*) FROM people").await, 3);
        if !is_over {
            let mark = bot.sandbox.mark();
            bot.sandbox.send_text(first.person(), "undisturbed", None).unwrap();
            second.wait_for_text(mark, "undisturbed").await.unwrap();
            first.send_until("/stop", Menu::Idle).await.unwrap();
        }
    }
    assert_eq!(third.menu(), Menu::Idle);
    let told = bot.texts(third, marks);
    assert!(told.is_empty(), "a button is answered, and nothing is written: {told:?}");
}

/// 4,096 UTF-16 units, each pair of them one letter of four bytes.
fn longest() -> String {
    "🐝".repeat(2_048)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_text_is_relayed_or_answered() {
    let (bot, _, told) = in_one_batch(|bot, third| {
        bot.sandbox.send_text(third, &longest(), None).unwrap();
    })
    .await;
    let phones = bot.phones();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phones[0].person(), &longest(), None).unwrap();
    phones[1].wait_for_text(mark, &longest()).await.unwrap();
    assert_eq!(told.len(), 1, "who writes to nobody is told so");
}

/// Has somebody asked for their city.
async fn ask_city(bot: &Bot, person: PersonId) {
    bot.sandbox.send_text(person, "/profile", None).unwrap();
    // An older profile on the screen has the same button.
    bot.settle().await;
    bot.press(bot.phone(person), |button| button == Callback::Profile(ProfileAction::Show(ProfilePage::City))).await;
    bot.settle().await;
}

/// Types a city as it could come (Telegram takes only some of the letters out that nobody sees); returns what is stored.
async fn type_city(bot: &Bot, person: PersonId, city: &str) -> Option<String> {
    bot.sandbox.inject_raw_update(&raw_message(person, city)).unwrap();
    bot.settle().await;
    bot.people()
        .await
        .get_visitor(TelegramId::new(person.get()))
        .await
        .unwrap()
        .person
        .unwrap()
        .profile
        .city
        .map(|city| city.as_str().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_holds_no_text_that_hides_or_turns() {
    let bot = Bot::start_with_people(1).await;
    let person = bot.phones()[0].person();
    for (typed, kept) in [
        ("\u{202e}ihleD", "ihleD"),
        ("Del\u{200b}hi", "Delhi"),
        ("\u{2066}Delhi\u{2069}", "Delhi"),
        ("Del\u{ad}hi", "Delhi"),
        ("\u{e0041}Delhi", "Delhi"),
        ("  New   Delhi ", "New Delhi"),
    ] {
        ask_city(&bot, person).await;
        assert_eq!(type_city(&bot, person, typed).await.as_deref(), Some(kept), "{typed:?}");
    }
    // What is refused leaves the question open.
    ask_city(&bot, person).await;
    for city in ["\u{3164}".to_owned(), longest(), "x".repeat(61)] {
        assert_eq!(type_city(&bot, person, &city).await.as_deref(), Some("New Delhi"), "{city:?} was taken");
        let told = bot.texts(bot.phone(person), 0).pop().unwrap();
        assert!(told.contains("1 to 60 letters") && !told.contains(&city), "no clear word: {told:?}");
    }
    assert_eq!(type_city(&bot, person, "पुणे").await.as_deref(), Some("पुणे"));
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn turning_and_hidden_letters_reach_a_partner_as_telegram_has_them() {
    // A chat is between two people: what one writes the other gets, and nothing of it stands in our own words.
    let text = "a\u{202e}b\u{2066}c\u{200b}d\u{feff}e\u{200d}f";
    let (bot, _, told) = in_one_batch(|bot, third| {
        bot.sandbox.send_text(third, text, None).unwrap();
    })
    .await;
    let phones = bot.phones();
    let mark = bot.sandbox.mark();
    let sent = bot.sandbox.send_text(phones[0].person(), text, None).unwrap();
    // Telegram itself takes some of these letters out.
    let own = bot.sandbox.messages(phones[0].person()).into_iter().find(|message| message.id == sent).unwrap().text;
    assert!(own.contains('\u{2066}') && own.contains('\u{200b}'), "{own:?}");
    phones[1].wait_for_text(mark, &own).await.unwrap();
    assert!(told.len() == 1 && !told[0].contains('\u{2066}'), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_is_taken_out_at_the_edge() {
    let (bot, third, told) = in_one_batch(|bot, third| {
        let person = json!({"id": third.get(), "is_bot": false, "first_name": "C\0", "language_code": "en\0", "type": "private"});
        for text in ["\0", "/start\0", "a\0b"] {
            let message = json!({"message_id": 1, "date": 1, "text": text, "from": person, "chat": person});
            bot.sandbox.inject_raw_update(&json!({"message": message})).unwrap();
        }
        let query = json!({"id": "1\0", "chat_instance": "1", "data": "1\0", "from": person});
        bot.sandbox.inject_raw_update(&json!({"callback_query": query})).unwrap();
    })
    .await;
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0);
    assert_eq!(told.len(), 3, "each message was answered: {told:?}");
    // A typed answer with NUL is stored without it.
    ask_city(&bot, third).await;
    assert_eq!(type_city(&bot, third, "Mum\0bai").await.as_deref(), Some("Mumbai"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_instead_of_json_delays_and_loses_nothing() {
    let bot = Bot::start().await;
    for method in ["getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery", "copyMessage"] {
        bot.sandbox.add_fault(Fault::new(FaultAction::BadGateway).method(method).times(2));
    }
    let first = bot.person("Asha", Gender::Woman).await;
    let second = bot.newcomer("Ravi", "en");
    second.register(&Answers::of(Gender::Man)).await.unwrap();
    bot.match_up(first, second).await;
    for i in 0..3 {
        bot.sandbox.send_text(first.person(), &format!("line {i}"), None).unwrap();
    }
    second.wait_for_text(0, "line 2").await.unwrap();
    bot.settle().await;
    let came: Vec<String> = bot.texts(second, 0).into_iter().filter(|text| text.starts_with("line")).collect();
    assert_eq!(came, ["line 0", "line 1", "line 2"]);
    assert!(bot.sandbox.faults().is_empty(), "a page was never served: {:?}", bot.sandbox.faults());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_throttled_for_a_day_stops_nobody_else() {
    let mut bot = Bot::start_with_people(4).await;
    let (first, second) = bot.couple().await;
    let phones = bot.phones();
    let (third, fourth) = (phones[2], phones[3]);
    let throttle = FaultAction::TooManyRequests { retry_after: Some(100_000) };
    bot.sandbox.add_fault(Fault::new(throttle).chat(second.person().get()).times(1));
    bot.sandbox.send_text(first.person(), "tomorrow", None).unwrap();
    eventually("the chat is throttled", PATIENCE, async || bot.counters().throttled.get() == 1).await;
    bot.match_up(third, fourth).await;
    bot.sandbox.send_text(third.person(), "today", None).unwrap();
    fourth.wait_for_text(0, "today").await.unwrap();
    first.send_until("/stop", Menu::Idle).await.unwrap();
    assert!(!bot.texts(second, 0).contains(&"tomorrow".to_owned()), "retried before Telegram allowed it");
    let second = second.person();
    // Nothing is lost: what waits is still there for the next process.
    bot.restart().await;
    bot.phone(second).wait_for_text(0, "tomorrow").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_floods_is_told_once_and_heard_again_after_a_calm() {
    let bot = Bot::start_with_people(4).await;
    let (first, second) = bot.couple().await;
    let phones = bot.phones();
    let (third, fourth) = (phones[2], phones[3]);
    bot.match_up(third, fourth).await;
    bot.settle().await;
    let mark = bot.sandbox.mark();
    for i in 0..200 {
        bot.sandbox.send_text(first.person(), &format!("flood {i}"), None).unwrap();
    }
    bot.sandbox.send_text(third.person(), "meanwhile", None).unwrap();
    fourth.wait_for_text(mark, "meanwhile").await.unwrap();
    bot.settle().await;
    let came = bot.texts(second, mark);
    // Its writer hears of what was refused, by number, once it is over.
    let said = format!("so {} of your messages were not passed on", 200 - came.len());
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains(&said)).await.unwrap();
    assert_eq!(bot.texts(first, mark).len(), 1, "one notice");
    let expected: Vec<String> = (0..came.len()).map(|i| format!("flood {i}")).collect();
    assert_eq!(came, expected, "what passes, passes in order and from the beginning");
    // 20 at once and 5 a second while the batches came in.
    assert!((15..60).contains(&came.len()), "{} passed", came.len());
    eventually("they are heard again", PATIENCE, async || {
        bot.sandbox.send_text(first.person(), "calm", None).unwrap();
        bot.settle().await;
        bot.texts(second, mark).contains(&"calm".to_owned())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_too_long_or_too_deep_spoil_only_themselves() {
    let (bot, third, told) = in_one_batch(|bot, third| {
        let person = json!({"id": third.get(), "is_bot": false, "first_name": "C", "type": "private"});
        let mut deep = json!({});
        for _ in 0..500 {
            deep = json!({ "reply_to_message": deep });
        }
        for extra in [json!("x".repeat(4 << 20)), deep] {
            let message = json!({"message_id": 1, "date": 1, "text": "hm", "from": person, "chat": person, "extra": extra});
            bot.sandbox.inject_raw_update(&json!({"message": message})).unwrap();
        }
        bot.sandbox.inject_raw_update(&json!({"telepathy": {"from": person}})).unwrap();
        let odd = json!({"chat": person, "from": person, "date": 1, "new_chat_member": {"status": "haunting"}});
        bot.sandbox.inject_raw_update(&json!({"my_chat_member": odd})).unwrap();
    })
    .await;
    // The deep one is read as far as it concerns us; the long one, the unknown kind and the unknown status are set aside.
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 3);
    assert_eq!(told.len(), 2, "both messages were answered: {told:?}");
    bot.phone(third).send_until("/find", Menu::Searching).await.unwrap();
}
