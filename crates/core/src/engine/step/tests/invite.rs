//! Invitations: read when the invited person is free, a meeting once both are, and nobody's place in the line is lost.

#![expect(clippy::similar_names, reason = "an inviter and an invited person are what this is about")]

use super::*;
use crate::engine::notice::InvitationNews;
use crate::invitation::{Invitation, InvitationState};

const MET_IN: ChatId = ChatId::new(77);
const TEN_MINUTES_MS: i64 = 600_000;

fn person(number: i64) -> PersonId {
    PersonId::new(number)
}

impl Play {
    /// A person invites another, who is their friend no. 3; they are the other's friend no. 5.
    fn invite(&mut self, inviter: i64, invited: i64) -> Vec<Effect> {
        let (inviter, invited) = (person(inviter), person(invited));
        self.run(EngineCommand::Invite { inviter, invited, chat: MET_IN, numbers: [3, 5] })
    }

    fn run(&mut self, command: EngineCommand) -> Vec<Effect> {
        let id = CommandId::new(1);
        let effects = self.event(Event::Command { id, command });
        assert!(effects.contains(&Effect::CommandDone { command: id }));
        effects
    }

    fn accept(&mut self, number: i64) -> Vec<Effect> {
        self.command(number, Command::AcceptInvitation(MET_IN))
    }

    /// Reports whether a "yes" goes to a lane, which then does nothing that the engine hears of.
    fn is_left_to_a_lane(&mut self, number: i64) -> bool {
        self.wait_ms(2_000);
        let open = work(&self.accept(number));
        for &inbox in &open {
            self.event(Event::LaneDone { inbox, telegram: telegram(number), finished: Finished::default() });
        }
        open.len() == 1
    }

    /// Both press "Chat" in the meeting they are in, so that they chat.
    fn chat(&mut self, one: i64, other: i64) {
        self.command(one, Command::Find);
        self.command(other, Command::Find);
        for number in [one, other] {
            self.agree_to(number);
        }
        assert!(self.is_chatting(one) && self.is_chatting(other));
    }

    fn agree_to(&mut self, number: i64) -> Vec<Effect> {
        let Some(Seat::Meeting { meeting, .. }) = self.state.seat(person(number)) else { panic!("{number} meets nobody") };
        self.command(number, Command::Agree(meeting))
    }

    fn decline_meeting(&mut self, number: i64) -> Vec<Effect> {
        let Some(Seat::Meeting { meeting, .. }) = self.state.seat(person(number)) else { panic!("{number} meets nobody") };
        self.command(number, Command::Decline(meeting))
    }

    fn do_meet(&self, one: i64, other: i64) -> bool {
        let meeting = |number| match self.state.seat(person(number)) {
            Some(Seat::Meeting { meeting, .. }) => Some(meeting),
            _ => None,
        };
        meeting(one).is_some() && meeting(one) == meeting(other)
    }

    fn is_free(&self, number: i64) -> bool {
        self.state.seat(person(number)).is_none()
    }

    fn state_of(&self, inviter: i64, invited: i64) -> Option<InvitationState> {
        self.state.invitations.find([person(inviter), person(invited)]).map(|row| row.state)
    }

    fn end_time(&mut self) -> Vec<Effect> {
        self.wait_ms(TEN_MINUTES_MS);
        self.event(TICK)
    }
}

fn news(effects: &[Effect]) -> Vec<(i64, &InvitationNews)> {
    let mut all = Vec::new();
    for (number, notice) in notices(effects) {
        if let Notice::Invitation { news, .. } = notice {
            all.push((number, news));
        }
    }
    all
}

fn is_asked(effects: &[Effect], number: i64) -> bool {
    news(effects).iter().any(|(who, news)| *who == number && matches!(news, InvitationNews::Asked { number: 5, .. }))
}

fn is_over(effects: &[Effect], inviter: i64) -> bool {
    news(effects).contains(&(inviter, &InvitationNews::Over { number: 3, chat: MET_IN }))
}

fn rows(effects: &[Effect]) -> Vec<Option<InvitationState>> {
    let row = |effect: &Effect| match effect {
        Effect::Invitation { invitation, .. } => Some(invitation.map(|row| row.state)),
        _ => None,
    };
    effects.iter().filter_map(row).collect()
}

#[test]
fn a_free_friend_is_told_at_once_and_both_have_to_press_chat() {
    let mut play = shy();
    let effects = play.invite(1, 2);
    assert!(news(&effects).contains(&(1, &InvitationNews::Sent { number: 3, lasts_s: 600 })));
    assert!(is_asked(&effects, 2));
    assert_eq!(rows(&effects), [Some(InvitationState::Open), Some(InvitationState::Told)]);
    assert!(play.is_free(1) && play.is_free(2), "an invitation takes no seat");
    let effects = play.accept(2);
    assert_eq!(news(&effects), [(1, &InvitationNews::Taken { number: 3 })]);
    assert_eq!(cards(&effects), [(1, Standing::Asked), (2, Standing::Agreed)]);
    assert_eq!(rows(&effects), [None]);
    assert!(play.do_meet(1, 2));
    play.agree_to(1);
    assert!(play.is_chatting(1) && play.is_chatting(2));
}

#[test]
fn a_second_invitation_while_the_first_stands_says_sent_and_asks_nobody() {
    let mut play = shy();
    play.invite(1, 2);
    play.wait_ms(60_000);
    let effects = play.invite(1, 2);
    assert_eq!(news(&effects), [(1, &InvitationNews::Sent { number: 3, lasts_s: 540 })]);
    play.command(2, Command::DeclineInvitation(MET_IN));
    let effects = play.invite(1, 2);
    assert_eq!(news(&effects), [(1, &InvitationNews::Sent { number: 3, lasts_s: 540 })], "a no is not told apart");
}

#[test]
fn a_friend_in_a_chat_is_told_when_it_ends() {
    let mut play = shy();
    play.chat(2, 3);
    let effects = play.invite(1, 2);
    assert_eq!(news(&effects).len(), 1, "{effects:?}");
    let effects = play.command(3, Command::Stop);
    assert!(is_asked(&effects, 2));
    play.accept(2);
    assert!(play.do_meet(1, 2));
}

#[test]
fn a_friend_in_a_meeting_is_told_when_it_ends() {
    let mut play = shy();
    play.command(2, Command::Find);
    play.command(3, Command::Find);
    assert!(!is_asked(&play.invite(1, 2), 2));
    assert!(is_asked(&play.decline_meeting(3), 2), "waiting again, they read it");
}

#[test]
fn a_chat_that_opens_from_the_meeting_lets_the_invitation_wait() {
    let mut play = shy();
    play.command(2, Command::Find);
    play.command(3, Command::Find);
    play.invite(1, 2);
    assert!(!is_asked(&play.agree_to(2), 2) && !is_asked(&play.agree_to(3), 2));
    assert!(is_asked(&play.command(2, Command::Next), 2));
}

#[test]
fn a_waiting_person_keeps_place_and_search_when_the_meeting_fails() {
    let mut play = shy();
    play.command(1, Command::Find);
    let since = play.state.seat(person(1));
    play.wait_ms(30_000);
    play.event(TICK);
    play.state.pool.separate_lately(person(1), person(2), play.now, play.now);
    play.invite(1, 2);
    play.accept(2);
    assert!(play.do_meet(1, 2), "recent partners may meet by an invitation");
    assert_eq!(play.state.waiting_count(), 0, "nobody else is matched with them meanwhile");
    play.wait_ms(5_000);
    let effects = play.decline_meeting(2);
    assert_eq!(notices(&effects), [(1, &Notice::MeetingFailed { searching: true }), (2, &Notice::Declined { searching: false })]);
    assert_eq!(play.state.seat(person(1)), since);
    assert!(play.is_free(2), "who did not search before does not search now");
    play.command(3, Command::Find);
    assert!(play.do_meet(1, 3));
}

#[test]
fn a_waiting_invited_person_keeps_their_place_when_the_inviter_does_not_answer() {
    let mut play = shy();
    play.command(2, Command::Find);
    let since = play.state.seat(person(2));
    play.wait_ms(3_000);
    play.event(TICK);
    play.invite(1, 2);
    play.accept(2);
    let mut effects = Vec::new();
    for _ in 0..61 {
        play.wait_ms(1_000);
        effects.extend(play.event(TICK));
    }
    assert_eq!(
        notices(&effects).into_iter().filter(|(_, notice)| !matches!(notice, Notice::OfferWiden { .. })).collect::<Vec<_>>(),
        [(1, &Notice::MeetingFailed { searching: false }), (2, &Notice::MeetingFailed { searching: true })]
    );
    assert_eq!(play.state.seat(person(2)), since);
    assert!(play.is_free(1));
}

#[test]
fn stopping_in_such_a_meeting_cancels_no_search_that_was_not_there() {
    let mut play = shy();
    play.invite(1, 2);
    play.accept(2);
    let effects = play.command(1, Command::Stop);
    assert_eq!(
        notices(&effects),
        [(2, &Notice::MeetingFailed { searching: false }), (1, &Notice::Declined { searching: false })]
    );
    assert!(play.is_free(1) && play.is_free(2));
}

#[test]
fn an_inviter_in_a_chat_meets_the_friend_who_said_yes_when_it_ends() {
    let mut play = shy();
    play.invite(1, 2);
    play.chat(1, 3);
    play.wait_ms(60_000);
    let effects = play.accept(2);
    assert_eq!(news(&effects), [(2, &InvitationNews::Held { lasts_s: 540 })]);
    assert!(play.is_free(2) && play.is_chatting(1));
    let effects = play.command(3, Command::Stop);
    assert_eq!(news(&effects), [(1, &InvitationNews::Taken { number: 3 })]);
    assert!(play.do_meet(1, 2));
    assert_eq!(cards(&effects), [(1, Standing::Asked), (2, Standing::Agreed)]);
}

#[test]
fn a_yes_waits_until_both_are_free() {
    let mut play = shy();
    play.invite(1, 2);
    play.chat(1, 3);
    play.accept(2);
    play.chat(2, 4);
    play.command(1, Command::Stop);
    assert!(play.is_free(1) && play.is_chatting(2));
    play.command(4, Command::Stop);
    assert!(play.do_meet(1, 2));
}

#[test]
fn a_yes_from_within_a_chat_is_asked_again_when_the_chat_is_over() {
    let mut play = shy();
    play.invite(1, 2);
    play.chat(2, 4);
    assert_eq!(news(&play.accept(2)), [(2, &InvitationNews::Busy)]);
    assert!(play.is_chatting(2) && play.is_free(1));
    assert!(is_asked(&play.command(4, Command::Stop), 2));
}

#[test]
fn a_yes_that_was_held_too_long_is_over_for_both() {
    let mut play = shy();
    play.invite(1, 2);
    play.chat(1, 3);
    play.accept(2);
    let effects = play.end_time();
    assert!(is_over(&effects, 1) && news(&effects).contains(&(2, &InvitationNews::NeverFree)));
    play.command(1, Command::Stop);
    assert!(play.is_free(1) && play.is_free(2));
}

#[test]
fn no_and_silence_read_alike_and_at_the_same_time() {
    for says_no in [true, false] {
        let mut play = shy();
        play.invite(1, 2);
        play.wait_ms(5_000);
        if says_no {
            let effects = play.command(2, Command::DeclineInvitation(MET_IN));
            assert_eq!(news(&effects), [(2, &InvitationNews::Declined)]);
            assert!(play.is_left_to_a_lane(2), "it says that the button is old");
        }
        assert_eq!(play.state.next_deadline(), Some(Timestamp::from_millis(1_800_000_000_000 + TEN_MINUTES_MS)));
        let end = play.state.next_deadline().unwrap();
        play.now = Timestamp::from_micros(end.as_micros() - 1);
        assert!(notices(&play.event(TICK)).is_empty());
        play.now = end;
        let effects = play.event(TICK);
        assert_eq!(news(&effects), [(1, &InvitationNews::Over { number: 3, chat: MET_IN })]);
        assert_eq!(rows(&effects), [None]);
        assert!(play.is_left_to_a_lane(2));
        assert!(play.is_free(1) && play.is_free(2));
    }
}

#[test]
fn a_yes_before_the_tick_that_notes_the_end_is_too_late() {
    let mut play = shy();
    play.invite(1, 2);
    play.wait_ms(TEN_MINUTES_MS);
    assert!(play.is_left_to_a_lane(2));
    assert!(play.is_free(1));
    let effects = play.invite(1, 2);
    assert!(is_over(&effects, 1) && is_asked(&effects, 2), "the old one ends, the new one is sent");
}

#[test]
fn a_block_ends_it_and_stays_unknown() {
    for by in [1, 2] {
        let mut play = shy();
        play.invite(1, 2);
        play.run(EngineCommand::Separate { by: person(by), other: person(3 - by), cause: EndCause::Block });
        assert!(play.is_left_to_a_lane(2));
        assert!(play.is_free(1) && play.is_free(2));
        assert_eq!(is_over(&play.end_time(), 1), by == 2, "a blocked person hears what silence sounds like");
    }
    let mut play = shy();
    play.state.pool.separate(person(2), person(1)).unwrap();
    let effects = play.invite(1, 2);
    assert_eq!(news(&effects), [(1, &InvitationNews::Sent { number: 3, lasts_s: 600 })]);
    assert!(is_over(&play.end_time(), 1));
}

#[test]
fn friends_no_more_do_not_meet() {
    let mut play = shy();
    play.invite(1, 2);
    play.invite(2, 1);
    play.run(EngineCommand::Unfriended { by: person(2), other: person(1) });
    assert_eq!((play.state_of(1, 2), play.state_of(2, 1)), (Some(InvitationState::Declined), None));
    assert!(play.is_left_to_a_lane(1) && play.is_left_to_a_lane(2));
}

#[test]
fn two_who_invited_each_other_meet_once() {
    let mut play = shy();
    play.invite(1, 2);
    play.invite(2, 1);
    play.accept(2);
    assert!(play.do_meet(1, 2));
    assert_eq!((play.state_of(1, 2), play.state_of(2, 1)), (None, None));
    play.decline_meeting(1);
    assert!(play.is_free(1) && play.is_free(2));
}

#[test]
fn sanctions_consents_and_people_out_of_reach_count_when_it_is_accepted() {
    let until = Timestamp::from_millis(1_900_000_000_000);
    let mut play = shy();
    play.invite(1, 2);
    play.run(EngineCommand::Sanction { person: person(2), until: Some(until), reason: String::new(), news: None });
    assert_eq!(notices(&play.accept(2)), [(2, &Notice::Suspended { until })]);

    let mut play = shy();
    play.invite(1, 2);
    play.state.lapsed.insert(person(2));
    assert!(play.is_left_to_a_lane(2), "it asks for the consent");
    play.run(EngineCommand::Consented { person: person(2) });
    play.accept(2);
    assert!(play.do_meet(1, 2));

    for what in ["suspended", "lapsed", "unreachable"] {
        let mut play = shy();
        play.invite(1, 2);
        match what {
            "suspended" => {
                play.run(EngineCommand::Sanction { person: person(1), until: Some(until), reason: String::new(), news: None });
            }
            "lapsed" => drop(play.state.lapsed.insert(person(1))),
            _ => drop(play.event(Event::Gone { telegram: telegram(1) })),
        }
        assert_eq!(notices(&play.accept(2)), [(2, &Notice::MeetingFailed { searching: false })], "{what}");
        assert!(play.is_free(1) && play.is_free(2));
    }
}

#[test]
fn a_friend_out_of_reach_is_told_when_they_come_back() {
    let mut play = shy();
    play.event(Event::Gone { telegram: telegram(2) });
    assert!(!is_asked(&play.invite(1, 2), 2));
    assert!(is_asked(&play.update(2, UpdateKind::BotUnblocked), 2));
}

#[test]
fn a_leaver_takes_their_invitations_along() {
    let mut play = shy();
    play.invite(1, 2);
    let effects = play.run(EngineCommand::Leave { person: person(2) });
    assert_eq!(rows(&effects), [None]);
    play.run(EngineCommand::Unfriended { by: person(2), other: person(1) });
    let effects = play.end_time();
    assert!(is_over(&effects, 1));
    let mut play = shy();
    play.invite(1, 2);
    play.run(EngineCommand::Leave { person: person(1) });
    assert!(play.is_left_to_a_lane(2));
    assert!(notices(&play.end_time()).is_empty());
}

#[test]
fn a_restart_keeps_invitations_and_who_had_searched() {
    let mut play = shy();
    play.chat(2, 3);
    play.invite(1, 2);
    play.command(4, Command::Find);
    play.invite(4, 1);
    play.accept(1);
    assert!(play.do_meet(1, 4));
    let seats = (1..=4).filter_map(|n| Some((person(n), play.state.seat(person(n))?))).collect();
    let row = Invitation {
        inviter: person(1),
        invited: person(2),
        chat: MET_IN,
        numbers: [3, 5],
        made_at: play.now,
        expires_at: Timestamp::from_micros(play.now.as_micros() + TEN_MINUTES_MS * 1_000),
        state: InvitationState::Open,
    };
    assert_eq!(play.state.invitations.find([person(1), person(2)]), Some(row));
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, invitations: vec![row], ..Loaded::default() };
    play.state = State::load(Epoch::new(2), play.state.rules, &loaded, play.now);
    assert!(!is_asked(&play.event(TICK), 2));
    let effects = play.decline_meeting(4);
    assert!(notices(&effects).contains(&(1, &Notice::MeetingFailed { searching: false })), "{effects:?}");
    assert!(play.is_free(1) && play.is_waiting(4));
    play.command(4, Command::CancelSearch);
    assert!(is_asked(&play.command(3, Command::Stop), 2));
    play.accept(2);
    assert!(play.do_meet(1, 2));
}

#[test]
fn what_a_restart_finds_unread_is_told_and_what_it_finds_accepted_goes_on() {
    for (state, is_told) in [(InvitationState::Open, true), (InvitationState::Accepted, false), (InvitationState::Told, false)] {
        let mut play = shy();
        let expires_at = Timestamp::from_micros(play.now.as_micros() + 60_000_000);
        let (inviter, invited, made_at) = (person(1), person(2), play.now);
        let row = Invitation { inviter, invited, chat: MET_IN, numbers: [3, 5], made_at, expires_at, state };
        let loaded = Loaded { people: (1..=4).map(facts).collect(), invitations: vec![row], ..Loaded::default() };
        play.state = State::load(Epoch::new(2), play.state.rules, &loaded, play.now);
        let effects = play.event(TICK);
        assert_eq!(is_asked(&effects, 2), is_told);
        assert_eq!(play.do_meet(1, 2), state == InvitationState::Accepted);
    }
}
