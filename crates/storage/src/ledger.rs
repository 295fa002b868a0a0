//! Payments, refunds, grants and coins: the stores that read them, and what lanes and operators do to them.
//! Every row has a key that makes it happen once; nobody's premium is stored.

mod coins;
mod entitlement;
mod invites;
mod rows;
mod treasury;
mod write;

use std::collections::BTreeMap;

use diesel_async::AsyncPgConnection;
use luvhive_core::coins::{CoinStanding, Invite, InviteCode, Movement};
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::ledger::Ledger;
use luvhive_core::premium::reconcile::Known;
use luvhive_core::premium::{ChargeId, ChargeRecord, LedgerRow};
use luvhive_core::time::Timestamp;

use crate::error::of_run;
use crate::moment::Moment;
use crate::store::PgStore;

pub(crate) use coins::{erase as erase_coins, move_coins, standing};
pub(crate) use entitlement::{list_all, of_people};
pub(crate) use invites::{erase as erase_invites, open_invites, record_invite};
pub use treasury::PgTreasury;
pub(crate) use treasury::give;
pub(crate) use write::{
    Booked, book_payment, book_refund, close_subscription, erase, grant, request_refund, touched, withdraw_refund,
};

#[async_trait::async_trait]
impl Ledger for PgStore {
    async fn list_rows(&self, person: PersonId) -> Result<Vec<LedgerRow>, StoreError> {
        let bot = self.bot.get();
        let found = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| rows::read_person(conn, bot, person.get()).await)
            .await
            .map_err(of_run)?;
        found.into_rows(person)
    }

    async fn find_charge(&self, charge: &ChargeId) -> Result<Option<ChargeRecord>, StoreError> {
        let (bot, key) = (self.bot.get(), charge.as_str().to_owned());
        let found = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| rows::read_charge(conn, bot, key.clone()).await)
            .await
            .map_err(of_run)?;
        found.into_record()
    }

    async fn list_known(&self, charges: &[ChargeId]) -> Result<BTreeMap<ChargeId, Known>, StoreError> {
        let bot = self.bot.get();
        let keys: Vec<_> = charges.iter().take(1_000).map(|charge| charge.as_str().to_owned()).collect();
        let (paid, refunded) = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| rows::list_known(conn, bot, keys.clone()).await)
            .await
            .map_err(of_run)?;
        let mut known: BTreeMap<ChargeId, Known> = BTreeMap::new();
        for key in paid {
            known.entry(rows::charge(&key)?).or_default().is_paid = true;
        }
        for key in refunded {
            known.entry(rows::charge(&key)?).or_default().is_refunded = true;
        }
        Ok(known)
    }

    async fn count_reconciled(&self) -> Result<u64, StoreError> {
        let bot = self.bot.get();
        let found = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| rows::count_reconciled(conn, bot).await)
            .await
            .map_err(of_run)?;
        u64::try_from(found.unwrap_or(0)).map_err(|_negative| crate::codes::corrupt("count of transactions"))
    }

    async fn mark_reconciled(&self, count: u64, now: Timestamp) -> Result<(), StoreError> {
        let (bot, count) = (self.bot.get(), i64::try_from(count).unwrap_or(i64::MAX));
        self.pool
            .run(async move |conn: &mut AsyncPgConnection| write::mark_reconciled(conn, bot, count, Moment(now)).await)
            .await
            .map_err(of_run)
    }

    async fn get_coins(&self, person: PersonId) -> Result<CoinStanding, StoreError> {
        let bot = self.bot.get();
        self.pool
            .run(async move |conn: &mut AsyncPgConnection| coins::read_standing(conn, bot, person.get()).await)
            .await
            .map_err(of_run)
    }

    async fn list_movements(&self, person: PersonId, limit: u16) -> Result<Vec<Movement>, StoreError> {
        let (bot, limit) = (self.bot.get(), i64::from(limit.clamp(1, 1_000)));
        let found = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| coins::list(conn, bot, person.get(), limit).await)
            .await
            .map_err(of_run)?;
        found.into_iter().map(Movement::try_from).collect()
    }

    async fn find_invite_code(&self, person: PersonId) -> Result<Option<InviteCode>, StoreError> {
        let bot = self.bot.get();
        let found = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| invites::find_code(conn, bot, person.get()).await)
            .await
            .map_err(of_run)?;
        found.map(|code| crate::codes::read(InviteCode::new(&code), "invite code")).transpose()
    }

    async fn find_invite(&self, invited: PersonId) -> Result<Option<Invite>, StoreError> {
        let bot = self.bot.get();
        let found = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| invites::find(conn, bot, invited.get()).await)
            .await
            .map_err(of_run)?;
        Ok(found.map(|(inviter, at)| Invite { inviter: inviter.map(PersonId::new), invited, invited_at: at.into() }))
    }
}
