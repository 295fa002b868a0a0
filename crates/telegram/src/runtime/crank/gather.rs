//! Gathering: what came in since the last batch becomes the items of the next one.

use luvhive_core::engine::batch::BATCH_UPDATES;
use luvhive_core::engine::event::Event;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::{End, Generation, MIN_TICK};
use crate::intake::Intake;
use crate::runtime::item::Item;
use crate::runtime::load::Replay;
use crate::runtime::{Shutdown, Stage, Tenure, drain_deadline};
use crate::signal::report::Report;

/// How many reports one batch takes along with its updates at most.
const BATCH_REPORTS: usize = 500;

/// Items of one batch.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) items: Vec<Item>,
    updates: usize,
    pub(super) acks: Vec<oneshot::Sender<()>>,
}

impl Generation {
    /// Waits until there is something to do, and takes the first of it.
    pub(super) async fn wait(
        &mut self,
        tenure: &mut Tenure,
        shutdown: &mut Shutdown,
        replay: &mut Replay,
        gathered: &mut Gathered,
    ) -> Result<(), End> {
        let takes_intake = self.drain_until.is_none() && !self.is_intake_over && self.has_room();
        let mut wake = self.next_tick;
        if let Some(deadline) = self.drain_until {
            wake = wake.min(deadline).min(Instant::now() + MIN_TICK);
        } else if !takes_intake {
            wake = wake.min(Instant::now() + MIN_TICK);
        }
        tokio::select! {
            biased;
            _ = tenure.fenced.wait_for(|&is_fenced| is_fenced) => return Err(End::Fenced),
            () = shutdown.asked(), if self.drain_until.is_none() && !shutdown.is_asked() => {}
            Some(found) = tenure.lost.recv() => gathered.items.push(Item::Found(found)),
            Some(ask) = tenure.asks.recv() => ask.answer(&self.state, self.core.clock.now()),
            Some(report) = self.inbox.recv() => self.take_report(report, gathered)?,
            taken = tenure.intake.recv(), if takes_intake => match taken {
                Some(taken) => self.take_intake(taken, replay, gathered),
                None if self.core.is_posted => self.is_intake_over = true,
                None => return Err(End::IntakeOver),
            },
            () = sleep_until(wake) => {}
        }
        if shutdown.is_asked() && !self.is_intake_over {
            self.is_intake_over = true;
            Stage::Stopping.announce(&self.core.stage);
            self.drain_until.get_or_insert_with(|| drain_deadline(&self.core.settings));
            // What came in already is taken along; what comes later is asked for again by the next process.
            while let Ok(taken) = tenure.intake.try_recv() {
                self.take_intake(taken, replay, gathered);
            }
            tenure.intake.close();
        }
        Ok(())
    }

    /// Fills a batch with what is at hand.
    pub(super) fn gather(
        &mut self,
        intake: &mut mpsc::Receiver<Intake>,
        replay: &mut Replay,
        gathered: &mut Gathered,
    ) -> Result<(), End> {
        let limit = if replay.is_careful { 1 } else { BATCH_UPDATES };
        while gathered.updates < limit
            && let Some(item) = self.backlog.pop_front()
        {
            if let Item::Command(id, _) = &item {
                self.known_commands.insert(*id);
            }
            gathered.items.push(item);
            gathered.updates += 1;
        }
        if replay.is_careful {
            return Ok(());
        }
        while gathered.items.len() < BATCH_REPORTS
            && let Ok(report) = self.inbox.try_recv()
        {
            self.take_report(report, gathered)?;
        }
        if self.drain_until.is_none() {
            while gathered.updates < BATCH_UPDATES
                && self.has_room()
                && let Ok(taken) = intake.try_recv()
            {
                self.take_intake(taken, replay, gathered);
            }
        }
        let now = Instant::now();
        if now >= self.next_tick {
            gathered.items.push(Item::Event(Event::Tick { is_listening: self.core.hearing.is_listening() }));
        }
        Ok(())
    }

    fn take_report(&mut self, report: Report, gathered: &mut Gathered) -> Result<(), End> {
        match report {
            Report::Event(event) => gathered.items.push(Item::Event(event)),
            Report::LaneFailed { inbox, telegram, update, reason } => {
                gathered.items.push(Item::LaneFailed { inbox, telegram, update, reason });
            }
            Report::Commands(commands) => {
                for (id, command) in commands {
                    if !self.done_commands.contains(&id) && self.known_commands.insert(id) {
                        gathered.items.push(Item::Command(id, command));
                    }
                }
            }
            Report::Reload => return Err(End::Reload("a lane's commit is not known".into())),
            Report::Fenced => return Err(End::Fenced),
        }
        Ok(())
    }

    /// Takes updates in, but for those that were taken in before.
    fn take_intake(&self, intake: Intake, replay: &mut Replay, gathered: &mut Gathered) {
        let now = self.core.clock.now();
        let fresh = self.core.watermark.fresh(now);
        if self.core.is_posted
            && fresh.is_none()
            && let Some(watermark) = self.core.watermark.stored()
        {
            replay.seen.forget_at(watermark);
        }
        for mut incoming in intake.updates {
            if let Some(Event::Update { update, .. }) = &mut incoming.event {
                update.is_belated = intake.was_behind;
            }
            let is_new = if self.core.is_taken_singly(incoming.id, now) {
                replay.seen.insert(incoming.id)
            } else {
                fresh.is_none_or(|watermark| incoming.id > watermark)
            };
            if is_new {
                gathered.items.push(Item::Update(incoming));
                gathered.updates += 1;
            } else {
                self.core.counters.repeated.add(1);
            }
        }
        gathered.acks.push(intake.committed);
    }

    /// Reports whether more is taken in: what counts is what could be sent. Rows to chats that Telegram wants to be left
    /// alone wait without keeping anybody else out; each person has few of them.
    fn has_room(&self) -> bool {
        let counters = &self.core.counters;
        counters.waiting_rows.get().saturating_sub(counters.held_rows.get()) < self.core.settings.max_waiting_rows
    }
}
