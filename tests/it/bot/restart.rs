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
    let mark = bot.sandbox.mark();
    phones[1].send_until("/find", Menu::Chatting).await.unwrap();
    phones[0].wait_for_menu(mark, Menu::Chatting).await.unwrap();
}
