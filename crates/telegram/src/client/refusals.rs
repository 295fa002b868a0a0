//! How long a token may be refused before that is believed: Telegram has refused good tokens for a while.

use std::time::Duration;

use tokio::time::Instant;

/// A stretch of refusals with nothing else between them.
#[derive(Debug)]
pub struct Refusals {
    limit: Duration,
    since: Option<Instant>,
}

impl Refusals {
    /// Believes refusals that have gone on for `limit`; zero believes the first one.
    pub fn new(limit: Duration) -> Self {
        Self { limit, since: None }
    }

    /// Notes a refusal. Returns how long refusals must still go on, or `None` if the token counts as refused.
    pub fn refused(&mut self) -> Option<Duration> {
        let since = *self.since.get_or_insert_with(Instant::now);
        self.limit.checked_sub(since.elapsed()).filter(|left| !left.is_zero())
    }

    /// Notes any other outcome of a call.
    pub fn end(&mut self) {
        self.since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_refusals_without_end_count() {
        let second = Duration::from_secs(1);
        let mut refusals = Refusals::new(3 * second);
        assert_eq!(refusals.refused(), Some(3 * second));
        tokio::time::advance(2 * second).await;
        assert_eq!(refusals.refused(), Some(second));
        refusals.end();
        tokio::time::advance(2 * second).await;
        assert_eq!(refusals.refused(), Some(3 * second), "it began anew");
        tokio::time::advance(3 * second).await;
        assert_eq!(refusals.refused(), None);
        assert_eq!(Refusals::new(Duration::ZERO).refused(), None, "no patience at all");
    }
}
