//! Making the state from what the journal tells.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::{LEAST_TIME, LiveChat, LiveMeeting, State};
use crate::chat::Seat;
use crate::engine::batch::InboxWork;
use crate::engine::effect::{Original, OutboxBody};
use crate::engine::loaded::Loaded;
use crate::id::{ChatId, PersonId};
use crate::invitation::Invitation;
use crate::tier::DAY;
use crate::time::Timestamp;

/// One person's part of a meeting that was read at start.
#[derive(Clone, Copy)]
struct StoredHalf {
    person: PersonId,
    since: Timestamp,
    answer_by: Timestamp,
}

impl State {
    pub(super) fn read(&mut self, loaded: &Loaded, now: Timestamp) {
        self.people.reserve(loaded.people.len());
        self.accounts.reserve(loaded.people.len());
        for facts in &loaded.people {
            self.put_facts(facts.clone());
            // Nobody could take it back while nobody was there to hear it.
            self.leaving.extend(facts.leaves_at.map(|at| (at.max(now.plus(LEAST_TIME)), facts.person)));
        }
        self.lapsed.extend(&loaded.lapsed);
        // A clock that was set back since it was read for the last time is at least so much farther behind Telegram's.
        let back = loaded.seats.iter().map(|(_, seat)| seat.since()).max().map_or(Duration::ZERO, |newest| newest.since(now));
        let back = i64::try_from(back.as_micros()).unwrap_or(i64::MAX);
        self.telegram_ahead = last_known_difference(&loaded.seats).saturating_add(back);
        for row in &loaded.inbox {
            match row.work {
                InboxWork::Update { .. } => drop(self.stored_chats.insert(row.id, row.chat)),
                InboxWork::Erase { person } => {
                    // They have left already, only their rows are still there.
                    self.people.remove(&row.telegram);
                    self.accounts.remove(&person);
                    self.leaving.retain(|(_, leaver)| *leaver != person);
                    self.lanes.entry(row.telegram).or_default().open = Some(row.id);
                }
                // The runtime feeds it among the updates, in its order.
                InboxWork::Task(_) => {}
            }
        }
        for row in &loaded.outbox {
            self.add_pending(row.receiver, 1);
        }
        for &(first, second) in &loaded.blocks {
            self.keep_apart(first, second);
        }
        for parting in &loaded.recent {
            let [first, second] = parting.people;
            self.pool.separate_lately(first, second, parting.at, now);
            if parting.is_firm {
                self.pool.separate_firmly(first, second);
            }
        }
        for &(person, upheld) in &loaded.upheld {
            self.upheld.entry(person).or_default().push(upheld);
        }
        self.read_partners(loaded, now);
        self.read_seats(loaded, now);
        for invitation in &loaded.invitations {
            let expires_at = invitation.expires_at.min(now.plus(self.rules.invitation));
            self.invitations.put(Invitation { expires_at, ..*invitation });
            self.to_invite.push(invitation.invited);
        }
        for hold in &loaded.holds {
            if self.chats.contains_key(&hold.chat) {
                self.holds.put(self.prolonged(hold.clone(), Duration::ZERO, now));
            } else {
                self.stale_holds.push(hold.id);
            }
        }
        self.read_outbox(loaded);
    }

    /// Counts with whom people had a chat within the last day.
    fn read_partners(&mut self, loaded: &Loaded, now: Timestamp) {
        let over = loaded.recent.iter().filter(|parting| !parting.is_firm).map(|parting| (parting.since, parting.people));
        let mut halves: HashMap<ChatId, PersonId> = HashMap::new();
        let live = loaded.seats.iter().filter_map(|&(person, seat)| match seat {
            Seat::Chatting { chat, since, .. } => Some((since, [halves.insert(chat, person)?, person])),
            Seat::Waiting { .. } | Seat::Meeting { .. } => None,
        });
        let mut all: Vec<_> = over.chain(live).filter(|(since, _)| since.plus(DAY) > now).collect();
        all.sort_unstable();
        for (since, people) in all {
            self.daily.meet(people, since.min(now));
        }
    }

    /// Puts chats and meetings together from the seats of their people, and notes who waits.
    fn read_seats(&mut self, loaded: &Loaded, now: Timestamp) {
        let mut halves: HashMap<ChatId, [Option<PersonId>; 2]> = HashMap::new();
        let mut meeting_halves: BTreeMap<ChatId, [Option<StoredHalf>; 2]> = BTreeMap::new();
        let mut waiting = Vec::new();
        for &(person, seat) in &loaded.seats {
            match seat {
                Seat::Waiting { since, widening } => waiting.push((person, since, widening)),
                Seat::Meeting { meeting, side, since, answer_by, .. } => {
                    self.seats.insert(person, seat);
                    *side.of_mut(meeting_halves.entry(meeting).or_default()) = Some(StoredHalf { person, since, answer_by });
                }
                Seat::Chatting { chat, side, .. } => {
                    self.seats.insert(person, seat);
                    *side.of_mut(halves.entry(chat).or_default()) = Some(person);
                }
            }
        }
        for (chat, half) in halves {
            match half {
                [Some(first), Some(second)] => {
                    self.chats.insert(chat, LiveChat::new([first, second]));
                }
                [Some(alone), None] | [None, Some(alone)] => self.orphans.push((alone, chat)),
                [None, None] => {}
            }
        }
        self.orphans.sort_unstable();
        for (meeting, half) in meeting_halves {
            match half {
                [Some(first), Some(second)] => {
                    // What the timers had counted is not stored; since when they wait is.
                    let met_at = first.answer_by.minus(self.rules.meeting);
                    let live = LiveMeeting {
                        people: [first.person, second.person],
                        // Nobody could answer while nobody was there to hear it.
                        answer_by: first.answer_by.max(now.plus(LEAST_TIME)).min(now.plus(self.rules.meeting)),
                        searched: [met_at.since(first.since), met_at.since(second.since)],
                        cards: [None, None],
                        is_stale: false,
                    };
                    self.meetings.insert(meeting, live);
                }
                [Some(alone), None] | [None, Some(alone)] => self.half_meetings.push((alone.person, meeting)),
                [None, None] => {}
            }
        }
        waiting.sort_unstable_by_key(|&(person, since, _)| (since, person));
        self.rejoining = waiting.into();
    }

    /// Counts what is on its way in each chat, and finds out who will not hear any more that theirs has opened.
    fn read_outbox(&mut self, loaded: &Loaded) {
        let mut told = HashSet::new();
        for row in &loaded.outbox {
            let Some(chat) = row.chat else { continue };
            match row.body {
                OutboxBody::Call(_) => drop(told.insert((row.receiver, chat))),
                OutboxBody::Relay(relay) => {
                    if let Some(live) = self.chats.get_mut(&chat) {
                        live.copies.add(Original { from: relay.from, message: relay.source }, row.id);
                    }
                    if let Some(count) = self.unsettled_mut(row.receiver, chat) {
                        *count = count.saturating_add(1);
                    }
                }
                OutboxBody::Edit { .. } => {}
            }
        }
        for (person, seat) in &self.seats {
            if let Seat::Chatting { chat, heard_at: None, .. } = seat
                && self.accounts.get(person).is_none_or(|receiver| !told.contains(&(*receiver, *chat)))
            {
                self.unheard.push(*person);
            }
        }
        self.unheard.sort_unstable();
    }
}

/// Returns how many microseconds Telegram's clock was ahead of ours by the latest chat, on Telegram's clock, of whose opening
/// somebody has heard, as far as the tables tell; 0 if they do not.
fn last_known_difference(seats: &[(PersonId, Seat)]) -> i64 {
    let heard = |(_, seat): &(PersonId, Seat)| match seat {
        Seat::Chatting { since, heard_at: Some(at), .. } => Some((*at, at.ahead_of(*since))),
        Seat::Chatting { .. } | Seat::Waiting { .. } | Seat::Meeting { .. } => None,
    };
    seats.iter().filter_map(heard).max().map_or(0, |(_, ahead)| ahead)
}
