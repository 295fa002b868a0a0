//! Bugs put into what goes into the engine and what comes out of it, for the checks to find.

use luvhive_core::chat::{ChatText, Content, Questions, Seat, Undelivered};
use luvhive_core::engine::Loaded;
use luvhive_core::engine::state::MAX_RELAYS_PENDING;
use luvhive_core::engine::{Command, Effect, EngineCommand, Event, Notice, Relay, State, UpdateKind};
use luvhive_core::id::{OutboxId, PersonId};
use luvhive_core::time::Timestamp;

use super::Planted;
use super::former;
use super::world::World;

/// What the engine is told of the time.
pub(crate) fn clock(world: &World, latest: &mut Timestamp) -> Timestamp {
    let now = world.wall();
    *latest = now.max(*latest);
    if world.planted == Some(Planted::ClockStandsStill) { *latest } else { now }
}

/// What the engine is told of an event.
pub(crate) fn events(world: &World, state: &State, truth: &Event) -> Vec<Event> {
    let mut told = vec![truth.clone()];
    let (Some(planted), Event::Update { update, inbox }) = (world.planted, truth) else { return told };
    let mut update = update.clone();
    match (planted, update.kind) {
        (Planted::OldCommandActedOn, UpdateKind::Command(_)) | (Planted::LateMessageRelayed, UpdateKind::Message { .. }) => {
            update.written_at = None;
        }
        (Planted::LeakUnasked, UpdateKind::Message { message, content, reply_to, album, .. }) => {
            update.kind = UpdateKind::Message { message, content, reply_to, album, leaks: Questions::EMPTY };
        }
        (Planted::MediaUnasked, UpdateKind::Message { message, content: Content::Photo, reply_to, album, leaks }) => {
            update.kind = UpdateKind::Message { message, content: Content::Text, reply_to, album, leaks };
        }
        (Planted::BelatedPressIsConsent, UpdateKind::Command(_)) => update.is_belated = false,
        (Planted::ForwardTakenForCommand, UpdateKind::Message { .. }) => {
            if let Some(command) = world.telegram.posted(update.id).forwards {
                update.kind = UpdateKind::Command(command);
            }
        }
        (Planted::FullQueueDropsSafety, UpdateKind::Safety) if inbox.is_none() => {
            if state.pending_rows(update.from) >= MAX_RELAYS_PENDING {
                return Vec::new();
            }
        }
        (Planted::OpenedByOnePress, UpdateKind::Command(Command::Agree(meeting))) => {
            let others = world.database.known.iter().filter(|(person, who)| {
                let sits = matches!(state.seat(**person), Some(Seat::Meeting { meeting: of, .. }) if of == meeting);
                sits && **who != update.from
            });
            for (_, &who) in others {
                let mut forged = update.clone();
                forged.from = who;
                told.push(Event::Update { update: forged, inbox: None });
            }
            return told;
        }
        _ => return told,
    }
    vec![Event::Update { update, inbox: *inbox }]
}

/// A step that was made: the state after it, the event, and who sat where before.
pub(crate) struct Stepped<'a> {
    pub(crate) state: &'a State,
    pub(crate) truth: &'a Event,
    pub(crate) before: &'a [(PersonId, Seat)],
}

/// What becomes of the effects of a step.
pub(crate) fn change(world: &World, stepped: &Stepped<'_>, effects: &mut Vec<Effect>) {
    let Stepped { state, truth, before } = *stepped;
    match world.planted {
        Some(Planted::SurvivorsPlaceLost) if effects.iter().any(|effect| matches!(effect, Effect::EndChat { .. })) => {
            for effect in effects {
                if let Effect::Seat { seat: Some(Seat::Waiting { since, .. } | Seat::Meeting { since, .. }), .. } = effect {
                    *since = world.wall();
                }
            }
        }
        Some(Planted::UndeliveredUntold) => {
            for effect in effects {
                if let Effect::Notice { notice: Notice::ChatEnded { undelivered, .. }, .. } = effect {
                    *undelivered = 0;
                }
            }
        }
        Some(Planted::FormerWordsLost) => effects.retain(|effect| !matches!(effect, Effect::Former(_))),
        Some(Planted::FormerWordsAreNew) => {
            for effect in effects {
                if let Effect::Former(former) = effect {
                    former.words = Some(ChatText::new(format!("{} 0", former::CHANGED)));
                }
            }
        }
        Some(Planted::ReleasedButKept) => {
            effects.retain(|effect| !matches!(effect, Effect::Hold { hold: None, .. }));
        }
        Some(Planted::HeldUntold) => {
            let is_word = |notice: &Notice| {
                matches!(
                    notice,
                    Notice::NotDelivered {
                        why: Undelivered::Unanswered | Undelivered::MediaDeclined | Undelivered::EditTakenBack,
                        ..
                    }
                )
            };
            effects.retain(|effect| !matches!(effect, Effect::Notice { notice, .. } if is_word(notice)));
        }
        Some(Planted::ReleasedInOldPlace) => {
            let holds = &world.database.holds;
            for effect in effects {
                if let Effect::Relay { id, relay, .. } = effect
                    && let Some(hold) = holds.values().find(|hold| hold.messages.first() == Some(&relay.source))
                    && world.database.known[&hold.writer] == relay.from
                {
                    *id = OutboxId::new(hold.id.get());
                }
            }
        }
        Some(Planted::RelayedBeforeOpening) => {
            let Event::Update { update, inbox: None } = truth else { return };
            let UpdateKind::Message { message, reply_to, .. } = update.kind else { return };
            let sits = |person: &PersonId| world.database.known[person] == update.from;
            let Some((_, Seat::Meeting { meeting, .. })) = before.iter().find(|(person, _)| sits(person)) else { return };
            let partner = before.iter().find(|(person, seat)| seat.place() == Some(*meeting) && !sits(person));
            if let Some((partner, _)) = partner {
                let relay = Relay { from: update.from, source: message, reply_to, is_protected: false, sent: None };
                let (id, receiver) = (state.ids().next_outbox(), world.database.known[partner]);
                effects.push(Effect::Relay { id, chat: *meeting, receiver, relay });
            }
        }
        Some(Planted::ReturnerGetsOldMail) => {
            let leaves = match truth {
                Event::LaneDone { finished, .. } => {
                    finished.commands.iter().any(|(_, command)| matches!(command, EngineCommand::Leave { .. }))
                }
                Event::Command { command, .. } => matches!(command, EngineCommand::Leave { .. }),
                _ => false,
            };
            if leaves {
                effects.retain(|effect| !matches!(effect, Effect::Purge { .. }));
            }
        }
        _ => {}
    }
}

/// What the engine reads at start.
pub(crate) fn loaded(planted: Option<Planted>, loaded: &Loaded) -> Loaded {
    let mut loaded = loaded.clone();
    if planted == Some(Planted::DeadlineForgottenAtRestart) {
        for (_, seat) in &mut loaded.seats {
            if let Seat::Meeting { answer_by, .. } = seat {
                *answer_by = Timestamp::EPOCH;
            }
        }
    }
    if planted == Some(Planted::FirmForgottenAtRestart) {
        for parting in &mut loaded.recent {
            parting.is_firm = false;
            parting.at = Timestamp::EPOCH;
        }
    }
    loaded
}
