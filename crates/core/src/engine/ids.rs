//! Numbers for new rows: unique across owners because each epoch has its own range, growing across restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::id::{ChatId, Epoch, FormerWordsId, HoldId, InboxId, OutboxId};

/// Bits left for the counter below the epoch: 2^40 rows per epoch, 2^23 epochs.
const COUNTER_BITS: u32 = 40;

/// Gives out numbers for one epoch. Clones share the counter, so the engine and the lanes never give one twice.
#[derive(Clone, Debug)]
pub struct IdSource {
    next: Arc<AtomicI64>,
}

impl IdSource {
    /// Starts the range of an epoch.
    pub fn new(epoch: Epoch) -> Self {
        Self { next: Arc::new(AtomicI64::new(epoch.get() << COUNTER_BITS)) }
    }

    fn next(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Numbers a row of the outbox.
    pub fn next_outbox(&self) -> OutboxId {
        OutboxId::new(self.next())
    }

    /// Numbers a row of the inbox.
    pub fn next_inbox(&self) -> InboxId {
        InboxId::new(self.next())
    }

    /// Numbers a message that is held.
    pub fn next_hold(&self) -> HoldId {
        HoldId::new(self.next())
    }

    /// Numbers what stood in a message before.
    pub fn next_former_words(&self) -> FormerWordsId {
        FormerWordsId::new(self.next())
    }

    /// Numbers a chat.
    pub fn next_chat(&self) -> ChatId {
        ChatId::new(self.next())
    }
}
