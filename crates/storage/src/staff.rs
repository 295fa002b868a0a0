//! Who is staff, beside a running bot.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::Pseudonym;
use luvhive_core::id::BotId;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::staff::StaffStore;
use luvhive_core::staff::{Act, Member, Role};

use crate::audit::{self, Log};
use crate::codes::read;
use crate::error::{Stopped, of_run, transact};
use crate::moment::Moment;
use crate::pool::Pool;
use crate::schema::staff_members;
use crate::vault::Vault;

/// The most members that are listed.
const MOST_MEMBERS: i64 = 1_000;

/// Stores who is staff, for any bot of the database.
#[derive(Clone, Debug)]
pub struct PgStaffStore {
    pool: Pool,
    vault: Vault,
}

impl PgStaffStore {
    /// Makes a store over a pool, which chains the audit log by the keys of a vault.
    pub fn new(pool: Pool, vault: Vault) -> Self {
        Self { pool, vault }
    }
}

/// Name, role, and who they are with the bot.
type MemberRow = (String, String, Option<String>);

async fn list_members(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Vec<MemberRow>> {
    staff_members::table
        .filter(staff_members::bot_id.eq(bot))
        .order((staff_members::name, staff_members::role))
        .limit(MOST_MEMBERS)
        .select((staff_members::name, staff_members::role, staff_members::pseudonym))
        .load(conn)
        .await
}

async fn insert_member(conn: &mut AsyncPgConnection, log: Log<'_>, member: &Member, act: &Act) -> Result<bool, Stopped> {
    let person = member.person.as_ref().map(Pseudonym::as_str);
    let added = diesel::insert_into(staff_members::table)
        .values((
            staff_members::bot_id.eq(log.bot),
            staff_members::name.eq(&member.name),
            staff_members::role.eq(member.role.code()),
            staff_members::added_at.eq(Moment(act.at)),
            staff_members::pseudonym.eq(person),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let row = staff_members::table.find((log.bot, &member.name, member.role.code()));
    let told = match person {
        Some(person) if added == 0 => {
            let is_news = staff_members::pseudonym.is_distinct_from(person);
            diesel::update(row.filter(is_news)).set(staff_members::pseudonym.eq(person)).execute(conn).await?
        }
        _ => 0,
    };
    note(conn, log, added > 0 || told > 0, act).await
}

async fn delete_member(conn: &mut AsyncPgConnection, log: Log<'_>, member: &Member, act: &Act) -> Result<bool, Stopped> {
    let row = staff_members::table.find((log.bot, &member.name, member.role.code()));
    let removed = diesel::delete(row).execute(conn).await?;
    note(conn, log, removed > 0, act).await
}

/// Writes an act down if it changed something.
async fn note(conn: &mut AsyncPgConnection, log: Log<'_>, has_changed: bool, act: &Act) -> Result<bool, Stopped> {
    if has_changed {
        log.insert(conn, &audit::Act::from(act)).await?;
    }
    Ok(has_changed)
}

#[async_trait::async_trait]
impl StaffStore for PgStaffStore {
    async fn list_members(&self, bot: BotId) -> Result<Vec<Member>, StoreError> {
        let bot = bot.get();
        let list = async move |conn: &mut AsyncPgConnection| list_members(conn, bot).await;
        let rows = self.pool.run(list).await.map_err(of_run)?;
        let member = |(name, role, person): MemberRow| {
            let person = person.as_deref().and_then(Pseudonym::new);
            Ok(Member { name, role: read(Role::from_code(&role), "role")?, person })
        };
        rows.into_iter().map(member).collect()
    }

    async fn insert_member(&self, bot: BotId, member: Member, act: Act) -> Result<bool, StoreError> {
        let log = Log::new(bot, &self.vault);
        transact!(self.pool, conn => insert_member(conn, log, &member, &act))
    }

    async fn delete_member(&self, bot: BotId, member: Member, act: Act) -> Result<bool, StoreError> {
        let log = Log::new(bot, &self.vault);
        transact!(self.pool, conn => delete_member(conn, log, &member, &act))
    }

    async fn insert_act(&self, bot: BotId, act: Act) -> Result<(), StoreError> {
        let log = Log::new(bot, &self.vault);
        transact!(self.pool, conn => note(conn, log, true, &act)).map(drop)
    }
}
