//! A state machine: random operations on the matcher and on the reference, compared after every step.

use luvhive_matching::{Claims, Config, Fairness, MatchId, Matcher, Outcome};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::model::{FOREVER, Model, Person, Rules, TOWNS, Waiting, World, event_of, exact, pair_of, parts, points, told};

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Offer(Person),
    OfferSince(Person, u64),
    Update(Person),
    Cancel(u32),
    Pass(u64),
    Exclude(u32, u32, Option<u64>),
    Lift(u32, u32),
    Confirm(u8),
    Reject(u8, bool),
    /// Store everything and go on from what was stored.
    Restore,
}

fn tags(size: u16, least: usize, most: usize) -> impl Strategy<Value = Vec<u16>> {
    btree_set(0..size, least..=most).prop_map(|tags| tags.into_iter().collect())
}

fn rules() -> impl Strategy<Value = Rules> {
    let traits = (tags(5, 0, 2), tags(5, 0, 1), tags(5, 0, 1)).prop_map(|(want, need, refuse)| {
        let refuse: Vec<u16> = refuse.into_iter().filter(|tag| !need.contains(tag) && !want.contains(tag)).collect();
        (want, need, refuse)
    });
    (
        tags(3, 1, 3),
        proptest::option::of(tags(6, 1, 5)),
        (18..=29i32, 0..=8i32),
        prop_oneof![2 => Just(Vec::new()), 1 => tags(6, 1, 3)],
        prop_oneof![2 => Just((vec![], vec![], vec![])), 1 => traits],
        prop_oneof![3 => Just(None), 1 => btree_set(0..4usize, 1..=2).prop_map(|at| Some(at.into_iter().map(|at| TOWNS[at]).collect()))],
    )
        .prop_map(|(gender, country, (low, width), interest, (want, need, refuse), towns)| Rules {
            gender,
            country,
            age: (low, (low + width).min(29)),
            interest,
            want,
            need,
            refuse,
            towns,
        })
}

pub(crate) fn person(keys: u32) -> impl Strategy<Value = Person> {
    let steps = prop_oneof![
        Just(vec![]),
        Just(vec![(1_000, 2)]),
        Just(vec![(1_000, 1), (2_500, 3), (6_000, 11)]),
        Just(vec![(700, 0), (701, 5)]),
    ];
    (
        (0..keys, 0..3u16, 0..6u16, 18..=29i32),
        (tags(3, 1, 3), tags(6, 0, 6), tags(5, 0, 4), 0..3u32, prop_oneof![Just(0), (0..5usize).prop_map(|at| TOWNS[at])]),
        (0..12u8, 0..2u8, rules(), steps),
        proptest::option::of(500..20_000u64),
    )
        .prop_map(|((key, gender, country, age), (language, interest, trait_, city, town), rest, ttl)| {
            let (merit, class, rules, steps) = rest;
            Person { key, gender, country, age, language, interest, trait_, town, city, merit, class, rules, steps, ttl }
        })
}

fn op(keys: u32) -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => person(keys).prop_map(Op::Offer),
        1 => (person(keys), 0..9_000u64).prop_map(|(person, back)| Op::OfferSince(person, back)),
        1 => person(keys).prop_map(Op::Update),
        1 => (0..keys).prop_map(Op::Cancel),
        3 => prop_oneof![0..400u64, 0..4_000u64, 0..70_000u64].prop_map(Op::Pass),
        2 => (0..keys, 0..keys, proptest::option::of(0..5_000u64)).prop_map(|(a, b, until)| Op::Exclude(a, b, until)),
        1 => (0..keys, 0..keys).prop_map(|(a, b)| Op::Lift(a, b)),
        1 => any::<u8>().prop_map(Op::Confirm),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(at, first)| Op::Reject(at, first)),
        1 => Just(Op::Restore),
    ]
}

fn fairness() -> impl Strategy<Value = Fairness> {
    prop_oneof![
        Just(Fairness::off().classes(2).class_bonus(0)),
        Just(Fairness::default().classes(2).class_bonus(20)),
        Just(
            Fairness::off()
                .aging_every_ms(100)
                .aging_cap(60)
                .classes(2)
                .class_bonus(10)
                .overdue_after_ms(5_000)
                .overdue_passes(2)
        ),
        Just(
            Fairness::off().aging_every_ms(500).aging_cap(20).classes(2).class_bonus(5).overdue_after_ms(None).overdue_passes(1)
        ),
    ]
}

fn config() -> impl Strategy<Value = Config> {
    let claims = prop_oneof![
        Just(Claims::Final),
        Just(Claims::Held),
        prop_oneof![1..400u64, 1_000..20_000u64].prop_map(|ms| Claims::HeldFor { ms }),
    ];
    (fairness(), claims).prop_map(|(fairness, claims)| exact(fairness).claims(claims).by_weight(true))
}

/// Both sides of one run.
pub(crate) struct Pair {
    pub(crate) world: World,
    pub(crate) matcher: Matcher<u32>,
    pub(crate) model: Model,
}

impl Pair {
    pub(crate) fn new(config: Config) -> Self {
        let world = World::new();
        Self { matcher: world.matcher(config), model: Model::new(config), world }
    }

    /// Applies an operation to both sides and compares what came of it.
    pub(crate) fn apply(&mut self, op: &Op) {
        let now = self.model.now;
        let is_busy = |model: &Model, key: u32| model.held.values().any(|(a, b)| a.person.key == key || b.person.key == key);
        match op {
            Op::Offer(person) | Op::OfferSince(person, _) => {
                let back = if let Op::OfferSince(_, back) = op { *back } else { 0 };
                let since = now.saturating_sub(back);
                let result = self.matcher.offer(&person.ticket(&self.world).waiting_since(since), now);
                if self.model.waiting.contains_key(&person.key) || is_busy(&self.model, person.key) {
                    assert_eq!(result, Err(luvhive_matching::MatcherError::Duplicate { key: person.key }));
                } else {
                    let outcome = result.unwrap();
                    if let Outcome::Matched(made) = outcome {
                        let partner = &self.model.waiting[&made.partner].person;
                        let by_weight = self.matcher.by_weight(&made);
                        assert!(!self.model.config.by_weight || told(&by_weight) == parts(person, partner), "{by_weight:?}");
                        assert_eq!(made.points, points(person, partner));
                    }
                    assert_eq!(pair_of(outcome), self.model.offer(person, since));
                }
            }
            Op::Update(person) => {
                let result = self.matcher.update(&person.ticket(&self.world), now);
                if self.model.waiting.contains_key(&person.key) {
                    assert_eq!(pair_of(result.unwrap()), self.model.update(person));
                } else {
                    assert_eq!(result, Err(luvhive_matching::MatcherError::UnknownKey { key: person.key }));
                }
            }
            Op::Cancel(key) => {
                let waited = self.model.waiting.remove(key).map(|ticket| now - ticket.since);
                assert_eq!(self.matcher.cancel(*key).ok(), waited);
            }
            Op::Pass(time) => {
                let mut events = Vec::new();
                let progress = self.matcher.advance(now + time, u32::MAX, |event| events.push(event_of(event))).unwrap();
                assert!(progress.finished);
                assert_eq!(events, self.model.advance(now + time));
            }
            Op::Exclude(a, b, length) => {
                let until = length.map(|length| now + length);
                let result = self.matcher.exclude(*a, *b, until);
                assert_eq!(result.is_ok(), a != b && until.is_none_or(|until| until > now));
                if result.is_ok() {
                    self.model.excluded.insert((*a.min(b), *a.max(b)), until.unwrap_or(FOREVER));
                }
            }
            Op::Lift(a, b) => {
                let result = self.matcher.lift(*a, *b, now).unwrap();
                assert_eq!(result.is_some(), self.model.is_excluded(*a, *b));
                assert_eq!(result.and_then(pair_of), self.model.lift(*a, *b));
            }
            Op::Confirm(at) => {
                let Some(id) = self.held(*at) else { return };
                self.matcher.confirm(MatchId(id)).unwrap();
                self.model.held.remove(&id);
            }
            Op::Reject(at, first) => {
                let Some(id) = self.held(*at) else { return };
                let (a, b) = &self.model.held[&id];
                let leaver = if *first { a.person.key } else { b.person.key };
                let result = self.matcher.reject(MatchId(id), leaver, now).unwrap();
                assert_eq!(pair_of(result), self.model.reject(id, leaver));
            }
            Op::Restore => {
                let (snapshot, config) = (self.matcher.snapshot(), self.model.config);
                let restored = Matcher::restore(self.world.schema.clone(), self.world.weights(), config, (), snapshot.clone());
                let restored = restored.unwrap();
                assert_eq!(restored.state_hash(), self.matcher.state_hash());
                assert_eq!(restored.snapshot(), snapshot);
                assert_eq!(restored.next_deadline(), self.matcher.next_deadline());
                self.matcher = restored;
            }
        }
    }

    fn held(&self, at: u8) -> Option<u64> {
        let ids: Vec<u64> = self.model.held.keys().copied().collect();
        (!ids.is_empty()).then(|| ids[usize::from(at) % ids.len()])
    }

    /// What must hold at any time.
    pub(crate) fn check(&self) {
        let keys: Vec<u32> = self.model.waiting.keys().copied().collect();
        assert_eq!(self.matcher.len(), keys.len());
        for key in &keys {
            assert!(self.matcher.is_waiting(*key));
        }
        assert_eq!(self.matcher.count_exclusions(), self.model.excluded.len());
        // Quiescence: nothing is due, so no two who wait fit each other.
        if self.matcher.next_deadline().is_none_or(|next| next > self.model.now) {
            let waiting: Vec<&Waiting> = self.model.waiting.values().collect();
            for (at, one) in waiting.iter().enumerate() {
                for two in &waiting[at + 1..] {
                    assert!(!self.model.fit(one, two), "{} and {} fit and wait", one.person.key, two.person.key);
                    assert!(self.model.fit(two, one) == self.model.fit(one, two));
                }
            }
        }
    }

    /// The best so many partners of somebody against everybody who fits, sorted; the first of them is the preview.
    pub(crate) fn check_top(&mut self, person: &Person, most: u32) {
        let ticket = person.ticket(&self.world);
        let seeker = self.model.newcomer(person, self.model.now);
        let ranking = self.model.ranking(&seeker);
        let all = ranking.iter().map(|other| (other.person.key, points(person, &other.person)));
        let expected: Vec<(u32, u32)> = all.take(usize::try_from(most).unwrap()).collect();
        let hash = self.matcher.state_hash();
        assert_eq!(self.matcher.top(&ticket, most).unwrap(), expected);
        if most > 0 {
            assert_eq!(self.matcher.preview(&ticket).unwrap(), expected.first().copied());
        }
        assert_eq!(self.matcher.state_hash(), hash);
    }

    /// Explanations, diagnoses and counts against brute force.
    pub(crate) fn check_answers(&self) {
        let waiting: Vec<&Waiting> = self.model.waiting.values().collect();
        for (one, two) in self.model.held.values() {
            // Those who are held fitted when they were matched, and neither's rules have changed since.
            let why = self.matcher.explain(one.person.key, two.person.key).unwrap();
            assert_eq!(why.fits(), self.model.fit(one, two));
            assert_eq!(why.refusals().count(), 0);
        }
        for one in &waiting {
            let found = self.matcher.diagnose(one.person.key).unwrap();
            let fits = waiting.iter().filter(|two| self.model.fit(one, two)).count();
            assert_eq!(usize::try_from(found.fits).unwrap(), fits);
            let apart = waiting.iter().filter(|two| Model::suit(one, two) && !self.model.fit(one, two)).count();
            assert_eq!(usize::try_from(found.excluded).unwrap(), apart);
            for (name, without) in
                ["gender", "country", "age", "language", "interest", "trait", "town"].iter().zip(&found.without)
            {
                assert_eq!(self.world.schema.name(without.dim), Some(*name));
                let mut free = (*one).clone();
                loosen(&mut free.rules, name);
                let mine = waiting.iter().filter(|two| self.model.fit(&free, two)).count();
                assert_eq!(usize::try_from(without.mine).unwrap(), mine, "{name} of {}", one.person.key);
                let theirs = waiting.iter().filter(|two| {
                    let mut free = (**two).clone();
                    loosen(&mut free.rules, name);
                    self.model.fit(one, &free)
                });
                assert_eq!(usize::try_from(without.theirs).unwrap(), theirs.count(), "{name} towards {}", one.person.key);
            }
            for two in &waiting {
                if one.person.key == two.person.key {
                    continue;
                }
                let why = self.matcher.explain(one.person.key, two.person.key).unwrap();
                assert_eq!(why.fits(), self.model.fit(one, two));
                assert_eq!(why.points, points(&one.person, &two.person));
                assert_eq!(told(&why.by_weight), parts(&one.person, &two.person));
                assert_eq!(why.points, self.matcher.explain(two.person.key, one.person.key).unwrap().points);
            }
        }
    }
}

/// Drops one rule. A common language is nobody's rule, so there is none to drop.
fn loosen(rules: &mut Rules, name: &str) {
    match name {
        "gender" => rules.gender = vec![0, 1, 2],
        "country" => rules.country = None,
        "age" => rules.age = (18, 29),
        "interest" => rules.interest.clear(),
        "trait" => {
            rules.want.clear();
            rules.need.clear();
            rules.refuse.clear();
        }
        "town" => rules.towns = None,
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_matcher_does_what_the_reference_does(
        config in config(), ops in vec(op(40), 1..160), strangers in vec((person(60), 0..9u32), 4),
    ) {
        let mut pair = Pair::new(config);
        for op in &ops {
            pair.apply(op);
            pair.check();
        }
        pair.check_answers();
        for (person, most) in &strangers {
            pair.check_top(person, *most);
        }
    }
}
