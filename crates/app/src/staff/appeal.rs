//! `luvhive appeal`: what people say against decisions about them, and what becomes of it.

use clap::{Args, Subcommand};
use luvhive_core::conduct::ReportReason;
use luvhive_core::correction::Whom;
use luvhive_core::decision::{Appeal, ReviewRefusal};
use luvhive_core::id::SanctionId;
use luvhive_core::ports::CaseStore as _;
use luvhive_core::ports::case::NewReview;
use luvhive_core::staff::Action;
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::consent::Consent;
use super::{Desk, Output, time};
use crate::console::say;
use crate::error::{AppError, StaffError};

/// What to do about appeals.
#[derive(Debug, Subcommand)]
pub(crate) enum Appeals {
    /// Lists open appeals, the oldest first; not those that you are involved in.
    List(Output),
    /// Shows an appeal with its words.
    Show(Show),
    /// Decides an appeal against a decision of somebody else's, or a day later against your own if nobody else may decide.
    Decide(Decide),
}

/// Which appeal.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The number of the decision.
    decision: i64,
    #[command(flatten)]
    output: Output,
}

/// What is decided.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The number of the decision.
    decision: i64,
    #[command(flatten)]
    outcome: Outcome,
    /// What the person reads about it; 1 to 500 characters.
    #[arg(long)]
    note: String,
    #[command(flatten)]
    pub(super) consent: Consent,
}

/// The outcome: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Outcome {
    /// The decision stays.
    #[arg(long)]
    uphold: bool,
    /// The decision is taken back, with what it cost, and the person reads that we are sorry.
    #[arg(long)]
    overturn: bool,
}

impl Appeals {
    /// What it does, of what roles allow.
    pub(super) fn action(&self) -> Action {
        match self {
            Self::List(_) => Action::ListCases,
            Self::Show(_) => Action::ReadCase,
            Self::Decide(_) => Action::DecideCase,
        }
    }

    /// The consent of a decision.
    pub(super) fn consent(&self) -> Option<Consent> {
        match self {
            Self::Decide(decide) => Some(decide.consent),
            Self::List(_) | Self::Show(_) => None,
        }
    }

    /// Lists, shows or decides.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        match self {
            Self::List(output) => {
                let open = open(desk).await?;
                say(&if output.json { open.iter().map(as_json).collect::<Value>().to_string() } else { list(&open) });
            }
            Self::Show(Show { decision, output }) => {
                let appeal = find(desk, *decision).await?;
                say(&if output.json { as_json(&appeal).to_string() } else { text(&appeal) });
            }
            Self::Decide(decide) => {
                let new = NewReview::new(SanctionId::new(decide.decision), decide.outcome.overturn, &decide.note);
                let new = new.map_err(StaffError::Review)?;
                if !decide.consent.is_given() {
                    let appeal = find(desk, decide.decision).await?;
                    let what = if decide.outcome.overturn { "Take the decision back" } else { "Leave the decision as it is" };
                    let question = format!("{}\n\n{what}", text(&appeal));
                    desk.ask(decide.consent, &Whom::Person(appeal.about), &question).await?;
                }
                desk.cases.decide_appeal(desk.bot, &new, desk.reader(&desk.queues())).await?;
                say("decided; a running bot takes it up within a second");
            }
        }
        Ok(())
    }
}

async fn open(desk: &Desk) -> Result<Vec<Appeal>, AppError> {
    Ok(desk.cases.list_appeals(desk.bot, desk.reader(&desk.queues())).await?)
}

async fn find(desk: &Desk, decision: i64) -> Result<Appeal, AppError> {
    let found = open(desk).await?.into_iter().find(|appeal| appeal.sanction.get() == decision);
    Ok(found.ok_or(StaffError::Review(ReviewRefusal::Unknown))?)
}

fn until(appeal: &Appeal) -> String {
    match appeal.until {
        None => String::new(),
        Some(Timestamp::MAX) => " for ever".to_owned(),
        Some(until) => format!(" until {until}"),
    }
}

fn list(appeals: &[Appeal]) -> String {
    if appeals.is_empty() {
        return "no open appeals".to_owned();
    }
    let line = |appeal: &Appeal| {
        let Appeal { sanction, about, kind, written_at, .. } = appeal;
        format!("{sanction:<6}  {about}  {kind}{}, appealed {written_at}", until(appeal))
    };
    appeals.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn text(appeal: &Appeal) -> String {
    let words = appeal.words.as_deref().map_or("not known".to_owned(), |words| format!("{words:?}"));
    [
        format!("decision       {}", appeal.sanction),
        format!("about          {}", appeal.about),
        format!("decided        {}{}", appeal.kind, until(appeal)),
        format!("rule           {}", appeal.rule.map_or("-", ReportReason::code)),
        format!("reason         {:?}", appeal.reason),
        format!("by             {}, {}", appeal.decided_by, appeal.decided_at),
        format!("appealed       {}", appeal.written_at),
        format!("their words    {words}"),
    ]
    .join("\n")
}

fn as_json(appeal: &Appeal) -> Value {
    json!({
        "decision": appeal.sanction.get(),
        "about": appeal.about.as_str(),
        "kind": appeal.kind.code(),
        "rule": appeal.rule.map(ReportReason::code),
        "until": appeal.until.map(time),
        "reason": appeal.reason,
        "decided_by": appeal.decided_by,
        "decided_at": time(appeal.decided_at),
        "appealed_at": time(appeal.written_at),
        "words": appeal.words,
    })
}

#[cfg(test)]
mod tests;
