//! Coins: accounts, movements between them, and where a person stands.
//! Every movement of coins locks people's accounts in the order of their numbers, so two opposite transfers cannot deadlock.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::coins::{CoinAccount, CoinStanding, Coins, House, Movement, MovementKey};
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;

use crate::codes::{corrupt, read};
use crate::moment::Moment;
use crate::schema::{coin_accounts, coin_entries, former_accounts, people};

diesel::alias! {
    const DEBIT: Alias<Debit> = coin_accounts as debit;
    const CREDIT: Alias<Credit> = coin_accounts as credit;
}

/// Whose account: a person's number or the house's code.
type AccountColumns = (Option<i64>, Option<String>);

/// A movement with both ends: key, coins, time, then person and house of each account.
pub(super) struct MovementRow {
    key: String,
    coins: i64,
    moved_at: Moment,
    debit: AccountColumns,
    credit: AccountColumns,
}

fn account((person, house): AccountColumns) -> Result<CoinAccount, StoreError> {
    match (person, house) {
        (Some(person), None) => Ok(CoinAccount::Person(PersonId::new(person))),
        (None, Some(house)) => Ok(CoinAccount::House(read(House::from_code(&house), "coin account")?)),
        (None, None) => Ok(CoinAccount::Erased),
        (Some(_), Some(_)) => Err(corrupt("coin account")),
    }
}

impl TryFrom<MovementRow> for Movement {
    type Error = StoreError;

    fn try_from(row: MovementRow) -> Result<Self, StoreError> {
        Ok(Self {
            key: read(MovementKey::new(&row.key), "movement's key")?,
            debit: account(row.debit)?,
            credit: account(row.credit)?,
            coins: Coins::new(u32::try_from(row.coins).map_err(|_out_of_range| corrupt("coins"))?),
            moved_at: row.moved_at.into(),
        })
    }
}

/// Finds or opens the account of the house or of a person; `None` if nobody is there any more.
async fn open_account(conn: &mut AsyncPgConnection, bot: i64, account: CoinAccount) -> QueryResult<Option<i64>> {
    let of_bot = coin_accounts::table.filter(coin_accounts::bot_id.eq(bot));
    match account {
        CoinAccount::Erased => Ok(None),
        CoinAccount::House(house) => {
            let found = of_bot.filter(coin_accounts::house.eq(house.code())).select(coin_accounts::id);
            if let Some(id) = found.first(conn).await.optional()? {
                return Ok(Some(id));
            }
            diesel::insert_into(coin_accounts::table)
                .values((coin_accounts::bot_id.eq(bot), coin_accounts::house.eq(house.code())))
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            found.first(conn).await.optional()
        }
        CoinAccount::Person(person) => {
            let person = person.get();
            let there: Option<i64> =
                people::table.find((bot, person)).select(people::id).for_key_share().first(conn).await.optional()?;
            if there.is_none() {
                return Ok(None);
            }
            let found = of_bot.filter(coin_accounts::person_id.eq(person)).select(coin_accounts::id);
            if let Some(id) = found.first(conn).await.optional()? {
                return Ok(Some(id));
            }
            diesel::insert_into(coin_accounts::table)
                .values((coin_accounts::bot_id.eq(bot), coin_accounts::person_id.eq(person), coin_accounts::balance.eq(0)))
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            found.first(conn).await.optional()
        }
    }
}

/// Moves coins once. To or from somebody who is gone nothing moves.
///
/// # Errors
/// A violation of `coin_accounts_balance_check` if there are too few.
pub(crate) async fn move_coins(conn: &mut AsyncPgConnection, bot: i64, movement: &Movement) -> QueryResult<()> {
    // Accounts are opened in one order too: two first gifts in opposite directions must not wait for each other.
    let (first, second) =
        if movement.debit <= movement.credit { (movement.debit, movement.credit) } else { (movement.credit, movement.debit) };
    let one = open_account(conn, bot, first).await?;
    let other = open_account(conn, bot, second).await?;
    let (Some(one), Some(other)) = (one, other) else { return Ok(()) };
    let (debit, credit) = if movement.debit <= movement.credit { (one, other) } else { (other, one) };
    // The house's balance is nobody's business here, so its rows are not waited for.
    coin_accounts::table
        .filter(coin_accounts::bot_id.eq(bot).and(coin_accounts::id.eq_any([debit, credit])))
        .filter(coin_accounts::house.is_null())
        .order(coin_accounts::id)
        .select(coin_accounts::id)
        .for_no_key_update()
        .load::<i64>(conn)
        .await?;
    let coins = i64::from(movement.coins.get());
    let rows = diesel::insert_into(coin_entries::table)
        .values((
            coin_entries::bot_id.eq(bot),
            coin_entries::key.eq(movement.key.as_str()),
            coin_entries::debit_account_id.eq(debit),
            coin_entries::credit_account_id.eq(credit),
            coin_entries::coins.eq(coins),
            coin_entries::moved_at.eq(Moment(movement.moved_at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if rows == 0 {
        return Ok(());
    }
    for (account, by) in [(debit, -coins), (credit, coins)] {
        diesel::update(coin_accounts::table.find((bot, account)).filter(coin_accounts::house.is_null()))
            .set(coin_accounts::balance.eq(coin_accounts::balance + by))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Reads where a person stands.
pub(super) async fn read_standing(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<CoinStanding> {
    let read = async move |conn: &mut AsyncPgConnection| standing(conn, bot, person).await;
    conn.build_transaction().read_only().repeatable_read().run(read).await
}

/// Reads where a person stands; what was taken before they left and came back counts.
pub(crate) async fn standing(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<CoinStanding> {
    let standing = own_standing(conn, bot, person).await?;
    let before: Option<(Option<Moment>, Option<Moment>)> = former_accounts::table
        .filter(former_accounts::bot_id.eq(bot).and(former_accounts::person_id.eq(person)))
        .order(former_accounts::left_at.desc())
        .select((former_accounts::daily_at, former_accounts::spun_at))
        .first(conn)
        .await
        .optional()?;
    let (daily_at, spun_at) = before.unwrap_or_default();
    let later = |one: Option<Timestamp>, other: Option<Moment>| one.max(other.map(Timestamp::from));
    Ok(CoinStanding { daily_at: later(standing.daily_at, daily_at), spun_at: later(standing.spun_at, spun_at), ..standing })
}

async fn own_standing(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<CoinStanding> {
    let account: Option<(i64, Option<i64>)> = coin_accounts::table
        .filter(coin_accounts::bot_id.eq(bot).and(coin_accounts::person_id.eq(person)))
        .select((coin_accounts::id, coin_accounts::balance))
        .first(conn)
        .await
        .optional()?;
    let Some((account, balance)) = account else { return Ok(CoinStanding::default()) };
    let from_house: Vec<(Option<String>, i64, Option<Moment>)> = coin_entries::table
        .inner_join(
            coin_accounts::table
                .on(coin_accounts::bot_id.eq(coin_entries::bot_id).and(coin_accounts::id.eq(coin_entries::debit_account_id))),
        )
        .filter(coin_entries::bot_id.eq(bot).and(coin_entries::credit_account_id.eq(account)))
        .filter(coin_accounts::house.eq_any([House::Daily.code(), House::Spin.code()]))
        .group_by(coin_accounts::house)
        .select((coin_accounts::house, diesel::dsl::count_star(), diesel::dsl::max(coin_entries::moved_at)))
        .load(conn)
        .await?;
    let of = |house: House| from_house.iter().find(|(code, ..)| code.as_deref() == Some(house.code()));
    let last = |house| of(house).and_then(|(.., at)| *at).map(Timestamp::from);
    Ok(CoinStanding {
        balance: Coins::new(u32::try_from(balance.unwrap_or(0)).unwrap_or(u32::MAX)),
        daily_at: last(House::Daily),
        spun_at: last(House::Spin),
        spins: of(House::Spin).map_or(0, |(_, count, _)| u32::try_from(*count).unwrap_or(u32::MAX)),
    })
}

/// Lists a person's movements, the last first.
pub(super) async fn list(conn: &mut AsyncPgConnection, bot: i64, person: i64, limit: i64) -> QueryResult<Vec<MovementRow>> {
    let account: Option<i64> = coin_accounts::table
        .filter(coin_accounts::bot_id.eq(bot).and(coin_accounts::person_id.eq(person)))
        .select(coin_accounts::id)
        .first(conn)
        .await
        .optional()?;
    let Some(account) = account else { return Ok(Vec::new()) };
    let (debit, credit) = (DEBIT, CREDIT);
    let rows: Vec<(String, i64, Moment, AccountColumns, AccountColumns)> = coin_entries::table
        .inner_join(
            debit.on(debit
                .field(coin_accounts::bot_id)
                .eq(coin_entries::bot_id)
                .and(debit.field(coin_accounts::id).eq(coin_entries::debit_account_id))),
        )
        .inner_join(
            credit.on(credit
                .field(coin_accounts::bot_id)
                .eq(coin_entries::bot_id)
                .and(credit.field(coin_accounts::id).eq(coin_entries::credit_account_id))),
        )
        .filter(coin_entries::bot_id.eq(bot))
        .filter(coin_entries::debit_account_id.eq(account).or(coin_entries::credit_account_id.eq(account)))
        .order((coin_entries::moved_at.desc(), coin_entries::key.desc()))
        .limit(limit)
        .select((
            coin_entries::key,
            coin_entries::coins,
            coin_entries::moved_at,
            (debit.field(coin_accounts::person_id), debit.field(coin_accounts::house)),
            (credit.field(coin_accounts::person_id), credit.field(coin_accounts::house)),
        ))
        .load(conn)
        .await?;
    let row = |(key, coins, moved_at, debit, credit)| MovementRow { key, coins, moved_at, debit, credit };
    Ok(rows.into_iter().map(row).collect())
}

/// Forgets whose account it was. Its movements stay, for they are the other half of other people's accounts; the numbers
/// in their keys name nobody any more.
pub(crate) async fn erase(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<()> {
    diesel::update(coin_accounts::table.filter(coin_accounts::bot_id.eq(bot).and(coin_accounts::person_id.eq(person))))
        .set(coin_accounts::person_id.eq(None::<i64>))
        .execute(conn)
        .await
        .map(drop)
}
