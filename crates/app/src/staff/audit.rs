//! `luvhive audit`: whether the audit log is whole.

use clap::{Args, Subcommand};
use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_core::id::BotId;
use luvhive_storage::audit::{self, Expected, Head, Verdict};
use serde_json::{Value, json};

use super::{Desk, Output};
use crate::console::say;
use crate::data_key;
use crate::database::Opened;
use crate::error::AppError;
use crate::settings::Settings;

/// How many findings are printed.
const SHOWN: usize = 20;

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Looks for rows that were changed, removed or cut off, and for a chain that was made anew; fails if it finds any.
    Verify(Verify),
}

/// What is known of the log from elsewhere.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Where the log ended some time ago, as the bot logs it daily and this command prints it.
    #[arg(long, value_name = "LINK:MAC", value_parser = head)]
    head: Option<Head>,
    /// The first link that must be chained by a data key; name it if the log is older than the key.
    #[arg(long, value_name = "LINK", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..))]
    keyed_from: i64,
    #[command(flatten)]
    output: Output,
}

fn head(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| "give the number of a link, a colon and 64 hexadecimal digits".to_owned())
}

impl Audit {
    /// Checks the log and prints what is wrong, and where it ends.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        let Self::Verify(Verify { head, keyed_from, output }) = self;
        let expected = Expected { head: *head, keyed_from: *keyed_from };
        // Before its own row, which would cover what an older release wrote, and what somebody planted.
        let verdict = audit::verify(&desk.pool, &desk.vault, desk.bot, &expected).await?;
        desk.note("verify_audit", &format!("{} findings", verdict.findings.len())).await?;
        say(&if output.json { as_json(&verdict).to_string() } else { text(&verdict) });
        match verdict.findings.len() {
            0 => Ok(()),
            count => Err(AppError::AuditLog { count }),
        }
    }
}

/// Whether the audit log is whole and chained by a key, for `luvhive doctor`.
pub(crate) async fn check_log(settings: &Settings, opened: &Opened, bot: Option<BotId>) -> Check {
    let name = "audit_log";
    let Some(bot) = bot else { return Check::skipped(name, "no bot has run here yet") };
    let looked = async {
        let vault = data_key::known(settings)?;
        let pool = opened.pool(settings).await?;
        // What is older than the key is told by `luvhive audit verify`, which says from where on.
        let expected = Expected { keyed_from: i64::MAX, ..Expected::default() };
        let verdict = audit::verify(&pool, &vault, bot, &expected).await?;
        Ok::<_, AppError>((verdict, vault.keys().is_empty()))
    };
    match looked.await {
        Ok((verdict, _)) if !verdict.findings.is_empty() => {
            let remedy = "`luvhive audit verify` says what is wrong; find out who can write to the database besides the bot";
            Check::fail(name, format!("is not whole: {} findings", verdict.findings.len()), remedy)
        }
        Ok((_, true)) => {
            Check::warn(name, "chained without a key, so who can write to the database can rewrite it", data_key::REMEDY)
        }
        Ok((verdict, false)) => Check::ok(name, format!("{} links, whole; {} without a key", verdict.links, verdict.unkeyed)),
        Err(error) => Check::skipped(name, chain(&error)),
    }
}

fn text(verdict: &Verdict) -> String {
    let mut lines: Vec<String> = verdict.findings.iter().take(SHOWN).map(ToString::to_string).collect();
    if let Some(more) = verdict.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("and {more} more"));
    }
    lines.push(format!("{} links, {} rows of a release without a chain", verdict.links, verdict.loose));
    lines.extend(remarks(verdict));
    lines.push(verdict.head.map_or("the log is empty".to_owned(), |head| format!("it ends at {head}")));
    lines.join("\n")
}

/// What cannot be said of a log, though nothing is wrong with it.
pub(super) fn remarks(verdict: &Verdict) -> Vec<String> {
    let keys: Vec<String> = verdict.missing_keys.iter().map(|key| format!("key {key}")).collect();
    [
        (verdict.unread, format!("links need {}, which is not here: they were not checked", keys.join(", "))),
        (verdict.unkeyed, "links carry a plain hash, which everybody who can write to the database can make".to_owned()),
        (verdict.uncovered, "rows after the last link are not covered yet; the next act covers them".to_owned()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect()
}

fn as_json(verdict: &Verdict) -> Value {
    json!({
        "links": verdict.links,
        "without_link": verdict.loose,
        "remarks": remarks(verdict),
        "head": verdict.head.map(|head| head.to_string()),
        "findings": verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use luvhive_storage::audit::Finding;

    use super::*;

    #[test]
    fn findings_are_told_and_the_end_is_named() {
        let head = Head { link: 3, mac: [7; 32] };
        let verdict = Verdict {
            links: 2,
            loose: 4,
            unkeyed: 2,
            head: Some(head),
            findings: vec![Finding::Missing(2, 2), Finding::Cut(3, 5)],
            ..Verdict::default()
        };
        let lines = text(&verdict);
        let expected = [
            "link 2 is missing",
            "the log ends after link 3, and once went on to link 5",
            "2 links, 4 rows of a release without a chain",
            "2 links carry a plain hash, which everybody who can write to the database can make",
            &format!("it ends at {head}"),
        ];
        assert_eq!(lines, expected.join("\n"));
        assert_eq!(as_json(&verdict)["findings"].as_array().unwrap().len(), 2);
        let many = Verdict { findings: vec![Finding::Changed(1); SHOWN + 1], ..Verdict::default() };
        assert!(text(&many).contains("and 1 more") && text(&many).ends_with("the log is empty"));
    }
}
