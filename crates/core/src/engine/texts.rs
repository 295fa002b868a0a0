//! The last texts of a chat that goes on: in memory alone, so that a report can tell what stood in a message before it was
//! changed or taken back. A live chat has at most [`MOST`] of them, of [`ChatText::MOST_BYTES`] together: 5,000 chats take
//! 20 MB at most, and some 7 MB for what is kept beside the words. The oldest go first, and all of them with the chat.

use std::collections::VecDeque;

use super::effect::Original;
use crate::chat::{ChatText, Content};
use crate::conduct::REPORTED_MESSAGES;
use crate::id::OutboxId;

/// How many messages are known: no report freezes more.
const MOST: usize = REPORTED_MESSAGES;

/// What stood in a message before it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// The partner has nothing of it.
    Unseen,
    /// The partner has it, by this row and with these words, as far as both are known.
    Seen(Option<OutboxId>, Option<ChatText>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    original: Original,
    content: Content,
    /// Whether the partner has a copy.
    is_seen: bool,
    /// The row that made it.
    row: Option<OutboxId>,
    /// What the partner has.
    seen: Option<ChatText>,
    /// What stands in it now, while it waits for an answer.
    waiting: Option<ChatText>,
}

impl Entry {
    fn bytes(&self) -> usize {
        [&self.seen, &self.waiting].into_iter().flatten().map(ChatText::bytes).sum()
    }
}

/// The last texts, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastTexts(VecDeque<Entry>);

impl LastTexts {
    /// A message that is about to be passed on, or waits, says this now. `is_seen` = the partner has a copy from before.
    pub(crate) fn put(&mut self, original: Original, (content, is_seen): (Content, bool), words: ChatText) {
        match self.find(original) {
            Some(entry) => entry.waiting = Some(words),
            None => self.0.push_back(Entry { original, content, is_seen, row: None, seen: None, waiting: Some(words) }),
        }
        self.trim();
    }

    /// A message is passed on by this row: the partner has what it said.
    pub(crate) fn pass(&mut self, original: Original, row: OutboxId) {
        let Some(at) = self.0.iter().position(|entry| entry.original == original) else { return };
        if let Some(mut entry) = self.0.remove(at) {
            (entry.is_seen, entry.row) = (true, Some(row));
            entry.seen = entry.waiting.take();
            self.0.push_back(entry);
        }
    }

    /// The copy of a message says this from now on; `None` = that is not known.
    pub(crate) fn change(&mut self, original: Original, words: Option<ChatText>) -> Before {
        let Some(entry) = self.find(original) else { return Before::Seen(None, None) };
        if !entry.is_seen {
            entry.waiting = words;
            return Before::Unseen;
        }
        entry.waiting = None;
        let before = Before::Seen(entry.row, std::mem::replace(&mut entry.seen, words));
        self.trim();
        before
    }

    /// The copy of a message goes.
    pub(crate) fn take(&mut self, original: Original) -> Before {
        let Some(entry) = self.find(original) else { return Before::Seen(None, None) };
        if !std::mem::take(&mut entry.is_seen) {
            return Before::Unseen;
        }
        Before::Seen(entry.row.take(), entry.seen.take())
    }

    /// What a message holds.
    pub(crate) fn content(&self, original: Original) -> Option<Content> {
        self.0.iter().find(|entry| entry.original == original).map(|entry| entry.content)
    }

    fn find(&mut self, original: Original) -> Option<&mut Entry> {
        self.0.iter_mut().rev().find(|entry| entry.original == original)
    }

    fn trim(&mut self) {
        let is_over = |entries: &VecDeque<Entry>| {
            entries.len() > MOST || entries.iter().map(Entry::bytes).sum::<usize>() > ChatText::MOST_BYTES
        };
        while self.0.len() > 1 && is_over(&self.0) {
            self.0.pop_front();
        }
        // One alone is over with what the partner has of it and what waits; a report asks for the former.
        if is_over(&self.0)
            && let Some(entry) = self.0.front_mut()
        {
            entry.waiting = None;
        }
    }
}

#[cfg(test)]
mod tests;
