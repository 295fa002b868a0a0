//! Messages that wait: only text at first, photos after the partner's yes, and every message that waits is released once or
//! its writer is told.

use super::*;
use crate::chat::{Contents, Hold, Question, Questions};
use crate::correction::CorrectionNews;
use crate::engine::state::State;
use crate::id::{AlbumId, HoldId};
use crate::time::TelegramTime;

const EARLY_MS: i64 = 120_000;
const ALBUM: Option<AlbumId> = Some(AlbumId::new(5));

impl Play {
    /// Two who chat, past the first minutes.
    fn in_chat() -> Self {
        let mut play = Self::new();
        play.match_one_and_two();
        play.wait_ms(EARLY_MS);
        play
    }

    fn send(&mut self, number: i64, message: i32, content: Content) -> Vec<Effect> {
        self.send_in(number, message, content, None)
    }

    fn send_in(&mut self, number: i64, message: i32, content: Content, album: Option<AlbumId>) -> Vec<Effect> {
        self.update(
            number,
            UpdateKind::Message { message: MessageId::new(message), content, reply_to: None, album, leaks: Questions::EMPTY },
        )
    }

    fn leak(&mut self, number: i64, message: i32, leaks: &[Question]) -> Vec<Effect> {
        let leaks = leaks.iter().copied().collect();
        let (message, content) = (MessageId::new(message), Content::Text);
        self.update(number, UpdateKind::Message { message, content, reply_to: None, album: None, leaks })
    }

    fn answer(&mut self, number: i64, hold: HoldId, is_yes: bool) -> Vec<Effect> {
        self.wait_ms(2_000);
        self.command(number, Command::SendAnyway { hold, is_yes })
    }

    fn say_adult(&mut self, number: i64, hold: HoldId, is_yes: bool) -> Vec<Effect> {
        self.wait_ms(2_000);
        self.command(number, Command::SayAdult { hold, is_yes })
    }

    /// A lane leaves a change of the first person's, made now.
    fn edit(&mut self, message: i32, leaks: &[Question]) -> Vec<Effect> {
        let chat = self.chat_number();
        let original = Original { from: telegram(1), message: MessageId::new(message) };
        let call = Rendered { version: 1, body: "edit".to_owned() };
        let (leaks, edited_at) = (leaks.iter().copied().collect(), Some(self.state.telegram_time(self.now)));
        let command = EngineCommand::PassOn { chat, original, call, leaks, edited_at, is_copied: true, words: None };
        self.event(Event::Command { id: CommandId::new(1), command })
    }

    /// Every row to the second person so far has left.
    fn deliver(&mut self) {
        let last = self.state.ids().next_outbox();
        let relayed = Some((self.chat_number(), 0, last));
        self.event(Event::Settled { receiver: telegram(2), count: 0, relayed });
    }

    fn photo(&mut self, number: i64, message: i32) -> Vec<Effect> {
        self.send(number, message, Content::Photo)
    }

    fn chat_number(&self) -> ChatId {
        self.state.chat_of(telegram(1)).expect("they chat")
    }

    fn waiting(&self) -> Vec<Hold> {
        self.state.holds.all()
    }

    fn take(&mut self, number: i64, hold: HoldId, is_on: bool) -> Vec<Effect> {
        self.wait_ms(2_000);
        self.command(number, Command::TakeMedia { hold, is_on })
    }

    fn turn(&mut self, number: i64, is_on: bool) -> Vec<Effect> {
        self.wait_ms(2_000);
        let chat = self.chat_number();
        self.command(number, Command::TurnMedia { chat, is_on })
    }

    fn prefer(&mut self, number: i64, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.state.people.get_mut(&telegram(number)).unwrap().preferences);
    }

    fn end_lane(&mut self, number: i64) {
        let inbox = self.state.lanes[&telegram(number)].open.unwrap();
        self.event(Event::LaneDone { inbox, telegram: telegram(number), finished: Finished::default() });
    }

    /// Another process goes on with what is stored.
    fn start_anew(&mut self) {
        let loaded = Loaded {
            people: self.state.people.values().cloned().collect(),
            seats: self.state.seats.iter().map(|(&person, &seat)| (person, seat)).collect(),
            holds: self.waiting(),
            ..Loaded::default()
        };
        self.state = State::load(Epoch::new(2), Rules::default(), &loaded, self.now);
    }
}

fn is_lane(effects: &[Effect]) -> bool {
    work(effects).len() == 1
}

fn asked(effects: &[Effect]) -> HoldId {
    let of = |(_, notice): &(i64, &Notice)| if let Notice::AskMedia { hold } = notice { Some(*hold) } else { None };
    notices(effects).iter().find_map(of).expect("the partner is asked")
}

fn dropped(message: i32, why: Undelivered) -> Notice {
    Notice::NotDelivered { message: MessageId::new(message), why }
}

fn released(message: i32) -> Notice {
    Notice::Released { message: MessageId::new(message), on: None }
}

/// What a batch would write of messages that wait, by whether they still do.
fn rows(effects: &[Effect]) -> Vec<(HoldId, bool)> {
    let row = |effect: &Effect| if let Effect::Hold { id, hold } = effect { Some((*id, hold.is_some())) } else { None };
    effects.iter().filter_map(row).collect()
}

#[test]
fn for_two_minutes_only_text_and_stickers_pass() {
    let mut play = Play::new();
    play.match_one_and_two();
    for content in [Content::Photo, Content::Voice, Content::Document, Content::Location, Content::Dice] {
        let effects = play.send(1, 3, content);
        assert_eq!(notices(&effects), [(1, &Notice::TooEarly { left_s: 115 })], "{content}");
        assert!(relays(&effects).is_empty() && rows(&effects).is_empty());
    }
    assert_eq!(relays(&play.send(1, 4, Content::Sticker)), [(2, 4)]);
    assert_eq!(relays(&play.send(1, 5, Content::Text)), [(2, 5)]);
    play.wait_ms(EARLY_MS - 5_000 - 1);
    assert_eq!(notices(&play.send(1, 6, Content::Voice)), [(1, &Notice::TooEarly { left_s: 1 })]);
    play.wait_ms(1);
    assert_eq!(relays(&play.send(1, 7, Content::Voice)), [(2, 7)]);
}

#[test]
fn a_clock_that_is_set_back_does_not_begin_the_first_minutes_anew() {
    let mut play = Play::in_chat();
    play.event(TICK);
    play.wait_ms(-3_600_000);
    assert_eq!(relays(&play.send(1, 7, Content::Voice)), [(2, 7)]);
}

#[test]
fn the_partner_is_asked_once_and_a_yes_releases_what_waits_behind_what_passed() {
    let mut play = Play::in_chat();
    let effects = play.photo(1, 10);
    let hold = asked(&effects);
    assert_eq!(notices(&effects), [(1, &Notice::Held { message: MessageId::new(10) }), (2, &Notice::AskMedia { hold })]);
    assert!(relays(&effects).is_empty());
    assert_eq!(relays(&play.say(1, 11)), [(2, 11)], "what is written behind it passes");
    let again = play.send(1, 12, Content::VideoNote);
    assert_eq!(notices(&again), [(1, &Notice::Held { message: MessageId::new(12) })], "asked once");
    let effects = play.take(2, hold, true);
    assert_eq!(relays(&effects), [(2, 10), (2, 12)]);
    let told = notices(&effects);
    assert!(told.contains(&(1, &released(10))) && told.contains(&(1, &released(12))));
    assert!(play.waiting().is_empty());
    assert_eq!(relays(&play.photo(1, 13)), [(2, 13)], "the yes stands for this chat");
    assert!(relays(&play.photo(2, 14)).is_empty(), "and for this receiver alone");
}

#[test]
fn an_album_is_one() {
    let mut play = Play::in_chat();
    let hold = asked(&play.send_in(1, 10, Content::Photo, ALBUM));
    for message in [11, 12] {
        let effects = play.send_in(1, message, Content::Video, ALBUM);
        assert!(notices(&effects).is_empty() && relays(&effects).is_empty());
    }
    assert_eq!(play.waiting().len(), 1);
    play.start_anew();
    play.send_in(1, 13, Content::Photo, ALBUM);
    let effects = play.take(2, hold, true);
    assert_eq!(relays(&effects), [(2, 10), (2, 11), (2, 12), (2, 13)]);
    assert_eq!(notices(&effects).iter().filter(|(who, _)| *who == 1).count(), 1, "one word for all");
}

#[test]
fn a_no_drops_what_waits_and_holds_until_the_receiver_turns_it() {
    let mut play = Play::in_chat();
    let hold = asked(&play.photo(1, 10));
    play.photo(1, 11);
    let effects = play.take(2, hold, false);
    let told = notices(&effects);
    for message in [10, 11] {
        assert!(told.contains(&(1, &dropped(message, Undelivered::MediaDeclined))), "{told:?}");
    }
    assert!(relays(&effects).is_empty() && play.waiting().is_empty());
    assert_eq!(notices(&play.photo(1, 12)), [(1, &Notice::MediaRefused)]);
    let effects = play.turn(2, true);
    assert!(notices(&effects).contains(&(1, &Notice::MediaAllowed)));
    assert!(relays(&effects).is_empty(), "what was dropped stays dropped");
    assert_eq!(relays(&play.photo(1, 13)), [(2, 13)]);
    play.turn(2, false);
    assert_eq!(notices(&play.photo(1, 14)), [(1, &Notice::MediaRefused)]);
}

#[test]
fn without_an_answer_it_is_dropped_after_two_minutes_and_the_writer_told() {
    let mut play = Play::in_chat();
    let hold = asked(&play.photo(1, 10));
    assert_eq!(play.state.holds.next_deadline(), Some(play.now.plus(Rules::default().hold)));
    play.wait_ms(119_999);
    assert!(rows(&play.event(TICK)).is_empty());
    play.wait_ms(1);
    let effects = play.event(TICK);
    assert_eq!(notices(&effects), [(1, &dropped(10, Undelivered::Unanswered))]);
    assert_eq!(rows(&effects), [(hold, false)]);
    assert_eq!(notices(&play.photo(1, 11)), [(1, &Notice::MediaRefused)], "asked once in this chat");
    let effects = play.take(2, hold, true);
    assert!(relays(&effects).is_empty());
    assert_eq!(relays(&play.photo(1, 12)), [(2, 12)], "a late yes counts for what comes");
}

#[test]
fn time_in_which_nobody_was_heard_does_not_count() {
    let mut play = Play::in_chat();
    play.event(TICK);
    play.photo(1, 10);
    play.wait_ms(300_000);
    assert!(rows(&play.event(Event::Tick { is_listening: false })).is_empty());
    assert!(notices(&play.event(TICK)).is_empty());
    assert_eq!(play.waiting().len(), 1);
    let mut told = Vec::new();
    for _ in 0..30 {
        assert!(told.is_empty());
        play.wait_ms(4_000);
        told = play.event(TICK);
    }
    assert_eq!(notices(&told), [(1, &dropped(10, Undelivered::Unanswered))]);
}

#[test]
fn the_end_of_the_chat_drops_what_waits_and_both_hear_of_theirs() {
    let mut play = Play::in_chat();
    play.photo(1, 10);
    play.send_in(2, 20, Content::Photo, ALBUM);
    play.send_in(2, 21, Content::Photo, ALBUM);
    let effects = play.command(1, Command::Stop);
    let undelivered: Vec<_> = notices(&effects)
        .into_iter()
        .filter_map(|(who, notice)| match notice {
            Notice::ChatEnded { undelivered, .. } => Some((who, *undelivered)),
            _ => None,
        })
        .collect();
    assert_eq!(undelivered, [(1, 1), (2, 2)]);
    assert!(play.waiting().is_empty());
    assert_eq!(rows(&effects).len(), 2);
}

#[test]
fn presses_that_come_twice_after_the_end_or_in_another_chat_change_nothing() {
    let mut play = Play::in_chat();
    let hold = asked(&play.photo(1, 10));
    assert_eq!(relays(&play.take(2, hold, true)), [(2, 10)]);
    assert!(relays(&play.take(2, hold, true)).is_empty(), "released once");
    assert!(is_lane(&play.take(1, hold, true)), "the writer cannot answer");
    play.end_lane(1);
    let chat = play.chat_number();
    play.command(1, Command::Stop);
    assert!(is_lane(&play.take(2, hold, true)), "no chat, no answer");
    let mut play = Play::in_chat();
    let before = HoldId::new(chat.get() - 1);
    asked(&play.photo(1, 10));
    assert!(is_lane(&play.take(2, before, true)), "that button is another chat's");
    let elsewhere = Command::TurnMedia { chat: ChatId::new(1), is_on: true };
    play.end_lane(2);
    assert!(is_lane(&play.command(2, elsewhere)));
    assert_eq!(play.waiting().len(), 1);
}

#[test]
fn at_most_twenty_wait_in_a_chat() {
    let mut play = Play::in_chat();
    for message in 0..20 {
        play.wait_ms(1_000);
        play.photo(1 + i64::from(message % 2), message);
    }
    assert_eq!(play.waiting().len(), 20);
    assert_eq!(notices(&play.photo(1, 50)), [(1, &Notice::TooManyHeld)]);
    assert_eq!(play.waiting().len(), 20);
}

#[test]
fn a_restart_keeps_what_waits_and_releases_it_once() {
    let mut play = Play::in_chat();
    let hold = asked(&play.photo(1, 10));
    play.wait_ms(600_000);
    play.start_anew();
    assert!(rows(&play.event(TICK)).is_empty(), "there is time to answer after an outage");
    assert_eq!(relays(&play.take(2, hold, true)), [(2, 10)]);
    play.start_anew();
    assert!(relays(&play.take(2, hold, true)).is_empty());
    assert_eq!(relays(&play.photo(1, 11)), [(2, 11)], "the answer is kept too");
}

#[test]
fn what_waited_in_a_chat_that_is_gone_is_removed_at_the_start() {
    let mut play = Play::in_chat();
    let hold = asked(&play.photo(1, 10));
    play.state.seats.clear();
    play.start_anew();
    assert_eq!(rows(&play.event(TICK)), [(hold, false)]);
    assert!(play.waiting().is_empty());
}

#[test]
fn text_only_takes_nothing_else_and_a_message_is_judged_again_when_it_is_released() {
    let mut play = Play::in_chat();
    let hold = asked(&play.photo(1, 10));
    play.prefer(2, |theirs| theirs.accepts_media = false);
    for content in [Content::Photo, Content::Voice, Content::Document] {
        assert_eq!(notices(&play.send(1, 11, content)), [(1, &Notice::TextOnly)]);
    }
    assert_eq!(relays(&play.send(1, 12, Content::Sticker)), [(2, 12)]);
    let effects = play.take(2, hold, true);
    assert!(relays(&effects).is_empty() && notices(&effects).contains(&(1, &Notice::TextOnly)));
    assert!(play.waiting().is_empty());
}

#[test]
fn what_a_person_never_passes_on_stays_with_them() {
    let mut play = Play::in_chat();
    let all: Contents = Content::WITHHOLDABLE.into_iter().collect();
    play.prefer(1, |mine| mine.withheld = all);
    for content in Content::WITHHOLDABLE {
        assert_eq!(notices(&play.send(1, 11, content)), [(1, &Notice::Withheld { content })]);
    }
    assert_eq!(relays(&play.send(1, 12, Content::Audio)), [(2, 12)]);
    assert_eq!(relays(&play.send(2, 13, Content::Voice)), [(1, 13)], "the partner's own pass");
}

#[test]
fn an_early_message_sent_by_a_tap_waits_like_any_other() {
    let mut play = Play::in_chat();
    let message = MessageId::new(3);
    let kind = UpdateKind::Message { message, content: Content::Photo, reply_to: None, album: None, leaks: Questions::EMPTY };
    let early =
        Update { written_at: Some(TelegramTime::from_seconds(0)), ..Update::new(UpdateId::new(1_000), telegram(1), kind) };
    assert!(relays(&play.event(Event::Update { update: early, inbox: None })).is_empty());
    let send = Command::SendNow { chat: play.chat_number(), message, content: Content::Photo };
    let hold = asked(&play.command(1, send));
    play.wait_ms(2_000);
    play.command(1, send);
    assert_eq!(play.waiting().len(), 1, "a second tap holds it once");
    assert_eq!(relays(&play.take(2, hold, true)), [(2, 3)]);
}

#[test]
fn a_caption_that_is_changed_meanwhile_goes_with_the_copy() {
    let mut play = Play::in_chat();
    play.photo(1, 10);
    let original = Original { from: telegram(1), message: MessageId::new(10) };
    let call = Rendered { version: 1, body: "x".to_owned() };
    let (chat, leaks) = (play.chat_number(), Questions::EMPTY);
    let command = EngineCommand::PassOn { chat, original, call, leaks, edited_at: None, is_copied: false, words: None };
    let effects = play.event(Event::Command { id: CommandId::new(1), command });
    assert_eq!(effects, [Effect::CommandDone { command: CommandId::new(1) }]);
}

#[test]
fn a_hold_carries_its_question() {
    let mut play = Play::in_chat();
    play.photo(1, 10);
    let hold = &play.waiting()[0];
    assert_eq!((hold.writer, hold.questions), (PersonId::new(1), Questions::EMPTY.with(Question::Media)));
    assert_eq!(hold.messages, [MessageId::new(10)]);
}

fn leak_asked(effects: &[Effect]) -> HoldId {
    let of = |(_, notice): &(i64, &Notice)| if let Notice::AskLeak { hold, .. } = notice { Some(*hold) } else { None };
    notices(effects).iter().find_map(of).expect("the writer is asked")
}

fn unsent(effects: &[Effect]) -> Vec<i32> {
    let of = |effect: &Effect| match effect {
        Effect::Unsend { original, .. } => Some(original.message.get()),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

fn followed(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Edit { .. }))
}

#[test]
fn what_can_identify_its_writer_waits_for_their_yes_and_that_kind_passes_then() {
    let mut play = Play::in_chat();
    let effects = play.leak(1, 10, &[Question::Phone]);
    let hold = leak_asked(&effects);
    assert_eq!(notices(&effects).len(), 1, "the writer alone is asked, and nobody else is told: {effects:?}");
    assert!(relays(&effects).is_empty());
    assert_eq!(relays(&play.say(1, 11)), [(2, 11)]);
    let effects = play.answer(1, hold, true);
    assert_eq!(relays(&effects), [(2, 10)]);
    assert_eq!(notices(&effects), [(1, &released(10))]);
    assert_eq!(relays(&play.leak(1, 12, &[Question::Phone])), [(2, 12)], "that kind passes for this chat");
    leak_asked(&play.leak(1, 13, &[Question::Email]));
    leak_asked(&play.leak(2, 20, &[Question::Phone]));
}

#[test]
fn a_no_keeps_it_and_a_kind_is_asked_about_once_at_a_time() {
    let mut play = Play::in_chat();
    let hold = leak_asked(&play.leak(1, 10, &[Question::Phone]));
    let effects = play.leak(1, 11, &[Question::Phone]);
    assert_eq!(notices(&effects), [(1, &Notice::WaitsToo { message: MessageId::new(11) })]);
    assert!(is_lane(&play.answer(2, hold, true)), "the partner cannot answer");
    let effects = play.answer(1, hold, false);
    assert!(relays(&effects).is_empty() && play.waiting().is_empty());
    assert!(notices(&effects).contains(&(1, &Notice::TakenBack { on: None, has_copy: false })));
    assert!(notices(&effects).contains(&(1, &dropped(11, Undelivered::TakenBack))));
    assert!(is_lane(&play.answer(1, hold, true)), "a second press changes nothing");
}

fn age_asked(effects: &[Effect]) -> Option<HoldId> {
    let of = |(_, notice): &(i64, &Notice)| if let Notice::AskAge { hold, .. } = notice { Some(*hold) } else { None };
    notices(effects).iter().find_map(of)
}

#[test]
fn who_says_that_they_are_a_minor_is_asked_and_the_partner_after_a_no_once_a_chat() {
    let mut play = Play::in_chat();
    let effects = play.leak(1, 10, &[Question::Age]);
    let hold = age_asked(&effects).expect("the writer is asked");
    assert_eq!(notices(&effects).len(), 1, "and nobody else is told: {effects:?}");
    assert!(relays(&effects).is_empty());
    assert!(is_lane(&play.answer(1, hold, true)), "this is not what they were asked");
    play.end_lane(1);
    assert!(is_lane(&play.say_adult(2, hold, true)), "the partner cannot answer");
    play.end_lane(2);
    let effects = play.say_adult(1, hold, true);
    assert_eq!(relays(&effects), [(2, 10)]);
    let chat = play.chat_number();
    assert_eq!(notices(&effects), [(1, &released(10)), (2, &Notice::AskSeemsMinor { chat })]);
    let effects = play.leak(1, 11, &[Question::Age]);
    assert_eq!((relays(&effects), notices(&effects)), (vec![(2, 11)], vec![]), "once a chat");
    age_asked(&play.leak(2, 20, &[Question::Age])).expect("the partner may be one as well");
}

#[test]
fn a_claim_taken_back_or_unanswered_stays() {
    let mut play = Play::in_chat();
    let hold = age_asked(&play.leak(1, 10, &[Question::Age])).unwrap();
    let effects = play.say_adult(1, hold, false);
    assert_eq!(notices(&effects), [(1, &Notice::TakenBack { on: None, has_copy: false })]);
    age_asked(&play.leak(1, 11, &[Question::Age])).expect("it is asked again");
    play.wait_ms(120_000);
    let effects = play.event(Event::Tick { is_listening: true });
    assert_eq!(notices(&effects), [(1, &dropped(11, Undelivered::Unanswered))]);
    assert!(play.waiting().is_empty());
}

#[test]
fn a_number_is_asked_about_before_the_age() {
    let mut play = Play::in_chat();
    let effects = play.leak(1, 10, &[Question::Age, Question::Phone]);
    let hold = leak_asked(&effects);
    assert_eq!(age_asked(&effects), None);
    let effects = play.answer(1, hold, true);
    assert!(relays(&effects).is_empty());
    assert_eq!(age_asked(&effects), Some(hold));
    assert_eq!(relays(&play.say_adult(1, hold, true)), [(2, 10)]);
}

#[test]
fn a_minor_by_their_own_word_leaves_in_neutral_words_and_searches_no_more() {
    let mut play = Play::in_chat();
    play.leak(1, 10, &[Question::Age]);
    let (news, suspended_until) = (CorrectionNews::Underage, Some(Timestamp::MAX));
    let command = EngineCommand::Corrected { telegram: telegram(1), language: UiLanguage::English, news, suspended_until };
    let effects = play.event(Event::Command { id: CommandId::new(1), command });
    let told = notices(&effects);
    assert!(
        matches!(told[..], [(2, Notice::ChatEnded { how: Ended::ByPartner, .. }), (1, Notice::Corrected { .. })]),
        "{told:?}"
    );
    assert!(play.waiting().is_empty() && relays(&effects).is_empty());
    play.wait_ms(2_000);
    let effects = play.command(1, Command::Find);
    assert_eq!(notices(&effects), [(1, &Notice::Suspended { until: Timestamp::MAX })]);
}

#[test]
fn a_photo_with_a_number_asks_its_writer_first_and_then_the_partner() {
    let mut play = Play::in_chat();
    let leaks = Questions::EMPTY.with(Question::Phone);
    let kind = UpdateKind::Message { message: MessageId::new(10), content: Content::Photo, reply_to: None, album: None, leaks };
    let effects = play.update(1, kind);
    let hold = leak_asked(&effects);
    assert_eq!(notices(&effects).len(), 1, "the partner hears of nothing yet");
    let effects = play.answer(1, hold, true);
    assert!(relays(&effects).is_empty());
    assert_eq!(asked(&effects), hold);
    assert_eq!(relays(&play.take(2, hold, true)), [(2, 10)]);
}

#[test]
fn links_of_people_who_are_new_are_refused() {
    let mut play = Play::in_chat();
    assert_eq!(notices(&play.leak(1, 10, &[Question::Link])), [(1, &Notice::LinkTooNew)]);
    play.state.people.get_mut(&telegram(1)).unwrap().chats_count = 3;
    leak_asked(&play.leak(1, 11, &[Question::Link]));
}

#[test]
fn a_change_that_leaks_leaves_the_copy_and_a_yes_copies_anew() {
    let mut play = Play::in_chat();
    play.say(1, 10);
    play.deliver();
    play.wait_ms(10_000);
    let effects = play.edit(10, &[Question::Phone]);
    let hold = leak_asked(&effects);
    assert!(!followed(&effects) && unsent(&effects).is_empty(), "the copy stays as it is");
    let effects = play.answer(1, hold, true);
    assert_eq!((unsent(&effects), relays(&effects)), (vec![10], vec![(2, 10)]));
    assert!(followed(&play.edit(10, &[Question::Phone])), "that kind passes");
}

#[test]
fn a_no_or_no_answer_to_a_change_keeps_the_old_copy() {
    for is_answered in [true, false] {
        let mut play = Play::in_chat();
        play.say(1, 10);
        play.deliver();
        play.wait_ms(10_000);
        let hold = leak_asked(&play.edit(10, &[Question::Phone]));
        let effects = if is_answered {
            play.answer(1, hold, false)
        } else {
            play.wait_ms(120_000);
            play.event(TICK)
        };
        assert!(unsent(&effects).is_empty() && relays(&effects).is_empty());
        let told = notices(&effects);
        let expected = [Notice::TakenBack { on: None, has_copy: true }, dropped(10, Undelivered::EditTakenBack)];
        assert!(matches!(told[..], [(1, notice)] if expected.contains(notice)), "{told:?}");
    }
}

#[test]
fn a_change_before_the_copy_is_known_stops_it_and_so_does_one_that_it_may_hold() {
    for has_left in [false, true] {
        let mut play = Play::in_chat();
        play.say(1, 10);
        if has_left {
            play.deliver();
        }
        let effects = play.edit(10, &[Question::Phone]);
        let hold = leak_asked(&effects);
        assert_eq!(unsent(&effects), [10], "left: {has_left}");
        let effects = play.answer(1, hold, true);
        assert_eq!((unsent(&effects), relays(&effects)), (Vec::new(), vec![(2, 10)]), "copied anew, once");
    }
}

#[test]
fn a_message_that_waits_is_judged_by_its_last_change() {
    let mut play = Play::in_chat();
    let hold = leak_asked(&play.leak(1, 10, &[Question::Phone]));
    let effects = play.edit(10, &[Question::Phone, Question::Email]);
    assert_eq!(leak_asked(&effects), hold);
    let effects = play.edit(10, &[]);
    assert_eq!(relays(&effects), [(2, 10)], "nothing to ask is left");
    assert!(play.waiting().is_empty() && !followed(&effects));
    play.deliver();
    play.wait_ms(10_000);
    play.edit(10, &[Question::Phone]);
    let effects = play.edit(10, &[]);
    assert!(followed(&effects) && play.waiting().is_empty(), "the old copy follows the harmless change");
}

#[test]
fn a_change_to_what_the_partner_never_had_asks_nothing() {
    let mut play = Play::in_chat();
    let chat = play.chat_number();
    let original = Original { from: telegram(1), message: MessageId::new(99) };
    let (call, leaks) = (Rendered { version: 1, body: "edit".to_owned() }, Questions::EMPTY.with(Question::Phone));
    let command = EngineCommand::PassOn { chat, original, call, leaks, edited_at: None, is_copied: false, words: None };
    let effects = play.event(Event::Command { id: CommandId::new(1), command });
    assert_eq!(notices(&effects), [(1, &dropped(99, Undelivered::EditMissing))]);
    assert!(play.waiting().is_empty());
}
