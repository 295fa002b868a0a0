//! What the program says about itself: the health checks of `doctor`, and the settings it writes for PostgreSQL, which
//! a real server has to take.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use luvhive_tests::drill::{Drill, connect};
use serde_json::Value;

use super::row::{Claim, Row, float};
use super::{Scratch, dashboard};
use crate::load::{HIDDEN_SWITCH, LoadError};

/// The versions of PostgreSQL for which settings are written.
const VERSIONS: [u32; 4] = [15, 16, 17, 18];

/// Runs the real program with these arguments, in a folder of its own.
fn luvhive(folder: &Path, arguments: &[&str]) -> Result<Output, LoadError> {
    Ok(program(folder, arguments)?.output()?)
}

/// The real program with these arguments, in a folder of its own.
pub(super) fn program(folder: &Path, arguments: &[&str]) -> Result<Command, LoadError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(HIDDEN_SWITCH).args(arguments).env("LUVHIVE_DATA_DIR", folder).env("LUVHIVE__SANDBOX__PORT", "0");
    for secret in ["BOT_TOKEN", "DATABASE_URL"] {
        command.env_remove(secret);
    }
    Ok(command)
}

/// Measures both.
pub(super) async fn measure() -> Result<Vec<Row>, LoadError> {
    let scratch = Scratch::new("program")?;
    let migrated = luvhive(&scratch.0, &["migrate"])?;
    if !migrated.status.success() {
        return Err(format!("migrate: {}", String::from_utf8_lossy(&migrated.stderr)).into());
    }
    let said = luvhive(&scratch.0, &["doctor", "--json"])?;
    let checks: Value = serde_json::from_slice(&said.stdout)?;
    let count = i64::try_from(checks.as_array().map_or(0, Vec::len))?;
    Ok(vec![
        Claim::new("health checks of `luvhive doctor --json`", "4, every 5 min").at_least(float(count), 15.0, "checks"),
        modes(&scratch.0)?,
        Box::pin(dashboard::measure(&scratch.0)).await?,
        tuned(&scratch.0).await?,
    ])
}

/// Asks the program which ways to run it takes, and counts those that are taken or refused as they must be.
fn modes(folder: &Path) -> Result<Row, LoadError> {
    let hook = |url: &'static str| [("RUN_MODE", "webhook"), ("EXTERNAL_URL", url)];
    let tried: [(&[(&str, &str)], bool); 6] = [
        (&[("RUN_MODE", "polling")], true),
        (&hook("https://example.org/hook"), true),
        (&hook("http://example.org/hook"), false),
        (&hook("https://example.org:8080/hook"), false),
        (&[("LUVHIVE__WEBHOOK__INSECURE", "true")], false),
        (&[("LUVHIVE__WEBHOOK__ALLOW_INSECURE_TRIAL", "1")], false),
    ];
    let mut right: i64 = 0;
    for (variables, is_taken) in tried {
        let mut command = program(folder, &["check-config"])?;
        let output = command.envs(variables.iter().copied()).output()?;
        if output.status.code() == Some(if is_taken { 0 } else { 78 }) {
            right += 1;
        } else {
            tracing::error!(?variables, "is not taken as it must be");
        }
    }
    let claim = "ways to run, of 6, that are accepted or refused correctly: polling, webhook over https only, no insecure switch";
    Ok(Claim::new(claim, "ALLOW_INSECURE_TRIAL=0").at_least(float(right), 6.0, "ways"))
}

/// Has a real server take the file written for it, and counts the files that are written and taken.
async fn tuned(folder: &Path) -> Result<Row, LoadError> {
    let drill = Drill::start().await;
    let major = drill.cluster.binaries().major();
    let mut written: i64 = 0;
    for version in VERSIONS {
        let version_text = version.to_string();
        let said = luvhive(folder, &["doctor", "--pg-config", "--ram", "4G", "--pg-version", &version_text])?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        if !said.status.success() || !text.contains("shared_buffers") {
            tracing::error!(version, "no settings are written");
            continue;
        }
        written += 1;
        if version == major {
            std::fs::write(drill.data().join("tuned.conf"), &text)?;
            let (uid, gid) = drill.account();
            std::os::unix::fs::chown(drill.data().join("tuned.conf"), Some(uid), Some(gid))?;
            let mut conf = std::fs::File::options().append(true).open(drill.data().join("postgresql.conf"))?;
            // Ours come last, so that the socket stays where it is.
            writeln!(conf, "include 'tuned.conf'\ninclude 'luvhive.conf'")?;
            drop(conf);
            drill.pg_ctl(&["restart", "-m", "fast"], &drill.data());
            let client = connect(&drill.cluster.url("luvhive")).await;
            let faults = "SELECT count(*) FROM pg_file_settings WHERE error IS NOT NULL AND sourcefile LIKE '%tuned.conf'";
            let taken = "SELECT count(*) FROM pg_settings WHERE name = 'shared_buffers' AND sourcefile LIKE '%tuned.conf'";
            let faults: i64 = client.query_one(faults, &[]).await?.get(0);
            let taken: i64 = client.query_one(taken, &[]).await?.get(0);
            if faults > 0 || taken != 1 {
                return Err(format!("the server refuses {faults} settings of the file written for it").into());
            }
        }
    }
    let claim =
        format!("PostgreSQL settings for 4 GB are written, versions 15 to 18, and accepted by a server of version {major}");
    Ok(Claim::new(&claim, "one list of values").at_least(float(written), 4.0, "versions"))
}
