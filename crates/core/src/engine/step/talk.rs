//! In a chat: relaying, ending, and what becomes of both people afterwards.

use super::{Turn, Verdicts};
use crate::chat::{Content, EndReason, Seat};
use crate::engine::effect::{Effect, Relay, Task};
use crate::engine::event::EndCause;
use crate::engine::notice::{Ended, Notice};
use crate::engine::state::{LastChat, MAX_PENDING};
use crate::id::{ChatId, MessageId, PersonId, TelegramId};
use crate::preferences::Preferences;
use crate::time::Timestamp;

/// How long before now a survivor's wait is dated, so that they stand at the head of the line.
const HEAD_START: std::time::Duration = std::time::Duration::from_mins(2);

impl Turn<'_> {
    /// A message that is no command: relayed if its sender is in a chat, a lane's business otherwise.
    pub(super) fn message(
        &mut self,
        person: PersonId,
        message: MessageId,
        content: Content,
        reply_to: Option<MessageId>,
    ) -> Verdicts {
        let Some((chat, partner)) = self.chat_and_partner(person) else { return Verdicts::NeedsLane };
        if !content.is_relayed() {
            self.tell(person, Notice::NotRelayed { content });
            return Verdicts::Decided;
        }
        let from = self.state.accounts.get(&person).copied();
        let receiver = self.state.accounts.get(&partner).copied();
        let (Some(from), Some(receiver)) = (from, receiver) else { return Verdicts::NeedsLane };
        if self.state.pending.get(&receiver).is_some_and(|&pending| pending >= MAX_PENDING) {
            self.tell(person, Notice::PartnerSlow);
            return Verdicts::Decided;
        }
        let does = |who: PersonId, wants: fn(&Preferences) -> bool| {
            self.state.facts_of(who).is_some_and(|facts| wants(&facts.preferences))
        };
        if content.is_picture() && !does(partner, |theirs| theirs.accepts_media) {
            self.tell(person, Notice::MediaRefused);
            return Verdicts::Decided;
        }
        let is_protected = does(person, |mine| mine.protects_content);
        self.state.add_pending(receiver, 1);
        let id = self.state.ids.next_outbox();
        self.out.push(Effect::Relay { id, chat, receiver, relay: Relay { from, source: message, reply_to, is_protected } });
        Verdicts::Decided
    }

    pub(super) fn chat_and_partner(&self, person: PersonId) -> Option<(ChatId, PersonId)> {
        let Some(&Seat::Chatting { chat, .. }) = self.state.seats.get(&person) else { return None };
        let [first, second] = self.state.chats.get(&chat)?.people;
        Some((chat, if first == person { second } else { first }))
    }

    /// Ends the chat a person is in, by them. Returns whether there was one.
    pub(super) fn end_chat_by(&mut self, person: PersonId, reason: EndReason, searches_on: bool) -> bool {
        let Some((chat, partner)) = self.chat_and_partner(person) else { return false };
        self.close(chat, person, partner, reason, Some(person));
        self.tell(person, Notice::ChatEnded { chat, how: Ended::ByYou(reason), searching: searches_on });
        self.tell(partner, Notice::ChatEnded { chat, how: Ended::ByPartner, searching: false });
        true
    }

    /// Frees both seats and remembers the pair. Rows on their way to whoever ended it are dropped; those to the partner
    /// are still delivered, before their end notice.
    fn close(&mut self, chat: ChatId, ender: PersonId, partner: PersonId, reason: EndReason, by: Option<PersonId>) {
        self.state.chats.remove(&chat);
        self.out.push(Effect::EndChat { chat, reason, by });
        for person in [ender, partner] {
            self.state.seats.remove(&person);
            self.out.push(Effect::Seat { person, seat: None });
            if let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) {
                facts.chats_count = facts.chats_count.saturating_add(1);
                if facts.chats_count == 1 {
                    self.put_task(person, Task::FirstChat { person });
                }
            }
        }
        if let Some(&receiver) = self.state.accounts.get(&ender) {
            self.out.push(Effect::Purge { receiver, chat: Some(chat) });
        }
        self.state.pool.separate_lately(ender, partner, self.now, self.now);
        let ended_by_next = reason == EndReason::Next;
        let ended_at = self.now;
        self.state.last_chats.insert(ender, LastChat { partner, ended_at, ended_by_next: false });
        self.state.last_chats.insert(partner, LastChat { partner: ender, ended_at, ended_by_next });
    }

    /// A person cannot be reached any more: their search or chat ends, the partner goes to the head of the line.
    pub(super) fn lost(&mut self, telegram: TelegramId) {
        self.out.push(Effect::Purge { receiver: telegram, chat: None });
        let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) else { return };
        self.set_reachable(person, telegram, false);
        if let Some((chat, partner)) = self.chat_and_partner(person) {
            self.close(chat, person, partner, EndReason::Gone, None);
            self.tell(partner, Notice::ChatEnded { chat, how: Ended::PartnerGone, searching: true });
            self.search_from(partner, self.now.minus(HEAD_START));
        } else {
            self.vacate_silently(person);
        }
    }

    /// These two never meet again.
    pub(super) fn separate(&mut self, by: PersonId, other: PersonId, cause: EndCause) {
        self.state.pool.separate(by, other);
        if self.chat_and_partner(by).is_some_and(|(_, partner)| partner == other) {
            let reason = match cause {
                EndCause::Block => EndReason::Blocked,
                EndCause::Report => EndReason::Reported,
            };
            self.end_chat_by(by, reason, false);
        }
    }

    /// A sanction begins or is lifted.
    pub(super) fn sanction(&mut self, person: PersonId, until: Option<Timestamp>, reason: String) {
        let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) else { return };
        facts.suspended_until = until;
        match until {
            Some(until) if until > self.now => {
                self.end_everything(person, EndReason::Sanctioned);
                self.tell(person, Notice::Sanctioned { until, reason });
            }
            _ => self.tell(person, Notice::SanctionLifted { reason }),
        }
    }

    /// Ends chat or search of a person who is told about it in other words.
    pub(super) fn end_everything(&mut self, person: PersonId, reason: EndReason) {
        if let Some((chat, partner)) = self.chat_and_partner(person) {
            self.close(chat, person, partner, reason, None);
            self.tell(partner, Notice::ChatEnded { chat, how: Ended::ByPartner, searching: false });
        } else {
            self.vacate_silently(person);
        }
    }

    /// Tells people whose stored chat lacks its other half that it is over.
    pub(super) fn release_orphan(&mut self, person: PersonId, chat: ChatId) {
        self.state.seats.remove(&person);
        self.out.push(Effect::EndChat { chat, reason: EndReason::Gone, by: None });
        self.out.push(Effect::Seat { person, seat: None });
        self.tell(person, Notice::ChatEnded { chat, how: Ended::ByPartner, searching: false });
    }
}
