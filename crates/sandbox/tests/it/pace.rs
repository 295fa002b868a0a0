//! Telegram's own limits: what is sent too fast is refused with the time to wait.

use luvhive_sandbox::{Fault, FaultAction, PersonId};
use serde_json::json;

use crate::kit::{Answer, Bot};

impl Bot {
    async fn send(&self, chat: i64) -> Answer {
        self.call("sendMessage", json!({"chat_id": chat, "text": "x"})).await
    }
}

async fn limited() -> Bot {
    let bot = Bot::new().await;
    bot.sandbox.add_fault(Fault::new(FaultAction::RateLimits));
    bot
}

#[tokio::test]
async fn chat_takes_a_short_burst_and_then_one_a_second() {
    let bot = limited().await;
    let (asha, bruno) = (bot.person("Asha").get(), bot.person("Bruno").get());
    for _ in 0..5 {
        bot.send(asha).await.result();
    }
    let refused =
        r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}"#;
    assert_eq!(bot.send(asha).await.body, refused);
    // Others, and what is no message, are not held up.
    bot.send(bruno).await.result();
    bot.call("sendChatAction", json!({"chat_id": asha, "action": "typing"})).await.result();
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    bot.send(asha).await.result();
    assert_eq!(bot.send(asha).await.status, 429);
    assert_eq!(bot.sandbox.messages(PersonId::from(asha)).len(), 6, "nothing refused may take effect");
}

#[tokio::test]
async fn copies_of_several_count_one_by_one() {
    let bot = limited().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let list: Vec<i64> = (0..3).map(|_| bot.sandbox.send_text(asha, "x", None).unwrap()).collect();
    let copy = json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_ids": list});
    bot.call("copyMessages", copy.clone()).await.result();
    assert_eq!(bot.call("copyMessages", copy).await.status, 429);
}

#[tokio::test]
async fn webhook_is_set_once_a_second() {
    let bot = limited().await;
    let set = || bot.call("setWebhook", json!({"url": "http://127.0.0.1:9/"}));
    set().await.result();
    assert_eq!(set().await.refusal(), (429, "Too Many Requests: retry after 1".to_owned()));
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    set().await.result();
}

#[tokio::test]
async fn group_and_the_whole_have_limits_of_their_own() {
    let bot = limited().await;
    // The sandbox has no groups; the limit comes before the chat is looked for.
    for _ in 0..20 {
        assert_eq!(bot.send(-100_500).await.status, 400);
    }
    let refused = bot.send(-100_500).await;
    assert!((2..=3).contains(&refused.json()["parameters"]["retry_after"].as_u64().unwrap()), "{}", refused.body);
    let bot = limited().await;
    let mut refused = 0;
    for _ in 0..100 {
        refused += i32::from(bot.send(bot.person("Asha").get()).await.status == 429);
    }
    assert!(refused > 20, "a hundred at once are too many: {refused} were refused");
}
