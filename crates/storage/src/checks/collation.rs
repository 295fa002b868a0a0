//! Whether text is still sorted as it was when its indexes were built: the system's C library or ICU decides, and an upgrade
//! of either can change the order under them.

use super::{Finding, Found, Look};
use crate::database::major;

/// Compares the version noted in the database with the one that sorts now.
pub(super) async fn version(look: &Look<'_>) -> Found {
    let major = major(look.client).await?;
    if major < 15 {
        return Ok(Finding::skipped(format!("PostgreSQL {major} does not note it")));
    }
    let sql = "SELECT datname::text, datcollversion, pg_database_collation_actual_version(oid) \
               FROM pg_database WHERE datname = current_database()";
    let row = look.client.query_one(sql, &[]).await?;
    let (name, noted, now): (String, Option<String>, Option<String>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let words = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
    Ok(match (&noted, &now) {
        (None, None) => Finding::ok("sorted by bytes, which no upgrade changes"),
        (noted, now) if noted == now => Finding::ok(format!("version {}, as when the database was made", words(now))),
        (noted, now) => Finding::warn(
            format!("text is sorted by version {} and was by {}: an index may miss rows", words(now), words(noted)),
            format!("stop the bot, then REINDEX DATABASE {name} and ALTER DATABASE {name} REFRESH COLLATION VERSION"),
        ),
    })
}
