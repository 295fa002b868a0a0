//! What watches over the bot: alerts checked and tried by Prometheus' own tool, the unit by systemd's, and the
//! repository by a search for what could be a token.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::row::{Row, float};
use crate::load::LoadError;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a tool; tells which Debian package has it.
fn tool(program: &str, package: &str, arguments: &[&str], folder: &Path) -> Result<Output, LoadError> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    Ok(output.map_err(|error| format!("{program} (Debian: {package}): {error}"))?)
}

/// Measures all three.
pub(super) fn measure() -> Result<Vec<Row>, LoadError> {
    let rules = root().join("deploy/prometheus");
    let checked = tool("promtool", "prometheus", &["check", "rules", "alerts.yml"], &rules)?;
    let tried = tool("promtool", "prometheus", &["test", "rules", "alerts_test.yml"], &rules)?;
    let count = std::fs::read_to_string(rules.join("alerts.yml"))?.matches("- alert:").count();
    let alerts = if checked.status.success() && tried.status.success() { i64::try_from(count)? } else { 0 };
    let unit = root().join("deploy/systemd/luvhive.service");
    let exposed = tool("systemd-analyze", "systemd", &["security", "--offline=true", &unit.to_string_lossy()], &root())?;
    let said = String::from_utf8_lossy(&exposed.stdout).into_owned();
    let level = said.split("luvhive.service:").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    let journal = std::fs::read_to_string(root().join("deploy/systemd/journald@luvhive.conf"))?;
    let kept = |key: &str| journal.lines().find_map(|line| line.strip_prefix(key)?.trim_end_matches('M').parse::<f64>().ok());
    let kept_mb = kept("SystemMaxFileSize=").zip(kept("SystemMaxFiles=")).map_or(f64::MAX, |(size, files)| size * files);
    let tokens = list_files(&root())?.iter().filter(|path| holds_token(path)).count();
    Ok(vec![
        Row::at_least("alerts that are checked and tried by promtool", "4 in words", float(alerts), 10.0, "alerts"),
        Row::at_most("exposure of the systemd unit, by systemd-analyze", "supervisor, root", level.unwrap_or(10.0), 2.0, "of 10"),
        Row::at_most("log that journald keeps of the bot at most", "50 MB x 10", kept_mb, 500.0, "MB"),
        Row::at_most(
            "files that hold what could be a token",
            "secrets in the report",
            float(i64::try_from(tokens)?),
            0.0,
            "files",
        ),
    ])
}

/// Lists the repository's files, as git knows them.
fn list_files(root: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let listed = tool("git", "git", &["ls-files", "-z"], root)?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let files: Vec<PathBuf> = names.split('\0').filter(|name| !name.is_empty()).map(|name| root.join(name)).collect();
    if files.len() > 20 { Ok(files) } else { Err("git lists no files".into()) }
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
