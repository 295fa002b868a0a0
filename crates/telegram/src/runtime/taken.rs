//! What is told of the updates in a batch: their kinds, in one of a fixed few words each.

use luvhive_core::engine::event::{Event, UpdateKind};

use crate::intake::Incoming;
use crate::signal::measure::{self, KINDS};

/// Names what an update is, in one of a fixed few words.
pub(super) fn kind_of(incoming: &Incoming) -> &'static str {
    match &incoming.event {
        None if incoming.checkout.is_some() => "checkout",
        None => "ignored",
        Some(Event::Update { update, .. }) => match update.kind {
            UpdateKind::Message { .. } => "message",
            UpdateKind::Command(_) => "command",
            UpdateKind::Other => "other",
            UpdateKind::Edit => "edit",
            UpdateKind::Safety => "safety",
            UpdateKind::Payment => "payment",
            UpdateKind::BotBlocked => "blocked",
            UpdateKind::BotUnblocked => "unblocked",
        },
        Some(Event::Undecodable { .. }) => "dead",
        Some(_) => "other",
    }
}

/// Counts the updates of a batch that has become true.
pub(super) fn took_in<'a>(updates: impl Iterator<Item = &'a Incoming>) {
    let mut counts = [0_u64; KINDS.len()];
    let mut all = 0_u32;
    for incoming in updates {
        let kind = kind_of(incoming);
        if let Some((_, count)) = KINDS.iter().zip(&mut counts).find(|(name, _)| **name == kind) {
            *count += 1;
        }
        all += 1;
    }
    measure::took_in(counts, all);
}
