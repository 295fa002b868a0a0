//! The key of former people's hashes: given by a setting or, in a private installation, made once and kept as a file in
//! the data directory, which is never made again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use luvhive_core::check::Check;

use crate::error::AppError;
use crate::keyfile;
use crate::settings::{Secret, Settings};

/// The key's file, in the data directory and in the folder of a copy.
const FILE: &str = "subject.key";

/// Returns the settings with the key in them; a private installation's first start makes one. A named database may go
/// without.
///
/// # Errors
/// [`AppError::DataDir`], [`AppError::SubjectKey`] for a file that holds no key.
pub(crate) fn with_key(settings: &Settings, is_private: bool) -> Result<Settings, AppError> {
    let mut settings = settings.clone();
    if settings.subject_key.is_none() && is_private {
        settings.subject_key = Some(read(&keyfile::find_or_make(&settings.data_dir, FILE)?)?);
    }
    Ok(settings)
}

/// Puts a copy of a private installation's key beside a copy of its database; returns where, if there is a key.
///
/// # Errors
/// [`AppError::DataDir`].
pub(crate) fn copy_beside(data_dir: &Path, folder: &Path) -> Result<Option<PathBuf>, AppError> {
    let key = match fs::read(data_dir.join(FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(keyfile::at(data_dir))?,
    };
    let copy = folder.join(FILE);
    keyfile::write(&copy, &key).map_err(keyfile::at(folder))?;
    Ok(Some(copy))
}

/// Takes the key that lies beside a copy of the database, in place of one that was made for a database without anybody.
/// Reports whether there was one.
///
/// # Errors
/// [`AppError::DataDir`], [`AppError::SubjectKey`].
pub(crate) fn bring_back(data_dir: &Path, folder: &Path) -> Result<bool, AppError> {
    let copy = folder.join(FILE);
    if !copy.exists() {
        return Ok(false);
    }
    let key = read(&copy)?;
    keyfile::replace(data_dir, FILE, &format!("{}\n", key.expose()))?;
    Ok(true)
}

/// How it stands with the key, for `luvhive doctor`.
pub(crate) fn check(settings: &Settings) -> Check {
    let name = "subject_key";
    if settings.subject_key.is_some() {
        return Check::ok(name, "set; keep a copy beside those of the database");
    }
    if settings.database_url.is_some() {
        let found = "not set: the bot's token hashes who left, and a new token would forget their bans and blocks";
        let remedy = "put the line of `openssl rand -hex 32` into LUVHIVE_SUBJECT_KEY, or a file that LUVHIVE_SUBJECT_KEY_FILE \
                      names, and keep a copy";
        return Check::warn(name, found, remedy);
    }
    keyfile::look(name, &settings.data_dir.join(FILE), read)
}

fn read(file: &Path) -> Result<Secret, AppError> {
    let text = fs::read_to_string(file).map_err(keyfile::at(file))?;
    let key = crate::settings::read_subject_key(text.trim());
    key.ok_or_else(|| AppError::SubjectKey { path: file.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use luvhive_core::check::Status;

    use super::*;
    use crate::keyfile::kit::{folder, settings};

    #[test]
    fn a_private_installation_makes_its_key_once() {
        let dir = folder("subject-once");
        let settings = settings(&dir, &[]);
        assert_eq!(check(&settings).status, Status::Skipped);
        let key = with_key(&settings, true).unwrap().subject_key.unwrap();
        assert_eq!(key.expose().len(), 64);
        assert_eq!(with_key(&settings, true).unwrap().subject_key.unwrap(), key, "the same at the next start");
        assert_eq!(fs::metadata(dir.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "nothing else is left behind");
        assert_eq!(check(&settings).status, Status::Ok);
        fs::set_permissions(dir.join(FILE), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(check(&settings).status, Status::Warn);
        fs::write(dir.join(FILE), "half a k").unwrap();
        assert!(matches!(with_key(&settings, true), Err(AppError::SubjectKey { .. })), "a damaged key is never replaced");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_named_database_takes_the_key_that_is_set_or_none() {
        let dir = folder("subject-named");
        let named = ("DATABASE_URL", "postgres://host/name");
        let without = settings(&dir, &[named]);
        assert_eq!(with_key(&without, false).unwrap().subject_key, None);
        assert_eq!(check(&without).status, Status::Warn);
        let key = "ab".repeat(32);
        let with = settings(&dir, &[named, ("LUVHIVE_SUBJECT_KEY", &key)]);
        assert_eq!(with_key(&with, false).unwrap().subject_key.unwrap().expose(), key);
        assert_eq!(check(&with).status, Status::Ok);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0, "no file is made");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_copy_takes_the_key_along_and_back() {
        let (old, copy, new) = (folder("subject-old"), folder("subject-copy"), folder("subject-new"));
        assert_eq!(copy_beside(&old, &copy).unwrap(), None);
        let key = with_key(&settings(&old, &[]), true).unwrap().subject_key;
        let there = copy_beside(&old, &copy).unwrap().unwrap();
        assert_eq!(fs::metadata(&there).unwrap().permissions().mode() & 0o777, 0o600);
        assert_ne!(with_key(&settings(&new, &[]), true).unwrap().subject_key, key);
        assert!(bring_back(&new, &copy).unwrap());
        assert_eq!(with_key(&settings(&new, &[]), true).unwrap().subject_key, key);
        for dir in [old, copy, new] {
            fs::remove_dir_all(&dir).unwrap();
        }
    }
}
