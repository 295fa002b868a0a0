//! The backup scripts: the restore drill, what stays of old backups, and what is never overwritten.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use luvhive_tests::TestFolder;
use luvhive_tests::drill::{self, Drill, run};

use super::deploy;

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_brings_back_the_moment_before_the_loss() {
    let rehearsed = drill::rehearse(200).await;
    assert!(rehearsed.before.contains(&"people: 300".to_owned()), "{:?}", rehearsed.before);
    assert!(rehearsed.before.contains(&"seats: 100".to_owned()), "{:?}", rehearsed.before);
    assert_eq!(rehearsed.after, rehearsed.before);
    assert_eq!(rehearsed.broken, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_backups_make_room_for_new_ones() {
    let drill = Drill::start().await;
    drill.archive().await;
    let url = drill.cluster.url("luvhive");
    // Older ones, made by name: the script sorts by it.
    let said = drill.base_backup(&url);
    let newest = PathBuf::from(said.lines().last().unwrap());
    let old: Vec<PathBuf> = [40, 31, 5, 4, 3, 2, 1].map(|days| drill.backups.join(name_of(days))).into();
    for old in &old {
        run(Command::new("cp").arg("-R").arg(&newest).arg(old));
        run(Command::new("chown").arg("-R").arg(format!("{}:{}", drill.account().0, drill.account().1)).arg(old));
    }
    std::fs::remove_dir_all(&newest).unwrap();
    drill.base_backup(&url);
    assert!(!old[0].exists(), "the oldest of eight is gone");
    assert!(!old[1].exists(), "none is kept for more than 30 days");
    assert!(old[2].exists(), "the others stay");
}

/// What a backup was called that was made so many days ago.
fn name_of(days: u32) -> String {
    let ago = format!("{days} days ago");
    let output = Command::new("date").args(["-u", "-d", &ago, "+base-%Y%m%dT%H%M%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Stands in for PostgreSQL's programs: writes down what it was given, and makes what the script looks for.
const STAND_IN: &str = r#"#!/bin/sh
echo "$0 $*" >>"$SEEN"
{
    tr '\0' '\n' </proc/$$/environ
    [ -z "${PGPASSFILE-}" ] || printf 'password=%s %s\n' "$(stat -c %a "$PGPASSFILE")" "$(cat "$PGPASSFILE")"
} >>"$SEEN"
for argument; do case $argument in --pgdata=*) mkdir -p "${argument#--pgdata=}"; echo >"${argument#--pgdata=}/backup_label" ;; esac; done
exit "$OUTCOME"
"#;

/// Runs the script on stand-ins that end so, and returns what they were given and what the node exporter reads.
fn back_up(url: &str, outcome: &str) -> (String, String) {
    let folder = TestFolder::new();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("url"), url).unwrap();
    for name in ["pg_basebackup", "pg_verifybackup", "pg_archivecleanup"] {
        std::fs::write(path(name), STAND_IN).unwrap();
        std::fs::set_permissions(path(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(deploy("backup/base-backup.sh"));
    command
        .arg(path("backups"))
        .arg(path("url"))
        .env("LUVHIVE_PG_BIN", folder.path())
        .env("LUVHIVE_BACKUP_METRICS", folder.path());
    let output = command.env("SEEN", path("seen")).env("OUTCOME", outcome).output().unwrap();
    assert_eq!(output.status.success(), outcome == "0", "{output:?}");
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    (read("seen"), read("luvhive_backup.prom"))
}

/// The rest of the first line that starts so.
fn after<'a>(seen: &'a str, start: &str) -> Option<&'a str> {
    seen.lines().find_map(|line| line.strip_prefix(start))
}

#[test]
fn the_password_is_in_no_argument_and_no_environment() {
    for (url, bare, password) in [
        ("postgres://me:hu%40nter%252@host:1/db?sslmode=require", "postgres://me@host:1/db?sslmode=require", "hu@nter%2"),
        ("postgres://me@host/db?password=hunter%262&a=b\n", "postgres://me@host/db?a=b", "hunter&2"),
        ("postgres://me@host/db?a=b&password=hun:te%5Cr", "postgres://me@host/db?a=b", r"hun\:te\\r"),
        ("postgres://me@%2Frun/db", "postgres://me@%2Frun/db", ""),
    ] {
        for outcome in ["0", "1"] {
            let (seen, _) = back_up(url, outcome);
            assert!(seen.contains(&format!(" --dbname={bare} ")), "{seen}");
            let (file, line) = (after(&seen, "PGPASSFILE="), after(&seen, "password="));
            assert_eq!(line, (!password.is_empty()).then(|| format!("600 *:*:*:*:{password}")).as_deref(), "{seen}");
            assert!(file.is_none_or(|file| !std::path::Path::new(file).exists()), "it does not stay: {seen}");
            let elsewhere = seen.lines().filter(|line| !line.starts_with("password=")).collect::<String>();
            assert!(!elsewhere.contains("hu%40") && !elsewhere.contains("hun") && !elsewhere.contains("hu@"), "{elsewhere}");
            assert!(!seen.contains("PGPASSWORD"), "{seen}");
        }
    }
}

#[test]
fn a_backup_tells_the_alerts_how_it_went() {
    let (_, told) = back_up("postgres://me@host/db", "0");
    assert!(told.starts_with("luvhive_backup_failed 0\nluvhive_backup_finished_timestamp_seconds 1"), "{told}");
    let (_, told) = back_up("postgres://me@host/db", "1");
    assert_eq!(told, "luvhive_backup_failed 1\nluvhive_backup_finished_timestamp_seconds 0\n");
}

#[test]
fn a_segment_is_never_replaced_by_another() {
    let folder = TestFolder::new();
    let (segment, archive) = (folder.path().join("segment"), folder.path().join("wal"));
    let keep = || Command::new(deploy("backup/archive-wal.sh")).args([&archive, &segment]).arg("0001").status().unwrap();
    std::fs::write(&segment, "one").unwrap();
    assert!(keep().success());
    assert!(keep().success(), "the same again is fine");
    std::fs::write(&segment, "two").unwrap();
    assert!(!keep().success());
    assert_eq!(std::fs::read_to_string(archive.join("0001")).unwrap(), "one");
}

#[test]
fn a_restore_never_overwrites() {
    let folder = TestFolder::new();
    let here = folder.path().to_str().unwrap();
    let output = Command::new(deploy("backup/restore.sh")).args([here, here, here]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is there already"));
}
