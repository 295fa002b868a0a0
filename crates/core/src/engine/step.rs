//! One event in, effects out. Every rule of who may do what when stands here or below.

mod lane;
mod search;
mod talk;

use super::effect::{Effect, Task};
use super::event::{Command, EngineCommand, Event, Update, UpdateKind};
use super::flood::Verdict;
use super::notice::Notice;
use super::state::State;
use crate::chat::Content;
use crate::id::{ChatId, InboxId, PersonId, TelegramId};
use crate::person::UiLanguage;
use crate::ports::Entropy;
use crate::time::Timestamp;

/// Handles one event: changes the state and returns what must become true outside, in order.
///
/// Pure but for `random`: the same state, event, time and numbers give the same effects. Constant time per event apart
/// from searching (see [`crate::search`]) and [`Event::Tick`], which is linear in what fell due.
pub fn step(state: &mut State, event: Event, now: Timestamp, random: &mut dyn Entropy) -> Vec<Effect> {
    let mut turn = Turn { state, now, random, out: Vec::new() };
    turn.take_stored_seats();
    turn.handle(event);
    turn.out
}

/// One step in the making.
struct Turn<'a> {
    state: &'a mut State,
    now: Timestamp,
    random: &'a mut dyn Entropy,
    out: Vec<Effect>,
}

/// The inbox row of an update, and the chat its sender was in when it came.
#[derive(Clone, Copy)]
struct Stored {
    inbox: InboxId,
    chat: Option<ChatId>,
}

/// Whether the engine has dealt with an update or a lane must.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdicts {
    Decided,
    NeedsLane,
}

impl Turn<'_> {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Update { update, inbox } => self.take_update(update, inbox),
            Event::Undecodable { id, from, reason } => {
                self.out.push(Effect::Dead { update: id, reason });
                if let Some(from) = from {
                    let language = self.language_of(from, None);
                    match self.state.flood.take(from, self.now) {
                        Verdict::Pass => self.tell_in(from, language, Notice::NotUnderstood),
                        Verdict::RefuseAndTell => self.tell_in(from, language, Notice::TooFast),
                        Verdict::Refuse => {}
                    }
                }
            }
            Event::LaneDone { inbox, telegram, finished } => self.lane_done(inbox, telegram, finished),
            Event::Command { id, command } => self.run_command(id, command),
            Event::Task { inbox, telegram } => self.start_task(inbox, telegram),
            Event::Queued { receiver, count } => self.state.add_pending(receiver, count),
            Event::Settled { receiver, count } => self.state.settle_pending(receiver, count),
            Event::Gone { telegram } => self.lost(telegram),
            Event::NotRelayed { telegram } => {
                if let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) {
                    self.tell(person, Notice::NotRelayed { content: Content::Other });
                }
            }
            Event::InvoiceUnclear { telegram } => {
                if let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) {
                    self.tell(person, Notice::InvoiceUnclear);
                }
            }
            Event::Tick => self.tick(),
        }
    }

    fn take_update(&mut self, update: Update, inbox: Option<InboxId>) {
        // Rows of the inbox were let in once already.
        if inbox.is_none() {
            let verdict = self.state.flood.take(update.from, self.now);
            let is_free = matches!(update.kind, UpdateKind::BotBlocked | UpdateKind::BotUnblocked | UpdateKind::Payment);
            if verdict != Verdict::Pass && !is_free {
                if verdict == Verdict::RefuseAndTell {
                    let language = self.language_of(update.from, update.language.as_deref());
                    self.tell_in(update.from, language, Notice::TooFast);
                }
                self.answer(update.callback);
                return;
            }
            if !is_free && self.state.is_full(update.from) && !self.can_do_without_answer(&update) {
                self.answer(update.callback);
                return;
            }
        }
        let stored = inbox.map(|inbox| {
            let chat = self.state.stored_chats.remove(&inbox).unwrap_or_else(|| self.state.chat_of(update.from));
            Stored { inbox, chat }
        });
        if self.is_lane_busy(update.from) {
            self.defer(update, stored);
        } else {
            self.decide(update, stored);
        }
    }

    /// Reports whether an update of somebody whom no answer reaches now does its work for others all the same. The rest
    /// of what they send is refused without a word, since words cannot reach them.
    fn can_do_without_answer(&self, update: &Update) -> bool {
        match update.kind {
            UpdateKind::Message { .. } => self.state.chat_of(update.from).is_some(),
            UpdateKind::Command(Command::Find | Command::Next | Command::Widen(_)) | UpdateKind::Other => false,
            UpdateKind::Command(Command::Stop | Command::CancelSearch)
            | UpdateKind::Payment
            | UpdateKind::BotBlocked
            | UpdateKind::BotUnblocked => true,
        }
    }

    /// Handles an update whose turn it is.
    fn decide(&mut self, update: Update, stored: Option<Stored>) {
        match self.rule(&update, stored) {
            Verdicts::Decided => {
                self.answer(update.callback);
                if let Some(Stored { inbox, .. }) = stored {
                    self.out.push(Effect::Done { inbox });
                }
            }
            Verdicts::NeedsLane => self.open_lane(&update, stored.map(|stored| stored.inbox)),
        }
    }

    fn rule(&mut self, update: &Update, stored: Option<Stored>) -> Verdicts {
        let Some(facts) = self.state.people.get(&update.from) else {
            return match update.kind {
                UpdateKind::BotBlocked | UpdateKind::BotUnblocked => Verdicts::Decided,
                UpdateKind::Message { .. } | UpdateKind::Command(_) | UpdateKind::Other | UpdateKind::Payment => {
                    Verdicts::NeedsLane
                }
            };
        };
        let (person, telegram, is_reachable) = (facts.person, facts.telegram, facts.is_reachable);
        if update.kind == UpdateKind::BotBlocked {
            self.lost(telegram);
            return Verdicts::Decided;
        }
        if !is_reachable {
            // Whoever writes to the bot can be reached again.
            self.set_reachable(person, telegram, true);
        }
        match update.kind {
            UpdateKind::BotBlocked | UpdateKind::BotUnblocked => Verdicts::Decided,
            UpdateKind::Other | UpdateKind::Payment => Verdicts::NeedsLane,
            UpdateKind::Message { message, content, reply_to } => {
                // What was written to one partner never reaches another, however long it had to wait.
                if stored.is_some_and(|stored| stored.chat != self.state.chat_of(telegram)) {
                    return Verdicts::NeedsLane;
                }
                self.message(person, message, content, reply_to)
            }
            UpdateKind::Command(command) => {
                // A lane asks for the consent first.
                if matches!(command, Command::Find | Command::Next)
                    && self.state.lapsed.contains(&person)
                    && self.state.seat(person).is_none()
                {
                    return Verdicts::NeedsLane;
                }
                match command {
                    Command::Find => self.find(person),
                    Command::Next => self.next(person),
                    Command::Stop => self.stop(person),
                    Command::CancelSearch => self.cancel_search(person),
                    Command::Widen(filter) => self.widen(person, filter),
                }
                Verdicts::Decided
            }
        }
    }

    fn run_command(&mut self, id: crate::id::CommandId, command: EngineCommand) {
        self.out.push(Effect::CommandDone { command: id });
        match command {
            EngineCommand::Separate { by, other, cause } => self.separate(by, other, cause),
            EngineCommand::Consented { person } => drop(self.state.lapsed.remove(&person)),
            EngineCommand::Leave { person } => self.leave(person),
            EngineCommand::PassOn { chat, receiver, call } => self.pass_on(chat, receiver, call),
            EngineCommand::Gifted { person, coins } => self.tell(person, Notice::CoinsReceived { coins }),
            EngineCommand::Friend { person, news, chat } => self.tell(person, Notice::Friend { news, chat }),
            EngineCommand::InvitePaid { host, coins } => self.tell(host, Notice::InvitePaid { coins }),
            EngineCommand::Sanction { person, until, reason } => self.sanction(person, until, reason),
            EngineCommand::Corrected { telegram, language, news, suspended_until } => {
                self.correct(telegram, language, news, suspended_until);
            }
            EngineCommand::Rated { person, is_good, .. } => {
                if let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) {
                    let count = if is_good { &mut facts.ratings_up } else { &mut facts.ratings_down };
                    *count = count.saturating_add(1);
                }
            }
            EngineCommand::Refund { payer, charge } => self.put_task(payer, Task::Refund { charge }),
            EngineCommand::Premium { person, news, entitlement } => {
                if let Some(entitlement) = entitlement {
                    self.entitle(person, entitlement);
                }
                let until = self.state.facts_of(person).and_then(|facts| facts.premium_until.filter(|&until| until > self.now));
                self.tell(person, Notice::Premium { news, until });
            }
        }
    }

    fn set_reachable(&mut self, person: PersonId, telegram: TelegramId, is_reachable: bool) {
        if let Some(facts) = self.state.people.get_mut(&telegram)
            && facts.is_reachable != is_reachable
        {
            facts.is_reachable = is_reachable;
            self.out.push(Effect::Reachable { person, is_reachable });
        }
    }

    fn answer(&mut self, callback: Option<Box<str>>) {
        if let Some(callback) = callback {
            self.out.push(Effect::Answer { callback });
        }
    }

    fn language_of(&self, telegram: TelegramId, tag: Option<&str>) -> UiLanguage {
        match self.state.people.get(&telegram) {
            Some(facts) => facts.language,
            None => tag.map_or(UiLanguage::English, UiLanguage::from_tag),
        }
    }

    /// Says something to a registered person who can be reached.
    fn tell(&mut self, person: PersonId, notice: Notice) {
        let Some(facts) = self.state.facts_of(person) else { return };
        if facts.is_reachable {
            let (receiver, language) = (facts.telegram, facts.language);
            self.tell_in(receiver, language, notice);
        }
    }

    fn tell_in(&mut self, receiver: TelegramId, language: UiLanguage, notice: Notice) {
        if self.state.is_full(receiver) && notice.is_repeatable() {
            return;
        }
        self.state.add_pending(receiver, 1);
        let id = self.state.ids.next_outbox();
        self.out.push(Effect::Notice { id, receiver, language, notice });
    }
}

#[cfg(test)]
mod tests;
