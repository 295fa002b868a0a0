//! A queue for duels: a rating window that widens, regions with a good latency, and no rematch for ten minutes.
//!
//! `cargo run -p luvhive-matching --example duel`

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::collections::BTreeMap;
use std::error::Error;

use luvhive_matching::{Config, Effort, Event, Match, Matcher, Outcome, Schema, Set, Ticket, Weights};

const REGIONS: [&str; 4] = ["Frankfurt", "Virginia", "Singapore", "São Paulo"];
/// A step of the scale from 0 to 3,000.
const STEP: i32 = 12;
const REMATCH_MS: u64 = 600_000;

/// Somebody at the keyboard.
#[derive(Clone, Copy)]
struct Player {
    rating: i32,
    /// Milliseconds to each region.
    ping: [u16; 4],
}

impl Player {
    /// Regions whose latency is good enough.
    fn regions(&self) -> Set {
        (0..).zip(self.ping).filter(|(_, ping)| *ping <= 90).map(|(region, _)| region).collect()
    }
}

/// Eight players of whom each comes back right after a duel, three times.
fn players() -> BTreeMap<u32, Player> {
    let at_home = [[20, 95, 180, 200], [85, 30, 220, 80], [170, 210, 25, 300]];
    (0..8u32)
        .zip(at_home.into_iter().cycle())
        .map(|(key, ping)| (key, Player { rating: 1_000 + i32::try_from(key * key * 37 % 900).unwrap_or(0), ping }))
        .collect()
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let mut schema = Schema::builder();
    let rating = schema.ordinal("rating", 0..=3_000 / STEP);
    let region = schema.common("region", 4);
    let schema = schema.build()?;
    let weights = Weights::new().near(rating, 60, 1).shared(region, 5, 2);
    let mut matcher = Matcher::new(schema, weights, Config::default().effort(Effort::Exact))?;

    let players = players();
    let ticket = |key: u32, player: &Player| {
        let mine = player.rating / STEP;
        let within = |elo: i32| mine - elo / STEP..=mine + elo / STEP;
        Ticket::new(key)
            .have(rating, mine)
            .have(region, player.regions())
            .accept(rating, within(100))
            .relax(rating, 10_000, within(200))
            .relax(rating, 30_000, within(400))
            .relax(rating, 60_000, within(3_000))
            .ttl_ms(180_000)
    };

    let mut arrivals: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for key in players.keys() {
        arrivals.entry(u64::from(*key) * 2_000).or_default().push(*key);
    }
    let mut duels = 0;
    while let Some(now) = next(&matcher, &arrivals) {
        let mut made = Vec::new();
        matcher.advance(now, u32::MAX, |event| match event {
            Event::Matched(pair) => made.push(pair),
            Event::Expired { key, .. } => println!("{:>4} s  {key} gives up", now / 1_000),
            _ => {}
        })?;
        for key in arrivals.remove(&now).unwrap_or_default() {
            let Some(player) = players.get(&key) else { continue };
            if let Outcome::Matched(pair) = matcher.offer(&ticket(key, player), now)? {
                made.push(pair);
            }
        }
        for pair in made {
            tell(&pair, &players);
            matcher.exclude(pair.seeker, pair.partner, Some(now + REMATCH_MS))?;
            duels += 1;
            // Both play for a minute and want to go on.
            if duels <= 8 {
                arrivals.entry(now + 60_000).or_default().extend([pair.seeker, pair.partner]);
            }
        }
    }
    println!("{duels} duels, {} pairs kept apart", matcher.count_exclusions());
    assert!(duels >= 6 && matcher.is_empty());
    Ok(())
}

/// When something happens next: an arrival or a timer. Exclusions end when nobody is left to wait for it.
fn next(matcher: &Matcher<u32>, arrivals: &BTreeMap<u64, Vec<u32>>) -> Option<u64> {
    let timer = matcher.next_deadline().filter(|_| !matcher.is_empty()).map(|due| due.max(matcher.now()));
    timer.into_iter().chain(arrivals.keys().next().copied()).min()
}

fn tell(pair: &Match<u32>, players: &BTreeMap<u32, Player>) {
    let Some((first, second)) = players.get(&pair.seeker).zip(players.get(&pair.partner)) else { return };
    // The server that is best for the one who has it worse.
    let worst = |region: u16| first.ping.iter().zip(second.ping).nth(region.into()).map(|(mine, theirs)| *mine.max(&theirs));
    let both = first.regions() & second.regions();
    let server = both.iter().min_by_key(|region| worst(*region)).unwrap_or(0);
    println!(
        "{:>4} s  {} ({}) against {} ({}) in {}, {} points",
        pair.at / 1_000,
        pair.seeker,
        first.rating,
        pair.partner,
        second.rating,
        REGIONS.get(usize::from(server)).unwrap_or(&"nowhere"),
        pair.points,
    );
}
