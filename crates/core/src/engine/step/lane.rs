//! Lanes as the engine sees them: one open row per person; everything behind it waits its turn.

use super::{Ruling, Stored, Turn};
use crate::chat::{EndReason, Seat};
use crate::engine::effect::{Effect, Task, Work};
use crate::engine::event::{FactsChange, Finished, RatingsShift, Update, UpdateKind};
use crate::engine::state::Deferred;
use crate::id::{ChatId, InboxId, PersonId, TelegramId};
use crate::person::PersonFacts;
use crate::premium::Entitlement;
use crate::time::Timestamp;

impl Turn<'_> {
    /// Keeps an update for later, in the inbox, because its sender's lane is busy or it cannot be passed on yet.
    pub(super) fn defer(&mut self, update: Update, stored: Option<Stored>) {
        let telegram = update.from;
        let Stored { inbox, chat } = stored.unwrap_or_else(|| self.store(&update));
        self.state.lanes.entry(telegram).or_default().deferred.push_back(Deferred::Update { inbox, update, chat });
    }

    /// Starts a lane on an update.
    pub(super) fn open_lane(&mut self, update: &Update, stored: Option<Stored>) {
        let telegram = update.from;
        let Stored { inbox, chat: about } = stored.unwrap_or_else(|| self.store(update));
        self.state.lanes.entry(telegram).or_default().open = Some(inbox);
        let chat = self.state.chat_of(telegram);
        self.out.push(Effect::Work(Work { inbox, telegram, chat, about }));
    }

    fn store(&mut self, update: &Update) -> Stored {
        let inbox = self.state.ids.next_inbox();
        let chat = self.state.place_of(update.from);
        self.out.push(Effect::Store { inbox, telegram: update.from, update: update.id, chat });
        Stored { inbox, chat }
    }

    /// Drops what somebody wrote into a chat that is over now and that could not be passed on. Returns how many messages.
    pub(super) fn drop_waiting(&mut self, telegram: TelegramId, chat: ChatId) -> u32 {
        let Some(lane) = self.state.lanes.get_mut(&telegram) else { return 0 };
        let is_for_chat = |deferred: &Deferred| {
            matches!(deferred, Deferred::Update { update, chat: written_in, .. }
                if *written_in == Some(chat) && matches!(update.kind, UpdateKind::Message { .. }))
        };
        let (dropped, kept): (Vec<_>, Vec<_>) = lane.deferred.drain(..).partition(is_for_chat);
        lane.deferred = kept.into();
        self.stirred.push(telegram);
        for deferred in &dropped {
            if let Deferred::Update { inbox, .. } = deferred {
                self.out.push(Effect::Done { inbox: *inbox });
            }
        }
        u32::try_from(dropped.len()).unwrap_or(u32::MAX)
    }

    /// Takes in a lane's result and continues with what waited behind it.
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

    /// Handles deferred updates until one needs the lane again, one cannot be passed on yet, or none is left.
    pub(super) fn go_on(&mut self, telegram: TelegramId) {
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
            let stored = Stored { inbox, chat };
            match self.rule(&update, Some(stored)) {
                Ruling::NeedsLane => self.open_lane(&update, Some(stored)),
                Ruling::Waits => {
                    let lane = self.state.lanes.entry(telegram).or_default();
                    lane.deferred.push_front(Deferred::Update { inbox, update, chat });
                    return;
                }
                Ruling::Decided => {
                    self.answer(update.callback);
                    self.out.push(Effect::Done { inbox });
                }
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
            facts.leaves_at = known.leaves_at;
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
        match self.state.lanes.get_mut(&telegram) {
            Some(lane) if lane.open.is_some() => lane.deferred.push_back(Deferred::Task { inbox }),
            _ => self.open_task(inbox, telegram),
        }
    }

    fn open_task(&mut self, inbox: InboxId, telegram: TelegramId) {
        self.state.lanes.entry(telegram).or_default().open = Some(inbox);
        self.out.push(Effect::Work(Work { inbox, telegram, chat: None, about: None }));
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
        self.forget_invitations(person);
        self.state.last_chats.remove(&person);
        self.state.daily.forget(person);
        self.state.upheld.remove(&person);
        self.state.tapped.remove(&person);
        self.state.leaving.retain(|(_, leaver)| *leaver != person);
    }

    /// A person does not agree any more that their wishes are used: a search or a meeting ends at once. A chat goes on.
    pub(super) fn take_consent_back(&mut self, person: PersonId) {
        self.state.lapsed.insert(person);
        if !matches!(self.state.seat(person), None | Some(Seat::Chatting { .. })) {
            self.cancel_search(person);
        }
    }

    /// A person asked to leave: they are hidden at once, and gone when the time comes. Or they stay after all, and what came
    /// meanwhile is looked at.
    pub(super) fn set_leaving(&mut self, person: PersonId, at: Option<Timestamp>) {
        let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) else { return };
        facts.leaves_at = at;
        self.state.leaving.retain(|(_, leaver)| *leaver != person);
        match at {
            Some(at) => {
                self.state.leaving.insert((at, person));
                self.end_everything(person, EndReason::Deleted);
                self.forget_invitations(person);
            }
            None => self.state.to_invite.push(person),
        }
    }

    pub(super) fn is_leaving(&self, person: PersonId) -> bool {
        self.state.facts_of(person).is_some_and(|facts| facts.leaves_at.is_some())
    }

    /// Lets those leave whose time has come. A lane at work may be about to take it back, so it is waited for.
    pub(super) fn let_leave(&mut self) {
        let due = self.state.leaving.iter().take_while(|(at, _)| *at <= self.now).map(|&(_, person)| person);
        let due: Vec<PersonId> = due.collect();
        for person in due {
            if !self.state.accounts.get(&person).is_some_and(|telegram| self.state.lanes.contains_key(telegram)) {
                self.leave(person);
            }
        }
    }

    /// Ends everything of a person who leaves, then has a lane erase their rows.
    pub(super) fn leave(&mut self, person: PersonId) {
        let Some(telegram) = self.state.accounts.get(&person).copied() else { return };
        self.end_everything(person, EndReason::Deleted);
        // With the same account somebody else may be here soon: nothing of this person's time is for them.
        self.out.push(Effect::Purge { receiver: telegram, chat: None });
        self.drop_person(person, telegram);
        let inbox = self.state.ids.next_inbox();
        self.state.lanes.entry(telegram).or_default().open = Some(inbox);
        self.out.push(Effect::Erase { inbox, person, telegram });
    }
}
