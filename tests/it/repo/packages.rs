//! What we build with: licences, sources, duplicate versions, and dependencies that nobody uses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{cargo, root};

/// Licences that may be combined with ours and passed on.
const LICENCES: [&str; 10] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages with another licence that is fine for what we do with them.
const LICENCED_BY_NAME: [(&str, &str); 2] = [
    ("frankenstein", "WTFPL"),
    // Mozilla's terms are about the file; it drives the browser in tests and is in no program of ours.
    ("webdriver", "MPL-2.0"),
];

/// Packages in more than one version, since others have not moved on yet.
const DUPLICATES: [&str; 29] = [
    "base64",
    "const-oid",
    "cookie",
    "darling",
    "darling_core",
    "darling_macro",
    "getrandom",
    "hashbrown",
    "http",
    "icu_collections",
    "icu_provider",
    "litemap",
    "phf",
    "phf_shared",
    "rand",
    "rand_core",
    "syn",
    "synstructure",
    "thiserror",
    "thiserror-impl",
    "tinystr",
    "toml",
    "toml_datetime",
    "winnow",
    "writeable",
    "yoke",
    "yoke-derive",
    "zerovec",
    "zerovec-derive",
];

/// Reads what cargo knows about everything we build with on the platform of the tests.
fn packages() -> Vec<Value> {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let said = cargo(&["metadata", "--format-version", "1", "--filter-platform", &platform]);
    let mut metadata: Value = serde_json::from_str(&said).unwrap();
    let used: BTreeSet<String> =
        metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect();
    let Value::Array(packages) = metadata["packages"].take() else {
        panic!("cargo metadata lists no packages");
    };
    let packages: Vec<Value> = packages.into_iter().filter(|package| used.contains(text(package, "id"))).collect();
    assert!(packages.len() > 100, "only {} packages were seen", packages.len());
    packages
}

fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

/// Reports whether a licence expression can be met; stricter than SPDX where the two words are mixed.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|name| LICENCES.contains(&name.trim())))
}

#[test]
fn every_licence_lets_us_pass_the_program_on() {
    let wrong: Vec<String> = packages()
        .iter()
        .map(|package| (text(package, "name"), text(package, "license")))
        .filter(|named| !is_allowed(named.1) && !LICENCED_BY_NAME.contains(named))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_licence_check_refuses_what_it_must() {
    for good in ["MIT", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["", "GPL-3.0-only", "MIT AND GPL-3.0-only", "WTFPL"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}

#[test]
fn packages_come_from_the_public_registry_or_from_here() {
    let wrong: Vec<String> = packages()
        .iter()
        .filter(|package| !package["source"].is_null())
        .filter(|package| !text(package, "source").starts_with("registry+https://github.com/rust-lang/"))
        .map(|package| format!("{}: {}", text(package, "name"), text(package, "source")))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn second_versions_are_known() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        versions.entry(text(&package, "name").to_owned()).or_default().insert(text(&package, "version").to_owned());
    }
    let twice: BTreeSet<&str> =
        versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| name.as_str()).collect();
    let new: Vec<_> = twice.iter().filter(|name| !DUPLICATES.contains(name)).collect();
    assert!(new.is_empty(), "in more than one version: {new:?}; align them or add them to the list");
    let gone: Vec<_> = DUPLICATES.iter().filter(|name| !twice.contains(**name)).collect();
    assert!(gone.is_empty(), "no longer in two versions, take them off the list: {gone:?}");
}

/// The public workflow asks the same with `cargo deny`, which reads its own file.
#[test]
fn the_public_check_of_packages_asks_the_same() {
    let text = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let file = config::File::from_str(&text, config::FileFormat::Toml);
    let deny: Value = config::Config::builder().add_source(file).build().unwrap().try_deserialize().unwrap();
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(deny["licenses"]["allow"], serde_json::json!(LICENCES));
    let by_name: Vec<Value> =
        LICENCED_BY_NAME.iter().map(|(name, licence)| serde_json::json!({"name": name, "allow": [licence]})).collect();
    assert_eq!(deny["licenses"]["exceptions"], Value::from(by_name));
    assert_eq!(names(&deny["bans"]["skip"]), DUPLICATES);
    assert_eq!(deny["sources"]["unknown-registry"], "deny");
    assert_eq!(deny["sources"]["allow-registry"], serde_json::json!(["https://github.com/rust-lang/crates.io-index"]));
    assert_eq!(deny["sources"]["allow-git"], serde_json::json!([]));
}

#[test]
fn every_workspace_dependency_has_a_user() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let declared: BTreeSet<&str> = manifest
        .split_once("[workspace.dependencies]")
        .unwrap()
        .1
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim()))
        .collect();
    assert!(declared.contains("tokio"), "the list was not read: {declared:?}");
    let used: BTreeSet<String> = packages()
        .iter()
        .filter(|package| package["source"].is_null())
        .flat_map(|package| package["dependencies"].as_array().unwrap().clone())
        .map(|dependency| text(&dependency, "name").to_owned())
        .collect();
    let unused: Vec<_> = declared.iter().filter(|name| !used.contains(**name)).collect();
    assert!(unused.is_empty(), "declared and used by no crate: {unused:?}");
}

/// The gate tests the matcher alone with all its features only: with fewer, the tests of the workspace have shown it.
#[test]
fn nobody_asks_more_of_the_matcher_than_its_own_tests() {
    let packages = packages();
    let asked = |of: &Value| -> BTreeSet<String> {
        let dependencies = of["dependencies"].as_array().unwrap().iter();
        let on_matcher = dependencies.filter(|dependency| dependency["name"] == "luvhive-matching");
        on_matcher.flat_map(|on| on["features"].as_array().unwrap().iter().map(ToString::to_string)).collect()
    };
    let (own, others): (Vec<&Value>, Vec<&Value>) =
        packages.iter().filter(|package| package["source"].is_null()).partition(|package| package["name"] == "luvhive-matching");
    let own = asked(own[0]);
    let others: BTreeSet<String> = others.into_iter().flat_map(asked).collect();
    assert!(!others.is_empty() && others.is_subset(&own), "{others:?} are asked for, {own:?} by its own tests");
}
