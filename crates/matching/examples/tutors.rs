//! A tutor exchange: students and tutors, subjects, levels and a common language.
//!
//! `cargo run -p luvhive-matching --example tutors`

#![expect(clippy::print_stdout, reason = "an example talks")]

use luvhive_matching::{Claims, Config, Event, Matcher, Outcome, Schema, TagRule, Ticket, Weights};

const SUBJECTS: [&str; 4] = ["algebra", "chemistry", "latin", "piano"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut schema = Schema::builder();
    let role = schema.category("role", 2); // 0 student, 1 tutor
    let level = schema.ordinal("level", 1..=12); // school year taught or attended
    let subject = schema.tags("subject", 4);
    let language = schema.common("language", 20);
    let schema = schema.build()?;
    let weights = Weights::new().near(level, 24, 2).shared(language, 5, 2);
    let config = Config::default().claims(Claims::Held);
    let mut matcher = Matcher::new(schema, weights, config)?;

    let tutor = Ticket::new("Ada, tutor")
        .have(role, 1)
        .have(level, 12)
        .have(subject, [0, 1])
        .have(language, [0, 3])
        .accept(role, [0])
        .accept(level, 6..=12);
    assert_eq!(matcher.offer(&tutor, 0)?, Outcome::Waiting);

    // Nobody teaches piano; after ten minutes Bo would also take latin.
    let bo = Ticket::new("Bo, student")
        .have(role, 0)
        .have(level, 7)
        .have(language, [3])
        .accept(role, [1])
        .accept(subject, TagRule::any_of([3]))
        .relax(subject, 600_000, TagRule::any_of([2, 3]));
    assert_eq!(matcher.offer(&bo, 1_000)?, Outcome::Waiting);
    let diagnosis = matcher.diagnose("Bo, student")?;
    for without in diagnosis.without.iter().filter(|without| without.mine > 0) {
        let name = matcher.schema().name(without.dim).unwrap_or_default();
        println!("Bo waits; without the wish for a {name} there would be {} tutors", without.mine);
    }

    let cy = Ticket::new("Cy, student")
        .have(role, 0)
        .have(level, 9)
        .have(language, [0])
        .accept(role, [1])
        .accept(subject, TagRule::all_of([0, 1]));
    let Outcome::Matched(made) = matcher.offer(&cy, 2_000)? else { return Err("Cy and Ada fit".into()) };
    println!("{} learns {} and {} with {}, {} points", made.seeker, SUBJECTS[0], SUBJECTS[1], made.partner, made.points);

    // Cy does not show up: Ada returns to her old place.
    assert_eq!(matcher.reject(made.id, "Cy, student", 60_000)?, Outcome::Waiting);
    let latinist =
        Ticket::new("Di, tutor").have(role, 1).have(level, 10).have(subject, [2]).have(language, [3]).accept(role, [0]);
    matcher.offer(&latinist, 70_000)?;
    matcher.advance(601_000, 1_000, |event| {
        if let Event::Matched(made) = event {
            println!("{} found {} after {} s", made.seeker, made.partner, made.seeker_waited_ms / 1_000);
        }
    })?;
    println!("still waiting: {}", matcher.len());
    Ok(())
}
