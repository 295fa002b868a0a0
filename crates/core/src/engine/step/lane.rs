//! Lanes as the engine sees them: one open row a person, everything behind it waits its turn.

use super::{Stored, Turn, Verdicts};
use crate::chat::EndReason;
use crate::engine::effect::Effect;
use crate::engine::event::{FactsChange, Finished, Update};
use crate::engine::state::Deferred;
use crate::id::{InboxId, PersonId, TelegramId};
use crate::person::PersonFacts;

impl Turn<'_> {
    pub(super) fn is_lane_busy(&self, telegram: TelegramId) -> bool {
        self.state.lanes.contains_key(&telegram)
    }

    /// Keeps an update for later, in the inbox, because its sender's lane is busy.
    pub(super) fn defer(&mut self, update: Update, stored: Option<Stored>) {
        let telegram = update.from;
        let Stored { inbox, chat } = stored.unwrap_or_else(|| self.store(&update));
        self.state.lanes.entry(telegram).or_default().deferred.push_back(Deferred { inbox, update, chat });
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
            let Some(Deferred { inbox, update, chat }) = lane.deferred.pop_front() else {
                self.state.lanes.remove(&telegram);
                return;
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
            facts.suspended_until = known.suspended_until;
            facts.is_reachable = known.is_reachable;
            facts.ratings_up = known.ratings_up;
            facts.ratings_down = known.ratings_down;
            facts.chats_count = known.chats_count;
        }
        self.state.put_facts(facts);
        self.search_with_new_facts(person);
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
