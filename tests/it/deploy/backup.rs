//! The backup scripts: the restore drill, what stays of old backups, and what is never overwritten.

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
    let (backups, url) = (drill.backups.to_str().unwrap().to_owned(), drill.cluster.url("luvhive"));
    // An older one, made by name: the script sorts by it.
    let said = drill.script("base-backup.sh", &[&backups, &url]);
    let newest = PathBuf::from(said.lines().last().unwrap());
    let old: Vec<PathBuf> = (1..=7).map(|day| drill.backups.join(format!("base-2020010{day}T000000Z"))).collect();
    for old in &old {
        run(Command::new("cp").arg("-R").arg(&newest).arg(old));
        run(Command::new("chown").arg("-R").arg(format!("{}:{}", drill.account().0, drill.account().1)).arg(old));
    }
    std::fs::remove_dir_all(&newest).unwrap();
    drill.script("base-backup.sh", &[&backups, &url]);
    assert!(!old[0].exists(), "the oldest of eight is gone");
    assert!(old[1].exists(), "the other seven stay");
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
