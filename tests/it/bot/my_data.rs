//! What is stored about a person, as a file for them: whole, at once, once a day, and about nobody else.

use luvhive_tests::bot::{Bot, PATIENCE};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_their_data_as_a_file_once_a_day() {
    let bot = Bot::start_with_people(2).await;
    let (anna, carl) = bot.couple().await;
    bot.sandbox.send_text(carl.person(), "a word of the partner's", None).unwrap();
    bot.settle().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(anna.person(), "/my_data", None).unwrap();
    let is_file = |message: &luvhive_sandbox::SeenMessage| !message.media["document"].is_null();
    let seen = bot.sandbox.wait_for(anna.person(), mark, PATIENCE, is_file).await.unwrap();
    let file = &seen.media["document"];
    assert_eq!((&file["file_name"], &file["mime_type"]), (&"luvhive-my-data.json".into(), &"application/json".into()));
    let text = bot.sandbox.read_upload(file["file_id"].as_str().unwrap()).unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["stored"]["profile"][0]["telegram_id"], anna.person().get());
    assert_eq!(data["stored"]["seat"][0]["kind"], "chatting");
    assert!(!text.contains(&carl.person().get().to_string()) && !text.contains("a word of"), "nothing of the partner");

    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(anna.person(), "/my_data", None).unwrap();
    let told = bot.sandbox.wait_for(anna.person(), mark, PATIENCE, |message| message.from_bot).await.unwrap();
    assert!(told.text.contains("You can ask for it again from"), "{}", told.text);
    bot.sql.batch_execute("UPDATE visitors SET data_sent_at = data_sent_at - interval '24 hours'").await.unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(anna.person(), "/my_data", None).unwrap();
    bot.sandbox.wait_for(anna.person(), mark, PATIENCE, is_file).await.unwrap();
}
