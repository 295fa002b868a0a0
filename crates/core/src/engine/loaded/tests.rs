//! Which rows of an earlier process are stale.

use super::Loaded;
use crate::chat::{Answers, Seat, Side};
use crate::engine::effect::{OutboxBody, OutboxRow, Relay, Rendered};
use crate::id::{ChatId, MessageId, OutboxId, PersonId, TelegramId};
use crate::testing::timestamp;

const OVER: ChatId = ChatId::new(1);
const LIVE: ChatId = ChatId::new(2);

fn row(id: i64, receiver: i64, chat: Option<ChatId>, body: OutboxBody) -> OutboxRow {
    OutboxRow { id: OutboxId::new(id), receiver: TelegramId::new(receiver), chat, body }
}

fn relay(id: i64, receiver: i64, chat: ChatId) -> OutboxRow {
    let relay = Relay { from: TelegramId::new(9), source: MessageId::new(1), reply_to: None, is_protected: false, sent: None };
    row(id, receiver, Some(chat), OutboxBody::Relay(relay))
}

fn call(id: i64, receiver: i64) -> OutboxRow {
    row(id, receiver, None, OutboxBody::Call(Rendered { version: 1, body: String::new() }))
}

#[test]
fn a_relay_is_stale_once_its_chat_and_all_that_was_to_be_told_behind_it_are_over() {
    let outbox = vec![relay(1, 1, OVER), call(2, 1), relay(3, 1, OVER), relay(4, 2, LIVE), relay(5, 3, OVER), call(6, 4)];
    let (chat, side, since, answers) = (LIVE, Side::First, timestamp(0), Answers::default());
    let chatting = Seat::Chatting { chat, side, since, heard_at: None, has_written: false, answers };
    let seats = vec![(PersonId::new(2), chatting)];
    let mut loaded = Loaded { seats, outbox, ..Loaded::default() };
    let ids = |rows: &[OutboxRow]| rows.iter().map(|row| row.id.get()).collect::<Vec<_>>();
    assert_eq!(ids(&loaded.take_stale_rows()), [3, 5], "1 is sent before the notice of the end, which waits as number 2");
    assert_eq!(ids(&loaded.outbox), [1, 2, 4, 6]);
}
