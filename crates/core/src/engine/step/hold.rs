//! Messages that wait for an answer: what needs one, who is asked, and what becomes of them. What is written behind one that
//! waits passes; one that is released arrives after what has passed by then.

use super::{Letter, Turn};
use crate::chat::{Answers, Content, Hold, Question, Questions, Seat, Sent, Undelivered};
use crate::engine::effect::{Effect, Original, Relay};
use crate::engine::notice::Notice;
use crate::id::{ChatId, HoldId, MessageId, PersonId};
use crate::tier::Capped;
use crate::time::TelegramTime;

/// What becomes of a message to a partner.
enum Verdict {
    Passes,
    Refused(Notice),
    /// It waits until this is answered.
    Waits(Questions),
}

impl Turn<'_> {
    /// Reports whether a message passes at once; one that does not is held or refused with the reason.
    pub(super) fn passes(&mut self, writer: PersonId, letter: &Letter<'_>) -> bool {
        let Some((chat, partner)) = self.chat_and_partner(writer) else { return false };
        // What belongs to an album that waits waits with it.
        let waits = |hold: &&Hold| hold.writer == writer && letter.album.is_some() && hold.album == letter.album;
        let album = self.state.holds.of(chat).find(waits).cloned();
        if let Some(mut hold) = album {
            let before = hold.questions;
            if !hold.messages.contains(&letter.message) {
                hold.messages.push(letter.message);
                hold.questions = before.union(letter.leaks.minus(self.state.answers_of(writer).passes));
                self.put_hold(hold.clone());
                self.ask_more(&hold, before, partner);
            }
            return false;
        }
        match self.judge((writer, partner), letter.content, letter.leaks) {
            Verdict::Passes => true,
            verdict => {
                self.keep_back((chat, writer, partner), letter, (verdict, false));
                false
            }
        }
    }

    /// Holds or refuses what does not pass.
    fn keep_back(
        &mut self,
        (chat, writer, partner): (ChatId, PersonId, PersonId),
        letter: &Letter<'_>,
        (verdict, has_copy): (Verdict, bool),
    ) {
        let questions = match verdict {
            Verdict::Passes => return,
            Verdict::Refused(notice) => return self.tell(writer, notice),
            Verdict::Waits(questions) => questions,
        };
        let &Letter { message, content, reply_to, album, .. } = letter;
        if self.state.holds.holds(chat, writer, message) {
            return;
        }
        if self.state.holds.of(chat).count() >= self.state.rules.most_held {
            return self.tell(writer, Notice::TooManyHeld);
        }
        let (id, expires_at) = (self.state.ids.next_hold(), self.now.plus(self.state.rules.hold));
        let messages = vec![message];
        let hold = Hold { id, chat, writer, messages, album, content, reply_to, questions, has_copy, expires_at };
        self.put_hold(hold.clone());
        self.ask_more(&hold, Questions::EMPTY, partner);
    }

    /// Keeps a change to a message back; the partner may have the copy from before.
    pub(super) fn hold_change(&mut self, place: (ChatId, PersonId, PersonId), letter: &Letter<'_>, has_copy: bool) {
        let (chat, writer, partner) = place;
        let verdict = self.judge((writer, partner), letter.content, letter.leaks);
        self.keep_back(place, letter, (verdict, has_copy));
        if self.state.holds.holds(chat, writer, letter.message) {
            self.note_words(writer, letter, has_copy);
        }
    }

    /// Reports whether nothing in a message has to be asked or refused because it can identify its writer.
    pub(super) fn is_harmless(&self, writer: PersonId, leaks: Questions) -> bool {
        leaks.minus(self.state.answers_of(writer).passes).is_empty() && self.link_refusal(writer, leaks).is_none()
    }

    /// Asks what a message that waits needs beyond what stood there before: its writer first, then the partner. A kind that
    /// the writer is asked about already is not asked about again.
    fn ask_more(&mut self, hold: &Hold, before: Questions, partner: PersonId) {
        let &Hold { id, chat, writer, questions, .. } = hold;
        let (Some(&message), leaks) = (hold.messages.first(), questions.asked_of_writer()) else { return };
        if !leaks.is_empty() {
            if leaks.minus(before.asked_of_writer()).is_empty() {
                return;
            }
            let others = self.state.holds.of(chat).filter(|other| other.writer == writer && other.id != id);
            let asked = others.fold(Questions::EMPTY, |all, other| all.union(other.questions.asked_of_writer()));
            let is_asked = leaks.minus(asked).is_empty();
            let notice = match leaks.contains(Question::Age) {
                _ if is_asked => Notice::WaitsToo { message },
                true => Notice::AskAge { hold: id, message },
                false => Notice::AskLeak { hold: id, message, leaks },
            };
            return self.tell(writer, notice);
        }
        if before.contains(Question::Media) && before.leaks().is_empty() {
            return;
        }
        self.tell(writer, Notice::Held { message });
        let answers = self.state.answers_of(partner);
        if !answers.is_media_asked {
            self.put_answers(partner, Answers { is_media_asked: true, ..answers });
            self.tell(partner, Notice::AskMedia { hold: id });
        }
    }

    fn judge(&self, (writer, partner): (PersonId, PersonId), content: Content, leaks: Questions) -> Verdict {
        let (Some(mine), Some(theirs)) = (self.state.facts_of(writer), self.state.facts_of(partner)) else {
            return Verdict::Passes;
        };
        if mine.preferences.withheld.contains(content) {
            return Verdict::Refused(Notice::Withheld { content });
        }
        if let Some(notice) = self.link_refusal(writer, leaks) {
            return Verdict::Refused(notice);
        }
        let mut questions = leaks.minus(self.state.answers_of(writer).passes);
        if !content.is_plain() {
            if !theirs.preferences.accepts_media {
                return Verdict::Refused(Notice::TextOnly);
            }
            let left_s = self.early_left(writer);
            if left_s > 0 {
                return Verdict::Refused(Notice::TooEarly { left_s });
            }
            if let Some(notice) = self.enough(writer, Capped::Media) {
                return Verdict::Refused(notice);
            }
            let Answers { passes, is_media_asked } = self.state.answers_of(partner);
            if content.is_picture() && !passes.contains(Question::Media) {
                if is_media_asked && !self.is_waiting_for_media(writer) {
                    return Verdict::Refused(Notice::MediaRefused);
                }
                questions = questions.with(Question::Media);
            }
        }
        if questions.is_empty() { Verdict::Passes } else { Verdict::Waits(questions) }
    }

    /// For how many seconds only text and stickers pass yet.
    fn early_left(&self, person: PersonId) -> u32 {
        let Some(&Seat::Chatting { since, .. }) = self.state.seats.get(&person) else { return 0 };
        let left = since.plus(self.state.rules.early).since(self.now);
        u32::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
    }

    /// Reports whether something of a person's waits for the partner's answer about photos and videos.
    fn is_waiting_for_media(&self, writer: PersonId) -> bool {
        let Some((chat, _)) = self.chat_and_partner(writer) else { return false };
        self.state.holds.of(chat).any(|hold| hold.writer == writer && hold.questions.contains(Question::Media))
    }

    /// Answers `which` questions of a message's writer, and with it all others that wait for the same: it goes although
    /// something in it can identify them, or they are not under 18 although it says so. Reports whether it waits for that.
    pub(super) fn send_anyway(
        &mut self,
        person: PersonId,
        id: HoldId,
        which: fn(Questions) -> Questions,
        (is_yes, on): (bool, Option<MessageId>),
    ) -> bool {
        let Some((chat, partner)) = self.chat_and_partner(person) else { return false };
        let is_asked = |hold: &&Hold| hold.id == id && hold.writer == person;
        let Some(leaks) = self.state.holds.of(chat).find(is_asked).map(|hold| which(hold.questions)) else { return false };
        if leaks.is_empty() {
            return false;
        }
        if is_yes {
            let answers = self.state.answers_of(person);
            self.put_answers(person, Answers { passes: answers.passes.union(leaks), ..answers });
        }
        let waits = |hold: &&Hold| hold.writer == person && !hold.questions.intersection(leaks).is_empty();
        let waiting: Vec<Hold> = self.state.holds.of(chat).filter(waits).cloned().collect();
        for hold in waiting {
            let on = on.filter(|_| hold.id == id);
            if is_yes {
                let leaks = hold.questions.leaks();
                self.judge_again(hold, partner, (leaks, on));
            } else if hold.id == id {
                self.remove_hold(id);
                self.tell(person, Notice::TakenBack { on, has_copy: hold.has_copy });
            } else {
                self.drop_hold(&hold, Undelivered::TakenBack);
            }
        }
        if is_yes && leaks.contains(Question::Age) {
            // It passes from now on, so this is asked once a chat.
            self.tell(partner, Notice::AskSeemsMinor { chat });
        }
        true
    }

    /// The question about photos and videos is answered. It stands as long as the chat, also when nothing waits for it any
    /// more: a hold has a higher number than its chat, and a lower one than every chat after it. Reports whether it was
    /// asked in this chat.
    pub(super) fn take_media(&mut self, person: PersonId, hold: HoldId, answer: (bool, Option<MessageId>)) -> bool {
        let chat = self.chat_and_partner(person).map(|(chat, _)| chat);
        match chat.filter(|chat| hold.get() > chat.get()) {
            Some(chat) if self.state.answers_of(person).is_media_asked => self.turn_media(person, chat, answer),
            _ => false,
        }
    }

    /// A person takes photos and videos from now on, or does not. Reports whether they are in this chat.
    pub(super) fn turn_media(&mut self, person: PersonId, chat: ChatId, (is_on, on): (bool, Option<MessageId>)) -> bool {
        let Some((_, partner)) = self.chat_and_partner(person).filter(|(current, _)| *current == chat) else { return false };
        let before = self.state.answers_of(person).passes;
        let passes = if is_on { before.with(Question::Media) } else { before.without(Question::Media) };
        self.put_answers(person, Answers { passes, is_media_asked: true });
        self.tell(person, Notice::Media { chat, is_on, on });
        let waits = |hold: &&Hold| hold.writer == partner && hold.questions.contains(Question::Media);
        let waiting: Vec<Hold> = self.state.holds.of(chat).filter(waits).cloned().collect();
        if is_on && passes != before && waiting.is_empty() {
            self.tell(partner, Notice::MediaAllowed);
        }
        for hold in waiting {
            if is_on {
                let leaks = hold.questions.leaks();
                self.judge_again(hold, person, (leaks, None));
            } else {
                self.drop_hold(&hold, Undelivered::MediaDeclined);
            }
        }
        true
    }

    /// A question of a message that waits was answered with yes, or it was changed and holds this now.
    pub(super) fn judge_again(&mut self, hold: Hold, partner: PersonId, (leaks, on): (Questions, Option<MessageId>)) {
        match self.judge((hold.writer, partner), hold.content, leaks) {
            Verdict::Waits(questions) if questions == hold.questions => {}
            Verdict::Waits(questions) => {
                let before = hold.questions;
                let hold = Hold { questions, ..hold };
                self.put_hold(hold.clone());
                self.ask_more(&hold, before, partner);
            }
            Verdict::Refused(notice) => {
                self.remove_hold(hold.id);
                self.tell(hold.writer, notice);
            }
            Verdict::Passes => {
                self.remove_hold(hold.id);
                self.count_passed(hold.writer, (hold.content, leaks), hold.messages.len());
                for &message in &hold.messages {
                    if hold.has_copy {
                        self.unsend(hold.writer, message);
                    }
                    self.pass(hold.writer, message, hold.reply_to, (hold.content, None));
                }
                if let Some(&message) = hold.messages.first() {
                    self.tell(hold.writer, Notice::Released { message, on });
                }
            }
        }
    }

    /// Sends a message to its writer's partner: what it is, and when it was written, if that is at hand.
    pub(super) fn pass(
        &mut self,
        writer: PersonId,
        message: MessageId,
        reply_to: Option<MessageId>,
        (content, written_at): (Content, Option<TelegramTime>),
    ) {
        let Some((chat, partner)) = self.chat_and_partner(writer) else { return };
        let (Some(mine), Some(theirs)) = (self.state.facts_of(writer), self.state.facts_of(partner)) else { return };
        let (from, receiver, is_protected) = (mine.telegram, theirs.telegram, mine.preferences.protects_content);
        self.state.add_pending(receiver, 1);
        if let Some(count) = self.state.unsettled_mut(receiver, chat) {
            *count = count.saturating_add(1);
        }
        self.note_written(writer);
        let (id, original) = (self.state.ids.next_outbox(), Original { from, message });
        let mut sent = Sent { content, at: written_at.unwrap_or_else(|| self.state.telegram_time(self.now)) };
        if let Some(live) = self.state.chats.get_mut(&chat) {
            live.copies.add(original, id);
            live.texts.pass(original, id);
            // Of an album that waited only what the first one holds is stored.
            sent.content = live.texts.content(original).unwrap_or(content);
        }
        let relay = Relay { from, source: message, reply_to, is_protected, sent: Some(sent) };
        self.out.push(Effect::Relay { id, chat, receiver, relay });
    }

    /// Drops messages whose time is over.
    pub(super) fn end_old_holds(&mut self) {
        while let Some(hold) = self.state.holds.first_old(self.now) {
            self.drop_hold(&hold, Undelivered::Unanswered);
        }
    }

    fn drop_hold(&mut self, hold: &Hold, why: Undelivered) {
        self.remove_hold(hold.id);
        let why = if hold.has_copy { Undelivered::EditTakenBack } else { why };
        if let Some(&message) = hold.messages.first() {
            self.tell(hold.writer, Notice::NotDelivered { message, why });
        }
    }

    /// Drops everything that waits in a chat that is over. Returns how many messages of each of these people.
    pub(super) fn drop_holds(&mut self, chat: ChatId, writers: [PersonId; 2]) -> [u32; 2] {
        let dropped: Vec<Hold> = self.state.holds.of(chat).cloned().collect();
        for hold in &dropped {
            self.remove_hold(hold.id);
        }
        writers.map(|writer| {
            let of_writer = dropped.iter().filter(|hold| hold.writer == writer).map(|hold| hold.messages.len());
            u32::try_from(of_writer.sum::<usize>()).unwrap_or(u32::MAX)
        })
    }

    /// Removes what was read at start and belongs to no chat that goes on.
    pub(super) fn remove_stale_holds(&mut self) {
        for id in std::mem::take(&mut self.state.stale_holds) {
            self.out.push(Effect::Hold { id, hold: None });
        }
    }

    /// Changes every message that waits, each on its own.
    pub(super) fn change_holds(&mut self, change: impl Fn(&Self, Hold) -> Hold) {
        for hold in self.state.holds.all() {
            let changed = change(self, hold.clone());
            if changed != hold {
                self.put_hold(changed);
            }
        }
    }

    fn put_hold(&mut self, hold: Hold) {
        self.state.holds.put(hold.clone());
        self.out.push(Effect::Hold { id: hold.id, hold: Some(hold) });
    }

    pub(super) fn remove_hold(&mut self, id: HoldId) {
        if self.state.holds.remove(id).is_some() {
            self.out.push(Effect::Hold { id, hold: None });
        }
    }

    fn put_answers(&mut self, person: PersonId, new: Answers) {
        let Some(mut seat) = self.state.seats.get(&person).copied() else { return };
        if let Seat::Chatting { answers, .. } = &mut seat
            && *answers != new
        {
            *answers = new;
            self.put_seat(person, seat);
        }
    }
}
