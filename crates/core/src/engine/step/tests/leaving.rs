//! Leaving: hidden at once, gone when the time comes, and in between taken back by a press.

use super::*;

const DAY_MS: i64 = 24 * 3_600_000;

impl Play {
    /// Person 1 asks to leave in a day, or takes it back.
    fn leaving(&mut self, is_on: bool) -> Vec<Effect> {
        let at = is_on.then(|| Timestamp::from_micros(self.now.as_micros() + DAY_MS * 1_000));
        let command = EngineCommand::Leaving { person: PersonId::new(1), at };
        self.event(Event::Command { id: CommandId::new(1), command })
    }
}

fn erased(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Erase { person, .. } if *person == PersonId::new(1)))
}

#[test]
fn who_leaves_is_hidden_at_once_and_gone_after_the_grace() {
    let mut play = Play::new();
    play.match_one_and_two();
    let effects = play.leaving(true);
    assert!(matches!(notices(&effects)[..], [(2, Notice::ChatEnded { how: Ended::ByPartner, .. })]), "{effects:?}");
    assert!(!erased(&effects) && !play.is_chatting(2));
    for command in [Command::Find, Command::Next, Command::Stop] {
        let open = work(&play.command(1, command));
        assert_eq!(open.len(), 1, "a lane says when they are erased: {command:?}");
        play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: Finished::default() });
    }
    play.command(3, Command::Find);
    assert!(play.is_waiting(3), "nobody meets them");
    play.wait_ms(DAY_MS - 6_000);
    assert!(!erased(&play.event(TICK)));
    assert_eq!(play.state.next_deadline(), Some(Timestamp::from_micros(play.now.as_micros() + 6_000_000)));
    play.wait_ms(6_000);
    assert!(erased(&play.event(TICK)));
    assert!(play.state.facts(telegram(1)).is_none());
    assert!(!erased(&play.event(TICK)), "once");
}

#[test]
fn a_search_stops_and_goes_on_with_nobody() {
    let mut play = Play::new();
    play.command(1, Command::Find);
    let effects = play.leaving(true);
    assert!(effects.contains(&Effect::Seat { person: PersonId::new(1), seat: None }));
    play.command(2, Command::Find);
    assert!(play.is_waiting(2));
}

#[test]
fn who_takes_it_back_stays_as_they_were() {
    let mut play = Play::new();
    play.leaving(true);
    play.leaving(false);
    play.wait_ms(2 * DAY_MS);
    assert!(!erased(&play.event(TICK)));
    play.match_one_and_two();
}

#[test]
fn a_lane_that_may_take_it_back_is_waited_for() {
    let mut play = Play::new();
    play.leaving(true);
    let open = work(&play.update(1, UpdateKind::Other));
    play.wait_ms(DAY_MS);
    assert!(!erased(&play.event(TICK)));
    let back = EngineCommand::Leaving { person: PersonId::new(1), at: None };
    let finished = Finished { commands: vec![(CommandId::new(2), back)], ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished });
    assert!(!erased(&play.event(TICK)));
    play.match_one_and_two();
}

#[test]
fn a_restart_keeps_the_time_and_leaves_some_to_take_it_back() {
    let mut play = Play::new();
    let leaver = PersonFacts { leaves_at: Some(play.now), ..facts(1) };
    let loaded = Loaded { people: vec![leaver, facts(2)], ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    assert!(!erased(&play.event(TICK)), "nobody could press anything while the bot was down");
    play.wait_ms(20_000);
    assert!(!erased(&play.event(Event::Tick { is_listening: false })), "nor while nobody is heard");
    assert!(erased(&play.event(TICK)));
}

#[test]
fn facts_read_before_do_not_call_anybody_back() {
    let mut play = Play::new();
    let open = work(&play.update(1, UpdateKind::Other));
    play.leaving(true);
    let older = Finished { facts: Some(FactsChange::Registered(Box::new(facts(1)))), ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: older });
    assert_eq!(work(&play.command(1, Command::Find)).len(), 1, "still led by a lane");
}

#[test]
fn friends_do_not_reach_who_leaves() {
    let mut play = Play::new();
    play.leaving(true);
    let (host, leaver) = (PersonId::new(2), PersonId::new(1));
    let chat = ChatId::new(77);
    let invite = EngineCommand::Invite { inviter: host, invited: leaver, chat, numbers: [1, 1] };
    let asked = |effects: &[Effect]| notices(effects).iter().any(|(who, _)| *who == 1);
    assert!(!asked(&play.event(Event::Command { id: CommandId::new(3), command: invite })));
    let news = crate::engine::News::Friend { news: crate::friend::FriendNews::Asked, chat };
    let tell = EngineCommand::Tell { person: leaver, news };
    assert!(!asked(&play.event(Event::Command { id: CommandId::new(4), command: tell })), "nothing calls them back");
    assert!(asked(&play.leaving(false)), "who stays hears who invited them");
}

#[test]
fn a_consent_taken_back_stops_the_search_and_leaves_the_chat() {
    let take_back = |play: &mut Play, number: i64| {
        let command = EngineCommand::Unconsented { person: PersonId::new(number) };
        play.event(Event::Command { id: CommandId::new(5), command })
    };
    let mut play = Play::new();
    play.command(1, Command::Find);
    take_back(&mut play, 1);
    play.command(2, Command::Find);
    assert!(play.is_waiting(2) && !play.is_waiting(1), "nobody is matched by what somebody took back");
    assert_eq!(work(&play.command(1, Command::Find)).len(), 1, "a lane asks them again");
    let mut play = Play::new();
    play.match_one_and_two();
    take_back(&mut play, 1);
    assert!(play.is_chatting(1) && play.is_chatting(2));
    play.command(2, Command::Next);
    assert!(!play.is_chatting(1) && !play.is_waiting(1));
    let mut play = shy();
    play.command(1, Command::Find);
    play.command(2, Command::Find);
    take_back(&mut play, 1);
    assert!(play.state.seat(PersonId::new(1)).is_none() && play.is_waiting(2), "a meeting is no chat yet");
}
