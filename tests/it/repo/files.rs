//! Rules for the files themselves: heads, lengths, places, and what no file may hold.

use std::path::{Path, PathBuf};

use super::root;

/// The longest a source file may be, in lines; tests and the generated schema aside.
const LONGEST_FILE: usize = 500;

/// Lists the repository's files, without what is built or runs in it.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                if !["target", "data", ".git", "node_modules"].iter().any(|skipped| name == **skipped) {
                    folders.push(path);
                }
            } else if name != ".git" {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 20, "only {} files were seen", found.len());
    found
}

pub(super) fn sources() -> Vec<(PathBuf, String)> {
    files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (relative(&path), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(root()).unwrap().to_owned()
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

#[test]
fn every_source_file_says_what_it_owns() {
    let wrong: Vec<PathBuf> = sources()
        .into_iter()
        // A `tests.rs` speaks of the file it lies beside.
        .filter(|(path, text)| {
            !path.ends_with("tests.rs") && !text.starts_with("//! ") && !text.starts_with("#![doc = include_str!")
        })
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "without a head `//!`: {wrong:?}");
}

#[test]
fn files_stay_short_enough_to_read() {
    let wrong: Vec<(PathBuf, usize)> = sources()
        .into_iter()
        .filter(|(path, _)| !is_test(path) && !path.ends_with("schema.rs"))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .collect();
    assert!(wrong.is_empty(), "longer than {LONGEST_FILE} lines: {wrong:?}");
}

#[test]
fn mod_rs_is_for_the_integration_tests() {
    let wrong: Vec<PathBuf> = sources()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.ends_with("mod.rs") && !path.starts_with("tests/it"))
        .collect();
    assert!(wrong.is_empty(), "name these after their module: {wrong:?}");
}

/// Reports whether a text holds what could be a bot's token: its number, a colon, 35 characters.
fn holds_token(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_secret = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b':').any(|(colon, _)| {
        let digits = bytes[..colon].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let secret = bytes[colon + 1..].iter().take_while(|byte| is_secret(byte)).count();
        (6..=12).contains(&digits) && secret == 35
    })
}

#[test]
fn no_file_holds_what_could_be_a_token() {
    let wrong: Vec<PathBuf> = files()
        .iter()
        .filter(|path| std::fs::read(path).is_ok_and(|bytes| holds_token(&String::from_utf8_lossy(&bytes))))
        .map(|path| relative(path))
        .collect();
    assert!(wrong.is_empty(), "build such strings at run time: {wrong:?}");
}

#[test]
fn the_token_check_knows_a_token() {
    let secret = "Aa0-_".repeat(7);
    assert!(holds_token(&format!("BOT_TOKEN={}:{secret}\n", 123_456_789)));
    assert!(!holds_token(&format!("sha256:{secret}")));
    assert!(!holds_token(&format!("123456789:{secret}0")));
}

#[test]
fn no_file_names_a_builders_machine() {
    // Put together here, so that this file does not hold them.
    let paths = [["/wo", "rk/"], ["/ro", "ot/"], [".cargo/regi", "stry"], ["../sha", "red"]].map(|parts| parts.concat());
    let is_named = |text: &str| {
        paths.iter().any(|path| {
            text.match_indices(path.as_str())
                .any(|(at, _)| !text[..at].ends_with(|before: char| before.is_alphanumeric() || "./_-".contains(before)))
        })
    };
    assert!(is_named(&format!("see {}x", paths[0])));
    let wrong: Vec<PathBuf> = files()
        .iter()
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| is_named(&text)))
        .map(|path| relative(path))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
