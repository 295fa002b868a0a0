//! Clocks that are set back and forward while people meet and wait: a seeded play of the real `step`, which watches that
//! nothing waits for a time that has been already. A clock that stands still until the old time is reached is planted, and
//! has to be seen.
#![expect(clippy::unwrap_used, reason = "a model may stop where a program must not")]

use std::collections::BTreeMap;

use luvhive_core::chat::Seat;
use luvhive_core::engine::{Command, Effect, Event, Loaded, Rules, State, Update, UpdateKind, step};
use luvhive_core::id::{ChatId, Epoch, PersonId, TelegramId, UpdateId};
use luvhive_core::testing::{SeededEntropy, facts, timestamp};
use luvhive_core::time::Timestamp;

const SECOND: i64 = 1_000_000;
const PEOPLE: i64 = 6;
/// How long a meeting can last without a jump: a minute, and the pause between two ticks.
const MEETING: i64 = 62 * SECOND;
/// How much longer each jump may make it: what is given to people who could not be heard, and the pause between two ticks.
const GRACE: i64 = 22 * SECOND;
/// How long somebody may wait without being asked whether they are still there.
const WAIT: i64 = 602 * SECOND;

/// What the engine is told about the time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// What our clock shows.
    AsItIs,
    /// The planted bug: a clock that was set back stands still until the old time is reached.
    StandsStill,
}

struct Play {
    state: State,
    random: SeededEntropy,
    shown: Shown,
    /// Microseconds that passed in truth, and by how much our clock is wrong.
    passed: i64,
    wrong: i64,
    latest: Timestamp,
    updates: i64,
    jumps: i64,
    /// Open meetings: since when in truth, and how many jumps there had been.
    meetings: BTreeMap<ChatId, (i64, i64)>,
    /// Who waits: since when in truth.
    waiting: BTreeMap<PersonId, i64>,
}

impl Play {
    fn new(seed: u64, shown: Shown) -> Self {
        let loaded = Loaded { people: (1..=PEOPLE).map(facts).collect(), ..Loaded::default() };
        let state = State::load(Epoch::new(1), Rules::default(), &loaded, timestamp(0));
        Self {
            state,
            random: SeededEntropy::new(seed),
            shown,
            passed: 0,
            wrong: 0,
            latest: timestamp(0),
            updates: 0,
            jumps: 0,
            meetings: BTreeMap::new(),
            waiting: BTreeMap::new(),
        }
    }

    fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.random.below(u64::try_from(bound).unwrap())).unwrap()
    }

    fn happen(&mut self, event: Event) {
        let now = Timestamp::from_micros(timestamp(0).as_micros() + self.passed + self.wrong);
        self.latest = self.latest.max(now);
        let now = if self.shown == Shown::StandsStill { self.latest } else { now };
        for effect in step(&mut self.state, event, now, &mut self.random) {
            match effect {
                Effect::Meet { chat, .. } => drop(self.meetings.insert(chat, (self.passed, self.jumps))),
                Effect::OpenChat { chat } | Effect::EndChat { chat, .. } => drop(self.meetings.remove(&chat)),
                Effect::Seat { person, seat: Some(Seat::Waiting { .. }) } => drop(self.waiting.insert(person, self.passed)),
                Effect::Seat { person, .. } => drop(self.waiting.remove(&person)),
                _ => {}
            }
        }
    }

    fn press(&mut self, number: i64, command: Command) {
        self.updates += 1;
        let (id, from) = (UpdateId::new(self.updates), TelegramId::new(1_000 + number));
        self.happen(Event::Update { update: Update::new(id, from, UpdateKind::Command(command)), inbox: None });
        let person = PersonId::new(number);
        if let Some(since) = self.waiting.get_mut(&person) {
            *since = self.passed;
        }
    }

    /// One turn: the clock may be set, somebody may do something, some time passes. Returns what lasted too long.
    fn turn(&mut self) -> Option<String> {
        if self.below(200) == 0 {
            self.jumps += 1;
            let by = self.below(7_200 * SECOND);
            self.wrong += if self.below(2) == 0 { by } else { -by };
        }
        if self.below(16) == 0 {
            let number = self.below(PEOPLE) + 1;
            let seat = self.state.seat(PersonId::new(number));
            let command = match (seat, self.below(4)) {
                (None, _) => Command::Find,
                (Some(Seat::Meeting { meeting, .. }), 0) => Command::Agree(meeting),
                (Some(Seat::Chatting { .. }), 0) => Command::Stop,
                (Some(Seat::Waiting { .. }), 0) => Command::CancelSearch,
                _ => return self.pass(),
            };
            self.press(number, command);
        }
        self.pass()
    }

    fn pass(&mut self) -> Option<String> {
        // A longer pause would be an outage, for which meetings are given time.
        self.passed += 100_000 + self.below(SECOND);
        self.happen(Event::Tick { is_listening: true });
        let late = |(since, jumps): &(i64, i64)| self.passed - since > MEETING + (self.jumps - jumps) * GRACE;
        let meeting = self.meetings.iter().find(|(_, begun)| late(begun)).map(|(chat, _)| format!("meeting {chat} does not end"));
        let waits = self.waiting.iter().find(|&(_, since)| self.passed - since > WAIT);
        meeting.or_else(|| waits.map(|(person, _)| format!("{person} waits and is not asked")))
    }
}

/// Plays one seed; returns what lasted too long, and how often the clock was set.
fn play(seed: u64, shown: Shown) -> (Option<String>, i64) {
    let mut play = Play::new(seed, shown);
    let failure = (0..3_000).find_map(|_| play.turn());
    (failure, play.jumps)
}

#[test]
fn clocks_set_back_and_forward_harm_nobody() {
    let mut jumps = 0;
    for seed in 0..200 {
        let (failure, made) = play(seed, Shown::AsItIs);
        assert_eq!(failure, None, "seed {seed}");
        jumps += made;
    }
    assert!(jumps > 2_000, "{jumps}");
}

#[test]
fn a_clock_that_stands_still_is_seen() {
    let seen = (0..30).filter(|&seed| play(seed, Shown::StandsStill).0.is_some()).count();
    assert!(seen > 20, "{seen} of 30");
}
