//! The driver: people who write on schedule, no matter what the bot does meanwhile.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use luvhive_sandbox::{PersonId, Sandbox, SandboxError};
use tokio::time::Instant;

use super::checker::{Checker, text_of};
use super::verdict::Window;

/// What people do in a run.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Texts a second, of all people together; commands come on top.
    pub(super) rate: u32,
    /// Length of the run.
    pub(super) length: Duration,
    /// Of 100 events, how many are commands instead of texts: to end a chat or to search. Less than 100.
    pub(super) commands_percent: u32,
    /// Of 100 texts, how many reply to an earlier message.
    pub(super) replies_percent: u32,
    /// Of 100 people who end a chat to meet the next partner, how many write on at once, before they know of any.
    pub(super) hasty_percent: u32,
    /// What people write to end a chat and search again.
    pub(super) next: String,
    /// What people write to end a chat.
    pub(super) stop: String,
    /// What people write to search.
    pub(super) find: String,
    /// Makes the run repeatable.
    pub(super) seed: u64,
}

/// Plays people. Those who are in a chat act in turn, so nobody much more often than once in `people / rate` seconds.
pub(super) struct Driver {
    people: Vec<PersonId>,
    checker: Arc<Checker>,
    plan: Plan,
    rng: Rng,
    turn: usize,
    /// By person: searches, or is about to.
    searching: Vec<bool>,
    /// Who was found without a chat and will search, in that order.
    about_to_search: VecDeque<usize>,
}

/// How often the driver looks at the clock.
const BEAT: Duration = Duration::from_millis(1);

impl Driver {
    /// Makes a driver of these people, in an order of its own.
    pub(super) fn new(mut people: Vec<PersonId>, checker: Arc<Checker>, plan: Plan) -> Self {
        let mut rng = Rng::with_seed(plan.seed);
        rng.shuffle(&mut people);
        let searching = vec![false; people.len()];
        Self { people, checker, plan, rng, turn: 0, searching, about_to_search: VecDeque::new() }
    }

    /// Plays the whole plan and returns its window. Does not wait for deliveries.
    pub(super) async fn run(mut self, sandbox: &Sandbox) -> Window {
        let from_ms = sandbox.now_ms();
        let length_ms = i64::try_from(self.plan.length.as_millis()).unwrap_or(i64::MAX);
        let window = Window { from_ms, until_ms: from_ms + length_ms };
        self.checker.log().window_end_ms = window.until_ms;
        let started = Instant::now();
        let mut done: u64 = 0;
        let texts_percent = u64::from(100_u32.saturating_sub(self.plan.commands_percent).max(1));
        let rate = u64::from(self.plan.rate.max(1)) * 100;
        loop {
            let elapsed = started.elapsed().min(self.plan.length);
            let due = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).saturating_mul(rate) / (texts_percent * 1_000_000);
            while done < due {
                let offset_ms = i64::try_from(done * 1_000 * texts_percent / rate).unwrap_or(0);
                self.act(sandbox, from_ms + offset_ms);
                done += 1;
            }
            self.agree(sandbox);
            if elapsed >= self.plan.length {
                return window;
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    /// One person acts, as if at `scheduled_ms`.
    fn act(&mut self, sandbox: &Sandbox, scheduled_ms: i64) {
        let is_command = self.rng.u32(..100) < self.plan.commands_percent;
        let result = match if is_command { self.about_to_search.pop_front() } else { None } {
            Some(at) => self.search(sandbox, at, scheduled_ms),
            None => match self.next_who_chats() {
                Some((at, person)) if is_command => self.leave(sandbox, at, person, scheduled_ms),
                Some((_, person)) => self.write(sandbox, person, scheduled_ms),
                None => return,
            },
        };
        if let Err(error) = result {
            tracing::warn!(%error, "a person of the load run could not act");
        }
    }

    /// People who are asked whether they agree to a chat do.
    fn agree(&self, sandbox: &Sandbox) {
        for (person, message, data) in self.checker.take_asked() {
            if let Err(error) = sandbox.press_as_shown(PersonId::from(person), message, &data) {
                tracing::warn!(%error, "a person of the load run could not agree to a chat");
            }
        }
    }

    /// The next person in turn who is in a chat; a person on the way who is in none will search.
    fn next_who_chats(&mut self) -> Option<(usize, PersonId)> {
        for _ in 0..self.people.len() {
            let at = self.turn % self.people.len();
            self.turn += 1;
            let person = *self.people.get(at)?;
            let searching = self.searching.get_mut(at)?;
            if self.checker.is_chatting(person.get()) {
                *searching = false;
                return Some((at, person));
            }
            if !*searching {
                *searching = true;
                self.about_to_search.push_back(at);
            }
        }
        None
    }

    fn search(&self, sandbox: &Sandbox, at: usize, scheduled_ms: i64) -> Result<(), SandboxError> {
        let Some(&person) = self.people.get(at) else { return Ok(()) };
        self.command(sandbox, person, &self.plan.find, scheduled_ms)
    }

    fn leave(&mut self, sandbox: &Sandbox, at: usize, person: PersonId, scheduled_ms: i64) -> Result<(), SandboxError> {
        let is_next = self.rng.bool();
        if let Some(searching) = self.searching.get_mut(at) {
            *searching = is_next;
        }
        let text = if is_next { &self.plan.next } else { &self.plan.stop };
        self.command(sandbox, person, text, scheduled_ms)?;
        if is_next && self.rng.u32(..100) < self.plan.hasty_percent {
            let number = self.checker.send_hastily(person.get(), scheduled_ms);
            self.checker.say(sandbox, person, number, None)?;
        }
        Ok(())
    }

    fn command(&self, sandbox: &Sandbox, person: PersonId, text: &str, scheduled_ms: i64) -> Result<(), SandboxError> {
        self.checker.log().commands.insert(person.get(), scheduled_ms);
        sandbox.send_text(person, text, None).map(|_| ())
    }

    fn write(&mut self, sandbox: &Sandbox, person: PersonId, scheduled_ms: i64) -> Result<(), SandboxError> {
        let is_reply = self.rng.u32(..100) < self.plan.replies_percent;
        let number = self.checker.send(person.get(), scheduled_ms);
        let reply_to = if is_reply { sandbox.newest_message(person) } else { None };
        self.checker.say(sandbox, person, number, reply_to)
    }
}

/// Has everybody who is in a chat leave it, and waits until the last of them was told.
///
/// Afterwards it is known who was whose partner. Gives up after `patience`.
pub(super) async fn leave_all(sandbox: &Sandbox, checker: &Checker, stop: &str, patience: Duration) {
    checker.log().leaving_ms = sandbox.now_ms();
    let deadline = Instant::now() + patience;
    for person in checker.list_chatting() {
        if checker.log().people.get(&person).is_some_and(|trace| trace.is_chatting)
            && let Err(error) = sandbox.send_text(PersonId::from(person), stop, None)
        {
            tracing::warn!(%error, "a person of the load run could not leave");
        }
        tokio::task::yield_now().await;
    }
    while !checker.list_chatting().is_empty() && Instant::now() < deadline {
        tokio::time::sleep(BEAT * 20).await;
    }
}

impl Checker {
    /// Has a person write one numbered message now, outside of any plan.
    ///
    /// # Errors
    /// [`SandboxError`] if the person cannot write.
    pub(super) fn send_probe(&self, sandbox: &Sandbox, person: PersonId) -> Result<(), SandboxError> {
        let number = self.send(person.get(), sandbox.now_ms());
        self.say(sandbox, person, number, None)
    }

    /// Has a person write the message of this number.
    fn say(&self, sandbox: &Sandbox, person: PersonId, number: u64, reply_to: Option<i64>) -> Result<(), SandboxError> {
        let written = sandbox.write(person, &text_of(number), reply_to)?;
        self.sent(number, written.update_id, written.date);
        Ok(())
    }
}
