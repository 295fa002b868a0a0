//! A crowd that does anything at any time: after each act the database holds every invariant, and each text has
//! reached exactly the partner of that moment.

use std::sync::{Arc, Mutex};

use luvhive_sandbox::{Delivery, Observer, PersonId, SandboxSettings};
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::Bot;

const PEOPLE: u32 = 50;
const ACTS: u32 = 1_000;

/// Each query counts rows that must not be.
const INVARIANTS: [(&str, &str); 6] = [
    (
        "a seat in a chat that is over, or not that person's",
        "SELECT count(*) FROM seats s WHERE chat_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM chats c WHERE c.bot_id = s.bot_id AND c.id = s.chat_id AND c.ended_at IS NULL
                AND c.is_meeting = (s.kind = 'meeting') AND s.person_id = CASE s.side WHEN 0 THEN c.first_person_id ELSE c.second_person_id END)",
    ),
    (
        "a live chat without exactly two people in it",
        "SELECT count(*) FROM chats c WHERE ended_at IS NULL
            AND (SELECT count(*) FROM seats s WHERE s.bot_id = c.bot_id AND s.chat_id = c.id) <> 2",
    ),
    ("a person with two seats", "SELECT count(*) - count(DISTINCT (bot_id, person_id)) FROM seats"),
    ("a person matched with themselves", "SELECT count(*) FROM chats WHERE first_person_id = second_person_id"),
    (
        "a blocked pair in a chat",
        "SELECT count(*) FROM chats c JOIN blocks b ON b.bot_id = c.bot_id
            AND (b.blocker_id, b.blocked_id) IN ((first_person_id, second_person_id), (second_person_id, first_person_id))
            WHERE c.ended_at IS NULL OR c.started_at > b.blocked_at",
    ),
    ("an update set aside", "SELECT count(*) FROM dead_updates"),
];

/// Notes every copy that reaches somebody: whom, from whom, and the text.
#[derive(Default)]
struct Copies(Mutex<Vec<(i64, i64, String)>>);

impl Observer for Copies {
    fn delivered(&self, delivery: &Delivery<'_>) {
        if let Some((from, _)) = delivery.copied_from {
            self.0.lock().unwrap().push((delivery.person, from, delivery.text.to_owned()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_random_acts_break_no_invariant() {
    let seed = 20_260_101;
    let mut rng = fastrand::Rng::with_seed(seed);
    let copies = Arc::new(Copies::default());
    let telegram = SandboxSettings { people_at_start: PEOPLE, observer: Some(copies.clone()), ..SandboxSettings::default() };
    let mut bot = Bot::start_in(telegram).await;
    let people: Vec<PersonId> = bot.sandbox.people().iter().map(|person| person.id.into()).collect();
    let mut done = [0_u32; 7];
    for act in 0..ACTS {
        let person = people[rng.usize(..people.len())];
        let mut expected = Vec::new();
        let kind = match rng.u32(..200) {
            0..60 => 0,
            60..70 => 1,
            70..95 => 2,
            95..110 => 3,
            110..120 => 4,
            120..199 => 5,
            _ => 6,
        };
        done[kind] += 1;
        match kind {
            0 => say(&bot, person, "/find"),
            1 => say(&bot, person, "/cancel"),
            2 => say(&bot, person, "/next"),
            3 => say(&bot, person, "/stop"),
            4 => {
                if partner_of(&bot, person).await.is_some() {
                    say(&bot, person, "/block");
                    bot.press(bot.phone(person), |button| matches!(button, Callback::Block { .. })).await;
                }
            }
            5 => {
                let text = format!("text {act}");
                if let Some(partner) = partner_of(&bot, person).await {
                    expected.push((partner, person.get(), text.clone()));
                }
                say(&bot, person, &text);
            }
            _ => bot.restart().await,
        }
        bot.settle().await;
        // Mostly both who meet press "Chat".
        if rng.u32(..5) > 0 {
            bot.agree_in_meeting_of(person).await;
            bot.settle().await;
        }
        for (what, query) in INVARIANTS {
            assert_eq!(bot.count(query).await, 0, "{what}, after act {act} of kind {kind}, seed {seed}");
        }
        let came = std::mem::take(&mut *copies.0.lock().unwrap());
        assert_eq!(came, expected, "after act {act} of kind {kind}, seed {seed}");
    }
    assert!(done.iter().all(|&count| count > 0), "an act never happened: {done:?}");
    assert!(bot.count("SELECT count(*) FROM chats").await > 50, "hardly anybody met");
    assert!(bot.count("SELECT count(*) FROM message_map").await > 50, "hardly anybody talked");
    assert!(bot.count("SELECT count(*) FROM blocks").await > 3, "hardly anybody blocked");
}

fn say(bot: &Bot, person: PersonId, text: &str) {
    bot.sandbox.send_text(person, text, None).unwrap();
}

/// The account of a person's partner now.
async fn partner_of(bot: &Bot, person: PersonId) -> Option<i64> {
    let query = "SELECT other.telegram_id FROM people p
        JOIN seats mine ON (mine.bot_id, mine.person_id) = (p.bot_id, p.id)
        JOIN seats theirs ON (theirs.bot_id, theirs.chat_id) = (mine.bot_id, mine.chat_id) AND theirs.side <> mine.side
        JOIN people other ON (other.bot_id, other.id) = (theirs.bot_id, theirs.person_id)
        WHERE p.telegram_id = $1 AND mine.kind = 'chatting'";
    bot.sql.query_opt(query, &[&person.get()]).await.unwrap().map(|row| row.get(0))
}
