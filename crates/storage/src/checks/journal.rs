//! The bot's durable work: who may write, how far updates were taken in, what waits in inbox, outbox and commands.

use super::{Finding, Found, Look, words};
use crate::moment::Moment;

/// So many rows to be sent are a jam; ten times as many are a flood.
const JAM: i64 = 10_000;
/// Without an update for so long a bot of many people is cut off.
const SILENCE_S: f64 = 24.0 * 3600.0;

const NO_BOT: &str = "no bot is known here: set BOT_TOKEN, or start luvhive once";
const NOBODY: &str = "no bot is running on this database";

/// Tells whether a lease of this bot is held and has not run out.
async fn is_running(look: &Look<'_>, bot: i64) -> Result<bool, tokio_postgres::Error> {
    let sql = "SELECT coalesce(bool_or(owner IS NOT NULL AND expires_at > clock_timestamp()), false) \
               FROM shard_leases WHERE bot_id = $1";
    look.client.query_one(sql, &[&bot]).await?.try_get(0)
}

/// Who may write.
pub(super) async fn lease(look: &Look<'_>) -> Found {
    let Some(bot) = look.subject.bot else { return Ok(Finding::skipped(NO_BOT)) };
    let sql = "SELECT coalesce(owner, ''), epoch, expires_at > clock_timestamp(), \
                   extract(epoch FROM greatest(expires_at, '2000-01-01') - clock_timestamp())::float8 \
               FROM shard_leases WHERE bot_id = $1 ORDER BY shard";
    let rows = look.client.query(sql, &[&bot.get()]).await?;
    let Some(row) = rows.first() else { return Ok(Finding::skipped(NOBODY)) };
    let (owner, epoch): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (is_live, left): (bool, f64) = (row.try_get(2)?, row.try_get(3)?);
    Ok(match (owner.as_str(), is_live) {
        ("", _) => Finding::skipped(format!("{NOBODY}; the last one gave its lease back at epoch {epoch}")),
        (owner, true) => Finding::ok(format!("held by {owner}, epoch {epoch}")),
        (owner, false) => Finding::warn(
            format!("{owner} died or hangs: its lease ran out {} ago, epoch {epoch}", words(-left)),
            "start LuvHive; it takes over at once. If that process still runs, it can no longer write: stop it",
        ),
    })
}

/// When updates were last taken in.
pub(super) async fn watermark(look: &Look<'_>) -> Found {
    let Some(bot) = look.subject.bot else { return Ok(Finding::skipped(NO_BOT)) };
    if !is_running(look, bot.get()).await? {
        return Ok(Finding::skipped(NOBODY));
    }
    let sql = "SELECT extract(epoch FROM $2::timestamptz - max(watermark_at))::float8 FROM shard_leases WHERE bot_id = $1";
    let row = look.client.query_one(sql, &[&bot.get(), &Moment(look.subject.clock.now())]).await?;
    Ok(match row.try_get::<_, Option<f64>>(0)? {
        None => Finding::skipped("no update was taken in yet"),
        Some(age) if age > SILENCE_S => Finding::warn(
            format!("the last update was taken in {} ago", words(age)),
            "write to the bot; without an answer look at `bot_api` and `updates` below",
        ),
        Some(age) => Finding::ok(format!("the last update was taken in {} ago", words(age.max(0.0)))),
    })
}

fn judge_work(count: i64, age: f64, limit: f64, is_running: bool) -> Finding {
    let found = format!("{count} rows, the oldest from {} ago", words(age.max(0.0)));
    match (count, is_running) {
        (0, _) => Finding::ok("empty"),
        (_, false) => Finding::warn(format!("{found}; {NOBODY}"), "start LuvHive: it takes them up at once"),
        (_, true) if age >= limit * 10.0 => Finding::fail(found, "look for errors in the bot's log; a restart tries them again"),
        (_, true) if age >= limit => Finding::warn(found, "look for slow statements and errors in the bot's log"),
        (_, true) => Finding::ok(found),
    }
}

/// Work that waits for its lane.
pub(super) async fn inbox(look: &Look<'_>) -> Found {
    let Some(bot) = look.subject.bot else { return Ok(Finding::skipped(NO_BOT)) };
    let sql = "SELECT count(*), coalesce(extract(epoch FROM $2::timestamptz - min(received_at)), 0)::float8 FROM inbox WHERE bot_id = $1";
    let row = look.client.query_one(sql, &[&bot.get(), &Moment(look.subject.clock.now())]).await?;
    let limit = look.subject.limits.work.as_secs_f64();
    Ok(judge_work(row.try_get(0)?, row.try_get(1)?, limit, is_running(look, bot.get()).await?))
}

/// Work left for the engine, and commands that it could not read.
pub(super) async fn commands(look: &Look<'_>) -> Found {
    let Some(bot) = look.subject.bot else { return Ok(Finding::skipped(NO_BOT)) };
    let sql = "SELECT count(*) FILTER (WHERE NOT is_dead), \
                   coalesce(extract(epoch FROM $2::timestamptz - min(created_at) FILTER (WHERE NOT is_dead)), 0)::float8, \
                   count(*) FILTER (WHERE is_dead) \
               FROM commands WHERE bot_id = $1";
    let row = look.client.query_one(sql, &[&bot.get(), &Moment(look.subject.clock.now())]).await?;
    let dead: i64 = row.try_get(2)?;
    if dead > 0 {
        let remedy = "SELECT id, version, body FROM commands WHERE is_dead; a newer LuvHive may have left them: run that one";
        return Ok(Finding::warn(format!("{dead} commands were set aside because this version cannot read them"), remedy));
    }
    let limit = look.subject.limits.work.as_secs_f64();
    Ok(judge_work(row.try_get(0)?, row.try_get(1)?, limit, is_running(look, bot.get()).await?))
}

/// What is still to be sent.
///
/// The hottest table carries no times; its numbers begin with the epoch that made them, so rows of an earlier owner are
/// older than the lease.
pub(super) async fn outbox(look: &Look<'_>) -> Found {
    let Some(bot) = look.subject.bot else { return Ok(Finding::skipped(NO_BOT)) };
    let sql = "SELECT count(*), count(*) FILTER (WHERE (id >> 40) < (SELECT max(epoch) FROM shard_leases WHERE bot_id = $1)) \
               FROM outbox WHERE bot_id = $1";
    let row = look.client.query_one(sql, &[&bot.get()]).await?;
    Ok(judge_outbox(row.try_get(0)?, row.try_get(1)?, is_running(look, bot.get()).await?))
}

fn judge_outbox(count: i64, older: i64, is_running: bool) -> Finding {
    let slow = "Telegram throttles or does not answer: look at `bot_api`, and at the retries in the bot's log";
    match (count, is_running) {
        (0, _) => Finding::ok("empty"),
        (_, false) => Finding::warn(format!("{count} rows wait; {NOBODY}"), "start LuvHive: it sends them first"),
        (_, true) if count >= JAM * 10 => Finding::fail(format!("{count} rows wait"), slow),
        (_, true) if older > 0 => Finding::warn(
            format!("{count} rows wait, {older} of them since before this bot's start"),
            "ask again in a minute; if they stay, look for their receivers' errors in the bot's log",
        ),
        (_, true) if count >= JAM => Finding::warn(format!("{count} rows wait"), slow),
        (_, true) => Finding::ok(format!("{count} rows are on their way")),
    }
}

/// Updates of the last day that could not be used.
pub(super) async fn dead_updates(look: &Look<'_>) -> Found {
    let Some(bot) = look.subject.bot else { return Ok(Finding::skipped(NO_BOT)) };
    let sql = "SELECT count(*) FILTER (WHERE died_at > $2::timestamptz - interval '1 day'), count(*) FROM dead_updates WHERE bot_id = $1";
    let row = look.client.query_one(sql, &[&bot.get(), &Moment(look.subject.clock.now())]).await?;
    let (today, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let found = format!("{today} in the last day, {all} in the last thirty");
    let remedy = "SELECT reason, count(*) FROM dead_updates GROUP BY reason; report reasons that repeat";
    Ok(match today {
        0 => Finding::ok(found),
        1..100 => Finding::warn(found, remedy),
        _ => Finding::fail(found, remedy),
    })
}

#[cfg(test)]
mod tests {
    use luvhive_core::check::Status;

    use super::*;

    #[test]
    fn work_is_judged_by_age_while_somebody_works() {
        for (count, age, is_running, expected) in [
            (0, 0.0, false, Status::Ok),
            (5, 1.0, true, Status::Ok),
            (5, 31.0, true, Status::Warn),
            (5, 301.0, true, Status::Fail),
            (5, 1.0, false, Status::Warn),
        ] {
            assert_eq!(judge_work(count, age, 30.0, is_running).0, expected, "{count} {age} {is_running}");
        }
    }

    #[test]
    fn the_outbox_is_judged_by_its_length_and_by_who_made_it() {
        for (count, older, is_running, expected) in [
            (0, 0, true, Status::Ok),
            (50, 0, true, Status::Ok),
            (50, 1, true, Status::Warn),
            (50, 0, false, Status::Warn),
            (JAM, 0, true, Status::Warn),
            (JAM * 10, 0, true, Status::Fail),
        ] {
            assert_eq!(judge_outbox(count, older, is_running).0, expected, "{count} {older} {is_running}");
        }
    }
}
