//! The audit log: what staff did, one row per act, never changed.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::time::Timestamp;

use crate::codes::storable;
use crate::moment::Moment;
use crate::schema::audit_log;

/// The longest name of an actor that is kept, in characters.
const LONGEST_ACTOR: usize = 100;

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

/// Writes an act down.
pub(crate) async fn insert(conn: &mut AsyncPgConnection, bot: i64, act: &Act<'_>) -> QueryResult<()> {
    let actor: String = storable(act.actor).chars().take(LONGEST_ACTOR).collect();
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::bot_id.eq(bot),
            audit_log::acted_at.eq(Moment(act.at)),
            audit_log::actor.eq(actor),
            audit_log::action.eq(act.action),
            audit_log::subject.eq(act.subject),
            audit_log::detail.eq(storable(act.detail)),
        ))
        .execute(conn)
        .await
        .map(drop)
}
