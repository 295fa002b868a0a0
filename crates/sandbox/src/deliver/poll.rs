//! `getUpdates` as Telegram does it: an offset confirms what lies below it, one poller at a time,
//! and asking again at once gives one update.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::refusal::{ApiError, Outcome};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::world::World;
use crate::world::record::Record;

/// Longest wait (Bot API server: `LONG_POLL_MAX_TIMEOUT`).
const WAIT_MAX_S: i64 = 50;
/// An offset this far ahead of the newest update is passed over (Bot API server: `TQueue`).
const AHEAD_MAX: i64 = 10;

/// `getUpdates`
pub(crate) async fn get_updates(shared: &Arc<Shared>, params: &Params) -> Outcome {
    let offset = params.int("offset").unwrap_or(0);
    let mut limit = usize::try_from(params.int("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
    let mut timeout = params.int("timeout").unwrap_or(0).clamp(0, WAIT_MAX_S);
    let (end, mut ended) = oneshot::channel();
    {
        let mut poller = shared.poller.lock();
        poller.end("terminated by other getUpdates request; make sure that only one bot instance is running");
        let is_free = shared.with(|world| {
            let is_free = !world.settings.contains_key("webhook");
            if let Some(allowed) = params.value("allowed_updates").filter(|_| is_free)
                && world.settings.get("allowed_updates") != Some(allowed)
            {
                world.set("allowed_updates", Some(allowed.clone()));
            }
            is_free
        });
        if !is_free {
            return Err(ApiError::new(
                409,
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        let now = Instant::now();
        if let Some((last_offset, at)) = poller.last
            && last_offset == offset
        {
            // Bot API server, `process_get_updates_query`.
            if timeout < 3 && now - at < Duration::from_secs(3) {
                timeout = 3;
            }
            if now - at < Duration::from_millis(500) {
                limit = 1;
            }
        }
        poller.last = Some((offset, now));
        poller.waiting = Some(end);
    }
    let deadline = Instant::now() + Duration::from_secs(timeout.unsigned_abs());
    let mut stopping = shared.stopping.subscribe();
    loop {
        let queued = shared.queued.notified();
        tokio::pin!(queued);
        queued.as_mut().enable();
        if let Some(batch) = take(shared, offset, limit) {
            return Ok(batch);
        }
        if Instant::now() >= deadline || *stopping.borrow() {
            return Ok("[]".to_owned());
        }
        tokio::select! {
            biased;
            why = &mut ended => return Err(ApiError::new(409, why.unwrap_or("terminated"))),
            () = queued => {}
            () = tokio::time::sleep_until(deadline) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Confirms what lies below the offset and returns what waits from there, if anything does.
fn take(shared: &Shared, offset: i64, limit: usize) -> Option<String> {
    let now = shared.now_ms();
    let mut poller = shared.poller.lock();
    let (batch, count) = shared.with(|world| {
        world.expire(now);
        let from = first(world, offset);
        let is_confirming = world.queue.waiting.first_key_value().is_some_and(|(first, _)| *first < from);
        if is_confirming {
            let confirmed = world.queue.waiting.range(..from).map(|(_, update)| update);
            poller.again.extend(confirmed.filter(|_| shared.faults.is_duplicated()).cloned());
            world.commit(Record::Confirmed { below: from });
        }
        if poller.again.is_empty() {
            return world.queue.batch(from, limit);
        }
        let again = std::mem::take(&mut poller.again);
        let mut out = String::from("[");
        for (at, update) in again.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            update.write(&mut out);
        }
        out.push(']');
        (out, again.len())
    });
    if count > 0 && shared.has_log() {
        shared.log_line(json!({"updates": serde_json::from_str::<serde_json::Value>(&batch).ok()}).to_string());
    }
    (count > 0).then_some(batch)
}

/// Where an offset begins to read.
fn first(world: &World, offset: i64) -> i64 {
    let tail = world.next.update;
    let head = world.queue.waiting.first_key_value().map_or(tail, |(id, _)| *id);
    if offset < 0 {
        // Counted in updates that wait, from the end.
        let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        return world.queue.waiting.keys().rev().nth(back - 1).copied().unwrap_or(head);
    }
    if offset == 0 || offset > tail + AHEAD_MAX { head } else { offset }
}
