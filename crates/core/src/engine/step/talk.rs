//! In a chat: relaying, ending, and what becomes of both people afterwards.

use super::{Letter, Ruling, Turn};
use crate::chat::{Content, EndReason, Seat, Side};
use crate::conduct::ProfileText;
use crate::correction::CorrectionNews;
use crate::decision::{AppealNews, DecisionNews};
use crate::engine::effect::{Effect, Task};
use crate::engine::event::EndCause;
use crate::engine::notice::{Ended, Notice};
use crate::engine::state::LastChat;
use crate::id::{ChatId, MessageId, OutboxId, PersonId, TelegramId};
use crate::person::UiLanguage;
use crate::premium::run;
use crate::tier::Capped;
use crate::time::{TelegramTime, Timestamp};

/// A message that came so long after it was written belongs to a backlog: it waits for room instead of being refused.
const BACKLOG_S: i64 = 10;
/// How far before the longest wait a survivor's wait is dated.
const HEAD_START: std::time::Duration = std::time::Duration::from_millis(1);

/// What the end of a chat leaves for one of its people to hear.
#[derive(Clone, Copy, Default)]
struct Leftover {
    /// Whether the other one wrote, so that there is something to rate.
    can_rate: bool,
    /// How many of their last messages may not have arrived.
    undelivered: u32,
    /// Whether they search on.
    searching: bool,
}

#[derive(Clone, Copy, Default)]
struct Leftovers {
    ender: Leftover,
    partner: Leftover,
}

impl Turn<'_> {
    /// A message that is no command: relayed if its sender is in a chat, a lane's business otherwise.
    pub(super) fn message(&mut self, person: PersonId, letter: Letter<'_>) -> Ruling {
        let Letter { message, content, leaks, written_at, has_waited, .. } = letter;
        let (chat, heard_at) = match self.state.seats.get(&person) {
            Some(&Seat::Chatting { chat, heard_at, .. }) => (chat, heard_at),
            Some(Seat::Meeting { .. }) => {
                self.tell(person, Notice::MeetingFirst);
                return Ruling::Decided;
            }
            Some(Seat::Waiting { .. }) | None => return Ruling::NeedsLane,
        };
        if !content.is_relayed() {
            self.tell(person, Notice::NotRelayed { content });
            return Ruling::Decided;
        }
        // Whether it was meant for this partner is known once its sender has heard of the chat.
        let Some(heard_at) = heard_at else { return Ruling::Waits };
        if written_at.is_some_and(|written_at| written_at < heard_at) {
            if let Some(live) = self.state.chats.get_mut(&chat) {
                live.offered.insert((person, message), (content, leaks));
            }
            self.note_words(person, &letter, false);
            self.tell(person, Notice::WrittenBefore { chat, message, content });
            return Ruling::Decided;
        }
        let age_s = written_at.map_or(0, |written_at| self.state.telegram_time(self.now).seconds_since(written_at));
        self.relay(person, letter, has_waited || age_s > BACKLOG_S)
    }

    /// Passes a message on to its sender's partner, or says why not. What comes from a backlog waits for room.
    fn relay(&mut self, person: PersonId, letter: Letter<'_>, may_wait: bool) -> Ruling {
        let Letter { message, content, reply_to, written_at, .. } = letter;
        let Some((chat, partner)) = self.chat_and_partner(person) else { return Ruling::NeedsLane };
        let from = self.state.accounts.get(&person).copied();
        let receiver = self.state.accounts.get(&partner).copied();
        let (Some(from), Some(receiver)) = (from, receiver) else { return Ruling::NeedsLane };
        if !self.passes(person, &letter) {
            if self.state.holds.holds(chat, person, message) {
                self.note_words(person, &letter, false);
            }
            return Ruling::Decided;
        }
        if self.state.is_full_for_relays(receiver) {
            // Behind a message that waits, every other one does.
            if may_wait || self.state.lanes.contains_key(&from) {
                return Ruling::Waits;
            }
            self.tell(person, Notice::PartnerSlow);
            return Ruling::Decided;
        }
        self.count_passed(person, (letter.content, letter.leaks), 1);
        self.note_words(person, &letter, false);
        self.pass(person, message, reply_to, (content, written_at));
        Ruling::Decided
    }

    /// Passes on, by its writer's tap, a message that was written before the chat opened, and offered as what it is: a
    /// button's data comes from the writer's program, which can call a photo a text. Offers end with the process.
    pub(super) fn send_now(
        &mut self,
        person: PersonId,
        chat: ChatId,
        (message, content): (MessageId, Content),
        on: Option<MessageId>,
    ) -> Ruling {
        if self.chat_and_partner(person).is_none_or(|(current, _)| current != chat) || !content.is_relayed() {
            return Ruling::NeedsLane;
        }
        let Some(live) = self.state.chats.get_mut(&chat) else { return Ruling::NeedsLane };
        let offer = live.offered.get(&(person, message)).filter(|(offered, _)| *offered == content);
        let Some(&(_, leaks)) = offer else { return Ruling::NeedsLane };
        let is_new = live.sent_now.insert((person, message));
        if is_new {
            let pending = self.pending_to_partner(person);
            let (reply_to, album, written_at, has_waited, words) = (None, None, None, false, None);
            let letter = Letter { message, content, reply_to, album, leaks, written_at, has_waited, words };
            let ruling = self.relay(person, letter, false);
            if pending == self.pending_to_partner(person) {
                // Refused with a reason, or held: it can be tried again.
                if let Some(live) = self.state.chats.get_mut(&chat) {
                    live.sent_now.remove(&(person, message));
                }
                return if ruling == Ruling::Waits { Ruling::Decided } else { ruling };
            }
        }
        self.tell(person, Notice::SentNow { on });
        Ruling::Decided
    }

    fn pending_to_partner(&self, person: PersonId) -> u32 {
        let receiver = self.chat_and_partner(person).and_then(|(_, partner)| self.state.accounts.get(&partner).copied());
        receiver.map_or(0, |receiver| self.state.pending_rows(receiver))
    }

    /// A person's first message in a chat: once both have written it counts as completed.
    pub(super) fn note_written(&mut self, person: PersonId) {
        if let Some(Seat::Chatting { has_written, .. }) = self.state.seats.get_mut(&person)
            && !*has_written
        {
            *has_written = true;
            let seat = self.state.seats.get(&person).copied();
            self.out.push(Effect::Seat { person, seat });
        }
    }

    /// It is known when the notice that opened a chat reached somebody: what they wrote since can be passed on.
    pub(super) fn heard(&mut self, receiver: TelegramId, chat: ChatId, at: Option<TelegramTime>) {
        if let Some(at) = at {
            self.state.telegram_ahead = at.ahead_of(self.now);
        }
        let Some(person) = self.state.people.get(&receiver).map(|facts| facts.person) else { return };
        if self.state.chat_of(receiver) == Some(chat) && self.set_heard(person, at) {
            self.go_on(receiver);
        }
    }

    /// Sets from when on somebody's messages belong to their chat, unless that is known; without a time of Telegram's, from
    /// the opening by our clock. Returns whether it was not known before.
    pub(super) fn set_heard(&mut self, person: PersonId, at: Option<TelegramTime>) -> bool {
        let Some(&Seat::Chatting { chat, side, since, heard_at: None, has_written, answers }) = self.state.seats.get(&person)
        else {
            return false;
        };
        let heard_at = Some(at.unwrap_or_else(|| self.state.telegram_time(since.min(self.now))));
        let seat = Seat::Chatting { chat, side, since, heard_at, has_written, answers };
        self.state.seats.insert(person, seat);
        self.out.push(Effect::Seat { person, seat: Some(seat) });
        true
    }

    /// Does not wait any longer for Telegram to say when somebody heard of their chat: they want to end it.
    pub(super) fn hear_by_our_clock(&mut self, telegram: TelegramId) {
        let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) else { return };
        if self.set_heard(person, None) {
            self.go_on(telegram);
        }
    }

    /// Rows to somebody left: there is room for what their partner wrote.
    pub(super) fn settled(&mut self, receiver: TelegramId, count: u32, relayed: Option<(ChatId, u32, OutboxId)>) {
        self.state.settle_pending(receiver, count);
        if let Some((chat, _, last)) = relayed
            && let Some(live) = self.state.chats.get_mut(&chat)
        {
            live.copies.leave(receiver, last, self.now);
        }
        if let Some((chat, relays, _)) = relayed
            && let Some(unsettled) = self.state.unsettled_mut(receiver, chat)
        {
            *unsettled = unsettled.saturating_sub(relays);
        }
        if self.state.is_full_for_relays(receiver) {
            return;
        }
        let person = self.state.people.get(&receiver).map(|facts| facts.person);
        let partner = person.and_then(|person| self.chat_and_partner(person)).map(|(_, partner)| partner);
        if let Some(&writer) = partner.and_then(|partner| self.state.accounts.get(&partner)) {
            self.go_on(writer);
        }
    }

    pub(super) fn chat_and_partner(&self, person: PersonId) -> Option<(ChatId, PersonId)> {
        let Some(&Seat::Chatting { chat, .. }) = self.state.seats.get(&person) else { return None };
        let [first, second] = self.state.chats.get(&chat)?.people;
        Some((chat, if first == person { second } else { first }))
    }

    /// Ends the chat a person is in, at their wish. Returns whether there was one.
    pub(super) fn end_chat_by(&mut self, person: PersonId, reason: EndReason, searches_on: bool) -> bool {
        let Some((chat, partner)) = self.chat_and_partner(person) else { return false };
        let left = self.close(chat, [person, partner], reason, Some(person));
        self.tell_ended(person, chat, Ended::ByYou(reason), Leftover { searching: searches_on, ..left.ender });
        self.tell_ended(partner, chat, Ended::ByPartner, left.partner);
        true
    }

    fn tell_ended(&mut self, person: PersonId, chat: ChatId, how: Ended, left: Leftover) {
        let Leftover { can_rate, undelivered, searching } = left;
        self.tell(person, Notice::ChatEnded { chat, how, searching, can_rate, undelivered });
    }

    /// Frees the seats of the person who ends it and of their partner, and remembers the pair. Rows on their way to the person
    /// who ended it are dropped; those to the partner are still delivered, before their end notice. Returns what that leaves
    /// for each of them to hear.
    fn close(&mut self, chat: ChatId, [ender, partner]: [PersonId; 2], reason: EndReason, by: Option<PersonId>) -> Leftovers {
        let Some(live) = self.state.chats.remove(&chat) else { return Leftovers::default() };
        let wrote =
            live.people.map(|person| matches!(self.state.seats.get(&person), Some(Seat::Chatting { has_written: true, .. })));
        let ender_side = if live.people.first() == Some(&ender) { Side::First } else { Side::Second };
        let (ender_wrote, partner_wrote) = (*ender_side.of(&wrote), *ender_side.other().of(&wrote));
        let to_ender = *ender_side.of(&live.unsettled);
        let is_completed = ender_wrote && partner_wrote;
        self.out.push(Effect::EndChat { chat, reason, by, wrote });
        for person in [ender, partner] {
            self.state.seats.remove(&person);
            self.out.push(Effect::Seat { person, seat: None });
            if is_completed && let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) {
                facts.chats_count = facts.chats_count.saturating_add(1);
                if facts.chats_count == 1 {
                    self.put_task(person, Task::FirstChat { person });
                }
            }
        }
        let accounts = [ender, partner].map(|person| self.state.accounts.get(&person).copied());
        if let [Some(receiver), _] = accounts {
            self.out.push(Effect::Purge { receiver, chat: Some(chat) });
        }
        let mut waiting = [0_u32; 2];
        for (account, count) in accounts.into_iter().zip(&mut waiting) {
            *count = account.map_or(0, |account| self.drop_waiting(account, chat));
        }
        let held = self.drop_holds(chat, [ender, partner]);
        for (count, held) in waiting.iter_mut().zip(held) {
            *count = count.saturating_add(held);
        }
        let [from_ender, from_partner] = waiting;
        self.state.pool.separate_lately(ender, partner, self.now, self.now);
        let ended_by_next = reason == EndReason::Next;
        let ended_at = self.now;
        self.state.last_chats.insert(ender, LastChat { partner, ended_at, ended_by_next: false });
        self.state.last_chats.insert(partner, LastChat { partner: ender, ended_at, ended_by_next });
        Leftovers {
            ender: Leftover { can_rate: partner_wrote, undelivered: from_ender, searching: false },
            partner: Leftover { can_rate: ender_wrote, undelivered: to_ender.saturating_add(from_partner), searching: false },
        }
    }

    /// A person cannot be reached any more: their search or chat ends, the partner goes to the head of the line.
    pub(super) fn lost(&mut self, telegram: TelegramId) {
        self.out.push(Effect::Purge { receiver: telegram, chat: None });
        let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) else { return };
        self.set_reachable(person, telegram, false);
        if let Some((chat, partner)) = self.chat_and_partner(person) {
            let left = self.close(chat, [person, partner], EndReason::Gone, None).partner;
            let enough = self.enough(partner, Capped::Partners);
            if enough.is_some() || !self.may_search(partner) {
                self.tell_ended(partner, chat, Ended::ByPartner, left);
                return;
            }
            self.tell_ended(partner, chat, Ended::PartnerGone, Leftover { searching: true, ..left });
            // Before the longest wait: that is the head of the line.
            let since = self.state.oldest_wait().unwrap_or(self.now).min(self.now).minus(HEAD_START);
            self.search_from(partner, since);
        } else if let Some((meeting, _)) = self.meeting_and_partner(person) {
            self.fail_by(meeting, person, EndReason::Gone, None);
        } else {
            self.vacate_silently(person);
        }
    }

    /// These two never meet again.
    pub(super) fn separate(&mut self, by: PersonId, other: PersonId, cause: EndCause) {
        self.state.keep_apart(by, other);
        self.end_invitations(by, other);
        let reason = match cause {
            EndCause::Block => EndReason::Blocked,
            EndCause::Report => EndReason::Reported,
        };
        if self.chat_and_partner(by).is_some_and(|(_, partner)| partner == other) {
            self.end_chat_by(by, reason, false);
        } else if let Some((meeting, partner)) = self.meeting_and_partner(by)
            && partner == other
        {
            self.fail_by(meeting, by, reason, Some(by));
        }
    }

    /// A decision of the staff takes effect, or a sanction is lifted.
    pub(super) fn sanction(
        &mut self,
        person: PersonId,
        until: Option<Timestamp>,
        (reason, decided): (String, Option<DecisionNews>),
    ) {
        let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) else { return };
        if let Some(news) = decided.filter(|news| !news.kind.suspends()) {
            match news.text {
                Some(ProfileText::Bio) => facts.card.bio = None,
                Some(ProfileText::City) => (facts.card.city, facts.city_mark) = (None, None),
                None => {}
            }
            self.search_with_new_facts(person);
            return self.tell(person, Notice::Warned { reason, news });
        }
        facts.suspended_until = until;
        let renews_at = facts.renews_at.filter(|at| *at > self.now);
        let may_have_subscribed = facts.ledger_rows > 0;
        match until {
            Some(until) if until > self.now => {
                self.end_everything(person, EndReason::Sanctioned);
                self.tell(person, Notice::Sanctioned { until, reason, news: decided });
                if renews_at.is_some_and(|renews_at| run::is_wasted(renews_at, until)) {
                    self.put_task(person, Task::Subscription { person });
                }
            }
            _ => {
                self.take_upheld_back(person, self.now);
                self.tell(person, Notice::SanctionLifted { reason });
                if may_have_subscribed {
                    self.put_task(person, Task::Subscription { person });
                }
            }
        }
    }

    /// An appeal was decided.
    pub(super) fn appealed(
        &mut self,
        (telegram, language): (TelegramId, UiLanguage),
        news: AppealNews,
        decided_at: Timestamp,
        suspended_until: Option<Timestamp>,
    ) {
        let Some(facts) = self.state.people.get_mut(&telegram) else {
            return self.tell_in(telegram, language, Notice::Appealed(news));
        };
        facts.suspended_until = suspended_until;
        let (person, may_have_subscribed) = (facts.person, facts.ledger_rows > 0);
        if news.is_overturned {
            if let Some(known) = self.state.upheld.get_mut(&person) {
                known.retain(|upheld| upheld.at != decided_at);
            }
            if may_have_subscribed {
                self.put_task(person, Task::Subscription { person });
            }
        }
        self.tell(person, Notice::Appealed(news));
    }

    /// Support corrected what is known of an account. A search goes on with it at once; somebody found to be a minor is
    /// suspended with it.
    pub(super) fn correct(
        &mut self,
        telegram: TelegramId,
        language: UiLanguage,
        news: CorrectionNews,
        suspended_until: Option<Timestamp>,
    ) {
        let now = self.now;
        let Some(facts) = self.state.people.get_mut(&telegram) else {
            return self.tell_in(telegram, language, Notice::Corrected { news });
        };
        facts.suspended_until = suspended_until;
        match news {
            CorrectionNews::Gender(gender) => facts.gender = gender,
            CorrectionNews::Born(born) => facts.born = born,
            CorrectionNews::Refused | CorrectionNews::Underage | CorrectionNews::Admitted => {}
        }
        let (person, is_suspended) = (facts.person, facts.is_suspended(now));
        if is_suspended {
            self.end_everything(person, EndReason::Sanctioned);
        } else {
            self.search_with_new_facts(person);
        }
        self.tell(person, Notice::Corrected { news });
    }

    /// Ends chat or search of a person who is told about it in other words.
    pub(super) fn end_everything(&mut self, person: PersonId, reason: EndReason) {
        if let Some((chat, partner)) = self.chat_and_partner(person) {
            let left = self.close(chat, [person, partner], reason, None).partner;
            // What somebody wrote who is banned now is not delivered any more.
            if reason == EndReason::Sanctioned
                && let Some(&receiver) = self.state.accounts.get(&partner)
            {
                self.out.push(Effect::Purge { receiver, chat: Some(chat) });
            }
            self.tell_ended(partner, chat, Ended::ByPartner, left);
        } else if let Some((meeting, _)) = self.meeting_and_partner(person) {
            self.fail_by(meeting, person, reason, None);
        } else {
            self.vacate_silently(person);
        }
    }

    /// Tells people whose stored chat lacks its other half that it is over.
    pub(super) fn release_orphan(&mut self, person: PersonId, chat: ChatId) {
        self.state.seats.remove(&person);
        self.out.push(Effect::EndChat { chat, reason: EndReason::Gone, by: None, wrote: [false; 2] });
        self.out.push(Effect::Seat { person, seat: None });
        self.tell_ended(person, chat, Ended::ByPartner, Leftover::default());
    }
}
