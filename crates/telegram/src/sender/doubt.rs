//! Rows of unknown outcome: whether the trouble is theirs or Telegram's. Another send that succeeds tells, or an answer to
//! `getMe`. Pure: the time is passed in, and nothing here sends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use luvhive_core::id::{OutboxId, TelegramId};
use luvhive_core::ports::MessengerError;
use tokio::time::Instant;
use tracing::{error, info};

use super::retry;

/// Who was at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The row's: Telegram was well meanwhile, so the try counts.
    Rows,
    /// Telegram's, which was silent when asked: nothing counts.
    Telegrams,
}

/// Rows about which there was doubt, and whose the trouble was.
pub(super) type Cleared = (Fault, BTreeMap<TelegramId, OutboxId>);

/// All rows in doubt.
#[derive(Debug)]
pub(super) struct Doubts {
    /// After unclear answers from so many chats, with no success in between, nothing more is sent.
    most_chats: usize,
    rows: BTreeMap<TelegramId, OutboxId>,
    /// The chats of unclear answers since a send succeeded last.
    chats: BTreeSet<TelegramId>,
    is_still: bool,
    /// How often everything stood still since a send succeeded last.
    stills: u32,
    /// When Telegram is to be asked for a sign of life.
    ask_at: Option<Instant>,
    unanswered: u32,
}

impl Doubts {
    pub(super) fn new(most_chats: usize) -> Self {
        Self {
            most_chats: most_chats.max(1),
            rows: BTreeMap::new(),
            chats: BTreeSet::new(),
            is_still: false,
            stills: 0,
            ask_at: None,
            unanswered: 0,
        }
    }

    /// Reports whether nothing is to be sent before Telegram answers.
    pub(super) fn is_still(&self) -> bool {
        self.is_still
    }

    /// Adds an unclear answer, with the row if it may be sent again.
    pub(super) fn add(&mut self, receiver: TelegramId, row: Option<OutboxId>, now: Instant) {
        let is_first = self.rows.is_empty() && !self.is_still;
        self.rows.extend(row.map(|row| (receiver, row)));
        self.chats.insert(receiver);
        if !self.is_still && self.chats.len() >= self.most_chats {
            error!(chats = self.chats.len(), "Telegram gives no clear answers; nothing is sent until it does");
            self.is_still = true;
            // An answer to `getMe` is no promise: what is sent after it may be as unclear, again and again.
            let pause = if self.stills > 0 { retry::STILL_AGAIN.after(self.stills) } else { Duration::ZERO };
            self.stills = self.stills.saturating_add(1);
            self.ask_at = Some(now + pause);
        } else if is_first && !self.rows.is_empty() {
            self.ask_at = Some(now + retry::SIGN_OF_LIFE);
        }
    }

    /// A send succeeded. Returns the rows that may go on.
    pub(super) fn succeeded(&mut self) -> Option<Cleared> {
        self.chats.clear();
        if !self.is_still {
            self.stills = 0;
        }
        (!self.is_still && !self.rows.is_empty()).then(|| self.clear(Fault::Rows))
    }

    /// Reports whether Telegram is to be asked now; then it is asked, and the answer goes to [`Self::answered`].
    pub(super) fn asks(&mut self, now: Instant) -> bool {
        self.ask_at.take_if(|at| *at <= now).is_some()
    }

    /// Returns when Telegram is to be asked.
    pub(super) fn ask_at(&self) -> Option<Instant> {
        self.ask_at
    }

    /// Telegram was asked. Returns the rows that may go on if it answered.
    pub(super) fn answered(&mut self, answer: &Result<(), MessengerError>, now: Instant) -> Option<Cleared> {
        if self.rows.is_empty() && !self.is_still {
            return None;
        }
        let Err(silent) = answer else {
            // Also of many chats: where Telegram answers each time and every send stays unclear, they would be repeated for ever.
            let whose = if self.unanswered > 0 { Fault::Telegrams } else { Fault::Rows };
            if self.is_still {
                info!("Telegram answers again; sending goes on");
            }
            return Some(self.clear(whose));
        };
        self.unanswered = self.unanswered.saturating_add(1);
        let pause = match silent {
            MessengerError::RetryAfter(rest) => *rest,
            _ => retry::UNANSWERED.after(self.unanswered),
        };
        self.ask_at = now.checked_add(pause).or(Some(now + Duration::from_hours(24)));
        None
    }

    fn clear(&mut self, whose: Fault) -> Cleared {
        let rows = std::mem::take(&mut self.rows);
        *self = Self { stills: self.stills, ..Self::new(self.most_chats) };
        (whose, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn unclear(doubts: &mut Doubts, receiver: i64, now: Instant) {
        doubts.add(TelegramId::new(receiver), Some(OutboxId::new(receiver)), now);
    }

    fn silent() -> Result<(), MessengerError> {
        Err(MessengerError::Unknown("cut".into()))
    }

    fn receivers(cleared: Option<Cleared>) -> Option<(Fault, Vec<i64>)> {
        cleared.map(|(whose, rows)| (whose, rows.into_keys().map(TelegramId::get).collect()))
    }

    #[test]
    fn a_success_elsewhere_says_that_the_trouble_is_the_rows() {
        let (mut doubts, now) = (Doubts::new(5), Instant::now());
        assert_eq!(receivers(doubts.succeeded()), None);
        unclear(&mut doubts, 1, now);
        unclear(&mut doubts, 2, now);
        assert_eq!(receivers(doubts.succeeded()), Some((Fault::Rows, vec![1, 2])));
        assert!(!doubts.asks(now + SECOND), "nobody is in doubt any more");
    }

    #[test]
    fn without_a_success_telegram_is_asked_until_it_answers() {
        let (mut doubts, now) = (Doubts::new(5), Instant::now());
        unclear(&mut doubts, 1, now);
        assert!(!doubts.asks(now));
        assert!(doubts.asks(now + retry::SIGN_OF_LIFE) && !doubts.asks(now + SECOND), "once");
        assert_eq!(receivers(doubts.answered(&Ok(()), now + SECOND)), Some((Fault::Rows, vec![1])));
        unclear(&mut doubts, 1, now);
        assert!(doubts.asks(now + SECOND));
        assert_eq!(receivers(doubts.answered(&silent(), now + SECOND)), None);
        assert!(doubts.asks(now + 2 * SECOND));
        let told = Err(MessengerError::RetryAfter(60 * SECOND));
        assert_eq!(receivers(doubts.answered(&told, now + 2 * SECOND)), None);
        assert!(!doubts.asks(now + 61 * SECOND) && doubts.asks(now + 62 * SECOND), "told waits are waited");
        assert_eq!(receivers(doubts.answered(&Ok(()), now + 62 * SECOND)), Some((Fault::Telegrams, vec![1])));
    }

    #[test]
    fn five_chats_in_a_row_make_everything_stand_still() {
        let (mut doubts, now) = (Doubts::new(5), Instant::now());
        for receiver in [1, 2, 3, 4, 4, 4] {
            unclear(&mut doubts, receiver, now);
        }
        assert!(!doubts.is_still(), "these are four");
        doubts.succeeded();
        unclear(&mut doubts, 5, now);
        assert!(!doubts.is_still(), "one of them succeeded since");
        for receiver in 6..10 {
            unclear(&mut doubts, receiver, now);
        }
        assert!(doubts.is_still() && doubts.asks(now));
        assert_eq!(receivers(doubts.succeeded()), None, "what was on its way says nothing");
        unclear(&mut doubts, 10, now);
        assert_eq!(doubts.ask_at(), None, "it is asked already");
        assert_eq!(receivers(doubts.answered(&silent(), now)), None);
        assert!(doubts.is_still() && doubts.asks(now + SECOND));
        assert_eq!(receivers(doubts.answered(&Ok(()), now + SECOND)), Some((Fault::Telegrams, vec![5, 6, 7, 8, 9, 10])));
        assert!(!doubts.is_still());
    }

    #[test]
    fn standing_still_again_takes_longer_until_something_succeeds() {
        let (mut doubts, now) = (Doubts::new(1), Instant::now());
        let pause = |doubts: &mut Doubts| {
            unclear(doubts, 1, now);
            let pause = doubts.ask_at().unwrap() - now;
            assert!(doubts.asks(now + pause));
            assert_eq!(receivers(doubts.answered(&Ok(()), now + pause)), Some((Fault::Rows, vec![1])));
            pause.as_millis()
        };
        assert_eq!([pause(&mut doubts), pause(&mut doubts), pause(&mut doubts)], [0, 500, 1_000]);
        doubts.succeeded();
        assert_eq!(pause(&mut doubts), 0);
    }
}
