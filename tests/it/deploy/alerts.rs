//! The alert rules: sound, and firing when they must, by Prometheus' own tool.

use std::collections::BTreeSet;

use luvhive_tests::drill::run;
use luvhive_tests::require_or_skip;

use super::{deploy, find, read};

#[test]
fn the_rules_and_the_scrape_file_are_sound() {
    let Some(mut promtool) = require_or_skip("promtool", find("promtool", "prometheus")) else { return };
    let said = run(promtool.args(["check", "rules", "alerts.yml"]).current_dir(deploy("prometheus")));
    assert!(said.contains("SUCCESS: 28 rules found"), "{said}");
    let Some(mut promtool) = require_or_skip("promtool", find("promtool", "prometheus")) else { return };
    run(promtool.args(["check", "config", "prometheus.yml"]).current_dir(deploy("prometheus")));
}

#[test]
fn each_alert_fires_when_it_must_and_only_then() {
    let Some(mut promtool) = require_or_skip("promtool", find("promtool", "prometheus")) else { return };
    run(promtool.args(["test", "rules", "alerts_test.yml"]).current_dir(deploy("prometheus")));
}

/// The words after a key, one per line.
fn named<'a>(text: &'a str, key: &str) -> BTreeSet<&'a str> {
    text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key)).map(str::trim).collect()
}

#[test]
fn the_runbook_leads_on_from_each_alert() {
    let (rules, runbook) = (read("prometheus/alerts.yml"), read("../docs/OPERATIONS.md"));
    let rows: BTreeSet<&str> = runbook
        .lines()
        .filter_map(|line| line.strip_prefix("| LuvHive").and_then(|_| line.split('|').nth(1)))
        .map(str::trim)
        .collect();
    assert_eq!(rows, named(&rules, "alert:"));
}

#[test]
fn no_alert_goes_untested() {
    let (rules, tests) = (read("prometheus/alerts.yml"), read("prometheus/alerts_test.yml"));
    let alerts = named(&rules, "alert:");
    assert_eq!(alerts.len(), 28, "{alerts:?}");
    assert_eq!(named(&tests, "alertname:"), alerts, "each alert has a test in which it fires");
    let quiet = tests.split_once("a quiet hour").unwrap().1.split_once("- name:").unwrap().0;
    for alert in alerts {
        assert!(quiet.contains(&format!("alertname: {alert}, exp_alerts: []")), "{alert} has no quiet hour");
    }
}
