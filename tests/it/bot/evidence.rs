//! What stays of a chat's words: what a report needs, encrypted, and nothing else, on the busiest day.

use std::time::Duration;

use luvhive_core::case::{Exhibit, Former, Queue};
use luvhive_core::chat::{ChatText, Content};
use luvhive_core::conduct::ReportReason;
use luvhive_core::id::{BotId, TelegramId};
use luvhive_core::person::Gender;
use luvhive_core::ports::case::Reader;
use luvhive_core::ports::{CaseStore as _, Clock as _};
use luvhive_phone::{Answers, Phone};
use luvhive_sandbox::{PersonId, PersonSpec};
use luvhive_storage::MadeUp;
use luvhive_storage::seed::seed_chats;
use luvhive_telegram::callback::{Callback, ProfileAction, ProfilePage};
use luvhive_tests::bot::{Bot, PATIENCE};
use tokio_postgres::Client;

const COUPLES: u32 = 40;
/// How long people write on the busy day.
const BUSY: Duration = Duration::from_secs(4);
/// Stands in every message, name and city.
const WORD: &str = "Plantedword";

async fn report(bot: &Bot, phone: Phone<'_>) {
    bot.sandbox.send_text(phone.person(), "/report", None).unwrap();
    bot.press(phone, |button| matches!(button, Callback::Report { reason: ReportReason::Hate, .. })).await;
    bot.settle().await;
}

/// What was frozen with the only report.
async fn frozen(bot: &Bot) -> Vec<Exhibit> {
    let (id, cases) = (BotId::new(bot.sandbox.bot_id()), bot.cases().await);
    let reader = Reader { by: "ann", queues: Queue::ALL, is_alone: false, at: luvhive_app::system::SystemClock.now() };
    let case = cases.list_cases(id, reader).await.unwrap()[0].case;
    cases.show_case(id, case, reader).await.unwrap().reports.remove(0).evidence
}

fn words(words: &str) -> Former {
    Former::Words(ChatText::new(words.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_after_an_edit_shows_what_stood_there_and_after_a_restart_that_it_changed() {
    let mut bot = Bot::start_with_people(2).await;
    let (first, second) = {
        let (first, second) = bot.couple().await;
        (first.person(), second.person())
    };
    let own = bot.sandbox.send_text(first, "something vile", None).unwrap();
    bot.phone(second).wait_for_text(0, "something vile").await.unwrap();
    bot.settle().await;
    for (new, is_restarted) in [("a nice day", false), ("a nicer day", false), ("the nicest day", true)] {
        if is_restarted {
            bot.restart().await;
        }
        bot.sandbox.edit_text(first, own, new).unwrap();
        bot.phone(second).wait_for_text(0, new).await.unwrap();
        bot.settle().await;
    }
    report(&bot, bot.phone(second)).await;
    let [exhibit] = &frozen(&bot).await[..] else { panic!("one message") };
    assert_eq!(exhibit.former, [words("something vile"), words("a nice day"), Former::Unknown]);
    assert_eq!((exhibit.is_by_reported, exhibit.sent.map(|sent| sent.content)), (Some(true), Some(Content::Text)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_by_somebody_who_leaves_at_once_is_frozen_all_the_same() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let own = bot.sandbox.send_text(first.person(), "something vile", None).unwrap();
    second.wait_for_text(0, "something vile").await.unwrap();
    bot.settle().await;
    bot.sandbox.edit_text(first.person(), own, "a nice day").unwrap();
    second.wait_for_text(0, "a nice day").await.unwrap();
    bot.sandbox.send_text(first.person(), "/delete_me", None).unwrap();
    bot.press(first, |button| matches!(button, Callback::Delete { .. })).await;
    bot.settle().await;
    report(&bot, second).await;
    let [exhibit] = &frozen(&bot).await[..] else { panic!("one message") };
    assert_eq!(exhibit.former, [words("something vile")]);
    assert_eq!((exhibit.is_by_reported, exhibit.sent.map(|sent| sent.content)), (Some(true), Some(Content::Text)));
}

/// Every column of every row of every table, as text.
async fn dump(client: &Client) -> String {
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let mut dump = String::new();
    for row in client.query(tables, &[]).await.unwrap() {
        let rows = format!("SELECT coalesce(string_agg(t::text, ' '), '') FROM {} AS t", row.get::<_, String>(0));
        dump.push_str(&client.query_one(&rows, &[]).await.unwrap().get::<_, String>(0));
    }
    dump.to_lowercase()
}

/// A text as `bytea` is written.
fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"))
}

/// Somebody whose names, city and own words are the word.
async fn plant(bot: &Bot) {
    let (username, last_name) = (Some(format!("{WORD}_bird")), Some(format!("{WORD}son")));
    let spec = PersonSpec { username, last_name, ..PersonSpec::new(WORD, "en") };
    let phone = Phone::new(&bot.sandbox, &spec, PATIENCE);
    phone.register(&Answers::of(Gender::Woman)).await.unwrap();
    for page in [ProfilePage::City, ProfilePage::Bio] {
        let mark = bot.sandbox.mark();
        bot.sandbox.send_text(phone.person(), "/profile", None).unwrap();
        bot.press(phone, |button| button == Callback::Profile(ProfileAction::Show(page))).await;
        bot.sandbox.send_text(phone.person(), WORD, None).unwrap();
        bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains("Saved.")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_busy_day_no_word_of_anybody_lies_in_the_database() {
    let mut bot = Bot::start_with_people(COUPLES * 2).await;
    let people: Vec<PersonId> = bot.sandbox.people().iter().map(|person| person.id.into()).collect();
    plant(&bot).await;
    bot.halt().await;
    let (id, first, now) =
        (BotId::new(bot.sandbox.bot_id()), TelegramId::new(people[0].get()), luvhive_app::system::SystemClock.now());
    seed_chats(&bot.database.database(), id, MadeUp::new(COUPLES, first, now)).await.unwrap();
    bot.run().await;

    let client = bot.database.client().await;
    let taking = tokio::spawn(async move {
        let (mut dumps, began) = (Vec::new(), tokio::time::Instant::now());
        while began.elapsed() < BUSY + Duration::from_secs(1) {
            dumps.push(dump(&client).await);
        }
        dumps
    });
    let (mut sent, began) = (0_u32, tokio::time::Instant::now());
    while began.elapsed() < BUSY {
        for person in &people {
            let own = bot.sandbox.send_text(*person, &format!("{WORD} {sent}"), None).unwrap();
            sent += 1;
            if sent.is_multiple_of(4) {
                bot.sandbox.edit_text(*person, own, &format!("{WORD} again {sent}")).unwrap();
            }
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let mut dumps = taking.await.unwrap();
    bot.settle().await;
    dumps.push(dump(&bot.sql).await);
    let pseudonym: String = bot.sql.query_one("SELECT pseudonym FROM people LIMIT 1", &[]).await.unwrap().get(0);
    for dump in &dumps {
        assert!(dump.contains(&pseudonym), "a dump shows what lies in clear");
        for trace in [WORD.to_lowercase(), hexadecimal(WORD), hexadecimal(&WORD.to_lowercase())] {
            let found = dump.find(&trace).map(|at| &dump[at.saturating_sub(200)..(at + 50).min(dump.len())]);
            assert_eq!(found, None, "{trace}");
        }
    }
    assert!(bot.count("SELECT count(*) FROM message_map").await > 500, "hardly anything was passed on");
    assert!(bot.count("SELECT count(*) FROM former_words WHERE words_sealed IS NOT NULL").await > 50, "hardly an edit");
    assert_eq!(bot.count("SELECT count(*) FROM former_words WHERE words_sealed IS NULL").await, 0);
}
