//! Indexes: broken ones, two of a kind, ones that nobody reads, and ones that are missing.

use super::{Finding, Found, Look, list};

/// Indexes smaller than this cost nothing worth a word, in bytes.
const SMALL_BYTES: i64 = 8 << 20;

async fn names(look: &Look<'_>, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    look.client.query(sql, &[]).await?.iter().map(|row| row.try_get(0)).collect()
}

/// Indexes that a broken-off `CREATE INDEX CONCURRENTLY` left: they cost writes and serve nobody.
pub(super) async fn invalid(look: &Look<'_>) -> Found {
    let sql = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready ORDER BY 1";
    let found = names(look, sql).await?;
    if found.is_empty() {
        return Ok(Finding::ok("all are whole"));
    }
    Ok(Finding::fail(format!("not usable: {}", list(&found)), "REINDEX INDEX CONCURRENTLY each of them"))
}

/// Indexes of a table with the same columns, order and condition, and plain ones that another one begins with.
pub(super) async fn duplicate(look: &Look<'_>) -> Found {
    let found = names(look, include_str!("../../sql/check_duplicate_indexes.sql")).await?;
    if found.is_empty() {
        return Ok(Finding::ok("none"));
    }
    Ok(Finding::warn(
        format!("served by another one as well: {}", list(&found)),
        "drop them if no migration of LuvHive made them",
    ))
}

/// Indexes that no query has read since the statistics began.
pub(super) async fn unused(look: &Look<'_>) -> Found {
    let sql = "SELECT coalesce(extract(epoch FROM clock_timestamp() - coalesce(stats_reset, pg_postmaster_start_time())), 0)::float8 \
               FROM pg_stat_database WHERE datname = current_database()";
    let age: f64 = look.client.query_one(sql, &[]).await?.try_get(0)?;
    if age < look.subject.limits.statistics.as_secs_f64() {
        return Ok(Finding::skipped(format!("the statistics are {} old, too young to tell", super::words(age))));
    }
    let sql = format!(
        "SELECT s.indexrelname::text FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid) \
         WHERE s.idx_scan = 0 AND NOT i.indisunique AND pg_relation_size(s.indexrelid) >= {SMALL_BYTES} \
         ORDER BY pg_relation_size(s.indexrelid) DESC, 1 LIMIT 20"
    );
    let found = names(look, &sql).await?;
    if found.is_empty() {
        return Ok(Finding::ok("every index of 8 MB or more was read"));
    }
    Ok(Finding::warn(format!("never read: {}", list(&found)), "keep those that migrations of LuvHive made; drop the others"))
}

/// Foreign keys without an index, and large tables that are mostly read from end to end.
pub(super) async fn missing(look: &Look<'_>) -> Found {
    let keys = names(look, include_str!("../../sql/check_foreign_keys.sql")).await?;
    // The engine reads all people at each start, so a few scans mean nothing.
    let scans = "SELECT relname::text FROM pg_stat_user_tables \
                 WHERE n_live_tup > 20000 AND seq_scan > 1000 AND seq_scan > coalesce(idx_scan, 0) ORDER BY seq_scan DESC, 1 LIMIT 20";
    let scanned = names(look, scans).await?;
    let mut found = Vec::new();
    if !keys.is_empty() {
        found.push(format!("foreign keys without an index: {}", list(&keys)));
    }
    if !scanned.is_empty() {
        found.push(format!("large tables read from end to end: {}", list(&scanned)));
    }
    if found.is_empty() {
        return Ok(Finding::ok("every foreign key has an index, and no large table is read from end to end"));
    }
    Ok(Finding::warn(found.join("; "), "compare with a fresh database of this version; report it if that one lacks them too"))
}
