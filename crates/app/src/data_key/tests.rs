use std::os::unix::fs::PermissionsExt as _;

use luvhive_core::check::Status;

use super::*;
use crate::keyfile::kit::{folder, settings};

#[test]
fn a_private_installation_makes_its_key_once_and_puts_new_ones_first() {
    let dir = folder("data-key-once");
    let settings = settings(&dir, &[]);
    assert_eq!(check(&settings).status, Status::Skipped);
    assert_eq!(known(&settings).unwrap().keys(), [], "looking makes none");
    let first = vault(&with_key(&settings, true).unwrap()).keys();
    assert_eq!(vault(&with_key(&settings, true).unwrap()).keys(), first, "the same at the next start");
    put_first(&dir, &"ab".repeat(32)).unwrap();
    let both = vault(&with_key(&settings, true).unwrap()).keys();
    assert_eq!((both.len(), both.last(), known(&settings).unwrap().keys()), (2, first.first(), both.clone()));
    assert_eq!(fs::metadata(dir.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "nothing else is left behind");
    assert_eq!(check(&settings).status, Status::Ok);
    fs::write(dir.join(FILE), "half a k").unwrap();
    assert!(matches!(with_key(&settings, true), Err(AppError::DataKey { .. })), "a damaged file is never replaced");
    assert!(matches!(put_first(&dir, &"ab".repeat(32)), Err(AppError::DataKey { .. })));
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_named_database_takes_the_keys_that_are_set_or_none() {
    let dir = folder("data-key-named");
    let named = ("DATABASE_URL", "postgres://host/name");
    let without = settings(&dir, &[named]);
    assert_eq!(vault(&with_key(&without, false).unwrap()).keys(), []);
    assert_eq!(check(&without).status, Status::Warn);
    let with = settings(&dir, &[named, ("LUVHIVE_DATA_KEY", &"ab".repeat(32))]);
    assert_eq!(vault(&with_key(&with, false).unwrap()).keys().len(), 1);
    assert_eq!(check(&with).status, Status::Ok);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0, "no file is made");
    fs::remove_dir_all(&dir).unwrap();
}
