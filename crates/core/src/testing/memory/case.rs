//! Cases over the rows in memory.

use std::collections::BTreeMap;

use super::MemoryStore;
use super::tables::{ReportRow, Tables};
use crate::case::{CLAIM, Case, CaseLine, CaseRefusal, Claim, Exhibit, Filed, Former, Queue, RECENT, Record, Verdict};
use crate::case::{gravity, severity, sort};
use crate::chat::Sent;
use crate::conduct::{NewSanction, REPORTED_MESSAGES, SanctionKind};
use crate::decision::{Appeal, PendingBan, STRIKE};
use crate::evidence::Copies;
use crate::id::{BotId, ChatId, MessageId, OutboxId, PersonId, ReportId, SanctionId, TelegramId};
use crate::ports::case::{CaseError, CaseStore, NewReview, NewVerdict, Reader, ReviewError};
use crate::ports::{ConductStore as _, StoreError};
use crate::staff::account_of;

/// A message frozen with a report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frozen {
    is_by_reported: bool,
    /// Its id on the reporter's side.
    pub(super) id: Option<MessageId>,
    pair: OutboxId,
    sent: Option<Sent>,
}

/// The open reports of a case, by number.
type Reports<'a> = Vec<(i64, &'a ReportRow)>;

impl Tables {
    /// Freezes the last messages of a chat as they lie with `reporter`.
    pub(super) fn freeze(&self, chat: ChatId, reporter: TelegramId) -> Vec<Frozen> {
        let of_chat = self.pairs.iter().rev().filter(|((of, _), _)| *of == chat).take(REPORTED_MESSAGES);
        let mut frozen: Vec<_> = of_chat
            .map(|((_, number), pair)| Frozen {
                is_by_reported: pair.from != reporter,
                id: Some(pair.on_side_of(reporter)),
                pair: *number,
                sent: self.sent.get(number).copied(),
            })
            .collect();
        frozen.reverse();
        frozen
    }

    fn open_cases(&self) -> BTreeMap<i64, Reports<'_>> {
        let open: Reports<'_> = self.reports.iter().filter(|(_, row)| row.is_open).map(|(id, row)| (*id, row)).collect();
        let mut cases = BTreeMap::<i64, Reports<'_>>::new();
        for &(id, row) in &open {
            let is_same = |other: &&(i64, &ReportRow)| (other.1.reported, &other.1.about) == (row.reported, &row.about);
            let case = open.iter().find(is_same).map_or(id, |(first, _)| *first);
            cases.entry(case).or_default().push((id, row));
        }
        cases
    }

    fn record(&self, row: &ReportRow) -> Record {
        let by = row.report.reporter;
        let Some(person) = self.people.get(&by) else { return Record::default() };
        let closed = self.reports.values().filter(|other| !other.is_open && other.report.reporter == by);
        let (upheld, dismissed): (Vec<_>, Vec<_>) = closed.partition(|other| other.is_upheld);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let days = row.report.reported_at.since(person.registered_at).as_secs() / 86_400;
        Record {
            days: u32::try_from(days).unwrap_or(u32::MAX),
            chats: person.facts.chats_count,
            upheld: count(upheld.len()),
            dismissed: count(dismissed.len()),
        }
    }

    fn sanctions_before(&self, row: &ReportRow) -> u32 {
        let since = row.report.reported_at.minus(STRIKE);
        let about = self.sanctions.iter().enumerate().filter(|(place, past)| {
            let counts = past.kind != SanctionKind::Lift && past.decided_at > since && !self.is_overturned(*place);
            counts && past.pseudonym == row.about
        });
        u32::try_from(about.filter(|_| row.reported.is_some()).count()).unwrap_or(u32::MAX)
    }

    fn line(&self, case: i64, reports: &[(i64, &ReportRow)], reader: Reader<'_>) -> Option<CaseLine> {
        let (_, first) = reports.first()?;
        let weighed = reports.iter().map(|(_, row)| (gravity(row.report.reason, &self.record(row)), row.report.reason));
        let gravest = weighed.clone().rev().max_by_key(|(weighs, _)| *weighs)?;
        Some(CaseLine {
            case: ReportId::new(case),
            about: first.about.clone(),
            queue: reports.iter().map(|(_, row)| Queue::of(row.report.reason)).min()?,
            severity: severity([gravest.0], self.sanctions_before(first)),
            reason: gravest.1,
            reports: u32::try_from(reports.len()).unwrap_or(u32::MAX),
            opened_at: first.report.reported_at,
            claim: self.claims.get(&case).filter(|claim| claim.until > reader.at).cloned(),
        })
    }

    fn is_involved(&self, reports: &[(i64, &ReportRow)], reader: Reader<'_>) -> bool {
        reports.iter().any(|(_, row)| {
            let parties = [row.reported, Some(row.report.reporter)];
            parties.into_iter().flatten().any(|other| self.is_close(other, reader))
        })
    }

    /// Reports whether a member is this person, or close to them.
    pub(super) fn is_close(&self, other: PersonId, reader: Reader<'_>) -> bool {
        let members = self.staff.iter().filter(|member| member.name == account_of(reader.by));
        let names: Vec<_> = members.filter_map(|member| member.person.as_ref()).collect();
        let mut selves = self.people.values().filter(|row| names.contains(&&row.pseudonym)).map(|row| row.facts.person);
        selves.any(|me| other == me || self.are_close(me, other, reader))
    }

    fn are_close(&self, me: PersonId, other: PersonId, reader: Reader<'_>) -> bool {
        let since = reader.at.minus(RECENT);
        self.friends.contains_key(&(me, other))
            || self.chats.values().any(|chat| {
                let is_recent = chat.ended.is_none_or(|(at, ..)| at > since);
                !chat.is_meeting && is_recent && [me, other].iter().all(|person| chat.people.contains(&Some(*person)))
            })
    }

    fn find_case(&self, case: ReportId, reader: Reader<'_>) -> Result<(CaseLine, Reports<'_>), CaseRefusal> {
        let reports = self.open_cases().remove(&case.get()).ok_or(CaseRefusal::Unknown)?;
        let line = self.line(case.get(), &reports, reader).ok_or(CaseRefusal::Unknown)?;
        match line {
            _ if self.is_involved(&reports, reader) => Err(CaseRefusal::Involved),
            line if !reader.queues.contains(&line.queue) => Err(CaseRefusal::NotForYou),
            line => Ok((line, reports)),
        }
    }

    /// What stood in a message before each change, for those who see cases of this queue.
    fn former(&self, pair: OutboxId, queue: Queue) -> Vec<Former> {
        let is_of_child = |row: &ReportRow| {
            Queue::of(row.report.reason) == Queue::ChildSafety && row.frozen.iter().any(|frozen| frozen.pair == pair)
        };
        let is_hidden = queue != Queue::ChildSafety && self.reports.values().any(is_of_child);
        let former = self.former_words.values().filter(|row| row.pair == pair).map(|row| match &row.words {
            _ if is_hidden => Former::ForChildSafety,
            Some(words) => Former::Words(words.clone()),
            None => Former::Unknown,
        });
        former.collect()
    }

    fn filed(&self, (id, row): (i64, &ReportRow), queue: Queue) -> Filed {
        let exhibit = |frozen: &Frozen| Exhibit {
            is_by_reported: Some(frozen.is_by_reported),
            is_meant: frozen.id.is_some() && frozen.id == row.report.message,
            sent: frozen.sent,
            former: self.former(frozen.pair, queue),
        };
        Filed {
            report: ReportId::new(id),
            reason: row.report.reason,
            reported_at: row.report.reported_at,
            reporter: self.record(row),
            is_about_one: row.report.message.is_some(),
            words: row.words.clone(),
            evidence: row.frozen.iter().map(exhibit).collect(),
            copies: Copies::default(),
        }
    }
}

#[async_trait::async_trait]
impl CaseStore for MemoryStore {
    async fn list_cases(&self, _bot: BotId, reader: Reader<'_>) -> Result<Vec<CaseLine>, StoreError> {
        let tables = self.tables();
        let open = tables.open_cases();
        let seen = open.iter().filter(|(_, reports)| !tables.is_involved(reports, reader));
        let mut lines: Vec<_> = seen.filter_map(|(case, reports)| tables.line(*case, reports, reader)).collect();
        lines.retain(|line| reader.queues.contains(&line.queue));
        sort(&mut lines);
        Ok(lines)
    }

    async fn show_case(&self, _bot: BotId, case: ReportId, reader: Reader<'_>) -> Result<Case, CaseError> {
        let mut tables = self.tables();
        let (mut line, reports) = tables.find_case(case, reader)?;
        let sanctions_before = reports.first().map_or(0, |(_, row)| tables.sanctions_before(row));
        let filed = reports.iter().map(|row| tables.filed(*row, line.queue)).collect();
        let is_free = line.claim.as_ref().is_none_or(|claim| claim.by == reader.by);
        if is_free {
            line.claim = Some(Claim { by: reader.by.to_owned(), until: reader.at.plus(CLAIM) });
        }
        tables.claims.extend(line.claim.clone().map(|claim| (case.get(), claim)));
        Ok(Case { line, sanctions_before, reports: filed })
    }

    async fn decide_case(&self, bot: BotId, decided: &NewVerdict, reader: Reader<'_>) -> Result<(), CaseError> {
        let (about, gravest, numbers) = {
            let tables = self.tables();
            let (line, reports) = tables.find_case(decided.case, reader)?;
            match line.claim {
                Some(claim) if claim.by == reader.by => {}
                Some(claim) => return Err(CaseRefusal::Claimed(claim).into()),
                None => return Err(CaseRefusal::NotClaimed.into()),
            }
            (line.about, line.reason, reports.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        };
        if let Verdict::Sanction { rule, decision } = decided.verdict {
            let sanction = NewSanction::new(about.as_str(), decision, &decided.reason, reader.by, reader.at);
            let sanction = sanction.map_err(|_bad| CaseRefusal::Reason)?.for_breaking(rule.unwrap_or(gravest));
            self.insert_sanction(bot, sanction).await?;
        }
        let mut tables = self.tables();
        let open: Vec<_> = numbers.into_iter().filter(|id| tables.reports.get(id).is_some_and(|row| row.is_open)).collect();
        tables.close_reports(&open, false);
        tables.claims.remove(&decided.case.get());
        Ok(())
    }

    async fn list_pending_bans(&self, _bot: BotId, reader: Reader<'_>) -> Result<Vec<PendingBan>, StoreError> {
        Ok(self.tables().pending_bans(reader))
    }

    async fn confirm_ban(&self, _bot: BotId, ban: SanctionId, reader: Reader<'_>) -> Result<(), ReviewError> {
        Ok(self.tables().confirm(ban, reader)?)
    }

    async fn list_appeals(&self, _bot: BotId, reader: Reader<'_>) -> Result<Vec<Appeal>, StoreError> {
        Ok(self.tables().open_appeals(reader))
    }

    async fn decide_appeal(&self, _bot: BotId, decided: &NewReview, reader: Reader<'_>) -> Result<(), ReviewError> {
        Ok(self.tables().review(decided, reader)?)
    }
}
