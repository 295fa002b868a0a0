//! Which crates a layer may see: the arrows of the architecture, and no other. `rooms` says the same of the modules inside.

mod rooms;

use std::collections::BTreeSet;

use super::cargo;

/// What each package must not see, not even through others.
const BANNED: [(&str, &[&str]); 7] = [
    ("luvhive-matching", &["luvhive-core"]),
    ("luvhive-core", &[]),
    ("luvhive-storage", &["frankenstein", "axum", "reqwest", "config", "luvhive-telegram", "luvhive-web"]),
    ("luvhive-telegram", &["diesel", "diesel-async", "bb8", "config", "tokio-postgres", "luvhive-storage", "luvhive-web"]),
    ("luvhive-web", &["diesel", "diesel-async", "bb8", "config", "tokio-postgres", "luvhive-storage"]),
    ("luvhive-sandbox", &["frankenstein", "diesel", "luvhive-core", "luvhive-telegram"]),
    ("luvhive-app", &["mockall", "proptest", "insta", "fantoccini", "luvhive-tests", "luvhive-benches"]),
];

/// What the pure crates must not see: runtimes, drivers, clients, and anything else that does I/O.
const IMPURE: [&str; 9] = ["tokio", "diesel", "bb8", "frankenstein", "reqwest", "axum", "config", "tracing-subscriber", "rand"];

/// Lists every package that `package` is built with, without its tests.
fn tree(package: &str) -> BTreeSet<String> {
    let said = cargo(&["tree", "-p", package, "-e", "normal,build", "--prefix", "none", "-f", "{p}"]);
    said.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[track_caller]
fn check(package: &str, banned: &[&str]) {
    let tree = tree(package);
    assert!(tree.contains(package), "{package} has no tree: {tree:?}");
    let found: Vec<_> = banned.iter().filter(|name| tree.contains(**name)).collect();
    assert!(found.is_empty(), "{package} must not see {found:?}");
}

#[test]
fn no_layer_sees_what_it_must_not() {
    for (package, banned) in BANNED {
        check(package, banned);
    }
}

#[test]
fn matching_and_core_are_pure() {
    check("luvhive-matching", &IMPURE);
    check("luvhive-core", &IMPURE);
}

#[test]
fn only_known_arrows_lead_from_crate_to_crate() {
    let arrows: [(&str, &[&str]); 8] = [
        ("luvhive-matching", &[]),
        ("luvhive-core", &["luvhive-matching"]),
        ("luvhive-storage", &["luvhive-core", "luvhive-matching"]),
        ("luvhive-telegram", &["luvhive-core", "luvhive-matching"]),
        ("luvhive-web", &["luvhive-core", "luvhive-matching", "luvhive-telegram"]),
        ("luvhive-sandbox", &[]),
        ("luvhive-settings", &[]),
        ("luvhive-phone", &["luvhive-core", "luvhive-matching", "luvhive-telegram", "luvhive-sandbox"]),
    ];
    for (package, allowed) in arrows {
        let ours: Vec<String> = tree(package)
            .into_iter()
            .filter(|name| name.starts_with("luvhive-") && name != package)
            .filter(|name| !allowed.contains(&name.as_str()))
            .collect();
        assert!(ours.is_empty(), "{package} must not see {ours:?}");
    }
}

#[test]
fn the_check_finds_what_is_there() {
    assert!(tree("luvhive-storage").contains("diesel"));
}
