//! The queues' rules: order within a receiver, none between receivers, pauses, purges, and no memory of idle ones.

use std::time::Duration;

use luvhive_core::engine::effect::{OutboxBody, Relay, Rendered};
use luvhive_core::id::MessageId;

use super::*;

fn relay(id: i64, receiver: i64) -> OutboxRow {
    let relay = Relay { from: TelegramId::new(900), source: MessageId::new(1), reply_to: None, is_protected: false, sent: None };
    OutboxRow {
        id: OutboxId::new(id),
        receiver: TelegramId::new(receiver),
        chat: Some(ChatId::new(7)),
        body: OutboxBody::Relay(relay),
    }
}

fn notice(id: i64, receiver: i64) -> OutboxRow {
    let body = OutboxBody::Call(Rendered { version: 1, body: String::new() });
    OutboxRow { id: OutboxId::new(id), receiver: TelegramId::new(receiver), chat: None, body }
}

fn queues(rows: impl IntoIterator<Item = OutboxRow>) -> Queues {
    let mut queues = Queues::default();
    for row in rows {
        queues.push(row);
    }
    queues
}

fn next(queues: &mut Queues) -> Option<i64> {
    queues.next().map(|job| job.row.id.get())
}

fn again(queues: &mut Queues, receiver: i64, id: i64, at: Instant) {
    let job = Job { not_sent: 1, ..Job::new(relay(id, receiver)) };
    queues.finish(TelegramId::new(receiver), OutboxId::new(id), Fate::Again(at, job));
}

fn done(queues: &mut Queues, receiver: i64, id: i64) -> bool {
    queues.finish(TelegramId::new(receiver), OutboxId::new(id), Fate::Remove)
}

#[test]
fn rows_of_a_receiver_leave_one_by_one_in_the_order_of_their_ids() {
    let mut queues = queues([relay(3, 1), relay(1, 1), relay(2, 1)]);
    assert_eq!((next(&mut queues), next(&mut queues)), (Some(1), None));
    done(&mut queues, 1, 1);
    assert_eq!((next(&mut queues), next(&mut queues)), (Some(2), None));
    done(&mut queues, 1, 2);
    assert_eq!(next(&mut queues), Some(3));
}

#[test]
fn receivers_do_not_wait_for_each_other() {
    let mut queues = queues([relay(1, 1), relay(2, 2), relay(3, 1)]);
    assert_eq!((next(&mut queues), next(&mut queues), next(&mut queues)), (Some(1), Some(2), None));
}

#[test]
fn a_paused_receiver_keeps_its_order_and_holds_up_nobody() {
    let now = Instant::now();
    let mut queues = queues([relay(1, 1), relay(2, 1), relay(3, 2), relay(4, 2)]);
    assert_eq!((next(&mut queues), next(&mut queues)), (Some(1), Some(3)));
    let later = now + Duration::from_mins(1);
    again(&mut queues, 1, 1, later);
    done(&mut queues, 2, 3);
    assert_eq!((next(&mut queues), next(&mut queues)), (Some(4), None));
    assert_eq!(queues.next_wake(), Some(later));
    queues.wake(now);
    assert_eq!(next(&mut queues), None);
    queues.wake(later);
    assert_eq!(next(&mut queues), Some(1));
}

#[test]
fn relays_go_before_notices_of_others_but_never_starve_them() {
    let rows = (1..=20).map(|n| relay(n, n)).chain([notice(100, 100)]);
    let mut queues = queues(rows);
    let order: Vec<_> = std::iter::from_fn(|| next(&mut queues)).collect();
    let place = order.iter().position(|&id| id == 100).unwrap();
    assert_eq!(place, usize::from(RELAYS_PER_NOTICE));
    assert_eq!(order.len(), 21);
}

#[test]
fn a_purge_takes_a_chats_rows_and_leaves_the_rest() {
    let mut queues = queues([relay(1, 1), notice(2, 1), relay(3, 2)]);
    assert_eq!(queues.purge(TelegramId::new(1), Some(ChatId::new(7))).0, 1);
    assert_eq!(queues.waiting(), 2);
    let mut left = [next(&mut queues), next(&mut queues)];
    left.sort_unstable();
    assert_eq!(left, [Some(2), Some(3)]);
}

#[test]
fn a_row_purged_on_its_way_is_counted_once_and_not_sent_again() {
    let mut queues = queues([relay(1, 1), relay(2, 1)]);
    assert_eq!(next(&mut queues), Some(1));
    assert_eq!(queues.purge(TelegramId::new(1), None).0, 2);
    let is_counted = queues.finish(
        TelegramId::new(1),
        OutboxId::new(1),
        Fate::Again(Instant::now(), Job { not_sent: 1, ..Job::new(relay(1, 1)) }),
    );
    assert_eq!((is_counted, queues.waiting()), (false, 0));
    queues.wake(Instant::now());
    assert_eq!(next(&mut queues), None);
    assert_eq!(queues.receivers(), 0);
}

#[test]
fn a_parked_receiver_waits_for_the_purge() {
    let mut queues = queues([relay(1, 1), relay(2, 1)]);
    next(&mut queues);
    queues.finish(TelegramId::new(1), OutboxId::new(1), Fate::Park);
    queues.push(relay(3, 1));
    assert_eq!(next(&mut queues), None);
    assert_eq!(queues.purge(TelegramId::new(1), None).0, 3);
    queues.push(notice(4, 1));
    assert_eq!(next(&mut queues), Some(4));
}

#[test]
fn idle_receivers_are_forgotten() {
    let mut queues = queues((0..100).map(|n| relay(n, n)));
    assert_eq!(queues.receivers(), 100);
    while let Some(id) = next(&mut queues) {
        assert!(done(&mut queues, id, id));
    }
    assert_eq!((queues.receivers(), queues.waiting()), (0, 0));
}

#[test]
fn a_row_that_is_there_already_is_not_added_twice() {
    let mut queues = queues([relay(1, 1), relay(1, 1)]);
    assert_eq!(queues.waiting(), 1);
    next(&mut queues);
    queues.push(relay(1, 1));
    done(&mut queues, 1, 1);
    assert_eq!(next(&mut queues), None);
}
