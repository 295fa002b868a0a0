//! What one batch becomes of some effects, and when it is worth a commit.

use std::collections::BTreeSet;

use super::{Batch, ChatChange, DeadUpdate, InboxRow, InboxWork, Render, Taken, fold};
use crate::engine::effect::{Effect, Original, OutboxBody, OutboxRow, Relay, Rendered};
use crate::engine::notice::Notice;
use crate::id::{ChatId, CommandId, HoldId, InboxId, MessageId, OutboxId, PersonId, TelegramId, UpdateId};
use crate::person::UiLanguage;
use crate::testing::timestamp;

const PERSON: PersonId = PersonId::new(1);
const RECEIVER: TelegramId = TelegramId::new(1_001);
const WRITER: TelegramId = TelegramId::new(1_002);
const CHAT: ChatId = ChatId::new(5);

fn taken() -> Taken {
    Taken { watermark: Some(UpdateId::new(7)), at: timestamp(1) }
}

struct Blank;
impl Render for Blank {
    fn render(&self, _: TelegramId, _: UiLanguage, _: &Notice) -> Rendered {
        call()
    }

    fn removal(&self) -> Rendered {
        call()
    }
}

fn call() -> Rendered {
    Rendered { version: 1, body: String::new() }
}

fn relay(id: i64, message: i32) -> Effect {
    let relay = Relay { from: WRITER, source: MessageId::new(message), reply_to: None, is_protected: false, sent: None };
    Effect::Relay { id: OutboxId::new(id), chat: CHAT, receiver: RECEIVER, relay }
}

fn edit(id: i64, message: i32) -> Effect {
    Effect::Edit { id: OutboxId::new(id), chat: CHAT, receiver: RECEIVER, original: original(message), call: call() }
}

const fn original(message: i32) -> Original {
    Original { from: WRITER, message: MessageId::new(message) }
}

#[test]
fn a_batch_with_anything_in_it_is_worth_a_commit() {
    let nothing = Batch { at: timestamp(1), ..Batch::default() };
    assert!(nothing.is_empty(), "a time alone changes nothing");
    let outbox = OutboxRow { id: OutboxId::new(1), receiver: RECEIVER, chat: None, body: OutboxBody::Call(call()) };
    let work = InboxWork::Erase { person: PERSON };
    let inbox = InboxRow { id: InboxId::new(1), telegram: RECEIVER, chat: None, work, received_at: timestamp(0) };
    let each = [
        Batch { watermark: Some(UpdateId::new(1)), ..Batch::default() },
        Batch { seats: vec![(PERSON, None)], ..Batch::default() },
        Batch { chats: vec![ChatChange::new(CHAT)], ..Batch::default() },
        Batch { outbox: vec![outbox], ..Batch::default() },
        Batch { purges: vec![(RECEIVER, None)], ..Batch::default() },
        Batch { inbox: vec![inbox], ..Batch::default() },
        Batch { inbox_done: vec![InboxId::new(1)], ..Batch::default() },
        Batch { commands_done: vec![CommandId::new(1)], ..Batch::default() },
        Batch { reachable: vec![(PERSON, true)], ..Batch::default() },
        Batch { premium_used: vec![PERSON], ..Batch::default() },
        Batch { invitations: vec![([PERSON, PersonId::new(2)], None)], ..Batch::default() },
        Batch { holds: vec![(HoldId::new(1), None)], ..Batch::default() },
        Batch { dead: vec![DeadUpdate { update: UpdateId::new(1), reason: "unusable".into() }], ..Batch::default() },
        Batch { seen: vec![UpdateId::new(1)], ..Batch::default() },
    ];
    for batch in each {
        assert!(!batch.is_empty(), "{batch:?}");
    }
}

#[test]
fn a_batch_says_how_far_it_goes_and_when() {
    let folded = fold([], taken(), &Blank, &|_| None);
    assert_eq!(folded.batch, Batch { watermark: Some(UpdateId::new(7)), at: timestamp(1), ..Batch::default() });
}

#[test]
fn what_a_purge_drops_of_the_same_batch_is_counted() {
    let purge = || Effect::Purge { receiver: RECEIVER, chat: Some(CHAT) };
    let folded = fold([relay(1, 11), edit(2, 10), purge(), purge(), relay(3, 12)], taken(), &Blank, &|_| None);
    assert_eq!(folded.unsent, [(RECEIVER, 2)]);
    assert_eq!(folded.late, BTreeSet::from([original(10)]));
    assert_eq!(folded.batch.purges, [(RECEIVER, Some(CHAT))]);
    assert_eq!(folded.batch.outbox.iter().map(|row| row.id.get()).collect::<Vec<_>>(), [3]);

    let elsewhere = Effect::Purge { receiver: WRITER, chat: None };
    let folded = fold([relay(1, 11), elsewhere], taken(), &Blank, &|_| None);
    assert_eq!((folded.unsent, folded.batch.outbox.len()), (Vec::new(), 1));
}
