//! A market in motion: people arrive, give way, are matched, give up. It mirrors who waits in the flat vector, checks
//! every pair against it, and times the operations of the crate.

use std::time::Instant;

use luvhive_matching::sim::{Mix, Population, Random};
use luvhive_matching::{Config, Effort, Event, Fairness, Match, Matcher, Observer, Outcome, Ticket, Weights};
use rustix::time::{ClockId, clock_gettime};

use crate::flat::Flat;

/// Who arrives, whom it is excluded from, and who is who never changes.
pub(crate) const SEED: u64 = 42;

/// Notes who took relaxation steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relaxed(pub(crate) Vec<u32>);

impl Observer<u32> for Relaxed {
    fn relaxed(&mut self, key: u32) {
        self.0.push(key);
    }
}

pub(crate) type Engine = Matcher<u32, Weights, Relaxed>;

/// Nanoseconds of operations, by kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(crate) arrivals: Vec<u32>,
    pub(crate) advances: Vec<u32>,
    pub(crate) cancels: Vec<u32>,
    pub(crate) hits: u32,
}

impl Times {
    /// Arrivals per second of engine time.
    pub(crate) fn rate(&self) -> f64 {
        self.arrivals.len() as f64 / (self.arrivals.iter().map(|time| f64::from(*time)).sum::<f64>() / 1e9)
    }
}

/// Microseconds below which so many of a thousand values lie.
pub(crate) fn quantile(times: &[u32], permille: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len().saturating_sub(1)) * permille / 1000;
    sorted.get(at).map_or(0.0, |time| f64::from(*time) / 1000.0)
}

/// Nanoseconds that the thread has had the processor.
pub(crate) fn cpu_ns() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Wall time, or processor time where the thread was taken off the processor meanwhile.
pub(crate) struct Watch(i64, Instant);

impl Watch {
    pub(crate) fn start() -> Self {
        let cpu = cpu_ns();
        Self(cpu, Instant::now())
    }

    pub(crate) fn stop(self) -> u32 {
        let wall = i64::try_from(self.1.elapsed().as_nanos()).unwrap();
        let time = if wall < 20_000 { wall } else { wall.min(cpu_ns() - self.0) };
        u32::try_from(time).unwrap_or(u32::MAX)
    }
}

/// Arrivals in a batch.
pub(crate) const BATCH: u32 = 100;

struct Arrival {
    key: u32,
    ticket: Ticket<u32>,
}

/// What happened in a batch.
enum Entry {
    Event(Event<u32>),
    Relaxed(u32, u64),
    Offered(u32, u64, Outcome<u32>),
    Cancelled(u32),
}

fn nanoseconds(time: std::time::Duration) -> u32 {
    u32::try_from(time.as_nanos()).unwrap_or(u32::MAX)
}

/// Takes the time that other processes had the processor off the operations it must have hit: the longest ones.
fn give_back(times: &mut [u32], stolen_ns: i64) {
    let mut left = u32::try_from(stolen_ns.max(0)).unwrap_or(u32::MAX);
    // Less than that is the cost of asking for the processor time.
    if left < 20_000 {
        return;
    }
    let mut sorted: Vec<u32> = times.to_vec();
    sorted.sort_unstable();
    let usual = sorted[sorted.len() / 2];
    while left > 0 {
        let Some(longest) = times.iter_mut().max().filter(|longest| **longest > usual) else { return };
        let share = left.min(*longest - usual);
        *longest -= share;
        left -= share;
    }
}

#[derive(Clone)]
pub(crate) struct Market {
    pub(crate) population: Population,
    pub(crate) engine: Engine,
    pub(crate) flat: Flat,
    pub(crate) cap: usize,
    pub(crate) next_key: u32,
    /// Virtual time in nanoseconds, and between arrivals.
    now_ns: u64,
    gap_ns: u64,
    since: Vec<u64>,
    random: Random,
    /// Matches that should not have been made, or were not made.
    pub(crate) violations: u32,
    pub(crate) with_exclusions: bool,
}

impl Market {
    pub(crate) fn new(mix: Mix, cap: usize, fairness: Fairness) -> Self {
        let population = Population::new(mix, SEED).unwrap();
        let config = Config::default().effort(Effort::default()).fairness(fairness);
        let engine =
            Matcher::with_observer(population.schema().clone(), population.weights(), config, Relaxed::default()).unwrap();
        let flat = Flat::new(&population);
        Self {
            population,
            engine,
            flat,
            cap,
            next_key: 0,
            now_ns: 0,
            // A pool of `cap` turns over in 27 s of virtual time.
            gap_ns: 27_000_000_000 / cap as u64,
            since: Vec::new(),
            random: Random(7),
            violations: 0,
            with_exclusions: false,
        }
    }

    /// Lets people arrive until `cap` wait, then half as many again.
    pub(crate) fn grow(&mut self) {
        let mut times = Times::default();
        while self.engine.len() < self.cap {
            self.batch(BATCH, &mut times);
        }
        for _ in 0..self.cap / 2 / BATCH as usize {
            self.batch(BATCH, &mut times);
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.now_ns / 1_000_000
    }

    pub(crate) fn excluded(&self, key: u32) -> Vec<u32> {
        let mut excluded = if self.with_exclusions { self.population.excluded(key).to_vec() } else { Vec::new() };
        excluded.retain(|other| *other != key && self.flat.has(*other));
        excluded.sort_unstable();
        excluded.dedup();
        excluded
    }

    /// Takes the partner out and checks the pair with records made anew from the two people.
    fn settle(&mut self, made: &Match<u32>) {
        self.flat.remove(made.partner);
        let (first, second) = (self.population.ticket(made.seeker), self.population.ticket(made.partner));
        let seeker = self.flat.record(&first, made.seeker_waited_ms);
        let partner = self.flat.record(&second, made.partner_waited_ms);
        let predicate = self.population.schema().predicate(&first, made.seeker_waited_ms).unwrap();
        let is_excluded = self.engine.find_exclusion(made.seeker, made.partner).is_some();
        let is_scored = self.flat.points(&seeker, &partner) == made.points;
        self.violations += u32::from(!predicate.fits(&partner) || is_excluded || !is_scored);
    }

    /// One arrival and everything that falls due before it.
    pub(crate) fn arrive(&mut self) {
        self.batch(1, &mut Times::default());
    }

    /// So many arrivals. Tickets are made before the clock starts and pairs are checked after it has stopped, so that
    /// the engine is timed at its work and not at reloading what the check has thrown out of the caches.
    pub(crate) fn batch(&mut self, count: u32, times: &mut Times) {
        let keys = self.next_key..self.next_key + count;
        self.next_key += count;
        let arrivals: Vec<Arrival> = keys
            .map(|key| {
                let ticket = self.population.ticket(key);
                for other in self.excluded(key) {
                    self.engine.exclude(key, other, None).unwrap();
                }
                Arrival { key, ticket }
            })
            .collect();
        let victims = if self.engine.len() + 2 * count as usize > self.cap { 3 * count } else { 0 };
        let mut victims: Vec<u32> = (0..victims)
            .map(|_| self.flat.rows[usize::try_from(self.random.below(self.flat.rows.len() as u64)).unwrap()].key)
            .collect();
        let mut log = Vec::with_capacity(4 * count as usize);
        let (cpu, wall) = (cpu_ns(), Instant::now());
        let from = times.arrivals.len();
        for arrival in &arrivals {
            self.now_ns += self.gap_ns;
            let now = self.now();
            let start = Instant::now();
            self.engine.advance(now, u32::MAX, |event| log.push(Entry::Event(event))).unwrap();
            let passed = start.elapsed();
            let relaxed = self.engine.observer_mut().0.drain(..);
            let before = log.len();
            log.extend(relaxed.map(|key| Entry::Relaxed(key, now)));
            if log.len() > before {
                times.advances.push(nanoseconds(passed) / u32::try_from(log.len() - before).unwrap());
            }
            let start = Instant::now();
            let outcome = self.engine.offer(&arrival.ticket, now).unwrap();
            times.arrivals.push(nanoseconds(start.elapsed()));
            times.hits += u32::from(outcome != Outcome::Waiting);
            log.push(Entry::Offered(arrival.key, now, outcome));
            while self.engine.len() > self.cap {
                let Some(key) = victims.pop() else { break };
                let start = Instant::now();
                let is_gone = self.engine.cancel(key).is_ok();
                if is_gone {
                    times.cancels.push(nanoseconds(start.elapsed()));
                    log.push(Entry::Cancelled(key));
                }
            }
        }
        let wall = i64::try_from(wall.elapsed().as_nanos()).unwrap();
        give_back(&mut times.arrivals[from..], wall - (cpu_ns() - cpu));
        for entry in log {
            self.mirror(&entry);
        }
    }

    /// Brings the flat vector to the state of the engine, step by step, and checks each pair on the way.
    fn mirror(&mut self, entry: &Entry) {
        match *entry {
            Entry::Relaxed(key, now) => {
                // A ticket may have relaxed and been matched at once; its pair comes first in the log then.
                if self.flat.has(key) {
                    let record = self.flat.record(&self.population.ticket(key), now - self.since[key as usize]);
                    self.flat.relax(key, record);
                }
            }
            Entry::Event(Event::Matched(ref pair)) => {
                self.flat.remove(pair.seeker);
                self.settle(pair);
            }
            Entry::Event(_) => unreachable!("nobody in the population expires"),
            Entry::Offered(_, _, Outcome::Matched(ref pair)) => self.settle(pair),
            Entry::Offered(key, now, Outcome::Waiting) => {
                let record = self.flat.record(&self.population.ticket(key), 0);
                self.flat.add(key, record);
                self.since.resize(key as usize + 1, 0);
                self.since[key as usize] = now;
            }
            Entry::Cancelled(key) => {
                self.flat.remove(key);
            }
        }
    }

    /// Nobody who waits fits anybody else who waits: checks `samples` of them.
    pub(crate) fn check_quiet(&mut self, samples: usize) {
        for _ in 0..samples {
            let at = usize::try_from(self.random.below(self.flat.rows.len() as u64)).unwrap();
            let key = self.flat.rows[at].key;
            let waited = self.now() - self.since[key as usize];
            let predicate = self.population.schema().predicate(&self.population.ticket(key), waited).unwrap();
            let excluded: Vec<u32> = self
                .flat
                .rows
                .iter()
                .map(|row| row.key)
                .filter(|other| *other == key || self.engine.find_exclusion(key, *other).is_some())
                .collect();
            let mut excluded = excluded;
            excluded.sort_unstable();
            self.violations += u32::from(self.flat.first(&predicate, &excluded).is_some());
        }
    }
}
