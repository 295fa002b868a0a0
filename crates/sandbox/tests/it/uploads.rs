//! Files that the bot makes itself: sent as a form in parts, shown, kept, and read again.

use serde_json::json;

use crate::kit::Bot;

const FORM: &str = "multipart/form-data; boundary=cut";

fn form(chat: i64, document: &str) -> String {
    format!(
        "--cut\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n{chat}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nYours\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\n{document}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"own\"; filename=\"data.json\"\r\n\
         Content-Type: application/json\r\n\r\n{{\"a\":\r\n1}}\r\n--cut--\r\n"
    )
}

#[tokio::test]
async fn a_document_that_the_bot_made_can_be_read_again() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let path = format!("/bot{}/sendDocument", bot.sandbox.token());
    let sent = bot.post(&path, FORM, form(asha.get(), "attach://own")).await.unwrap().result();
    assert_eq!((&sent["caption"], &sent["document"]["file_name"]), (&json!("Yours"), &json!("data.json")));
    assert_eq!(sent["document"]["mime_type"], "application/json");
    let file_id = sent["document"]["file_id"].as_str().unwrap();
    let seen = bot.sandbox.messages(asha).pop().unwrap();
    assert_eq!(seen.media["document"]["file_id"], file_id);
    assert_eq!(bot.sandbox.read_upload(file_id).as_deref(), Some("{\"a\":\r\n1}"));
    let file = bot.call("getFile", json!({"file_id": file_id})).await.result();
    assert_eq!(file["file_path"], format!("uploads/{file_id}"));
    // By its id it is sent again, as any file.
    let again = bot.call("sendDocument", json!({"chat_id": asha.get(), "document": file_id})).await.result();
    assert_eq!(again["document"], sent["document"]);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_refused() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let path = format!("/bot{}/sendDocument", bot.sandbox.token());
    let refused = bot.post(&path, FORM, form(asha.get(), "attach://other")).await.unwrap();
    assert_eq!(refused.refusal().0, 400);
    let torn = bot.post(&path, FORM, "--cut\r\nContent-Disposition: form-data".to_owned()).await.unwrap();
    assert_eq!(torn.refusal().0, 400);
}
