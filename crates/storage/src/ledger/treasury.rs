//! What operators do with the ledger, beside a running bot: each act one transaction with its audit row and its command.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::coins::Movement;
use luvhive_core::conduct::Pseudonym;
use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::id::{BotId, PersonId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::ledger::{ChargeLedger, GrantOutcome, NewGrant, NewRefund, PersonLedger, RefundOutcome, Treasury};
use luvhive_core::premium::{ChargeId, PremiumNews, RefundCause, RefundRefusal, RefundRequest, may_operator_refund};
use luvhive_core::time::Timestamp;

use super::{coins, rows, write};
use crate::audit::{Act, Log};
use crate::codes::read;
use crate::command::{self, Sender};
use crate::error::{Stopped, transact};
use crate::moment::Moment;
use crate::pool::Pool;
use crate::schema::people;
use crate::vault::Vault;

/// The most movements that one ledger lists.
const MOVEMENTS: i64 = 1_000;

/// Stores what operators decide about money, for any bot of the database.
#[derive(Clone, Debug)]
pub struct PgTreasury {
    pool: Pool,
    vault: Vault,
}

impl PgTreasury {
    /// Makes a store over a pool, which chains the audit log by the keys of a vault.
    pub fn new(pool: Pool, vault: Vault) -> Self {
        Self { pool, vault }
    }
}

async fn find_person(conn: &mut AsyncPgConnection, bot: i64, pseudonym: &Pseudonym) -> QueryResult<Option<i64>> {
    people::table
        .filter(people::bot_id.eq(bot).and(people::pseudonym.eq(pseudonym.as_str())))
        .select(people::id)
        .first(conn)
        .await
        .optional()
}

/// Gives a person days of premium, and tells them.
pub(crate) async fn give(conn: &mut AsyncPgConnection, log: Log<'_>, new: &NewGrant) -> Result<GrantOutcome, Stopped> {
    let bot = log.bot;
    let Some(person) = find_person(conn, bot, &new.pseudonym).await? else { return Ok(GrantOutcome::UnknownPseudonym) };
    let person = PersonId::new(person);
    let grant = new.to_grant(person);
    write::grant(conn, bot, &grant).await?;
    let entitlement = write::entitlements(conn, bot, &[person.get()]).await?.remove(&person);
    let detail = format!("{} days: {}", new.days, new.reason);
    let (actor, at) = (new.granted_by.as_str(), new.granted_at);
    let act = Act { actor, action: "grant", subject: new.pseudonym.as_str(), detail: &detail, at };
    log.insert(conn, &act).await?;
    let news = PremiumNews::Granted { days: new.days, reason: new.reason.clone() };
    let news = News::Premium { news, entitlement };
    command::insert(conn, bot, &EngineCommand::Tell { person, news }, Sender::operator(Moment(at))).await?;
    let until = entitlement.and_then(|entitlement| entitlement.until);
    Ok(GrantOutcome::Stored(until.unwrap_or(new.granted_at)))
}

async fn refund(conn: &mut AsyncPgConnection, log: Log<'_>, new: &NewRefund) -> Result<RefundOutcome, Stopped> {
    let bot = log.bot;
    let charge = new.charge.as_str();
    let Some(record) = rows::find_charge(conn, bot, charge).await?.into_record()? else {
        return Ok(RefundOutcome::Refused(RefundRefusal::Unknown));
    };
    if let Err(refusal) = may_operator_refund(&record) {
        return Ok(RefundOutcome::Refused(refusal));
    }
    let Some(payer) = record.payment.as_ref().and_then(|payment| payment.payer) else {
        return Ok(RefundOutcome::Refused(RefundRefusal::PayerErased));
    };
    let request = RefundRequest {
        charge: new.charge.clone(),
        cause: RefundCause::Operator,
        reason: new.reason.clone(),
        requested_at: new.requested_at,
    };
    if write::request_refund(conn, bot, &request).await? == 0 {
        // Somebody else asked in the same moment.
        return Ok(RefundOutcome::Refused(RefundRefusal::UnderWay));
    }
    let pseudonym: Option<String> =
        people::table.find((bot, payer.get())).select(people::pseudonym).first(conn).await.optional()?;
    let detail = format!("{charge}: {}", new.reason);
    let subject = pseudonym.as_deref().unwrap_or_default();
    let (actor, at) = (new.requested_by.as_str(), new.requested_at);
    log.insert(conn, &Act { actor, action: "refund", subject, detail: &detail, at }).await?;
    let command = EngineCommand::Refund { payer, charge: new.charge.clone() };
    command::insert(conn, bot, &command, Sender::operator(Moment(at))).await?;
    Ok(RefundOutcome::Requested)
}

/// Who reads, and when.
#[derive(Clone, Copy)]
struct Reading<'a> {
    by: &'a str,
    at: Timestamp,
}

impl<'a> Reading<'a> {
    fn act(self, action: &'a str, subject: &'a str, detail: &'a str) -> Act<'a> {
        Act { actor: self.by, action, subject, detail, at: self.at }
    }
}

async fn read_ledger(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    pseudonym: &Pseudonym,
    reading: Reading<'_>,
) -> Result<Option<PersonLedger>, Stopped> {
    let bot = log.bot;
    let Some(person) = find_person(conn, bot, pseudonym).await? else { return Ok(None) };
    log.insert(conn, &reading.act("read_ledger", pseudonym.as_str(), "")).await?;
    let rows = rows::list_person(conn, bot, person).await?.into_rows(PersonId::new(person))?;
    let mut movements =
        coins::list(conn, bot, person, MOVEMENTS).await?.into_iter().map(Movement::try_from).collect::<Result<Vec<_>, _>>()?;
    movements.reverse();
    let entitlement = write::entitlements(conn, bot, &[person]).await?.remove(&PersonId::new(person)).unwrap_or_default();
    Ok(Some(PersonLedger {
        rows,
        movements,
        person: PersonId::new(person),
        premium_until: entitlement.premium_until(reading.at),
        coins: coins::standing(conn, bot, person).await?,
    }))
}

async fn read_charge(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    charge: &ChargeId,
    reading: Reading<'_>,
) -> Result<Option<ChargeLedger>, Stopped> {
    let bot = log.bot;
    let Some(record) = rows::find_charge(conn, bot, charge.as_str()).await?.into_record()? else { return Ok(None) };
    let payment = record.payment.as_ref();
    let payer = name_of(conn, bot, payment.and_then(|payment| payment.payer)).await?;
    let receiver = name_of(conn, bot, payment.and_then(|payment| payment.receiver)).await?;
    let subject = payer.as_ref().or(receiver.as_ref()).map(Pseudonym::as_str).unwrap_or_default();
    log.insert(conn, &reading.act("read_charge", subject, charge.as_str())).await?;
    Ok(Some(ChargeLedger { record, payer, receiver }))
}

async fn name_of(conn: &mut AsyncPgConnection, bot: i64, person: Option<PersonId>) -> Result<Option<Pseudonym>, Stopped> {
    let Some(person) = person else { return Ok(None) };
    let name: Option<String> = people::table.find((bot, person.get())).select(people::pseudonym).first(conn).await.optional()?;
    Ok(name.map(|name| read(Pseudonym::new(&name), "pseudonym")).transpose()?)
}

#[async_trait::async_trait]
impl Treasury for PgTreasury {
    async fn insert_grant(&self, bot: BotId, new: NewGrant) -> Result<GrantOutcome, StoreError> {
        transact!(self.pool, conn => give(conn, Log::new(bot, &self.vault), &new))
    }

    async fn request_refund(&self, bot: BotId, new: NewRefund) -> Result<RefundOutcome, StoreError> {
        transact!(self.pool, conn => refund(conn, Log::new(bot, &self.vault), &new))
    }

    async fn read_ledger(
        &self,
        bot: BotId,
        pseudonym: &Pseudonym,
        read_by: &str,
        now: Timestamp,
    ) -> Result<Option<PersonLedger>, StoreError> {
        transact!(self.pool, conn => read_ledger(conn, Log::new(bot, &self.vault), pseudonym, Reading { by: read_by, at: now }))
    }

    async fn read_charge(
        &self,
        bot: BotId,
        charge: &ChargeId,
        read_by: &str,
        now: Timestamp,
    ) -> Result<Option<ChargeLedger>, StoreError> {
        transact!(self.pool, conn => read_charge(conn, Log::new(bot, &self.vault), charge, Reading { by: read_by, at: now }))
    }
}
