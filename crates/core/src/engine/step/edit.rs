//! Changed messages: the copy follows, unless something in the change can identify its writer. Then the partner's copy stays
//! as it is, and the writer is asked; a copy that may hold the change already goes.

use super::{Change, Letter, Turn};
use crate::chat::{Content, Hold, Undelivered};
use crate::engine::effect::{Effect, Original};
use crate::engine::notice::Notice;
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
        let offer = self.state.chats.get_mut(&chat).and_then(|live| live.offered.get_mut(&(editor, message)));
        if let Some((_, offered)) = offer {
            // It is copied as it is then.
            *offered = *leaks;
        }
        let is_it = |hold: &&Hold| hold.writer == editor && hold.messages.contains(&message);
        let held = self.state.holds.of(chat).find(is_it).cloned();
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
        let (content, leaks) = (Content::Text, *leaks);
        let letter = Letter { message, content, reply_to: None, album: None, leaks, written_at: None, has_waited: false };
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
        if let Some(live) = self.state.chats.get_mut(&chat) {
            live.copies.forget(original);
        }
        self.state.add_pending(receiver, 1);
        let id = self.state.ids.next_outbox();
        self.out.push(Effect::Unsend { id, chat, receiver, original });
    }
}
