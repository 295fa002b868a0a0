//! Every way to damage a snapshot by one step: refused by name, and what no checksum could find still gives a sound matcher.

use alloc::collections::BTreeSet;
use std::string::ToString;

use serde::Deserialize;
use serde_json::Value;

use super::Snapshot;
use crate::index::Query;
use crate::predicate::fits;
use crate::{
    AnyTags, Anything, Category, Claims, Common, Config, Dim, Effort, Fairness, Mark, Matcher, Ordinal, Outcome, Policy,
    RestoreError, Schema, Set, TagRule, Tags, Ticket, Weights, Wide,
};

/// Longer arrays are damaged at so many places only.
const SAMPLES: usize = 16;

struct World {
    schema: Schema,
    weights: Weights,
    config: Config,
    side: Dim<Category>,
    country: Dim<Category>,
    age: Dim<Ordinal>,
    language: Dim<Common>,
    interest: Dim<AnyTags>,
    trait_: Dim<Tags>,
    town: Dim<Wide>,
    city: Mark,
}

impl World {
    fn new(config: Config) -> Self {
        let mut schema = Schema::builder();
        let side = schema.category("side", 2);
        let country = schema.category("country", 5);
        let age = schema.ordinal("age", 18..=41);
        let language = schema.common("language", 2);
        let interest = schema.any_tags("interest", 4);
        let trait_ = schema.tags("trait", 4);
        let town = schema.wide("town", 3);
        let city = schema.mark("city");
        schema.cluster(country);
        let weights =
            Weights::new().shared(interest, 10, 3).same(country, 7).near(age, 12, 3).same(town, 5).mark(city, 4).merit();
        Self { schema: schema.build().unwrap(), weights, config, side, country, age, language, interest, trait_, town, city }
    }

    /// Few fit anybody at first; everybody gives way twice.
    fn ticket(&self, key: u32) -> Ticket<u32> {
        let Self { side, country, age, language, interest, trait_, town, .. } = *self;
        let pick = |salt: u32, limit: u32| (key.wrapping_mul(2_654_435_761) >> salt) % limit;
        let value = |salt, limit| u16::try_from(pick(salt, limit)).unwrap();
        let tag = |salt, limit| Set::from([value(salt, limit)]);
        let (mine, years) = (u16::from(pick(3, 4) == 0), 18 + i32::from(value(5, 24)));
        let ticket = Ticket::new(key)
            .have(side, mine)
            .have(country, value(7, 5))
            .have(age, years)
            .have(language, [0, 1])
            .have(interest, tag(9, 4))
            .have(trait_, tag(11, 4))
            .have(town, pick(17, 4) << 28)
            .accept(side, [1 - mine])
            .accept(country, tag(7, 5))
            .accept(age, years..=years)
            .accept(interest, if key.is_multiple_of(3) { tag(13, 4) } else { Set::EMPTY })
            .accept(trait_, TagRule::none_of(tag(15, 4)).and(TagRule::any_of([0, 1, 2, 3])))
            .relax(age, 20_000, years - 2..=years + 2)
            .relax(country, 40_000, [0, 1, 2, 3, 4])
            .relax(trait_, 40_000, TagRule::any_of([0, 1, 2, 3]))
            .ttl_ms(90_000)
            .mark(self.city, pick(4, 3))
            .merit(u8::try_from(pick(6, 9)).unwrap())
            .priority(u8::try_from(pick(8, 2)).unwrap());
        if !key.is_multiple_of(9) {
            return ticket;
        }
        let near = [1 << 28, 3 << 28];
        ticket.accept(town, near).relax(town, 30_000, [near[0], near[1], 4 << 28]).relax(town, 50_000, Anything)
    }

    fn matcher(&self, people: u32) -> Matcher<u32> {
        let mut matcher = Matcher::new(self.schema.clone(), self.weights.clone(), self.config).unwrap();
        for key in 0..people {
            let now = u64::from(key) * 30_000 / u64::from(people);
            matcher.advance(now, u32::MAX, |_| {}).unwrap();
            matcher.offer(&self.ticket(key), now).unwrap();
            if key % 5 == 0 {
                let _ = matcher.cancel(key / 2);
            }
            let until = if key % 2 == 0 { None } else { Some(now + 15_000) };
            if key % 6 == 0 {
                matcher.exclude(key, key + 1, until).unwrap();
            }
        }
        matcher
    }

    fn restore(&self, snapshot: Snapshot<u32>) -> Result<Matcher<u32>, RestoreError> {
        Matcher::restore(self.schema.clone(), self.weights.clone(), self.config, (), snapshot)
    }

    /// What must hold of a matcher, no matter what it was restored from; `is_quiet`: also that nobody waits beside a partner.
    fn check(&self, mut matcher: Matcher<u32>, snapshot: &Snapshot<u32>, is_quiet: bool) {
        let again = matcher.snapshot();
        assert_eq!(again.sums, snapshot.sums, "something was lost");
        assert_eq!(&again, snapshot);
        assert_eq!(matcher.len(), snapshot.tickets.len());
        assert_eq!(usize::try_from(matcher.index.columns()).unwrap(), matcher.len());
        assert_eq!(matcher.count_exclusions(), snapshot.excluded.len());
        // The index finds whom the rule finds.
        let records: Vec<&[u64]> = snapshot.tickets.iter().map(|ticket| &ticket.record[..]).collect();
        for ticket in snapshot.tickets.iter().step_by(snapshot.tickets.len() / 40 + 1) {
            assert!(matcher.is_waiting(ticket.key));
            let mut query = Query::default();
            query.compile(&matcher.index, &ticket.record);
            let expected = records.iter().filter(|other| fits(&self.schema.layout, &ticket.record, other)).count();
            assert_eq!(matcher.index.count(&query, |_| {}), u32::try_from(expected).unwrap());
        }
        let mut now = matcher.now();
        assert!(matcher.advance(now, u32::MAX, |_| {}).unwrap().finished);
        let open = matches!(self.config.policy, Policy::Window { .. });
        if is_quiet && !open {
            let waiting: Vec<u32> = matcher.slots.handles().map(|handle| matcher.slots.get(handle).key).collect();
            for key in waiting.iter().step_by(waiting.len() / 40 + 1) {
                assert_eq!(matcher.diagnose(*key).unwrap().fits, 0, "{key} waits beside a partner");
            }
        }
        for key in 1_000_000..1_000_020 {
            let _: Outcome<u32> = matcher.offer(&self.ticket(key), now).unwrap();
        }
        for _ in 0..6 {
            now = (now + 20_000).min(crate::MAX_TIME_MS);
            assert!(matcher.advance(now, u32::MAX, |_| {}).unwrap().finished);
        }
        let held: Vec<_> = matcher.held.keys().copied().collect();
        for id in held {
            let (_, partner) = matcher.find_held(id).unwrap();
            matcher.reject(id, partner, now).unwrap();
        }
        let waiting: Vec<u32> = matcher.slots.handles().map(|handle| matcher.slots.get(handle).key).collect();
        for key in waiting {
            matcher.cancel(key).unwrap();
        }
        assert!(matcher.is_empty() && matcher.index.columns() == 0);
    }
}

/// All values that differ from `value` by one step of damage.
fn damages(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            let others = [0, number.wrapping_add(1), number.wrapping_sub(1), number ^ 1 << 20, u64::MAX];
            let largest = [u64::from(u8::MAX), u64::from(u16::MAX), u64::from(u32::MAX)];
            let mut others: Vec<u64> = others.into_iter().chain(largest).filter(|other| *other != number).collect();
            others.sort_unstable();
            others.dedup();
            others.into_iter().map(Value::from).chain([Value::Null]).collect()
        }
        Value::Bool(is) => vec![Value::from(!is)],
        Value::Null => vec![Value::from(0), Value::from(1)],
        Value::Array(items) => {
            let mut all = Vec::new();
            for at in samples(items.len()) {
                let mut without = items.clone();
                let removed = without.remove(at);
                all.push(without);
                let mut twice = items.clone();
                twice.insert(at, removed);
                all.push(twice);
                let mut swapped = items.clone();
                swapped.swap(at, (at + 1) % items.len());
                all.push(swapped);
                let mut swapped = items.clone();
                swapped.swap(at, items.len() / 2);
                all.push(swapped);
            }
            all.into_iter().map(Value::from).filter(|other| other != value).collect()
        }
        Value::Object(fields) => {
            let without = |name: &String| {
                let mut fields = fields.clone();
                fields.remove(name);
                Value::from(fields)
            };
            fields.keys().map(without).collect()
        }
        Value::String(_) => vec![Value::Null],
    }
}

fn samples(len: usize) -> impl Iterator<Item = usize> {
    let step = len / SAMPLES + 1;
    (0..len).step_by(step).chain(len.checked_sub(1).filter(|last| last % step != 0))
}

/// The paths to every value, long arrays sampled.
fn paths(value: &Value, path: &str, all: &mut Vec<String>) {
    all.push(path.to_string());
    match value {
        Value::Array(items) => samples(items.len()).for_each(|at| paths(&items[at], &std::format!("{path}/{at}"), all)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| paths(value, &std::format!("{path}/{name}"), all)),
        _ => {}
    }
}

/// Damages a snapshot in every way at every path that `wants`; returns how many resealed ones were taken, and all
/// parts that were named.
fn damage(world: &World, matcher: &Matcher<u32>, wants: impl Fn(&str) -> bool) -> (usize, BTreeSet<&'static str>) {
    let sound = matcher.snapshot();
    world.check(world.restore(sound.clone()).unwrap(), &sound, true);
    let mut root = serde_json::to_value(&sound).unwrap();
    let mut all = Vec::new();
    paths(&root, "", &mut all);
    let (mut taken, mut parts) = (0, BTreeSet::new());
    for path in all.iter().filter(|path| wants(path)) {
        let original = root.pointer(path).unwrap().clone();
        for other in damages(&original) {
            *root.pointer_mut(path).unwrap() = other.clone();
            let Ok(mut snapshot) = Snapshot::<u32>::deserialize(&root) else { continue };
            if snapshot == sound {
                // An optional field that was empty.
                continue;
            }
            let Err(RestoreError::Damaged { part } | RestoreError::Different { part }) = world.restore(snapshot.clone()) else {
                panic!("{path} was damaged, and restored")
            };
            parts.insert(part);
            // With checksums made to fit, what remains must be a matcher that works.
            snapshot.sums = snapshot.sums();
            match world.restore(snapshot.clone()) {
                Ok(matcher) => {
                    taken += 1;
                    let is_quiet =
                        !["/tickets", "/excluded", "/pending", "/closing", "/held"].iter().any(|part| path.starts_with(part));
                    world.check(matcher, &snapshot, is_quiet && !path.is_empty());
                }
                Err(RestoreError::Damaged { .. } | RestoreError::Different { .. }) => {}
                Err(other) => panic!("{path}: {other}"),
            }
        }
        *root.pointer_mut(path).unwrap() = original;
    }
    (taken, parts)
}

fn fair() -> Config {
    let fairness = Fairness::default().classes(2).class_bonus(20).overdue_after_ms(25_000).overdue_passes(2);
    Config::default().effort(Effort::Exact).fairness(fairness)
}

#[test]
fn every_damage_to_held_matches_is_refused_or_harmless() {
    let world = World::new(fair().claims(Claims::Held));
    let matcher = world.matcher(90);
    let sizes = (matcher.held.len(), matcher.len(), matcher.count_exclusions());
    assert!(sizes >= (2, 10, 4), "{sizes:?}");
    let (taken, parts) = damage(&world, &matcher, |path| !path.starts_with("/tickets/1") && !path.starts_with("/tickets/2"));
    assert!(taken > 100, "{taken}");
    for part in [
        "version",
        "schema",
        "settings",
        "the time",
        "the end of the window",
        "the number of calls",
        "the number of the next match",
        "the enqueue time of a ticket",
        "the number of a ticket",
        "the record of a ticket",
        "the relaxation of a ticket",
        "the passes of a ticket",
        "whether a ticket is overdue",
        "the order of tickets",
        "the number of a held match",
        "a key that is held twice",
        "an exclusion",
        "an estimate",
        "a ticket without a column",
        "a ticket with two columns",
        "ticket of a column",
        "checksum of the tickets",
        "checksum of the index",
    ] {
        assert!(parts.contains(part), "{part} is not among {parts:?}");
    }
}

#[test]
fn every_damage_to_a_window_is_refused_or_harmless() {
    let world = World::new(fair().policy(Policy::Window { every_ms: 7_000 }));
    let matcher = world.matcher(24);
    assert!(!matcher.pending.is_empty());
    let (taken, parts) = damage(&world, &matcher, |path| !path.starts_with("/tickets/") && !path.starts_with("/index"));
    assert!(taken > 3, "{taken}");
    for part in ["the order of pending tickets", "a pending ticket that does not wait", "the end of the window"] {
        assert!(parts.contains(part), "{part} is not among {parts:?}");
    }
}

#[test]
fn every_damage_to_a_window_that_is_being_closed_is_refused_or_harmless() {
    let world = World::new(fair().policy(Policy::Window { every_ms: 65_000 }));
    let mut matcher = world.matcher(24);
    let end = matcher.window_end;
    while matcher.closing.found.len() < 2 {
        assert!(!matcher.advance(end, 1, |_| {}).unwrap().finished);
    }
    assert!(matcher.closing.left.len() > 1);
    let (taken, parts) = damage(&world, &matcher, |path| !path.starts_with("/tickets/") && !path.starts_with("/index"));
    assert!(taken > 3, "{taken}");
    assert!(parts.contains("what was found in a window"), "{parts:?}");
    let mut early = matcher.snapshot();
    early.window_end += end;
    early.sums = early.sums();
    assert_eq!(world.restore(early).err(), Some(RestoreError::Damaged { part: "a window that is being closed" }));
}

#[test]
fn every_damage_to_a_large_index_is_refused_or_harmless() {
    let mut world = World::new(fair());
    world.config.fairness.overdue_passes = None;
    let mut matcher = world.matcher(16_000);
    // Leave gaps and free runs, and something to be moved.
    for key in 0..9_000 {
        if key % 3 != 0 {
            let _ = matcher.cancel(key);
        }
    }
    assert!(matcher.len() > 2_500, "{}", matcher.len());
    let (_, parts) = damage(&world, &matcher, |path| {
        path.starts_with("/index") && (!path.contains("columns") || path == "/index/runs/2/columns")
    });
    for part in [
        "a segment",
        "a gap of a lane",
        "position or columns of a run",
        "lane of a run",
        "position of a run",
        "the open run of a lane",
        "a ticket without a column",
        "the cluster of a lane",
        "the lane of a ticket",
    ] {
        assert!(parts.contains(part), "{part} is not among {parts:?}");
    }
}

/// A few bytes must not take a thousand times as many before they are refused.
#[test]
fn what_asks_for_too_much_is_refused_before_it_is_made() {
    let world = World::new(fair());
    let sound = serde_json::to_value(world.matcher(0).snapshot()).unwrap();
    let part = |path: &str, value: Value| {
        let mut root = sound.clone();
        *root.pointer_mut(path).unwrap() = value;
        let mut snapshot = Snapshot::<u32>::deserialize(&root).unwrap();
        snapshot.sums = snapshot.sums();
        match world.restore(snapshot) {
            Err(RestoreError::Damaged { part }) => part,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(part("/index/runs", Value::from(vec![Value::Null])), "a run that is neither used nor free");
    assert_eq!(part("/index/groups", Value::from(vec![Value::Null; 1_026])), "the number of groups");
    let lane = |band: u16| {
        let (cluster, gaps) = (u16::MAX, Vec::<u32>::new());
        serde_json::json!({"group": 0, "cluster": cluster, "band": band, "positions": 5, "gaps": gaps, "open": u32::MAX})
    };
    let mut index = sound["index"].clone();
    index["groups"] = Value::from(vec![Value::Null]);
    index["runs"] = Value::from(vec![Value::Null; 9]);
    index["lanes"] = Value::from(vec![lane(u16::MAX), lane(0)]);
    assert_eq!(part("/index", index), "a gap of a lane");
}

type Change<'a> = &'a dyn Fn(&mut Snapshot<u32>);

/// What no damage of one number shows, since the next check would find it too.
#[test]
fn each_contradiction_is_named() {
    let world = World::new(fair().claims(Claims::Held));
    let part = |world: &World, mut snapshot: Snapshot<u32>, change: Change<'_>| {
        change(&mut snapshot);
        snapshot.sums = snapshot.sums();
        match world.restore(snapshot) {
            Err(RestoreError::Damaged { part }) => part,
            other => panic!("{:?}", other.err()),
        }
    };
    let layout = &world.schema.layout;
    let sound = world.matcher(90).snapshot();
    let cases: [(&str, Change<'_>); 5] = [
        ("the priority of a ticket", &|snapshot| layout.class.put(&mut snapshot.tickets[0].record, 3)),
        ("the record of a ticket", &|snapshot| layout.places[1].value.put(&mut snapshot.tickets[0].record, 7)),
        ("the relaxation of a ticket", &|snapshot| {
            // Every range that is still to come becomes that of the youngest alone.
            let steps = snapshot.tickets.iter_mut().flat_map(|ticket| &mut ticket.steps);
            steps.filter(|step| **step >> 16 & 255 == 2).for_each(|step| *step &= !0xFFFF);
        }),
        ("a key that waits twice", &|snapshot| snapshot.tickets[1].key = snapshot.tickets[0].key),
        ("the number of a held match", &|snapshot| snapshot.held.last_mut().unwrap().0 = crate::MatchId(snapshot.next_match)),
    ];
    for (name, change) in cases {
        assert_eq!(part(&world, sound.clone(), change), name);
    }
    let plain = World::new(fair());
    let mut taken = plain.matcher(90).snapshot();
    taken.next_match = sound.next_match;
    let hold = |snapshot: &mut Snapshot<u32>| snapshot.held.clone_from(&sound.held);
    assert_eq!(part(&plain, taken, &hold), "held matches where none are held");
}

#[test]
fn a_ticket_in_the_lane_of_another_band_is_refused() {
    let mut world = World::new(fair());
    world.config.fairness.overdue_passes = None;
    let mut snapshot = world.matcher(16_000).snapshot();
    let age = world.schema.layout.places[2].value;
    let record = &mut snapshot.tickets.last_mut().unwrap().record;
    let other = (age.get(record) + 12) % 24;
    age.put(record, other);
    snapshot.sums = snapshot.sums();
    let Err(RestoreError::Damaged { part }) = world.restore(snapshot) else { panic!("it was restored") };
    assert_eq!(part, "the lane of a ticket");
}
