//! Lanes as the engine sees them: one open row a person, everything behind it waits its turn.

use super::{Stored, Turn, Verdicts};
use crate::chat::EndReason;
use crate::engine::effect::{Effect, Task};
use crate::engine::event::{FactsChange, Finished, RatingsShift, Update};
use crate::engine::state::Deferred;
use crate::id::{InboxId, PersonId, TelegramId};
use crate::person::PersonFacts;
use crate::premium::Entitlement;

impl Turn<'_> {
    pub(super) fn is_lane_busy(&self, telegram: TelegramId) -> bool {
        self.state.lanes.contains_key(&telegram)
    }

    /// Keeps an update for later, in the inbox, because its sender's lane is busy.
    pub(super) fn defer(&mut self, update: Update, stored: Option<Stored>) {
        let telegram = update.from;
        let Stored { inbox, chat } = stored.unwrap_or_else(|| self.store(&update));
        self.state.lanes.entry(telegram).or_default().deferred.push_back(Deferred::Update { inbox, update, chat });
    }

    /// Starts a lane on an update.
    pub(super) fn open_lane(&mut self, update: &Update, inbox: Option<InboxId>) {
        let inbox = inbox.unwrap_or_else(|| self.store(update).inbox);
        let telegram = update.from;
        self.state.lanes.entry(telegram).or_default().open = Some(inbox);
        let chat = self.state.chat_of(telegram);
        self.out.push(Effect::Work { inbox, telegram, chat });
    }

    fn store(&mut self, update: &Update) -> Stored {
        let inbox = self.state.ids.next_inbox();
        let chat = self.state.chat_of(update.from);
        self.out.push(Effect::Store { inbox, telegram: update.from, update: update.id, chat });
        Stored { inbox, chat }
    }

    /// Takes in what a lane brought about and goes on with what waited behind it.
    pub(super) fn lane_done(&mut self, inbox: InboxId, telegram: TelegramId, finished: Finished) {
        let is_ours = self.state.lanes.get(&telegram).is_some_and(|lane| lane.open == Some(inbox));
        if is_ours && let Some(lane) = self.state.lanes.get_mut(&telegram) {
            lane.open = None;
        }
        match finished.facts {
            Some(FactsChange::Registered(facts)) => self.refresh(*facts),
            Some(FactsChange::Erased) => self.forget(telegram),
            None => {}
        }
        for (person, entitlement) in finished.entitlements {
            self.entitle(person, entitlement);
        }
        for shift in finished.ratings {
            self.shift_ratings(shift);
        }
        for (id, command) in finished.commands {
            self.run_command(id, command);
        }
        self.go_on(telegram);
    }

    /// Handles deferred updates until one needs the lane again or none is left.
    fn go_on(&mut self, telegram: TelegramId) {
        loop {
            let Some(lane) = self.state.lanes.get_mut(&telegram) else { return };
            if lane.open.is_some() {
                return;
            }
            let (inbox, update, chat) = match lane.deferred.pop_front() {
                Some(Deferred::Update { inbox, update, chat }) => (inbox, update, chat),
                Some(Deferred::Task { inbox }) => {
                    self.open_task(inbox, telegram);
                    return;
                }
                None => {
                    self.state.lanes.remove(&telegram);
                    return;
                }
            };
            if self.rule(&update, Some(Stored { inbox, chat })) == Verdicts::NeedsLane {
                self.open_lane(&update, Some(inbox));
            } else {
                self.answer(update.callback);
                self.out.push(Effect::Done { inbox });
            }
        }
    }

    /// Takes new facts; a running search goes on with them at once.
    ///
    /// What events and commands bring is kept: the lane may have read it before they came.
    fn refresh(&mut self, mut facts: PersonFacts) {
        let person = facts.person;
        if let Some(known) = self.state.facts_of(person) {
            facts.gender = known.gender;
            facts.born = known.born;
            facts.suspended_until = known.suspended_until;
            facts.is_reachable = known.is_reachable;
            facts.ratings_up = known.ratings_up;
            facts.ratings_down = known.ratings_down;
            facts.chats_count = known.chats_count;
            facts.premium_until = known.premium_until;
            facts.renews_at = known.renews_at;
            facts.ledger_rows = known.ledger_rows;
            facts.premium_used_at = known.premium_used_at;
        }
        self.state.put_facts(facts);
        self.search_with_new_facts(person);
    }

    /// Takes what a person is entitled to now, unless something newer is known; a running search goes on with it at once.
    pub(super) fn entitle(&mut self, person: PersonId, entitlement: Entitlement) {
        let now = self.now;
        let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) else { return };
        let was_premium = facts.is_premium(now);
        facts.entitle(entitlement);
        if facts.is_premium(now) != was_premium {
            self.search_with_new_facts(person);
        }
    }

    fn shift_ratings(&mut self, shift: RatingsShift) {
        let RatingsShift { person, up, down } = shift;
        if let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) {
            let shifted = |count: u32, by: i64| u32::try_from(i64::from(count).saturating_add(by).max(0)).unwrap_or(u32::MAX);
            facts.ratings_up = shifted(facts.ratings_up, up);
            facts.ratings_down = shifted(facts.ratings_down, down);
        }
    }

    /// Stores work for a registered person's lane and starts it when its turn comes.
    pub(super) fn put_task(&mut self, person: PersonId, task: Task) {
        let Some(telegram) = self.state.accounts.get(&person).copied() else { return };
        let inbox = self.state.ids.next_inbox();
        self.out.push(Effect::Task { inbox, telegram, task });
        self.start_task(inbox, telegram);
    }

    /// Starts stored work now, or when what the lane has to do before is done.
    pub(super) fn start_task(&mut self, inbox: InboxId, telegram: TelegramId) {
        if self.is_lane_busy(telegram) {
            self.state.lanes.entry(telegram).or_default().deferred.push_back(Deferred::Task { inbox });
        } else {
            self.open_task(inbox, telegram);
        }
    }

    fn open_task(&mut self, inbox: InboxId, telegram: TelegramId) {
        self.state.lanes.entry(telegram).or_default().open = Some(inbox);
        self.out.push(Effect::Work { inbox, telegram, chat: None });
    }

    fn forget(&mut self, telegram: TelegramId) {
        if let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) {
            self.end_everything(person, EndReason::Deleted);
            self.drop_person(person, telegram);
        }
    }

    fn drop_person(&mut self, person: PersonId, telegram: TelegramId) {
        self.state.people.remove(&telegram);
        self.state.accounts.remove(&person);
        self.state.last_chats.remove(&person);
    }

    /// Ends everything of a person who leaves, then has a lane erase their rows.
    pub(super) fn leave(&mut self, person: PersonId) {
        let Some(telegram) = self.state.accounts.get(&person).copied() else { return };
        self.end_everything(person, EndReason::Deleted);
        self.drop_person(person, telegram);
        let inbox = self.state.ids.next_inbox();
        self.state.lanes.entry(telegram).or_default().open = Some(inbox);
        self.out.push(Effect::Erase { inbox, person, telegram });
    }
}
