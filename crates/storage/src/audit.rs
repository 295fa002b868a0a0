//! The audit log: what staff read and did, one row per act, never changed, each chained to the one before.

mod chain;
mod verify;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::id::BotId;
use luvhive_core::staff::Act as NamedAct;
use luvhive_core::time::Timestamp;

use crate::codes::storable;
use crate::moment::Moment;
use crate::schema::{audit_heads, audit_log};
use crate::vault::{KeyId, Vault};

pub use chain::Head;
use chain::{Linked, MAC, Row, mac_of};
pub use verify::{Expected, Finding, Verdict, find_head, verify};

/// The longest name of an actor that is kept, in characters.
const LONGEST_ACTOR: usize = 100;
/// The longest detail that is kept, in characters.
const LONGEST_DETAIL: usize = 1_000;

/// Something that a member of the staff did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act<'a> {
    /// Their account name on the machine.
    pub(crate) actor: &'a str,
    /// What they did, as a code.
    pub(crate) action: &'a str,
    /// Whom it was about, as staff see them.
    pub(crate) subject: &'a str,
    /// More about it.
    pub(crate) detail: &'a str,
    /// When.
    pub(crate) at: Timestamp,
}

impl<'a> From<&'a NamedAct> for Act<'a> {
    fn from(act: &'a NamedAct) -> Self {
        let NamedAct { actor, action, subject, detail, at } = act;
        Self { actor, action, subject, detail, at: *at }
    }
}

/// One bot's audit log, and the keys of its chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log<'a> {
    /// Whose.
    pub(crate) bot: i64,
    /// Makes the chain's keys out of the data keys; without one the chain is a plain hash chain.
    pub(crate) vault: &'a Vault,
}

impl<'a> Log<'a> {
    /// Names a log.
    pub(crate) fn new(bot: BotId, vault: &'a Vault) -> Self {
        Self { bot: bot.get(), vault }
    }

    /// Writes an act down, as the next link of the chain. Of two transactions that write, the second waits for the first.
    pub(crate) async fn insert(self, conn: &mut AsyncPgConnection, act: &Act<'_>) -> QueryResult<()> {
        let bot = self.bot;
        // Waits also for a release without a chain, whose row this one has to cover. Everybody reads on.
        diesel::sql_query("LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
        let head: Option<(i64, i64, Vec<u8>)> = audit_heads::table
            .find(bot)
            .select((audit_heads::link, audit_heads::row_id, audit_heads::mac))
            .first(conn)
            .await
            .optional()?;
        let (link, last, before) = head.unwrap_or((0, i64::MIN, MAC.to_vec()));
        let loose: Vec<Row> = audit_log::table
            .filter(audit_log::bot_id.eq(bot).and(audit_log::id.gt(last)).and(audit_log::link.is_null()))
            .order(audit_log::id)
            .select(Row::as_select())
            .load(conn)
            .await?;
        let id: i64 =
            diesel::select(sql::<BigInt>("nextval(pg_get_serial_sequence('audit_log', 'id'))")).get_result(conn).await?;
        let row = Row::new(id, act);
        let key = self.vault.keys().into_iter().next();
        let link = link.saturating_add(1);
        let linked = Linked { bot, link, before: &before, loose: &loose, row: &row };
        let mac = mac_of(&linked, key, self.vault).unwrap_or(MAC).to_vec();
        diesel::insert_into(audit_log::table)
            .values((
                audit_log::bot_id.eq(bot),
                &row,
                audit_log::link.eq(link),
                audit_log::chain_key.eq(key.as_ref().map(KeyId::as_bytes)),
                audit_log::mac.eq(&mac),
            ))
            .execute(conn)
            .await?;
        let head = (audit_heads::link.eq(link), audit_heads::row_id.eq(id), audit_heads::mac.eq(&mac));
        diesel::insert_into(audit_heads::table)
            .values((audit_heads::bot_id.eq(bot), head))
            .on_conflict(audit_heads::bot_id)
            .do_update()
            .set(head)
            .execute(conn)
            .await
            .map(drop)
    }
}

impl Row {
    fn new(id: i64, act: &Act<'_>) -> Self {
        Self {
            id,
            acted_at: Moment(act.at),
            actor: storable(act.actor).chars().take(LONGEST_ACTOR).collect(),
            action: act.action.to_owned(),
            subject: storable(act.subject).into_owned(),
            detail: storable(act.detail).chars().take(LONGEST_DETAIL).collect(),
        }
    }
}
