//! Which room of a crate may see which: an ordered list per crate, and no arrow that runs up.
//!
//! A room is a module that the crate's root declares. The list starts on the ground floor, and a room may import the rooms
//! that stand before it and no other. The root itself wires the rooms and may see each of them. What is compiled only for
//! tests is left out.

use std::collections::BTreeMap;

use super::super::source::{self, Source};

/// The rooms of each crate, the ground floor first.
const HOUSES: [(&str, &[&str]); 5] = [
    (
        "telegram",
        &[
            "signal",
            "key",
            "callback",
            "locale",
            "rendered",
            "handler",
            "payments",
            "registration",
            "wire",
            "subject",
            "view",
            "client",
            "checks",
            "dialog",
            "intake",
            "sender",
            "lanes",
            "runtime",
        ],
    ),
    (
        "sandbox",
        &[
            "clock", "person", "error", "refusal", "observe", "settings", "world", "host", "strict", "assets", "faults",
            "shared", "people", "deliver", "api", "control", "sandbox",
        ],
    ),
    (
        "storage",
        &[
            "advisory",
            "hex",
            "schema",
            "moment",
            "database",
            "pool",
            "error",
            "vault",
            "codes",
            "audit",
            "staff",
            "command",
            "store",
            "ledger",
            "preferences",
            "sanction",
            "people",
            "block",
            "chats",
            "migrate",
            "tuning",
            "checks",
            "friend",
            "former",
            "situation",
            "conduct",
            "evidence",
            "review",
            "case",
            "corrections",
            "my_data",
            "erase",
            "restored",
            "retention",
            "journal",
            "local",
            "seed",
        ],
    ),
    (
        "core",
        &[
            "code",
            "error",
            "text",
            "guard",
            "id",
            "time",
            "entropy",
            "check",
            "filter",
            "chat",
            "premium",
            "coins",
            "conduct",
            "person",
            "correction",
            "staff",
            "evidence",
            "decision",
            "case",
            "friend",
            "invitation",
            "tier",
            "search",
            "engine",
            "situation",
            "ports",
            "testing",
        ],
    ),
    (
        "app",
        &[
            "system",
            "actor",
            "console",
            "error",
            "supervisor",
            "keyfile",
            "data_key",
            "recorder",
            "door",
            "ops",
            "patience",
            "jobs",
            "bot",
            "database",
            "side",
            "subject",
            "admission",
            "staff",
            "cli",
            "hold",
            "shutdown",
            "telemetry",
            "threads",
            "doctor",
            "smoke",
            "wiring",
        ],
    ),
];

/// An arrow that runs up: the file that holds it, the room it lies in, the room it names.
type Arrow = (String, String, String);

/// The place of each room that one room names: the arrows that run up.
fn arrows_up(order: &[&str], sources: &[Source]) -> Vec<Arrow> {
    let floor: BTreeMap<&str, usize> = order.iter().enumerate().map(|(floor, room)| (*room, floor)).collect();
    let exports = source::exports(sources);
    let mut found = Vec::new();
    for source in sources {
        let Some(room) = source.module.first() else { continue };
        for name in source::roots_named(source) {
            let named = if floor.contains_key(name.as_str()) { &name } else { exports.get(&name).unwrap_or(&name) };
            if let (Some(own), Some(other)) = (floor.get(room.as_str()), floor.get(named.as_str()))
                && other > own
            {
                found.push((source.path.display().to_string(), room.clone(), named.clone()));
            }
        }
    }
    found
}

#[test]
fn no_room_sees_a_floor_above_it() {
    for (name, order) in HOUSES {
        let sources = source::read_crate(name);
        let rooms = source::rooms(&sources);
        let unlisted: Vec<&String> = rooms.iter().filter(|room| !order.contains(&room.as_str())).collect();
        assert!(unlisted.is_empty(), "give these rooms of {name} a floor: {unlisted:?}");
        let gone: Vec<&&str> = order.iter().filter(|room| !rooms.contains(**room)).collect();
        assert!(gone.is_empty(), "{name} has no such rooms: {gone:?}");
        let up = arrows_up(order, &sources);
        assert!(up.is_empty(), "arrows of {name} that run up: {up:#?}");
    }
}

#[test]
fn a_planted_arrow_is_found_in_each_crate() {
    for (name, order) in HOUSES {
        let (ground, top) = (order[0], order[order.len() - 1]);
        for planted in [
            format!("use crate::{top}::Thing;"),
            format!("use crate::{{{top}}};"),
            format!("fn f() {{ log!(value = super::{top}::THING); }}"),
        ] {
            let mut sources = source::read_crate(name);
            let file = sources.iter_mut().find(|source| source.module == [ground]).unwrap();
            file.file.items.extend(syn::parse_file(&planted).unwrap().items);
            let up = arrows_up(order, &sources);
            assert_eq!(up.len(), 1, "{planted} in {name}: {up:?}");
        }
    }
}

#[test]
fn what_is_only_for_tests_may_look_up() {
    let (name, order) = HOUSES[0];
    let planted = format!("#[cfg(test)] mod check {{ use crate::{}::Thing; }}", order[order.len() - 1]);
    let mut sources = source::read_crate(name);
    let file = sources.iter_mut().find(|source| source.module == [order[0]]).unwrap();
    file.file.items.extend(syn::parse_file(&planted).unwrap().items);
    assert!(arrows_up(order, &sources).is_empty());
}
