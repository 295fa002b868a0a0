//! Corrections over the rows in memory.

use super::MemoryStore;
use super::tables::Tables;
use crate::conduct::{NewSanction, Pseudonym, SanctionKind};
use crate::correction::{Corrected, CorrectionRefusal, NewCorrection, Standing, Whom};
use crate::engine::event::EngineCommand;
use crate::id::{BotId, TelegramId};
use crate::person::UiLanguage;
use crate::ports::corrections::{CorrectionError, CorrectionStore};
use crate::time::Timestamp;

#[async_trait::async_trait]
impl CorrectionStore for MemoryStore {
    async fn insert_correction(&self, bot: BotId, correction: NewCorrection) -> Result<Corrected, CorrectionError> {
        let mut tables = self.tables();
        let unknown = || CorrectionRefusal::Unknown(correction.whom.to_string());
        let telegram = if bot == self.bot { tables.find_corrected(&correction.whom) } else { None };
        let telegram = telegram.ok_or_else(unknown)?;
        let refused_at = tables.visitors.get(&telegram).and_then(|row| row.refused_at);
        let standing = match tables.find_by_telegram(telegram) {
            Some(row) => Standing::Person {
                gender: row.profile.gender,
                born: row.profile.born,
                registered_at: row.registered_at,
                is_refused: refused_at.is_some(),
            },
            None if refused_at.is_some() => Standing::Refused,
            None => return Err(unknown().into()),
        };
        let corrected = correction.decide(&standing)?;
        tables.make_true(telegram, &correction, corrected);
        let suspended_until = tables.find_by_telegram(telegram).and_then(|row| row.facts.suspended_until);
        let language = tables.visitors.get(&telegram).and_then(|row| row.language).unwrap_or(UiLanguage::English);
        tables.insert_command(None, EngineCommand::Corrected { telegram, language, news: corrected.news(), suspended_until });
        Ok(corrected)
    }
}

impl Tables {
    fn find_corrected(&self, whom: &Whom) -> Option<TelegramId> {
        match whom {
            Whom::Person(pseudonym) => self.people.values().find(|row| row.pseudonym == *pseudonym).map(|row| row.facts.telegram),
            Whom::Refused(code) => {
                let found = self.visitors.iter().find(|(_, row)| row.support_code.as_ref() == Some(code));
                found.map(|(telegram, _)| *telegram)
            }
        }
    }

    /// What stood before the sanction that came with a refusal; `None` if the latest sanction is another one.
    pub(super) fn before_refusal(
        &self,
        pseudonym: &Pseudonym,
        refused_at: Option<Timestamp>,
    ) -> Option<(SanctionKind, Option<Timestamp>)> {
        let mut of_person = self.sanctions.iter().rev().filter(|sanction| sanction.pseudonym == *pseudonym);
        of_person.next().filter(|latest| Some(latest.decided_at) == refused_at)?;
        let before = of_person.next().map(|before| (before.kind, before.until));
        Some(match before {
            Some((SanctionKind::Lift, _)) | None => (SanctionKind::Lift, None),
            Some((kind, until)) => (kind, Some(until)),
        })
    }

    fn make_true(&mut self, telegram: TelegramId, correction: &NewCorrection, corrected: Corrected) {
        let person = self.find_by_telegram(telegram).map(|row| row.facts.person);
        let refused_at = self.visitors.get(&telegram).and_then(|row| row.refused_at);
        let visitor = self.visitors.entry(telegram).or_default();
        match corrected {
            Corrected::Gender(_) | Corrected::Born { was_refused: false, .. } => {}
            Corrected::Refused(day) => (visitor.refused_at, visitor.refused_born) = (Some(correction.decided_at), Some(day)),
            Corrected::StaysRefused(day) => visitor.refused_born = Some(day),
            Corrected::Born { was_refused: true, .. } | Corrected::Admitted => {
                (visitor.refused_at, visitor.refused_born, visitor.support_code) = (None, None, None);
            }
        }
        let Some(row) = person.and_then(|person| self.people.get_mut(&person)) else { return };
        match corrected {
            Corrected::Gender(gender) => (row.profile.gender, row.facts.gender) = (gender, gender),
            Corrected::Born { day, .. } => (row.profile.born, row.facts.born) = (day, day),
            Corrected::Refused(_) | Corrected::StaysRefused(_) | Corrected::Admitted => {}
        }
        let pseudonym = row.pseudonym.clone();
        let (kind, suspended_until) = match corrected {
            Corrected::Refused(_) => (SanctionKind::Ban, Some(Timestamp::MAX)),
            // What the refusal brought goes with it; what stood before comes back.
            Corrected::Born { was_refused: true, .. } => match self.before_refusal(&pseudonym, refused_at) {
                Some(before) => before,
                None => return,
            },
            _ => return,
        };
        if let Some(row) = person.and_then(|person| self.people.get_mut(&person)) {
            row.facts.suspended_until = suspended_until;
        }
        let until = suspended_until.unwrap_or(correction.decided_at);
        self.sanctions.push(NewSanction {
            pseudonym,
            kind,
            text: None,
            rule: None,
            until,
            reason: correction.reason.clone(),
            decided_by: correction.decided_by.clone(),
            decided_at: correction.decided_at,
        });
    }
}
