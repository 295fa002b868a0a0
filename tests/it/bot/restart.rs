//! What a restart leaves alone: chats, waits, and whatever came while nobody was there.

use luvhive_phone::Menu;
use luvhive_tests::bot::Bot;

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_goes_on_and_nothing_sent_meanwhile_is_lost() {
    let mut bot = Bot::start_with_people(2).await;
    let (first, second) = {
        let (first, second) = bot.couple().await;
        (first.person(), second.person())
    };
    bot.halt().await;
    for i in 0..10 {
        bot.sandbox.send_text(first, &format!("line {i}"), None).unwrap();
    }
    let mark = bot.sandbox.mark();
    bot.run().await;
    bot.phone(second).wait_for_text(mark, "line 9").await.unwrap();
    let expected: Vec<String> = (0..10).map(|i| format!("line {i}")).collect();
    assert_eq!(bot.texts(bot.phone(second), mark), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_person_keeps_the_old_wait() {
    let mut bot = Bot::start_with_people(2).await;
    let since = "SELECT (extract(epoch FROM since) * 1000000)::bigint FROM seats WHERE kind = 'waiting'";
    bot.phones()[0].send_until("/find", Menu::Searching).await.unwrap();
    bot.settle().await;
    let before = bot.count(since).await;
    bot.restart().await;
    assert_eq!(bot.count(since).await, before);
    let phones = bot.phones();
    phones[1].send_until("/find", Menu::Meeting).await.unwrap();
    phones[1].open_chat(phones[0]).await.unwrap();
}

/// Keeps a copy of every row to be sent, for a crash of the database to bring back.
async fn keep_rows(bot: &Bot) {
    let keep = "CREATE TABLE kept (LIKE outbox);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO kept SELECT NEW.*; RETURN NULL; END';
        CREATE TRIGGER keep AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep()";
    bot.sql.batch_execute(keep).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_short_crash_brought_back_is_not_sent_again() {
    let mut bot = Bot::start_with_people(2).await;
    let (first, second) = {
        let (first, second) = bot.couple().await;
        (first.person(), second.person())
    };
    bot.settle().await;
    keep_rows(&bot).await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first, "once", None).unwrap();
    bot.phone(second).wait_for_text(mark, "once").await.unwrap();
    bot.settle().await;
    // The crash takes the settlement back and ends its session; nothing else of the bot notices.
    let crash = "INSERT INTO outbox SELECT * FROM kept; DELETE FROM message_map;
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'luvhive-settle%'";
    bot.sql.batch_execute(crash).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM message_map").await, 1, "the pair is remembered again");
    bot.restart().await;
    bot.settle().await;
    assert_eq!(bot.texts(bot.phone(second), mark), ["once"]);
    assert_eq!(bot.counters().reloads.get(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_of_a_chat_whose_end_was_told_is_not_sent_at_a_start() {
    let mut bot = Bot::start_with_people(2).await;
    let (first, second) = {
        let (first, second) = bot.couple().await;
        (first.person(), second.person())
    };
    bot.settle().await;
    keep_rows(&bot).await;
    bot.sandbox.send_text(first, "once", None).unwrap();
    bot.phone(second).wait_for_text(0, "once").await.unwrap();
    bot.phone(first).send_until("/stop", Menu::Idle).await.unwrap();
    bot.settle().await;
    let mark = bot.sandbox.mark();
    bot.halt().await;
    bot.sql.batch_execute("INSERT INTO outbox SELECT * FROM kept WHERE source_id IS NOT NULL").await.unwrap();
    bot.run().await;
    bot.settle().await;
    assert_eq!(bot.texts(bot.phone(second), mark), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_agreed_to_older_documents_is_asked_before_a_search() {
    let mut bot = Bot::start_with_people(2).await;
    bot.halt().await;
    let older = "UPDATE consents SET version = version - 1 WHERE telegram_id = (SELECT min(telegram_id) FROM people)";
    assert_eq!(bot.sql.execute(older, &[]).await.unwrap(), 1);
    bot.run().await;
    let phones = bot.phones();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phones[0].person(), "/find", None).unwrap();
    let asked = |message: &luvhive_sandbox::SeenMessage| message.from_bot && message.text.contains("as they are now");
    bot.sandbox.wait_for(phones[0].person(), mark, luvhive_tests::bot::PATIENCE, asked).await.unwrap();
    phones[1].send_until("/find", Menu::Searching).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats").await, 1);
}
