//! Changes to messages: they reach the copy however late that is made, or their writer hears that they did not.

use luvhive_sandbox::{Fault, FaultAction};
use luvhive_tests::bot::{Bot, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_reaches_the_copy_however_late_that_is_made() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let throttle = FaultAction::TooManyRequests { retry_after: Some(1) };
    bot.sandbox.add_fault(Fault::new(throttle).method("copyMessage").times(1));
    bot.sandbox.add_fault(Fault::new(FaultAction::Latency { ms: 500 }).method("copyMessage"));
    let mark = bot.sandbox.mark();
    for n in 0..3 {
        let own = bot.sandbox.send_text(first.person(), &format!("helo {n}"), None).unwrap();
        bot.sandbox.edit_text(first.person(), own, &format!("hello {n}")).unwrap();
    }
    second.wait_for_text(0, "hello 2").await.unwrap();
    bot.settle().await;
    let read: Vec<String> = bot.texts(second, 0).into_iter().filter(|text| text.starts_with("hel")).collect();
    assert_eq!(read, ["hello 0", "hello 1", "hello 2"]);
    assert_eq!(bot.texts(first, mark), Vec::<String>::new(), "nothing was lost, and nothing is said to be");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_edit_is_told_to_its_writer() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let own = bot.sandbox.send_text(first.person(), "Meet at 5", None).unwrap();
    second.wait_for_text(0, "Meet at 5").await.unwrap();
    bot.settle().await;
    let (gone, kept) = ("did not get this change", "your partner keeps the old message");
    for (hour, (reason, words)) in [
        ("message to edit not found", gone),
        ("message can't be edited", kept),
        ("MESSAGE_ID_INVALID", gone),
        ("there is no text in the message to edit", kept),
        ("message is too long", kept),
    ]
    .into_iter()
    .enumerate()
    {
        let refusal = FaultAction::Error { status: 400, description: Some(reason.to_owned()) };
        bot.sandbox.add_fault(Fault::new(refusal).method("editMessageText").times(1));
        let mark = bot.sandbox.mark();
        bot.sandbox.edit_text(first.person(), own, &format!("No, at {}", hour + 6)).unwrap();
        let told = |message: &luvhive_sandbox::SeenMessage| message.text.contains(words);
        bot.sandbox.wait_for(first.person(), mark, PATIENCE, told).await.unwrap();
        bot.settle().await;
        assert_eq!(bot.texts(second, mark), Vec::<String>::new(), "{reason}: no second copy");
    }
}
