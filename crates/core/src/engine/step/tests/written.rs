//! When it was written, and for whom: messages and their chat, old commands, double taps, a full queue, safety.

use super::*;
use crate::engine::effect::Effect;
use crate::engine::event::Press;
use crate::engine::state::MAX_DEFERRED;
use crate::time::TelegramTime;

const SECOND_MS: i64 = 1_000;

fn shy() -> Play {
    Play { is_shy: true, ..Play::new() }
}

impl Play {
    /// What Telegram's clock shows, if it is so many seconds ahead.
    pub(super) fn telegram(&self, ahead_s: i64) -> TelegramTime {
        TelegramTime::at(self.now, ahead_s * 1_000_000)
    }

    fn written(&mut self, number: i64, message: i32, written_at: TelegramTime) -> Vec<Effect> {
        self.update += 1;
        let kind = said(message);
        let update = Update { written_at: Some(written_at), ..Update::new(UpdateId::new(self.update), telegram(number), kind) };
        self.event(Event::Update { update, inbox: None })
    }

    fn typed(&mut self, number: i64, command: Command, written_at: TelegramTime) -> Vec<Effect> {
        self.update += 1;
        let kind = UpdateKind::Command(command);
        let update = Update { written_at: Some(written_at), ..Update::new(UpdateId::new(self.update), telegram(number), kind) };
        self.event(Event::Update { update, inbox: None })
    }

    fn blocked(&mut self, number: i64, at: TelegramTime) -> Vec<Effect> {
        self.update += 1;
        let update = Update::new(UpdateId::new(self.update), telegram(number), UpdateKind::BotBlocked);
        self.event(Event::Update { update: Update { written_at: Some(at), ..update }, inbox: None })
    }

    fn pressed(&mut self, number: i64, command: Command, button: u64) -> Vec<Effect> {
        self.update += 1;
        let update = Update {
            press: Some(Press { message: Some(MessageId::new(5)), button }),
            callback: Some("q".into()),
            ..Update::new(UpdateId::new(self.update), telegram(number), UpdateKind::Command(command))
        };
        self.event(Event::Update { update, inbox: None })
    }

    /// 1 and 2 have a chat of whose opening nobody has heard yet.
    fn open_unheard(&mut self) -> ChatId {
        self.command(1, Command::Find);
        self.command(2, Command::Find);
        let meeting = *self.state.meetings.first_key_value().unwrap().0;
        self.command(1, Command::Agree(meeting));
        self.command(2, Command::Agree(meeting));
        assert!(self.is_chatting(1) && self.is_chatting(2));
        meeting
    }

    fn heard(&mut self, number: i64, chat: ChatId, at: Option<TelegramTime>) -> Vec<Effect> {
        self.event(Event::Heard { receiver: telegram(number), chat, at })
    }
}

fn before(effects: &[Effect]) -> Vec<(i64, i32)> {
    let told = |(who, notice): (i64, &Notice)| match notice {
        Notice::WrittenBefore { message, .. } => Some((who, message.get())),
        _ => None,
    };
    notices(effects).into_iter().filter_map(told).collect()
}

fn ended(effects: &[Effect], number: i64) -> (u32, bool) {
    let ended = |(who, notice): (i64, &Notice)| match notice {
        Notice::ChatEnded { undelivered, can_rate, .. } if who == number => Some((*undelivered, *can_rate)),
        _ => None,
    };
    notices(effects).into_iter().find_map(ended).unwrap()
}

/// Our clock 60 s ahead of Telegram's, equal, and 60 s behind it.
const AHEAD_S: [i64; 3] = [-60, 0, 60];

#[test]
fn what_was_written_before_the_chat_opened_is_not_relayed_into_it() {
    for ahead_s in AHEAD_S {
        let mut play = shy();
        let chat = play.open_unheard();
        play.wait_ms(2_000);
        let opened = play.telegram(ahead_s);
        let early = TelegramTime::from_seconds(opened.as_seconds() - 1);
        play.heard(1, chat, Some(opened));
        assert_eq!(before(&play.written(1, 7, early)), [(1, 7)], "{ahead_s}: a second earlier");
        assert_eq!(relays(&play.written(1, 8, opened)), [(2, 8)], "{ahead_s}: the same second is meant for this one");
    }
}

#[test]
fn what_is_written_before_it_is_known_waits_in_order() {
    let mut play = shy();
    let chat = play.open_unheard();
    play.wait_ms(1_000);
    let (early, opened) = (play.telegram(-2), play.telegram(0));
    for (message, at) in [(10, early), (11, opened), (12, opened)] {
        let effects = play.written(1, message, at);
        assert!(relays(&effects).is_empty() && matches!(effects[..], [Effect::Store { .. }]), "{effects:?}");
    }
    assert!(relays(&play.heard(2, chat, Some(opened))).is_empty(), "the partner's clock is no matter here");
    let effects = play.heard(1, chat, Some(opened));
    assert_eq!((before(&effects), relays(&effects)), (vec![(1, 10)], vec![(2, 11), (2, 12)]));
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Done { .. })).count(), 3);
    assert_eq!(relays(&play.written(1, 13, opened)), [(2, 13)]);
}

#[test]
fn without_telegrams_answer_the_commit_decides_shifted_by_the_known_difference() {
    for ahead_s in AHEAD_S {
        let mut play = shy();
        play.state.telegram_ahead = ahead_s * 1_000_000;
        let chat = play.open_unheard();
        let opened = play.telegram(ahead_s);
        play.wait_ms(3_000);
        play.written(1, 10, TelegramTime::from_seconds(opened.as_seconds() - 1));
        play.written(1, 11, opened);
        let effects = play.heard(1, chat, None);
        assert_eq!((before(&effects), relays(&effects)), (vec![(1, 10)], vec![(2, 11)]), "{ahead_s}");
    }
}

#[test]
fn a_restart_does_not_ask_for_an_answer_that_never_comes() {
    let mut play = shy();
    play.open_unheard();
    let seats = (1..=2).map(|n| (PersonId::new(n), play.state.seat(PersonId::new(n)).unwrap())).collect();
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    let now = play.telegram(0);
    assert_eq!(relays(&play.written(1, 10, now)), [(2, 10)], "its notice had left and was settled");
}

#[test]
fn what_somebody_writes_tells_how_far_telegrams_clock_is_ahead_at_least() {
    let mut play = shy();
    let now = play.telegram(60);
    play.typed(3, Command::Stop, now);
    let chat = play.open_unheard();
    play.heard(1, chat, None);
    let early = TelegramTime::from_seconds(now.as_seconds() - 30);
    assert_eq!(before(&play.written(1, 10, early)), [(1, 10)]);
    assert_eq!(relays(&play.written(1, 11, now)), [(2, 11)]);
}

#[test]
fn a_restart_knows_telegrams_clock_by_the_last_chat_that_was_heard_of() {
    for ahead_s in AHEAD_S {
        let mut play = shy();
        let opened = play.telegram(ahead_s);
        let chatting = |chat, side, heard_at| Seat::Chatting {
            chat: ChatId::new(chat),
            side,
            since: play.now,
            heard_at,
            has_written: false,
            answers: crate::chat::Answers::default(),
        };
        let [first, second] = [crate::chat::Side::First, crate::chat::Side::Second];
        let seats = [
            chatting(1, first, None),
            chatting(1, second, None),
            chatting(2, first, Some(opened)),
            chatting(2, second, Some(opened)),
        ];
        let seats = (1..=4).map(PersonId::new).zip(seats).collect();
        let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, ..Loaded::default() };
        play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
        let early = TelegramTime::from_seconds(opened.as_seconds() - 1);
        assert_eq!(before(&play.written(1, 10, early)), [(1, 10)], "{ahead_s}");
        assert_eq!(relays(&play.written(1, 11, opened)), [(2, 11)], "{ahead_s}");
    }
}

#[test]
fn a_tap_sends_what_was_written_before_once() {
    let mut play = shy();
    let chat = play.open_unheard();
    let opened = play.telegram(0);
    play.heard(1, chat, Some(opened));
    play.written(1, 7, play.telegram(-30));
    let send = Command::SendNow { chat, message: MessageId::new(7), content: Content::Text };
    assert_eq!(relays(&play.pressed(1, send, 1)), [(2, 7)]);
    play.wait_ms(5_000);
    assert!(relays(&play.pressed(1, send, 1)).is_empty(), "not twice");
    play.command(1, Command::Stop);
    play.wait_ms(5_000);
    let effects = play.pressed(1, send, 1);
    assert!(relays(&effects).is_empty() && work(&effects).len() == 1, "nor into another chat");
}

#[test]
fn a_tap_sends_only_what_was_offered_as_what_it_is() {
    for (message, content) in [(7, Content::Sticker), (8, Content::Text)] {
        let mut play = shy();
        let chat = play.open_unheard();
        let opened = play.telegram(0);
        play.heard(1, chat, Some(opened));
        play.written(1, 7, play.telegram(-30));
        let forged = Command::SendNow { chat, message: MessageId::new(message), content };
        let effects = play.pressed(1, forged, 1);
        assert!(relays(&effects).is_empty() && work(&effects).len() == 1, "{message} {content:?}");
    }
}

#[test]
fn who_wants_out_does_not_wait_for_telegram() {
    let mut play = shy();
    let chat = play.open_unheard();
    play.wait_ms(1_000);
    let now = play.telegram(0);
    play.written(1, 10, now);
    let effects = play.command(1, Command::Stop);
    assert_eq!(relays(&effects), [(2, 10)], "what was written first goes first");
    assert!(!play.is_chatting(1));
    assert!(relays(&play.heard(1, chat, Some(now))).is_empty());
}

#[test]
fn an_old_way_out_does_not_hurry_what_waits() {
    let mut play = shy();
    play.open_unheard();
    play.wait_ms(1_000);
    play.written(1, 10, play.telegram(0));
    let old = play.telegram(-601);
    let effects = play.typed(1, Command::Stop, old);
    assert_eq!(notices(&effects), [(1, &Notice::AskAgain { command: Command::Stop })]);
    assert!(relays(&effects).is_empty() && play.is_chatting(1));
}

#[test]
fn old_commands_are_asked_about_and_not_acted_on() {
    let mut play = shy();
    for command in [Command::Find, Command::Next, Command::Stop, Command::CancelSearch] {
        let old = play.telegram(-601);
        assert_eq!(notices(&play.typed(1, command, old)), [(1, &Notice::AskAgain { command })]);
        assert!(play.state.seat(PersonId::new(1)).is_none());
    }
    let fresh = play.telegram(-599);
    play.typed(1, Command::Find, fresh);
    assert!(play.is_waiting(1));
    assert!(notices(&play.pressed(1, Command::CancelSearch, 9)).contains(&(1, &Notice::SearchCancelled)), "a press has no age");
}

#[test]
fn a_double_tap_is_one_tap() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.is_shy = true;
    play.state.pool.separate(PersonId::new(3), PersonId::new(4)).unwrap();
    play.command(3, Command::Find);
    play.command(4, Command::Find);
    let at = play.telegram(0);
    play.typed(1, Command::Next, at);
    let met = play.state.place_of(telegram(1));
    assert!(met.is_some());
    play.wait_ms(250);
    assert!(play.typed(1, Command::Next, at).is_empty(), "the same reply button, 250 ms later");
    assert_eq!(play.state.place_of(telegram(1)), met, "nobody was met and dropped");
    play.wait_ms(3_000);
    let later = play.telegram(0);
    assert!(!play.typed(1, Command::Next, later).is_empty(), "seconds later it is a new wish");
}

#[test]
fn a_command_is_no_repetition_when_something_was_written_between() {
    let mut play = shy();
    let at = play.telegram(0);
    play.typed(1, Command::Find, at);
    let open = work(&play.written(1, 3, at));
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(1), finished: Finished::default() });
    assert_eq!(notices(&play.typed(1, Command::Find, at)), [(1, &Notice::AlreadySearching)]);
}

#[test]
fn a_second_press_of_one_inline_button_within_a_second_and_a_half_is_the_same() {
    let mut play = shy();
    play.pressed(1, Command::Find, 77);
    play.wait_ms(1_500);
    let effects = play.pressed(1, Command::Find, 77);
    assert_eq!(effects, [Effect::Answer { callback: "q".into() }], "answered, and nothing else");
    play.wait_ms(1);
    assert_eq!(notices(&play.pressed(1, Command::Find, 77)), [(1, &Notice::AlreadySearching)]);
    assert!(notices(&play.pressed(1, Command::CancelSearch, 78)).contains(&(1, &Notice::SearchCancelled)), "another button");
}

#[test]
fn only_chats_in_which_both_wrote_count() {
    for (writers, counts) in [(vec![], 0), (vec![1], 0), (vec![1, 2], 1)] {
        let mut play = Play::new();
        play.match_one_and_two();
        for &writer in &writers {
            play.say(writer, 1);
        }
        let effects = play.command(1, Command::Stop);
        let wrote =
            effects.iter().find_map(|effect| if let Effect::EndChat { wrote, .. } = effect { Some(*wrote) } else { None });
        assert_eq!(wrote.unwrap().iter().filter(|wrote| **wrote).count(), writers.len());
        assert_eq!(play.state.facts(telegram(1)).unwrap().chats_count, 1 + counts, "{writers:?}");
        assert_eq!(ended(&effects, 2).1, writers.contains(&1), "who was written to can rate");
        assert_eq!(ended(&effects, 1).1, writers.contains(&2));
    }
}

#[test]
fn what_does_not_arrive_any_more_is_counted_in_its_writers_end_notice() {
    let mut play = Play::new();
    play.match_one_and_two();
    let chat = play.state.chat_of(telegram(1)).unwrap();
    for message in 0..10 {
        play.wait_ms(SECOND_MS);
        play.say(1, message);
    }
    play.event(Event::Settled { receiver: telegram(2), count: 3, relayed: Some((chat, 3, crate::id::OutboxId::new(0))) });
    let effects = play.command(2, Command::Stop);
    assert_eq!((ended(&effects, 1).0, ended(&effects, 2).0), (7, 0));
}

#[test]
fn a_restart_knows_what_is_on_its_way() {
    use crate::engine::effect::{OutboxBody, OutboxRow, Relay};
    let mut play = Play::new();
    play.match_one_and_two();
    let chat = play.state.chat_of(telegram(1)).unwrap();
    let seats = (1..=2).map(|n| (PersonId::new(n), play.state.seat(PersonId::new(n)).unwrap())).collect();
    let relay =
        |source| Relay { from: telegram(1), source: MessageId::new(source), reply_to: None, is_protected: false, sent: None };
    let row = |id: i64, source| OutboxRow {
        id: crate::id::OutboxId::new(id),
        receiver: telegram(2),
        chat: Some(chat),
        body: OutboxBody::Relay(relay(source)),
    };
    let outbox = vec![row(1, 1), row(2, 2)];
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, outbox, ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    assert_eq!(ended(&play.command(2, Command::Stop), 1).0, 2);
}

#[test]
fn a_backlog_waits_for_room_in_order_and_nothing_of_it_is_refused() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.wait_ms(3_600 * SECOND_MS);
    play.event(Event::Settled { receiver: telegram(2), count: 100, relayed: None });
    let mut passed = Vec::new();
    for message in 0..100 {
        // Written a minute apart, taken in at once.
        let at = TelegramTime::from_seconds(play.telegram(0).as_seconds() - 3_000 + i64::from(message) * 30);
        let effects = play.written(1, message, at);
        passed.extend(relays(&effects));
        assert!(notices(&effects).is_empty(), "{effects:?}");
    }
    assert_eq!(passed.len(), usize::try_from(MAX_RELAYS_PENDING).unwrap());
    while passed.len() < 100 {
        let effects = play.event(Event::Settled { receiver: telegram(2), count: 1, relayed: None });
        let now = relays(&effects);
        assert_eq!(now.len(), 1);
        passed.extend(now);
    }
    assert!(passed.iter().map(|(_, message)| *message).eq(0..100), "in order");
}

#[test]
fn what_waited_for_room_waits_on_after_a_restart() {
    let mut play = Play::new();
    play.match_one_and_two();
    let chat = play.state.chat_of(telegram(1));
    let seats = (1..=2).map(|n| (PersonId::new(n), play.state.seat(PersonId::new(n)).unwrap())).collect();
    let row = |id| InboxRow {
        id: InboxId::new(id),
        telegram: telegram(1),
        chat,
        work: InboxWork::Update { update: UpdateId::new(id), payload: "{}".into() },
        received_at: play.now,
    };
    let loaded = Loaded { people: (1..=4).map(facts).collect(), seats, inbox: vec![row(1), row(2)], ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    play.event(Event::Queued { receiver: telegram(2), count: MAX_RELAYS_PENDING });
    for (id, message) in [(1, 7), (2, 8)] {
        let kind = said(message);
        let written_at = Some(play.telegram(0));
        let update = Update { written_at, ..Update::new(UpdateId::new(id), telegram(1), kind) };
        assert!(play.event(Event::Update { update, inbox: Some(InboxId::new(id)) }).is_empty());
    }
    let effects = play.event(Event::Settled { receiver: telegram(2), count: 2, relayed: None });
    assert_eq!(relays(&effects), [(2, 7), (2, 8)]);
}

#[test]
fn what_a_backlog_cannot_hold_is_told_by_its_number() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.wait_ms(36_000 * SECOND_MS);
    play.event(Event::Settled { receiver: telegram(2), count: 100, relayed: None });
    let kept = i32::try_from(MAX_DEFERRED).unwrap() + i32::try_from(MAX_RELAYS_PENDING).unwrap();
    for message in 0..kept + 7 {
        let at = TelegramTime::from_seconds(play.telegram(0).as_seconds() - 30_000 + i64::from(message) * 30);
        play.written(1, message, at);
    }
    play.wait_ms(5_000);
    assert!(notices(&play.event(TICK)).contains(&(1, &Notice::TooFast { lost: 7 })));
}

#[test]
fn a_way_out_passes_what_waits_and_what_waits_is_counted() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.wait_ms(3_600 * SECOND_MS);
    play.event(Event::Settled { receiver: telegram(2), count: 100, relayed: None });
    for message in 0..60 {
        let at = TelegramTime::from_seconds(play.telegram(0).as_seconds() - 3_000 + i64::from(message) * 30);
        play.written(1, message, at);
    }
    let effects = play.command(1, Command::Stop);
    assert!(!play.is_chatting(1));
    assert_eq!(ended(&effects, 1).0, 20, "what had no room yet does not arrive, and its writer hears it");
    assert!(!play.state.lanes.contains_key(&telegram(1)));
}

#[test]
fn report_block_and_stop_pass_a_full_queue() {
    let mut play = Play::new();
    play.match_one_and_two();
    play.event(Event::Queued { receiver: telegram(2), count: 200 });
    assert!(play.update(2, UpdateKind::Other).is_empty(), "nothing else does");
    let open = work(&play.update(2, UpdateKind::Safety));
    assert_eq!(open.len(), 1);
    play.event(Event::LaneDone { inbox: open[0], telegram: telegram(2), finished: Finished::default() });
    assert!(!play.command(2, Command::Stop).is_empty() && !play.is_chatting(2));
}

#[test]
fn report_block_and_stop_pass_the_flood_guard_late_in_a_backlog() {
    for is_stop in [true, false] {
        let mut play = Play::new();
        play.match_one_and_two();
        play.wait_ms(60 * SECOND_MS);
        let at = play.telegram(-30);
        for message in 0..25 {
            play.written(1, message, at);
        }
        if is_stop {
            play.typed(1, Command::Stop, at);
            assert!(!play.is_chatting(1));
        } else {
            assert_eq!(work(&play.update(1, UpdateKind::Safety)).len(), 1);
        }
    }
}

#[test]
fn a_partners_messages_leave_room_for_what_the_bot_has_to_say() {
    let mut play = Play::new();
    play.match_one_and_two();
    for message in 0..60 {
        play.wait_ms(SECOND_MS);
        play.say(1, message);
    }
    assert_eq!(play.state.pending_rows(telegram(2)), 2 + MAX_RELAYS_PENDING - 2);
    assert!(!notices(&play.command(2, Command::Find)).is_empty(), "the partner of a flood is answered");
}

#[test]
fn a_report_is_about_the_chat_it_was_written_in() {
    let mut play = Play::new();
    play.match_one_and_two();
    let first = play.state.chat_of(telegram(1)).unwrap();
    let busy = work(&play.update(1, UpdateKind::Other))[0];
    play.update(1, UpdateKind::Safety);
    play.command(3, Command::Find);
    play.event(Event::Gone { telegram: telegram(2) });
    assert_ne!(play.state.place_of(telegram(1)), Some(first), "with somebody else by now");
    let effects = play.event(Event::LaneDone { inbox: busy, telegram: telegram(1), finished: Finished::default() });
    let about = effects.iter().find_map(|effect| if let Effect::Work(work) = effect { work.about } else { None });
    assert_eq!(about, Some(first));
}

#[test]
fn what_a_banned_person_wrote_is_not_delivered_any_more() {
    let mut play = Play::new();
    play.match_one_and_two();
    let chat = play.state.chat_of(telegram(1)).unwrap();
    play.say(1, 5);
    let ban =
        EngineCommand::Sanction { person: PersonId::new(1), until: Some(Timestamp::MAX), reason: "spam".into(), news: None };
    let effects = play.event(Event::Command { id: CommandId::new(1), command: ban });
    assert!(effects.contains(&Effect::Purge { receiver: telegram(2), chat: Some(chat) }));
}

#[test]
fn a_block_that_comes_after_what_was_written_since_is_over() {
    let mut play = shy();
    // Blocked, unblocked, and back to search, all before the block arrives.
    let before = play.telegram(-20);
    play.typed(1, Command::Find, play.telegram(0));
    assert!(play.is_waiting(1));
    assert_eq!(play.blocked(1, before), []);
    assert!(play.is_waiting(1), "the search began after the block");
    // In the same second nobody can tell; and one from after it counts.
    play.blocked(1, play.telegram(0));
    assert!(!play.is_waiting(1));
    // Minutes later nothing is remembered.
    play.typed(1, Command::Find, play.telegram(0));
    play.wait_ms(601 * SECOND_MS);
    play.event(TICK);
    assert!(play.state.written.is_empty());
}
