//! The units: accepted by systemd, and with what was promised of them.

use luvhive_tests::drill::run;
use luvhive_tests::{TestFolder, require_or_skip};

use super::{deploy, find, read};

const UNITS: [&str; 5] =
    ["luvhive.service", "luvhive-doctor.service", "luvhive-doctor.timer", "luvhive-backup.service", "luvhive-backup.timer"];

#[test]
fn systemd_accepts_the_units() {
    let Some(mut analyze) = require_or_skip("systemd", find("systemd-analyze", "systemd")) else { return };
    let folder = TestFolder::new();
    let mut paths = Vec::new();
    for unit in UNITS {
        // Programs that are installed nowhere here are stood in for, so that nothing but the unit is judged.
        let text = read(&format!("systemd/{unit}"))
            .replace("/usr/local/bin/luvhive", "/bin/true")
            .replace("/usr/local/share/luvhive/backup/base-backup.sh", "/bin/true");
        let path = folder.path().join(unit);
        std::fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let said = run(analyze.arg("verify").args(&paths));
    let about_us: Vec<_> = said.lines().filter(|line| line.contains("luvhive")).collect();
    assert!(about_us.is_empty(), "{said}");
}

#[test]
fn every_unit_that_opens_the_database_learns_its_address() {
    let (drop_in, readme) = (read("systemd/database-url.conf"), read("README.md"));
    let address = "DATABASE_URL:/etc/luvhive/database-url";
    assert_eq!(value(&drop_in, "LoadCredential"), address);
    for unit in UNITS.iter().filter(|unit| unit.ends_with(".service")) {
        let text = read(&format!("systemd/{unit}"));
        if text.contains("ExecStart=/usr/local/bin/luvhive ") {
            let folder = format!("/etc/systemd/system/{unit}.d/database-url.conf");
            assert!(readme.contains(&format!("deploy/systemd/database-url.conf {folder}")), "{unit} is given no address");
            assert!(text.contains("EnvironmentFile=-/etc/luvhive/luvhive.env"), "{unit} has settings of its own");
        } else {
            assert!(text.contains(&format!("LoadCredential={address}")), "{unit}");
        }
    }
}

#[test]
fn what_the_backup_needs_is_installed() {
    let (unit, readme) = (read("systemd/luvhive-backup.service"), read("README.md"));
    assert_eq!(value(&unit, "User"), "postgres", "the server writes its archive into the same folder");
    let paths = value(&unit, "ReadWritePaths");
    for (folder, mode) in paths.split(' ').zip(["0700", "0755"]) {
        let folder = folder.trim_start_matches('-');
        assert!(readme.contains(&format!("install -d -o postgres -g postgres -m {mode} {folder}")), "{folder} is made by nobody");
    }
    let command = value(&unit, "ExecStart");
    assert!(command.ends_with(" %d/DATABASE_URL"), "the address is read from its file: {command}");
    let scripts = "/usr/local/share/luvhive/backup/";
    assert!(unit.contains(&format!("{scripts}base-backup.sh")) && readme.contains(&format!("deploy/backup/*.sh {scripts}")));
    assert!(readme.contains("REPLICATION"), "a base backup needs that right");
}

#[test]
fn systemd_would_complain() {
    let Some(mut analyze) = require_or_skip("systemd", find("systemd-analyze", "systemd")) else { return };
    let folder = TestFolder::new();
    let path = folder.path().join("luvhive.service");
    std::fs::write(&path, "[Service]\nExecStart=/bin/true\nWatchdogSeconds=30\n").unwrap();
    let output = analyze.arg("verify").arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("WatchdogSeconds"), "the check above proves nothing here: {said}");
}

/// Returns the value of a key that stands once in a unit.
#[track_caller]
fn value(unit: &str, key: &str) -> String {
    let prefix = format!("{key}=");
    let values: Vec<_> = unit.lines().filter_map(|line| line.strip_prefix(&prefix)).collect();
    assert_eq!(values.len(), 1, "{key}: {values:?}");
    values[0].to_owned()
}

#[test]
fn the_bot_is_supervised_as_promised() {
    let unit = read("systemd/luvhive.service");
    for (key, expected) in [
        ("Type", "notify"),
        ("Restart", "always"),
        ("RestartPreventExitStatus", "78"),
        ("StartLimitIntervalSec", "0"),
        ("WatchdogSec", "30"),
        ("TimeoutStopSec", "30"),
        ("KillMode", "control-group"),
        ("LoadCredential", "BOT_TOKEN:/etc/luvhive/bot-token"),
        ("User", "luvhive"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("CapabilityBoundingSet", ""),
        ("LogNamespace", "luvhive"),
    ] {
        assert_eq!(value(&unit, key), expected, "{key}");
    }
    // A start ends by systemd's patience, which begins another, never by ours, which is exit code 78 and stays down.
    let waits: u32 = value(&unit, "Environment=LUVHIVE__DATABASE__START_WAIT_S").parse().unwrap();
    assert!(waits > value(&unit, "TimeoutStartSec").parse().unwrap());
    let journal = read("systemd/journald@luvhive.conf");
    assert_eq!((value(&journal, "SystemMaxFileSize"), value(&journal, "SystemMaxFiles")), ("50M".into(), "10".into()));
    assert_eq!(value(&read("systemd/luvhive-doctor.timer"), "OnUnitActiveSec"), "5min");
}

#[test]
fn the_unit_is_little_exposed() {
    let Some(mut analyze) = require_or_skip("systemd", find("systemd-analyze", "systemd")) else { return };
    // 100 tenths is everything allowed; what this unit leaves open is the network and its own account.
    let path = deploy("systemd/luvhive.service");
    run(analyze.args(["security", "--offline=true", "--threshold=20"]).arg(path));
}
