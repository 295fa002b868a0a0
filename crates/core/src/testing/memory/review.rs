//! Decisions, their second look and appeals over the rows in memory.

use super::tables::{PersonRow, Tables};
use crate::conduct::ProfileText;
use crate::conduct::{NewSanction, SanctionKind, Subject, SubjectHash};
use crate::decision::{
    Appeal, AppealNews, Appealable, DecisionNews, NewAppeal, PendingBan, ReviewRefusal, days_lost, may_review,
};
use crate::engine::News;
use crate::engine::event::EngineCommand;
use crate::id::{PersonId, SanctionId, TelegramId};
use crate::person::OwnCard;
use crate::ports::case::{NewReview, Reader};
use crate::ports::ledger::NewGrant;
use crate::staff::account_of;
use crate::time::Timestamp;

/// An appeal; its number is its decision's.
#[derive(Clone, Debug)]
pub(super) struct AppealRow {
    appeal: NewAppeal,
    telegram: TelegramId,
    /// Whether the decision was taken back; `None` = it is open.
    outcome: Option<bool>,
}

impl PersonRow {
    /// Removes a text of the profile.
    pub(super) fn remove(&mut self, text: Option<ProfileText>) {
        match text {
            Some(ProfileText::Bio) => self.profile.bio = None,
            Some(ProfileText::City) => (self.profile.city, self.facts.city_mark) = (None, None),
            None => return,
        }
        self.facts.card = OwnCard::of(&self.profile);
    }
}

fn place_of(sanction: SanctionId) -> Option<usize> {
    usize::try_from(sanction.get()).ok()?.checked_sub(1)
}

fn number_of(place: usize) -> SanctionId {
    SanctionId::new(i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1))
}

impl Tables {
    /// Suspends a person and the account they had, or ends that.
    pub(super) fn suspend(&mut self, (person, account): (Option<PersonId>, Option<SubjectHash>), until: Option<Timestamp>) {
        if let Some(row) = person.and_then(|person| self.people.get_mut(&person)) {
            row.facts.suspended_until = until;
        }
        if let Some(row) = account.and_then(|hash| self.accounts.get_mut(&hash)) {
            row.suspended_until = until;
        }
    }

    /// Closes reports, and tells the people who made them.
    pub(super) fn close_reports(&mut self, numbers: &[i64], is_upheld: bool) {
        for number in numbers {
            let Some(row) = self.reports.get_mut(number) else { continue };
            (row.is_open, row.is_upheld) = (false, is_upheld);
            let person = row.report.reporter;
            if self.people.contains_key(&person) {
                self.insert_command(None, EngineCommand::Tell { person, news: News::Report { is_upheld } });
            }
        }
    }

    /// What the person reads of the decision that was stored last.
    pub(super) fn news_of(&self, last: &NewSanction) -> Option<DecisionNews> {
        let sanction = number_of(self.sanctions.len().checked_sub(1)?);
        let is_pending = last.kind == SanctionKind::Ban && last.until != Timestamp::MAX;
        Some(DecisionNews { sanction, kind: last.kind, text: last.text, rule: last.rule, is_pending })
    }

    /// Reports whether a decision was taken back.
    pub(super) fn is_overturned(&self, place: usize) -> bool {
        self.appeals.get(&number_of(place).get()).is_some_and(|row| row.outcome == Some(true))
    }

    /// The person and the account that a decision is about.
    fn subjects(&self, sanction: &NewSanction) -> (Option<PersonId>, Option<SubjectHash>) {
        let named = self.people.values().find(|row| row.pseudonym == sanction.pseudonym).map(|row| row.facts.person);
        let account = match named {
            Some(person) => self.account_of(person),
            None => self.former.get(&sanction.pseudonym).copied(),
        };
        let back = account.and_then(|hash| self.accounts.get(&hash)?.person);
        (named.or(back).filter(|person| self.people.contains_key(person)), account)
    }

    /// Until when somebody is suspended by all that was decided and not taken back since the last lift.
    fn still_suspended(&self, subjects: (Option<PersonId>, Option<SubjectHash>), now: Timestamp) -> Option<Timestamp> {
        let about = self.sanctions.iter().enumerate().filter(|(_, other)| self.subjects(other) == subjects);
        let since_lift = about.rev().take_while(|(_, other)| other.kind != SanctionKind::Lift);
        let holds = since_lift.filter(|(place, other)| other.kind.suspends() && other.until > now && !self.is_overturned(*place));
        holds.map(|(_, other)| other.until).max()
    }

    pub(super) fn find_appealable(
        &self,
        (telegram, subject): (TelegramId, &Subject),
        sanction: Option<SanctionId>,
        now: Timestamp,
    ) -> Option<Appealable> {
        if self.visitors.get(&telegram).is_some_and(|visitor| visitor.refused_at.is_some()) {
            return None;
        }
        let me = self.find_by_telegram(telegram).map(|row| row.facts.person);
        let is_mine = |decided: &NewSanction| {
            let (person, account) = self.subjects(decided);
            (person.is_some() && person == me) || account.is_some_and(|hash| subject.hashes().any(|other| other == hash))
        };
        let mine = self
            .sanctions
            .iter()
            .enumerate()
            .rev()
            .filter(|(place, decided)| decided.kind != SanctionKind::Lift && !self.is_overturned(*place) && is_mine(decided));
        let found = mine.map(|(place, decided)| (number_of(place), decided)).find(|(number, decided)| match sanction {
            Some(wanted) => wanted == *number,
            None => decided.kind.suspends() && decided.until > now,
        });
        found.map(|(sanction, _)| Appealable { sanction, is_appealed: self.appeals.contains_key(&sanction.get()) })
    }

    pub(super) fn appeal(&mut self, telegram: TelegramId, appeal: &NewAppeal) {
        if self.find_appealable((telegram, &appeal.subject), Some(appeal.sanction), appeal.at).is_some() {
            let row = AppealRow { appeal: appeal.clone(), telegram, outcome: None };
            self.appeals.entry(appeal.sanction.get()).or_insert(row);
        }
    }

    pub(super) fn pending_bans(&self, reader: Reader<'_>) -> Vec<PendingBan> {
        let pending = self.sanctions.iter().enumerate().filter(|(place, ban)| {
            ban.kind == SanctionKind::Ban && ban.until > reader.at && ban.until != Timestamp::MAX && !self.is_overturned(*place)
        });
        let seen = pending.filter(|(_, ban)| reader.may_see(ban.rule) && !self.is_about_close(ban, reader));
        seen.map(|(place, ban)| PendingBan {
            sanction: number_of(place),
            about: ban.pseudonym.clone(),
            rule: ban.rule,
            reason: ban.reason.clone(),
            decided_by: ban.decided_by.clone(),
            decided_at: ban.decided_at,
            until: ban.until,
        })
        .collect()
    }

    fn is_about_close(&self, sanction: &NewSanction, reader: Reader<'_>) -> bool {
        self.subjects(sanction).0.is_some_and(|person| self.is_close(person, reader))
    }

    /// Finds what a member looks at again, if they may.
    fn reviewed(
        &self,
        sanction: SanctionId,
        reader: Reader<'_>,
        since: impl Fn(&NewSanction) -> Option<Timestamp>,
    ) -> Result<(usize, NewSanction), ReviewRefusal> {
        let place = place_of(sanction).ok_or(ReviewRefusal::Unknown)?;
        let decided = self.sanctions.get(place).filter(|decided| reader.may_see(decided.rule)).ok_or(ReviewRefusal::Unknown)?;
        let since = since(decided).ok_or(ReviewRefusal::Unknown)?;
        if self.is_about_close(decided, reader) {
            return Err(ReviewRefusal::Involved);
        }
        let is_same = account_of(&decided.decided_by) == account_of(reader.by);
        may_review(is_same, reader.is_alone, since, reader.at)?;
        Ok((place, decided.clone()))
    }

    pub(super) fn confirm(&mut self, ban: SanctionId, reader: Reader<'_>) -> Result<(), ReviewRefusal> {
        let pending: Vec<_> = self.pending_bans(Reader { by: "", ..reader }).iter().map(|pending| pending.sanction).collect();
        let (place, mut decided) = self.reviewed(ban, reader, |decided| pending.contains(&ban).then_some(decided.decided_at))?;
        decided.until = Timestamp::MAX;
        if let Some(row) = self.sanctions.get_mut(place) {
            row.until = Timestamp::MAX;
        }
        let subjects = self.subjects(&decided);
        self.suspend(subjects, Some(Timestamp::MAX));
        if let Some(person) = subjects.0 {
            let news =
                DecisionNews { sanction: ban, kind: decided.kind, text: decided.text, rule: decided.rule, is_pending: false };
            let (until, reason, news) = (Some(Timestamp::MAX), decided.reason, Some(news));
            self.insert_command(None, EngineCommand::Sanction { person, until, reason, news });
        }
        Ok(())
    }

    pub(super) fn open_appeals(&self, reader: Reader<'_>) -> Vec<Appeal> {
        let open = self.appeals.iter().filter(|(_, row)| row.outcome.is_none());
        let shown = open.filter_map(|(number, row)| {
            let decided = self.sanctions.get(place_of(SanctionId::new(*number))?)?;
            (reader.may_see(decided.rule) && !self.is_about_close(decided, reader)).then(|| Appeal {
                sanction: SanctionId::new(*number),
                about: decided.pseudonym.clone(),
                kind: decided.kind,
                rule: decided.rule,
                until: decided.kind.suspends().then_some(decided.until),
                reason: decided.reason.clone(),
                decided_by: decided.decided_by.clone(),
                decided_at: decided.decided_at,
                words: Some(row.appeal.words.clone()),
                written_at: row.appeal.at,
            })
        });
        let mut appeals: Vec<_> = shown.collect();
        appeals.sort_by_key(|appeal| (appeal.written_at, appeal.sanction));
        appeals
    }

    pub(super) fn review(&mut self, decided: &NewReview, reader: Reader<'_>) -> Result<(), ReviewRefusal> {
        let number = decided.sanction.get();
        let row = self.appeals.get(&number).filter(|row| row.outcome.is_none()).cloned().ok_or(ReviewRefusal::Unknown)?;
        let (_, sanction) = self.reviewed(decided.sanction, reader, |_| Some(row.appeal.at))?;
        if let Some(row) = self.appeals.get_mut(&number) {
            row.outcome = Some(decided.is_overturned);
        }
        let subjects = self.subjects(&sanction);
        if decided.is_overturned {
            self.upheld.retain(|(person, upheld)| Some(*person) != subjects.0 || upheld.at != sanction.decided_at);
        }
        if decided.is_overturned && sanction.kind.suspends() {
            self.suspend(subjects, self.still_suspended(subjects, reader.at));
            if let Some(person) = subjects.0 {
                self.give_back(person, &sanction, (decided, reader));
            }
        }
        let suspended_until = match subjects {
            (Some(person), _) => self.people.get(&person).and_then(|row| row.facts.suspended_until),
            (None, account) => account.and_then(|hash| self.accounts.get(&hash)?.suspended_until),
        };
        let news = AppealNews { is_overturned: decided.is_overturned, note: decided.note.clone() };
        let (telegram, language, decided_at) = (row.telegram, row.appeal.language, sanction.decided_at);
        self.insert_command(None, EngineCommand::Appealed { telegram, language, news, decided_at, suspended_until });
        Ok(())
    }

    /// Gives back the days of premium that a decision took.
    fn give_back(&mut self, person: PersonId, sanction: &NewSanction, (decided, reader): (&NewReview, Reader<'_>)) {
        let premium_until = self.money.entitlement(person).until;
        let days = days_lost(sanction.decided_at, [reader.at, sanction.until], premium_until);
        if days > 0 {
            let pseudonym = sanction.pseudonym.clone();
            let (reason, granted_by) = (decided.note.clone(), reader.by.to_owned());
            self.give(person, NewGrant { pseudonym, days, reason, granted_by, granted_at: reader.at });
        }
    }
}
