//! What sessions are doing now: transactions that stay open, waits for locks, statements that are slow.

use super::{Finding, Found, Look, words};

/// A transaction of this many times the limit is a failure, not a warning.
const FAIL_FACTOR: f64 = 10.0;
/// From which mean time on a statement is slow, in ms.
const SLOW_MS: f64 = 50.0;

/// Counts sessions in such a state for longer than the limit.
async fn sessions(look: &Look<'_>, condition: &str, since: &str, limit: f64) -> Result<Held, tokio_postgres::Error> {
    let sql = format!(
        "SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - {since})), 0)::float8 FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition} \
           AND application_name NOT IN ('pg_dump', 'pg_basebackup') \
           AND {since} < clock_timestamp() - $1 * interval '1 s'"
    );
    let row = look.client.query_one(&sql, &[&limit]).await?;
    Ok(Held { count: row.try_get(0)?, longest: row.try_get(1)?, limit })
}

/// How many sessions are in a state for longer than a limit, and how long the longest is; times in s.
struct Held {
    count: i64,
    longest: f64,
    limit: f64,
}

fn judge(held: &Held, what: &str, remedy: &str) -> Finding {
    let found = format!("{} {what}, the longest for {}", held.count, words(held.longest));
    match held.count {
        0 => Finding::ok(format!("none for longer than {}", words(held.limit))),
        _ if held.longest >= held.limit * FAIL_FACTOR => Finding::fail(found, remedy),
        _ => Finding::warn(found, remedy),
    }
}

/// Transactions that work for long: vacuum cannot remove what they may still see.
pub(super) async fn long_transactions(look: &Look<'_>) -> Found {
    let limit = look.subject.limits.transaction.as_secs_f64();
    let held = sessions(look, "state = 'active' AND backend_type = 'client backend'", "xact_start", limit).await?;
    let remedy = "see who it is: SELECT pid, application_name, xact_start FROM pg_stat_activity ORDER BY xact_start; end it \
                  by pg_terminate_backend(pid) if nobody needs it";
    Ok(judge(&held, "transactions at work", remedy))
}

/// Transactions that wait for their client.
pub(super) async fn idle_transactions(look: &Look<'_>) -> Found {
    let limit = look.subject.limits.idle_transaction.as_secs_f64();
    let held = sessions(look, "state LIKE 'idle in transaction%'", "state_change", limit).await?;
    let remedy = "somebody left a transaction open: close that program, or pg_terminate_backend(pid) of the session that is \
                  'idle in transaction' in pg_stat_activity";
    Ok(judge(&held, "idle in a transaction", remedy))
}

/// Transactions prepared for a commit in two phases, which LuvHive never makes.
pub(super) async fn prepared_transactions(look: &Look<'_>) -> Found {
    let row = look.client.query_one("SELECT count(*) FROM pg_prepared_xacts", &[]).await?;
    Ok(match row.try_get::<_, i64>(0)? {
        0 => Finding::ok("none"),
        count => Finding::warn(
            format!("{count} prepared transactions hold back vacuum and may hold locks"),
            "SELECT gid FROM pg_prepared_xacts, then ROLLBACK PREPARED 'gid' if nobody will commit them",
        ),
    })
}

/// Sessions that wait for somebody else's lock.
pub(super) async fn locks(look: &Look<'_>) -> Found {
    let limit = look.subject.limits.lock_wait.as_secs_f64();
    let sql = "SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)::float8 FROM pg_locks \
               WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                 AND waitstart < clock_timestamp() - $1 * interval '1 s'";
    let row = look.client.query_one(sql, &[&limit]).await?;
    let remedy = "see who blocks: SELECT pid, pg_blocking_pids(pid), application_name FROM pg_stat_activity WHERE \
                  wait_event_type = 'Lock'; end the blocking session by pg_terminate_backend(pid)";
    let held = Held { count: row.try_get(0)?, longest: row.try_get(1)?, limit };
    Ok(judge(&held, "waits for a lock", remedy))
}

/// Statements that are slow on average, by their number: their text may hold values.
pub(super) async fn slow_statements(look: &Look<'_>) -> Found {
    let there = look.client.query_opt("SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'", &[]).await?;
    if there.is_none() {
        return Ok(Finding::skipped("the extension pg_stat_statements is not installed in this database"));
    }
    let sql = "SELECT coalesce(queryid, 0), calls, mean_exec_time FROM pg_stat_statements \
               WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                 AND calls >= 10 AND mean_exec_time > $1 ORDER BY total_exec_time DESC, queryid LIMIT 5";
    let rows = look.client.query(sql, &[&SLOW_MS]).await?;
    let mut slow = Vec::new();
    for row in &rows {
        let (id, calls, mean): (i64, i64, f64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        slow.push(format!("{id} ({calls} calls, {mean:.0} ms)"));
    }
    if slow.is_empty() {
        return Ok(Finding::ok(format!("none takes longer than {SLOW_MS} ms on average")));
    }
    let remedy = "SELECT query FROM pg_stat_statements WHERE queryid = …; then EXPLAIN it";
    Ok(Finding::warn(format!("slow statements: {}", super::list(&slow)), remedy))
}
