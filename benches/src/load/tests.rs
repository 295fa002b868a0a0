//! The checker finds what it is there to find.

use std::sync::Arc;
use std::time::Duration;

use luvhive_sandbox::{Delivery, Observer, PersonSpec, Sandbox, SandboxSettings};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::checker::{Checker, Signs, text_of};
use super::driver::{Driver, Plan};
use super::verdict::{Verdict, Window};

const WINDOW: Window = Window { from_ms: 0, until_ms: 10_000 };

fn relay(checker: &Checker, number: u64, to: i64, at_ms: i64) {
    let text = text_of(number);
    let copied_from = Some((1, 1));
    checker.delivered(&Delivery { at_ms, person: to, message_id: 1, text: &text, copied_from, reply_to: None, markup: None });
}

fn card(checker: &Checker, person: i64, chat: u64, at_ms: i64) {
    let markup = json!({"inline_keyboard": [[{"text": "Report", "callback_data": format!("1:r:{chat}")}]]});
    let markup = Some(&markup);
    checker.delivered(&Delivery { at_ms, person, message_id: 2, text: "a card", copied_from: None, reply_to: None, markup });
}

fn chat_keyboard(checker: &Checker, person: i64, at_ms: i64) {
    let markup = json!({"keyboard": [[{"text": "Next"}, {"text": "Stop"}]]});
    let markup = Some(&markup);
    checker.delivered(&Delivery { at_ms, person, message_id: 4, text: "hi", copied_from: None, reply_to: None, markup });
}

fn word(checker: &Checker, person: i64, at_ms: i64) {
    checker.delivered(&Delivery { at_ms, person, message_id: 3, text: "no", copied_from: None, reply_to: None, markup: None });
}

/// Persons 1 and 2 in a chat.
fn pair() -> Checker {
    let checker = Checker::new(Signs { chat_buttons: &["Next", "Weiter"], over: &["1:r:"], agree: &["1:yes:"] });
    checker.log().window_end_ms = WINDOW.until_ms;
    checker.seat(1);
    checker.seat(2);
    checker
}

/// They leave at the end of a run, as everybody does.
fn leave(checker: &Checker, people: &[i64], chat: u64) {
    checker.log().leaving_ms = 9_000;
    for &person in people {
        card(checker, person, chat, 9_001);
    }
}

fn send(checker: &Checker, from: i64, at_ms: i64) -> u64 {
    let number = checker.send(from, at_ms);
    checker.sent(number, i64::try_from(number).unwrap(), at_ms / 1_000);
    number
}

/// Somebody asks for the next partner and writes on.
fn send_hastily(checker: &Checker, from: i64, at_ms: i64) -> u64 {
    let number = checker.send_hastily(from, at_ms);
    checker.sent(number, i64::try_from(number).unwrap(), at_ms / 1_000);
    number
}

#[test]
fn a_clean_run_has_no_faults() {
    let checker = pair();
    for at in 0..100 {
        let number = send(&checker, 1, at * 10);
        relay(&checker, number, 2, at * 10 + 5);
    }
    leave(&checker, &[1, 2], 1_000_000_000_001);
    let verdict = checker.judge(WINDOW, 1_000);
    assert_eq!((verdict.accepted, verdict.delivered, verdict.lost), (100, 100, 0));
    assert_eq!((verdict.misdelivered, verdict.duplicated, verdict.reordered), (0, 0, 0));
    assert_eq!(verdict.p50_ms, 5);
}

#[test]
fn a_missing_message_is_lost_unless_its_sender_was_told() {
    let checker = pair();
    let first = send(&checker, 1, 10);
    let second = send(&checker, 1, 20);
    relay(&checker, second, 2, 30);
    leave(&checker, &[1, 2], 1_000_000_000_001);
    assert_eq!(checker.judge(WINDOW, 1_000).lost, 1);
    word(&checker, 1, 15);
    let verdict = checker.judge(WINDOW, 1_000);
    assert_eq!((verdict.lost, verdict.refused), (0, 1));
    assert_eq!(checker.judge(WINDOW, i64::try_from(first).unwrap()).accepted, 0, "not accepted, not lost");
}

#[test]
fn the_end_of_a_chat_excuses_only_what_came_last() {
    let checker = pair();
    let lost = send(&checker, 1, 10);
    let arrived = send(&checker, 1, 20);
    relay(&checker, arrived, 2, 25);
    send(&checker, 1, 30);
    card(&checker, 1, 1_000_000_000_001, 40);
    card(&checker, 2, 1_000_000_000_001, 41);
    let verdict = checker.judge(WINDOW, 1_000);
    assert_eq!((verdict.lost, verdict.refused), (1, 1), "#{lost} is a gap, the last one fell to the end");
}

#[test]
fn the_last_message_of_a_run_is_lost_although_everybody_leaves() {
    let checker = pair();
    send(&checker, 1, 10);
    leave(&checker, &[1, 2], 1_000_000_000_001);
    assert_eq!(checker.judge(WINDOW, 1_000).lost, 1);
}

#[test]
fn a_message_to_a_stranger_or_a_former_partner_is_misdelivered() {
    let checker = pair();
    let stranger = send(&checker, 1, 10);
    relay(&checker, stranger, 3, 20);
    card(&checker, 2, 1_000_000_000_001, 30);
    let late = send(&checker, 1, 25);
    relay(&checker, late, 2, 40);
    leave(&checker, &[1], 1_000_000_000_001);
    leave(&checker, &[2, 3], 1_000_000_000_002);
    assert_eq!(checker.judge(WINDOW, 1_000).misdelivered, 2);
}

#[test]
fn new_partners_are_known_by_the_end_of_their_chat() {
    let checker = pair();
    chat_keyboard(&checker, 3, 10);
    chat_keyboard(&checker, 4, 11);
    assert_eq!(checker.list_chatting().len(), 4);
    let number = send(&checker, 3, 20);
    relay(&checker, number, 4, 25);
    leave(&checker, &[3, 4], 1_000_000_000_009);
    assert_eq!(checker.judge(WINDOW, 1_000).misdelivered, 0);
    assert_eq!(checker.list_chatting().len(), 2);
}

#[test]
fn order_duplicates_and_gaps_are_counted() {
    let checker = pair();
    let numbers: Vec<u64> = (0..40).map(|at| send(&checker, 1, at)).collect();
    relay(&checker, numbers[1], 2, 100);
    relay(&checker, numbers[0], 2, 101);
    relay(&checker, numbers[0], 2, 102);
    relay(&checker, numbers[2], 2, 1_601);
    let verdict = checker.judge(WINDOW, 1_000);
    assert_eq!((verdict.reordered, verdict.duplicated, verdict.worst_gap_ms), (1, 1, 1_500));
}

/// Person 1 leaves 2 for the next partner, writes on at `written_ms`, and is told of the chat with 3 at `opened_ms`.
fn hasty(written_ms: i64, opened_ms: i64) -> (Checker, u64) {
    let checker = pair();
    let number = send_hastily(&checker, 1, written_ms);
    card(&checker, 1, 1_000_000_000_001, opened_ms);
    card(&checker, 2, 1_000_000_000_001, opened_ms);
    chat_keyboard(&checker, 1, opened_ms);
    chat_keyboard(&checker, 3, opened_ms + 1);
    (checker, number)
}

#[test]
fn what_was_written_before_its_chat_opened_is_misdelivered() {
    let (checker, number) = hasty(1_999, 2_000);
    relay(&checker, number, 3, 2_005);
    leave(&checker, &[1, 3], 1_000_000_000_002);
    let verdict = checker.judge(WINDOW, 1_000);
    assert_eq!((verdict.misdelivered, verdict.written_before_opening, verdict.lost), (1, 1, 0));
    assert!(verdict.is_broken());
}

#[test]
fn what_was_written_in_the_second_of_the_opening_or_later_is_not() {
    for written_ms in [2_000, 2_998, 3_500] {
        let (checker, number) = hasty(written_ms, 2_999);
        relay(&checker, number, 3, 3_600);
        leave(&checker, &[1, 3], 1_000_000_000_002);
        let verdict = checker.judge(WINDOW, 1_000);
        assert_eq!((verdict.misdelivered, verdict.written_before_opening), (0, 0), "{written_ms}");
    }
}

#[test]
fn chats_from_before_the_run_were_open_all_the_time() {
    let checker = pair();
    let number = send(&checker, 1, 0);
    relay(&checker, number, 2, 5_000);
    // The keyboard comes again in the chat: that opens nothing.
    chat_keyboard(&checker, 1, 4_000);
    leave(&checker, &[1, 2], 1_000_000_000_001);
    assert_eq!(checker.judge(WINDOW, 1_000).misdelivered, 0);
}

#[test]
fn a_hasty_message_that_was_not_relayed_is_neither_lost_nor_counted_for_a_rate() {
    let (checker, _) = hasty(1_999, 2_000);
    let number = send(&checker, 1, 2_500);
    relay(&checker, number, 3, 2_505);
    leave(&checker, &[1, 3], 1_000_000_000_002);
    let verdict = checker.judge(WINDOW, 1_000);
    assert_eq!((verdict.accepted, verdict.delivered, verdict.refused, verdict.lost), (2, 1, 1, 0));
    assert!((verdict.offered_per_s - 0.1).abs() < 1e-9 && verdict.excused_per_s.abs() < 1e-9, "{verdict:?}");
}

#[test]
fn a_question_whether_to_chat_opens_nothing_ends_nothing_and_is_no_word() {
    let checker = pair();
    send(&checker, 1, 10);
    let markup = json!({"inline_keyboard": [[{"text": "Chat", "callback_data": "1:yes:1000000000009"}, {"text": "Not now", "callback_data": "1:no:1000000000009"}]]});
    let (text, markup) = ("somebody", Some(&markup));
    let ask = |at_ms| {
        checker.delivered(&Delivery { at_ms, person: 1, message_id: 9, text, copied_from: None, reply_to: None, markup });
    };
    ask(20);
    assert_eq!(checker.take_asked(), [(1, 9, "1:yes:1000000000009".to_owned())]);
    assert!(checker.take_asked().is_empty());
    assert_eq!(checker.list_chatting().len(), 2);
    leave(&checker, &[1, 2], 1_000_000_000_001);
    assert_eq!(checker.judge(WINDOW, 1_000).lost, 1, "it excuses no message");
    ask(30);
    assert!(checker.take_asked().is_empty(), "asked again, they have agreed before");
    assert_eq!(checker.judge(WINDOW, 1_000).lost, 0, "the question comes again as an answer");
}

/// The bot calls a method of the Bot API; returns the answer as it came.
async fn call(sandbox: &Sandbox, method: &str, parameters: &Value) -> String {
    let (token, port, body) = (sandbox.token(), sandbox.port(), parameters.to_string());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST /bot{token}/{method} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(r#"{"ok":true"#), "{answer}");
    answer
}

#[tokio::test]
async fn people_write_on_after_asking_for_the_next_partner_and_agree_when_asked() {
    let checker = Arc::new(pair());
    let observer: Arc<dyn Observer> = Arc::<Checker>::clone(&checker);
    let settings = SandboxSettings { observer: Some(observer), seed: Some(1), ..SandboxSettings::default() };
    let sandbox = Sandbox::start(settings).await.unwrap();
    let person = sandbox.add_person(&PersonSpec { has_started: true, ..PersonSpec::default() });
    checker.seat(person.get());
    let data = "1:yes:1000000000009";
    let markup = json!({"inline_keyboard": [[{"text": "Chat", "callback_data": data}]]});
    call(&sandbox, "sendMessage", &json!({"chat_id": person.get(), "text": "somebody", "reply_markup": markup})).await;
    let plan = Plan {
        rate: 5,
        length: Duration::from_millis(50),
        commands_percent: 99,
        replies_percent: 0,
        hasty_percent: 100,
        next: "next".to_owned(),
        stop: "next".to_owned(),
        find: "find".to_owned(),
        seed: 1,
    };
    Driver::new(vec![person], Arc::clone(&checker), plan).run(&sandbox).await;
    let wrote: Vec<String> = sandbox.messages(person).into_iter().filter(|m| !m.from_bot).map(|m| m.text).collect();
    let hasty = wrote.iter().position(|text| text.starts_with("#0 ")).unwrap();
    assert_eq!(wrote[hasty - 1], "next");
    assert!(checker.log().messages.iter().all(|sent| !sent.is_awaited && sent.date_s < i64::MAX));
    let updates = call(&sandbox, "getUpdates", &json!({})).await;
    assert!(updates.contains("callback_query") && updates.contains(data), "{updates}");
}

#[test]
fn duplicates_need_a_fault_that_explains_them() {
    let explains =
        |duplicated, processes, replies| Verdict { duplicated, ..Verdict::default() }.explains_duplicates(processes, replies);
    assert!(explains(0, 0, 0) && !explains(1, 0, 0));
    assert!(explains(7, 0, 7) && !explains(6, 0, 7) && !explains(8, 0, 7));
    assert!(explains(120, 2, 0) && !explains(121, 2, 0));
    assert!(explains(0, 1, 7), "a process that died may have repeated nothing");
}
