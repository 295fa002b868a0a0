//! One event in, effects out. All rules about who may do what, and when, are here or below.

mod clock;
mod daily;
mod edit;
mod hold;
mod invite;
mod lane;
mod meeting;
mod search;
mod talk;
mod tap;

use super::effect::{Effect, Rendered, Task};
use super::event::{Command, EngineCommand, Event, Update, UpdateKind};
use super::flood::Flow;
use super::news::News;
use super::notice::Notice;
use super::state::{MAX_DEFERRED, State};
use crate::chat::{ChatText, Content, Questions};
use crate::entropy::Entropy;
use crate::id::{ChatId, InboxId, PersonId, TelegramId};
use crate::person::UiLanguage;
use crate::time::{TelegramTime, Timestamp};

/// Handles one event: changes the state and returns what must become true outside, in order.
///
/// Pure but for `random`: the same state, event, time and numbers give the same effects. Constant time per event apart
/// from searching (see [`crate::search`]) and [`Event::Tick`], which is linear in what fell due.
pub fn step(state: &mut State, event: Event, now: Timestamp, random: &mut dyn Entropy) -> Vec<Effect> {
    let mut turn = Turn { state, now, random, out: Vec::new(), stirred: Vec::new() };
    turn.meet_clock();
    turn.take_stored_seats();
    turn.handle(event);
    while let Some(telegram) = turn.stirred.pop() {
        turn.go_on(telegram);
    }
    turn.look_at_invitations();
    turn.out
}

/// One step in the making.
struct Turn<'a> {
    state: &'a mut State,
    now: Timestamp,
    random: &'a mut dyn Entropy,
    out: Vec<Effect>,
    /// People of whose waiting updates some were dropped: the rest goes on.
    stirred: Vec<TelegramId>,
}

/// The inbox row of an update, and the chat or meeting its sender was in when it came.
#[derive(Clone, Copy)]
struct Stored {
    inbox: InboxId,
    chat: Option<ChatId>,
}

/// What becomes of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ruling {
    /// The engine has dealt with it.
    Decided,
    /// A lane must.
    NeedsLane,
    /// Nobody can yet: it waits, and what its sender writes after it.
    Waits,
}

/// What a message is, apart from who wrote it.
#[derive(Clone, Copy)]
struct Letter<'a> {
    message: crate::id::MessageId,
    content: Content,
    reply_to: Option<crate::id::MessageId>,
    album: Option<crate::id::AlbumId>,
    leaks: Questions,
    written_at: Option<TelegramTime>,
    /// Whether it has waited for its turn, so that it waits on where a new one would be refused.
    has_waited: bool,
    /// What it says in words, if it is at hand.
    words: Option<&'a ChatText>,
}

/// A change to a message.
struct Change {
    call: Rendered,
    leaks: Questions,
    edited_at: Option<TelegramTime>,
    is_copied: bool,
    words: Option<ChatText>,
}

impl Turn<'_> {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Update { update, inbox } => self.take_update(update, inbox),
            Event::Undecodable { id, from, reason } => {
                self.out.push(Effect::Dead { update: id, reason });
                if let Some(from) = from {
                    let language = self.language_of(from, None);
                    if self.state.gate.takes(from, Flow::Pressed, self.now) {
                        self.tell_in(from, language, Notice::NotUnderstood);
                    } else {
                        self.state.gate.lose(from, language, self.now);
                    }
                }
            }
            Event::LaneDone { inbox, telegram, finished } => self.lane_done(inbox, telegram, finished),
            Event::Command { id, command } => self.run_command(id, command),
            Event::Task { inbox, telegram } => self.start_task(inbox, telegram),
            Event::Queued { receiver, count } => self.state.add_pending(receiver, count),
            Event::Settled { receiver, count, relayed } => self.settled(receiver, count, relayed),
            Event::Heard { receiver, chat, at } => self.heard(receiver, chat, at),
            Event::Gone { telegram } => self.lost(telegram),
            Event::NotRelayed { telegram, message, why } => {
                if let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) {
                    self.tell(person, Notice::NotDelivered { message, why });
                }
            }
            Event::InvoiceUnclear { telegram } => {
                if let Some(person) = self.state.people.get(&telegram).map(|facts| facts.person) {
                    self.tell(person, Notice::InvoiceUnclear);
                }
            }
            Event::Tick { is_listening } => self.tick(is_listening),
        }
    }

    fn take_update(&mut self, update: Update, inbox: Option<InboxId>) {
        // Nothing is written later than Telegram's clock shows.
        if let Some(written_at) = update.written_at {
            self.state.telegram_ahead = self.state.telegram_ahead.max(written_at.ahead_of(self.now));
            self.note_time(&update, written_at);
        }
        // Rows of the inbox were let in once already.
        if inbox.is_none() && !self.lets_in(&update) {
            self.answer(update.callback);
            return;
        }
        let stored = inbox.map(|inbox| {
            let chat = self.state.stored_chats.remove(&inbox).unwrap_or_else(|| self.state.place_of(update.from));
            Stored { inbox, chat }
        });
        match self.state.lanes.get(&update.from) {
            None => self.decide(update, stored),
            Some(lane) if lane.open.is_none() && !Self::keeps_order(&update.kind) => {
                if self.ends_chat(&update) {
                    self.hear_by_our_clock(update.from);
                }
                self.decide(update, stored);
            }
            Some(lane) if lane.deferred.len() >= MAX_DEFERRED && stored.is_none() && Self::keeps_order(&update.kind) => {
                self.lose(&update);
            }
            Some(_) => self.defer(update, stored),
        }
    }

    /// Reports whether an update is let in: it is no second press of the same button, its sender is not too fast, and if
    /// no answer could reach them, it is something that works without one.
    fn lets_in(&mut self, update: &Update) -> bool {
        let is_unpressed = matches!(update.kind, UpdateKind::BotBlocked | UpdateKind::BotUnblocked | UpdateKind::Payment);
        if is_unpressed {
            return true;
        }
        if self.is_same_tap(update) {
            return false;
        }
        let is_safety = match update.kind {
            UpdateKind::Safety => true,
            UpdateKind::Command(command) => command.is_way_out(),
            _ => false,
        };
        let (flow, at) = match update.written_at {
            _ if is_safety => (Flow::Safety, self.now),
            Some(written_at) => (Flow::Written, written_at.as_timestamp()),
            None => (Flow::Pressed, self.now),
        };
        if !self.state.gate.takes(update.from, flow, at) {
            self.lose(update);
            return false;
        }
        is_safety || !self.state.is_full(update.from) || self.can_do_without_answer(update)
    }

    /// Counts a message that is not taken; its writer hears the number. A press is seen by its writer to have no effect.
    fn lose(&mut self, update: &Update) {
        if update.callback.is_none() {
            let language = self.language_of(update.from, update.language.as_deref());
            self.state.gate.lose(update.from, language, self.now);
        }
    }

    /// Reports whether an update of somebody whom no answer reaches now does its work for others all the same. The rest
    /// of what they send is refused without a word, since words cannot reach them.
    fn can_do_without_answer(&self, update: &Update) -> bool {
        match update.kind {
            UpdateKind::Message { .. } | UpdateKind::Edit => self.state.chat_of(update.from).is_some(),
            UpdateKind::Command(command) => command.is_way_out(),
            UpdateKind::Other => false,
            UpdateKind::Safety | UpdateKind::Payment | UpdateKind::BotBlocked | UpdateKind::BotUnblocked => true,
        }
    }

    /// Reports whether an update must not overtake messages of its sender that wait.
    const fn keeps_order(kind: &UpdateKind) -> bool {
        matches!(kind, UpdateKind::Message { .. } | UpdateKind::Edit)
    }

    /// Reports whether an update may end its sender's chat, so that what they wrote before it has to be decided first.
    fn ends_chat(&self, update: &Update) -> bool {
        match update.kind {
            UpdateKind::Safety => true,
            UpdateKind::Command(command @ (Command::Next | Command::Stop)) => !self.is_too_old(update, command),
            _ => false,
        }
    }

    /// Handles an update whose turn it is.
    fn decide(&mut self, update: Update, stored: Option<Stored>) {
        match self.rule(&update, stored) {
            Ruling::Decided => {
                self.answer(update.callback);
                if let Some(Stored { inbox, .. }) = stored {
                    self.out.push(Effect::Done { inbox });
                }
            }
            Ruling::NeedsLane => self.open_lane(&update, stored),
            Ruling::Waits => self.defer(update, stored),
        }
    }

    fn rule(&mut self, update: &Update, stored: Option<Stored>) -> Ruling {
        let Some(facts) = self.state.people.get(&update.from) else {
            return match update.kind {
                UpdateKind::BotBlocked | UpdateKind::BotUnblocked => Ruling::Decided,
                UpdateKind::Message { .. }
                | UpdateKind::Command(_)
                | UpdateKind::Other
                | UpdateKind::Edit
                | UpdateKind::Safety
                | UpdateKind::Payment => Ruling::NeedsLane,
            };
        };
        let (person, telegram, is_reachable) = (facts.person, facts.telegram, facts.is_reachable);
        if update.kind == UpdateKind::BotBlocked {
            if !self.has_written_since(update) {
                self.lost(telegram);
            }
            return Ruling::Decided;
        }
        if !is_reachable {
            // A person who writes to the bot can be reached again.
            self.set_reachable(person, telegram, true);
        }
        match update.kind {
            UpdateKind::BotBlocked | UpdateKind::BotUnblocked => Ruling::Decided,
            UpdateKind::Other | UpdateKind::Edit | UpdateKind::Safety | UpdateKind::Payment => Ruling::NeedsLane,
            UpdateKind::Message { message, content, reply_to, album, leaks } => {
                // What was written to one partner never reaches another, however long it had to wait.
                if stored.is_some_and(|stored| stored.chat != self.state.place_of(telegram)) {
                    return Ruling::NeedsLane;
                }
                let (written_at, has_waited, words) = (update.written_at, stored.is_some(), update.words.as_ref());
                self.message(person, Letter { message, content, reply_to, album, leaks, written_at, has_waited, words })
            }
            UpdateKind::Command(command) => self.command(person, update, command, stored.is_some()),
        }
    }

    fn command(&mut self, person: PersonId, update: &Update, command: Command, is_stored: bool) -> Ruling {
        if self.is_too_old(update, command) {
            self.tell(person, Notice::AskAgain { command });
            return Ruling::Decided;
        }
        // A lane asks for the consent first, or says that they are about to be erased.
        let needs_lane =
            self.is_leaving(person) || matches!(command, Command::Find | Command::Next) && self.state.lapsed.contains(&person);
        if needs_lane && self.state.seat(person).is_none() {
            return Ruling::NeedsLane;
        }
        if matches!(command, Command::Find | Command::Next) {
            self.note_tap(person, update, is_stored);
        }
        match command {
            Command::Find => self.find(person),
            Command::Next => self.next(person),
            Command::Stop => self.stop(person),
            Command::CancelSearch => self.cancel_search(person),
            Command::Widen(filter) => self.widen(person, filter),
            Command::Agree(meeting) => return self.agree(person, meeting, update.press.and_then(|press| press.message)),
            Command::TakeBack(meeting) => return self.take_back(person, meeting, update.press.and_then(|press| press.message)),
            Command::Decline(meeting) => return self.decline_by(person, meeting, update.press.and_then(|press| press.message)),
            Command::AcceptInvitation(chat) => {
                return self.accept_invitation(person, chat, update.press.and_then(|press| press.message));
            }
            Command::DeclineInvitation(chat) => {
                return self.decline_invitation(person, chat, update.press.and_then(|press| press.message));
            }
            Command::SendAnyway { hold, is_yes } => {
                let answer = (is_yes, update.press.and_then(|press| press.message));
                let is_asked = self.send_anyway(person, hold, Questions::identifying, answer);
                return if is_asked { Ruling::Decided } else { Ruling::NeedsLane };
            }
            Command::SayAdult { hold, is_yes } => {
                let answer = (is_yes, update.press.and_then(|press| press.message));
                let is_asked = self.send_anyway(person, hold, Questions::age, answer);
                return if is_asked { Ruling::Decided } else { Ruling::NeedsLane };
            }
            Command::TakeMedia { hold, is_on } => {
                let answer = (is_on, update.press.and_then(|press| press.message));
                return if self.take_media(person, hold, answer) { Ruling::Decided } else { Ruling::NeedsLane };
            }
            Command::TurnMedia { chat, is_on } => {
                let answer = (is_on, update.press.and_then(|press| press.message));
                return if self.turn_media(person, chat, answer) { Ruling::Decided } else { Ruling::NeedsLane };
            }
            Command::SendNow { chat, message, content } => {
                return self.send_now(person, chat, (message, content), update.press.and_then(|press| press.message));
            }
        }
        Ruling::Decided
    }

    fn run_command(&mut self, id: crate::id::CommandId, command: EngineCommand) {
        self.out.push(Effect::CommandDone { command: id });
        match command {
            EngineCommand::Separate { by, other, cause } => self.separate(by, other, cause),
            EngineCommand::Consented { person } => drop(self.state.lapsed.remove(&person)),
            EngineCommand::Unconsented { person } => self.take_consent_back(person),
            EngineCommand::Leave { person } => self.leave(person),
            EngineCommand::Leaving { person, at } => self.set_leaving(person, at),
            EngineCommand::PassOn { chat, original, call, leaks, edited_at, is_copied, words } => {
                self.pass_on(chat, original, Change { call, leaks, edited_at, is_copied, words });
            }
            EngineCommand::Tell { person, news } => self.tell_news(person, news),
            EngineCommand::Invite { inviter, invited, chat, numbers } => self.invite([inviter, invited], chat, numbers),
            EngineCommand::Unfriended { by, other } => self.end_invitations(by, other),
            EngineCommand::Upheld { person, upheld } => self.uphold(person, upheld),
            EngineCommand::Sanction { person, until, reason, news } => self.sanction(person, until, (reason, news)),
            EngineCommand::Appealed { telegram, language, news, decided_at, suspended_until } => {
                self.appealed((telegram, language), news, decided_at, suspended_until);
            }
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
            EngineCommand::Subscription { payer } => self.put_task(payer, Task::Subscription { person: payer }),
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

    /// Tells a person what they did not ask for, once what it says about them holds here too.
    fn tell_news(&mut self, person: PersonId, news: News) {
        if let News::Premium { entitlement: Some(entitlement), .. } = news {
            self.entitle(person, entitlement);
        }
        // Money is told of; a person who is about to be erased is not called back by anything else.
        if self.is_leaving(person) && !matches!(news, News::Premium { .. }) {
            return;
        }
        let until = self.state.facts_of(person).and_then(|facts| facts.premium_until);
        let premium_until = until.filter(|&until| until > self.now);
        self.tell(person, Notice::News { news, premium_until });
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
