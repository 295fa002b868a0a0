//! A dating bot: filters of both sides that give way, a match that both must confirm, and why somebody waits.
//!
//! `cargo run -p luvhive-matching --example dating`

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use luvhive_matching::{Claims, Config, Effort, Event, Fairness, Matcher, Outcome, Schema, Ticket, Weights};

const MAN: u16 = 0;
const WOMAN: u16 = 1;
const INTERESTS: [&str; 6] = ["hiking", "jazz", "cooking", "chess", "films", "climbing"];

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let mut schema = Schema::builder();
    let gender = schema.category("gender", 3);
    let age = schema.ordinal("age", 18..=99);
    let language = schema.common("language", 40);
    let interest = schema.any_tags("interest", 6);
    let city = schema.mark("city");
    let schema = schema.build()?;
    // 10 for each of at most 4 shared interests, up to 20 for nearness in age, 25 for the same city.
    let weights = Weights::new().shared(interest, 10, 4).near(age, 20, 2).mark(city, 25);
    let config = Config::default()
        .effort(Effort::Exact)
        .claims(Claims::Held)
        // Two classes; the upper one is worth twenty points, which waiting overtakes.
        .fairness(Fairness::default().classes(2).class_bonus(20));
    let mut matcher = Matcher::new(schema, weights, config)?;

    let ann = Ticket::new("Ann")
        .have(gender, WOMAN)
        .have(age, 27)
        .have(language, [0, 7])
        .have(interest, [0, 2, 4])
        .mark(city, 101)
        .accept(gender, [MAN])
        .accept(age, 26..=32)
        .relax(age, 20_000, 24..=36)
        .ttl_ms(600_000);
    let ben = Ticket::new("Ben")
        .have(gender, MAN)
        .have(age, 25)
        .have(language, [7])
        .have(interest, [0, 2])
        .mark(city, 101)
        .accept(gender, [WOMAN]);
    let carl = Ticket::new("Carl")
        .have(gender, MAN)
        .have(age, 30)
        .have(language, [0])
        .have(interest, [4, 5])
        .mark(city, 202)
        .accept(gender, [WOMAN])
        .accept(interest, [0, 5]) // somebody to go out with
        .priority(1);

    assert_eq!(matcher.offer(&ben, 0)?, Outcome::Waiting);
    // What would there be for Ann, before she asks?
    println!("{} would do for Ann at once", matcher.count(&ann)?);
    assert_eq!(matcher.offer(&ann, 1_000)?, Outcome::Waiting);
    let why = matcher.explain("Ann", "Ben")?;
    for refusal in why.refusals() {
        let name = matcher.schema().name(refusal.dim).unwrap_or_default();
        let who = if refusal.first_accepts { "Ben" } else { "Ann" };
        println!("Ann and Ben would have {} points, but {who} is particular about {name}", why.points);
    }

    // Carl fits as things are.
    let Outcome::Matched(first) = matcher.offer(&carl, 5_000)? else { return Err("Carl and Ann fit".into()) };
    println!("{} meets {}: {} points; both are asked", first.seeker, first.partner, first.points);
    let shared = [4].map(|tag| INTERESTS.get(tag).copied().unwrap_or_default());
    println!("  they share {}", shared.join(", "));

    // Ann says no: she returns to her old place, and the two never meet again.
    matcher.exclude("Ann", "Carl", None)?;
    assert_eq!(matcher.reject(first.id, "Carl", 9_000)?, Outcome::Waiting);
    println!("Ann says no and waits again, kept apart from {}", matcher.exclusions("Ann").count());

    widen(&mut matcher)
}

/// After twenty seconds Ann's range widens.
fn widen(matcher: &mut Matcher<&'static str>) -> Result<(), Box<dyn Error>> {
    let mut made = Vec::new();
    let due = matcher.next_deadline().ok_or("a step is due")?;
    matcher.advance(due, 1_000, |event| {
        if let Event::Matched(pair) = event {
            made.push(pair);
        }
    })?;
    let second = made.first().ok_or("Ann and Ben fit now")?;
    println!("at {} s {} meets {}: {} points", due / 1_000, second.seeker, second.partner, second.points);
    matcher.confirm(second.id)?;
    assert!(matcher.is_empty() && matcher.held().count() == 0);
    Ok(())
}
