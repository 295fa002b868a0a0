//! Tables: dead rows, room that is not given back, and how far transaction numbers have run.

use super::{Finding, Found, Look, list};

/// So many dead rows are nothing to speak of in any table.
const DEAD_ROWS: i64 = 20_000;

/// Rows that are dead and not yet removed.
pub(super) async fn vacuum(look: &Look<'_>) -> Found {
    let sql = "SELECT relname || ' (' || n_dead_tup || ' dead, ' || n_live_tup || ' alive)' FROM pg_stat_user_tables \
               WHERE n_dead_tup > greatest($1, n_live_tup / 3) ORDER BY n_dead_tup DESC, relname LIMIT 20";
    let rows = look.client.query(sql, &[&DEAD_ROWS]).await?;
    let tables = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    if tables.is_empty() {
        return Ok(Finding::ok("autovacuum keeps up"));
    }
    let remedy = "autovacuum does not keep up: look for long transactions above, then run VACUUM on these tables";
    Ok(Finding::warn(format!("dead rows wait in {}", list(&tables)), remedy))
}

/// Tables much larger than their rows, as far as the planner's statistics tell.
pub(super) async fn bloat(look: &Look<'_>) -> Found {
    let rows = look.client.query(include_str!("../../sql/check_bloat.sql"), &[]).await?;
    let tables = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    if tables.is_empty() {
        return Ok(Finding::ok("no table of 64 MB or more is four times as large as its rows"));
    }
    let remedy = "in a quiet hour run VACUUM FULL on them (it locks the table), or pg_repack";
    Ok(Finding::warn(format!("mostly empty: {}", list(&tables)), remedy))
}

/// How far the oldest transaction number of the database is behind: at two thousand million PostgreSQL stops.
pub(super) async fn transaction_numbers(look: &Look<'_>) -> Found {
    let sql = "SELECT age(datfrozenxid)::bigint FROM pg_database WHERE datname = current_database()";
    let age: i64 = look.client.query_one(sql, &[]).await?.try_get(0)?;
    let found = format!("the oldest is {} million behind", age / 1_000_000);
    let remedy = "run VACUUM (FREEZE) and look for long transactions above";
    Ok(match age {
        ..500_000_000 => Finding::ok(found),
        500_000_000..1_500_000_000 => Finding::warn(found, remedy),
        _ => Finding::fail(found, remedy),
    })
}
