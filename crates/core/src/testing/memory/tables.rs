//! The rows, in maps by key.

use std::collections::{BTreeMap, BTreeSet};

use crate::chat::{ChatText, EndReason, Hold, Seat, Sent, Side};
use crate::conduct::{NewReport, NewSanction, Pseudonym, SubjectHash};
use crate::correction::SupportCode;
use crate::engine::batch::InboxRow;
use crate::engine::effect::OutboxRow;
use crate::engine::event::EngineCommand;
use crate::id::{ChatId, CommandId, FormerWordsId, HoldId, InboxId, OutboxId, PersonId, TelegramId, UpdateId};
use crate::invitation::Invitation;
use crate::person::{Consent, PersonFacts, Profile, UiLanguage};
use crate::ports::StoreError;
use crate::ports::chats::MessagePair;
use crate::ports::people::DialogRecord;
use crate::tier::Upheld;
use crate::time::{Day, Timestamp};

#[derive(Clone, Debug, Default)]
pub(super) struct LeaseRow {
    pub(super) owner: Option<String>,
    pub(super) session: u64,
    pub(super) epoch: i64,
    pub(super) watermark: Option<UpdateId>,
    pub(super) watermark_at: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct PersonRow {
    pub(super) facts: PersonFacts,
    pub(super) profile: Profile,
    pub(super) pseudonym: Pseudonym,
    pub(super) registered_at: Timestamp,
}

#[derive(Clone, Debug, Default)]
pub(super) struct VisitorRow {
    pub(super) language: Option<UiLanguage>,
    pub(super) refused_at: Option<Timestamp>,
    pub(super) refused_born: Option<Day>,
    pub(super) support_code: Option<SupportCode>,
    pub(super) data_sent_at: Option<Timestamp>,
    pub(super) dialog: Option<DialogRecord>,
    pub(super) consent: Option<Consent>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ChatRow {
    pub(super) people: [Option<PersonId>; 2],
    pub(super) started_at: Timestamp,
    pub(super) is_meeting: bool,
    /// Whether the person on each side wrote; known once it ended.
    pub(super) wrote: [bool; 2],
    pub(super) ended: Option<(Timestamp, EndReason, Option<PersonId>)>,
}

#[derive(Clone, Debug)]
pub(super) struct ReportRow {
    pub(super) report: NewReport,
    /// Whom it is about; `None` = they left.
    pub(super) reported: Option<PersonId>,
    /// Their pseudonym.
    pub(super) about: Pseudonym,
    pub(super) is_open: bool,
    /// Whether it was closed by a sanction.
    pub(super) is_upheld: bool,
    pub(super) frozen: Vec<super::case::Frozen>,
    pub(super) words: Option<ChatText>,
}

#[derive(Clone, Debug)]
pub(super) struct CommandRow {
    pub(super) inbox: Option<InboxId>,
    pub(super) command: EngineCommand,
}

/// What stood in a message before it was changed.
#[derive(Clone, Debug)]
pub(super) struct FormerWordsRow {
    pub(super) pair: OutboxId,
    /// `None` = not known.
    pub(super) words: Option<ChatText>,
}

/// Everything; cloned before a change, so that a refused one leaves nothing behind.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) sessions: u64,
    /// What the database's own clock shows.
    pub(super) now: Timestamp,
    pub(super) dead_sessions: BTreeSet<u64>,
    pub(super) lease: LeaseRow,
    pub(super) numbers: i64,
    pub(super) people: BTreeMap<PersonId, PersonRow>,
    pub(super) visitors: BTreeMap<TelegramId, VisitorRow>,
    pub(super) seats: BTreeMap<PersonId, Seat>,
    pub(super) chats: BTreeMap<ChatId, ChatRow>,
    pub(super) pairs: BTreeMap<(ChatId, OutboxId), MessagePair>,
    pub(super) ratings: BTreeMap<(ChatId, PersonId), (PersonId, bool)>,
    pub(super) blocks: BTreeSet<(PersonId, PersonId)>,
    pub(super) friends: BTreeMap<(PersonId, PersonId), super::friend::FriendRow>,
    pub(super) friend_requests: BTreeMap<(PersonId, PersonId), (ChatId, Timestamp)>,
    pub(super) invitations: BTreeMap<[PersonId; 2], Invitation>,
    /// What the pairs are messages of, if the store was told.
    pub(super) sent: BTreeMap<OutboxId, Sent>,
    pub(super) former_words: BTreeMap<FormerWordsId, FormerWordsRow>,
    pub(super) holds: BTreeMap<HoldId, Hold>,
    pub(super) reports: BTreeMap<i64, ReportRow>,
    /// Their numbers are their places, from 1.
    pub(super) sanctions: Vec<NewSanction>,
    /// Reports that led to a sanction, one per sanction, which nobody has lifted.
    pub(super) upheld: Vec<(PersonId, Upheld)>,
    pub(super) appeals: BTreeMap<i64, super::review::AppealRow>,
    pub(super) claims: BTreeMap<i64, crate::case::Claim>,
    pub(super) staff: BTreeSet<crate::staff::Member>,
    pub(super) inbox: BTreeMap<InboxId, InboxRow>,
    pub(super) commands: BTreeMap<CommandId, CommandRow>,
    pub(super) outbox: BTreeMap<OutboxId, OutboxRow>,
    pub(super) dead: BTreeMap<UpdateId, Box<str>>,
    pub(super) seen: BTreeMap<UpdateId, Timestamp>,
    pub(super) former: BTreeMap<Pseudonym, SubjectHash>,
    pub(super) accounts: BTreeMap<SubjectHash, super::former::AccountRow>,
    pub(super) former_blocks: BTreeSet<(super::former::BlockEnd, super::former::BlockEnd)>,
    pub(super) leavers: BTreeMap<(ChatId, Side), super::former::LeaverRow>,
    pub(super) money: super::money::Money,
}

/// Makes the error for a rule of the database, by the constraint's name there.
pub(super) fn conflict(constraint: &str) -> StoreError {
    StoreError::Conflict { constraint: constraint.to_owned() }
}

impl Tables {
    pub(super) fn next_number(&mut self) -> i64 {
        self.numbers = self.numbers.saturating_add(1);
        self.numbers
    }

    pub(super) fn insert_command(&mut self, inbox: Option<InboxId>, command: EngineCommand) -> CommandId {
        let id = CommandId::new(self.next_number());
        self.commands.insert(id, CommandRow { inbox, command });
        id
    }

    pub(super) fn find_by_telegram(&self, telegram: TelegramId) -> Option<&PersonRow> {
        self.people.values().find(|row| row.facts.telegram == telegram)
    }

    pub(super) fn insert_outbox(&mut self, row: &OutboxRow) -> Result<(), StoreError> {
        match self.outbox.insert(row.id, row.clone()) {
            None => Ok(()),
            Some(_) => Err(conflict("outbox_bot_id_id_pkey")),
        }
    }

    /// Reports whether these two were the people of the chat.
    pub(super) fn were_together(&self, chat: ChatId, one: PersonId, other: PersonId) -> bool {
        self.chats.get(&chat).is_some_and(|row| row.people == [Some(one), Some(other)] || row.people == [Some(other), Some(one)])
    }

    /// Reports whether `writer` wrote to `reader` in a chat.
    pub(super) fn has_written(&self, chat: ChatId, writer: PersonId, reader: PersonId) -> bool {
        let Some(row) = self.chats.get(&chat).filter(|_| self.were_together(chat, writer, reader)) else { return false };
        row.people.iter().zip(row.wrote).any(|(person, wrote)| *person == Some(writer) && wrote)
    }

    /// Checks what the keys of seats promise: a person and a chat that exist, one person per side.
    pub(super) fn check_seats(&self) -> Result<(), StoreError> {
        let mut taken = BTreeSet::new();
        for (person, seat) in &self.seats {
            if !self.people.contains_key(person) {
                return Err(conflict("seats_bot_id_person_id_fkey"));
            }
            if let Seat::Chatting { chat, side, .. } | Seat::Meeting { meeting: chat, side, .. } = seat {
                if !taken.insert((*chat, *side)) {
                    return Err(conflict("seats_bot_id_chat_id_side_key"));
                }
                if !self.chats.contains_key(chat) {
                    return Err(conflict("seats_bot_id_chat_id_fkey"));
                }
            }
        }
        Ok(())
    }
}
