//! Recent pairs of messages in memory, so that a reply finds its message on the other side without the database.

use std::collections::HashMap;

use luvhive_core::id::{ChatId, MessageId, TelegramId};
use luvhive_core::ports::MessagePair;
use parking_lot::Mutex;

/// A message by the private chat it lies in.
type Spot = (TelegramId, MessageId);

/// The other side of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Across {
    /// The chat in which it was relayed.
    pub(crate) chat: ChatId,
    /// Whose private chat it lies in.
    pub(crate) telegram: TelegramId,
    /// Its id there.
    pub(crate) message: MessageId,
}

/// Pairs of messages, found from either side. Holds at least the last `capacity` and at most twice as many.
#[derive(Debug)]
pub(crate) struct RecentPairs {
    capacity: usize,
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Spot, Across>,
    old: HashMap<Spot, Across>,
}

impl RecentPairs {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, generations: Mutex::default() }
    }

    pub(crate) fn insert(&self, pair: &MessagePair) {
        let mut generations = self.generations.lock();
        if generations.young.len() >= self.capacity.saturating_mul(2) {
            generations.old = std::mem::take(&mut generations.young);
        }
        let (source, copy) = ((pair.from, pair.source), (pair.to, pair.copy));
        let across = |(telegram, message)| Across { chat: pair.chat, telegram, message };
        generations.young.insert(source, across(copy));
        generations.young.insert(copy, across(source));
    }

    /// Finds the other side of a message.
    pub(crate) fn find(&self, telegram: TelegramId, message: MessageId) -> Option<Across> {
        let generations = self.generations.lock();
        let spot = (telegram, message);
        generations.young.get(&spot).or_else(|| generations.old.get(&spot)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(n: i32) -> MessagePair {
        MessagePair {
            chat: ChatId::new(1),
            from: TelegramId::new(1),
            source: MessageId::new(n),
            to: TelegramId::new(2),
            copy: MessageId::new(1_000 + n),
        }
    }

    #[test]
    fn a_pair_is_found_from_both_sides() {
        let pairs = RecentPairs::new(10);
        pairs.insert(&pair(3));
        let across = |telegram, message| {
            Some(Across { chat: ChatId::new(1), telegram: TelegramId::new(telegram), message: MessageId::new(message) })
        };
        assert_eq!(pairs.find(TelegramId::new(1), MessageId::new(3)), across(2, 1_003));
        assert_eq!(pairs.find(TelegramId::new(2), MessageId::new(1_003)), across(1, 3));
        assert_eq!(pairs.find(TelegramId::new(2), MessageId::new(3)), None);
    }

    #[test]
    fn memory_is_bounded_and_the_last_ones_stay() {
        let pairs = RecentPairs::new(10);
        for n in 0..1_000 {
            pairs.insert(&pair(n));
        }
        let held = (0..1_000).filter(|&n| pairs.find(TelegramId::new(1), MessageId::new(n)).is_some()).count();
        assert!((10..=20).contains(&held), "{held}");
        assert!((990..1_000).all(|n| pairs.find(TelegramId::new(1), MessageId::new(n)).is_some()));
    }
}
