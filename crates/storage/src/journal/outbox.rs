//! Outbox rows: as columns to write, and from rows read.

use std::borrow::Cow;

use diesel::prelude::*;
use luvhive_core::engine::effect::{Original, OutboxBody, OutboxRow, Relay, Rendered};
use luvhive_core::id::{ChatId, MessageId, OutboxId, TelegramId};
use luvhive_core::ports::StoreError;

use crate::codes::{corrupt, sent, storable};
use crate::moment::Moment;
use crate::schema::outbox;
use crate::vault::{self, Filled, Vault};

/// Rows column by column, for `unnest`.
#[derive(Default)]
pub(super) struct OutboxColumns<'a> {
    pub(super) id: Vec<i64>,
    pub(super) receiver: Vec<i64>,
    pub(super) chat: Vec<Option<i64>>,
    pub(super) from: Vec<Option<i64>>,
    pub(super) source: Vec<Option<i32>>,
    pub(super) reply_to: Vec<Option<i32>>,
    pub(super) version: Vec<Option<i16>>,
    pub(super) body: Vec<Option<Cow<'a, str>>>,
    pub(super) is_protected: Vec<bool>,
    pub(super) body_sealed: Vec<Option<Vec<u8>>>,
    pub(super) content: Vec<Option<&'static str>>,
    pub(super) written_at: Vec<Option<Moment>>,
}

impl<'a> OutboxColumns<'a> {
    /// Turns rows on their side.
    pub(super) fn new(rows: &'a [OutboxRow], bot: i64, vault: &Vault) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.id.push(row.id.get());
            columns.receiver.push(row.receiver.get());
            columns.chat.push(row.chat.map(ChatId::get));
            let relay = if let OutboxBody::Relay(relay) = &row.body { Some(relay) } else { None };
            let call = call_of(row);
            let original = original_of(row);
            columns.from.push(original.map(|original| original.from.get()));
            columns.source.push(original.map(|original| original.message.get()));
            columns.reply_to.push(relay.and_then(|relay| relay.reply_to).map(MessageId::get));
            columns.version.push(call.map(|call| call.version));
            let (body, sealed) = body_of(row, bot, vault);
            columns.body.push(body);
            columns.body_sealed.push(sealed);
            columns.is_protected.push(relay.is_some_and(|relay| relay.is_protected));
            let sent = relay.and_then(|relay| relay.sent);
            columns.content.push(sent.map(|sent| sent.content.code()));
            columns.written_at.push(sent.map(|sent| Moment(sent.at.as_timestamp())));
        }
        columns
    }
}

/// The call of a row that has one.
fn call_of(row: &OutboxRow) -> Option<&Rendered> {
    match &row.body {
        OutboxBody::Relay(_) => None,
        OutboxBody::Call(call) | OutboxBody::Edit { call, .. } => Some(call),
    }
}

/// The body of a row that has one, as it is stored.
fn body_of<'a>(row: &'a OutboxRow, bot: i64, vault: &Vault) -> Filled<'a> {
    vault.fill_some(&vault::CALL, (bot, row.id.get()), call_of(row).map(|call| storable(&call.body)))
}

/// The message that a row copies, or whose copy it changes.
fn original_of(row: &OutboxRow) -> Option<Original> {
    match &row.body {
        OutboxBody::Relay(relay) => Some(Original { from: relay.from, message: relay.source }),
        OutboxBody::Call(_) => None,
        OutboxBody::Edit { original, .. } => Some(*original),
    }
}

/// A row to be written by Diesel, in the same form.
#[derive(Insertable)]
#[diesel(table_name = outbox)]
pub(super) struct NewOutbox<'a> {
    bot_id: i64,
    id: i64,
    receiver_telegram_id: i64,
    chat_id: Option<i64>,
    from_telegram_id: Option<i64>,
    source_id: Option<i32>,
    reply_to_id: Option<i32>,
    version: Option<i16>,
    body: Option<Cow<'a, str>>,
    body_sealed: Option<Vec<u8>>,
    is_protected: bool,
    content: Option<&'static str>,
    written_at: Option<Moment>,
}

impl<'a> NewOutbox<'a> {
    /// Makes the rows of one bot.
    pub(super) fn list(bot_id: i64, vault: &Vault, rows: &'a [OutboxRow]) -> Vec<Self> {
        let make = |row: &'a OutboxRow| {
            let relay = if let OutboxBody::Relay(relay) = &row.body { Some(relay) } else { None };
            let (original, call) = (original_of(row), call_of(row));
            let (body, body_sealed) = body_of(row, bot_id, vault);
            let sent = relay.and_then(|relay| relay.sent);
            Self {
                bot_id,
                id: row.id.get(),
                receiver_telegram_id: row.receiver.get(),
                chat_id: row.chat.map(ChatId::get),
                from_telegram_id: original.map(|original| original.from.get()),
                source_id: original.map(|original| original.message.get()),
                reply_to_id: relay.and_then(|relay| relay.reply_to).map(MessageId::get),
                version: call.map(|call| call.version),
                body,
                body_sealed,
                is_protected: relay.is_some_and(|relay| relay.is_protected),
                content: sent.map(|sent| sent.content.code()),
                written_at: sent.map(|sent| Moment(sent.at.as_timestamp())),
            }
        };
        rows.iter().map(make).collect()
    }
}

/// A row as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(diesel::pg::Pg))]
pub(super) struct StoredOutbox {
    pub(super) id: i64,
    receiver_telegram_id: i64,
    chat_id: Option<i64>,
    from_telegram_id: Option<i64>,
    source_id: Option<i32>,
    reply_to_id: Option<i32>,
    version: Option<i16>,
    body: Option<String>,
    is_protected: bool,
    body_sealed: Option<Vec<u8>>,
    content: Option<String>,
    written_at: Option<Moment>,
}

impl StoredOutbox {
    /// Decrypts its body.
    pub(super) fn opened(mut self, bot: i64, vault: &Vault) -> Self {
        self.body = vault.get(&vault::CALL, (bot, self.id), (self.body.take(), self.body_sealed.as_deref()));
        self
    }
}

impl TryFrom<StoredOutbox> for OutboxRow {
    type Error = StoreError;

    fn try_from(row: StoredOutbox) -> Result<Self, StoreError> {
        let body = match (row.version, row.body, row.from_telegram_id, row.source_id) {
            (Some(version), Some(body), None, None) => OutboxBody::Call(Rendered { version, body }),
            (Some(version), Some(body), Some(from), Some(source)) => OutboxBody::Edit {
                original: Original { from: TelegramId::new(from), message: MessageId::new(source) },
                call: Rendered { version, body },
            },
            (None, None, Some(from), Some(source)) => OutboxBody::Relay(Relay {
                from: TelegramId::new(from),
                source: MessageId::new(source),
                reply_to: row.reply_to_id.map(MessageId::new),
                is_protected: row.is_protected,
                sent: sent(row.content.as_deref(), row.written_at),
            }),
            _ => return Err(corrupt("outbox row")),
        };
        Ok(Self {
            id: OutboxId::new(row.id),
            receiver: TelegramId::new(row.receiver_telegram_id),
            chat: row.chat_id.map(ChatId::new),
            body,
        })
    }
}
