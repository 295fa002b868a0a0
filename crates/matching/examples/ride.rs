//! Sharing a ride: from a cell to a cell of the city, at about the same time, drivers with riders.
//!
//! `cargo run -p luvhive-matching --example ride`

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::ops::RangeInclusive;

use luvhive_matching::{Category, Config, Dim, Effort, Event, Matcher, Ordinal, Outcome, Schema, Set, Ticket, Weights};

const DRIVER: u16 = 0;
const RIDER: u16 = 1;
/// Cells on each side of the map, a kilometer wide.
const SIDE: i32 = 16;
/// Minutes in a step of the clock; the day begins at five.
const STEP: i32 = 5;

/// A place on the map, in kilometers from its corner.
type Place = (i32, i32);

/// The dimensions of a ride.
struct Ride {
    role: Dim<Category>,
    from: Dim<Category>,
    to: Dim<Category>,
    leave: Dim<Ordinal>,
}

/// Number of a cell; none off the map.
fn cell((x, y): Place) -> Option<u16> {
    let is_on = (0..SIDE).contains(&x) && (0..SIDE).contains(&y);
    u16::try_from(y * SIDE + x).ok().filter(|_| is_on)
}

/// Cells within so many kilometers, as the crow flies.
fn around((x, y): Place, km: i32) -> Set {
    let lines = || -km..=km;
    let circle = lines().flat_map(|down| lines().map(move |right| (right, down)));
    circle
        .filter(|(right, down)| right * right + down * down <= km * km)
        .filter_map(|(right, down)| cell((x + right, y + down)))
        .collect()
}

/// Steps of the clock around a time of day, given as hours and minutes.
fn about((hour, minute): (i32, i32), give_or_take: i32) -> RangeInclusive<i32> {
    let at = ((hour - 5) * 60 + minute) / STEP;
    at - give_or_take / STEP..=at + give_or_take / STEP
}

impl Ride {
    /// Somebody who goes from here to there. After a minute of looking the detour may be twice as long, after two the
    /// time may be half an hour off.
    fn ticket(&self, who: (&'static str, u16), way: (Place, Place), time: (i32, i32)) -> Option<Ticket<&'static str>> {
        let (name, role) = who;
        let (start, end) = way;
        let ticket = Ticket::new(name)
            .have(self.role, role)
            .have(self.from, cell(start)?)
            .have(self.to, cell(end)?)
            .have(self.leave, *about(time, 0).start())
            .accept(self.role, [DRIVER + RIDER - role])
            .accept(self.from, around(start, 2))
            .accept(self.to, around(end, 2))
            .accept(self.leave, about(time, 15));
        Some(
            ticket
                .relax(self.from, 60_000, around(start, 4))
                .relax(self.to, 60_000, around(end, 4))
                .relax(self.leave, 120_000, about(time, 30))
                .ttl_ms(600_000),
        )
    }
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let mut schema = Schema::builder();
    let ride = Ride {
        role: schema.category("role", 2),
        from: schema.category("from", 256),
        to: schema.category("to", 256),
        leave: schema.ordinal("leave", 0..=227), // from 5:00 to 23:55
    };
    let schema = schema.build()?;
    let weights = Weights::new().near(ride.leave, 20, 4).same(ride.from, 15).same(ride.to, 15);
    let mut matcher = Matcher::new(schema, weights, Config::default().effort(Effort::Exact))?;

    let (north, center, airport) = ((3, 2), (8, 8), (14, 13));
    let rides = [
        (("Ann's car", DRIVER), (north, airport), (8, 0)),
        (("Ben's car", DRIVER), (center, airport), (8, 10)),
        (("Cleo", RIDER), ((4, 3), airport), (8, 10)),
        (("Dan", RIDER), ((8, 5), (13, 12)), (8, 25)),
        (("Eve", RIDER), (airport, north), (8, 0)),
    ];
    let mut pairs = 0;
    for (second, (who, way, time)) in (0u64..).zip(rides) {
        let now = second * 1_000;
        let ticket = ride.ticket(who, way, time).ok_or("the place is on the map")?;
        match matcher.offer(&ticket, now)? {
            Outcome::Matched(made) => {
                pairs += 1;
                println!("{:>3} s  {} rides in {} ({} points)", now / 1_000, made.seeker, made.partner, made.points);
            }
            Outcome::Waiting => println!("{:>3} s  {} waits; {} on the map now", now / 1_000, who.0, matcher.len()),
        }
    }
    for minute in 1..=11 {
        let now = minute * 60_000 + 5_000;
        matcher.advance(now, u32::MAX, |event| match event {
            Event::Matched(made) => {
                pairs += 1;
                println!("{:>3} s  {} and {} found each other by giving way", made.at / 1_000, made.seeker, made.partner);
            }
            Event::Expired { key, .. } => println!("{:>3} s  {key} found nobody", now / 1_000),
            _ => {}
        })?;
    }
    assert_eq!((pairs, matcher.len()), (2, 0));
    Ok(())
}
