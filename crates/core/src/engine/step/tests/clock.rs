//! A clock that was set back while no process ran: nothing that is read at start waits for a time that has been already.

use std::time::Duration;

use super::*;
use crate::chat::seat::Widening;
use crate::chat::{Answers, Side};
use crate::engine::effect::{OutboxBody, OutboxRow};
use crate::id::OutboxId;
use crate::invitation::{Invitation, InvitationState};
use crate::time::TelegramTime;

const HOUR: Duration = Duration::from_hours(1);
const CHAT: ChatId = ChatId::new(7);

/// A process that begins an hour before what it reads.
fn begin(read: impl FnOnce(Timestamp, &mut Loaded)) -> Play {
    let mut play = Play::new();
    let mut loaded = Loaded { people: (1..=4).map(facts).collect(), ..Loaded::default() };
    read(play.now.plus(HOUR), &mut loaded);
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    play
}

fn chatting(side: Side, since: Timestamp, heard_at: Option<TelegramTime>) -> Seat {
    Seat::Chatting { chat: CHAT, side, since, heard_at, has_written: false, answers: Answers::default() }
}

#[test]
fn a_search_is_asked_about_in_its_time() {
    let mut play = begin(|before, loaded| {
        loaded.seats = vec![(PersonId::new(1), Seat::Waiting { since: before, widening: Widening::EMPTY })];
    });
    play.event(TICK);
    play.wait_ms(600_000);
    assert_eq!(notices(&play.event(TICK)), [(1, &Notice::SearchPaused)]);
}

#[test]
fn only_text_passes_for_the_first_minutes_and_no_longer() {
    let mut play = begin(|before, loaded| {
        let heard_at = Some(TelegramTime::at(before, 0));
        let people = [(PersonId::new(1), Side::First), (PersonId::new(2), Side::Second)];
        loaded.seats = people.map(|(person, side)| (person, chatting(side, before, heard_at))).to_vec();
    });
    let now = play.now;
    let effects = play.event(TICK);
    for (person, side) in [(1, Side::First), (2, Side::Second)] {
        let seat = chatting(side, now, Some(TelegramTime::at(now.plus(HOUR), 0)));
        let stored = Effect::Seat { person: PersonId::new(person), seat: Some(seat) };
        assert!(effects.contains(&stored), "{effects:?}");
    }
    assert_eq!(notices(&play.event(TICK)), []);
    assert_eq!(play.event(TICK), []);
}

#[test]
fn what_was_written_before_the_opening_is_not_taken_for_later() {
    let mut play = begin(|before, loaded| {
        let seats = [(1, chatting(Side::First, before, None)), (2, chatting(Side::Second, before, None))];
        loaded.seats = seats.map(|(person, seat)| (PersonId::new(person), seat)).to_vec();
        // Told already: it waits for the outcome, so this one is not guessed.
        let call = Rendered { version: 1, body: "matched".to_owned() };
        let body = OutboxBody::Call(call);
        loaded.outbox = vec![OutboxRow { id: OutboxId::new(1), receiver: telegram(2), chat: Some(CHAT), body }];
    });
    let opened = TelegramTime::at(play.now.plus(HOUR), 0);
    play.event(TICK);
    let heard = play.state.seat(PersonId::new(1)).map(|seat| match seat {
        Seat::Chatting { heard_at, .. } => heard_at,
        other => panic!("{other:?}"),
    });
    assert_eq!(heard, Some(Some(opened)));
}

#[test]
fn the_latest_answer_of_telegrams_clock_counts_whatever_ours_showed() {
    let play = begin(|before, loaded| {
        let now = before.minus(HOUR);
        let early = TelegramTime::at(now, 0);
        // Opened before the clock was set back by an hour, and after it.
        let seats = [(1, now, early), (3, now.minus(HOUR), TelegramTime::from_seconds(early.as_seconds() + 60))];
        loaded.seats = seats.map(|(person, since, at)| (PersonId::new(person), chatting(Side::First, since, Some(at)))).to_vec();
    });
    assert_eq!(play.state.telegram_ahead / 1_000_000, 3_660);
}

#[test]
fn an_invitation_does_not_outlast_its_time() {
    let rules = Rules::default();
    let play = begin(|before, loaded| {
        let [host, guest] = [PersonId::new(1), PersonId::new(2)];
        let (made_at, expires_at, state) = (before, before.plus(rules.invitation), InvitationState::Open);
        let row = Invitation { inviter: host, invited: guest, chat: CHAT, numbers: [1, 1], made_at, expires_at, state };
        loaded.invitations = vec![row];
    });
    assert_eq!(play.state.next_deadline(), Some(play.now.plus(rules.invitation)));
}
