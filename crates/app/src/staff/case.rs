//! `luvhive case`: what was reported about people, case by case, and what is decided about it.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use luvhive_core::case::{Case, CaseLine, Exhibit, Filed, Former, Queue, Verdict};
use luvhive_core::correction::Whom;
use luvhive_core::evidence::Copies;
use luvhive_core::id::ReportId;
use luvhive_core::ports::case::{NewVerdict, Reader};
use luvhive_core::ports::{CaseStore as _, Clock as _};
use luvhive_core::staff::Action;
use serde_json::{Value, json};

use super::consent::Consent;
use super::{Desk, Output, time};
use crate::console::say;
use crate::error::AppError;
use crate::system::SystemClock;

/// The names of the list's columns.
const HEAD: &str = "case    about       queue         severity  reports  reason      since";

/// What to do about cases.
#[derive(Debug, Subcommand)]
pub(crate) enum Cases {
    /// Lists open cases, those that are to be decided first on top; not those that you are involved in.
    List(Output),
    /// Shows a case, and keeps it for you for 30 minutes unless somebody else has it.
    Show(Show),
    /// Decides a case that you have looked at within the last 30 minutes; takes effect at once in a running bot.
    Decide(Decide),
}

/// Which case.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Its number.
    case: i64,
    #[command(flatten)]
    output: Output,
}

/// What is decided.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The case's number.
    case: i64,
    #[command(flatten)]
    choice: Choice,
    /// The reason; a suspended or banned person reads it; 1 to 500 characters.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    pub(super) consent: Consent,
}

/// The decision: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Choice {
    /// Nothing is wrong; each report of the case counts against the person who made it.
    #[arg(long)]
    dismiss: bool,
    /// Suspends the person for this many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    suspend: Option<u32>,
    /// Bans the person for good.
    #[arg(long)]
    ban: bool,
}

impl Cases {
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
        let queues: Vec<Queue> =
            Queue::ALL.iter().copied().filter(|queue| desk.roster.may(&desk.operator, queue.read())).collect();
        let reader = || Reader { by: &desk.operator, queues: &queues, at: SystemClock.now() };
        match self {
            Self::List(output) => {
                let cases = desk.cases.list_cases(desk.bot, reader()).await?;
                say(&if output.json { cases.iter().map(line_json).collect::<Value>().to_string() } else { list(&cases) });
            }
            Self::Show(Show { case, output }) => {
                let case = desk.cases.show_case(desk.bot, ReportId::new(*case), reader()).await?;
                say(&if output.json { as_json(&case).to_string() } else { text(&case) });
            }
            Self::Decide(decide) => {
                let new = decide.written()?;
                if !decide.consent.is_given() {
                    let case = desk.cases.show_case(desk.bot, new.case, reader()).await?;
                    let question = format!("{}\n\n{}", text(&case), decide.question(&case.line));
                    desk.ask(decide.consent, &Whom::Person(case.line.about), &question).await?;
                }
                desk.cases.decide_case(desk.bot, &new, reader()).await?;
                say("decided; a running bot takes it up within a second");
            }
        }
        Ok(())
    }
}

impl Decide {
    fn verdict(&self) -> Verdict {
        match self.choice.suspend {
            Some(days) => Verdict::Suspend(days),
            None if self.choice.ban => Verdict::Ban,
            None => Verdict::Dismiss,
        }
    }

    fn written(&self) -> Result<NewVerdict, AppError> {
        Ok(NewVerdict::new(ReportId::new(self.case), self.verdict(), &self.reason).map_err(crate::error::StaffError::Case)?)
    }

    fn question(&self, line: &CaseLine) -> String {
        let (case, about) = (line.case, &line.about);
        match self.verdict() {
            Verdict::Dismiss => format!("Dismiss case {case}"),
            Verdict::Suspend(1) => format!("Suspend {about} for 1 day"),
            Verdict::Suspend(days) => format!("Suspend {about} for {days} days"),
            Verdict::Ban => format!("Ban {about} for ever"),
        }
    }
}

fn list(cases: &[CaseLine]) -> String {
    if cases.is_empty() {
        return "no open cases".to_owned();
    }
    let line = |case: &CaseLine| {
        let claim = case.claim.as_ref().map_or(String::new(), |claim| format!("  {} has it until {}", claim.by, claim.until));
        let (number, reason) = (case.case.get(), case.reason.code());
        let CaseLine { about, severity, reports, opened_at, queue, .. } = case;
        format!("{number:<6}  {about}  {:<12}  {severity:>8}  {reports:>7}  {reason:<10}  {opened_at}{claim}", queue.code())
    };
    std::iter::once(HEAD.to_owned()).chain(cases.iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn text(case: &Case) -> String {
    let line = &case.line;
    let claim = line.claim.as_ref().map_or("nobody".to_owned(), |claim| format!("{} until {}", claim.by, claim.until));
    let mut lines = vec![
        format!("case           {}", line.case),
        format!("about          {}", line.about),
        format!("queue          {}", line.queue.code()),
        format!("severity       {}", line.severity),
        format!("sanctions      {} before", case.sanctions_before),
        format!("taken by       {claim}"),
    ];
    for filed in &case.reports {
        let what = if filed.is_about_one { "one message" } else { "the whole chat" };
        let Filed { report, reason, reported_at, reporter, .. } = filed;
        lines.push(format!("report {report:<7} {}, about {what}, {reported_at}", reason.code()));
        lines.push(format!(
            "  reporter     standing {} of 100: here for {} days, {} chats, {} reports upheld, {} dismissed",
            reporter.standing(),
            reporter.days,
            reporter.chats,
            reporter.upheld,
            reporter.dismissed,
        ));
        lines.extend(filed.words.iter().map(|words| format!("  says         {:?}", words.as_str())));
        if filed.evidence.is_empty() {
            lines.push("  messages     none".to_owned());
        }
        lines.extend(filed.evidence.iter().flat_map(message));
        lines.push(format!("  copies       {}", copies(&filed.copies)));
    }
    lines.push(
        "messages: r by the reporter, p by the person reported, ? not known; a capital is the one that is meant; of one that \
         changed what stood in it before each change"
            .to_owned(),
    );
    lines.join("\n")
}

/// A frozen message: who wrote it, what it holds and when that was, and what stood in it before each change.
fn message(exhibit: &Exhibit) -> Vec<String> {
    let (kind, at) = match exhibit.sent {
        Some(sent) => (sent.content.code(), sent.at.as_timestamp().to_string()),
        None => ("unknown", "unknown".to_owned()),
    };
    let mut lines = vec![format!("  {}  {kind:<10}  {at}", side(exhibit))];
    lines.extend(exhibit.former.iter().map(|former| format!("     before: {}", before(former))));
    lines
}

/// What stood in a message before a change, on one line.
fn before(former: &Former) -> String {
    match former {
        // Quoted, so that no words of a chat can look like a line of ours.
        Former::Words(words) => format!("{:?}", words.as_str()),
        Former::Unknown => "former words not known".to_owned(),
        Former::ForChildSafety => "former words for child safety alone".to_owned(),
    }
}

/// How many messages lie in the evidence chat, and which do not and why.
fn copies(copies: &Copies) -> String {
    let missing: String = copies.missing.iter().fold(String::new(), |mut text, (place, why)| {
        let _ = write!(text, "; not message {place}, {}", why.words());
        text
    });
    format!("{} in the evidence chat{missing}", copies.copied)
}

/// Who wrote a frozen message, as one letter.
fn side(exhibit: &Exhibit) -> char {
    match (exhibit.is_by_reported, exhibit.is_meant) {
        (Some(true), true) => 'P',
        (Some(true), false) => 'p',
        (Some(false), true) => 'R',
        (Some(false), false) => 'r',
        (None, _) => '?',
    }
}

fn line_json(case: &CaseLine) -> Value {
    json!({
        "case": case.case.get(),
        "about": case.about.as_str(),
        "queue": case.queue.code(),
        "severity": case.severity,
        "reason": case.reason.code(),
        "reports": case.reports,
        "opened_at": time(case.opened_at),
        "claimed_by": case.claim.as_ref().map(|claim| claim.by.clone()),
        "claimed_until": case.claim.as_ref().map(|claim| time(claim.until)),
    })
}

fn message_json(exhibit: &Exhibit) -> Value {
    let former = |former: &Former| match former {
        Former::Words(words) => words.as_str().into(),
        Former::Unknown => json!({ "unknown": true }),
        Former::ForChildSafety => json!({ "for": Queue::ChildSafety.code() }),
    };
    json!({
        "side": side(exhibit).to_string(),
        "kind": exhibit.sent.map(|sent| sent.content.code()),
        "written_at": exhibit.sent.map(|sent| time(sent.at.as_timestamp())),
        "before": exhibit.former.iter().map(former).collect::<Value>(),
    })
}

fn as_json(case: &Case) -> Value {
    let filed = |filed: &Filed| {
        json!({
            "report": filed.report.get(),
            "reason": filed.reason.code(),
            "reported_at": time(filed.reported_at),
            "is_about_one_message": filed.is_about_one,
            "words": filed.words.as_ref().map(|words| words.as_str().to_owned()),
            "reporter_standing": filed.reporter.standing(),
            "reporter_days": filed.reporter.days,
            "reporter_chats": filed.reporter.chats,
            "reporter_upheld": filed.reporter.upheld,
            "reporter_dismissed": filed.reporter.dismissed,
            "messages": filed.evidence.iter().map(message_json).collect::<Value>(),
            "copied": filed.copies.copied,
            "not_copied": filed.copies.missing.iter().map(|(place, why)| json!({"message": place, "why": why.code()})).collect::<Value>(),
        })
    };
    let mut object = line_json(&case.line);
    if let Some(object) = object.as_object_mut() {
        object.insert("sanctions_before".to_owned(), case.sanctions_before.into());
        object.insert("reports".to_owned(), case.reports.iter().map(filed).collect());
    }
    object
}

#[cfg(test)]
mod tests;
