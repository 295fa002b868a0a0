//! What goes wrong, when, and how it is done to the world.

use super::instance::Instance;
use super::message::{Input, Origin};
use super::people;
use super::random::Random;
use super::world::{Happening, MS, SECOND, World};

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    Freeze,
    DatabaseCrash,
    LoseReplies,
    Unknowns,
    Throttles,
    Repeat,
    BotBlock,
}

/// A moment at which something goes wrong, instead of at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Committed,
    Finished,
    Sent,
    Settled,
    Working,
    /// Updates were taken in and are not committed yet.
    Taken,
}

const MOMENTS: [Moment; 6] = [Moment::Committed, Moment::Finished, Moment::Sent, Moment::Settled, Moment::Working, Moment::Taken];

/// What is still going to go wrong, and how much has.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) count: u64,
    armed: Vec<(Moment, Fault)>,
    lost_replies: u32,
    unknowns: u32,
    throttles: u32,
}

impl Faults {
    /// Draws three to six faults over the time in which people act.
    pub(crate) fn plan(random: &mut Random, until: i64) -> Vec<(i64, Fault, Option<Moment>)> {
        (0..random.between(3, 6))
            .map(|_| {
                let fault = match random.weighted(&[26, 26, 14, 8, 8, 8, 5, 5]) {
                    0 => Fault::Kill,
                    1 => Fault::Freeze,
                    2 => Fault::DatabaseCrash,
                    3 => Fault::LoseReplies,
                    4 => Fault::Unknowns,
                    5 => Fault::Throttles,
                    6 => Fault::Repeat,
                    _ => Fault::BotBlock,
                };
                let is_process = matches!(fault, Fault::Kill | Fault::Freeze | Fault::DatabaseCrash);
                let moment = (is_process && random.chance(700)).then(|| {
                    let weights = if fault == Fault::Freeze { [12, 12, 12, 12, 40, 12] } else { [10, 10, 10, 10, 10, 30] };
                    MOMENTS[random.weighted(&weights)]
                });
                (random.between(2 * SECOND, until), fault, moment)
            })
            .collect()
    }

    /// Waits for a moment.
    pub(crate) fn arm(&mut self, moment: Moment, fault: Fault) {
        self.armed.push((moment, fault));
    }

    /// Whether the reply to this commit is lost.
    pub(crate) fn loses_reply(&mut self) -> bool {
        take_one(&mut self.lost_replies)
    }

    /// Whether the outcome of this send stays unknown.
    pub(crate) fn hides_outcome(&mut self) -> bool {
        take_one(&mut self.unknowns)
    }

    /// Whether this send is throttled.
    pub(crate) fn throttles(&mut self) -> bool {
        take_one(&mut self.throttles)
    }
}

fn take_one(left: &mut u32) -> bool {
    let is_left = *left > 0;
    *left = left.saturating_sub(1);
    is_left
}

impl World {
    /// Something armed for this moment goes wrong now.
    pub(crate) fn moment(&mut self, moment: Moment, origin: Origin) {
        let found = self.faults.armed.iter().position(|&(when, _)| when == moment);
        if let Some(index) = found
            && self.instances[origin.instance].origin() == origin
        {
            let (_, fault) = self.faults.armed.remove(index);
            self.strike_at(fault, origin.instance);
        }
    }

    /// Whatever still waits for its moment goes wrong now.
    pub(crate) fn strike_armed(&mut self) {
        for (_, fault) in std::mem::take(&mut self.faults.armed) {
            self.strike(fault);
        }
    }

    /// Something goes wrong; if it concerns one instance, mostly the owner.
    pub(crate) fn strike(&mut self, fault: Fault) {
        let owner = self.instances.iter().position(|instance| instance.owner.is_some() && !instance.is_frozen);
        let any = self.random.below(2);
        let whom = if self.random.chance(900) { owner.unwrap_or(any) } else { any };
        self.strike_at(fault, whom);
    }

    fn strike_at(&mut self, fault: Fault, whom: usize) {
        self.faults.count += 1;
        self.trace(|| format!("fault {fault:?} at {whom}"));
        let many = u32::try_from(self.random.between(1, 4)).unwrap();
        match fault {
            Fault::Kill => self.with_instance(whom, Instance::end),
            Fault::Freeze => {
                // Half of them end about when another instance has just taken over.
                let (least, most) = if self.random.chance(500) { (2_000, 3_600) } else { (500, 7_000) };
                let lasts = self.random.between(least * MS, most * MS);
                let instance = &mut self.instances[whom];
                instance.is_frozen = true;
                if let Some(owner) = &instance.owner {
                    owner.sender.touch_unsettled(&mut self.check);
                }
                let origin = self.instances[whom].origin();
                self.at(lasts, Happening::Thaw(origin));
            }
            Fault::DatabaseCrash => {
                if !self.database.is_down {
                    for row in self.database.crash(self.now) {
                        self.check.touch(row);
                    }
                    let lasts = self.random.between(100 * MS, 1_500 * MS);
                    self.at(lasts, Happening::DatabaseUp);
                }
            }
            Fault::LoseReplies => self.faults.lost_replies += many,
            Fault::Unknowns => self.faults.unknowns += many,
            Fault::Throttles => self.faults.throttles += many,
            Fault::Repeat => self.telegram.repeat += self.random.below(5) + 1,
            Fault::BotBlock => {
                let person = self.random.below(self.telegram.privates.len());
                people::block_bot(self, person);
            }
        }
    }

    /// The database is back; whoever had a session learns that it was lost.
    pub(crate) fn database_up(&mut self) {
        self.database.is_down = false;
        for whom in 0..2 {
            let origin = self.instances[whom].origin();
            self.tell(MS, origin, Input::SessionLost);
        }
    }

    /// A frozen process goes on, with everything that came meanwhile before it.
    pub(crate) fn thaw(&mut self, origin: Origin) {
        let instance = &mut self.instances[origin.instance];
        if instance.origin() == origin {
            instance.is_frozen = false;
            for input in std::mem::take(&mut instance.stalled) {
                self.tell(0, origin, input);
            }
        }
    }
}
