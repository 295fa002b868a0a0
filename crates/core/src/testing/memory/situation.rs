//! Where a person stands, over the rows in memory.

use super::tables::{PersonRow, Tables};
use crate::conduct::{Pseudonym, SanctionKind};
use crate::correction::Whom;
use crate::situation::{Member, PastSanction, SANCTIONS_SHOWN, SeatKind, Situation};
use crate::time::Timestamp;

impl Tables {
    pub(super) fn situation(&self, whom: &Whom, now: Timestamp) -> Option<Situation> {
        match whom {
            Whom::Person(pseudonym) => match self.people.values().find(|row| row.pseudonym == *pseudonym) {
                Some(row) => Some(Situation::Member(self.member(row, now))),
                None => self.left(pseudonym, now),
            },
            Whom::Refused(code) => {
                let (telegram, visitor) = self.visitors.iter().find(|(_, row)| row.support_code.as_ref() == Some(code))?;
                match self.find_by_telegram(*telegram) {
                    Some(row) => Some(Situation::Member(self.member(row, now))),
                    None => visitor.refused_at.map(|since| Situation::Refused { since }),
                }
            }
        }
    }

    fn member(&self, row: &PersonRow, now: Timestamp) -> Member {
        let person = row.facts.person;
        let past = self.sanctions.iter().rev().filter(|sanction| sanction.pseudonym == row.pseudonym);
        let past = past.map(|sanction| PastSanction {
            kind: sanction.kind,
            until: (sanction.kind != SanctionKind::Lift).then_some(sanction.until),
            decided_at: sanction.decided_at,
            decided_by: sanction.decided_by.clone(),
        });
        Member {
            pseudonym: row.pseudonym.clone(),
            registered_at: row.registered_at,
            language: row.facts.language,
            seat: self.seats.get(&person).map(SeatKind::of),
            premium_until: self.money.entitlement(person).premium_until(now),
            coins: self.standing(person).balance,
            suspended_until: row.facts.suspended_until.filter(|until| *until > now),
            refused_at: self.visitors.get(&row.facts.telegram).and_then(|visitor| visitor.refused_at),
            open_reports: self.open_reports(&row.pseudonym),
            sanctions: past.take(SANCTIONS_SHOWN).collect(),
        }
    }

    fn left(&self, pseudonym: &Pseudonym, now: Timestamp) -> Option<Situation> {
        let account = self.accounts.get(self.former.get(pseudonym)?)?;
        let back = account.person.and_then(|person| self.people.get(&person));
        let live = back.and_then(|row| row.facts.suspended_until);
        Some(Situation::Left {
            pseudonym: pseudonym.clone(),
            suspended_until: live.max(account.suspended_until).filter(|until| *until > now),
            open_reports: self.open_reports(pseudonym),
            back_as: back.map(|row| row.pseudonym.clone()),
        })
    }

    fn open_reports(&self, pseudonym: &Pseudonym) -> u32 {
        let open = self.reports.values().filter(|row| row.is_open && row.about == *pseudonym);
        u32::try_from(open.count()).unwrap_or(u32::MAX)
    }
}
