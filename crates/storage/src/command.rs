//! Commands to the engine as rows: versioned JSON, so that a newer program can read what an older one left.

mod told;

use std::borrow::Cow;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::chat::Questions;
use luvhive_core::coins::Coins;
use luvhive_core::decision::{AppealNews, DecisionNews};
use luvhive_core::engine::event::EndCause;
use luvhive_core::engine::{EngineCommand, News, Original, Rendered};
use luvhive_core::friend::FriendNews;
use luvhive_core::id::{ChatId, InboxId, MessageId, PersonId, TelegramId};
use luvhive_core::ports::StoreError;
use luvhive_core::premium::{ChargeId, Entitlement, PremiumNews};
use luvhive_core::tier::Upheld;
use luvhive_core::time::{TelegramTime, Timestamp};
use serde::{Deserialize, Serialize};

use crate::codes::{self, corrupt, read, storable};
use crate::error::Stopped;
use crate::moment::Moment;
use crate::schema::commands;
use crate::vault::{self, Vault};
use told::{CorrectionRow, DecisionRow};

/// The form written today.
const VERSION: i16 = 1;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum CommandRow {
    Separate {
        by: i64,
        other: i64,
        cause: String,
    },
    Consented {
        person: i64,
    },
    Unconsented {
        person: i64,
    },
    Leave {
        person: i64,
    },
    Leaving {
        person: i64,
        at_us: Option<i64>,
    },
    Sanction {
        person: i64,
        until_us: Option<i64>,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        news: Option<DecisionRow>,
    },
    Appealed {
        telegram: i64,
        language: String,
        is_overturned: bool,
        note: String,
        decided_at_us: i64,
        suspended_until_us: Option<i64>,
    },
    Upheld {
        person: i64,
        at_us: i64,
        until_us: i64,
    },
    Corrected {
        telegram: i64,
        language: String,
        news: CorrectionRow,
        suspended_until_us: Option<i64>,
    },
    Rated {
        person: i64,
        is_good: bool,
        chat: i64,
    },
    PassOn {
        chat: i64,
        from: i64,
        source: i32,
        form: i16,
        call: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leak: Option<LeakRow>,
    },
    Invite {
        inviter: i64,
        invited: i64,
        chat: i64,
        numbers: [u16; 2],
    },
    Unfriended {
        by: i64,
        other: i64,
    },
    Refund {
        payer: i64,
        charge: String,
    },
    Subscription {
        payer: i64,
    },
    #[serde(untagged)]
    Tell(NewsRow),
}

/// What in a change can identify its writer, if anything does.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeakRow {
    kinds: Vec<String>,
    edited_at_s: Option<i64>,
    is_copied: bool,
}

/// [`EngineCommand::Tell`]: a kind per piece of news, on one level with the other commands.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum NewsRow {
    Gifted { person: i64, coins: u32 },
    InvitePaid { host: i64, coins: u32 },
    FriendAsked { person: i64, chat: i64 },
    FriendAccepted { person: i64, chat: i64 },
    Report { person: i64, is_upheld: bool },
    Premium { person: i64, news: PremiumRow, entitlement: Option<EntitlementRow> },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
enum PremiumRow {
    Gift { days: u16 },
    GiftTakenBack { days: u16 },
    Granted { days: u16, reason: String },
    Trial { days: u16 },
}

impl NewsRow {
    fn new(person: PersonId, news: &News) -> Self {
        let person = person.get();
        match news {
            News::Coins(coins) => Self::Gifted { person, coins: coins.get() },
            News::Report { is_upheld } => Self::Report { person, is_upheld: *is_upheld },
            News::InvitePaid(coins) => Self::InvitePaid { host: person, coins: coins.get() },
            News::Friend { news: FriendNews::Asked, chat } => Self::FriendAsked { person, chat: chat.get() },
            News::Friend { news: FriendNews::Accepted, chat } => Self::FriendAccepted { person, chat: chat.get() },
            News::Premium { news, entitlement } => {
                Self::Premium { person, news: news.into(), entitlement: entitlement.map(EntitlementRow::from) }
            }
        }
    }

    fn into_command(self) -> EngineCommand {
        let friend = |news, chat| News::Friend { news, chat: ChatId::new(chat) };
        let (person, news) = match self {
            Self::Gifted { person, coins } => (person, News::Coins(Coins::new(coins))),
            Self::Report { person, is_upheld } => (person, News::Report { is_upheld }),
            Self::InvitePaid { host, coins } => (host, News::InvitePaid(Coins::new(coins))),
            Self::FriendAsked { person, chat } => (person, friend(FriendNews::Asked, chat)),
            Self::FriendAccepted { person, chat } => (person, friend(FriendNews::Accepted, chat)),
            Self::Premium { person, news, entitlement } => {
                (person, News::Premium { news: news.into(), entitlement: entitlement.map(Entitlement::from) })
            }
        };
        EngineCommand::Tell { person: PersonId::new(person), news }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntitlementRow {
    until_us: Option<i64>,
    renews_at_us: Option<i64>,
    rows: u32,
}

impl From<&PremiumNews> for PremiumRow {
    fn from(news: &PremiumNews) -> Self {
        match news {
            PremiumNews::Gift { days } => Self::Gift { days: *days },
            PremiumNews::GiftTakenBack { days } => Self::GiftTakenBack { days: *days },
            PremiumNews::Granted { days, reason } => Self::Granted { days: *days, reason: storable(reason).into_owned() },
            PremiumNews::Trial { days } => Self::Trial { days: *days },
        }
    }
}

impl From<PremiumRow> for PremiumNews {
    fn from(row: PremiumRow) -> Self {
        match row {
            PremiumRow::Gift { days } => Self::Gift { days },
            PremiumRow::GiftTakenBack { days } => Self::GiftTakenBack { days },
            PremiumRow::Granted { days, reason } => Self::Granted { days, reason },
            PremiumRow::Trial { days } => Self::Trial { days },
        }
    }
}

impl From<Entitlement> for EntitlementRow {
    fn from(entitlement: Entitlement) -> Self {
        let micros = |at: Option<Timestamp>| at.map(Timestamp::as_micros);
        Self { until_us: micros(entitlement.until), renews_at_us: micros(entitlement.renews_at), rows: entitlement.rows }
    }
}

impl From<EntitlementRow> for Entitlement {
    fn from(row: EntitlementRow) -> Self {
        let time = |micros: Option<i64>| micros.map(Timestamp::from_micros);
        Self { until: time(row.until_us), renews_at: time(row.renews_at_us), rows: row.rows }
    }
}

/// Writes a command as JSON.
fn write(command: &EngineCommand) -> Result<String, StoreError> {
    let row = match command {
        EngineCommand::Separate { by, other, cause } => {
            CommandRow::Separate { by: by.get(), other: other.get(), cause: cause.code().to_owned() }
        }
        EngineCommand::Consented { person } => CommandRow::Consented { person: person.get() },
        EngineCommand::Unconsented { person } => CommandRow::Unconsented { person: person.get() },
        EngineCommand::Leave { person } => CommandRow::Leave { person: person.get() },
        EngineCommand::Leaving { person, at } => {
            CommandRow::Leaving { person: person.get(), at_us: at.map(Timestamp::as_micros) }
        }
        EngineCommand::Sanction { person, until, reason, news } => CommandRow::Sanction {
            person: person.get(),
            until_us: until.map(Timestamp::as_micros),
            reason: storable(reason).into_owned(),
            news: news.map(DecisionRow::from),
        },
        EngineCommand::Appealed { telegram, language, news, decided_at, suspended_until } => CommandRow::Appealed {
            telegram: telegram.get(),
            language: language.code().to_owned(),
            is_overturned: news.is_overturned,
            note: storable(&news.note).into_owned(),
            decided_at_us: decided_at.as_micros(),
            suspended_until_us: suspended_until.map(Timestamp::as_micros),
        },
        EngineCommand::Upheld { person, upheld: Upheld { at, until } } => {
            CommandRow::Upheld { person: person.get(), at_us: at.as_micros(), until_us: until.as_micros() }
        }
        EngineCommand::Corrected { telegram, language, news, suspended_until } => CommandRow::Corrected {
            telegram: telegram.get(),
            language: language.code().to_owned(),
            news: (*news).into(),
            suspended_until_us: suspended_until.map(Timestamp::as_micros),
        },
        EngineCommand::Rated { person, is_good, chat } => {
            CommandRow::Rated { person: person.get(), is_good: *is_good, chat: chat.get() }
        }
        EngineCommand::PassOn { chat, original, call, leaks, edited_at, is_copied, words: _ } => CommandRow::PassOn {
            chat: chat.get(),
            from: original.from.get(),
            source: original.message.get(),
            form: call.version,
            call: storable(&call.body).into_owned(),
            leak: (!leaks.is_empty()).then(|| LeakRow {
                kinds: leaks.iter().map(|leak| leak.code().to_owned()).collect(),
                edited_at_s: edited_at.map(TelegramTime::as_seconds),
                is_copied: *is_copied,
            }),
        },
        EngineCommand::Tell { person, news } => CommandRow::Tell(NewsRow::new(*person, news)),
        EngineCommand::Invite { inviter, invited, chat, numbers } => {
            CommandRow::Invite { inviter: inviter.get(), invited: invited.get(), chat: chat.get(), numbers: *numbers }
        }
        EngineCommand::Unfriended { by, other } => CommandRow::Unfriended { by: by.get(), other: other.get() },
        EngineCommand::Refund { payer, charge } => CommandRow::Refund { payer: payer.get(), charge: charge.as_str().to_owned() },
        EngineCommand::Subscription { payer } => CommandRow::Subscription { payer: payer.get() },
    };
    serde_json::to_string(&row).map_err(|_impossible| corrupt("command"))
}

/// Reads a command.
///
/// # Errors
/// [`StoreError::Corrupt`] for a form or kind that this program does not know.
pub(crate) fn parse(version: i16, body: &str) -> Result<EngineCommand, StoreError> {
    if version != VERSION {
        return Err(corrupt("command"));
    }
    let row: CommandRow = serde_json::from_str(body).map_err(|_unreadable| corrupt("command"))?;
    Ok(match row {
        CommandRow::Separate { by, other, cause } => EngineCommand::Separate {
            by: PersonId::new(by),
            other: PersonId::new(other),
            cause: read(EndCause::from_code(&cause), "command")?,
        },
        CommandRow::Consented { person } => EngineCommand::Consented { person: PersonId::new(person) },
        CommandRow::Invite { inviter, invited, chat, numbers } => EngineCommand::Invite {
            inviter: PersonId::new(inviter),
            invited: PersonId::new(invited),
            chat: ChatId::new(chat),
            numbers,
        },
        CommandRow::Unfriended { by, other } => EngineCommand::Unfriended { by: PersonId::new(by), other: PersonId::new(other) },
        CommandRow::Unconsented { person } => EngineCommand::Unconsented { person: PersonId::new(person) },
        CommandRow::Leave { person } => EngineCommand::Leave { person: PersonId::new(person) },
        CommandRow::Leaving { person, at_us } => {
            EngineCommand::Leaving { person: PersonId::new(person), at: at_us.map(Timestamp::from_micros) }
        }
        CommandRow::Upheld { person, at_us, until_us } => {
            let upheld = Upheld { at: Timestamp::from_micros(at_us), until: Timestamp::from_micros(until_us) };
            EngineCommand::Upheld { person: PersonId::new(person), upheld }
        }
        CommandRow::Sanction { person, until_us, reason, news } => EngineCommand::Sanction {
            person: PersonId::new(person),
            until: until_us.map(Timestamp::from_micros),
            reason,
            news: news.map(DecisionNews::try_from).transpose()?,
        },
        CommandRow::Appealed { telegram, language, is_overturned, note, decided_at_us, suspended_until_us } => {
            EngineCommand::Appealed {
                telegram: TelegramId::new(telegram),
                language: codes::ui_language(&language),
                news: AppealNews { is_overturned, note },
                decided_at: Timestamp::from_micros(decided_at_us),
                suspended_until: suspended_until_us.map(Timestamp::from_micros),
            }
        }
        CommandRow::Corrected { telegram, language, news, suspended_until_us } => EngineCommand::Corrected {
            telegram: TelegramId::new(telegram),
            language: codes::ui_language(&language),
            news: news.try_into()?,
            suspended_until: suspended_until_us.map(Timestamp::from_micros),
        },
        CommandRow::Rated { person, is_good, chat } => {
            EngineCommand::Rated { person: PersonId::new(person), is_good, chat: ChatId::new(chat) }
        }
        CommandRow::PassOn { chat, from, source, form, call, leak } => EngineCommand::PassOn {
            chat: ChatId::new(chat),
            original: Original { from: TelegramId::new(from), message: MessageId::new(source) },
            call: Rendered { version: form, body: call },
            leaks: leak.as_ref().map_or(Questions::EMPTY, |leak| codes::questions(&leak.kinds)),
            edited_at: leak.as_ref().and_then(|leak| leak.edited_at_s).map(TelegramTime::from_seconds),
            is_copied: leak.is_some_and(|leak| leak.is_copied),
            words: None,
        },
        CommandRow::Refund { payer, charge } => {
            EngineCommand::Refund { payer: PersonId::new(payer), charge: read(ChargeId::new(&charge), "command")? }
        }
        CommandRow::Subscription { payer } => EngineCommand::Subscription { payer: PersonId::new(payer) },
        CommandRow::Tell(row) => row.into_command(),
    })
}

/// A change to a message as the release before left it: with the place of the copy instead of the original's.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlacedEdit {
    kind: String,
    /// In which chat.
    pub(crate) chat: i64,
    /// In whose private chat the copy lies.
    pub(crate) receiver: i64,
    form: i16,
    call: String,
}

#[derive(Deserialize)]
struct PlacedCall {
    params: PlacedParams,
}

#[derive(Deserialize)]
struct PlacedParams {
    message_id: i32,
}

impl PlacedEdit {
    /// Reads it; `None` if it is none.
    pub(crate) fn parse(version: i16, body: &str) -> Option<Self> {
        let edit: Self = serde_json::from_str(body).ok()?;
        (version == VERSION && edit.kind == "pass_on").then_some(edit)
    }

    /// Returns the copy that it changes; `None` if the call names none.
    pub(crate) fn copy(&self) -> Option<i32> {
        serde_json::from_str(&self.call).ok().map(|call: PlacedCall| call.params.message_id)
    }

    /// Turns it into today's command, once the original message and its writer are known.
    pub(crate) fn of(self, (from, source): (i64, i32)) -> EngineCommand {
        EngineCommand::PassOn {
            chat: ChatId::new(self.chat),
            original: Original { from: TelegramId::new(from), message: MessageId::new(source) },
            call: Rendered { version: self.form, body: self.call },
            leaks: Questions::EMPTY,
            edited_at: None,
            is_copied: true,
            words: None,
        }
    }
}

/// Who leaves a command, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender<'a> {
    inbox: Option<i64>,
    at: Moment,
    /// Encrypts what people wrote. What operators leave holds nothing of theirs, and the running bot must be able to read it
    /// whatever keys it knows.
    vault: Option<&'a Vault>,
}

impl<'a> Sender<'a> {
    /// An operator, or a job of ours.
    pub(crate) fn operator(at: Moment) -> Self {
        Self { inbox: None, at, vault: None }
    }

    /// The lane that works on this row of the inbox.
    pub(crate) fn lane(inbox: InboxId, at: Moment, vault: &'a Vault) -> Self {
        Self { inbox: Some(inbox.get()), at, vault: Some(vault) }
    }
}

/// A command's number, form and body, and the body's encrypted form.
pub(crate) type Stored = (i64, i16, String, Option<Vec<u8>>);

/// The columns of a [`Stored`].
pub(crate) const STORED: (commands::id, commands::version, commands::body, commands::body_sealed) =
    (commands::id, commands::version, commands::body, commands::body_sealed);

/// Decrypts a command's body; one that cannot be decrypted is empty, which no command is.
pub(crate) fn open((id, version, body, sealed): Stored, bot: i64, vault: &Vault) -> (i64, i16, String) {
    (id, version, vault.get(&vault::COMMAND, (bot, id), (Some(body), sealed.as_deref())).unwrap_or_default())
}

/// Leaves a command for the engine and returns its number.
pub(crate) async fn insert(
    conn: &mut AsyncPgConnection,
    bot: i64,
    command: &EngineCommand,
    sender: Sender<'_>,
) -> Result<i64, Stopped> {
    // The number is bound to the encrypted body, so it is drawn first.
    let drawn = diesel::dsl::sql::<BigInt>("nextval(pg_get_serial_sequence('commands', 'id'))");
    let id: i64 = diesel::select(drawn).get_result(conn).await?;
    let body = Cow::Owned(write(command)?);
    let (body, sealed) = match sender.vault {
        Some(vault) => vault.fill(&vault::COMMAND, (bot, id), body),
        None => (body, None),
    };
    diesel::insert_into(commands::table)
        .values((
            commands::bot_id.eq(bot),
            commands::id.eq(id),
            commands::body_sealed.eq(sealed),
            commands::inbox_id.eq(sender.inbox),
            commands::version.eq(VERSION),
            commands::body.eq(body),
            commands::created_at.eq(sender.at),
        ))
        .execute(conn)
        .await?;
    Ok(id)
}

#[cfg(test)]
mod tests;
