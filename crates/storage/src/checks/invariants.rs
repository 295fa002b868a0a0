//! What must always hold, asked as SQL: seats and chats agree, and every balance is the sum of its entries.

use super::{Finding, Found, Look};
use crate::moment::Moment;

/// Counts the rows that break each rule of seats and chats, of every bot in the database.
pub(super) async fn seats(look: &Look<'_>) -> Found {
    let now = Moment(look.subject.clock.now());
    judge(look, include_str!("../../sql/check_seats.sql"), Some(now)).await
}

/// Counts the rows that break each rule of the ledger, once there is one.
pub(super) async fn ledger(look: &Look<'_>) -> Found {
    let there = look.client.query_one("SELECT to_regclass('public.coin_entries') IS NOT NULL", &[]).await?;
    if !there.try_get::<_, bool>(0)? {
        return Ok(Finding::skipped("this version keeps no ledger"));
    }
    judge(look, include_str!("../../sql/check_ledger.sql"), None).await
}

/// Runs a statement whose rows are a rule and how many rows break it.
async fn judge(look: &Look<'_>, sql: &str, now: Option<Moment>) -> Found {
    let rows = match &now {
        Some(now) => look.client.query(sql, &[now]).await?,
        None => look.client.query(sql, &[]).await?,
    };
    let mut broken = Vec::new();
    for row in &rows {
        let (rule, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        if count > 0 {
            broken.push(format!("{count} × {rule}"));
        }
    }
    if broken.is_empty() {
        return Ok(Finding::ok(format!("{} rules hold", rows.len())));
    }
    let remedy = "stop LuvHive, keep a copy (`luvhive db backup`), and report it: a rule that always holds is broken";
    Ok(Finding::fail(broken.join("; "), remedy))
}
