//! The server: does it answer, how is it set, how full is it, what time does it think it is.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::{Finding, Found, Look, Subject, list, words};
use crate::database::major;
use crate::tuning::{self, Tuned, Weight};

/// The oldest major version that LuvHive is tested on.
const OLDEST_MAJOR: u32 = 15;
/// So many blocks must have been read before a share of hits means anything.
const ENOUGH_BLOCKS: i64 = 100_000;
/// Of the memory of this machine, as `/proc` tells it.
const MEMORY: &str = "/proc/meminfo";

/// Whether it answers, and which version it is.
pub(super) async fn answers(client: &Client, subject: &Subject<'_>) -> Found {
    client.batch_execute(&format!("SET statement_timeout = {}", super::STATEMENT_TIMEOUT_MS)).await?;
    let version = major(client).await?;
    let whose = if subject.is_private { "the private cluster" } else { "the server of DATABASE_URL" };
    let found = format!("{whose} answers, PostgreSQL {version}");
    Ok(if version < OLDEST_MAJOR {
        Finding::warn(found, format!("move to PostgreSQL {OLDEST_MAJOR} or newer; docs/OPERATIONS.md says how"))
    } else {
        Finding::ok(found)
    })
}

/// The settings, compared with the tuned file.
///
/// Of the private cluster only what data and privacy depend on: it is small on purpose.
pub(super) async fn settings(look: &Look<'_>) -> Found {
    let version = major(look.client).await?;
    let major = version.clamp(*tuning::VERSIONS.start(), *tuning::VERSIONS.end());
    let is_here = look.client.query_one("SELECT inet_server_addr() IS NULL", &[]).await?.try_get::<_, bool>(0)?;
    let ram = if is_here { std::fs::read_to_string(MEMORY).ok().and_then(|text| memory_mib(&text)) } else { None };
    let tuned = tuning::settings(ram.unwrap_or(4096).max(tuning::LEAST_RAM_MIB), major).unwrap_or_default();
    let names: Vec<&str> = tuned.iter().map(|tuned| tuned.name).collect();
    let rows = look.client.query("SELECT name, setting, unit FROM pg_settings WHERE name = ANY ($1)", &[&names]).await?;
    let mut has = BTreeMap::new();
    for row in &rows {
        has.insert(row.try_get::<_, String>(0)?, (row.try_get::<_, String>(1)?, row.try_get::<_, Option<String>>(2)?));
    }
    let is_compared = |tuned: &&Tuned| match tuned.weight {
        Weight::Safety | Weight::Privacy => true,
        Weight::Size => ram.is_some() && !look.subject.is_private,
        Weight::Advice => !look.subject.is_private,
        Weight::Unseen => false,
    };
    let mut faults = Vec::new();
    let mut advice = Vec::new();
    for tuned in tuned.iter().filter(is_compared) {
        let Some((setting, unit)) = has.get(tuned.name) else { continue };
        if let Some(difference) = tuning::difference(tuned, setting, unit.as_deref()) {
            if tuned.weight == Weight::Safety { faults.push(difference) } else { advice.push(difference) }
        }
    }
    let remedy = match ram {
        Some(mib) => format!("luvhive doctor --pg-config --ram {mib}M --pg-version {major} writes a file for this machine"),
        None => format!("luvhive doctor --pg-config --ram <memory of that machine> --pg-version {major} writes a file for it"),
    };
    let found = |list_of: &[String]| format!("{} of {} settings differ: {}", list_of.len(), names.len(), list(list_of));
    Ok(match (faults.is_empty(), advice.is_empty()) {
        (false, _) => Finding::fail(format!("data is in danger: {}", list(&faults)), remedy),
        (true, false) => Finding::warn(found(&advice), remedy),
        (true, true) => Finding::ok("as the tuned file says"),
    })
}

/// Reads `MemTotal` out of `/proc/meminfo`.
fn memory_mib(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

/// How many of the server's connections are taken.
pub(super) async fn connections(look: &Look<'_>) -> Found {
    let sql = "SELECT (SELECT sum(numbackends) FROM pg_stat_database)::bigint, \
                   current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint";
    let row = look.client.query_one(sql, &[]).await?;
    let (taken, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let found = format!("{taken} of {all} are taken");
    let remedy = "see who holds them: SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2; a bot \
                  needs database.max_connections + 2";
    Ok(match taken * 100 / all.max(1) {
        ..70 => Finding::ok(found),
        70..90 => Finding::warn(found, remedy),
        _ => Finding::fail(found, remedy),
    })
}

/// How far the server's clock and ours are apart. Waits and rate limits go by ours, leases and
/// `created_at` by the server's.
pub(super) async fn clock(look: &Look<'_>) -> Found {
    let before = look.subject.clock.now().as_micros();
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    let theirs: i64 = look.client.query_one(sql, &[]).await?.try_get(0)?;
    let after = look.subject.clock.now().as_micros();
    Ok(judge_clock(before, theirs, after))
}

/// Judges three times in microseconds: ours, theirs, ours again.
fn judge_clock(before: i64, theirs: i64, after: i64) -> Finding {
    let way = after.saturating_sub(before).max(0) / 2;
    let apart = theirs.saturating_sub(before.saturating_add(way)).saturating_abs().saturating_sub(way).max(0) / 1000;
    let found = format!("{apart} ms apart");
    let remedy = "start time synchronisation on both machines (systemd-timesyncd or chrony)";
    match apart {
        ..1_000 => Finding::ok(found),
        1_000..3_000 => Finding::warn(found, remedy),
        // Days and suspensions end visibly at another time then.
        _ => Finding::fail(found, remedy),
    }
}

/// How much room the server's disk has left, where it is ours to see.
pub(super) async fn disk(look: &Look<'_>) -> Found {
    let row = look.client.query_one("SELECT pg_database_size(current_database()), inet_server_addr() IS NULL", &[]).await?;
    let (size, is_here): (i64, bool) = (row.try_get(0)?, row.try_get(1)?);
    let size = format!("the database takes {} MB", size >> 20);
    if !is_here {
        return Ok(Finding::skipped(format!("{size}; the server's disk cannot be seen from here")));
    }
    let folder: String = match look.client.query_one("SELECT current_setting('data_directory')", &[]).await {
        Ok(row) => row.try_get(0)?,
        Err(_) => return Ok(Finding::skipped(format!("{size}; this database user may not see where it lies"))),
    };
    let Ok(seen) = rustix::fs::statvfs(folder.as_str()) else {
        return Ok(Finding::skipped(format!("{size}; its folder cannot be reached from here")));
    };
    let room = Room { free: seen.f_bavail.saturating_mul(seen.f_frsize), all: seen.f_blocks.saturating_mul(seen.f_frsize) };
    Ok(room.judge(&size))
}

/// A disk, in bytes.
struct Room {
    free: u64,
    all: u64,
}

impl Room {
    fn judge(&self, size: &str) -> Finding {
        let share = self.free.saturating_mul(100) / self.all.max(1);
        let found = format!("{size}; {} MB ({share} %) of its disk are free", self.free >> 20);
        let remedy = "make room or move the database: without room it stops; look at pg_wal first, a full one means that \
                      archiving fails";
        match (share, self.free >> 20) {
            (..3, _) | (_, ..512) => Finding::fail(found, remedy),
            (..10, _) | (_, ..2_048) => Finding::warn(found, remedy),
            _ => Finding::ok(found),
        }
    }
}

/// The share of block reads that were found in the server's memory.
pub(super) async fn cache_hit(look: &Look<'_>) -> Found {
    let sql = "SELECT blks_hit, blks_read FROM pg_stat_database WHERE datname = current_database()";
    let row = look.client.query_one(sql, &[]).await?;
    Ok(judge_hits(row.try_get(0)?, row.try_get(1)?))
}

fn judge_hits(hit: i64, read: i64) -> Finding {
    let all = hit.saturating_add(read);
    if all < ENOUGH_BLOCKS {
        return Finding::skipped(format!("only {all} blocks were read, too few to tell"));
    }
    let share = hit / (all / 1000).max(1);
    let found = format!("{}.{} % of {all} blocks", share / 10, share % 10);
    let remedy = "give shared_buffers a quarter of the memory; if it has that, the machine is too small for the data";
    match share {
        950.. => Finding::ok(found),
        800..950 => Finding::warn(found, remedy),
        _ => Finding::fail(found, remedy),
    }
}

/// Whether the log of changes reaches its archive.
pub(super) async fn wal_archive(look: &Look<'_>) -> Found {
    let mode: String = look.client.query_one("SELECT current_setting('archive_mode')", &[]).await?.try_get(0)?;
    if mode == "off" {
        return Ok(Finding::skipped("archive_mode is off: backups are whole ones only"));
    }
    let sql = "SELECT archived_count, coalesce(extract(epoch FROM clock_timestamp() - last_archived_time), 0)::float8, \
                   failed_count, coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) \
               FROM pg_stat_archiver";
    let row = look.client.query_one(sql, &[]).await?;
    let (archived, age): (i64, f64) = (row.try_get(0)?, row.try_get(1)?);
    let (failed, is_failing): (i64, bool) = (row.try_get(2)?, row.try_get(3)?);
    if is_failing {
        let remedy = "look for archive_command in the server's log; until it works, pg_wal grows and nothing new is backed up";
        return Ok(Finding::fail(format!("the last of {failed} failures is newer than the last success"), remedy));
    }
    Ok(Finding::ok(format!("{archived} segments archived, the last {} ago", words(age))))
}

#[cfg(test)]
mod tests {
    use luvhive_core::check::Status;

    use super::*;

    #[track_caller]
    fn check(found: &Finding, expected: Status) {
        assert_eq!(found.0, expected, "{}", found.1);
        assert_eq!(found.2.is_empty(), matches!(expected, Status::Ok | Status::Skipped), "{}", found.2);
    }

    #[test]
    fn clocks_may_differ_by_the_way_of_the_question() {
        check(&judge_clock(1_000_000, 1_400_000, 1_800_000), Status::Ok);
        // The answer took four seconds, so nothing is known but that they may agree.
        check(&judge_clock(0, 3_900_000, 4_000_000), Status::Ok);
        check(&judge_clock(10_000_000, 8_500_000, 10_000_000), Status::Warn);
        check(&judge_clock(10_000_000, 13_500_000, 10_000_000), Status::Fail);
    }

    #[test]
    fn a_full_disk_is_seen_by_share_and_by_size() {
        let gb = 1_u64 << 30;
        check(&Room { free: 50 * gb, all: 100 * gb }.judge("x"), Status::Ok);
        check(&Room { free: 8 * gb, all: 100 * gb }.judge("x"), Status::Warn);
        check(&Room { free: gb, all: 4 * gb }.judge("x"), Status::Warn);
        check(&Room { free: gb, all: 100 * gb }.judge("x"), Status::Fail);
        check(&Room { free: gb / 4, all: gb }.judge("x"), Status::Fail);
    }

    #[test]
    fn hits_are_judged_once_there_are_enough() {
        check(&judge_hits(10, 90), Status::Skipped);
        check(&judge_hits(999_000, 1_000), Status::Ok);
        check(&judge_hits(900_000, 100_000), Status::Warn);
        check(&judge_hits(500_000, 500_000), Status::Fail);
        assert_eq!(judge_hits(998_765, 1_235).1, "99.8 % of 1000000 blocks");
    }

    #[test]
    fn memory_is_read_in_mib() {
        assert_eq!(memory_mib("MemTotal:        4028416 kB\nMemFree: 1 kB\n"), Some(3934));
        assert_eq!(memory_mib("nothing"), None);
    }
}
