//! `luvhive case`: what was reported about people, case by case, and what is decided about it.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use luvhive_core::case::{Case, CaseLine, Exhibit, Filed, Former, Queue, Verdict};
use luvhive_core::conduct::{Cooldown, ProfileText};
use luvhive_core::conduct::{Decision, ReportReason};
use luvhive_core::correction::Whom;
use luvhive_core::decision::{PendingBan, ReviewRefusal};
use luvhive_core::evidence::Copies;
use luvhive_core::id::{ReportId, SanctionId};
use luvhive_core::ports::CaseStore as _;
use luvhive_core::ports::case::NewVerdict;
use luvhive_core::staff::Action;
use serde_json::{Value, json};

use super::consent::Consent;
use super::{Desk, Output, time};
use crate::console::say;
use crate::error::{AppError, StaffError};

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
    /// Lists bans that nobody has confirmed: each is a suspension of 7 days until somebody else does.
    Bans(Output),
    /// Confirms a ban of somebody else's, or a day later your own if nobody else may decide.
    Confirm(Confirm),
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
    /// Which rule was broken, by the code of a report's reason; else that of the gravest report.
    #[arg(long, value_parser = rule)]
    rule: Option<ReportReason>,
    /// The reason, which a person reads about whom something is decided; 1 to 500 characters.
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
    /// Warns the person.
    #[arg(long)]
    warn: bool,
    /// Suspends the person for a while: 1min, 10min, 1h, 6h, 1d or 3d.
    #[arg(long, value_name = "LENGTH", value_parser = cooldown)]
    cooldown: Option<Cooldown>,
    /// Removes a text of the person's profile: bio or city.
    #[arg(long, value_name = "TEXT", value_parser = text_of_profile)]
    remove: Option<ProfileText>,
    /// Suspends the person for this many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    suspend: Option<u32>,
    /// Bans the person: suspends them for 7 days, within which `luvhive case confirm` makes it for good.
    #[arg(long)]
    ban: bool,
}

impl Choice {
    fn decision(&self) -> Option<Decision> {
        let Self { warn, cooldown, remove, suspend, ban, dismiss: _ } = self;
        let words = warn.then_some(Decision::Warn).or(cooldown.map(Decision::Cooldown)).or(remove.map(Decision::Remove));
        words.or(suspend.map(Decision::Suspend)).or(ban.then_some(Decision::Ban))
    }
}

/// Which ban.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// Its number, as `luvhive case bans` names it.
    ban: i64,
    #[command(flatten)]
    pub(super) consent: Consent,
}

fn rule(text: &str) -> Result<ReportReason, String> {
    super::code(text, ReportReason::from_code, &ReportReason::ALL.iter().map(|rule| rule.code()).collect::<Vec<_>>())
}

fn cooldown(text: &str) -> Result<Cooldown, String> {
    super::code(text, Cooldown::from_code, &Cooldown::ALL.iter().map(|length| length.code()).collect::<Vec<_>>())
}

fn text_of_profile(text: &str) -> Result<ProfileText, String> {
    super::code(text, ProfileText::from_code, &ProfileText::ALL.iter().map(|text| text.code()).collect::<Vec<_>>())
}

impl Cases {
    /// What it does, of what roles allow.
    pub(super) fn action(&self) -> Action {
        match self {
            Self::List(_) | Self::Bans(_) => Action::ListCases,
            Self::Show(_) => Action::ReadCase,
            Self::Decide(_) | Self::Confirm(_) => Action::DecideCase,
        }
    }

    /// The consent of a decision.
    pub(super) fn consent(&self) -> Option<Consent> {
        match self {
            Self::Decide(decide) => Some(decide.consent),
            Self::Confirm(confirm) => Some(confirm.consent),
            Self::List(_) | Self::Show(_) | Self::Bans(_) => None,
        }
    }

    /// Lists, shows or decides.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        let queues = desk.queues();
        let reader = || desk.reader(&queues);
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
            Self::Bans(output) => {
                let bans = desk.cases.list_pending_bans(desk.bot, reader()).await?;
                say(&if output.json { bans.iter().map(ban_json).collect::<Value>().to_string() } else { ban_list(&bans) });
            }
            Self::Confirm(Confirm { ban, consent }) => {
                let sanction = SanctionId::new(*ban);
                if !consent.is_given() {
                    let bans = desk.cases.list_pending_bans(desk.bot, reader()).await?;
                    let pending = bans.iter().find(|pending| pending.sanction == sanction);
                    let pending = pending.ok_or(StaffError::Review(ReviewRefusal::Unknown))?;
                    let question = format!("{}\n\nBan {} for ever", ban_text(pending), pending.about);
                    desk.ask(*consent, &Whom::Person(pending.about.clone()), &question).await?;
                }
                desk.cases.confirm_ban(desk.bot, sanction, reader()).await?;
                say("confirmed; a running bot takes it up within a second");
            }
        }
        Ok(())
    }
}

impl Decide {
    fn verdict(&self) -> Verdict {
        match self.choice.decision() {
            None => Verdict::Dismiss,
            Some(decision) => Verdict::Sanction { rule: self.rule, decision },
        }
    }

    fn written(&self) -> Result<NewVerdict, AppError> {
        Ok(NewVerdict::new(ReportId::new(self.case), self.verdict(), &self.reason).map_err(crate::error::StaffError::Case)?)
    }

    fn question(&self, line: &CaseLine) -> String {
        match self.choice.decision() {
            None => format!("Dismiss case {}", line.case),
            Some(decision) => super::question(decision, line.about.as_str()),
        }
    }
}

fn ban_text(ban: &PendingBan) -> String {
    let PendingBan { sanction, about, decided_by, until, reason, .. } = ban;
    let rule = ban.rule.map_or("-", ReportReason::code);
    format!("{sanction:<6}  {about}  {rule:<10}  by {decided_by}, runs out {until}  {reason:?}")
}

fn ban_list(bans: &[PendingBan]) -> String {
    if bans.is_empty() {
        return "no ban waits".to_owned();
    }
    bans.iter().map(ban_text).collect::<Vec<_>>().join("\n")
}

fn ban_json(ban: &PendingBan) -> Value {
    json!({
        "ban": ban.sanction.get(),
        "about": ban.about.as_str(),
        "rule": ban.rule.map(ReportReason::code),
        "reason": ban.reason,
        "decided_by": ban.decided_by,
        "decided_at": time(ban.decided_at),
        "runs_out_at": time(ban.until),
    })
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
