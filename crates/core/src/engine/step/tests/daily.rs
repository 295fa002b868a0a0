//! The caps of a day: who has reached one is told when they may go on, and nobody else notices.

use std::time::Duration;

use super::*;
use crate::chat::{Question, Side};
use crate::engine::loaded::Parting;
use crate::tier::{Capped, Caps, TierRules, Upheld};

const HOUR_MS: i64 = 3_600_000;

/// A play of so many people in which everybody may meet two others a day, and send two links and two photos.
fn capped(count: i64) -> Play {
    let caps = Caps { partners: 2, links: 2, media: 2 };
    let tiers = TierRules { new: caps, known: caps, linkless_chats: 0, ..TierRules::default() };
    let rules = Rules { tiers, early: Duration::ZERO, ..Rules::default() };
    let loaded = Loaded { people: (1..=count).map(facts).collect(), ..Loaded::default() };
    let now = Timestamp::from_millis(1_800_000_000_000);
    Play { state: State::load(Epoch::new(1), rules, &loaded, now), now, update: 0, is_shy: false }
}

/// Has two people meet and chat.
fn meet(play: &mut Play, one: i64, other: i64) {
    play.command(one, Command::Find);
    play.command(other, Command::Find);
    assert!(play.is_chatting(one) && play.is_chatting(other), "{one} and {other}");
    play.wait_ms(5_000);
}

fn enough(of: Capped, left_h: u32) -> Notice {
    Notice::Enough { of, left_h }
}

impl Play {
    fn place(&mut self, message: i32) -> Vec<Effect> {
        let (message, content) = (MessageId::new(message), Content::Location);
        self.update(1, UpdateKind::Message { message, content, reply_to: None, album: None, leaks: Questions::EMPTY })
    }

    fn link(&mut self, message: i32) -> Vec<Effect> {
        let (message, content, leaks) = (MessageId::new(message), Content::Text, Questions::EMPTY.with(Question::Link));
        self.update(1, UpdateKind::Message { message, content, reply_to: None, album: None, leaks })
    }
}

#[test]
fn a_person_who_has_met_enough_people_is_told_when_they_can_search_again() {
    let mut play = capped(4);
    meet(&mut play, 1, 2);
    play.wait_ms(HOUR_MS);
    play.command(1, Command::Stop);
    meet(&mut play, 1, 3);
    play.wait_ms(2_000);
    let effects = play.command(1, Command::Next);
    let told = notices(&effects);
    assert!(matches!(told[..], [(1, Notice::ChatEnded { searching: false, .. }), (3, _), (1, _)]), "{told:?}");
    assert_eq!(told[2].1, &enough(Capped::Partners, 23), "the first chat of the day was an hour ago");
    play.wait_ms(2_000);
    assert_eq!(notices(&play.command(1, Command::Find)), [(1, &enough(Capped::Partners, 23))]);
    assert!(!play.is_waiting(1));
    play.command(4, Command::Find);
    assert!(play.is_waiting(4), "others search on");
    play.wait_ms(23 * HOUR_MS);
    play.command(1, Command::Find);
    assert!(play.is_chatting(1), "a day after the first chat");
}

#[test]
fn the_same_partner_counts_once() {
    let mut play = capped(2);
    for _ in 0..4 {
        play.state.pool = crate::search::Pool::default();
        meet(&mut play, 1, 2);
        play.command(1, Command::Stop);
        play.wait_ms(2_000);
    }
}

#[test]
fn a_restart_forgets_no_partner() {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let rules = capped(2).state.rules;
    let ago = |hours| now.minus(Duration::from_hours(hours));
    let parting = |other, since, is_firm| Parting { people: [PersonId::new(1), PersonId::new(other)], since, at: now, is_firm };
    for (recent, is_over) in [
        (vec![parting(2, ago(3), false)], false),
        (vec![parting(2, ago(3), false), parting(3, ago(2), false)], true),
        (vec![parting(2, ago(24), false), parting(3, ago(2), false)], false),
        (vec![parting(2, ago(3), true), parting(3, ago(2), false)], false),
        (vec![parting(2, ago(3), false), parting(2, ago(2), false)], false),
    ] {
        let loaded = Loaded { people: (1..=4).map(facts).collect(), recent: recent.clone(), ..Loaded::default() };
        let state = State::load(Epoch::new(2), rules, &loaded, now);
        let mut play = Play { state, now, update: 0, is_shy: false };
        let told = play.command(1, Command::Find);
        assert_eq!(notices(&told) == [(1, &enough(Capped::Partners, 21))], is_over, "{recent:?}: {told:?}");
    }
    let seat = |side| Seat::Chatting {
        chat: ChatId::new(7),
        side,
        since: ago(3),
        heard_at: None,
        has_written: false,
        answers: crate::chat::Answers::default(),
    };
    let seats = vec![(PersonId::new(1), seat(Side::First)), (PersonId::new(2), seat(Side::Second))];
    let recent = vec![parting(3, ago(2), false)];
    let loaded = Loaded { people: (1..=3).map(facts).collect(), recent, seats, ..Loaded::default() };
    let mut play = Play { state: State::load(Epoch::new(2), rules, &loaded, now), now, update: 0, is_shy: false };
    play.command(1, Command::Stop);
    play.wait_ms(2_000);
    assert_eq!(notices(&play.command(1, Command::Find)), [(1, &enough(Capped::Partners, 21))], "a chat that went on counts");
}

#[test]
fn an_upheld_report_halves_the_caps_until_the_sanction_is_lifted() {
    let mut play = capped(4);
    let (person, at) = (PersonId::new(1), play.now);
    let upheld = Upheld { at, until: at.plus(Duration::from_hours(1)) };
    let tell = |play: &mut Play, command| drop(play.event(Event::Command { id: CommandId::new(1), command }));
    // The same again, as after a start that has read it.
    for _ in 0..2 {
        tell(&mut play, EngineCommand::Upheld { person, upheld });
    }
    meet(&mut play, 1, 2);
    play.command(1, Command::Stop);
    play.wait_ms(2_000);
    assert_eq!(notices(&play.command(1, Command::Find)), [(1, &enough(Capped::Partners, 24))], "one instead of two");
    tell(&mut play, EngineCommand::Sanction { person, until: None, reason: "a mistake".to_owned(), news: None });
    play.wait_ms(2_000);
    meet(&mut play, 1, 3);
}

#[test]
fn links_and_media_have_caps_and_text_has_none() {
    let mut play = capped(2);
    meet(&mut play, 1, 2);
    let effects = play.link(10);
    let hold = match notices(&effects)[..] {
        [(1, Notice::AskLeak { hold, .. })] => *hold,
        ref other => panic!("{other:?}"),
    };
    play.wait_ms(2_000);
    assert_eq!(relays(&play.command(1, Command::SendAnyway { hold, is_yes: true })), [(2, 10)]);
    assert_eq!(relays(&play.link(11)), [(2, 11)]);
    assert_eq!(notices(&play.link(12)), [(1, &enough(Capped::Links, 24))]);
    assert_eq!(relays(&play.place(20)), [(2, 20)]);
    assert_eq!(relays(&play.place(21)), [(2, 21)]);
    let effects = play.place(22);
    assert_eq!((notices(&effects), relays(&effects)), (vec![(1, &enough(Capped::Media, 24))], vec![]));
    assert_eq!(relays(&play.say(1, 30)), [(2, 30)]);
    play.wait_ms(24 * HOUR_MS);
    assert_eq!(relays(&play.place(23)), [(2, 23)]);
    assert_eq!(relays(&play.link(13)), [(2, 13)]);
}

#[test]
fn a_clock_that_is_set_back_makes_no_day_longer() {
    let mut play = capped(3);
    meet(&mut play, 1, 2);
    play.command(1, Command::Stop);
    meet(&mut play, 1, 3);
    play.command(1, Command::Stop);
    play.wait_ms(-5 * HOUR_MS);
    assert_eq!(notices(&play.command(1, Command::Find)), [(1, &enough(Capped::Partners, 24))]);
}
