//! What a press or a command is worth: whether it is the same as the one before, too old to act on, or fresh enough to
//! count as consent.

use std::time::Duration;

use super::Turn;
use crate::engine::event::{Command, Update, UpdateKind};
use crate::engine::state::LastTap;
use crate::id::PersonId;
use crate::time::TelegramTime;

/// A second press of the same button within this time of the first is the same press.
const SAME_PRESS: Duration = Duration::from_millis(1_500);
/// The same command written at most so many seconds later, with nothing between, is the same.
const SAME_COMMAND_S: i64 = 1;
/// A command written longer ago is asked about.
const OLD_COMMAND_S: i64 = 600;

/// A block that comes later than this counts, no matter what was written since.
const LATE_BLOCK_S: i64 = 600;

impl Turn<'_> {
    /// Reports whether an update repeats what its sender did a moment ago, and remembers it if not.
    pub(super) fn is_same_tap(&mut self, update: &Update) -> bool {
        let last = self.state.last_taps.get(&update.from).copied();
        let tap = match (update.press, update.kind, update.written_at) {
            (Some(press), ..) => {
                if let Some(LastTap::Inline { button, at }) = last
                    && button == press.button
                    && at <= self.now
                    && self.now.since(at) <= SAME_PRESS
                {
                    return true;
                }
                Some(LastTap::Inline { button: press.button, at: self.now })
            }
            (None, UpdateKind::Command(command), Some(written_at)) => {
                if let Some(LastTap::Text { command: before, written_at: written_before, .. }) = last
                    && before == command
                    && (0..=SAME_COMMAND_S).contains(&written_at.seconds_since(written_before))
                {
                    return true;
                }
                Some(LastTap::Text { command, at: self.now, written_at })
            }
            // Anything else somebody does comes between two presses.
            _ => None,
        };
        match tap {
            Some(tap) => drop(self.state.last_taps.insert(update.from, tap)),
            None => drop(self.state.last_taps.remove(&update.from)),
        }
        false
    }

    /// Remembers when somebody registered last wrote.
    pub(super) fn note_time(&mut self, update: &Update, written_at: TelegramTime) {
        if update.kind != UpdateKind::BotBlocked && self.state.people.contains_key(&update.from) {
            let last = self.state.written.entry(update.from).or_insert(written_at);
            *last = written_at.max(*last);
        }
    }

    /// Reports whether a person has written after what this update tells of: by webhook a block waits for no message, and
    /// may come long after the unblocking and what they wrote then.
    pub(super) fn has_written_since(&self, update: &Update) -> bool {
        let last = self.state.written.get(&update.from);
        update.written_at.is_some_and(|at| last.is_some_and(|last| *last > at))
    }

    /// Forgets writings that no late block can come after.
    pub(super) fn forget_writings(&mut self) {
        let telegram = self.state.telegram_time(self.now);
        self.state.written.retain(|_, at| telegram.seconds_since(*at) <= LATE_BLOCK_S);
    }

    /// Forgets presses that nothing can repeat any more.
    pub(super) fn forget_taps(&mut self) {
        let now = self.now;
        // A command's clock is Telegram's, and it may come late: a minute is plenty.
        let lasts = |tap: &LastTap| match tap {
            LastTap::Inline { .. } => SAME_PRESS,
            LastTap::Text { .. } => Duration::from_mins(1),
        };
        self.state.last_taps.retain(|_, tap| tap.at() <= now && now.since(tap.at()) <= lasts(tap));
        let consent = self.state.rules.consent;
        self.state.tapped.retain(|_, at| now.since(*at) <= consent);
    }

    /// Reports whether a command was written so long ago that its writer may not want it any more. A press of an inline
    /// button counts from its arrival and is never too old.
    pub(super) fn is_too_old(&self, update: &Update, command: Command) -> bool {
        let asks = matches!(command, Command::Find | Command::Next | Command::Stop | Command::CancelSearch);
        let age = |written_at| self.state.telegram_time(self.now).seconds_since(written_at);
        asks && update.written_at.is_some_and(|written_at| age(written_at) > OLD_COMMAND_S)
    }

    /// Notes that a person just asked for a partner, if the time of that is known.
    pub(super) fn note_tap(&mut self, person: PersonId, update: &Update, is_stored: bool) {
        let limit = i64::try_from(self.state.rules.consent.as_secs()).unwrap_or(i64::MAX);
        let age = |written_at| self.state.telegram_time(self.now).seconds_since(written_at);
        let is_fresh = !update.is_belated && update.written_at.is_none_or(|written_at| age(written_at) <= limit);
        if is_fresh && !is_stored {
            self.state.tapped.insert(person, self.now);
        } else {
            self.state.tapped.remove(&person);
        }
    }

    /// Reports whether a person's own tap is so fresh that it counts as consent.
    pub(super) fn has_just_tapped(&self, person: PersonId) -> bool {
        let is_fresh = |at| self.now.since(at) <= self.state.rules.consent;
        self.state.tapped.get(&person).copied().is_some_and(is_fresh)
    }
}
