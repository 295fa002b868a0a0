//! A seeded simulator that drives the real `step` and `fold` with two instances, crashes, freezes, lost replies, unknown
//! outcomes, database crashes and clocks set back and forward, in both modes of opening a chat, with a Telegram that has a
//! clock of its own, keeps updates back, throttles, refuses for many reasons and answers unclearly. It watches the promises
//! of the engine.
//!
//! It tries seeds from 0 up for [`BUDGET`], but no fewer than [`LEAST_SEEDS`], and prints how many that were.
//! `LUVHIVE_SIM_SEEDS=<n>` tries exactly the first n. A failing seed replays with its trace:
//! `LUVHIVE_SIM_SEED=<seed> cargo test -p luvhive-core --test simulation whatever -- --nocapture`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a model may stop where a program must not")]

mod simulation {
    pub(crate) mod check;
    pub(crate) mod database;
    pub(crate) mod doubt;
    pub(crate) mod faults;
    pub(crate) mod former;
    pub(crate) mod held;
    pub(crate) mod instance;
    pub(crate) mod lane;
    pub(crate) mod message;
    pub(crate) mod people;
    pub(crate) mod planted;
    pub(crate) mod random;
    pub(crate) mod records;
    pub(crate) mod refused;
    pub(crate) mod sender;
    pub(crate) mod telegram;
    pub(crate) mod watch;
    pub(crate) mod world;

    /// A bug put into the model on purpose: the checks must see it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Planted {
        AcknowledgeBeforeCommit,
        RemoveBeforeSend,
        NoEpoch,
        NoWatermark,
        OutboxNotReloaded,
        UnknownTakenAsSent,
        NewJobsFirst,
        LaneUnfenced,
        EditUnchecked,
        OpenedByOnePress,
        RelayedBeforeOpening,
        DeadlineForgottenAtRestart,
        SurvivorsPlaceLost,
        OldCommandActedOn,
        ForwardTakenForCommand,
        LateMessageRelayed,
        FullQueueDropsSafety,
        ReturnerGetsOldMail,
        BelatedPressIsConsent,
        FirmForgottenAtRestart,
        UndeliveredUntold,
        RefusalMisnamed,
        LetGoUntold,
        RepeatedForever,
        OutageCounts,
        ReleasedButKept,
        ReleasedInOldPlace,
        HeldUntold,
        MediaUnasked,
        LeakUnasked,
        LeakyEditFollows,
        FormerWordsLost,
        FormerWordsAreNew,
        ClockStandsStill,
    }
}

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use simulation::Planted;
use simulation::check::{Counts, Outcomes, Rule};
use simulation::world::World;

/// How long the ordinary test run tries seeds.
const BUDGET: Duration = Duration::from_secs(20);
/// How many seeds it tries at least, however slow the machine is.
const LEAST_SEEDS: u64 = 2_000;
/// No seed from here on is tried: another one has failed.
const FAILED: u64 = u64::MAX / 2;
/// Within so many seeds a planted bug must be seen.
const PLANTED_SEEDS: u64 = 100;

/// The sums of many seeds, and the first one that failed.
#[derive(Debug, Default)]
struct Sums {
    seeds: u64,
    events: u64,
    faults: u64,
    /// How many events the quietest seed whose clock nobody set had for all the time in which people act, the time left out in
    /// which nobody heard them.
    least_events: Option<u64>,
    least_faults: Option<u64>,
    counts: Counts,
    failed: Option<(u64, String)>,
}

impl Sums {
    fn add(&mut self, seed: u64, outcomes: Outcomes) {
        self.seeds += 1;
        self.events += outcomes.events;
        self.faults += outcomes.faults;
        let events = outcomes.events_of_full_hearing().filter(|_| !outcomes.is_clock_set);
        self.least_events = self.least_events.into_iter().chain(events).min();
        self.least_faults = Some(self.least_faults.map_or(outcomes.faults, |least| least.min(outcomes.faults)));
        for (sum, count) in self.counts.0.iter_mut().zip(outcomes.counts.0) {
            *sum += count;
        }
        if let Some(what) = outcomes.failure
            && self.failed.as_ref().is_none_or(|&(first, _)| seed < first)
        {
            self.failed = Some((seed, what));
        }
    }

    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.events += other.events;
        self.faults += other.faults;
        self.least_events = self.least_events.into_iter().chain(other.least_events).min();
        self.least_faults = self.least_faults.into_iter().chain(other.least_faults).min();
        for (sum, count) in self.counts.0.iter_mut().zip(other.counts.0) {
            *sum += count;
        }
        self.failed = self.failed.take().into_iter().chain(other.failed).min();
    }
}

/// Runs seeds from 0 up on all processors: so many, or for as long as the budget lasts.
#[expect(clippy::disallowed_methods, reason = "only how many seeds are tried depends on the clock")]
fn run_all(seeds: Option<u64>) -> Sums {
    let begun = Instant::now();
    let is_over = |seed: u64| match seeds {
        Some(seeds) => seed >= seeds,
        None => seed >= LEAST_SEEDS && begun.elapsed() >= BUDGET,
    };
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let work = || {
        let mut sums = Sums::default();
        while sums.failed.is_none() {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= FAILED || is_over(seed) {
                break;
            }
            sums.add(seed, World::run(seed, None, false));
        }
        if sums.failed.is_some() {
            next.store(FAILED, Ordering::Relaxed);
        }
        sums
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).fold(Sums::default(), |mut all, one| {
            all.join(one);
            all
        })
    })
}

#[expect(clippy::print_stdout, reason = "the figures of a run are its result")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::disallowed_methods, reason = "which seeds to try is said by hand, for this test alone")]
fn number_from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn the_promises_hold_whatever_goes_wrong() {
    if let Some(seed) = number_from_environment("LUVHIVE_SIM_SEED") {
        let outcomes = World::run(seed, None, true);
        outcomes.trace.iter().for_each(|line| say(line));
        assert_eq!(outcomes.failure, None, "seed {seed}");
        return;
    }
    let sums = run_all(number_from_environment("LUVHIVE_SIM_SEEDS"));
    let (least_events, least_faults) = (sums.least_events.unwrap_or(0), sums.least_faults.unwrap_or(0));
    say(&format!("{} seeds: {} events, at least {least_events} a seed heard all the time", sums.seeds, sums.events));
    say(&format!("{} faults, at least {least_faults} a seed", sums.faults));
    for (rule, count) in Rule::ALL.iter().zip(sums.counts.0) {
        say(&format!("{rule:?} was checked {count} times"));
    }
    if let Some((seed, what)) = sums.failed {
        panic!("seed {seed} failed {what}\nreplay: LUVHIVE_SIM_SEED={seed} cargo test -p luvhive-core --test simulation");
    }
    assert!(least_events >= 160 && least_faults >= 3, "a seed was too quiet");
    for (rule, count) in Rule::ALL.iter().zip(sums.counts.0) {
        assert!(count > 0, "{rule:?} was never exercised");
    }
}

#[test]
fn a_seed_replays_exactly() {
    for seed in [1, 7, 4_711] {
        assert_eq!(World::run(seed, None, true), World::run(seed, None, true), "seed {seed}");
    }
}

#[track_caller]
fn is_seen(planted: Planted) {
    let found = (0..PLANTED_SEEDS).find_map(|seed| Some((seed, World::run(seed, Some(planted), false).failure?)));
    assert!(found.is_some(), "{planted:?} was not seen within {PLANTED_SEEDS} seeds");
    say(&format!("{planted:?} is seen: {found:?}"));
}

/// The planted bug is seen, and by the rule that it breaks.
#[track_caller]
fn breaks(planted: Planted, rule: Rule) {
    let name = format!("{rule:?}:");
    let failures = (0..PLANTED_SEEDS).filter_map(|seed| Some((seed, World::run(seed, Some(planted), false).failure?)));
    let found = failures.into_iter().find(|(_, what)| what.contains(&name));
    assert!(found.is_some(), "{rule:?} did not see {planted:?} within {PLANTED_SEEDS} seeds");
    say(&format!("{planted:?} is seen: {found:?}"));
}

#[test]
fn acknowledging_before_the_commit_is_seen() {
    is_seen(Planted::AcknowledgeBeforeCommit);
}

#[test]
fn removing_before_the_send_is_seen() {
    is_seen(Planted::RemoveBeforeSend);
}

#[test]
fn a_commit_without_epoch_is_seen() {
    is_seen(Planted::NoEpoch);
}

#[test]
fn a_commit_without_watermark_is_seen() {
    is_seen(Planted::NoWatermark);
}

#[test]
fn an_outbox_that_is_not_reloaded_is_seen() {
    is_seen(Planted::OutboxNotReloaded);
}

#[test]
fn an_unknown_outcome_taken_as_sent_is_seen() {
    is_seen(Planted::UnknownTakenAsSent);
}

#[test]
fn sending_new_rows_first_is_seen() {
    is_seen(Planted::NewJobsFirst);
}

#[test]
fn an_edit_that_a_lane_sends_by_itself_is_seen() {
    is_seen(Planted::EditUnchecked);
}

#[test]
fn an_unfenced_lane_is_seen() {
    is_seen(Planted::LaneUnfenced);
}

#[test]
fn a_chat_opened_by_one_press_is_seen() {
    breaks(Planted::OpenedByOnePress, Rule::OpensByConsent);
}

#[test]
fn a_message_relayed_before_the_opening_is_seen() {
    breaks(Planted::RelayedBeforeOpening, Rule::NothingBeforeOpening);
}

#[test]
fn a_deadline_forgotten_at_a_restart_is_seen() {
    breaks(Planted::DeadlineForgottenAtRestart, Rule::MeetingsEnd);
}

#[test]
fn a_survivors_lost_place_is_seen() {
    breaks(Planted::SurvivorsPlaceLost, Rule::SurvivorKeepsPlace);
}

#[test]
fn acting_on_an_old_command_is_seen() {
    breaks(Planted::OldCommandActedOn, Rule::OldCommandsAsked);
}

#[test]
fn a_forwarded_message_taken_for_a_command_is_seen() {
    breaks(Planted::ForwardTakenForCommand, Rule::ForwardsAreTalk);
}

#[test]
fn a_late_message_that_is_relayed_is_seen() {
    breaks(Planted::LateMessageRelayed, Rule::NothingBeforeOpening);
}

#[test]
fn a_full_queue_that_keeps_out_a_call_for_help_is_seen() {
    breaks(Planted::FullQueueDropsSafety, Rule::SafetyPasses);
}

#[test]
fn old_mail_for_somebody_who_came_back_is_seen() {
    breaks(Planted::ReturnerGetsOldMail, Rule::ReturnersFresh);
}

#[test]
fn a_belated_press_taken_for_consent_is_seen() {
    breaks(Planted::BelatedPressIsConsent, Rule::OpensByConsent);
}

#[test]
fn a_not_now_forgotten_at_a_restart_is_seen() {
    breaks(Planted::FirmForgottenAtRestart, Rule::FirmApart);
}

#[test]
fn undelivered_messages_that_are_not_told_are_seen() {
    breaks(Planted::UndeliveredUntold, Rule::UndeliveredTold);
}

#[test]
fn a_refusal_told_with_a_wrong_reason_is_seen() {
    breaks(Planted::RefusalMisnamed, Rule::ReasonTold);
}

#[test]
fn a_message_that_is_let_go_without_a_word_is_seen() {
    breaks(Planted::LetGoUntold, Rule::ReasonTold);
}

#[test]
fn an_unclear_row_that_is_repeated_forever_is_seen() {
    breaks(Planted::RepeatedForever, Rule::RepeatsBounded);
}

#[test]
fn tries_that_an_outage_uses_up_are_seen() {
    breaks(Planted::OutageCounts, Rule::OutageCountsNothing);
}

#[test]
fn a_released_message_that_still_waits_is_seen() {
    breaks(Planted::ReleasedButKept, Rule::HeldOnce);
}

#[test]
fn a_message_released_before_what_has_passed_is_seen() {
    breaks(Planted::ReleasedInOldPlace, Rule::HeldAfterPassed);
}

#[test]
fn a_message_dropped_without_a_word_is_seen() {
    breaks(Planted::HeldUntold, Rule::HeldTold);
}

#[test]
fn a_photo_that_nobody_agreed_to_is_seen() {
    breaks(Planted::MediaUnasked, Rule::MediaByConsent);
}

#[test]
fn a_change_that_leaks_and_follows_unasked_is_seen() {
    breaks(Planted::LeakyEditFollows, Rule::LeakByConsent);
}

#[test]
fn a_change_whose_former_words_are_not_kept_is_seen() {
    breaks(Planted::FormerWordsLost, Rule::FormerWordsKept);
}

#[test]
fn words_of_a_change_that_are_taken_for_the_former_ones_are_seen() {
    breaks(Planted::FormerWordsAreNew, Rule::FormerWordsKept);
}

#[test]
fn a_leak_that_its_writer_did_not_confirm_is_seen() {
    breaks(Planted::LeakUnasked, Rule::LeakByConsent);
}

#[test]
fn a_clock_that_stands_still_until_the_old_time_is_reached_is_seen() {
    breaks(Planted::ClockStandsStill, Rule::MeetingsEnd);
}
