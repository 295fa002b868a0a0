//! Mentors and mentees: roles, topics, hours of the week, and mentors who have room for several.
//!
//! `cargo run -p luvhive-matching --example mentor`

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::collections::BTreeMap;
use std::error::Error;

use luvhive_matching::{Claims, Config, Match, Matcher, Outcome, Schema, Set, TagRule, Ticket, Weights};

const MENTEE: u16 = 0;
const MENTOR: u16 = 1;
const TOPICS: [&str; 5] = ["career", "code review", "databases", "public talks", "writing"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Hours of the week: 0 is Monday, midnight.
fn hours(days: &[u16], from: u16, to: u16) -> Set {
    days.iter().flat_map(|day| (from..to).map(move |hour| day * 24 + hour)).collect()
}

/// The first hour that two have in common, as people say it.
fn say(common: Set) -> Option<String> {
    let hour = common.iter().next()?;
    Some(format!("{} {}:00", DAYS.get(usize::from(hour / 24))?, hour % 24))
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let mut schema = Schema::builder();
    let role = schema.category("role", 2);
    let topic = schema.tags("topic", 5);
    let free = schema.common("hour of the week", 168);
    let level = schema.ordinal("years of practice", 0..=40);
    let schema = schema.build()?;
    // More common hours first, up to three; then somebody who is not too far ahead.
    let weights = Weights::new().shared(free, 10, 3).near(level, 15, 1);
    // Both say yes before it counts.
    let mut matcher = Matcher::new(schema, weights, Config::default().claims(Claims::Held))?;

    let evenings = hours(&[0, 1, 3], 18, 21);
    let weekend = hours(&[5, 6], 10, 14);
    let mentor = |name, years: i32, topics: Set, when: Set| {
        Ticket::new(name).have(role, MENTOR).have(level, years).have(topic, topics).have(free, when).accept(role, [MENTEE])
    };
    let mentee = |name, years: i32, wish: TagRule, when: Set| {
        let ticket = Ticket::new(name).have(role, MENTEE).have(level, years).have(free, when);
        ticket.accept(role, [MENTOR]).accept(topic, wish).accept(level, years + 2..=40)
    };
    let mentors =
        [mentor("Ada", 12, Set::from([1, 2]), evenings), mentor("Grace", 25, Set::from([0, 2, 3, 4]), weekend | evenings)];
    // Who takes how many; a mentor with room comes back to the old place in the queue.
    let mut room = BTreeMap::from([("Ada", 1), ("Grace", 3)]);
    for ticket in &mentors {
        assert_eq!(matcher.offer(ticket, 0)?, Outcome::Waiting);
    }

    let wishes = [
        ("Bo", 3, TagRule::all_of([1, 2]), hours(&[0, 3], 19, 23)),
        ("Cy", 1, TagRule::any_of([0, 3]), weekend),
        ("Di", 8, TagRule::any_of([2]), hours(&[1], 20, 22)),
        ("Ed", 2, TagRule::all_of([1, 4]), weekend),
    ];
    let mut now = 0;
    for (name, years, wish, when) in wishes {
        now += 60_000;
        let Outcome::Matched(made) = matcher.offer(&mentee(name, years, wish, when), now)? else {
            tell_why(&matcher, name, wish)?;
            continue;
        };
        let Match { id, partner, points, .. } = made;
        let hour =
            say(when & if partner == "Ada" { evenings } else { weekend | evenings }).ok_or("they have an hour in common")?;
        println!("{name} meets {partner} on {hour} ({points} points)");
        matcher.confirm(id)?;
        if let Some(left) = room.get_mut(partner) {
            *left -= 1;
            if *left > 0 {
                let again = mentors.iter().find(|ticket| ticket.key() == partner).ok_or("a mentor")?;
                matcher.offer(&again.clone().waiting_since(0), now)?;
            }
        }
    }
    println!("still waiting: {}", matcher.iter().map(|waiting| waiting.key).collect::<Vec<_>>().join(", "));
    assert_eq!(matcher.len(), 2); // Ed, and Grace for one more
    Ok(())
}

/// What a mentee asks for, and what could be given up to find somebody.
fn tell_why(matcher: &Matcher<&'static str>, name: &'static str, wish: TagRule) -> Result<(), Box<dyn Error>> {
    let topics: Vec<&str> = wish.all.iter().filter_map(|topic| TOPICS.get(usize::from(topic)).copied()).collect();
    println!("{name} waits: nobody has time for {}", topics.join(" and "));
    for without in matcher.diagnose(name)?.without.iter().filter(|without| without.mine > 0) {
        let dimension = matcher.schema().name(without.dim).unwrap_or_default();
        println!("  without the wish for a {dimension} there would be {}", without.mine);
    }
    Ok(())
}
