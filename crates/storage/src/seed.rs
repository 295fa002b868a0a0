//! Made-up people and chats in bulk, for load runs and benches: made inside the database, in one statement each.

use luvhive_core::id::{BotId, TelegramId};
use luvhive_core::person::CONSENT_VERSION;
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;
use tokio_postgres::types::ToSql;

use crate::database::Database;
use crate::error::{Fault, of_connection};
use crate::moment::Moment;

/// The number of the first seeded chat: as long as a real one, below every epoch's range.
pub const SEEDED_CHATS_FROM: u64 = 1 << 39;

/// The lowest account of a made-up person in a database that may hold real ones: far above every real account's number.
pub const MADE_UP_FROM: TelegramId = TelegramId::new(1 << 48);

/// How many rows [`seed_people`] writes for each person: the person, their preferences, their consent.
pub const ROWS_A_PERSON: u32 = 3;

/// How many people, or pairs of them, are made up from which account on, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MadeUp {
    /// How many.
    pub count: u32,
    /// The first account.
    pub first: TelegramId,
    /// When.
    pub now: Timestamp,
}

impl MadeUp {
    /// So many from this account on.
    pub const fn new(count: u32, first: TelegramId, now: Timestamp) -> Self {
        Self { count, first, now }
    }
}

/// Who is in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// How many people are not made up.
    pub real: u64,
    /// The account after the last made-up one.
    pub next: TelegramId,
}

/// Counts real people and finds the account at which made-up ones go on.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn crowd(database: &Database, bot: BotId) -> Result<Crowd, StoreError> {
    let client = database.clone().for_writing().client().await.map_err(of_connection)?;
    let sql = "SELECT count(*) FILTER (WHERE telegram_id < $2), greatest(max(telegram_id) + 1, $2) FROM people WHERE bot_id = $1";
    let row = client.query_one(sql, &[&bot.get(), &MADE_UP_FROM.get()]).await.map_err(Fault::of_driver)?;
    let (real, next): (i64, i64) = (row.try_get(0).map_err(Fault::of_driver)?, row.try_get(1).map_err(Fault::of_driver)?);
    Ok(Crowd { real: real.unsigned_abs(), next: TelegramId::new(next) })
}

/// Registers so many people with the accounts `first`, `first + 1` and so on, and returns how many there are now new.
///
/// The same numbers give the same people: ages 18 to 45, eight countries, all with English. Accounts must not be
/// registered yet and must be above 0 and below 2⁵⁰.
///
/// # Errors
/// [`StoreError::Conflict`] if one of the accounts is registered, [`StoreError::Unavailable`].
pub async fn seed_people(database: &Database, bot: BotId, made_up: MadeUp) -> Result<u64, StoreError> {
    let MadeUp { count, first, now } = made_up;
    let sql = include_str!("../sql/seed_people.sql");
    run(database, sql, &[&bot.get(), &i64::from(count), &first.get(), &Moment(now), &CONSENT_VERSION]).await
}

/// Puts people made by [`seed_people`] into so many live chats, two neighboring accounts a chat from `first` on, and
/// returns how many people sit now. Chats are numbered from [`SEEDED_CHATS_FROM`], the first account of each pair on the first side.
///
/// # Errors
/// [`StoreError::Conflict`] if one of them has a seat or the chats are there already, [`StoreError::Unavailable`].
pub async fn seed_chats(database: &Database, bot: BotId, made_up: MadeUp) -> Result<u64, StoreError> {
    let MadeUp { count: pairs, first, now } = made_up;
    let sql = include_str!("../sql/seed_chats.sql");
    run(database, sql, &[&bot.get(), &i64::from(pairs), &first.get(), &Moment(now), &SEEDED_CHATS_FROM.cast_signed()]).await
}

async fn run(database: &Database, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
    let client = database.clone().for_writing().client().await.map_err(of_connection)?;
    let rows = client.execute(sql, parameters).await.map_err(Fault::of_driver)?;
    // The planner knows nothing of rows that came all at once.
    client.batch_execute("ANALYZE people, preferences, chats, seats").await.map_err(Fault::of_driver)?;
    Ok(rows)
}
