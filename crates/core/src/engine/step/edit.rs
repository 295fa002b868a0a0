//! Changed messages: the copy follows, unless something in the change can identify its writer. Then the partner's copy stays
//! as it is, and the writer is asked; a copy that may hold the change already goes.

use super::{Change, Letter, Turn};
use crate::chat::{ChatText, Content, Hold, Undelivered};
use crate::engine::effect::{Effect, FormerWords, Original};
use crate::engine::notice::Notice;
use crate::engine::texts::Before;
use crate::id::{ChatId, MessageId, PersonId};
use crate::time::{TelegramTime, Timestamp};

/// Clocks that count seconds: a copy that left in the second of the change, or the one after, may be older or newer.
const UNSURE_S: i64 = 1;

impl Turn<'_> {
    /// A copy follows its source while the two chat. A lane saw the chat go on, but only here is it known.
    pub(super) fn pass_on(&mut self, chat: ChatId, original: Original, change: Change) {
        let Some(editor) = self.state.people.get(&original.from).map(|facts| facts.person) else { return };
        let partner = self.chat_and_partner(editor).filter(|(current, _)| *current == chat);
        let (message, Change { leaks, edited_at, is_copied, .. }) = (original.message, &change);
        let Some((_, partner)) = partner else {
            return self.tell(editor, Notice::NotDelivered { message, why: Undelivered::EditLate });
        };
        let is_sent = self.state.chats.get(&chat).is_some_and(|live| live.sent_now.contains(&(editor, message)));
        let offer = self.state.chats.get_mut(&chat).and_then(|live| live.offered.get_mut(&(editor, message)));
        let offered = offer.map(|(content, offered)| {
            // It is copied as it is then.
            *offered = *leaks;
            (*content, is_sent)
        });
        let is_it = |hold: &&Hold| hold.writer == editor && hold.messages.contains(&message);
        let held = self.state.holds.of(chat).find(is_it).cloned();
        let waiting = offered.or(held.as_ref().map(|hold| (hold.content, hold.has_copy)));
        if let Some((content, words)) = waiting.zip(change.words.clone())
            && let Some(live) = self.state.chats.get_mut(&chat)
        {
            live.texts.put(original, content, words);
        }
        if let Some(hold) = held {
            return self.change_held(hold, partner, message, change);
        }
        if self.is_harmless(editor, *leaks) {
            return self.follow(editor, message, change);
        }
        let copy = self.state.chats.get(&chat).and_then(|live| live.copies.find(original));
        if copy.is_none() && !is_copied {
            // Nothing of it lies with the partner in this chat.
            return self.tell(editor, Notice::NotDelivered { message, why: Undelivered::EditMissing });
        }
        let may_hold_it = copy.is_some_and(|copy| copy.left_at.is_none_or(|left_at| self.may_precede(*edited_at, left_at)));
        if may_hold_it {
            self.unsend(editor, message);
        }
        let (content, leaks, words) = (Content::Text, *leaks, change.words.as_ref());
        let (reply_to, album, written_at, has_waited) = (None, None, None, false);
        let letter = Letter { message, content, reply_to, album, leaks, written_at, has_waited, words };
        self.hold_change((chat, editor, partner), &letter, !may_hold_it);
    }

    /// Reports whether a change may have been made before its message's copy left.
    fn may_precede(&self, edited_at: Option<TelegramTime>, left_at: Timestamp) -> bool {
        edited_at.is_none_or(|at| self.state.telegram_time(left_at).seconds_since(at) >= -UNSURE_S)
    }

    /// A message was changed that waits. It is copied as it is when it is released, so only what is asked can change; what
    /// stands in the other messages of an album stays.
    fn change_held(&mut self, hold: Hold, partner: PersonId, message: MessageId, change: Change) {
        let before = hold.questions.leaks();
        let leaks = if hold.messages.len() > 1 { before.union(change.leaks) } else { change.leaks };
        if hold.has_copy && self.is_harmless(hold.writer, leaks) {
            self.remove_hold(hold.id);
            return self.follow(hold.writer, message, change);
        }
        self.judge_again(hold, partner, (leaks, None));
    }

    fn follow(&mut self, editor: PersonId, message: MessageId, change: Change) {
        let Some((chat, partner)) = self.chat_and_partner(editor) else { return };
        let (Some(mine), Some(theirs)) = (self.state.facts_of(editor), self.state.facts_of(partner)) else { return };
        let (original, receiver) = (Original { from: mine.telegram, message }, theirs.telegram);
        if self.state.is_full_for_relays(receiver) {
            return self.tell(editor, Notice::NotDelivered { message, why: Undelivered::EditSlow });
        }
        self.change_words(chat, original, change.words.as_ref());
        self.state.add_pending(receiver, 1);
        self.count_passed(editor, (Content::Text, change.leaks), 1);
        let id = self.state.ids.next_outbox();
        self.out.push(Effect::Edit { id, chat, receiver, original, call: change.call });
    }

    /// Takes the copy of a message away, also one that is on its way.
    pub(super) fn unsend(&mut self, writer: PersonId, message: MessageId) {
        let Some((chat, partner)) = self.chat_and_partner(writer) else { return };
        let (Some(mine), Some(theirs)) = (self.state.facts_of(writer), self.state.facts_of(partner)) else { return };
        let (original, receiver) = (Original { from: mine.telegram, message }, theirs.telegram);
        self.take_words(chat, original);
        if let Some(live) = self.state.chats.get_mut(&chat) {
            live.copies.forget(original);
        }
        self.state.add_pending(receiver, 1);
        let id = self.state.ids.next_outbox();
        self.out.push(Effect::Unsend { id, chat, receiver, original });
    }

    /// Remembers what a message says that is about to be passed on, waits or was offered, if its words are at hand. `is_seen` =
    /// the partner has a copy from before.
    pub(super) fn note_words(&mut self, writer: PersonId, letter: &Letter<'_>, is_seen: bool) {
        let Some((chat, _)) = self.chat_and_partner(writer) else { return };
        let from = self.state.accounts.get(&writer).copied();
        if let (Some(from), Some(words), Some(live)) = (from, letter.words, self.state.chats.get_mut(&chat)) {
            live.texts.put(Original { from, message: letter.message }, (letter.content, is_seen), words.clone());
        }
    }

    /// The copy of a message says something else from now on. One of which only the looks change has no former words.
    fn change_words(&mut self, chat: ChatId, original: Original, words: Option<&ChatText>) {
        let Some(live) = self.state.chats.get_mut(&chat) else { return };
        let before = live.texts.change(original, words.cloned());
        let is_same = matches!(&before, Before::Seen(_, Some(seen)) if words == Some(seen));
        if !is_same {
            self.keep_former(chat, original, before);
        }
    }

    /// The copy of a message goes.
    fn take_words(&mut self, chat: ChatId, original: Original) {
        let Some(live) = self.state.chats.get_mut(&chat) else { return };
        let before = live.texts.take(original);
        self.keep_former(chat, original, before);
    }

    /// Keeps what the partner had of a message for a report, or that it is not known.
    fn keep_former(&mut self, chat: ChatId, original: Original, before: Before) {
        let Before::Seen(row, words) = before else { return };
        let copy = self.state.chats.get(&chat).and_then(|live| live.copies.find(original));
        let pair = row.or(copy.map(|copy| copy.row));
        let id = self.state.ids.next_former_words();
        self.out.push(Effect::Former(FormerWords { id, original, pair, words }));
    }
}
