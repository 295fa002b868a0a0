//! Meetings: two people who fit see each other's card, and a chat opens once both press "Chat".

use std::time::Duration;

use super::{Ruling, Turn};
use crate::chat::seat::Widening;
use crate::chat::{Answers, EndReason, Icebreaker, Seat, Side};
use crate::engine::effect::Effect;
use crate::engine::notice::{MatchCard, Notice, Standing};
use crate::engine::rules::Opening;
use crate::engine::state::{LiveChat, LiveMeeting};
use crate::id::{ChatId, MessageId, PersonId};
use crate::tier::Capped;

/// When so long no time passed, or no updates were fetched, people in meetings get it back.
const OUTAGE: Duration = Duration::from_secs(5);

/// The two sides, in order.
const SIDES: [Side; 2] = [Side::First, Side::Second];

/// One of the two people of a meeting that failed.
#[derive(Clone, Copy)]
struct Attendee {
    person: PersonId,
    seat: Option<Seat>,
    searched: Duration,
    card: Option<MessageId>,
}

impl Turn<'_> {
    /// Brings two people together who both wait; the matcher holds them as a pair.
    pub(super) fn meet(&mut self, first: PersonId, second: PersonId) {
        let chat = self.state.ids.next_chat();
        let people = [first, second];
        let answer_by = self.now.plus(self.state.rules.meeting);
        let searched = people.map(|person| self.clear_timers(person));
        let live = LiveMeeting { people, answer_by, searched, cards: [None; 2], is_stale: false };
        self.state.meetings.insert(chat, live);
        self.out.push(Effect::Meet { chat, people });
        for (person, side) in people.into_iter().zip(SIDES) {
            let Some(&Seat::Waiting { since, widening }) = self.state.seats.get(&person) else { continue };
            let has_agreed = self.state.rules.opening == Opening::Direct && self.has_just_tapped(person);
            self.state.tapped.remove(&person);
            let was_searching = true;
            self.put_seat(person, Seat::Meeting { meeting: chat, side, since, widening, answer_by, has_agreed, was_searching });
        }
        if people.iter().all(|person| self.has_agreed(*person)) {
            self.open_chat(chat);
            return;
        }
        for person in people {
            self.show_meeting(chat, person, None);
        }
    }

    /// Brings an inviter and the person who said yes to them together: both are free or wait, and the matcher lets them go.
    /// The invited person has agreed with that; their card takes the place of the invitation, if it is known where it is.
    #[expect(clippy::similar_names, reason = "an inviter and an invited person are what this is about")]
    pub(super) fn meet_invited(&mut self, [inviter, invited]: [PersonId; 2], on: Option<MessageId>) {
        let chat = self.state.ids.next_chat();
        let people = [inviter, invited];
        let answer_by = self.now.plus(self.state.rules.meeting);
        let searched = people.map(|person| self.clear_timers(person));
        let live = LiveMeeting { people, answer_by, searched, cards: [None, on], is_stale: false };
        self.state.meetings.insert(chat, live);
        self.out.push(Effect::Meet { chat, people });
        for (person, side) in people.into_iter().zip(SIDES) {
            let (since, widening, was_searching) = match self.state.seats.get(&person) {
                Some(&Seat::Waiting { since, widening }) => (since, widening, true),
                _ => (self.now, Widening::EMPTY, false),
            };
            self.state.pool.leave(person);
            self.state.tapped.remove(&person);
            let has_agreed = person == invited;
            self.put_seat(person, Seat::Meeting { meeting: chat, side, since, widening, answer_by, has_agreed, was_searching });
        }
        self.show_meeting(chat, inviter, None);
        self.show_meeting(chat, invited, on);
    }

    pub(super) fn put_seat(&mut self, person: PersonId, seat: Seat) {
        self.state.seats.insert(person, seat);
        self.out.push(Effect::Seat { person, seat: Some(seat) });
    }

    fn has_agreed(&self, person: PersonId) -> bool {
        matches!(self.state.seats.get(&person), Some(Seat::Meeting { has_agreed: true, .. }))
    }

    /// Shows a person the card of their meeting, in a new message or in the place of the one that shows it.
    fn show_meeting(&mut self, chat: ChatId, person: PersonId, on: Option<MessageId>) {
        let standing = if self.has_agreed(person) { Standing::Agreed } else { Standing::Asked };
        let Some(meeting) = self.state.meetings.get(&chat) else { return };
        let partner = other_of(meeting.people, person);
        self.show_card(chat, (person, partner), standing, on);
    }

    fn show_card(&mut self, chat: ChatId, (person, partner): (PersonId, PersonId), standing: Standing, on: Option<MessageId>) {
        let (Some(me), Some(them)) = (self.state.facts_of(person), self.state.facts_of(partner)) else { return };
        let card = MatchCard::between(chat, [me, them], Icebreaker::pick(0), self.now);
        let lasts_s = u32::try_from(self.state.rules.meeting.as_secs()).unwrap_or(u32::MAX);
        self.tell(person, Notice::Meeting { card, standing, lasts_s, on });
    }

    /// "Chat" is pressed. A button of another meeting is a lane's business: it says that the button is old.
    pub(super) fn agree(&mut self, person: PersonId, chat: ChatId, card: Option<MessageId>) -> Ruling {
        self.set_agreed(person, chat, card, true)
    }

    /// "Chat" is taken back.
    pub(super) fn take_back(&mut self, person: PersonId, chat: ChatId, card: Option<MessageId>) -> Ruling {
        self.set_agreed(person, chat, card, false)
    }

    fn set_agreed(&mut self, person: PersonId, chat: ChatId, card: Option<MessageId>, agrees: bool) -> Ruling {
        let Some(&Seat::Meeting { meeting, side, since, widening, answer_by, has_agreed, was_searching }) =
            self.state.seats.get(&person)
        else {
            return Ruling::NeedsLane;
        };
        if meeting != chat {
            return Ruling::NeedsLane;
        }
        self.know_card(chat, side, card);
        if agrees != has_agreed {
            let has_agreed = agrees;
            self.put_seat(person, Seat::Meeting { meeting, side, since, widening, answer_by, has_agreed, was_searching });
        }
        let people = self.state.meetings.get(&chat).map(|meeting| meeting.people);
        if people.is_some_and(|people| people.iter().all(|person| self.has_agreed(*person))) {
            self.open_chat(chat);
        } else {
            self.show_meeting(chat, person, card);
        }
        Ruling::Decided
    }

    fn know_card(&mut self, chat: ChatId, side: Side, card: Option<MessageId>) {
        if let (Some(meeting), Some(card)) = (self.state.meetings.get_mut(&chat), card) {
            *side.of_mut(&mut meeting.cards) = Some(card);
        }
    }

    /// "Not now" is pressed: a search that was under way goes on, from the end of the line.
    pub(super) fn decline_by(&mut self, person: PersonId, chat: ChatId, card: Option<MessageId>) -> Ruling {
        let Some(&Seat::Meeting { meeting, side, was_searching, .. }) = self.state.seats.get(&person) else {
            return Ruling::NeedsLane;
        };
        if meeting != chat {
            return Ruling::NeedsLane;
        }
        if was_searching {
            self.decline_and_go_on(person, chat, card);
        } else {
            self.know_card(chat, side, card);
            self.decline(person, chat);
            self.tell(person, Notice::Declined { searching: false });
        }
        Ruling::Decided
    }

    /// "Not now", and on with the search.
    pub(super) fn decline_and_go_on(&mut self, person: PersonId, chat: ChatId, card: Option<MessageId>) {
        if let Some(&Seat::Meeting { side, .. }) = self.state.seats.get(&person) {
            self.know_card(chat, side, card);
        }
        self.decline(person, chat);
        if !self.may_search(person) {
            self.tell(person, Notice::MeetingFailed { searching: false });
            return;
        }
        // They came by an invitation, for which there is no cap.
        if let Some(notice) = self.enough(person, Capped::Partners) {
            self.tell(person, Notice::Declined { searching: false });
            self.tell(person, notice);
            return;
        }
        self.tell(person, Notice::Declined { searching: true });
        self.search_from(person, self.now);
    }

    /// "Not now": the two are kept apart for a day, the other one searches on.
    pub(super) fn decline(&mut self, person: PersonId, chat: ChatId) {
        self.fail_by(chat, person, EndReason::Declined, Some(person));
    }

    /// Ends a meeting that somebody leaves, for any reason; they have no seat afterwards.
    pub(super) fn fail_by(&mut self, chat: ChatId, leaver: PersonId, reason: EndReason, by: Option<PersonId>) {
        let Some(attendees) = self.dissolve(chat, reason, by) else { return };
        let [first, second] = attendees;
        let (leaver, survivor) = if first.person == leaver { (first, second) } else { (second, first) };
        if reason == EndReason::Declined {
            self.state.pool.separate_lately(leaver.person, survivor.person, self.now, self.now);
            self.state.pool.separate_firmly(leaver.person, survivor.person);
        }
        self.close_card(chat, leaver, survivor.person);
        self.close_card(chat, survivor, leaver.person);
        self.search_on(leaver.person, survivor);
    }

    /// Frees both seats of a meeting.
    fn dissolve(&mut self, chat: ChatId, reason: EndReason, by: Option<PersonId>) -> Option<[Attendee; 2]> {
        let meeting = self.state.meetings.remove(&chat)?;
        self.out.push(Effect::EndChat { chat, reason, by, wrote: [false; 2] });
        if meeting.is_stale {
            // The matcher would search on with what is not true any more.
            let [first, second] = meeting.people;
            self.state.pool.release(first, second);
        }
        Some(SIDES.map(|side| {
            let person = *side.of(&meeting.people);
            let seat = self.state.seats.remove(&person);
            self.out.push(Effect::Seat { person, seat: None });
            Attendee { person, seat, searched: *side.of(&meeting.searched), card: *side.of(&meeting.cards) }
        }))
    }

    /// Takes the buttons off the card of a meeting that failed, if it is known which message shows it.
    fn close_card(&mut self, chat: ChatId, attendee: Attendee, partner: PersonId) {
        if attendee.card.is_some() {
            self.show_card(chat, (attendee.person, partner), Standing::Over, attendee.card);
        }
    }

    /// The one who is left in a meeting searches on from their old place, if they searched before.
    fn search_on(&mut self, leaver: PersonId, survivor: Attendee) {
        let Attendee { person, seat, searched, .. } = survivor;
        let Some(Seat::Meeting { since, widening, was_searching, .. }) = seat else { return };
        let reachable = self.state.facts_of(person).is_some_and(|facts| facts.is_reachable);
        if !was_searching || !reachable || !self.may_search(person) {
            self.state.pool.release(leaver, person);
            self.tell(person, Notice::MeetingFailed { searching: false });
            return;
        }
        // First the news, then the next card.
        self.tell(person, Notice::MeetingFailed { searching: true });
        self.state.timed_from.remove(&person);
        let now = self.now;
        let is_matched = match self.state.pool.reject(leaver, person, now) {
            Some(found) => self.take_found(person, (since, widening), found),
            None => self.wait_or_match(person, since, widening),
        };
        if !is_matched {
            // The timers stood still while the two met.
            self.set_timers(person, now.minus(searched));
        }
    }

    /// Opens the chat of a meeting in which both have agreed.
    fn open_chat(&mut self, chat: ChatId) {
        let Some(meeting) = self.state.meetings.remove(&chat) else { return };
        let [first, second] = meeting.people;
        self.state.pool.release(first, second);
        self.state.chats.insert(chat, LiveChat::new(meeting.people));
        self.state.daily.meet(meeting.people, self.now);
        self.out.push(Effect::OpenChat { chat });
        let icebreaker = Icebreaker::pick(self.random.next_u64());
        for side in SIDES {
            let answers = Answers::default();
            let (person, partner) = (*side.of(&meeting.people), other_of(meeting.people, *side.of(&meeting.people)));
            self.put_seat(person, Seat::Chatting { chat, side, since: self.now, heard_at: None, has_written: false, answers });
            let card = *side.of(&meeting.cards);
            if card.is_some() {
                self.show_card(chat, (person, partner), Standing::Opened, card);
            }
            let (Some(me), Some(them)) = (self.state.facts_of(person), self.state.facts_of(partner)) else { continue };
            let notice = Notice::Matched(MatchCard::between(chat, [me, them], icebreaker, self.now));
            self.tell(person, notice);
        }
    }

    /// Notes whether people are heard now. Time in which nobody was does not count for those who have to answer.
    pub(super) fn listens(&mut self, is_listening: bool) -> bool {
        let now = self.now;
        let deaf_for = self.state.listened_at.map_or(Duration::ZERO, |at| now.since(at));
        if !is_listening {
            self.state.listened_at.get_or_insert(now);
            return false;
        }
        self.state.listened_at = Some(now);
        if deaf_for >= OUTAGE {
            for chat in self.state.prolong_meetings(deaf_for, now) {
                self.store_deadline(chat);
            }
            self.change_holds(|turn, hold| turn.state.prolonged(hold, deaf_for, now));
        }
        true
    }

    /// Ends meetings whose time is over.
    pub(super) fn end_meetings(&mut self) {
        let now = self.now;
        let over = |(chat, meeting): (&ChatId, &LiveMeeting)| (meeting.answer_by <= now).then_some(*chat);
        let late: Vec<ChatId> = self.state.meetings.iter().filter_map(over).collect();
        for chat in late {
            self.miss(chat);
        }
    }

    /// Nobody, or one of the two, has answered in time.
    fn miss(&mut self, chat: ChatId) {
        let Some(attendees) = self.dissolve(chat, EndReason::Unanswered, None) else { return };
        let has_agreed = |attendee: &Attendee| matches!(attendee.seat, Some(Seat::Meeting { has_agreed: true, .. }));
        let was_searching = |attendee: &Attendee| matches!(attendee.seat, Some(Seat::Meeting { was_searching: true, .. }));
        let [first, second] = attendees;
        for attendee in attendees {
            self.close_card(chat, attendee, other_of([first.person, second.person], attendee.person));
            if !has_agreed(&attendee) {
                let is_paused = was_searching(&attendee);
                let notice = if is_paused { Notice::MeetingMissed } else { Notice::MeetingFailed { searching: false } };
                self.tell(attendee.person, notice);
            }
        }
        match (has_agreed(&first), has_agreed(&second)) {
            (true, _) => self.search_on(second.person, first),
            (_, true) => self.search_on(first.person, second),
            (false, false) => self.state.pool.release(first.person, second.person),
        }
    }

    /// Stores the end of a meeting, which has moved.
    fn store_deadline(&mut self, chat: ChatId) {
        let Some(meeting) = self.state.meetings.get(&chat).copied() else { return };
        for person in meeting.people {
            if let Some(&Seat::Meeting { meeting: of, side, since, widening, answer_by, has_agreed, was_searching }) =
                self.state.seats.get(&person)
                && answer_by != meeting.answer_by
            {
                let answer_by = meeting.answer_by;
                self.put_seat(person, Seat::Meeting { meeting: of, side, since, widening, answer_by, has_agreed, was_searching });
            }
        }
    }

    /// Goes on with the meetings that were read at start.
    pub(super) fn take_stored_meetings(&mut self) {
        for (person, chat) in std::mem::take(&mut self.state.half_meetings) {
            self.out.push(Effect::EndChat { chat, reason: EndReason::Gone, by: None, wrote: [false; 2] });
            let seat = self.state.seats.remove(&person);
            if let Some(Seat::Meeting { since, widening, was_searching: true, .. }) = seat {
                self.state.rejoining.push_back((person, since, widening));
            } else {
                self.out.push(Effect::Seat { person, seat: None });
                self.tell(person, Notice::MeetingFailed { searching: false });
            }
        }
        if !self.state.are_deadlines_stored {
            self.state.are_deadlines_stored = true;
            let all: Vec<ChatId> = self.state.meetings.keys().copied().collect();
            for chat in all {
                self.store_deadline(chat);
            }
        }
    }

    /// Returns the meeting a person is in, and with whom.
    pub(super) fn meeting_and_partner(&self, person: PersonId) -> Option<(ChatId, PersonId)> {
        let Some(&Seat::Meeting { meeting, .. }) = self.state.seats.get(&person) else { return None };
        Some((meeting, other_of(self.state.meetings.get(&meeting)?.people, person)))
    }
}

fn other_of([first, second]: [PersonId; 2], person: PersonId) -> PersonId {
    if first == person { second } else { first }
}
