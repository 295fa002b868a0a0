//! A plain scan over plain data that does what the matcher promises, written from the promises alone.
//! It shares no code with the crate: tickets are structs, rules are vectors, the best is found by sorting.

use std::collections::BTreeMap;

use luvhive_matching::{
    AnyTags, Anything, Category, Claims, Common, Config, Dim, Effort, Event, Fairness, Mark, Match, Matcher, Ordinal, Outcome,
    Part, Schema, Set, TagRule, Tags, Ticket, Weights, Wide,
};

pub(crate) const FOREVER: u64 = u64::MAX;
/// Added to the seeker of a held match that lapses.
const LAPSED: u32 = 1_000_000;

/// Handles of the schema that all tests share.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) schema: Schema,
    pub(crate) gender: Dim<Category>,
    pub(crate) country: Dim<Category>,
    pub(crate) age: Dim<Ordinal>,
    pub(crate) language: Dim<Common>,
    pub(crate) interest: Dim<AnyTags>,
    pub(crate) trait_: Dim<Tags>,
    pub(crate) town: Dim<Wide>,
    pub(crate) city: Mark,
}

/// Towns that share digits, as far as one can tell from outside.
pub(crate) const TOWNS: [u32; 5] = [1, 2, 1 << 16, u32::MAX, u32::MAX - 1];

impl World {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let gender = schema.category("gender", 3);
        let country = schema.category("country", 6);
        let age = schema.ordinal("age", 18..=29);
        let language = schema.common("language", 3);
        let interest = schema.any_tags("interest", 6);
        let trait_ = schema.tags("trait", 5);
        let town = schema.wide("town", 3);
        let city = schema.mark("city");
        schema.cluster(country);
        let schema = schema.build().unwrap();
        Self { schema, gender, country, age, language, interest, trait_, town, city }
    }

    pub(crate) fn weights(&self) -> Weights {
        Weights::new()
            .base(5)
            .shared(self.interest, 10, 3)
            .shared(self.language, 3, 2)
            .same(self.country, 7)
            .near(self.age, 12, 3)
            .same(self.town, 6)
            .mark(self.city, 4)
            .merit()
    }

    pub(crate) fn matcher(&self, config: Config) -> Matcher<u32> {
        Matcher::new(self.schema.clone(), self.weights(), config).unwrap()
    }
}

/// What a person accepts; `None` in a step leaves a rule as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) gender: Vec<u16>,
    pub(crate) country: Option<Vec<u16>>,
    pub(crate) age: (i32, i32),
    pub(crate) interest: Vec<u16>,
    pub(crate) want: Vec<u16>,
    pub(crate) need: Vec<u16>,
    pub(crate) refuse: Vec<u16>,
    pub(crate) towns: Option<Vec<u32>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) key: u32,
    pub(crate) gender: u16,
    pub(crate) country: u16,
    pub(crate) age: i32,
    pub(crate) language: Vec<u16>,
    pub(crate) interest: Vec<u16>,
    pub(crate) trait_: Vec<u16>,
    /// Zero is none.
    pub(crate) town: u32,
    pub(crate) city: u32,
    pub(crate) merit: u8,
    pub(crate) class: u8,
    pub(crate) rules: Rules,
    /// When, and how far the age range opens; interests are dropped and a town added with the second, genders and towns
    /// dropped with the third.
    pub(crate) steps: Vec<(u64, i32)>,
    pub(crate) ttl: Option<u64>,
}

impl Person {
    /// The rules after so much waiting.
    pub(crate) fn rules_at(&self, waited: u64) -> Rules {
        let mut rules = self.rules.clone();
        for (number, (after, pad)) in self.steps.iter().enumerate() {
            if *after <= waited {
                let (low, high) = self.rules.age;
                rules.age = ((low - pad).max(18), (high + pad).min(29));
                if number >= 1 {
                    rules.interest.clear();
                    rules.need.clear();
                    rules.refuse.clear();
                    rules.want.clear();
                    rules.towns = self.more_towns();
                }
                if number >= 2 {
                    rules.gender = vec![0, 1, 2];
                    rules.country = None;
                    rules.towns = None;
                }
            }
        }
        rules
    }

    /// The towns accepted after the second step.
    fn more_towns(&self) -> Option<Vec<u32>> {
        self.rules.towns.clone().map(|mut towns| {
            towns.push(TOWNS[4]);
            towns
        })
    }

    pub(crate) fn ticket(&self, world: &World) -> Ticket<u32> {
        let set = |values: &[u16]| Set::from(values);
        let mut ticket = Ticket::new(self.key)
            .have(world.gender, self.gender)
            .have(world.country, self.country)
            .have(world.age, self.age)
            .have(world.language, set(&self.language))
            .have(world.interest, set(&self.interest))
            .have(world.trait_, set(&self.trait_))
            .have(world.town, self.town)
            .accept(world.gender, set(&self.rules.gender))
            .accept(world.age, self.rules.age.0..=self.rules.age.1)
            .accept(world.interest, set(&self.rules.interest))
            .accept(
                world.trait_,
                TagRule::any_of(set(&self.rules.want))
                    .and(TagRule::all_of(set(&self.rules.need)))
                    .and(TagRule::none_of(set(&self.rules.refuse))),
            )
            .mark(world.city, self.city)
            .merit(self.merit)
            .priority(self.class);
        if let Some(countries) = &self.rules.country {
            ticket = ticket.accept(world.country, set(countries));
        }
        if let Some(towns) = &self.rules.towns {
            ticket = ticket.accept(world.town, &towns[..]);
        }
        for (number, (after, pad)) in self.steps.iter().enumerate() {
            let (low, high) = self.rules.age;
            ticket = ticket.relax(world.age, *after, low - pad..=high + pad);
            if number == 1 {
                ticket = ticket.relax(world.interest, *after, Anything).relax(world.trait_, *after, Anything);
            }
            if let Some(towns) = self.more_towns().filter(|_| number == 1) {
                ticket = ticket.relax(world.town, *after, towns);
            }
            if number == 2 {
                ticket = ticket.relax(world.gender, *after, [0, 1, 2]).relax(world.country, *after, Anything);
                ticket = ticket.relax(world.town, *after, Anything);
            }
        }
        if let Some(ttl) = self.ttl {
            ticket = ticket.ttl_ms(ttl);
        }
        ticket
    }
}

pub(crate) fn accepts(rules: &Rules, other: &Person) -> bool {
    let any = |asked: &[u16], tags: &[u16]| asked.is_empty() || asked.iter().any(|tag| tags.contains(tag));
    rules.gender.contains(&other.gender)
        && rules.country.as_ref().is_none_or(|countries| countries.contains(&other.country))
        && (rules.age.0..=rules.age.1).contains(&other.age)
        && any(&rules.interest, &other.interest)
        && any(&rules.want, &other.trait_)
        && rules.need.iter().all(|tag| other.trait_.contains(tag))
        && !rules.refuse.iter().any(|tag| other.trait_.contains(tag))
        && rules.towns.as_ref().is_none_or(|towns| towns.contains(&other.town))
}

/// What each weight gives, by name.
pub(crate) fn parts(a: &Person, b: &Person) -> [(&'static str, Option<&'static str>, u32); 8] {
    let shared = |x: &[u16], y: &[u16]| u32::try_from(x.iter().filter(|tag| y.contains(tag)).count()).unwrap();
    [
        ("base", None, 5),
        ("shared", Some("interest"), 10 * shared(&a.interest, &b.interest).min(3)),
        ("shared", Some("language"), 3 * shared(&a.language, &b.language).min(2)),
        ("same", Some("country"), if a.country == b.country { 7 } else { 0 }),
        ("near", Some("age"), 12u32.saturating_sub(3 * a.age.abs_diff(b.age))),
        ("same", Some("town"), if a.town != 0 && a.town == b.town { 6 } else { 0 }),
        ("mark", Some("city"), if a.city != 0 && a.city == b.city { 4 } else { 0 }),
        ("merit", None, u32::from(a.merit) + u32::from(b.merit)),
    ]
}

/// The same as the matcher tells it.
pub(crate) fn told(parts: &[Part]) -> Vec<(&'static str, Option<&str>, u32)> {
    parts.iter().map(|part| (part.weight, part.name.as_deref(), part.points)).collect()
}

pub(crate) fn points(a: &Person, b: &Person) -> u32 {
    parts(a, b).iter().map(|part| part.2).sum()
}

#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) person: Person,
    pub(crate) since: u64,
    pub(crate) number: u64,
    pub(crate) rules: Rules,
    /// Steps taken.
    pub(crate) level: usize,
    pub(crate) overdue: bool,
    pub(crate) passes: u8,
}

/// The reference.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) config: Config,
    pub(crate) waiting: BTreeMap<u32, Waiting>,
    pub(crate) held: BTreeMap<u64, (Waiting, Waiting)>,
    /// When each match was made.
    pub(crate) made_at: BTreeMap<u64, u64>,
    pub(crate) excluded: BTreeMap<(u32, u32), u64>,
    pub(crate) now: u64,
    pub(crate) counter: u64,
    pub(crate) matches: u64,
}

impl Model {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            waiting: BTreeMap::new(),
            held: BTreeMap::new(),
            made_at: BTreeMap::new(),
            excluded: BTreeMap::new(),
            now: 0,
            counter: 0,
            matches: 0,
        }
    }

    pub(crate) fn is_excluded(&self, a: u32, b: u32) -> bool {
        self.excluded.contains_key(&(a.min(b), a.max(b)))
    }

    /// Whether each accepts the other, no matter who is kept apart.
    pub(crate) fn suit(a: &Waiting, b: &Waiting) -> bool {
        a.person.key != b.person.key
            && a.person.language.iter().any(|tag| b.person.language.contains(tag))
            && accepts(&a.rules, &b.person)
            && accepts(&b.rules, &a.person)
    }

    pub(crate) fn fit(&self, a: &Waiting, b: &Waiting) -> bool {
        Self::suit(a, b) && !self.is_excluded(a.person.key, b.person.key)
    }

    fn fairness(&self) -> Fairness {
        self.config.fairness
    }

    /// Smaller is better: passed over too often, waited too long or neither; points with aging and bonus, unless
    /// passed over too often; wait; key.
    pub(crate) fn order(&self, seeker: &Waiting, candidate: &Waiting) -> (u8, i64, u64, u64, u32) {
        let place = (candidate.since, candidate.number, candidate.person.key);
        if self.fairness().overdue_passes.is_some_and(|limit| candidate.passes >= limit) {
            return (0, 0, place.0, place.1, place.2);
        }
        let class = if candidate.overdue { 1 } else { 2 };
        let fair = self.fairness();
        let ticks = self.now / fair.aging_every_ms - candidate.since / fair.aging_every_ms;
        let aging = ticks.min(u64::from(fair.aging_cap));
        let bonus = u64::from(candidate.person.class) * u64::from(fair.class_bonus);
        let total = i64::from(points(&seeker.person, &candidate.person)) + i64::try_from(aging + bonus).unwrap();
        (class, -total, place.0, place.1, place.2)
    }

    /// Everybody who fits, the best first.
    pub(crate) fn ranking(&self, seeker: &Waiting) -> Vec<&Waiting> {
        let mut fitting: Vec<&Waiting> = self.waiting.values().filter(|other| self.fit(seeker, other)).collect();
        fitting.sort_by_key(|other| self.order(seeker, other));
        fitting
    }

    pub(crate) fn best(&self, seeker: &Waiting) -> Option<u32> {
        self.ranking(seeker).first().map(|best| best.person.key)
    }

    fn is_late(&self, since: u64) -> bool {
        self.fairness().overdue_after_ms.is_some_and(|after| self.now - since >= after)
    }

    fn catch_up(&self, ticket: &mut Waiting) -> bool {
        let waited = self.now - ticket.since;
        let level = ticket.person.steps.iter().filter(|step| step.0 <= waited).count();
        let relaxed = level > ticket.level;
        ticket.level = level;
        ticket.rules = ticket.person.rules_at(waited);
        ticket.overdue |= self.is_late(ticket.since);
        relaxed
    }

    fn enter(&mut self, ticket: Waiting) -> Option<(u32, u32)> {
        let Some(partner) = self.best(&ticket) else {
            self.waiting.insert(ticket.person.key, ticket);
            return None;
        };
        Some(self.pair(ticket, partner))
    }

    fn pair(&mut self, seeker: Waiting, partner: u32) -> (u32, u32) {
        let chosen = self.waiting[&partner].clone();
        if let Some(limit) = self.fairness().overdue_passes {
            let fitting = self.waiting.values().filter(|other| self.fit(&seeker, other));
            let place = |ticket: &Waiting| (ticket.since, ticket.number, ticket.person.key);
            let passed: Vec<u32> = fitting.filter(|other| place(other) < place(&chosen)).map(|other| other.person.key).collect();
            for key in passed {
                let ticket = self.waiting.get_mut(&key).unwrap();
                ticket.passes = (ticket.passes + 1).min(31);
                if ticket.passes == limit {
                    ticket.overdue = true;
                }
            }
        }
        self.waiting.remove(&partner);
        self.make(seeker, chosen)
    }

    fn make(&mut self, seeker: Waiting, partner: Waiting) -> (u32, u32) {
        self.matches += 1;
        let pair = (seeker.person.key, partner.person.key);
        if self.config.claims != Claims::Final {
            self.held.insert(self.matches, (seeker, partner));
            self.made_at.insert(self.matches, self.now);
        }
        pair
    }

    /// When a match is held no longer, and its number: the first of them.
    fn lapse(&self) -> Option<(u64, u64)> {
        let Claims::HeldFor { ms } = self.config.claims else { return None };
        self.held.keys().map(|id| (self.made_at[id] + ms, *id)).min()
    }

    /// Somebody as they are before any step.
    pub(crate) fn newcomer(&self, person: &Person, since: u64) -> Waiting {
        let (number, rules) = (self.counter, person.rules.clone());
        Waiting { person: person.clone(), since, number, rules, level: 0, overdue: false, passes: 0 }
    }

    pub(crate) fn offer(&mut self, person: &Person, since: u64) -> Option<(u32, u32)> {
        self.counter += 1;
        let mut ticket = self.newcomer(person, since);
        self.catch_up(&mut ticket);
        self.enter(ticket)
    }

    /// Lets the ticket wait, even if somebody fits.
    pub(crate) fn offer_unpaired(&mut self, person: &Person, since: u64) {
        self.now = since;
        self.counter += 1;
        self.waiting.insert(person.key, self.newcomer(person, since));
    }

    /// Takes every step due by `now`, pairing nobody.
    pub(crate) fn note_time(&mut self, now: u64) {
        self.now = now;
        for mut ticket in std::mem::take(&mut self.waiting).into_values() {
            self.catch_up(&mut ticket);
            self.waiting.insert(ticket.person.key, ticket);
        }
    }

    pub(crate) fn update(&mut self, person: &Person) -> Option<(u32, u32)> {
        let mut ticket = self.waiting.remove(&person.key).unwrap();
        ticket.person = person.clone();
        ticket.level = 0;
        self.catch_up(&mut ticket);
        self.enter(ticket)
    }

    pub(crate) fn reject(&mut self, id: u64, leaver: u32) -> Option<(u32, u32)> {
        let (a, b) = self.held.remove(&id).unwrap();
        let mut survivor = if a.person.key == leaver { b } else { a };
        self.catch_up(&mut survivor);
        self.enter(survivor)
    }

    pub(crate) fn lift(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        self.excluded.remove(&(a.min(b), a.max(b)))?;
        self.meet(a, b)
    }

    fn meet(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (one, two) = (self.waiting.get(&a)?, self.waiting.get(&b)?);
        if !self.fit(one, two) {
            return None;
        }
        let place = |ticket: &Waiting| (ticket.since, ticket.number, ticket.person.key);
        let (partner, seeker) = if place(one) < place(two) { (a, b) } else { (b, a) };
        let seeker = self.waiting.remove(&seeker).unwrap();
        let chosen = self.waiting.remove(&partner)?;
        Some(self.make(seeker, chosen))
    }

    /// The next event of a ticket that is due by now: its time.
    fn due(&self, ticket: &Waiting) -> Option<u64> {
        let step = ticket.person.steps.get(ticket.level).map(|step| step.0);
        let late = self.fairness().overdue_after_ms.filter(|_| !ticket.overdue);
        [step, ticket.person.ttl, late].into_iter().flatten().min().map(|due| ticket.since + due)
    }

    /// Everything due by `now`, in order. Pairs are `(a, Some(b))`, expiries `(a, None)`, lapses as [`LAPSED`] says.
    pub(crate) fn advance(&mut self, now: u64) -> Vec<(u32, Option<u32>)> {
        self.now = now;
        let mut events = Vec::new();
        loop {
            let timers = self
                .waiting
                .values()
                .filter_map(|ticket| Some((self.due(ticket)?, ticket.since, ticket.number, ticket.person.key)));
            let timer = timers.min().filter(|timer| timer.0 <= now);
            let end = self.excluded.iter().map(|(pair, until)| (*until, *pair)).min().filter(|end| end.0 <= now);
            // At one time tickets come first, then exclusions, then held matches.
            if let Some((due, id)) = self.lapse().filter(|lapse| lapse.0 <= now)
                && timer.is_none_or(|timer| due < timer.0)
                && end.is_none_or(|end| due < end.0)
            {
                let (seeker, partner) = self.held.remove(&id).unwrap();
                events.push((LAPSED + seeker.person.key, Some(partner.person.key)));
                continue;
            }
            match (timer, end) {
                (None, None) => return events,
                (timer, Some((until, (a, b)))) if timer.is_none_or(|timer| until < timer.0) => {
                    self.excluded.remove(&(a, b));
                    events.extend(self.meet(a, b).map(|(a, b)| (a, Some(b))));
                }
                (Some((_, since, _, key)), _) => {
                    let mut ticket = self.waiting.remove(&key).unwrap();
                    if ticket.person.ttl.is_some_and(|ttl| since + ttl <= now) {
                        events.push((key, None));
                        continue;
                    }
                    if self.catch_up(&mut ticket) {
                        events.extend(self.enter(ticket).map(|(a, b)| (a, Some(b))));
                    } else {
                        self.waiting.insert(key, ticket);
                    }
                }
                (None, Some(_)) => unreachable!("the guard holds without a timer"),
            }
        }
    }
}

pub(crate) fn pair_of(outcome: Outcome<u32>) -> Option<(u32, u32)> {
    match outcome {
        Outcome::Matched(made) => Some((made.seeker, made.partner)),
        Outcome::Waiting => None,
    }
}

pub(crate) fn event_of(event: Event<u32>) -> (u32, Option<u32>) {
    match event {
        Event::Matched(Match { seeker, partner, .. }) => (seeker, Some(partner)),
        Event::Expired { key, .. } => (key, None),
        Event::Lapsed { seeker, partner, .. } => (LAPSED + seeker, Some(partner)),
        _ => unreachable!("no other event exists"),
    }
}

pub(crate) fn exact(fairness: Fairness) -> Config {
    Config::default().effort(Effort::Exact).fairness(fairness)
}
