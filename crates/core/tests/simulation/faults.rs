//! What goes wrong, when, and how it is done to the world.

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::Command;

use super::instance::Instance;
use super::message::{Input, Origin};
use super::people;
use super::random::Random;
use super::telegram::{Ask, index_of};
use super::world::{ACTIVE, Happening, MS, SECOND, Wish, World};

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

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
    /// Telegram gives out no updates.
    Deaf,
    /// Telegram keeps back what one person sends.
    Hold,
    /// Telegram keeps back a hundred messages that one person writes to their partner.
    Backlog,
    /// A receiver is throttled for long while their partner writes on; then they want help, or out.
    Clog,
    /// Telegram refuses to pass on some messages, each for a reason of its own.
    Refusals,
    /// What is passed on to one person arrives and is answered unclearly.
    Unclear,
    /// Telegram answers no call clearly.
    Outage,
    /// Somebody whose messages wait leaves and comes back at once.
    ComeBack,
    /// The clock that the processes read is set back or forward.
    Clock,
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
    refusals: u32,
}

impl Faults {
    /// Draws three to six faults over the time in which people act, and two to four troubles with Telegram and with people.
    pub(crate) fn plan(random: &mut Random, until: i64) -> Vec<(i64, Fault, Option<Moment>)> {
        let mut all: Vec<_> = (0..random.between(3, 6))
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
            .collect();
        for _ in 0..random.between(2, 4) {
            let troubles = [Fault::Deaf, Fault::Hold, Fault::Backlog, Fault::Clog, Fault::ComeBack];
            let trouble = troubles[random.weighted(&[10, 30, 15, 25, 20])];
            all.push((random.between(4 * SECOND, until - 10 * SECOND), trouble, None));
        }
        let unclear = [Fault::Refusals, Fault::Unclear, Fault::Outage][random.weighted(&[40, 40, 20])];
        all.push((random.between(4 * SECOND, until - 10 * SECOND), unclear, None));
        if random.chance(350) {
            for _ in 0..random.between(1, 3) {
                let at = random.between(2 * SECOND, until);
                all.push((at, Fault::Clock, None));
                // What the next process reads was written by a clock that is no more.
                if random.chance(400) {
                    all.push((at + random.between(-SECOND, 300 * MS), Fault::Kill, None));
                }
            }
        }
        all
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

    /// Why this message is refused, if it is.
    pub(crate) fn refuses(&mut self, random: &mut Random) -> Option<Undelivered> {
        let is_refusal = |why: &&Undelivered| **why != Undelivered::Unclear && why.of_edit() != **why;
        let reasons: Vec<_> = Undelivered::ALL.iter().filter(is_refusal).collect();
        take_one(&mut self.refusals).then(|| *reasons[random.below(reasons.len())])
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
                    self.refused.forget();
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
            Fault::Refusals => self.faults.refusals += 3 * many,
            Fault::Unclear => {
                if let Some((_, receiver)) = self.pick_pair() {
                    self.telegram.privates[receiver].unclear_until = self.now + self.random.between(5 * SECOND, 40 * SECOND);
                }
            }
            Fault::Outage => self.telegram.silent_until = self.now + self.random.between(SECOND, 15 * SECOND),
            Fault::Repeat => self.telegram.repeat += self.random.below(5) + 1,
            Fault::BotBlock => {
                let person = self.random.below(self.telegram.privates.len());
                people::block_bot(self, person);
            }
            Fault::Deaf => {
                let lasts = self.random.between(3 * SECOND, 25 * SECOND);
                self.telegram.fall_deaf(self.now, self.now + lasts, ACTIVE);
            }
            Fault::Hold => {
                let person = self.random.below(self.telegram.privates.len());
                let lasts = if self.random.chance(100) { 120 * SECOND } else { self.random.between(2 * SECOND, 30 * SECOND) };
                self.hold(person, lasts);
            }
            Fault::Backlog => self.pile_up(),
            Fault::Clog => self.clog(),
            Fault::ComeBack => self.come_back(),
            Fault::Clock => {
                let (least, most) = [(MINUTE, 10 * MINUTE), (10 * MINUTE, 2 * HOUR), (2 * HOUR, 24 * HOUR)][self.random.below(3)];
                let by = self.random.between(least, most);
                self.skew += if self.random.chance(500) { by } else { -by };
            }
        }
    }

    fn hold(&mut self, person: usize, lasts: i64) {
        self.telegram.privates[person].held_until = self.now + lasts;
        self.at(lasts, Happening::Release);
    }

    /// Two people in one chat, if there is one.
    fn pick_pair(&mut self) -> Option<(usize, usize)> {
        let chats: Vec<_> = self.database.chats.values().filter(|row| !row.is_meeting && row.ended_at.is_none()).collect();
        if chats.is_empty() {
            return None;
        }
        let [first, second] = chats[self.random.below(chats.len())].people.map(|person| index_of(self.database.known[&person]));
        Some(if self.random.chance(500) { (first, second) } else { (second, first) })
    }

    fn pile_up(&mut self) {
        let Some((writer, partner)) = self.pick_pair() else { return };
        let count = self.random.between(50, 100);
        let lasts = count * 250 * MS;
        self.hold(writer, lasts);
        for nth in 0..count {
            self.at(nth * 250 * MS, Happening::Say(writer));
        }
        if self.random.chance(500) {
            self.telegram.privates[partner].throttled_until = self.now + lasts + 5 * SECOND;
        }
    }

    fn clog(&mut self) {
        let Some((writer, receiver)) = self.pick_pair() else { return };
        let count = self.random.between(30, 60);
        let lasts = count * 250 * MS;
        self.telegram.privates[receiver].throttled_until = self.now + lasts + self.random.between(SECOND, 8 * SECOND);
        for nth in 0..count {
            self.at(nth * 250 * MS, Happening::Say(writer));
        }
        let wish = match self.random.below(4) {
            0 => Wish::Ask(Ask::Block),
            1 => Wish::Ask(Ask::Report),
            2 => Wish::Ask(Ask::Leave),
            _ => Wish::Command(Command::Stop),
        };
        self.at(lasts - SECOND, Happening::Wish(receiver, wish));
    }

    fn come_back(&mut self) {
        let Some((writer, leaver)) = self.pick_pair() else { return };
        self.telegram.privates[leaver].throttled_until = self.now + self.random.between(8 * SECOND, 14 * SECOND);
        for nth in 0..5 {
            self.at(nth * 200 * MS, Happening::Say(writer));
        }
        self.at(1_200 * MS, Happening::Wish(leaver, Wish::Ask(Ask::Leave)));
        for again in 0..4 {
            self.at((3 + again) * SECOND, Happening::Wish(leaver, Wish::Command(Command::Find)));
        }
    }

    /// The database is back; a process that had a session learns that it was lost.
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
