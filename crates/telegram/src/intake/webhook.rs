//! Updates that Telegram posts to us: one call, one update, answered only after its commit.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::behind::Behind;
use super::checkout::{CheckoutDoor, CheckoutQuery};
use super::{Intake, decode};

/// How many calls wait for the crank at most; Telegram makes up to 100 at once.
const WAITING_CALLS: usize = 128;

/// What became of a posted update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It has committed, or there is nothing to be done with it: Telegram need not send it again.
    Taken,
    /// It has not; Telegram shall send it again.
    NotTaken,
}

/// The door for posted updates; clones lead to the same crank.
#[derive(Clone, Debug)]
pub struct WebhookIntake {
    crank: mpsc::Sender<Intake>,
    door: CheckoutDoor,
    behind: Arc<Behind>,
    own: Arc<str>,
}

/// The crank's end of the door.
#[derive(Debug)]
pub struct WebhookUpdates {
    pub(crate) intake: mpsc::Receiver<Intake>,
    /// Queries for the desk at the till, which wait for nothing else.
    pub(crate) checkouts: mpsc::UnboundedReceiver<CheckoutQuery>,
    /// Told when posts are taken.
    pub(crate) behind: Arc<Behind>,
}

/// Makes both ends, for the bot with this user name.
pub fn channel(own: &str) -> (WebhookIntake, WebhookUpdates) {
    let (crank, intake) = mpsc::channel(WAITING_CALLS);
    let (door, checkouts) = CheckoutDoor::new();
    let behind = Arc::<Behind>::default();
    (WebhookIntake { crank, door, behind: behind.clone(), own: own.into() }, WebhookUpdates { intake, checkouts, behind })
}

impl WebhookUpdates {
    /// Takes the next call; `None` once no door is left. For a stand-in of the runtime.
    pub async fn recv(&mut self) -> Option<Intake> {
        self.intake.recv().await
    }
}

impl WebhookIntake {
    /// Takes one posted update and waits until it has committed.
    pub async fn post(&self, body: &str) -> Posted {
        let Some(update) = decode::read(body, &self.own) else {
            // Sent again it would be no better, and Telegram would hold back everything behind it.
            warn!(body_bytes = body.len(), "a posted update without a number was skipped");
            return Posted::Taken;
        };
        self.door.hand_in(std::slice::from_ref(&update));
        let (committed, waiting) = oneshot::channel();
        let was_behind = self.behind.is_late_post();
        if self.crank.send(Intake { updates: vec![update], committed, was_behind }).await.is_err() {
            return Posted::NotTaken;
        }
        match waiting.await {
            Ok(()) => Posted::Taken,
            Err(_dropped) => Posted::NotTaken,
        }
    }
}
