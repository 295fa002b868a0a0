//! The rules of the engine, one test a rule.

use super::step;
use crate::chat::{Content, EndReason, Questions, Seat, Undelivered};
use crate::engine::batch::{InboxRow, InboxWork};
use crate::engine::effect::{Effect, Original, Rendered};
use crate::engine::event::{Command, EndCause, EngineCommand, Event, FactsChange, Finished, Update, UpdateKind};
use crate::engine::loaded::Loaded;
use crate::engine::notice::{Ended, Notice, Standing};
use crate::engine::rules::Rules;
use crate::engine::state::{MAX_PENDING, MAX_PENDING_STRANGER, MAX_RELAYS_PENDING, State};
use crate::entropy::Entropy;
use crate::id::{ChatId, CommandId, Epoch, InboxId, MessageId, PersonId, TelegramId, UpdateId};
use crate::person::preferences::Preferences;
use crate::person::{Gender, GenderSet, OwnCard, PersonFacts, UiLanguage};
use crate::testing;
use crate::time::{Day, Timestamp};

struct Zero;
impl Entropy for Zero {
    fn next_u64(&mut self) -> u64 {
        0
    }
}

fn facts(number: i64) -> PersonFacts {
    let gender = if number % 2 == 0 { Gender::Woman } else { Gender::Man };
    let born = Day::from_ymd(1990, 1, 1).unwrap();
    PersonFacts { gender, born, card: OwnCard::default(), chats_count: 1, ..testing::facts(number) }
}

/// A text that somebody sends.
const fn said(message: i32) -> UpdateKind {
    let message = MessageId::new(message);
    UpdateKind::Message { message, content: Content::Text, reply_to: None, album: None, leaks: Questions::EMPTY }
}

fn telegram(number: i64) -> TelegramId {
    TelegramId::new(1_000 + number)
}

const TICK: Event = Event::Tick { is_listening: true };

/// A play of the engine: persons 1 to 4 are registered, 9 is not. Two who meet press "Chat" at once and hear of it, unless
/// the play is about that.
struct Play {
    state: State,
    now: Timestamp,
    update: i64,
    is_shy: bool,
}

impl Play {
    fn new() -> Self {
        let loaded = Loaded { people: (1..=4).map(facts).collect(), ..Loaded::default() };
        let now = Timestamp::from_millis(1_800_000_000_000);
        Self { state: State::load(Epoch::new(1), Rules::default(), &loaded, now), now, update: 0, is_shy: false }
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = step(&mut self.state, event, self.now, &mut Zero);
        while !self.is_shy
            && let Some((&meeting, live)) = self.state.meetings.first_key_value()
        {
            for person in live.people {
                let who = self.state.accounts[&person];
                let update = Update::new(UpdateId::new(0), who, UpdateKind::Command(Command::Agree(meeting)));
                effects.extend(step(&mut self.state, Event::Update { update, inbox: None }, self.now, &mut Zero));
            }
            if self.state.meetings.contains_key(&meeting) {
                break;
            }
            for person in live_people(&self.state, meeting) {
                let (receiver, at) = (self.state.accounts[&person], Some(self.state.telegram_time(self.now)));
                effects.extend(step(&mut self.state, Event::Heard { receiver, chat: meeting, at }, self.now, &mut Zero));
            }
        }
        effects
    }

    fn update(&mut self, number: i64, kind: UpdateKind) -> Vec<Effect> {
        self.update += 1;
        let update = Update::new(UpdateId::new(self.update), telegram(number), kind);
        self.event(Event::Update { update, inbox: None })
    }

    fn command(&mut self, number: i64, command: Command) -> Vec<Effect> {
        self.update(number, UpdateKind::Command(command))
    }

    fn say(&mut self, number: i64, message: i32) -> Vec<Effect> {
        self.update(number, said(message))
    }

    fn wait_ms(&mut self, millis: i64) {
        self.now = Timestamp::from_micros(self.now.as_micros() + millis * 1_000);
    }

    fn match_one_and_two(&mut self) {
        self.command(1, Command::Find);
        self.command(2, Command::Find);
        assert!(self.is_chatting(1) && self.is_chatting(2));
        self.wait_ms(5_000);
    }

    fn is_chatting(&self, number: i64) -> bool {
        matches!(self.state.seat(PersonId::new(number)), Some(Seat::Chatting { .. }))
    }

    fn is_waiting(&self, number: i64) -> bool {
        matches!(self.state.seat(PersonId::new(number)), Some(Seat::Waiting { .. }))
    }
}

fn live_people(state: &State, chat: ChatId) -> Vec<PersonId> {
    state.chats.get(&chat).map(|live| live.people.to_vec()).unwrap_or_default()
}

/// What people are told, cards of meetings apart.
fn notices(effects: &[Effect]) -> Vec<(i64, &Notice)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Notice { notice: Notice::Meeting { .. }, .. } => None,
            Effect::Notice { receiver, notice, .. } => Some((receiver.get() - 1_000, notice)),
            _ => None,
        })
        .collect()
}

fn relays(effects: &[Effect]) -> Vec<(i64, i32)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Relay { receiver, relay, .. } => Some((receiver.get() - 1_000, relay.source.get())),
            _ => None,
        })
        .collect()
}

fn work(effects: &[Effect]) -> Vec<InboxId> {
    effects.iter().filter_map(|effect| if let Effect::Work(work) = effect { Some(work.inbox) } else { None }).collect()
}

#[test]
fn two_searching_people_are_matched_and_both_told() {
    let mut play = Play::new();
    assert!(matches!(notices(&play.command(1, Command::Find))[..], [(1, Notice::Searching { .. })]));
    let effects = play.command(2, Command::Find);
    assert!(matches!(notices(&effects)[..], [(1, Notice::Matched(_)), (2, Notice::Matched(_))]), "{effects:?}");
    assert!(play.is_chatting(1) && play.is_chatting(2));
}

#[test]
fn a_message_is_relayed_to_the_partner_alone() {
    let mut play = Play::new();
    play.match_one_and_two();
    assert_eq!(relays(&play.say(1, 7)), [(2, 7)]);
    assert_eq!(relays(&play.say(2, 8)), [(1, 8)]);
}

#[test]
fn contacts_and_polls_are_refused_with_the_reason() {
    let mut play = Play::new();
    play.match_one_and_two();
    for content in [Content::Contact, Content::Poll, Content::Other] {
        let kind =
            UpdateKind::Message { message: MessageId::new(1), content, reply_to: None, album: None, leaks: Questions::EMPTY };
        let effects = play.update(1, kind);
        assert_eq!(notices(&effects), [(1, &Notice::NotRelayed { content })]);
        assert!(relays(&effects).is_empty());
    }
}

#[test]
fn a_message_that_telegram_did_not_pass_on_is_told_with_its_reason_however_much_waits() {
    let mut play = Play::new();
    play.match_one_and_two();
    for (number, &why) in Undelivered::ALL.iter().enumerate() {
        if number == 1 {
            play.event(Event::Queued { receiver: telegram(1), count: MAX_PENDING });
        }
        let message = MessageId::new(7);
        let effects = play.event(Event::NotRelayed { telegram: telegram(1), message, why });
        assert_eq!(notices(&effects), [(1, &Notice::NotDelivered { message, why })]);
    }
    let unknown = Event::NotRelayed { telegram: telegram(99), message: MessageId::new(7), why: Undelivered::Unclear };
    assert!(play.event(unknown).is_empty(), "nobody known");
}

#[test]
fn stopping_tells_both_and_drops_what_was_on_its_way_to_whoever_stopped() {
    let mut play = Play::new();
    play.match_one_and_two();
    let effects = play.command(1, Command::Stop);
    assert!(effects.iter().any(|e| matches!(e, Effect::Purge { receiver, chat: Some(_) } if *receiver == telegram(1))));
    assert!(matches!(
        notices(&effects)[..],
        [
            (1, Notice::ChatEnded { how: Ended::ByYou(EndReason::Stopped), searching: false, .. }),
            (2, Notice::ChatEnded { how: Ended::ByPartner, searching: false, .. })
        ]
    ));
    assert!(play.state.seat(PersonId::new(1)).is_none() && play.state.seat(PersonId::new(2)).is_none());
    assert!(relays(&play.say(1, 9)).is_empty(), "nothing is relayed after the end");
}

#[test]
fn recent_partners_are_kept_apart_for_a_minute_and_then_only_if_nobody_else_fits() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.command(1, Command::Stop);
    play.wait_ms(60_000);
    play.command(1, Command::Find);
    play.command(2, Command::Find);
    assert!(play.is_waiting(1) && play.is_waiting(2));
    play.wait_ms(61_000);
    play.event(TICK);
    assert!(play.is_chatting(1) && play.is_chatting(2));
}

#[test]
fn two_who_both_press_next_do_not_meet_again_that_day() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.command(1, Command::Next);
    play.wait_ms(3_000);
    play.command(2, Command::Next);
    for _ in 0..5 {
        play.wait_ms(61_000);
        play.event(TICK);
    }
    assert!(play.is_waiting(1) && play.is_waiting(2));
}

#[test]
fn blocked_people_never_meet_again() {
    let mut play = Play::new();
    play.match_one_and_two();
    let command = EngineCommand::Separate { by: PersonId::new(2), other: PersonId::new(1), cause: EndCause::Block };
    let effects = play.event(Event::Command { id: CommandId::new(1), command });
    assert!(effects.contains(&Effect::CommandDone { command: CommandId::new(1) }));
    assert!(!play.is_chatting(1));
    play.command(1, Command::Find);
    play.command(2, Command::Find);
    play.wait_ms(300_000);
    play.event(TICK);
    assert!(play.is_waiting(1) && play.is_waiting(2));
}

#[test]
fn a_vanished_partner_ends_the_chat_and_the_other_searches_on_at_the_head() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.command(3, Command::Find);
    play.state.pool.separate(PersonId::new(2), PersonId::new(3)).unwrap();
    let effects = play.event(Event::Gone { telegram: telegram(1) });
    assert!(effects.contains(&Effect::Reachable { person: PersonId::new(1), is_reachable: false }));
    assert!(matches!(notices(&effects)[..], [(2, Notice::ChatEnded { how: Ended::PartnerGone, searching: true, .. })]));
    assert!(play.is_waiting(2) && play.is_waiting(3));
    play.command(4, Command::Find);
    assert!(play.is_chatting(2), "the survivor is served before the one who waits since a moment ago");
}

#[test]
fn a_survivor_stands_before_whoever_waited_for_minutes_and_has_all_the_time() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.command(3, Command::Find);
    play.state.pool.separate(PersonId::new(2), PersonId::new(3)).unwrap();
    play.wait_ms(300_000);
    play.event(Event::Gone { telegram: telegram(1) });
    assert!(play.is_waiting(2) && play.is_waiting(3));
    play.wait_ms(599_000 - 300_000);
    assert_eq!(notices(&play.event(TICK)), []);
    play.wait_ms(2_000);
    assert_eq!(notices(&play.event(TICK)), [(3, &Notice::SearchPaused)], "the survivor's search began later");
    play.command(3, Command::Find);
    play.command(4, Command::Find);
    assert!(play.is_chatting(2), "the survivor is served first");
}

#[test]
fn a_survivor_is_served_before_whoever_waited_longest() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.command(3, Command::Find);
    play.state.pool.separate(PersonId::new(2), PersonId::new(3)).unwrap();
    play.wait_ms(300_000);
    play.event(Event::Gone { telegram: telegram(1) });
    play.command(4, Command::Find);
    assert!(play.is_chatting(2) && play.is_waiting(3));
}

fn pass_on(chat: ChatId, number: i64) -> Finished {
    let call = Rendered { version: 1, body: "edit".to_owned() };
    let original = Original { from: telegram(number), message: MessageId::new(9) };
    let command =
        EngineCommand::PassOn { chat, original, call, leaks: Questions::EMPTY, edited_at: None, is_copied: true, words: None };
    Finished { commands: vec![(CommandId::new(1), command)], ..Finished::default() }
}

fn edits(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Edit { receiver, .. } if *receiver == telegram(2))).count()
}

#[test]
fn an_edit_follows_in_a_chat_that_goes_on_and_never_reaches_a_former_partner() {
    let mut play = Play::new();
    play.match_one_and_two();
    let chat = play.state.chat_of(telegram(1)).unwrap();
    let open = work(&play.update(1, UpdateKind::Other));
    let effects = play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: pass_on(chat, 1) });
    assert_eq!(edits(&effects), 1);
    let open = work(&play.update(1, UpdateKind::Other));
    // The partner leaves after the lane saw the chat go on.
    play.command(2, Command::Stop);
    let effects = play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: pass_on(chat, 1) });
    assert_eq!(edits(&effects), 0, "{effects:?}");
    let late = Notice::NotDelivered { message: MessageId::new(9), why: Undelivered::EditLate };
    assert_eq!(notices(&effects), [(1, &late)], "it stays on their side, and they know");
    assert!(effects.contains(&Effect::CommandDone { command: CommandId::new(1) }));
    play.command(3, Command::Find);
    play.command(2, Command::Find);
    assert!(play.is_chatting(2));
    assert_eq!(edits(&play.event(Event::Command { id: CommandId::new(2), command: pass_on(chat, 1).commands[0].1.clone() })), 0);
}

#[test]
fn an_edit_leaves_the_room_that_is_kept_for_the_bots_own_notices() {
    let mut play = Play::new();
    play.match_one_and_two();
    let chat = play.state.chat_of(telegram(1)).unwrap();
    play.event(Event::Settled { receiver: telegram(2), count: 100, relayed: None });
    play.event(Event::Queued { receiver: telegram(2), count: MAX_RELAYS_PENDING - 1 });
    let mut pass = |number| {
        let command = pass_on(chat, 1).commands[0].1.clone();
        play.event(Event::Command { id: CommandId::new(number), command })
    };
    assert_eq!(edits(&pass(1)), 1);
    let effects = pass(2);
    assert_eq!(edits(&effects), 0);
    let slow = Notice::NotDelivered { message: MessageId::new(9), why: Undelivered::EditSlow };
    assert_eq!(notices(&effects), [(1, &slow)]);
}

#[test]
fn a_throttled_person_who_keeps_writing_does_not_fill_the_outbox() {
    let mut play = Play::new();
    play.match_one_and_two();
    let mut rows = 0;
    for n in 0..1_000 {
        play.wait_ms(350);
        let open = work(&play.update(1, UpdateKind::Other));
        if let [inbox] = open[..] {
            play.event(Event::Queued { receiver: telegram(1), count: 1 });
            rows += 1;
            play.event(Event::LaneDone { inbox, telegram: telegram(1), finished: Finished::default() });
        }
        rows += notices(&play.command(1, Command::Find)).len();
        play.wait_ms(350);
        assert_eq!(relays(&play.say(1, n)).len(), 1, "the partner hears them all the same");
        play.event(Event::Settled { receiver: telegram(2), count: 1, relayed: None });
    }
    assert!(rows <= usize::try_from(MAX_PENDING).unwrap(), "{rows} rows");
    let ended = play.command(2, Command::Stop);
    assert!(notices(&ended).iter().any(|(who, notice)| *who == 1 && matches!(notice, Notice::ChatEnded { .. })));
    assert!(play.command(1, Command::Find).is_empty() && play.say(1, 1_000).is_empty());
    play.event(Event::Settled { receiver: telegram(1), count: 60, relayed: None });
    assert!(!play.command(1, Command::Find).is_empty(), "heard again once something can reach them");
}

#[test]
fn strangers_have_less_room_than_people_and_help_needs_none() {
    let mut play = Play::new();
    let stranger = TelegramId::new(9_000);
    let update = |kind| Event::Update { update: Update::new(UpdateId::new(1), stranger, kind), inbox: None };
    play.event(Event::Queued { receiver: stranger, count: MAX_PENDING_STRANGER - 1 });
    assert_eq!(work(&play.event(update(UpdateKind::Other))).len(), 1);
    let done =
        Event::LaneDone { inbox: play.state.lanes[&stranger].open.unwrap(), telegram: stranger, finished: Finished::default() };
    play.event(Event::Queued { receiver: stranger, count: 1 });
    play.event(done);
    assert!(play.event(update(UpdateKind::Other)).is_empty(), "no answer would reach them");
    assert_eq!(work(&play.event(update(UpdateKind::Safety))).len(), 1);
    play.event(Event::Queued { receiver: telegram(1), count: MAX_PENDING_STRANGER });
    assert_eq!(work(&play.update(1, UpdateKind::Other)).len(), 1, "somebody registered has more");
}

#[test]
fn unreadable_updates_are_part_of_the_flood() {
    let mut play = Play::new();
    let mut told = 0;
    for n in 0..100 {
        let event = Event::Undecodable { id: UpdateId::new(n), from: Some(telegram(1)), reason: "broken".into() };
        told += notices(&play.event(event)).len();
    }
    assert_eq!(told, 20);
    play.wait_ms(5_000);
    assert_eq!(notices(&play.event(TICK)), [(1, &Notice::TooFast { lost: 80 })]);
}

#[test]
fn nobody_searches_before_they_agreed_to_todays_documents() {
    let one = PersonId::new(1);
    let now = Timestamp::from_millis(1_800_000_000_000);
    let waiting = Seat::Waiting { since: now, widening: crate::chat::seat::Widening::EMPTY };
    let loaded =
        Loaded { people: (1..=4).map(facts).collect(), lapsed: vec![one], seats: vec![(one, waiting)], ..Loaded::default() };
    let mut play = Play { state: State::load(Epoch::new(1), Rules::default(), &loaded, now), now, update: 0, is_shy: false };
    assert_eq!(notices(&play.event(TICK)), [(1, &Notice::SearchPaused)]);
    for command in [Command::Find, Command::Next] {
        let effects = play.command(1, command);
        let [inbox] = work(&effects)[..] else { panic!("{effects:?}") };
        play.event(Event::LaneDone { inbox, telegram: telegram(1), finished: Finished::default() });
        assert!(!play.is_waiting(1));
    }
    play.event(Event::Command { id: CommandId::new(1), command: EngineCommand::Consented { person: one } });
    play.command(1, Command::Find);
    assert!(play.is_waiting(1));
}

#[test]
fn whatever_comes_while_a_lane_is_busy_waits_its_turn_in_order() {
    let mut play = Play::new();
    play.match_one_and_two();
    let first = work(&play.update(1, UpdateKind::Other));
    assert_eq!(first.len(), 1);
    assert!(relays(&play.say(1, 10)).is_empty());
    assert!(work(&play.update(1, UpdateKind::Other)).is_empty());
    assert!(relays(&play.say(1, 11)).is_empty());
    assert_eq!(relays(&play.say(2, 20)), [(1, 20)], "others go on");

    let effects = play.event(Event::LaneDone { inbox: first[0], telegram: telegram(1), finished: Finished::default() });
    assert_eq!(relays(&effects), [(2, 10)]);
    let second = work(&effects);
    assert_eq!(second.len(), 1, "the next lane starts only now");
    let effects = play.event(Event::LaneDone { inbox: second[0], telegram: telegram(1), finished: Finished::default() });
    assert_eq!(relays(&effects), [(2, 11)]);
    assert_eq!(relays(&play.say(1, 12)), [(2, 12)], "the fast path is open again");
}

#[test]
fn what_was_written_to_one_partner_never_reaches_another() {
    let mut play = Play::new();
    play.match_one_and_two();
    let open = work(&play.update(1, UpdateKind::Other));
    play.say(1, 10);
    play.command(3, Command::Find);
    let effects = play.event(Event::Gone { telegram: telegram(2) });
    let is_told = |notice: &Notice| matches!(notice, Notice::ChatEnded { undelivered: 1, .. });
    assert!(notices(&effects).iter().any(|(who, notice)| *who == 1 && is_told(notice)), "{effects:?}");
    let next = play.state.place_of(telegram(1));
    assert_eq!(play.state.place_of(telegram(3)), next, "the survivor went on to the next one");
    play.say(1, 11);
    let effects = play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: Finished::default() });
    assert!(play.is_chatting(1) && relays(&effects).is_empty(), "what was written in the meeting waits: {effects:?}");
    let heard = Event::Heard { receiver: telegram(1), chat: next.unwrap(), at: None };
    assert_eq!(relays(&play.event(heard)), [(3, 11)]);
}

#[test]
fn what_was_written_to_one_partner_never_reaches_another_after_a_restart() {
    let mut play = Play::new();
    play.match_one_and_two();
    let Some(Seat::Chatting { chat, .. }) = play.state.seat(PersonId::new(1)) else { panic!("no chat") };
    let seats = (1..=2).map(|n| (PersonId::new(n), play.state.seat(PersonId::new(n)).unwrap())).collect();
    let row = |id, chat| InboxRow {
        id: InboxId::new(id),
        telegram: telegram(1),
        chat,
        work: InboxWork::Update { update: UpdateId::new(id), payload: "{}".into() },
        received_at: play.now,
    };
    let inbox = vec![row(1, Some(chat)), row(2, Some(ChatId::new(1))), row(3, None)];
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, inbox, ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    let mut stored = |message: i32| {
        let kind = said(message);
        let (id, from) = (UpdateId::new(message.into()), telegram(1));
        let update = Update::new(id, from, kind);
        play.event(Event::Update { update, inbox: Some(InboxId::new(message.into())) })
    };
    assert_eq!(relays(&stored(1)), [(2, 1)]);
    let effects = stored(2);
    assert!(relays(&effects).is_empty() && work(&effects).len() == 1, "{effects:?}");
    assert!(relays(&stored(3)).is_empty());
}

#[test]
fn who_is_being_erased_at_a_restart_stays_forgotten() {
    let mut play = Play::new();
    let work = InboxWork::Erase { person: PersonId::new(1) };
    let row = InboxRow { id: InboxId::new(7), telegram: telegram(1), chat: None, work, received_at: play.now };
    let loaded = Loaded { people: (1..=4).map(facts).collect(), inbox: vec![row], ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    assert!(play.state.facts(telegram(1)).is_none());
    let effects = play.command(1, Command::Find);
    assert!(matches!(effects[..], [Effect::Store { .. }]), "it waits until the rows are gone: {effects:?}");
    let finished = Finished { facts: Some(FactsChange::Erased), ..Finished::default() };
    let effects = play.event(Event::LaneDone { inbox: InboxId::new(7), telegram: telegram(1), finished });
    assert!(matches!(effects[..], [Effect::Work(_)]), "a stranger now, led by a lane: {effects:?}");
}

#[test]
fn an_erased_person_leaves_no_partner_behind() {
    let mut play = Play::new();
    play.match_one_and_two();
    let finished = Finished { facts: Some(FactsChange::Erased), ..Finished::default() };
    let effects = play.event(Event::LaneDone { inbox: InboxId::new(7), telegram: telegram(1), finished });
    assert!(matches!(notices(&effects)[..], [(2, Notice::ChatEnded { how: Ended::ByPartner, .. })]), "{effects:?}");
    assert!(!play.is_chatting(2));
}

#[test]
fn facts_read_before_a_sanction_do_not_lift_it() {
    let mut play = Play::new();
    let open = work(&play.update(1, UpdateKind::Other));
    let ban =
        EngineCommand::Sanction { person: PersonId::new(1), until: Some(Timestamp::MAX), reason: "spam".into(), news: None };
    play.event(Event::Command { id: CommandId::new(1), command: ban });
    let older = Finished { facts: Some(FactsChange::Registered(Box::new(facts(1)))), ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: older });
    assert!(matches!(notices(&play.command(1, Command::Find))[..], [(1, Notice::Suspended { .. })]));
}

#[test]
fn a_new_registration_can_search_at_once() {
    let mut play = Play::new();
    let open = work(&play.command(9, Command::Find));
    assert_eq!(open.len(), 1, "strangers are led by a lane");
    let finished = Finished { facts: Some(FactsChange::Registered(Box::new(facts(9)))), ..Finished::default() };
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(9), finished });
    play.command(9, Command::Find);
    assert!(play.is_waiting(9));
}

#[test]
fn a_person_who_leaves_is_forgotten_before_their_rows_are_erased() {
    let mut play = Play::new();
    play.match_one_and_two();
    let effects =
        play.event(Event::Command { id: CommandId::new(1), command: EngineCommand::Leave { person: PersonId::new(1) } });
    assert!(effects.iter().any(|e| matches!(e, Effect::Erase { person, .. } if *person == PersonId::new(1))));
    assert!(matches!(notices(&effects)[..], [(2, Notice::ChatEnded { how: Ended::ByPartner, .. })]));
    assert!(work(&play.command(1, Command::Find)).is_empty(), "waits until the rows are gone");
    assert!(play.state.facts(telegram(1)).is_none());
    let everything = Effect::Purge { receiver: telegram(1), chat: None };
    assert!(effects.contains(&everything), "nothing that waits reaches somebody who comes back with this account");
}

#[test]
fn a_ban_ends_the_chat_and_forbids_searching_until_lifted() {
    let mut play = Play::new();
    play.match_one_and_two();
    let ban = |until| EngineCommand::Sanction { person: PersonId::new(1), until, reason: "spam".into(), news: None };
    let effects = play.event(Event::Command { id: CommandId::new(1), command: ban(Some(Timestamp::MAX)) });
    assert!(matches!(notices(&effects)[..], [(2, Notice::ChatEnded { .. }), (1, Notice::Sanctioned { .. })]));
    assert!(matches!(notices(&play.command(1, Command::Find))[..], [(1, Notice::Suspended { .. })]));
    play.event(Event::Command { id: CommandId::new(2), command: ban(None) });
    play.command(1, Command::Find);
    assert!(play.is_waiting(1));
}

#[test]
fn a_slow_partner_is_explained_to_the_sender() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.event(Event::Settled { receiver: telegram(2), count: 100, relayed: None });
    for message in 0..i32::try_from(MAX_RELAYS_PENDING).unwrap() {
        play.wait_ms(1_000);
        assert_eq!(relays(&play.say(1, message)).len(), 1);
    }
    play.wait_ms(1_000);
    let effects = play.say(1, 99);
    assert_eq!(notices(&effects), [(1, &Notice::PartnerSlow)]);
    assert!(relays(&effects).is_empty());
    play.event(Event::Settled { receiver: telegram(2), count: 1, relayed: None });
    assert_eq!(relays(&play.say(1, 100)).len(), 1);
}

#[test]
fn a_flood_is_told_by_its_number_and_refused_until_calm() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.wait_ms(10_000);
    let passed: usize = (0..30).map(|n| relays(&play.say(1, n)).len()).sum();
    assert_eq!(passed, 20);
    assert!(notices(&play.say(1, 40)).is_empty(), "told once it is over");
    play.wait_ms(2_500);
    assert_eq!(notices(&play.event(TICK)), [(1, &Notice::TooFast { lost: 11 })], "by its number");
    assert_eq!(relays(&play.say(1, 41)).len(), 1);
    assert_eq!(relays(&play.say(2, 50)).len(), 1, "nobody else is touched");
}

#[test]
fn a_restart_keeps_chats_and_waits() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.command(3, Command::Find);
    play.state.pool.separate(PersonId::new(3), PersonId::new(4)).unwrap();
    let since = play.now;
    let seats = (1..=3).map(|n| (PersonId::new(n), play.state.seat(PersonId::new(n)).unwrap())).collect();
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    play.wait_ms(5_000);
    play.event(TICK);
    assert_eq!(relays(&play.say(1, 5)), [(2, 5)]);
    assert!(matches!(play.state.seat(PersonId::new(3)), Some(Seat::Waiting { since: kept, .. }) if kept == since));
}

#[test]
fn a_search_pauses_after_ten_minutes_and_says_so() {
    let mut play = Play::new();
    play.command(1, Command::Find);
    play.wait_ms(600_000);
    let effects = play.event(TICK);
    assert_eq!(notices(&effects), [(1, &Notice::SearchPaused)]);
    assert!(play.state.seat(PersonId::new(1)).is_none());
}

#[test]
fn somebody_who_blocked_the_bot_leaves_the_pool_and_is_heard_again_when_they_write() {
    let mut play = Play::new();
    play.command(1, Command::Find);
    play.update(1, UpdateKind::BotBlocked);
    play.command(2, Command::Find);
    assert!(play.is_waiting(2), "nobody is matched with a person who is gone");
    let effects = play.command(1, Command::Find);
    assert!(effects.contains(&Effect::Reachable { person: PersonId::new(1), is_reachable: true }));
    assert!(play.is_chatting(1));
}

/// People who press nothing in a meeting until a test says so.
fn shy() -> Play {
    Play { is_shy: true, ..Play::new() }
}

/// Who is shown a card, and how that meeting stands for them.
fn cards(effects: &[Effect]) -> Vec<(i64, Standing)> {
    let card = |effect: &Effect| match effect {
        Effect::Notice { receiver, notice: Notice::Meeting { standing, .. }, .. } => Some((receiver.get() - 1_000, *standing)),
        _ => None,
    };
    effects.iter().filter_map(card).collect()
}

mod clock;
mod corrected;
mod daily;
mod former;
mod hold;
mod invite;
mod leaving;
mod meeting;
mod money;
mod written;
