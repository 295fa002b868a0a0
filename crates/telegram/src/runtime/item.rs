//! One piece of work for the engine, and what it turns into if the engine or the journal refused it before.

use std::collections::HashMap;

use luvhive_core::engine::Effect;
use luvhive_core::engine::batch::{InboxRow, InboxWork};
use luvhive_core::engine::event::{EngineCommand, Event, Finished};
use luvhive_core::id::{CommandId, InboxId, TelegramId, UpdateId};
use tracing::error;

use crate::intake::{Incoming, decode};

/// One piece of work.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// An update from Telegram.
    Update(Incoming),
    /// An update that never came and was found; nothing to confirm.
    Found(Incoming),
    /// A row of the inbox, read again after a restart.
    Stored(InboxRow),
    /// A command of an operator, or one left over from before a restart.
    Command(CommandId, EngineCommand),
    /// What a lane, the sender or the clock reports.
    Event(Event),
    /// A lane's row that it could not handle.
    LaneFailed { inbox: InboxId, telegram: TelegramId, update: UpdateId, reason: Box<str> },
}

/// What of an item can be set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Culprit {
    Update(UpdateId),
    Stored(InboxId),
    Command(CommandId),
}

/// How often an item was refused on its own.
pub(super) type Condemned = HashMap<Culprit, u8>;

/// What the engine gets of an item, and what is added without it.
#[derive(Debug, Default)]
pub(super) struct Staged {
    pub(super) events: Vec<Event>,
    pub(super) effects: Vec<Effect>,
}

impl Item {
    /// Returns what could be set aside if this item on its own is refused.
    pub(super) fn culprit(&self) -> Option<Culprit> {
        match self {
            Self::Update(incoming) => Some(Culprit::Update(incoming.id)),
            Self::Stored(row) => Some(Culprit::Stored(row.id)),
            Self::Command(id, _) => Some(Culprit::Command(*id)),
            Self::Event(_) | Self::Found(_) | Self::LaneFailed { .. } => None,
        }
    }

    /// Prepares an item: as it is, as unusable with its sender told once it was refused, and as a mere record of that
    /// once even this was refused.
    pub(super) fn stage(&self, condemned: &Condemned, own: &str) -> Staged {
        let refused = self.culprit().and_then(|culprit| condemned.get(&culprit)).copied().unwrap_or(0);
        match self {
            Self::Update(incoming) => match (refused, &incoming.event) {
                (_, None) => Staged::default(),
                (0, Some(event)) => Staged::events([event.clone()]),
                (1, Some(event)) => Staged::dead(incoming.id, sender_of(event), "engine or journal refused it"),
                (_, Some(_)) => Staged::record(incoming.id, None, "engine or journal refused it twice"),
            },
            Self::Stored(row) => match (refused, &row.work) {
                (0, InboxWork::Update { payload, update }) => match decode::read_stored(payload, own, row.id) {
                    Some(event) => Staged::events([event]),
                    None => Staged::dead(*update, Some(row.telegram), "stored update is not readable").done(row.id),
                },
                (1, InboxWork::Update { update, .. }) => {
                    Staged::dead(*update, Some(row.telegram), "engine or journal refused it").done(row.id)
                }
                (_, InboxWork::Update { update, .. }) => {
                    Staged::record(*update, Some(row.id), "engine or journal refused it twice")
                }
                (0, InboxWork::Task(_)) => Staged::events([Event::Task { inbox: row.id, telegram: row.telegram }]),
                (_, InboxWork::Task(_)) => {
                    error!(inbox = row.id.get(), "stored work is refused and left for the next start");
                    Staged::default()
                }
                // Erasures go to a lane without passing the engine.
                (_, InboxWork::Erase { .. }) => Staged::default(),
            },
            Self::Command(id, command) => {
                if refused == 0 {
                    return Staged::events([Event::Command { id: *id, command: command.clone() }]);
                }
                error!(command = id.get(), "a command to the engine is refused and dropped");
                Staged { events: Vec::new(), effects: vec![Effect::CommandDone { command: *id }] }
            }
            Self::Found(incoming) => Staged::events(incoming.event.clone()),
            Self::Event(event) => Staged::events([event.clone()]),
            Self::LaneFailed { inbox, telegram, update, reason } => {
                let mut staged = Staged::dead(*update, Some(*telegram), reason).done(*inbox);
                let finished = Finished::default();
                staged.events.push(Event::LaneDone { inbox: *inbox, telegram: *telegram, finished });
                staged
            }
        }
    }
}

impl Staged {
    fn events(events: impl IntoIterator<Item = Event>) -> Self {
        Self { events: events.into_iter().collect(), effects: Vec::new() }
    }

    /// Sets an update aside by way of the engine, which tells its sender.
    fn dead(id: UpdateId, from: Option<TelegramId>, reason: &str) -> Self {
        Self::events([Event::Undecodable { id, from, reason: reason.into() }])
    }

    /// Sets an update aside without the engine.
    fn record(update: UpdateId, inbox: Option<InboxId>, reason: &str) -> Self {
        let dead = Self { events: Vec::new(), effects: vec![Effect::Dead { update, reason: reason.into() }] };
        match inbox {
            Some(inbox) => dead.done(inbox),
            None => dead,
        }
    }

    /// Deletes an inbox row along with it.
    fn done(mut self, inbox: InboxId) -> Self {
        self.effects.push(Effect::Done { inbox });
        self
    }
}

fn sender_of(event: &Event) -> Option<TelegramId> {
    match event {
        Event::Update { update, .. } => Some(update.from),
        Event::Undecodable { from, .. } => *from,
        Event::LaneDone { telegram, .. }
        | Event::Gone { telegram }
        | Event::NotRelayed { telegram, .. }
        | Event::InvoiceUnclear { telegram }
        | Event::Task { telegram, .. } => Some(*telegram),
        Event::Settled { receiver, .. } | Event::Queued { receiver, .. } | Event::Heard { receiver, .. } => Some(*receiver),
        Event::Command { .. } | Event::Tick { .. } => None,
    }
}
