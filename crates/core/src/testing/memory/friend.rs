//! Friends over the rows in memory.

use super::MemoryStore;
use super::tables::Tables;
use crate::friend::{Friend, MOST_FRIENDS, Standing};
use crate::id::{ChatId, PersonId};
use crate::ports::{FriendStore, StoreError};
use crate::time::Timestamp;

/// One side of a friendship.
#[derive(Clone, Copy, Debug)]
pub(super) struct FriendRow {
    chat: ChatId,
    number: u16,
    since: Timestamp,
}

impl Tables {
    fn is_blocked(&self, one: PersonId, other: PersonId) -> bool {
        self.blocks.contains(&(one, other)) || self.blocks.contains(&(other, one))
    }

    pub(super) fn ask_friend(&mut self, by: PersonId, other: PersonId, chat: ChatId, at: Timestamp) {
        let both_there = self.people.contains_key(&by) && self.people.contains_key(&other);
        if both_there && !self.blocks.contains(&(by, other)) && !self.friends.contains_key(&(by, other)) {
            self.friend_requests.insert((by, other), (chat, at));
        }
    }

    pub(super) fn befriend(&mut self, person: PersonId, asker: PersonId, since: Timestamp) {
        let Some(&(chat, _)) = self.friend_requests.get(&(asker, person)) else { return };
        if self.is_blocked(person, asker) {
            return;
        }
        self.friend_requests.retain(|&pair, _| pair != (asker, person) && pair != (person, asker));
        for (one, other) in [(person, asker), (asker, person)] {
            let last = self.friends.iter().filter(|((of, _), _)| *of == one).map(|(_, row)| row.number).max();
            let number = last.unwrap_or(0).saturating_add(1);
            self.friends.insert((one, other), FriendRow { chat, number, since });
        }
    }

    pub(super) fn unfriend(&mut self, one: PersonId, other: PersonId) {
        let is_theirs = |pair: (PersonId, PersonId)| pair == (one, other) || pair == (other, one);
        self.friends.retain(|&pair, _| !is_theirs(pair));
        self.friend_requests.retain(|&pair, _| !is_theirs(pair));
    }

    pub(super) fn erase_friends(&mut self, person: PersonId) {
        self.friends.retain(|(one, other), _| *one != person && *other != person);
        self.friend_requests.retain(|(one, other), _| *one != person && *other != person);
        self.invitations.retain(|people, _| !people.contains(&person));
    }

    fn count_friends(&self, person: PersonId) -> u16 {
        u16::try_from(self.friends.keys().filter(|(one, _)| *one == person).count()).unwrap_or(u16::MAX)
    }
}

#[async_trait::async_trait]
impl FriendStore for MemoryStore {
    async fn find_standing(&self, me: PersonId, other: PersonId) -> Result<Standing, StoreError> {
        let tables = self.tables();
        let asked = |by, of| tables.friend_requests.get(&(by, of)).map(|(_, at)| *at);
        Ok(Standing {
            are_friends: tables.friends.contains_key(&(me, other)),
            asked_by_me: asked(me, other),
            asked_by_them: asked(other, me),
            blocked_by_me: tables.blocks.contains(&(me, other)),
            blocked_by_them: tables.blocks.contains(&(other, me)),
            mine: tables.count_friends(me),
            theirs: tables.count_friends(other),
        })
    }

    async fn list_friends(&self, person: PersonId) -> Result<Vec<Friend>, StoreError> {
        let tables = self.tables();
        let mine = tables.friends.iter().filter(|((one, _), _)| *one == person);
        let friend = |((_, other), row): (&(PersonId, PersonId), &FriendRow)| {
            let facts = tables.people.get(other)?.facts.clone();
            Some(Friend { number: row.number, chat: row.chat, facts, since: row.since })
        };
        let mut friends: Vec<_> = mine.filter_map(friend).collect();
        friends.sort_by_key(|friend| friend.number);
        friends.truncate(usize::from(MOST_FRIENDS));
        Ok(friends)
    }
}
