//! The gate alone.

use std::time::Duration;

use super::{BURST, Flow, Gate};
use crate::id::TelegramId;
use crate::person::UiLanguage;
use crate::time::Timestamp;

const WHO: TelegramId = TelegramId::new(7);

fn second(number: i64) -> Timestamp {
    Timestamp::from_millis(number * 1_000)
}

fn taken(gate: &mut Gate, flow: Flow, times: impl IntoIterator<Item = i64>) -> usize {
    times.into_iter().filter(|&at| gate.takes(WHO, flow, second(at))).count()
}

#[test]
fn a_burst_passes_and_then_five_a_second() {
    let mut gate = Gate::default();
    assert_eq!(taken(&mut gate, Flow::Written, [100; 40]), usize::try_from(BURST).unwrap());
    assert_eq!(taken(&mut gate, Flow::Written, [101; 10]), 5, "a second later");
}

#[test]
fn a_backlog_counts_by_when_it_was_written() {
    let mut gate = Gate::default();
    let times = (0..60).map(|number| 1_000 + number * 30);
    assert_eq!(taken(&mut gate, Flow::Written, times), 60, "one each 30 s is no flood, however they come");
}

#[test]
fn one_flow_keeps_out_no_other() {
    let mut gate = Gate::default();
    taken(&mut gate, Flow::Written, [5; 100]);
    taken(&mut gate, Flow::Pressed, [5; 100]);
    assert!(gate.takes(WHO, Flow::Safety, second(5)));
}

#[test]
fn a_clock_that_is_set_back_refuses_nobody_for_long() {
    let mut gate = Gate::default();
    taken(&mut gate, Flow::Pressed, [7_200; 30]);
    assert_eq!(taken(&mut gate, Flow::Pressed, [3_600; 5]), 0);
    assert_eq!(taken(&mut gate, Flow::Pressed, [3_602; 5]), 5);
}

#[test]
fn what_was_lost_is_told_once_with_its_number() {
    let mut gate = Gate::default();
    for _ in 0..12 {
        gate.lose(WHO, UiLanguage::Hindi, second(10));
    }
    assert_eq!(gate.next_told(second(11)), None, "more may follow");
    assert_eq!(gate.next_deadline(), Some(second(12)));
    assert_eq!(gate.next_told(second(12)), Some((WHO, UiLanguage::Hindi, 12)));
    assert_eq!(gate.next_told(second(12)), None);
}

#[test]
fn a_flood_that_goes_on_is_told_of_all_the_same() {
    let mut gate = Gate::default();
    for number in 0..20 {
        gate.lose(WHO, UiLanguage::English, second(10).plus(Duration::from_millis(500 * number)));
    }
    assert!(gate.next_told(second(15)).is_some());
}

#[test]
fn only_who_is_not_calm_yet_is_remembered() {
    let mut gate = Gate::default();
    taken(&mut gate, Flow::Written, [100; 40]);
    taken(&mut gate, Flow::Pressed, [200; 2]);
    gate.forget_calm(second(200), second(100));
    assert_eq!(gate.buckets.len(), 2, "neither bucket is full again by its own clock");
    gate.forget_calm(second(201), second(100));
    assert_eq!(gate.buckets.keys().copied().collect::<Vec<_>>(), [(WHO, Flow::Written)]);
    assert!(!gate.takes(WHO, Flow::Written, second(100)), "who flooded is still kept out");
    gate.forget_calm(second(201), second(104));
    assert!(gate.buckets.is_empty());
}
