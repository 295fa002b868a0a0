//! The reading stores, and conduct, over the rows in memory.

use super::MemoryStore;
use crate::chat::Side;
use crate::conduct::{Former, NewSanction, OpenReport, SanctionKind, Subject, suspended_since};
use crate::correction::Whom;
use crate::decision::Appealable;
use crate::engine::event::EngineCommand;
use crate::id::{BotId, ChatId, MessageId, PersonId, ReportId, SanctionId, TelegramId};
use crate::ports::chats::{ChatRecord, ChatStore, MessagePair, Occupant};
use crate::ports::conduct::{ConductStore, SanctionOutcome};
use crate::ports::people::{PeopleStore, RegisteredPerson, Visitor};
use crate::ports::{DataStore, StoreError};
use crate::situation::Situation;
use crate::staff::Role;
use crate::tier::Upheld;
use crate::time::Timestamp;

use super::tables::{ReportRow, Tables};

#[async_trait::async_trait]
impl PeopleStore for MemoryStore {
    async fn has_person(&self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.tables().people.contains_key(&person))
    }

    async fn has_moderator(&self) -> Result<bool, StoreError> {
        Ok(self.tables().staff.iter().any(|member| member.role == Role::Moderator))
    }

    async fn find_suspended_since(&self, person: PersonId) -> Result<Option<Timestamp>, StoreError> {
        let tables = self.tables();
        let Some(row) = tables.people.values().find(|row| row.facts.person == person) else { return Ok(None) };
        let latest = tables.sanctions.iter().rev().filter(|sanction| sanction.pseudonym == row.pseudonym);
        Ok(suspended_since(latest.map(|sanction| (sanction.kind, sanction.until, sanction.decided_at))))
    }

    async fn find_appealable(
        &self,
        telegram: TelegramId,
        subject: &Subject,
        sanction: Option<SanctionId>,
        now: Timestamp,
    ) -> Result<Option<Appealable>, StoreError> {
        Ok(self.tables().find_appealable((telegram, subject), sanction, now))
    }

    async fn find_former(&self, subject: &Subject) -> Result<Option<Former>, StoreError> {
        let tables = self.tables();
        let found: Vec<_> = subject.hashes().filter_map(|hash| Some((hash, tables.accounts.get(&hash)?))).collect();
        Ok((!found.is_empty()).then(|| Former {
            suspended_until: found.iter().filter_map(|(_, row)| row.suspended_until).max(),
            is_under_older_key: found.iter().any(|(hash, _)| *hash != subject.hash),
        }))
    }

    async fn get_visitor(&self, telegram: TelegramId) -> Result<Visitor, StoreError> {
        let tables = self.tables();
        let visitor = tables.visitors.get(&telegram).cloned().unwrap_or_default();
        let person = tables.find_by_telegram(telegram).map(|row| RegisteredPerson {
            facts: row.facts.clone(),
            profile: row.profile.clone(),
            pseudonym: row.pseudonym.clone(),
        });
        Ok(Visitor {
            telegram,
            language: visitor.language,
            refused_at: visitor.refused_at,
            support_code: visitor.support_code,
            data_sent_at: visitor.data_sent_at,
            dialog: visitor.dialog,
            consent: visitor.consent,
            person,
        })
    }
}

#[async_trait::async_trait]
impl DataStore for MemoryStore {
    async fn find_data(&self, telegram: TelegramId, subject: &Subject) -> Result<Option<String>, StoreError> {
        let tables = self.tables();
        let is_known = tables.find_by_telegram(telegram).is_some()
            || tables.visitors.contains_key(&telegram)
            || subject.hashes().any(|hash| tables.accounts.contains_key(&hash));
        Ok(is_known.then(|| r#"{"stored":{},"withheld":{}}"#.to_owned()))
    }
}

fn record(tables: &Tables, chat: ChatId) -> Option<ChatRecord> {
    let row = tables.chats.get(&chat)?;
    let occupant = |side: Side, person: Option<PersonId>| match person {
        Some(person) => Occupant::Here(person),
        None => Occupant::Left(tables.leaver(chat, side).map(|row| row.account)),
    };
    let [first, second] = row.people;
    let people = [occupant(Side::First, first), occupant(Side::Second, second)];
    let (started_at, is_meeting) = (row.started_at, row.is_meeting);
    Some(ChatRecord { chat, people, started_at, is_meeting, ended_at: row.ended.map(|(at, _, _)| at) })
}

#[async_trait::async_trait]
impl ChatStore for MemoryStore {
    async fn find_chat(&self, chat: ChatId) -> Result<Option<ChatRecord>, StoreError> {
        Ok(record(&self.tables(), chat))
    }

    async fn find_last_chat(&self, person: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        let tables = self.tables();
        let mut chats = tables.chats.iter().rev().filter(|(_, row)| !row.is_meeting);
        let last = chats.find(|(_, row)| row.people.contains(&Some(person)));
        Ok(last.and_then(|(chat, _)| record(&tables, *chat)))
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
    async fn read_situation(
        &self,
        bot: BotId,
        whom: &Whom,
        _read_by: &str,
        now: Timestamp,
    ) -> Result<Option<Situation>, StoreError> {
        Ok(if bot == self.bot { self.tables().situation(whom, now) } else { None })
    }

    async fn list_open_reports(&self, bot: BotId, limit: u16) -> Result<Vec<OpenReport>, StoreError> {
        if bot != self.bot {
            return Ok(Vec::new());
        }
        let tables = self.tables();
        let mut open: Vec<_> = tables.reports.iter().filter(|(_, row)| row.is_open).collect();
        open.sort_by_key(|(number, row)| (row.report.reported_at, **number));
        let about = |same: &ReportRow| open.iter().filter(|(_, row)| row.about == same.about).count();
        let list = open.iter().take(usize::from(limit.clamp(1, 1000)));
        Ok(list
            .map(|(number, row)| OpenReport {
                report: ReportId::new(**number),
                reported: row.about.clone(),
                reason: row.report.reason,
                messages_count: u16::try_from(row.report.messages.len()).unwrap_or(u16::MAX),
                reported_at: row.report.reported_at,
                open_about_same: u32::try_from(about(row)).unwrap_or(u32::MAX),
            })
            .collect())
    }

    async fn insert_sanction(&self, bot: BotId, sanction: NewSanction) -> Result<SanctionOutcome, StoreError> {
        let mut tables = self.tables();
        let named = tables.people.values().find(|row| row.pseudonym == sanction.pseudonym).map(|row| row.facts.person);
        let account = match named {
            Some(person) => tables.account_of(person),
            None => tables.former.get(&sanction.pseudonym).copied(),
        };
        if bot != self.bot || (named.is_none() && account.is_none()) {
            return Ok(SanctionOutcome::UnknownPseudonym);
        }
        let back = account.and_then(|hash| tables.accounts.get(&hash)?.person);
        let person = named.or(back).filter(|person| tables.people.contains_key(person));
        let live = person.and_then(|person| tables.people.get(&person)).and_then(|row| row.facts.suspended_until);
        let left = account.and_then(|hash| tables.accounts.get(&hash)?.suspended_until);
        let is_lift = sanction.kind == SanctionKind::Lift;
        if is_lift && live.max(left).is_none_or(|until| until <= sanction.decided_at) {
            return Ok(SanctionOutcome::NothingToLift);
        }
        let until = sanction.kind.suspends().then_some(sanction.until);
        if is_lift || until.is_some() {
            tables.suspend((person, account), until);
        }
        if let Some(row) = person.and_then(|person| tables.people.get_mut(&person)) {
            row.remove(sanction.text);
        }
        let is_upheld =
            !is_lift && tables.reports.values().any(|row| row.is_open && row.reported.is_some() && row.reported == person);
        if !is_lift {
            let pseudonyms: Vec<_> =
                tables.former.iter().filter(|(_, hash)| Some(**hash) == account).map(|(name, _)| name.clone()).collect();
            let is_about =
                |row: &ReportRow| (row.reported.is_some() && row.reported == person) || pseudonyms.contains(&row.about);
            let about: Vec<_> =
                tables.reports.iter().filter(|(_, row)| row.is_open && is_about(row)).map(|(number, _)| *number).collect();
            tables.close_reports(&about, true);
        }
        tables.sanctions.push(sanction.clone());
        if let Some(person) = person {
            if is_lift {
                tables.upheld.retain(|(of, upheld)| *of != person || upheld.until <= sanction.decided_at);
            } else if is_upheld {
                let upheld = Upheld { at: sanction.decided_at, until: until.unwrap_or(sanction.decided_at) };
                tables.upheld.push((person, upheld));
                tables.insert_command(None, EngineCommand::Upheld { person, upheld });
            }
            let news = tables.news_of(&sanction).filter(|_| !is_lift);
            tables.insert_command(None, EngineCommand::Sanction { person, until, reason: sanction.reason, news });
        }
        Ok(SanctionOutcome::Stored)
    }
}
