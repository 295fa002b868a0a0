//! Becoming a member: by buttons, in any language, with every detour, and never under 18.

use std::time::Duration;

use futures_util::future::join_all;
use luvhive_app::system::SystemClock;
use luvhive_core::correction::{Corrected, Fact, NewCorrection};
use luvhive_core::id::BotId;
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::ports::Clock as _;
use luvhive_core::ports::corrections::{CorrectionError, CorrectionStore as _};
use luvhive_core::time::Day;
use luvhive_phone::{Answers, Menu, answer};
use luvhive_sandbox::{Button, PersonId, SeenMessage};
use luvhive_storage::{PgCorrectionStore, Vault};
use luvhive_telegram::callback::{Callback, StepAction};
use luvhive_tests::bot::{Bot, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn registration_takes_ten_taps_and_one_typed_date_in_each_language() {
    let bot = Bot::start().await;
    // Telegram leaves the tag out for some.
    for (tag, language) in
        [("en", UiLanguage::English), ("hi", UiLanguage::Hindi), ("hi-IN", UiLanguage::Hindi), ("", UiLanguage::English)]
    {
        let phone = bot.newcomer("Asha", tag);
        let mut answers = Answers::of(Gender::Woman);
        answers.wanted = std::iter::once(Gender::Man).collect();
        answers.languages = answers.languages.intersection(luvhive_core::person::SpokenLanguages::EMPTY);
        let steps = phone.register(&answers).await.unwrap();
        let typed = steps.iter().filter(|step| step.what == "text").count();
        let taps = steps.len() - typed - 1;
        assert_eq!(typed, 1, "{steps:?}");
        assert!(taps <= 10, "{taps} taps: {steps:?}");
        let query = "SELECT ui_language, gender, born_on::text FROM people WHERE telegram_id = $1";
        let row = bot.sql.query_one(query, &[&phone.person().get()]).await.unwrap();
        assert_eq!(row.get::<_, String>(0), language.code());
        assert_eq!(row.get::<_, String>(1), "woman");
        assert_eq!(row.get::<_, String>(2), "1995-05-17");
        assert_eq!(phone.menu(), Menu::Idle);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_under_age_is_refused_and_remembered() {
    let mut bot = Bot::start().await;
    let child = bot.newcomer("Kim", "en").person();
    let mut answers = Answers::of(Gender::Woman);
    answers.born = Day::from_ymd(2015, 1, 1).unwrap();
    let refused = register_until(&bot, child, &answers, "adults only").await;
    assert!(refused.buttons.is_empty(), "{refused:?}");
    bot.restart().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(child, "/start", None).unwrap();
    bot.sandbox.wait_for(child, mark, PATIENCE, |message| message.text.contains("adults only")).await.unwrap();
    bot.sandbox.send_text(child, "1990-01-01", None).unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 0);
    assert_eq!(bot.count("SELECT count(*) FROM visitors WHERE refused_at IS NOT NULL").await, 1);
}

/// Of a person who was refused or told to wait: that a further date changes nothing about it.
async fn type_date(bot: &Bot, person: PersonId, born: Day, words: &str) -> SeenMessage {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(person, &born.to_string(), None).unwrap();
    bot.sandbox.wait_for(person, mark, PATIENCE, |message| message.text.contains(words)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minors_date_counts_before_it_is_confirmed() {
    let mut bot = Bot::start().await;
    let child = bot.newcomer("Kim", "en").person();
    let answers = Answers { born: Day::from_ymd(2012, 4, 23).unwrap(), ..Answers::of(Gender::Woman) };
    let refused = register_until(&bot, child, &answers, "support code").await;
    let stored = "SELECT support_code, refused_born_on::text FROM visitors";
    let row = bot.sql.query_one(stored, &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(1), "2012-04-23");
    let code: String = row.get(0);
    assert!(refused.text.replace('-', "").contains(&code), "{}", refused.text);
    for year in [2002, 1999, 2000] {
        let again = type_date(&bot, child, Day::from_ymd(year, 4, 23).unwrap(), "support code").await;
        assert_eq!(again.text, refused.text);
        bot.restart().await;
    }
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn eighteen_by_tomorrow_is_asked_to_come_back_and_not_remembered() {
    let mut bot = Bot::start().await;
    let person = bot.newcomer("Kim", "en").person();
    let tomorrow = SystemClock.now().plus(Duration::from_hours(24)).day();
    // 29 February may have no day 18 years before; 28 February is an adult's day then.
    let of_year = tomorrow.to_string().replacen(&tomorrow.year().to_string(), &(tomorrow.year() - 18).to_string(), 1);
    let Ok(born) = of_year.parse().map(Day::from_naive) else { return };
    let answers = Answers { born, ..Answers::of(Gender::Woman) };
    register_until(&bot, person, &answers, "come back tomorrow").await;
    bot.restart().await;
    assert_eq!(bot.count("SELECT count(*) FROM visitors WHERE refused_at IS NOT NULL").await, 0);
    type_date(&bot, person, born, "come back tomorrow").await;
}

/// Corrects as `luvhive correct` does.
async fn correct(bot: &Bot, whom: &str, fact: Fact, second: Option<&str>) -> Result<Corrected, CorrectionError> {
    let new = NewCorrection::new(whom, fact, "a letter", second, "ann", SystemClock.now()).unwrap();
    let store = PgCorrectionStore::new(bot.database.pool().await, Vault::default());
    store.insert_correction(BotId::new(bot.sandbox.bot_id()), new).await
}

#[tokio::test(flavor = "multi_thread")]
async fn support_lifts_the_refusal_of_somebody_who_mistyped() {
    let bot = Bot::start().await;
    let phone = bot.newcomer("Kim", "en");
    let mistyped = Answers { born: Day::from_ymd(2015, 5, 17).unwrap(), ..Answers::of(Gender::Woman) };
    register_until(&bot, phone.person(), &mistyped, "support code").await;
    let code: String = bot.sql.query_one("SELECT support_code FROM visitors", &[]).await.unwrap().get(0);
    let right = Answers::of(Gender::Woman);
    correct(&bot, &code, Fact::Born(right.born), None).await.expect_err("it crosses 18");
    let mark = bot.sandbox.mark();
    assert_eq!(correct(&bot, &code, Fact::Born(right.born), Some("bob")).await.unwrap(), Corrected::Admitted);
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains("register now")).await.unwrap();
    phone.register(&right).await.unwrap();
    let row = bot.sql.query_one("SELECT actor, action, subject, detail FROM audit_log", &[]).await.unwrap();
    let [actor, action, subject, detail]: [String; 4] = std::array::from_fn(|column| row.get(column));
    assert_eq!((actor.as_str(), action.as_str(), subject.replace('-', "")), ("ann", "correct birth date", code));
    assert_eq!(detail, "refusal lifted, an adult's date of birth; second: bob; reason: a letter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_corrected_and_told_while_the_bot_runs() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let row = bot.sql.query_one("SELECT pseudonym FROM people WHERE telegram_id = $1", &[&first.person().get()]).await.unwrap();
    let whom: String = row.get(0);
    let mark = bot.sandbox.mark();
    correct(&bot, &whom, Fact::Gender(Gender::NonBinary), None).await.unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("Non-binary")).await.unwrap();
    let minor = Fact::Born(Day::from_ymd(2012, 4, 23).unwrap());
    correct(&bot, &whom, minor, None).await.expect_err("it crosses 18");
    correct(&bot, &whom, minor, Some("bob")).await.unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("not 18 yet")).await.unwrap();
    second.wait_for_menu(mark, Menu::Idle).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 0);
    bot.sandbox.send_text(first.person(), "/start", None).unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("support code")).await.unwrap();
    bot.sandbox.send_text(first.person(), "/delete_me", None).unwrap();
    bot.press(first, |button| matches!(button, Callback::Delete { .. })).await;
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("has been deleted")).await.unwrap();
    type_date(&bot, first.person(), Day::from_ymd(1990, 1, 1).unwrap(), "support code").await;
}

/// Answers every question until a message with these words comes.
async fn register_until(bot: &Bot, person: PersonId, answers: &Answers, words: &str) -> SeenMessage {
    let phone = bot.phone(person);
    tokio::select! {
        steps = phone.register(answers) => panic!("registered: {steps:?}"),
        refused = bot.sandbox.wait_for(person, 0, PATIENCE, |message| message.text.contains(words)) => refused.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_survives_a_restart_in_english() {
    register_restarting("en", UiLanguage::English).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_survives_a_restart_in_hindi() {
    register_restarting("hi", UiLanguage::Hindi).await;
}

/// Registers somebody with a restart of the bot between any two steps.
async fn register_restarting(tag: &str, language: UiLanguage) {
    let mut bot = Bot::start().await;
    let person = bot.newcomer("Asha", tag).person();
    let answers = Answers::of(Gender::Woman);
    bot.sandbox.send_text(person, "/start", None).unwrap();
    let (mut mark, mut steps, mut has_typed) = (0, 0, false);
    loop {
        let seen = {
            let phone = bot.phone(person);
            let next = |messages: &[SeenMessage]| {
                let new = messages.iter().filter(|message| message.from_bot && message.version > mark);
                let newest = new.max_by_key(|message| message.version)?;
                let is_question = phone.menu() != Menu::None || answer(newest, &answers).is_some() || !has_typed;
                is_question.then(|| newest.clone())
            };
            bot.sandbox.wait_until(person, PATIENCE, next).await.unwrap()
        };
        bot.settle().await;
        if bot.phone(person).menu() == Menu::Idle {
            break;
        }
        bot.restart().await;
        mark = bot.sandbox.mark();
        if let Some(data) = answer(&seen, &answers) {
            bot.sandbox.press(person, seen.id, Button::Data(data)).unwrap();
        } else {
            bot.sandbox.send_text(person, &answers.born.to_string(), None).unwrap();
            has_typed = true;
        }
        steps += 1;
        assert!(steps < 30, "the registration goes round in circles");
    }
    assert!(steps >= 8, "{steps} steps");
    let row = bot.sql.query_one("SELECT ui_language FROM people", &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(0), language.code());
    let is_hindi = |text: &str| text.chars().any(|letter| ('\u{900}'..='\u{97f}').contains(&letter));
    for text in bot.texts(bot.phone(person), 0) {
        assert_eq!(is_hindi(&text), language == UiLanguage::Hindi, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_repeated_and_forged_buttons_change_nothing() {
    let bot = Bot::start().await;
    let phone = bot.newcomer("Asha", "en");
    let person = phone.person();
    bot.sandbox.send_text(person, "/start", None).unwrap();
    let consent = bot.sandbox.wait_for(person, 0, PATIENCE, |message| !message.buttons.is_empty()).await.unwrap();
    let agree = consent.buttons.iter().flatten().find_map(|button| {
        let data = button.data.clone()?;
        matches!(Callback::parse(&data)?, Callback::Step { action: StepAction::Agree, .. }).then_some(data)
    });
    let agree = agree.unwrap();
    let query = |id: u32, data: &str| {
        serde_json::json!({"callback_query": {
            "id": id.to_string(), "chat_instance": "1", "data": data,
            "from": {"id": person.get(), "is_bot": false, "first_name": "Asha", "language_code": "en"},
            "message": {"message_id": consent.id, "date": 1, "chat": {"id": person.get(), "type": "private", "first_name": "Asha"}},
        }})
    };
    // The same button five times: one step, whatever comes after it is stale, and each press is answered.
    let presses: Vec<String> = (0..5).map(|_| bot.sandbox.press_as_shown(person, consent.id, &agree).unwrap()).collect();
    for press in presses {
        bot.sandbox.wait_for_answer(&press, PATIENCE).await.unwrap();
    }
    for (id, data) in (10..).zip(["", "1s:999:agree", "0s:1:agree", "1c:widen:everything", "1block:1", "1rate:1:1", "💣"]) {
        bot.sandbox.inject_raw_update(&query(id, data)).unwrap();
    }
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 0);
    assert_eq!(bot.count("SELECT count(*) FROM dialogs").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0, "a forged button is no unusable update");
    bot.newcomer("Bina", "en").register(&Answers::of(Gender::Woman)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_people_register_at_once() {
    let bot = Bot::start().await;
    let languages = ["en", "hi"];
    let phones: Vec<_> = (0..200).map(|i| bot.newcomer(&format!("P{i}"), languages[i % 2])).collect();
    let answers = Answers::of(Gender::Man);
    for outcome in join_all(phones.iter().map(|phone| phone.register(&answers))).await {
        outcome.unwrap();
    }
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM people").await, 200);
    assert_eq!(bot.count("SELECT count(*) FROM dialogs").await, 0);
}
