//! Waiting for a state, always bounded: the tests' only way to wait.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Waits until `predicate` holds, asking every 5 to 100 ms of tokio's time.
///
/// # Panics
/// When it does not hold within `timeout`; `what` names the state that did not come.
pub async fn eventually(what: &str, timeout: Duration, mut predicate: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + timeout;
    let mut pause = Duration::from_millis(5);
    while !predicate().await {
        assert!(Instant::now() < deadline, "{what}: not within {timeout:?}");
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}
