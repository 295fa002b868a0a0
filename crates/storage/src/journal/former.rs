//! What stood in messages before they were changed, as columns of the one statement.

use luvhive_core::chat::ChatText;
use luvhive_core::engine::FormerWords;
use luvhive_core::id::OutboxId;

use crate::vault::{self, Vault};

/// Former words, column by column.
#[derive(Default)]
pub(super) struct FormerColumns {
    pub(super) id: Vec<i64>,
    pub(super) pair: Vec<Option<i64>>,
    pub(super) from: Vec<i64>,
    pub(super) source: Vec<i32>,
    pub(super) words_sealed: Vec<Option<Vec<u8>>>,
}

impl FormerColumns {
    /// Turns them on their side. Without a key the words are left out.
    pub(super) fn new(former: &[FormerWords], bot: i64, vault: &Vault) -> Self {
        let mut columns = Self::default();
        for FormerWords { id, original, pair, words } in former {
            columns.id.push(id.get());
            columns.pair.push(pair.map(OutboxId::get));
            columns.from.push(original.from.get());
            columns.source.push(original.message.get());
            let kept = vault.put(&vault::FORMER_WORDS, (bot, id.get()), words.as_ref().map(ChatText::as_str));
            columns.words_sealed.push(kept.sealed);
        }
        columns
    }
}
