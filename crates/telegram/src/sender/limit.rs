//! The token-wide limit, learned from Telegram's refusals: none at first, halved when many chats are refused at once,
//! growing back step by step until it limits nothing any more.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use luvhive_core::id::TelegramId;
use tokio::time::Instant;

/// The window in which sends and refusals are compared.
const WINDOW: Duration = Duration::from_secs(1);
/// How finely sends are counted.
const SLOT: Duration = Duration::from_millis(100);
/// Fewer refused chats than this are those chats' own business.
const REFUSED_CHATS: usize = 20;
/// One refusal in this many sends, that is over 5 %, speaks of the whole token.
const SENDS_PER_REFUSAL: u32 = 20;
/// The lowest rate, in sends a second: Telegram's published figure for bulk messages (Bot FAQ, "30 per second").
const LOWEST_RATE: f64 = 30.0;
/// How much the rate grows each second.
const GROWTH_PER_SECOND: f64 = 25.0;

/// Decides when the next send may leave. Takes the time as a parameter.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    sends: VecDeque<(Instant, u32)>,
    refusals: VecDeque<(Instant, TelegramId)>,
    budget: Option<Budget>,
}

/// A bucket that fills by `rate` a second.
#[derive(Debug)]
struct Budget {
    rate: f64,
    /// The rate at which the first refusals came; beyond twice that nothing is limited any more.
    ceiling: f64,
    tokens: f64,
    filled_at: Instant,
}

impl Limiter {
    /// Reports whether a send may leave now, or when there is room again.
    pub(super) fn peek(&mut self, now: Instant) -> Result<(), Instant> {
        let Some(budget) = &mut self.budget else { return Ok(()) };
        budget.fill(now);
        if budget.rate > budget.ceiling * 2.0 {
            self.budget = None;
        } else if budget.tokens < 1.0 {
            let wait = Duration::try_from_secs_f64((1.0 - budget.tokens) / budget.rate).unwrap_or(SLOT);
            return Err(now + wait.max(Duration::from_millis(1)));
        }
        Ok(())
    }

    /// Takes note of a send that leaves now.
    pub(super) fn spend(&mut self, now: Instant) {
        if let Some(budget) = &mut self.budget {
            budget.tokens -= 1.0;
        }
        match self.sends.back_mut() {
            Some((slot, count)) if now.duration_since(*slot) < SLOT => *count = count.saturating_add(1),
            _ => self.sends.push_back((now, 1)),
        }
        self.forget(now);
    }

    /// Takes note that Telegram asked to wait for this chat.
    pub(super) fn refused(&mut self, chat: TelegramId, now: Instant) {
        self.forget(now);
        self.refusals.push_back((now, chat));
        let sends = self.sends.iter().fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
        let refusals = u32::try_from(self.refusals.len()).unwrap_or(u32::MAX);
        let chats: BTreeSet<_> = self.refusals.iter().map(|&(_, chat)| chat).collect();
        if chats.len() < REFUSED_CHATS || refusals.saturating_mul(SENDS_PER_REFUSAL) <= sends {
            return;
        }
        let (rate, ceiling) = match &self.budget {
            Some(budget) => (budget.rate, budget.ceiling),
            None => (f64::from(sends), f64::from(sends).max(LOWEST_RATE)),
        };
        self.budget = Some(Budget { rate: (rate / 2.0).max(LOWEST_RATE), ceiling, tokens: 0.0, filled_at: now });
        // The next halving needs evidence of its own.
        self.refusals.clear();
    }

    /// Returns the present limit in sends a second; `None` = no limit.
    #[cfg(test)]
    pub(super) fn rate(&self) -> Option<f64> {
        self.budget.as_ref().map(|budget| budget.rate)
    }

    fn forget(&mut self, now: Instant) {
        while self.sends.front().is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.sends.pop_front();
        }
        while self.refusals.front().is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.refusals.pop_front();
        }
    }
}

impl Budget {
    fn fill(&mut self, now: Instant) {
        let seconds = now.duration_since(self.filled_at).as_secs_f64();
        self.filled_at = now;
        self.rate += GROWTH_PER_SECOND * seconds;
        // A tenth of a second's worth may leave at once.
        self.tokens = (self.tokens + self.rate * seconds).min((self.rate / 10.0).max(1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Limiter {
        fn take(&mut self, now: Instant) -> Result<(), Instant> {
            self.peek(now)?;
            self.spend(now);
            Ok(())
        }
    }

    /// Sends `sends` within one second, of which `refused` are refused, each to a chat of its own.
    fn second(limiter: &mut Limiter, begin: Instant, sends: u32, refused: u32) {
        for n in 0..sends {
            let now = begin + WINDOW.mul_f64(f64::from(n) / f64::from(sends) * 0.9);
            let _ = limiter.take(now);
            if n < refused {
                limiter.refused(TelegramId::new(i64::from(n)), now);
            }
        }
    }

    #[test]
    fn few_refusals_limit_nothing() {
        let begin = Instant::now();
        let mut limiter = Limiter::default();
        second(&mut limiter, begin, 1_000, 19);
        assert_eq!(limiter.rate(), None);
    }

    #[test]
    fn one_chat_refused_often_limits_nothing() {
        let begin = Instant::now();
        let mut limiter = Limiter::default();
        for _ in 0..100 {
            limiter.take(begin).unwrap();
            limiter.refused(TelegramId::new(1), begin);
        }
        assert_eq!(limiter.rate(), None);
    }

    #[test]
    fn a_small_share_of_refusals_limits_nothing() {
        let begin = Instant::now();
        let mut limiter = Limiter::default();
        for n in 0..2_000 {
            limiter.take(begin).unwrap();
            if n >= 1_900 && n % 4 == 0 {
                limiter.refused(TelegramId::new(n), begin);
            }
        }
        assert_eq!(limiter.rate(), None);
    }

    #[test]
    fn many_refused_chats_halve_the_rate_and_it_grows_back() {
        let begin = Instant::now();
        let mut limiter = Limiter::default();
        for n in 0..400 {
            limiter.take(begin).unwrap();
            if n >= 380 {
                limiter.refused(TelegramId::new(n), begin);
            }
        }
        assert_eq!(limiter.rate(), None, "20 of 400 is not over 5 %");
        limiter.refused(TelegramId::new(1), begin);
        assert_eq!(limiter.rate(), Some(200.0));
        let held = limiter.take(begin).unwrap_err();
        assert!(held > begin && held <= begin + Duration::from_millis(10));
        let later = begin + Duration::from_secs(4);
        limiter.take(later).unwrap();
        assert_eq!(limiter.rate(), Some(300.0));
        let much_later = begin + Duration::from_secs(30);
        limiter.take(much_later).unwrap();
        assert_eq!(limiter.rate(), None);
    }

    #[test]
    fn the_limit_keeps_its_rate() {
        let begin = Instant::now();
        let mut limiter = Limiter {
            budget: Some(Budget { rate: 100.0, ceiling: 1_000.0, tokens: 0.0, filled_at: begin }),
            ..Limiter::default()
        };
        let (mut now, mut sent) = (begin, 0);
        while now < begin + Duration::from_secs(1) {
            match limiter.take(now) {
                Ok(()) => sent += 1,
                Err(at) => now = at,
            }
        }
        assert!((95..=125).contains(&sent), "{sent}");
    }
}
