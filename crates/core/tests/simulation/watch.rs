//! The rules of meetings, of when something was written and of safety: what is watched at each step of the engine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use luvhive_core::chat::{EndReason, Seat};
use luvhive_core::engine::rules::{Opening, Rules};
use luvhive_core::engine::{Command, Effect, EngineCommand, Event, Notice, OutboxBody, OutboxRow, State, Update, UpdateKind};
use luvhive_core::id::{ChatId, MessageId, OutboxId, PersonId, TelegramId};
use luvhive_core::time::{TelegramTime, Timestamp};

use super::check::{Check, Rule};
use super::database::Database;
use super::people::OLD_S;
use super::telegram::Telegram;
use super::world::SECOND;

/// How long a meeting can still be answered after an outage, at least.
const LEAST: Duration = Duration::from_secs(20);
/// From so long a silence on, people in meetings get the time back.
const OUTAGE: Duration = Duration::from_secs(5);
/// A search pauses after this time at the latest.
const SEARCH: Duration = Duration::from_mins(10);
/// By so much the engine's guess of Telegram's clock may be late, in seconds: a frozen process reads an answer late.
pub(super) const GUESS_S: i64 = 10;
/// By so much our clock and Telegram's differ at most, in seconds.
pub(crate) const MAX_AHEAD_S: i64 = 60;

/// What one step was given and gave.
pub(crate) struct Seen<'a> {
    /// The event as the world knows it.
    pub(crate) truth: &'a Event,
    pub(crate) before: &'a [(PersonId, Seat)],
    pub(crate) effects: &'a [Effect],
    pub(crate) state: &'a State,
    pub(crate) database: &'a Database,
    pub(crate) telegram: &'a Telegram,
    pub(crate) now: i64,
    /// What the clock shows that the process reads.
    pub(crate) wall: Timestamp,
    /// Whether the owner has not made a step before: the seats it read are taken now.
    pub(crate) is_first: bool,
}

/// A press of "Chat", or of what takes it back.
#[derive(Clone, Copy, Debug)]
struct Answer {
    agrees: bool,
    is_deferred: bool,
}

/// When a meeting may end for lack of an answer, and when it must.
#[derive(Clone, Copy, Debug)]
struct Deadline {
    earliest: Timestamp,
    latest: Timestamp,
}

/// What one person took in last, to know a second press for what it is.
#[derive(Clone, Copy, Debug)]
struct Last {
    command: Command,
    at: i64,
    written_at: Option<TelegramTime>,
}

/// What an end notice told its receiver, and what was dropped of what they wrote.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) who: TelegramId,
    pub(super) chat: ChatId,
    pub(super) undelivered: i64,
    pub(super) dropped: Vec<OutboxId>,
    pub(super) waiting: i64,
}

/// Everything that was seen of meetings, presses and openings.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pub(crate) rules: Rules,
    answers: HashMap<(PersonId, ChatId), Vec<Answer>>,
    /// When people pressed what began a search, if that counts as consent for a while.
    taps: HashMap<PersonId, i64>,
    consented: BTreeSet<(PersonId, ChatId)>,
    deadlines: BTreeMap<ChatId, Deadline>,
    listened: Option<Timestamp>,
    /// What the clock showed last, how much time passed by it, the steps forward included, and whether it was ever set back.
    clock: Option<Timestamp>,
    pub(super) passed: Duration,
    was_set_back: bool,
    /// When it was looked at last in truth, and how much time in all passed unseen because it was set back meanwhile.
    stepped: i64,
    stood: i64,
    /// When people said "Not now" to a meeting, by the time that had passed.
    pub(super) declined: BTreeMap<ChatId, Duration>,
    last: HashMap<TelegramId, Last>,
    /// When chats opened, by our clock.
    pub(super) opened: BTreeMap<ChatId, i64>,
    /// When the notice that opened a chat reached somebody first, and all seconds in which it did.
    pub(super) heard: BTreeMap<(TelegramId, ChatId), Vec<TelegramTime>>,
    /// Whether this owner has heard what Telegram's clock shows.
    has_clock: bool,
    /// Chats of whose opening somebody heard when their owner did not know yet how far Telegram's clock is ahead.
    pub(super) guessed: BTreeSet<(PersonId, ChatId)>,
    /// Pairs of whom one said "Not now", and when.
    pub(super) firm: BTreeMap<[PersonId; 2], Duration>,
    pub(super) tapped: BTreeSet<(TelegramId, MessageId)>,
    pub(super) told: Vec<Told>,
    /// Rows that arrived, or of which their writers were told for themselves.
    pub(super) delivered: BTreeSet<OutboxId>,
    /// When people registered.
    pub(super) registered: BTreeMap<PersonId, i64>,
}

impl Watch {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// A row is refused or let go, which its writer is told.
    pub(crate) fn told_of(&mut self, row: OutboxId) {
        self.delivered.insert(row);
    }

    /// Whether a row passes on what its writer's tap released.
    pub(crate) fn is_tapped(&self, row: &OutboxRow) -> bool {
        matches!(row.body, OutboxBody::Relay(relay) if self.tapped.contains(&(relay.from, relay.source)))
    }

    /// The tables were read: people in a meeting have some time left.
    pub(crate) fn loaded(&mut self, now: Timestamp, truth: i64) {
        self.meet_clock(now, truth);
        self.listened = None;
        self.has_clock = false;
        let least = now.plus(LEAST);
        // What was reckoned by a clock that was set back lasts as long as a new meeting at most.
        let most = if self.was_set_back { now.plus(self.rules.meeting) } else { least };
        for deadline in self.deadlines.values_mut() {
            deadline.earliest = deadline.earliest.max(least);
            deadline.latest = deadline.latest.max(least).max(most);
        }
    }

    /// A clock that was set back moves what is to come with it.
    fn meet_clock(&mut self, now: Timestamp, truth: i64) {
        let since = truth - std::mem::replace(&mut self.stepped, truth);
        let last = self.clock.replace(now).unwrap_or(now);
        self.passed += now.since(last);
        let back = last.since(now);
        if back.is_zero() {
            return;
        }
        self.was_set_back = true;
        self.stood += since;
        self.listened = self.listened.map(|at| at.minus(back));
        for deadline in self.deadlines.values_mut() {
            *deadline = Deadline { earliest: deadline.earliest.minus(back), latest: deadline.latest.minus(back) };
        }
    }

    pub(crate) fn stepped(&mut self, check: &mut Check, seen: &Seen<'_>) {
        self.meet_clock(seen.wall, seen.now);
        if let Event::Update { update, inbox } = seen.truth {
            self.note_answer(seen, update);
            if inbox.is_none() {
                self.note_tap(seen, update);
                if !seen.is_first {
                    self.update(check, seen, update);
                }
            }
        }
        self.has_clock |= matches!(seen.truth, Event::Heard { at: Some(_), .. });
        self.meetings(check, seen);
        for effect in seen.effects {
            match effect {
                Effect::OpenChat { chat } => self.opens(check, seen, *chat),
                Effect::Seat { person, seat: Some(Seat::Chatting { chat, heard_at: Some(_), .. }) } if !self.has_clock => {
                    self.guessed.insert((*person, *chat));
                }
                Effect::EndChat { chat, reason, by, .. } => {
                    if *reason == EndReason::Declined {
                        self.declined.insert(*chat, self.passed);
                    }
                    self.fails(check, seen, *chat, (*reason, *by));
                }
                _ => {}
            }
        }
    }

    fn note_answer(&mut self, seen: &Seen<'_>, update: &Update) {
        let Some(person) = person_of(seen, update.from) else { return };
        let (meeting, agrees) = match update.kind {
            UpdateKind::Command(Command::Agree(meeting)) => (meeting, true),
            UpdateKind::Command(Command::TakeBack(meeting)) => (meeting, false),
            UpdateKind::Command(Command::SendNow { message, .. }) => {
                self.tapped.insert((update.from, message));
                return;
            }
            _ => return,
        };
        let is_deferred = has_store(seen, update);
        let is_refused = seen.effects.iter().all(|effect| matches!(effect, Effect::Answer { .. }));
        if agrees || !is_refused {
            self.answers.entry((person, meeting)).or_default().push(Answer { agrees, is_deferred });
        }
    }

    fn note_tap(&mut self, seen: &Seen<'_>, update: &Update) {
        let UpdateKind::Command(Command::Find | Command::Next) = update.kind else { return };
        let Some(person) = person_of(seen, update.from) else { return };
        let consent_s = i64::try_from(self.rules.consent.as_secs()).unwrap();
        let limit_s = consent_s + GUESS_S;
        let is_recent = |at| seen.telegram.clock(seen.now).seconds_since(at) <= limit_s;
        let is_fresh = !update.is_belated && update.written_at.is_none_or(is_recent);
        if is_fresh && !has_store(seen, update) {
            self.taps.insert(person, seen.now - self.stood);
        }
    }

    /// Whatever was sent long ago is asked about, what was forwarded is talk, and what is for safety passes.
    fn update(&mut self, check: &mut Check, seen: &Seen<'_>, update: &Update) {
        let ends = seen.effects.iter().any(|effect| matches!(effect, Effect::EndChat { .. }));
        let age_s = update.written_at.map_or(0, |at| seen.telegram.clock(seen.now).seconds_since(at));
        let is_command = matches!(update.kind, UpdateKind::Command(_));
        // A process that has not heard yet what Telegram's clock shows goes by one that was set back.
        let knows_age = self.has_clock || !self.was_set_back;
        let is_old = is_command && knows_age && age_s > OLD_S + MAX_AHEAD_S + GUESS_S;
        if is_old {
            let person = person_of(seen, update.from);
            // A clock that was set back only dates a chat back.
            let spot = |seat: Option<Seat>| seat.map(|seat| (std::mem::discriminant(&seat), seat.place()));
            let before = seen.before.iter().find(|(who, _)| Some(*who) == person).map(|(_, seat)| *seat);
            let moves = |effect: &Effect| matches!(effect, Effect::Seat { person: who, seat } if Some(*who) == person && spot(*seat) != spot(before));
            let acts = seen.effects.iter().any(moves);
            check.expect(Rule::OldCommandsAsked, !ends && !acts, || format!("{update:?} of {age_s} s ago was acted on"));
        }
        if seen.telegram.posted(update.id).forwards.is_some() {
            check.expect(Rule::ForwardsAreTalk, !ends, || format!("{update:?} was forwarded and ended something"));
        }
        let last = match update.kind {
            UpdateKind::Command(command) => {
                let last = Last { command, at: seen.now, written_at: update.written_at };
                self.last.insert(update.from, last)
            }
            _ => None,
        };
        let has_seat = seen.before.iter().any(|(person, _)| seen.database.known[person] == update.from);
        let must_pass = match update.kind {
            UpdateKind::Safety => true,
            UpdateKind::Command(command) => {
                let is_again = last.is_some_and(|last| {
                    let written = |at: TelegramTime| last.written_at.is_some_and(|before| at.seconds_since(before).abs() <= 1);
                    last.command == command && (seen.now - last.at <= 2 * SECOND || update.written_at.is_some_and(written))
                });
                command.is_way_out() && has_seat && !is_again && age_s <= OLD_S - MAX_AHEAD_S - GUESS_S
            }
            _ => false,
        };
        if must_pass {
            let has_effect = seen.effects.iter().any(|effect| !matches!(effect, Effect::Answer { .. }));
            check.expect(Rule::SafetyPasses, has_effect, || format!("{update:?} was kept out"));
        }
    }

    /// Meetings begin and end in time.
    fn meetings(&mut self, check: &mut Check, seen: &Seen<'_>) {
        let now = seen.wall;
        for effect in seen.effects {
            if let Effect::Meet { chat, people } = effect {
                let at = now.plus(self.rules.meeting);
                self.deadlines.insert(*chat, Deadline { earliest: at, latest: at });
                for person in people {
                    let tap = self.taps.get(person).copied();
                    let lasts = i64::try_from(self.rules.consent.as_micros()).unwrap();
                    if self.rules.opening == Opening::Direct && tap.is_some_and(|at| seen.now - self.stood - at <= lasts) {
                        self.consented.insert((*person, *chat));
                    }
                }
            }
        }
        // One press may decline a meeting that waited for it and begin the next one: it counts until the step is over.
        for effect in seen.effects {
            if let Effect::Meet { people, .. } = effect {
                self.taps.retain(|person, _| !people.contains(person));
            }
        }
        let Event::Tick { is_listening } = seen.truth else { return };
        if !is_listening {
            self.listened.get_or_insert(now);
            return;
        }
        let gap = now.since(self.listened.unwrap_or(now));
        self.listened = Some(now);
        if gap >= OUTAGE {
            let least = now.plus(LEAST);
            for deadline in self.deadlines.values_mut() {
                deadline.earliest = deadline.earliest.max(least);
                deadline.latest = deadline.latest.plus(gap).max(least);
            }
        }
        for &person in seen.database.known.keys() {
            match seen.state.seat(person) {
                Some(Seat::Meeting { meeting, answer_by, .. }) => {
                    let latest = self.deadlines.get(&meeting).map_or(Timestamp::MAX, |deadline| deadline.latest);
                    check.expect(Rule::MeetingsEnd, answer_by > now && answer_by <= latest, || {
                        format!("{meeting} of {person} lasts until {answer_by:?}, latest {latest:?}, now {now:?}")
                    });
                }
                Some(Seat::Waiting { .. }) => {
                    let next = seen.state.next_deadline();
                    check.expect(Rule::TimersFire, next.is_some_and(|at| at <= now.plus(SEARCH)), || {
                        format!("{person} searches, and nothing is due before {next:?}, now {now:?}")
                    });
                }
                Some(Seat::Chatting { chat, since, .. }) => {
                    check.expect(Rule::OpeningsPast, since <= now, || {
                        format!("{chat} of {person} opens at {since:?}, which is to come, now {now:?}")
                    });
                }
                None => {}
            }
        }
    }

    /// A chat opens: both wanted it.
    fn opens(&mut self, check: &mut Check, seen: &Seen<'_>, chat: ChatId) {
        self.opened.insert(chat, seen.now);
        let met = seen.effects.iter().find_map(|effect| match effect {
            Effect::Meet { chat: met, people } if *met == chat => Some(people.to_vec()),
            _ => None,
        });
        let sits = |(person, seat): &(PersonId, Seat)| (seat.place() == Some(chat)).then_some(*person);
        let people = met.unwrap_or_else(|| seen.before.iter().filter_map(sits).collect());
        check.expect(Rule::OpensByConsent, people.len() == 2, || format!("{chat} opened with {people:?}"));
        for person in people {
            let answers = self.answers.get(&(person, chat)).map_or(&[][..], Vec::as_slice);
            // What still waits in a lane may have been decided or not.
            let agrees = answers.iter().rev().take_while(|answer| answer.is_deferred).any(|answer| answer.agrees)
                || answers.iter().rev().find(|answer| !answer.is_deferred).is_some_and(|answer| answer.agrees);
            let has_tapped =
                answers.iter().all(|answer| answer.agrees || answer.is_deferred) && self.consented.contains(&(person, chat));
            check.expect(Rule::OpensByConsent, agrees || has_tapped, || {
                format!("{chat} opened without {person}, who answered {answers:?}")
            });
        }
    }

    /// A meeting ends without a chat, for a reason and perhaps by somebody: places are kept or lost as they should.
    fn fails(&mut self, check: &mut Check, seen: &Seen<'_>, chat: ChatId, (reason, by): (EndReason, Option<PersonId>)) {
        let attends = |(person, seat): &(PersonId, Seat)| match seat {
            Seat::Meeting { meeting, since, has_agreed, .. } if *meeting == chat => Some((*person, *since, *has_agreed)),
            _ => None,
        };
        let pair: Vec<_> = seen.before.iter().filter_map(attends).collect();
        let has_opened = seen.effects.iter().any(|effect| matches!(effect, Effect::OpenChat { chat: opened } if *opened == chat));
        if pair.len() != 2 || has_opened {
            return;
        }
        let now = seen.wall;
        let is_unanswered = reason == EndReason::Unanswered;
        if is_unanswered && let Some(deadline) = self.deadlines.get(&chat) {
            let earliest = deadline.earliest;
            check.expect(Rule::MeetingsEnd, now >= earliest, || format!("{chat} ended before {earliest:?}"));
        }
        let leaver = by.or_else(|| subject_of(seen));
        for (person, since, has_agreed) in pair {
            let seat = seen.effects.iter().rev().find_map(|effect| match effect {
                Effect::Seat { person: who, seat } if *who == person => Some(*seat),
                _ => None,
            });
            let seat = seat.flatten();
            if is_unanswered && !has_agreed {
                check.expect(Rule::SurvivorKeepsPlace, seat.is_none(), || format!("{person} did not answer and has {seat:?}"));
            } else if is_unanswered || leaver.is_some_and(|leaver| leaver != person) {
                let facts = seen.state.facts(seen.database.known[&person]);
                let may_search = facts.is_some_and(|facts| facts.is_reachable && !facts.is_suspended(now));
                let keeps = match seat {
                    Some(Seat::Waiting { since: kept, .. } | Seat::Meeting { since: kept, .. }) => kept == since,
                    Some(Seat::Chatting { .. }) => self.rules.opening == Opening::Direct,
                    // By a clock that was set forward they had searched long enough.
                    None => !may_search || is_paused(seen, person),
                };
                check.expect(Rule::SurvivorKeepsPlace, keeps, || format!("{person} waited since {since:?} and has {seat:?}"));
            }
        }
    }
}

/// Whether somebody hears that their search is paused.
fn is_paused(seen: &Seen<'_>, person: PersonId) -> bool {
    let who = seen.database.known[&person];
    let is_word =
        |effect: &Effect| matches!(effect, Effect::Notice { receiver, notice: Notice::SearchPaused, .. } if *receiver == who);
    seen.effects.iter().any(is_word)
}

fn has_store(seen: &Seen<'_>, update: &Update) -> bool {
    seen.effects.iter().any(|effect| matches!(effect, Effect::Store { update: stored, .. } if *stored == update.id))
}

fn person_of(seen: &Seen<'_>, telegram: TelegramId) -> Option<PersonId> {
    let sits = seen.before.iter().find(|(person, _)| seen.database.known[person] == telegram).map(|(person, _)| *person);
    sits.or_else(|| seen.database.accounts.get(&telegram).copied())
}

/// Whom an event is about that makes somebody leave.
fn subject_of(seen: &Seen<'_>) -> Option<PersonId> {
    match seen.truth {
        Event::Update { update, .. } => person_of(seen, update.from),
        Event::Gone { telegram } | Event::LaneDone { telegram, .. } => person_of(seen, *telegram),
        Event::Command { command: EngineCommand::Sanction { person, .. } | EngineCommand::Leave { person }, .. } => Some(*person),
        _ => None,
    }
}
