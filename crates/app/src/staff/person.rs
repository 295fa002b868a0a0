//! `luvhive person`: where a person stands.

use clap::Args;
use luvhive_core::conduct::Pseudonym;
use luvhive_core::correction::Whom;
use luvhive_core::situation::{Member, PastSanction, SANCTIONS_SHOWN, Situation};
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::{Desk, Output, time};
use crate::console::say;
use crate::error::{AppError, StaffError};

/// Whom to show.
#[derive(Debug, Args)]
pub(crate) struct Person {
    /// Whom: a pseudonym, as `luvhive reports` lists it, or the support code that a refused account shows.
    #[arg(value_name = "PSEUDONYM|CODE")]
    whom: String,
    #[command(flatten)]
    output: Output,
}

impl Person {
    /// Prints where a person stands, and leaves a row in the audit log.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        let whom = Whom::new(&self.whom).ok_or_else(|| StaffError::Pseudonym(self.whom.clone()))?;
        let situation = desk.look_at(&whom).await?;
        say(&if self.output.json { as_json(&situation).to_string() } else { text(&situation) });
        Ok(())
    }
}

/// Where a person stands, one fact per line.
pub(super) fn text(situation: &Situation) -> String {
    let facts = match situation {
        Situation::Member(member) => of_member(member),
        Situation::Left { pseudonym, suspended_until, open_reports, back_as } => vec![
            ("pseudonym", pseudonym.to_string()),
            ("left", back_as.as_ref().map_or("yes".to_owned(), |name| format!("yes, and is back as {name}"))),
            ("suspended", until(*suspended_until)),
            ("open reports", open_reports.to_string()),
        ],
        Situation::Refused { since } => vec![("registered", "no".to_owned()), ("refused", format!("as a minor, since {since}"))],
    };
    let lines = facts.iter().map(|(name, value)| format!("{name:<14}{value}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn of_member(member: &Member) -> Vec<(&'static str, String)> {
    let refused = |at: Timestamp| format!("as a minor, since {at}");
    let mut facts = vec![
        ("pseudonym", member.pseudonym.to_string()),
        ("registered", member.registered_at.to_string()),
        ("language", member.language.code().to_owned()),
        ("seat", member.seat.map_or("idle".to_owned(), |(kind, since)| format!("{} since {since}", kind.code()))),
        ("premium", member.premium_until.map_or("no".to_owned(), |until| format!("until {until}"))),
        ("coins", member.coins.to_string()),
        ("suspended", until(member.suspended_until)),
        ("refused", member.refused_at.map_or("no".to_owned(), refused)),
        ("open reports", member.open_reports.to_string()),
        ("sanctions", listed(member.sanctions.len())),
    ];
    facts.extend(member.sanctions.iter().map(|past| ("", sanction(past))));
    facts
}

/// The line above the sanctions: it says so where older ones are left out.
fn listed(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        SANCTIONS_SHOWN => format!("the latest {SANCTIONS_SHOWN}"),
        _ => String::new(),
    }
}

fn sanction(past: &PastSanction) -> String {
    let end = match past.until {
        Some(until) if until != Timestamp::MAX => format!(" until {until}"),
        _ => String::new(),
    };
    format!("{} {}{end}, by {}", past.decided_at, past.kind.code(), past.decided_by)
}

fn until(end: Option<Timestamp>) -> String {
    match end {
        Some(Timestamp::MAX) => "for ever".to_owned(),
        Some(end) => format!("until {end}"),
        None => "no".to_owned(),
    }
}

fn as_json(situation: &Situation) -> Value {
    match situation {
        Situation::Member(member) => json!({
            "state": "registered",
            "pseudonym": member.pseudonym.as_str(),
            "registered_at": time(member.registered_at),
            "language": member.language.code(),
            "seat": member.seat.map(|(kind, since)| json!({ "kind": kind.code(), "since": time(since) })),
            "premium_until": member.premium_until.map(time),
            "coins": member.coins.get(),
            "is_banned": member.suspended_until == Some(Timestamp::MAX),
            "suspended_until": finite(member.suspended_until),
            "refused_at": member.refused_at.map(time),
            "open_reports": member.open_reports,
            "sanctions": member.sanctions.iter().map(sanction_json).collect::<Value>(),
        }),
        Situation::Left { pseudonym, suspended_until, open_reports, back_as } => json!({
            "state": "left",
            "pseudonym": pseudonym.as_str(),
            "is_banned": *suspended_until == Some(Timestamp::MAX),
            "suspended_until": finite(*suspended_until),
            "open_reports": open_reports,
            "back_as": back_as.as_ref().map(Pseudonym::as_str),
        }),
        Situation::Refused { since } => json!({ "state": "refused", "refused_at": time(*since) }),
    }
}

fn sanction_json(past: &PastSanction) -> Value {
    json!({
        "kind": past.kind.code(),
        "until": finite(past.until),
        "decided_at": time(past.decided_at),
        "decided_by": past.decided_by,
    })
}

/// The end of a suspension in JSON; a ban has none.
fn finite(end: Option<Timestamp>) -> Option<Value> {
    end.filter(|end| *end != Timestamp::MAX).map(time)
}

#[cfg(test)]
mod tests;
