//! What watches over the bot: alerts checked and tried by Prometheus' own tool, the unit by systemd's, and the
//! repository by a search for what could be a token.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::row::{Claim, Row, float};
use crate::load::LoadError;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where the tools are looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Tools {
    /// In place of this process's `PATH`.
    pub(super) path: Option<PathBuf>,
}

impl Tools {
    /// Runs a tool; `None` if it is not installed.
    fn run(&self, program: &str, arguments: &[&str], folder: &Path) -> Result<Option<Output>, LoadError> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder);
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        match command.output() {
            Ok(output) => Ok(Some(output)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{program}: {error}").into()),
        }
    }

    /// Lists the repository's files, as git knows them; `None` if git is not installed.
    fn list_files(&self, root: &Path) -> Result<Option<Vec<PathBuf>>, LoadError> {
        let Some(listed) = self.run("git", &["ls-files", "-z"], root)? else { return Ok(None) };
        let names = String::from_utf8_lossy(&listed.stdout).into_owned();
        let files: Vec<PathBuf> = names.split('\0').filter(|name| !name.is_empty()).map(|name| root.join(name)).collect();
        if files.len() > 20 { Ok(Some(files)) } else { Err("git lists no files".into()) }
    }
}

/// Measures them all. Where the program that checks something is not installed, the row is skipped.
pub(super) fn measure(tools: &Tools) -> Result<Vec<Row>, LoadError> {
    Ok(vec![alerts(tools)?, exposure(tools)?, log_kept()?, tokens(tools)?])
}

fn alerts(tools: &Tools) -> Result<Row, LoadError> {
    let claim = Claim::new("alerts checked and tested by promtool", "4 in words");
    let rules = root().join("deploy/prometheus");
    let checked = tools.run("promtool", &["check", "rules", "alerts.yml"], &rules)?;
    let tried = tools.run("promtool", &["test", "rules", "alerts_test.yml"], &rules)?;
    let (Some(checked), Some(tried)) = (checked, tried) else { return Ok(claim.skipped("promtool")) };
    let count = std::fs::read_to_string(rules.join("alerts.yml"))?.matches("- alert:").count();
    let alerts = if checked.status.success() && tried.status.success() { i64::try_from(count)? } else { 0 };
    Ok(claim.at_least(float(alerts), 10.0, "alerts"))
}

fn exposure(tools: &Tools) -> Result<Row, LoadError> {
    let claim = Claim::new("exposure of the systemd unit, by systemd-analyze", "supervisor, root");
    let unit = root().join("deploy/systemd/luvhive.service");
    let exposed = tools.run("systemd-analyze", &["security", "--offline=true", &unit.to_string_lossy()], &root())?;
    let Some(exposed) = exposed else { return Ok(claim.skipped("systemd-analyze")) };
    let said = String::from_utf8_lossy(&exposed.stdout).into_owned();
    let level = said.split("luvhive.service:").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    Ok(claim.at_most(level.unwrap_or(10.0), 2.0, "of 10"))
}

fn log_kept() -> Result<Row, LoadError> {
    let journal = std::fs::read_to_string(root().join("deploy/systemd/journald@luvhive.conf"))?;
    let kept = |key: &str| journal.lines().find_map(|line| line.strip_prefix(key)?.trim_end_matches('M').parse::<f64>().ok());
    let kept_mb = kept("SystemMaxFileSize=").zip(kept("SystemMaxFiles=")).map_or(f64::MAX, |(size, files)| size * files);
    Ok(Claim::new("size of the bot's log in journald", "50 MB x 10").at_most(kept_mb, 500.0, "MB"))
}

fn tokens(tools: &Tools) -> Result<Row, LoadError> {
    let claim = Claim::new("files that contain something like a token", "secrets in the report");
    let Some(files) = tools.list_files(&root())? else { return Ok(claim.skipped("git")) };
    let holding = files.iter().filter(|path| holds_token(path)).count();
    Ok(claim.at_most(float(i64::try_from(holding)?), 0.0, "files"))
}

/// Reports whether a file holds a bot's number, a colon and 35 characters.
fn holds_token(path: &Path) -> bool {
    let Ok(bytes) = std::fs::read(path) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    text.match_indices(':').any(|(colon, _)| {
        let (before, after) = text.split_at(colon);
        let digits = before.chars().rev().take_while(char::is_ascii_digit).count();
        let is_secret = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-' || *letter == '_';
        (6..=12).contains(&digits) && after.chars().skip(1).take_while(is_secret).count() == 35
    })
}
