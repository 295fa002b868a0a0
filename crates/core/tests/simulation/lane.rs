//! The model of the dialogs: what a lane makes of one inbox row, by the tables and the row alone.

use std::rc::Rc;

use luvhive_core::chat::{ChatText, Question, Questions};
use luvhive_core::engine::batch::InboxWork;
use luvhive_core::engine::event::EndCause;
use luvhive_core::engine::{EngineCommand, IdSource, Original, OutboxBody, OutboxRow, Rendered, UpdateKind};
use luvhive_core::id::{ChatId, Epoch, InboxId, MessageId, PersonId, TelegramId, UpdateId};
use luvhive_core::person::{Gender, GenderSet, OwnCard, PersonFacts};
use luvhive_core::testing;
use luvhive_core::time::Day;

use super::Planted;
use super::database::{Database, FinishRequest, LaneChange};
use super::former;
use super::telegram::{Ask, index_of};
use super::world::World;

/// The call of a change in which something can identify its writer.
pub(super) const LEAKY_EDIT: &str = "leaky edit";

/// What a person is like after registration; the number is the database's business.
pub(crate) fn facts(telegram: TelegramId) -> PersonFacts {
    let index = index_of(telegram);
    PersonFacts {
        person: PersonId::new(0),
        telegram,
        gender: if index.is_multiple_of(2) { Gender::Woman } else { Gender::Man },
        born: Day::from_ymd(1990, 1, 1).unwrap(),
        card: OwnCard::default(),
        ..testing::facts(0)
    }
}

/// Works on one row; nothing of it is true before it is committed.
pub(crate) fn work(world: &World, (epoch, ids): (Epoch, &IdSource), inbox: InboxId, telegram: TelegramId) -> FinishRequest {
    let (mut changes, mut rows) = (Vec::new(), Vec::new());
    if let Some(row) = world.database.inbox.get(&inbox) {
        match row.work {
            InboxWork::Erase { person } => changes.push(LaneChange::Erase(person)),
            InboxWork::Task(_) => {}
            InboxWork::Update { update, .. } => {
                changes = answer(world, update, telegram, row.chat);
                let body = OutboxBody::Call(Rendered { version: 1, body: "lane".to_owned() });
                rows.push(Rc::new(OutboxRow { id: ids.next_outbox(), receiver: telegram, chat: None, body }));
                if world.planted == Some(Planted::EditUnchecked) {
                    rows.extend(send_edits(&world.database, &mut changes, ids));
                }
            }
        }
    }
    FinishRequest { epoch, inbox, telegram, changes, rows }
}

fn answer(world: &World, update: UpdateId, telegram: TelegramId, chat: Option<ChatId>) -> Vec<LaneChange> {
    let database = &world.database;
    let posted = world.telegram.posted(update);
    let Some(&person) = database.accounts.get(&telegram) else {
        let is_complete = update.get() % 4 != 0;
        return if is_complete { vec![LaneChange::Register(Box::new(facts(telegram)))] } else { Vec::new() };
    };
    if !matches!(posted.update.kind, UpdateKind::Other | UpdateKind::Edit | UpdateKind::Safety) {
        return Vec::new();
    }
    match posted.ask {
        Ask::Plain => Vec::new(),
        Ask::Settings => settings(database, person, update),
        Ask::Block => part(database, person, chat, EndCause::Block),
        Ask::Report => part(database, person, chat, EndCause::Report),
        Ask::Rate => match database.last_partner(person, chat) {
            Some((chat, person)) => vec![LaneChange::ToEngine(EngineCommand::Rated { person, is_good: true, chat })],
            None => Vec::new(),
        },
        Ask::Edit => edit(world, person, chat, update),
        Ask::Leave => vec![LaneChange::ToEngine(EngineCommand::Leave { person })],
    }
}

fn settings(database: &Database, person: PersonId, update: UpdateId) -> Vec<LaneChange> {
    let Some(facts) = database.people.get(&person) else { return Vec::new() };
    let mut preferences = facts.preferences.clone();
    let all: GenderSet = Gender::ALL.iter().copied().collect();
    preferences.genders = match update.get() % 4 {
        0 => GenderSet::EMPTY.with(Gender::Man),
        1 => GenderSet::EMPTY.with(Gender::Woman),
        _ => all,
    };
    vec![LaneChange::Preferences(person, preferences)]
}

/// An edit follows, as far as a lane knows; whether the chat goes on is for the engine to say.
fn edit(world: &World, person: PersonId, chat: Option<ChatId>, update: UpdateId) -> Vec<LaneChange> {
    let database = &world.database;
    let Some((chat, _)) = chat.and_then(|chat| database.last_partner(person, Some(chat))) else { return Vec::new() };
    if database.chats[&chat].is_meeting {
        return Vec::new();
    }
    let from = database.known[&person];
    let passed_on = database.passed_on(from, chat).filter(|_| update.get() % 2 == 0);
    let (message, is_copied) = passed_on.unwrap_or((MessageId::new(0), true));
    let original = Original { from, message };
    let (body, leaks) = match passed_on {
        Some(_) if world.planted == Some(Planted::LeakyEditFollows) => (LEAKY_EDIT, Questions::EMPTY),
        Some(_) => (LEAKY_EDIT, Questions::EMPTY.with(Question::Email)),
        None => ("edit", Questions::EMPTY),
    };
    let call = Rendered { version: 1, body: body.to_owned() };
    let words = Some(ChatText::new(format!("{} {update}", former::CHANGED)));
    vec![LaneChange::ToEngine(EngineCommand::PassOn { chat, original, call, leaks, edited_at: None, is_copied, words })]
}

/// Planted: a lane sends an edit without asking the engine.
fn send_edits(database: &Database, changes: &mut Vec<LaneChange>, ids: &IdSource) -> Vec<Rc<OutboxRow>> {
    let mut rows = Vec::new();
    changes.retain(|change| {
        let LaneChange::ToEngine(EngineCommand::PassOn { chat, original, call, .. }) = change else { return true };
        let Some((_, partner)) = database.last_partner(database.accounts[&original.from], Some(*chat)) else { return true };
        let body = OutboxBody::Edit { original: *original, call: call.clone() };
        let receiver = database.known[&partner];
        rows.push(Rc::new(OutboxRow { id: ids.next_outbox(), receiver, chat: Some(*chat), body }));
        false
    });
    rows
}

fn part(database: &Database, by: PersonId, chat: Option<ChatId>, cause: EndCause) -> Vec<LaneChange> {
    let Some((_, other)) = database.last_partner(by, chat) else { return Vec::new() };
    vec![LaneChange::Block(by, other), LaneChange::ToEngine(EngineCommand::Separate { by, other, cause })]
}
