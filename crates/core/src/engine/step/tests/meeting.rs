//! Meetings: nobody is in a chat who has not pressed "Chat", and a meeting that fails costs nobody their place.

use super::*;
use crate::chat::seat::Widening;
use crate::engine::loaded::Parting;
use crate::engine::rules::Opening;

const MINUTE_MS: i64 = 60_000;

fn direct() -> Play {
    let mut play = shy();
    play.state.rules.opening = Opening::Direct;
    play
}

impl Play {
    fn is_meeting(&self, number: i64) -> bool {
        matches!(self.state.seat(PersonId::new(number)), Some(Seat::Meeting { .. }))
    }

    fn meeting_of(&self, number: i64) -> ChatId {
        match self.state.seat(PersonId::new(number)) {
            Some(Seat::Meeting { meeting, .. }) => meeting,
            seat => panic!("{number} meets nobody: {seat:?}"),
        }
    }

    fn agree(&mut self, number: i64) -> Vec<Effect> {
        let meeting = self.meeting_of(number);
        self.command(number, Command::Agree(meeting))
    }

    fn since_of(&self, number: i64) -> Timestamp {
        match self.state.seat(PersonId::new(number)) {
            Some(Seat::Waiting { since, .. } | Seat::Meeting { since, .. }) => since,
            seat => panic!("{number} does not wait: {seat:?}"),
        }
    }

    /// 1 waits since a while, 2 came: they meet.
    fn meet(&mut self) {
        self.command(1, Command::Find);
        self.wait_ms(15_000);
        self.command(2, Command::Find);
        assert!(self.is_meeting(1) && self.is_meeting(2));
    }

    /// Nothing else happens for so long, with ticks each second.
    fn pass(&mut self, millis: i64) -> Vec<Effect> {
        let mut effects = Vec::new();
        for _ in 0..millis / 1_000 {
            self.wait_ms(1_000);
            effects.extend(self.event(TICK));
        }
        effects
    }

    fn restart(&mut self) {
        let seats = (1..=4).filter_map(|n| Some((PersonId::new(n), self.state.seat(PersonId::new(n))?))).collect();
        let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, ..Loaded::default() };
        self.state = State::load(Epoch::new(2), self.state.rules, &loaded, self.now);
    }
}

#[test]
fn two_who_fit_see_each_others_card_and_nothing_is_relayed_before_both_agreed() {
    let mut play = shy();
    play.command(1, Command::Find);
    let effects = play.command(2, Command::Find);
    assert_eq!(cards(&effects), [(1, Standing::Asked), (2, Standing::Asked)]);
    let effects = play.say(1, 7);
    assert_eq!(notices(&effects), [(1, &Notice::MeetingFirst)]);
    assert!(relays(&effects).is_empty());
    let effects = play.agree(1);
    assert_eq!(cards(&effects), [(1, Standing::Agreed)], "the other one learns nothing of it");
    assert!(relays(&play.say(1, 8)).is_empty() && !play.is_chatting(1));
    let effects = play.agree(2);
    assert!(matches!(notices(&effects)[..], [(1, Notice::Matched(_)), (2, Notice::Matched(_))]), "{effects:?}");
    assert!(play.is_chatting(1) && play.is_chatting(2));
}

#[test]
fn chat_can_be_taken_back_until_it_opens() {
    let mut play = shy();
    play.meet();
    play.agree(1);
    let meeting = play.meeting_of(1);
    assert_eq!(cards(&play.command(1, Command::TakeBack(meeting))), [(1, Standing::Asked)]);
    play.agree(2);
    assert!(!play.is_chatting(2));
    play.agree(1);
    assert!(play.is_chatting(1));
    let effects = play.command(1, Command::TakeBack(meeting));
    assert_eq!(work(&effects).len(), 1, "too late: a lane says that the button is old");
    assert!(play.is_chatting(1));
}

#[test]
fn not_now_ends_the_meeting_and_costs_the_other_one_nothing() {
    let mut play = shy();
    play.meet();
    let (since, meeting) = (play.since_of(1), play.meeting_of(2));
    play.wait_ms(3_000);
    let effects = play.command(2, Command::Decline(meeting));
    assert_eq!(notices(&effects), [(1, &Notice::MeetingFailed { searching: true }), (2, &Notice::Declined { searching: true })]);
    assert!(play.is_waiting(1) && play.is_waiting(2));
    assert_eq!(play.since_of(1), since, "the one who was refused keeps their place");
    assert_eq!(play.since_of(2), play.now, "the one who refused starts at the end of the line");
    for _ in 0..3 {
        play.pass(MINUTE_MS);
    }
    assert!(play.is_waiting(1) && play.is_waiting(2), "kept apart, though nobody else is there");
}

#[test]
fn next_is_not_now_and_on_stop_and_cancel_are_not_now_and_end() {
    for (command, goes_on) in [(Command::Next, true), (Command::Stop, false), (Command::CancelSearch, false)] {
        let mut play = shy();
        play.meet();
        play.wait_ms(1_500);
        let effects = play.command(2, command);
        let told = if goes_on { Notice::Declined { searching: true } } else { Notice::SearchCancelled };
        assert_eq!(notices(&effects), [(1, &Notice::MeetingFailed { searching: true }), (2, &told)], "{command:?}");
        assert_eq!((play.is_waiting(1), play.is_waiting(2)), (true, goes_on));
        assert_eq!(play.state.pool.len(), usize::from(goes_on) + 1);
    }
}

#[test]
fn a_next_that_was_pressed_before_the_card_could_be_seen_declines_nobody() {
    let mut play = shy();
    play.meet();
    play.wait_ms(1_499);
    assert_eq!(notices(&play.command(2, Command::Next)), [(2, &Notice::MeetingFirst)]);
    assert!(play.is_meeting(1) && play.is_meeting(2));
}

#[test]
fn every_failed_meeting_reads_alike_to_the_one_who_is_left() {
    type Cause = fn(&mut Play) -> Vec<Effect>;
    let failed = [(1, Notice::MeetingFailed { searching: true })];
    let causes: [(&str, Cause); 5] = [
        ("not now", |play| {
            let meeting = play.meeting_of(2);
            play.command(2, Command::Decline(meeting))
        }),
        ("blocked the bot", |play| play.update(2, UpdateKind::BotBlocked)),
        ("blocked", |play| {
            let command = EngineCommand::Separate { by: PersonId::new(2), other: PersonId::new(1), cause: EndCause::Report };
            play.event(Event::Command { id: CommandId::new(1), command })
        }),
        ("left", |play| {
            play.event(Event::Command { id: CommandId::new(1), command: EngineCommand::Leave { person: PersonId::new(2) } })
        }),
        ("silent", |play| play.pass(MINUTE_MS)),
    ];
    for (what, cause) in causes {
        let mut play = shy();
        play.meet();
        play.agree(1);
        let effects = cause(&mut play);
        let told: Vec<_> = notices(&effects).into_iter().filter(|(who, _)| *who == 1).map(|(who, n)| (who, n.clone())).collect();
        assert_eq!(told, failed, "{what}");
        assert!(play.is_waiting(1), "{what}");
    }
}

#[test]
fn who_did_not_answer_is_paused_and_the_other_one_keeps_their_place() {
    let mut play = shy();
    play.meet();
    let since = play.since_of(1);
    play.agree(1);
    let effects = play.pass(MINUTE_MS);
    let told = notices(&effects);
    assert!(told.contains(&(2, &Notice::MeetingMissed)) && told.contains(&(1, &Notice::MeetingFailed { searching: true })));
    assert!(play.state.seat(PersonId::new(2)).is_none());
    assert_eq!(play.since_of(1), since);
    // Somebody else comes: the one who waited longest is served.
    play.command(4, Command::Find);
    assert!(play.is_meeting(1) && play.is_meeting(4));
}

#[test]
fn two_who_did_not_answer_are_both_paused() {
    let mut play = shy();
    play.meet();
    let effects = play.pass(MINUTE_MS);
    assert_eq!(notices(&effects), [(1, &Notice::MeetingMissed), (2, &Notice::MeetingMissed)]);
    assert!(play.state.seats.is_empty() && play.state.pool.is_empty() && play.state.meetings.is_empty());
    play.command(1, Command::Find);
    assert!(play.is_waiting(1), "they can search again");
}

#[test]
fn the_timers_of_a_search_stand_still_in_a_meeting() {
    let mut play = shy();
    play.command(1, Command::Find);
    play.pass(9 * MINUTE_MS + 30_000);
    play.command(2, Command::Find);
    play.agree(1);
    let effects = play.pass(MINUTE_MS);
    assert!(!notices(&effects).contains(&(1, &Notice::SearchPaused)), "ten minutes are over, but not of searching");
    assert!(play.is_waiting(1));
    assert!(!notices(&play.pass(25_000)).contains(&(1, &Notice::SearchPaused)));
    assert!(notices(&play.pass(10_000)).contains(&(1, &Notice::SearchPaused)));
}

#[test]
fn a_meeting_makes_nobody_the_last_partner() {
    let mut play = shy();
    play.meet();
    play.command(2, Command::Stop);
    assert!(play.state.last_chats.is_empty());
    assert_eq!(play.state.facts(telegram(1)).unwrap().chats_count, 1, "and counts as no chat");
    // Nobody said "Not now": they can meet again at once.
    let mut play = shy();
    play.meet();
    play.pass(MINUTE_MS);
    play.command(1, Command::Find);
    play.command(2, Command::Find);
    assert!(play.is_meeting(1));
}

#[test]
fn somebody_banned_leaves_the_meeting() {
    let mut play = shy();
    play.meet();
    let ban =
        EngineCommand::Sanction { person: PersonId::new(2), until: Some(Timestamp::MAX), reason: "spam".into(), news: None };
    let effects = play.event(Event::Command { id: CommandId::new(1), command: ban });
    assert!(matches!(notices(&effects)[..], [(1, Notice::MeetingFailed { searching: true }), (2, Notice::Sanctioned { .. })]));
    assert!(play.is_waiting(1) && play.state.seat(PersonId::new(2)).is_none());
}

#[test]
fn a_block_in_a_meeting_is_about_the_person_on_the_card() {
    let mut play = shy();
    play.meet();
    let meeting = play.meeting_of(1);
    let effects = play.update(1, UpdateKind::Safety);
    let about: Vec<_> = effects
        .iter()
        .filter_map(|effect| if let Effect::Work(work) = effect { Some((work.chat, work.about)) } else { None })
        .collect();
    assert_eq!(about, [(None, Some(meeting))]);
    let command = EngineCommand::Separate { by: PersonId::new(1), other: PersonId::new(2), cause: EndCause::Block };
    play.event(Event::Command { id: CommandId::new(1), command });
    assert!(play.state.seat(PersonId::new(1)).is_none() && play.is_waiting(2));
}

#[test]
fn a_restart_keeps_the_meeting_with_its_answers_and_time_to_answer() {
    let mut play = shy();
    play.meet();
    play.agree(1);
    play.wait_ms(55_000);
    let since = play.since_of(1);
    play.restart();
    play.event(TICK);
    assert!(play.is_meeting(1) && play.is_meeting(2));
    play.pass(15_000);
    assert!(play.is_meeting(2), "20 s remain at least");
    play.agree(2);
    assert!(play.is_chatting(1) && play.is_chatting(2));

    let mut play = shy();
    play.meet();
    play.agree(1);
    play.restart();
    let effects = play.pass(2 * MINUTE_MS);
    assert!(notices(&effects).contains(&(2, &Notice::MeetingMissed)));
    assert_eq!((play.is_waiting(1), play.since_of(1)), (true, since), "the survivor's place outlives the restart");
}

#[test]
fn not_now_keeps_two_apart_after_a_restart_too() {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let parting = Parting { people: [PersonId::new(1), PersonId::new(2)], since: now, at: now, is_firm: true };
    let loaded = Loaded { people: (1..=2).map(facts).collect(), recent: vec![parting], ..Loaded::default() };
    let state = State::load(Epoch::new(2), Rules::default(), &loaded, now);
    let mut play = Play { state, now, update: 0, is_shy: true };
    play.command(1, Command::Find);
    play.command(2, Command::Find);
    play.pass(3 * MINUTE_MS);
    assert!(play.is_waiting(1) && play.is_waiting(2));
}

#[test]
fn half_a_meeting_searches_on() {
    let mut play = shy();
    let since = play.now;
    let seat = Seat::Meeting {
        meeting: ChatId::new(9),
        side: crate::chat::Side::First,
        since,
        widening: Widening::EMPTY,
        answer_by: play.now,
        has_agreed: true,
        was_searching: true,
    };
    let seats = vec![(PersonId::new(1), seat)];
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    play.event(TICK);
    assert_eq!((play.is_waiting(1), play.since_of(1)), (true, since));
}

#[test]
fn an_outage_takes_nobodys_time_to_answer() {
    // Nothing turned at all for five minutes.
    let mut play = shy();
    play.meet();
    play.pass(50_000);
    play.wait_ms(5 * MINUTE_MS);
    play.event(TICK);
    assert!(play.is_meeting(1));
    play.pass(19_000);
    assert!(play.is_meeting(1), "20 s remain");
    play.pass(2_000);
    assert!(!play.is_meeting(1));
    // Time passed, but no updates were fetched.
    let mut play = shy();
    play.meet();
    for _ in 0..300 {
        play.wait_ms(1_000);
        play.event(Event::Tick { is_listening: false });
    }
    assert!(play.is_meeting(1));
    play.event(TICK);
    play.pass(19_000);
    assert!(play.is_meeting(1));
}

#[test]
fn in_direct_mode_two_fresh_taps_open_the_chat() {
    let mut play = direct();
    play.command(1, Command::Find);
    play.wait_ms(15_000);
    let effects = play.command(2, Command::Find);
    assert!(matches!(notices(&effects)[..], [(1, Notice::Matched(_)), (2, Notice::Matched(_))]), "{effects:?}");
    assert!(play.is_chatting(1));
}

#[test]
fn in_direct_mode_who_waited_long_is_asked_all_the_same() {
    let mut play = direct();
    play.command(1, Command::Find);
    play.wait_ms(15_100);
    let effects = play.command(2, Command::Find);
    assert_eq!(cards(&effects), [(1, Standing::Asked), (2, Standing::Agreed)]);
    play.agree(1);
    assert!(play.is_chatting(1) && play.is_chatting(2));
}

#[test]
fn in_direct_mode_a_survivor_is_asked() {
    let mut play = direct();
    play.command(1, Command::Find);
    play.command(2, Command::Find);
    play.event(Event::Gone { telegram: telegram(1) });
    let effects = play.command(3, Command::Find);
    assert_eq!(cards(&effects), [(2, Standing::Asked), (3, Standing::Agreed)]);
}

#[test]
fn in_direct_mode_a_press_that_waited_with_telegram_is_no_consent() {
    let mut play = direct();
    play.command(1, Command::Find);
    let update = Update {
        is_belated: true,
        callback: Some("q".into()),
        ..Update::new(UpdateId::new(50), telegram(2), UpdateKind::Command(Command::Find))
    };
    let effects = play.event(Event::Update { update: update.clone(), inbox: None });
    assert_eq!(cards(&effects), [(1, Standing::Agreed), (2, Standing::Asked)]);
    // Nor is a command, as long as Telegram's clock is not known for sure.
    let mut play = direct();
    play.command(1, Command::Find);
    let written_at = Some(play.telegram(0));
    let effects = play.event(Event::Update { update: Update { callback: None, written_at, ..update }, inbox: None });
    assert_eq!(cards(&effects), [(1, Standing::Agreed), (2, Standing::Asked)]);
}

#[test]
fn facts_that_change_in_a_meeting_count_when_it_fails() {
    let mut play = shy();
    play.meet();
    play.command(3, Command::Find);
    // While 1 is shown 2's card, 1 decides to meet women only; 3 is a man.
    let open = work(&play.update(1, UpdateKind::Other));
    let mut mine = facts(1);
    mine.preferences = Preferences::open_to([Gender::Woman].into_iter().collect::<GenderSet>());
    let finished = Finished { facts: Some(FactsChange::Registered(Box::new(mine))), ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished });
    play.command(2, Command::Stop);
    assert!(play.is_waiting(1) && play.is_waiting(3));
}
