//! The reading stores, and conduct, over the rows in memory.

use super::MemoryStore;
use crate::conduct::{Former, NewSanction, OpenReport, SanctionKind, SubjectHash};
use crate::engine::event::EngineCommand;
use crate::id::{BotId, ChatId, MessageId, PersonId, ReportId, TelegramId};
use crate::ports::StoreError;
use crate::ports::chats::{ChatRecord, ChatStore, MessagePair};
use crate::ports::conduct::{ConductStore, SanctionOutcome};
use crate::ports::people::{PeopleStore, RegisteredPerson, Visitor};
use crate::time::Timestamp;

use super::tables::ChatRow;

#[async_trait::async_trait]
impl PeopleStore for MemoryStore {
    async fn has_person(&self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.tables().people.contains_key(&person))
    }

    async fn find_former(&self, subject: &SubjectHash) -> Result<Option<Former>, StoreError> {
        let tables = self.tables();
        let found: Vec<_> = tables.former.values().filter(|(of, _)| of == subject).map(|(_, until)| *until).collect();
        Ok((!found.is_empty()).then(|| Former { suspended_until: found.into_iter().flatten().max() }))
    }

    async fn get_visitor(&self, telegram: TelegramId) -> Result<Visitor, StoreError> {
        let tables = self.tables();
        let visitor = tables.visitors.get(&telegram).cloned().unwrap_or_default();
        let person = tables.find_by_telegram(telegram).map(|row| RegisteredPerson {
            facts: row.facts.clone(),
            profile: row.profile.clone(),
            pseudonym: row.pseudonym.clone(),
            registered_at: row.registered_at,
        });
        Ok(Visitor {
            telegram,
            language: visitor.language,
            refused_at: visitor.refused_at,
            support_code: visitor.support_code,
            dialog: visitor.dialog,
            consent: visitor.consent,
            person,
        })
    }
}

fn record(chat: ChatId, row: &ChatRow) -> Option<ChatRecord> {
    let [first, second] = row.people;
    Some(ChatRecord { chat, people: [first?, second?], started_at: row.started_at, ended_at: row.ended.map(|(at, _, _)| at) })
}

#[async_trait::async_trait]
impl ChatStore for MemoryStore {
    async fn find_chat(&self, chat: ChatId) -> Result<Option<ChatRecord>, StoreError> {
        Ok(self.tables().chats.get(&chat).and_then(|row| record(chat, row)))
    }

    async fn find_last_chat(&self, person: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        let tables = self.tables();
        let last = tables.chats.iter().rev().filter_map(|(chat, row)| record(*chat, row));
        Ok(last.into_iter().find(|chat| chat.people.contains(&person)))
    }

    async fn find_pair(&self, telegram: TelegramId, message: MessageId) -> Result<Option<MessagePair>, StoreError> {
        let tables = self.tables();
        let find = |fits: &dyn Fn(&MessagePair) -> bool| tables.pairs.values().rev().find(|pair| fits(pair)).copied();
        Ok(find(&|pair| pair.from == telegram && pair.source == message)
            .or_else(|| find(&|pair| pair.to == telegram && pair.copy == message)))
    }

    async fn has_block(&self, one: PersonId, other: PersonId) -> Result<bool, StoreError> {
        let blocks = &self.tables().blocks;
        Ok(blocks.contains(&(one, other)) || blocks.contains(&(other, one)))
    }

    async fn list_last_pairs(&self, chat: ChatId, limit: u16) -> Result<Vec<MessagePair>, StoreError> {
        let tables = self.tables();
        let of_chat = tables.pairs.iter().rev().filter(|((of, _), _)| *of == chat);
        let mut pairs: Vec<_> = of_chat.take(usize::from(limit.clamp(1, 100))).map(|(_, pair)| *pair).collect();
        pairs.reverse();
        Ok(pairs)
    }
}

#[async_trait::async_trait]
impl ConductStore for MemoryStore {
    async fn list_open_reports(&self, bot: BotId, limit: u16) -> Result<Vec<OpenReport>, StoreError> {
        if bot != self.bot {
            return Ok(Vec::new());
        }
        let tables = self.tables();
        let mut open: Vec<_> = tables.reports.iter().filter(|(_, row)| row.is_open).collect();
        open.sort_by_key(|(number, row)| (row.report.reported_at, **number));
        let about = |person| open.iter().filter(|(_, row)| row.report.reported == person).count();
        let list = open.iter().take(usize::from(limit.clamp(1, 1000)));
        Ok(list
            .filter_map(|(number, row)| {
                Some(OpenReport {
                    report: ReportId::new(**number),
                    reporter: row.reporter.clone(),
                    reported: row.reported.clone()?,
                    reason: row.report.reason,
                    messages_count: u16::try_from(row.report.messages.len()).unwrap_or(u16::MAX),
                    reported_at: row.report.reported_at,
                    open_about_same: u32::try_from(about(row.report.reported)).unwrap_or(u32::MAX),
                })
            })
            .collect())
    }

    async fn insert_sanction(&self, bot: BotId, sanction: NewSanction) -> Result<SanctionOutcome, StoreError> {
        let mut tables = self.tables();
        let found = tables.people.values_mut().find(|row| bot == self.bot && row.pseudonym == sanction.pseudonym);
        let Some(row) = found else { return Ok(SanctionOutcome::UnknownPseudonym) };
        let until = match sanction.kind {
            SanctionKind::Ban => Some(Timestamp::MAX),
            SanctionKind::Suspend => Some(sanction.until),
            SanctionKind::Lift if row.facts.is_suspended(sanction.decided_at) => None,
            SanctionKind::Lift => return Ok(SanctionOutcome::NothingToLift),
        };
        row.facts.suspended_until = until;
        let person = row.facts.person;
        if until.is_some() {
            for report in tables.reports.values_mut().filter(|row| row.report.reported == person) {
                report.is_open = false;
            }
        }
        tables.insert_command(None, EngineCommand::Sanction { person, until, reason: sanction.reason.clone() });
        tables.sanctions.push(sanction);
        Ok(SanctionOutcome::Stored)
    }
}
