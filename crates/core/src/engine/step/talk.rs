//! In a chat: relaying, ending, and what becomes of both people afterwards.

use super::{Turn, Verdicts};
use crate::chat::{Content, EndReason, Seat};
use crate::correction::CorrectionNews;
use crate::engine::effect::{Effect, Relay, Rendered, Task};
use crate::engine::event::EndCause;
use crate::engine::notice::{Ended, Notice};
use crate::engine::state::LastChat;
use crate::id::{ChatId, MessageId, PersonId, TelegramId};
use crate::person::UiLanguage;
use crate::preferences::Preferences;
use crate::time::Timestamp;

/// How long before whoever waits longest a survivor's wait is dated.
const HEAD_START: std::time::Duration = std::time::Duration::from_millis(1);

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
        if self.state.is_full(receiver) {
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

    /// A copy follows its source while the two chat. A lane saw the chat go on, but only here is it known.
    pub(super) fn pass_on(&mut self, chat: ChatId, receiver: TelegramId, call: Rendered) {
        if self.state.chat_of(receiver) != Some(chat) {
            return;
        }
        if self.state.is_full(receiver) {
            let editor = self.state.people.get(&receiver).map(|facts| facts.person);
            if let Some((_, editor)) = editor.and_then(|person| self.chat_and_partner(person)) {
                self.tell(editor, Notice::PartnerSlow);
            }
            return;
        }
        self.state.add_pending(receiver, 1);
        let id = self.state.ids.next_outbox();
        self.out.push(Effect::Call { id, chat, receiver, call });
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
            if !self.may_search(partner) {
                self.tell(partner, Notice::ChatEnded { chat, how: Ended::ByPartner, searching: false });
                return;
            }
            self.tell(partner, Notice::ChatEnded { chat, how: Ended::PartnerGone, searching: true });
            // Before whoever waits longest: that is the head of the line.
            let since = self.state.oldest_wait().unwrap_or(self.now).min(self.now).minus(HEAD_START);
            self.search_from(partner, since);
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
            CorrectionNews::Refused | CorrectionNews::Admitted => {}
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
