//! What is counted of the state.

use super::State;
use crate::chat::seat::Widening;
use crate::chat::{Answers, Seat, Side};
use crate::engine::loaded::Loaded;
use crate::engine::rules::Rules;
use crate::id::{ChatId, Epoch, PersonId};
use crate::testing::{facts, timestamp};

#[test]
fn people_who_wait_and_chats_are_counted() {
    let (chat, since) = (ChatId::new(1), timestamp(0));
    let chatting = |side| Seat::Chatting { chat, side, since, heard_at: None, has_written: false, answers: Answers::default() };
    let waiting = Seat::Waiting { since, widening: Widening::default() };
    let seats = [waiting, waiting, chatting(Side::First), chatting(Side::Second)];
    let people = (1..=4).map(facts).collect();
    let seats = (1..).map(PersonId::new).zip(seats).collect();
    let state = State::load(Epoch::new(1), Rules::default(), &Loaded { people, seats, ..Loaded::default() }, timestamp(1));
    assert_eq!((state.waiting_count(), state.chat_count()), (2, 1));
}
