//! Folding effects into one batch: the net of up to a hundred updates, committed by one statement.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::chat::{EndReason, Hold, Seat};
use crate::engine::effect::{Effect, FormerWords, Original, OutboxBody, OutboxRow, Rendered, Task, Work};
use crate::engine::notice::Notice;
use crate::id::{ChatId, CommandId, HoldId, InboxId, PersonId, TelegramId, UpdateId};
use crate::invitation::Invitation;
use crate::person::UiLanguage;
use crate::time::Timestamp;

/// The largest number of updates that one batch carries; also what one `getUpdates` returns at most.
pub const BATCH_UPDATES: usize = 100;

/// A chat's row as one batch changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatChange {
    /// Which chat.
    pub chat: ChatId,
    /// Its people by side, if they met in this batch.
    pub met: Option<[PersonId; 2]>,
    /// Whether the meeting became a chat in this batch.
    pub is_opened: bool,
    /// How it ended, if it ended in this batch.
    pub ended: Option<ChatEnd>,
}

impl ChatChange {
    /// No change yet.
    pub const fn new(chat: ChatId) -> Self {
        Self { chat, met: None, is_opened: false, ended: None }
    }
}

/// How a chat or a meeting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatEnd {
    /// Why.
    pub reason: EndReason,
    /// Who ended it, unless nobody did.
    pub by: Option<PersonId>,
    /// Whether the person on the first and on the second side wrote in it.
    pub wrote: [bool; 2],
}

/// What an inbox row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboxWork {
    /// A Telegram update; the payload is its raw JSON.
    Update {
        /// Its number.
        update: UpdateId,
        /// The raw JSON, opaque to storage.
        payload: Arc<str>,
    },
    /// Erase everything about this person.
    Erase {
        /// Who.
        person: PersonId,
    },
    /// Something that no update asked for.
    Task(Task),
}

/// A row of the inbox: work that outlives its batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// Its number.
    pub id: InboxId,
    /// Whose work it is.
    pub telegram: TelegramId,
    /// The chat or meeting the person was in when it came, if any.
    pub chat: Option<ChatId>,
    /// What is to be done.
    pub work: InboxWork,
    /// When it came.
    pub received_at: Timestamp,
}

/// An update set aside as unusable; its content is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadUpdate {
    /// Which.
    pub update: UpdateId,
    /// Why, without any content.
    pub reason: Box<str>,
}

/// The net of some updates: each person, chat and row occurs at most once in each list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The highest update number taken in; `None` leaves the watermark where it is.
    pub watermark: Option<UpdateId>,
    /// When the batch was made; the time of every change in it.
    pub at: Timestamp,
    /// Seats as they are after the batch, by person; `None` = no seat.
    pub seats: Vec<(PersonId, Option<Seat>)>,
    /// Chats and meetings that changed, by number.
    pub chats: Vec<ChatChange>,
    /// Rows to send, by id.
    pub outbox: Vec<OutboxRow>,
    /// Rows of earlier batches to drop: receiver, and the chat or `None` for all to them.
    pub purges: Vec<(TelegramId, Option<ChatId>)>,
    /// New work, by id.
    pub inbox: Vec<InboxRow>,
    /// Rows of earlier batches that are done.
    pub inbox_done: Vec<InboxId>,
    /// Commands that are done.
    pub commands_done: Vec<CommandId>,
    /// People who cannot be reached any more, or can again.
    pub reachable: Vec<(PersonId, bool)>,
    /// People who searched with what premium gives.
    pub premium_used: Vec<PersonId>,
    /// Invitations as they stand after the batch, by inviter and invited; `None` = over.
    pub invitations: Vec<([PersonId; 2], Option<Invitation>)>,
    /// Messages that wait for an answer, as they stand after the batch, by number; `None` = not any more.
    pub holds: Vec<(HoldId, Option<Hold>)>,
    /// What stood in messages before they were changed or taken back.
    pub former: Vec<FormerWords>,
    /// Updates set aside.
    pub dead: Vec<DeadUpdate>,
    /// Updates that came by webhook, remembered for 48 hours; none when polling, where the watermark is enough.
    pub seen: Vec<UpdateId>,
}

impl Batch {
    /// Reports whether committing it would change nothing.
    pub fn is_empty(&self) -> bool {
        self.watermark.is_none()
            && self.seats.is_empty()
            && self.chats.is_empty()
            && self.outbox.is_empty()
            && self.purges.is_empty()
            && self.inbox.is_empty()
            && self.inbox_done.is_empty()
            && self.commands_done.is_empty()
            && self.reachable.is_empty()
            && self.premium_used.is_empty()
            && self.invitations.is_empty()
            && self.holds.is_empty()
            && self.former.is_empty()
            && self.dead.is_empty()
            && self.seen.is_empty()
    }
}

/// A batch, and what is to be done in memory once it has committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// What to commit.
    pub batch: Batch,
    /// Rows on which a lane starts after the commit, in order.
    pub work: Vec<Work>,
    /// Queries to answer after the commit.
    pub answers: Vec<Box<str>>,
    /// Rows dropped before they were ever stored: receiver and count. They enter again as settled.
    pub unsent: Vec<(TelegramId, u32)>,
    /// The messages whose changes are among these: their writers hear that it is too late.
    pub late: BTreeSet<Original>,
}

/// Turns a notice into a call. Implemented by the Telegram side's views.
pub trait Render {
    /// Renders a notice to one person in their language.
    fn render(&self, receiver: TelegramId, language: UiLanguage, notice: &Notice) -> Rendered;

    /// The call that takes a copy away, without its place.
    fn removal(&self) -> Rendered;
}

/// How far updates are taken in, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The highest update number; `None` leaves the watermark where it is.
    pub watermark: Option<UpdateId>,
    /// The time of every change in the batch.
    pub at: Timestamp,
}

/// Folds effects, in the order in which steps gave them, into one batch.
///
/// `payload` gives the raw JSON of an update of this batch. Linear in the effects, but for purges, which look at the
/// batch's own rows.
pub fn fold(
    effects: impl IntoIterator<Item = Effect>,
    Taken { watermark, at }: Taken,
    render: &dyn Render,
    payload: &dyn Fn(UpdateId) -> Option<Arc<str>>,
) -> Folded {
    let mut folded = Folded { batch: Batch { watermark, at, ..Batch::default() }, ..Folded::default() };
    let sent = |(id, receiver), chat, body| OutboxRow { id, receiver, chat: Some(chat), body };
    let row = |(id, telegram), chat, work| InboxRow { id, telegram, chat, work, received_at: at };
    let mut seats = BTreeMap::new();
    let mut chats: BTreeMap<ChatId, ChatChange> = BTreeMap::new();
    let mut reachable = BTreeMap::new();
    let mut premium_used = BTreeSet::new();
    let mut invitations = BTreeMap::new();
    let mut holds = BTreeMap::new();
    for effect in effects {
        match effect {
            Effect::Seat { person, seat } => {
                seats.insert(person, seat);
            }
            Effect::Meet { chat, people } => {
                chats.insert(chat, ChatChange { met: Some(people), ..ChatChange::new(chat) });
            }
            Effect::OpenChat { chat } => chats.entry(chat).or_insert(ChatChange::new(chat)).is_opened = true,
            Effect::EndChat { chat, reason, by, wrote } => {
                chats.entry(chat).or_insert(ChatChange::new(chat)).ended = Some(ChatEnd { reason, by, wrote });
            }
            Effect::Relay { id, chat, receiver, relay } => {
                folded.batch.outbox.push(sent((id, receiver), chat, OutboxBody::Relay(relay)));
            }
            Effect::Edit { id, chat, receiver, original, call } => {
                folded.batch.outbox.push(sent((id, receiver), chat, OutboxBody::Edit { original, call }));
            }
            Effect::Unsend { id, chat, receiver, original } => {
                let call = render.removal();
                folded.batch.outbox.push(sent((id, receiver), chat, OutboxBody::Edit { original, call }));
            }
            Effect::Notice { id, receiver, language, notice } => {
                let body = OutboxBody::Call(render.render(receiver, language, &notice));
                folded.batch.outbox.push(OutboxRow { id, receiver, chat: notice.opened_chat(), body });
            }
            Effect::Purge { receiver, chat } => purge(&mut folded, receiver, chat),
            Effect::Store { inbox, telegram, update, chat } => match payload(update) {
                Some(payload) => {
                    folded.batch.inbox.push(row((inbox, telegram), chat, InboxWork::Update { update, payload }));
                }
                None => folded.batch.dead.push(DeadUpdate { update, reason: "payload was not at hand".into() }),
            },
            Effect::Erase { inbox, person, telegram } => {
                folded.batch.inbox.push(row((inbox, telegram), None, InboxWork::Erase { person }));
                folded.work.push(Work { inbox, telegram, chat: None, about: None });
            }
            Effect::Task { inbox, telegram, task } => {
                folded.batch.inbox.push(row((inbox, telegram), None, InboxWork::Task(task)));
            }
            Effect::Work(work) => folded.work.push(work),
            Effect::Done { inbox } => finish(&mut folded, inbox),
            Effect::CommandDone { command } => folded.batch.commands_done.push(command),
            Effect::Answer { callback } => folded.answers.push(callback),
            Effect::Reachable { person, is_reachable } => drop(reachable.insert(person, is_reachable)),
            Effect::PremiumUsed { person } => {
                premium_used.insert(person);
            }
            Effect::Invitation { people, invitation } => {
                invitations.insert(people, invitation);
            }
            Effect::Hold { id, hold } => drop(holds.insert(id, hold)),
            Effect::Former(words) => folded.batch.former.push(words),
            Effect::Dead { update, reason } => folded.batch.dead.push(DeadUpdate { update, reason }),
        }
    }
    folded.batch.seats = seats.into_iter().collect();
    folded.batch.chats = chats.into_values().collect();
    folded.batch.reachable = reachable.into_iter().collect();
    folded.batch.premium_used = premium_used.into_iter().collect();
    folded.batch.invitations = invitations.into_iter().collect();
    folded.batch.holds = holds.into_iter().collect();
    folded
}

/// Notes that a row is done. One that was stored within the same batch never reaches the table.
fn finish(folded: &mut Folded, inbox: InboxId) {
    let before = folded.batch.inbox.len();
    folded.batch.inbox.retain(|row| row.id != inbox);
    if folded.batch.inbox.len() == before {
        folded.batch.inbox_done.push(inbox);
    }
}

fn purge(folded: &mut Folded, receiver: TelegramId, chat: Option<ChatId>) {
    let is_meant = |row: &mut OutboxRow| row.receiver == receiver && (chat.is_none() || row.chat == chat);
    let dropped: Vec<_> = folded.batch.outbox.extract_if(.., is_meant).collect();
    if !dropped.is_empty() {
        folded.unsent.push((receiver, u32::try_from(dropped.len()).unwrap_or(u32::MAX)));
        folded.late.extend(dropped.iter().filter_map(|row| row.body.edited()));
    }
    if !folded.batch.purges.contains(&(receiver, chat)) {
        folded.batch.purges.push((receiver, chat));
    }
}

#[cfg(test)]
mod tests;
