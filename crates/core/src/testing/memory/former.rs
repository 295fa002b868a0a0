//! What outlives an erasure, over the rows in memory: accounts that were left, their pseudonyms, blocks and chats.

use super::case::Frozen;
use super::tables::Tables;
use crate::chat::Side;
use crate::coins::CoinStanding;
use crate::conduct::{Pseudonym, Subject, SubjectHash};
use crate::id::{ChatId, PersonId, TelegramId};
use crate::ports::chats::MessagePair;
use crate::time::Timestamp;

/// An account that was left, maybe several times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AccountRow {
    /// The person it is again.
    pub(super) person: Option<PersonId>,
    pub(super) suspended_until: Option<Timestamp>,
    daily_at: Option<Timestamp>,
    spun_at: Option<Timestamp>,
}

/// Somebody who was in a chat and has left.
#[derive(Clone, Debug)]
pub(super) struct LeaverRow {
    pub(super) account: SubjectHash,
    pub(super) pseudonym: Pseudonym,
    /// The last messages as they lie with the other one, oldest first.
    pub(super) messages: Vec<Frozen>,
}

/// One side of a block of which at least one person left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BlockEnd {
    Person(PersonId),
    Account(SubjectHash),
}

impl Tables {
    /// The account with which a person came back.
    pub(super) fn account_of(&self, person: PersonId) -> Option<SubjectHash> {
        self.accounts.iter().find(|(_, row)| row.person == Some(person)).map(|(hash, _)| *hash)
    }

    /// Who was on a side of a chat and has left.
    pub(super) fn leaver(&self, chat: ChatId, side: Side) -> Option<&LeaverRow> {
        self.leavers.get(&(chat, side))
    }

    /// Where a person stands with coins; what was taken before they left counts.
    pub(super) fn standing(&self, person: PersonId) -> CoinStanding {
        let mut standing = self.money.standing(person);
        if let Some(row) = self.account_of(person).and_then(|hash| self.accounts.get(&hash)) {
            standing.daily_at = standing.daily_at.max(row.daily_at);
            standing.spun_at = standing.spun_at.max(row.spun_at);
        }
        standing
    }

    pub(super) fn remember(&mut self, person: PersonId, subject: &Subject) {
        let Some(row) = self.people.get(&person) else { return };
        let (pseudonym, telegram) = (row.pseudonym.clone(), row.facts.telegram);
        let refused_at = self.visitors.get(&telegram).and_then(|visitor| visitor.refused_at);
        let suspended_until = match self.before_refusal(&pseudonym, refused_at) {
            Some((_, before)) => before,
            None => row.facts.suspended_until,
        };
        let standing = self.standing(person);
        self.rekey(subject);
        let account = self.accounts.entry(subject.hash).or_default();
        account.person = None;
        account.suspended_until = account.suspended_until.max(suspended_until);
        (account.daily_at, account.spun_at) = (standing.daily_at, standing.spun_at);
        let blocks: Vec<_> = self.blocks.iter().filter(|(by, other)| *by == person || *other == person).copied().collect();
        self.former_blocks.extend(blocks.into_iter().map(|(by, other)| (BlockEnd::Person(by), BlockEnd::Person(other))));
        self.replace_ends(BlockEnd::Person(person), BlockEnd::Account(subject.hash));
        for (chat, row) in &self.chats {
            for (side, occupant) in [Side::First, Side::Second].into_iter().zip(row.people) {
                if occupant == Some(person) {
                    let other = |(_, pair): (_, &MessagePair)| if pair.from == telegram { pair.to } else { pair.from };
                    let other = self.pairs.iter().find(|((of, _), _)| of == chat).map(other);
                    let messages = other.map(|other| self.freeze(*chat, other)).unwrap_or_default();
                    let row = LeaverRow { account: subject.hash, pseudonym: pseudonym.clone(), messages };
                    self.leavers.insert((*chat, side), row);
                }
            }
        }
        self.former.insert(pseudonym, subject.hash);
    }

    /// Moves what is stored under the older key, and gives an account that is back what it left behind. Returns who is to
    /// be kept from whom.
    pub(super) fn recall(&mut self, telegram: TelegramId, subject: &Subject) -> Vec<(PersonId, PersonId)> {
        self.rekey(subject);
        let Some(person) = self.find_by_telegram(telegram).map(|row| row.facts.person) else { return Vec::new() };
        if let Some(account) = self.accounts.get_mut(&subject.hash) {
            account.person = Some(person);
            let until = account.suspended_until;
            if let Some(row) = self.people.get_mut(&person) {
                row.facts.suspended_until = row.facts.suspended_until.max(until);
            }
        }
        self.replace_ends(BlockEnd::Account(subject.hash), BlockEnd::Person(person));
        let mut separated = Vec::new();
        self.former_blocks.retain(|pair| match pair {
            (BlockEnd::Person(by), BlockEnd::Person(other)) => {
                separated.push((*by, *other));
                false
            }
            _ => true,
        });
        self.blocks.extend(&separated);
        separated
    }

    /// Blocks the account that a person left; if somebody is back already, returns who.
    pub(super) fn block_account(&mut self, by: PersonId, account: SubjectHash) -> Option<PersonId> {
        if !self.people.contains_key(&by) {
            return None;
        }
        let back = self.accounts.get(&account).and_then(|row| row.person).filter(|person| self.people.contains_key(person));
        match back {
            Some(person) => {
                self.blocks.insert((by, person));
                self.unfriend(by, person);
            }
            None => {
                self.former_blocks.insert((BlockEnd::Person(by), BlockEnd::Account(account)));
            }
        }
        back
    }

    fn rekey(&mut self, subject: &Subject) {
        let Some(older) = subject.older else { return };
        if let Some(row) = self.accounts.remove(&older) {
            let account = self.accounts.entry(subject.hash).or_default();
            account.person = account.person.max(row.person);
            account.suspended_until = account.suspended_until.max(row.suspended_until);
            account.daily_at = account.daily_at.max(row.daily_at);
            account.spun_at = account.spun_at.max(row.spun_at);
        }
        let names = self.former.values_mut().chain(self.leavers.values_mut().map(|row| &mut row.account));
        for hash in names.filter(|hash| **hash == older) {
            *hash = subject.hash;
        }
        self.replace_ends(BlockEnd::Account(older), BlockEnd::Account(subject.hash));
    }

    fn replace_ends(&mut self, before: BlockEnd, after: BlockEnd) {
        let replaced = |end: BlockEnd| if end == before { after } else { end };
        let blocks = std::mem::take(&mut self.former_blocks);
        self.former_blocks = blocks.into_iter().map(|(by, other)| (replaced(by), replaced(other))).collect();
    }
}
