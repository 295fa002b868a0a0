//! A lane's changes, applied to the rows.

use super::former::LeaverRow;
use super::tables::{PersonRow, ReportRow, Tables, conflict};
use crate::chat::Side;
use crate::conduct::{NewReport, NewSanction, Pseudonym, REPORT_WINDOW, ReportWords, SanctionKind};
use crate::correction::SupportCode;
use crate::engine::event::{EndCause, EngineCommand, FactsChange, Finished};
use crate::id::{ChatId, InboxId, PersonId, TelegramId};
use crate::person::registration::NewPerson;
use crate::person::{City, OwnCard, UiLanguage};
use crate::ports::journal::{Change, LaneResult};
use crate::ports::{Entropy as _, StoreError};
use crate::testing::{SeededEntropy, registered};
use crate::time::{Day, Timestamp};

impl Tables {
    /// Applies a lane's result to a copy and keeps the copy if no rule is broken.
    pub(super) fn apply_lane(&mut self, work: &LaneResult) -> Result<Finished, StoreError> {
        let LaneResult { inbox, telegram, changes, outgoing, .. } = work;
        let (inbox, telegram) = (*inbox, *telegram);
        let mut after = self.clone();
        if after.inbox.remove(&inbox).is_none() {
            return Err(StoreError::NotFound);
        }
        let mut finished = Finished::default();
        let mut uncounted = Vec::new();
        let mut registered = None;
        let (mut are_facts_touched, mut is_erased) = (false, false);
        for change in changes {
            match change {
                Change::ToEngine(EngineCommand::Rated { chat, .. }) if uncounted.contains(chat) => {}
                Change::ToEngine(command) => {
                    let id = after.insert_command(Some(inbox), command.clone());
                    finished.commands.push((id, command.clone()));
                }
                Change::Rate { chat, rater, rated, is_good, .. } => {
                    if after.has_written(*chat, *rated, *rater) && !after.ratings.contains_key(&(*chat, *rater)) {
                        after.ratings.insert((*chat, *rater), (*rated, *is_good));
                        after.count_rating(*rated, *is_good);
                    } else {
                        uncounted.push(*chat);
                    }
                }
                Change::BlockAccount { blocker, blocked, cause, .. } => {
                    let back = after.block_account(*blocker, *blocked).map(|person| (*blocker, person));
                    after.separate(inbox, back, *cause, &mut finished);
                }
                Change::Recall(subject) => {
                    are_facts_touched = true;
                    let separated = after.recall(telegram, subject);
                    after.separate(inbox, separated, EndCause::Block, &mut finished);
                }
                other => {
                    are_facts_touched |= matches!(
                        other,
                        Change::SetLanguage(_) | Change::Register(_) | Change::Profile(..) | Change::Preferences(..)
                    );
                    is_erased |= matches!(other, Change::Erase(_));
                    after.apply_change(telegram, other)?;
                    if matches!(other, Change::Register(_)) {
                        registered = after.find_by_telegram(telegram).map(|row| row.facts.person);
                    }
                    after.apply_money(other, registered, &mut finished)?;
                }
            }
        }
        for row in outgoing {
            after.insert_outbox(row)?;
        }
        finished.facts = match after.find_by_telegram(telegram) {
            _ if is_erased => Some(FactsChange::Erased),
            Some(row) if are_facts_touched => Some(FactsChange::Registered(Box::new(row.facts.clone()))),
            _ => None,
        };
        *self = after;
        Ok(finished)
    }

    /// Has the engine keep these apart.
    fn separate(
        &mut self,
        inbox: InboxId,
        pairs: impl IntoIterator<Item = (PersonId, PersonId)>,
        cause: EndCause,
        finished: &mut Finished,
    ) {
        for (by, other) in pairs {
            let command = EngineCommand::Separate { by, other, cause };
            finished.commands.push((self.insert_command(Some(inbox), command.clone()), command));
        }
    }

    fn count_rating(&mut self, rated: PersonId, is_good: bool) {
        if let Some(row) = self.people.get_mut(&rated) {
            let count = if is_good { &mut row.facts.ratings_up } else { &mut row.facts.ratings_down };
            *count = count.saturating_add(1);
        }
    }

    /// Refuses an account as a minor's; reports whether it was not refused before.
    fn refuse(&mut self, telegram: TelegramId, at: Timestamp, born: Option<Day>, code: &SupportCode) -> bool {
        let row = self.visitors.entry(telegram).or_default();
        row.support_code.get_or_insert_with(|| code.clone());
        let is_first = row.refused_at.is_none();
        if is_first {
            (row.refused_at, row.refused_born) = (Some(at), born);
        }
        is_first
    }

    /// Suspends forever a person who says that they are a minor.
    fn ban_minor(&mut self, person: PersonId, decided_at: Timestamp) {
        let Some(row) = self.people.get_mut(&person) else { return };
        let until = Timestamp::MAX;
        row.facts.suspended_until = Some(until);
        let (pseudonym, kind) = (row.pseudonym.clone(), SanctionKind::Ban);
        let (reason, decided_by) = ("said that they are under 18".to_owned(), "themselves".to_owned());
        self.sanctions.push(NewSanction { pseudonym, kind, text: None, rule: None, until, reason, decided_by, decided_at });
    }

    fn set_language(&mut self, telegram: TelegramId, language: UiLanguage) {
        self.visitors.entry(telegram).or_default().language = Some(language);
        if let Some(row) = self.people.values_mut().find(|row| row.facts.telegram == telegram) {
            row.facts.language = language;
        }
    }

    fn apply_change(&mut self, telegram: TelegramId, change: &Change) -> Result<(), StoreError> {
        match change {
            Change::SetLanguage(language) => self.set_language(telegram, *language),
            Change::Consent(consent) => self.visitors.entry(telegram).or_default().consent = Some(*consent),
            Change::RefuseMinor { at, born, code } => drop(self.refuse(telegram, *at, *born, code)),
            Change::RefuseMember { person, at, code } => {
                if self.refuse(telegram, *at, None, code) {
                    self.ban_minor(*person, *at);
                }
            }
            Change::Forget => self.forget(telegram),
            Change::Dialog(dialog) => self.visitors.entry(telegram).or_default().dialog.clone_from(dialog),
            Change::Register(person) => self.register(person)?,
            Change::Profile(person, profile) => {
                if let Some(row) = self.people.get_mut(person) {
                    let (gender, born) = (row.profile.gender, row.profile.born);
                    row.profile = profile.as_ref().clone();
                    (row.profile.gender, row.profile.born) = (gender, born);
                    row.facts.country = profile.country;
                    row.facts.city_mark = profile.city.as_ref().map(City::mark);
                    row.facts.languages = profile.languages;
                    row.facts.interests = profile.interests;
                    row.facts.card = OwnCard::of(profile);
                }
            }
            Change::Preferences(person, wanted) => {
                if let Some(row) = self.people.get_mut(person) {
                    row.facts.preferences = wanted.clone();
                }
            }
            Change::Block { blocker, blocked, chat, .. } => {
                if self.people.contains_key(blocker) && self.people.contains_key(blocked) {
                    self.blocks.insert((*blocker, *blocked));
                } else if let Some(account) = self.leaver_of(*chat, *blocker).map(|row| row.account) {
                    self.block_account(*blocker, account);
                }
                self.unfriend(*blocker, *blocked);
            }
            Change::AskFriend { asker, other, chat, at } => self.ask_friend(*asker, *other, *chat, *at),
            Change::Befriend { person, asker, at } => self.befriend(*person, *asker, *at),
            Change::Unfriend { person, friend } => self.unfriend(*person, *friend),
            Change::Report(report) => self.report(report),
            Change::ReportWords(ReportWords { chat, reporter, words }) => {
                let is_theirs = |row: &&mut ReportRow| row.is_open && (row.report.chat, row.report.reporter) == (*chat, *reporter);
                if let Some(row) = self.reports.values_mut().find(is_theirs) {
                    row.words.get_or_insert_with(|| words.clone());
                }
            }
            Change::Remember { person, subject } => self.remember(*person, subject),
            Change::Unconsent => self.visitors.entry(telegram).or_default().consent = None,
            Change::DataSent { at } => self.visitors.entry(telegram).or_default().data_sent_at = Some(*at),
            Change::Leaving { person, at } => {
                if let Some(row) = self.people.get_mut(person) {
                    row.facts.leaves_at = *at;
                }
            }
            Change::Appeal(appeal) => self.appeal(telegram, appeal),
            Change::Erase(person) => self.erase(*person)?,
            // These are the caller's.
            Change::Rate { .. }
            | Change::BlockAccount { .. }
            | Change::Recall(_)
            | Change::ToEngine(_)
            // Money has a function of its own.
            | Change::BookPayment(_)
            | Change::RequestRefund(_)
            | Change::WithdrawRefund(_)
            | Change::BookRefund(_)
            | Change::CloseSubscription { .. }
            | Change::Grant(_)
            | Change::MoveCoins(_)
            | Change::OpenInvites { .. }
            | Change::RecordInvite { .. } => {}
        }
        Ok(())
    }

    fn register(&mut self, person: &NewPerson) -> Result<(), StoreError> {
        let telegram = person.telegram();
        if self.visitors.get(&telegram).is_some_and(|row| row.refused_at.is_some()) {
            return Err(conflict("visitors_refused_at_check"));
        }
        if self.find_by_telegram(telegram).is_some() {
            return Err(conflict("people_bot_id_telegram_id_key"));
        }
        let id = PersonId::new(self.next_number());
        let profile = person.profile();
        let facts = registered(id, person);
        let bits = SeededEntropy::new(id.get().cast_unsigned()).next_u64();
        let registered_at = person.registered_at();
        let row = PersonRow { facts, profile: profile.clone(), pseudonym: Pseudonym::from_random(bits), registered_at };
        self.people.insert(id, row);
        self.visitors.entry(telegram).or_default().consent = Some(person.consent());
        Ok(())
    }

    fn report(&mut self, report: &NewReport) {
        let is_first = !self.reports.values().any(|row| row.report.chat == report.chat && row.report.reporter == report.reporter);
        if is_first
            && self.people.contains_key(&report.reporter)
            && let Some((reported, about)) = self.other_of(report)
            && self
                .chats
                .get(&report.chat)
                .and_then(|chat| chat.ended)
                .is_none_or(|(at, ..)| report.reported_at.since(at) <= REPORT_WINDOW)
        {
            let number = self.next_number();
            let mut report = report.clone();
            let kept = self.leaver_of(report.chat, report.reporter).map(|leaver| leaver.messages.clone());
            if let Some(kept) = &kept {
                report.messages = kept.iter().filter_map(|frozen| frozen.id).collect();
            }
            let telegram = self.people.get(&report.reporter).map(|row| row.facts.telegram);
            let live = || telegram.map(|telegram| self.freeze(report.chat, telegram)).unwrap_or_default();
            let frozen = kept.unwrap_or_else(live);
            let row = ReportRow { report, reported, about, is_open: true, is_upheld: false, frozen, words: None };
            self.reports.insert(number, row);
        }
    }

    /// The other one of a person's chat who has left: their account and pseudonym.
    fn leaver_of(&self, chat: ChatId, person: PersonId) -> Option<&LeaverRow> {
        match self.chats.get(&chat)?.people {
            [Some(first), None] if first == person => self.leaver(chat, Side::Second),
            [None, Some(second)] if second == person => self.leaver(chat, Side::First),
            _ => None,
        }
    }

    /// Whom a report is about: the other one of the chat, by number while they are there, and by pseudonym.
    fn other_of(&self, report: &NewReport) -> Option<(Option<PersonId>, Pseudonym)> {
        match self.chats.get(&report.chat)?.people {
            [Some(one), Some(other)] | [Some(other), Some(one)] if one == report.reporter => {
                Some((Some(other), self.people.get(&other)?.pseudonym.clone()))
            }
            _ => Some((None, self.leaver_of(report.chat, report.reporter)?.pseudonym.clone())),
        }
    }

    fn erase(&mut self, person: PersonId) -> Result<(), StoreError> {
        if self.seats.contains_key(&person) {
            return Err(conflict("seats_bot_id_person_id_fkey"));
        }
        let Some(row) = self.people.remove(&person) else { return Ok(()) };
        let telegram = row.facts.telegram;
        self.money.erase(person);
        self.ratings.retain(|(_, rater), (rated, _)| *rater != person && *rated != person);
        self.erase_friends(person);
        self.holds.retain(|_, hold| hold.writer != person);
        self.upheld.retain(|(of, _)| *of != person);
        self.blocks.retain(|(by, other)| *by != person && *other != person);
        self.reports.retain(|_, row| row.is_open || row.reported != Some(person));
        for row in self.reports.values_mut().filter(|row| row.reported == Some(person)) {
            row.reported = None;
        }
        self.pairs.retain(|_, pair| pair.from != telegram && pair.to != telegram);
        for chat in self.chats.values_mut() {
            for seat in &mut chat.people {
                *seat = seat.filter(|other| *other != person);
            }
        }
        for row in self.reports.values_mut().filter(|row| row.report.reporter == person) {
            row.report.message = None;
            row.report.messages.clear();
            row.frozen.iter_mut().for_each(|frozen| frozen.id = None);
        }
        self.forget(telegram);
        Ok(())
    }

    /// Forgets what is known of an account beside its person; a refusal stays.
    fn forget(&mut self, telegram: TelegramId) {
        if let Some(mut visitor) = self.visitors.remove(&telegram)
            && visitor.refused_at.is_some()
        {
            (visitor.language, visitor.dialog, visitor.consent) = (None, None, None);
            self.visitors.insert(telegram, visitor);
        }
    }
}
