//! The keys of stored texts: given by a setting or, in a private installation, the file `data.key` in the data directory,
//! whose first line encrypts and whose other lines still decrypt. No copy of the database holds it.

use std::fs;
use std::path::{Path, PathBuf};

use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_storage::vault::{Census, take_census};
use luvhive_storage::{Database, Vault};

use crate::error::AppError;
use crate::keyfile;
use crate::settings::{Secret, Settings};
use crate::system::OsEntropy;

/// The file of the keys, in the data directory.
const FILE: &str = "data.key";

/// What follows from having no key, for the log and `luvhive doctor`.
pub(crate) const WITHOUT: &str = "no data key is set: profile texts lie in clear in the database, nobody can register, and the \
                                  next release will refuse to start";

/// How to get one.
pub(crate) const REMEDY: &str = "`luvhive key new` makes one; put it into a file, name that file in LUVHIVE_DATA_KEY_FILE, and \
                                 keep a copy apart from those of the database";

/// Returns the settings with the keys in them; a private installation's first start makes one. A named database may go
/// without.
///
/// # Errors
/// [`AppError::DataDir`], [`AppError::DataKey`] for a file that holds something else.
pub(crate) fn with_key(settings: &Settings, is_private: bool) -> Result<Settings, AppError> {
    let mut settings = settings.clone();
    if settings.data_key.is_none() && is_private {
        settings.data_key = Some(read(&keyfile::find_or_make(&settings.data_dir, FILE)?)?);
    }
    Ok(settings)
}

/// The vault of the keys in these settings; without any it encrypts nothing.
pub(crate) fn vault(settings: &Settings) -> Vault {
    vault_of(settings.data_key.as_ref())
}

/// The vault of the keys that are there already, where [`vault`] may have to make one.
///
/// # Errors
/// [`AppError::DataDir`], [`AppError::DataKey`].
pub(crate) fn known(settings: &Settings) -> Result<Vault, AppError> {
    match own_file(settings).filter(|file| file.exists()) {
        Some(file) => Ok(vault_of(Some(&read(&file)?))),
        None => Ok(vault(settings)),
    }
}

fn vault_of(keys: Option<&Secret>) -> Vault {
    keys.and_then(|keys| Vault::new(keys.expose(), Box::new(OsEntropy))).unwrap_or_default()
}

/// The file that LuvHive itself keeps the keys in; `None` where a setting holds them, or should.
pub(crate) fn own_file(settings: &Settings) -> Option<PathBuf> {
    (settings.data_key.is_none() && settings.database_url.is_none()).then(|| settings.data_dir.join(FILE))
}

/// Puts a key before those that are in the file.
///
/// # Errors
/// [`AppError::DataDir`], [`AppError::DataKey`].
pub(crate) fn put_first(dir: &Path, key: &str) -> Result<(), AppError> {
    let file = dir.join(FILE);
    let text = if file.exists() { format!("{key}\n{}\n", read(&file)?.expose()) } else { format!("{key}\n") };
    fs::create_dir_all(dir).map_err(keyfile::at(dir))?;
    keyfile::replace(dir, FILE, &text)
}

/// How it stands with the keys, for `luvhive doctor`.
pub(crate) fn check(settings: &Settings) -> Check {
    let name = "data_key";
    match own_file(settings) {
        Some(file) => keyfile::look(name, &file, read),
        None if settings.data_key.is_some() => Check::ok(name, "set; keep a copy apart from those of the database"),
        None => Check::warn(name, WITHOUT, REMEDY),
    }
}

/// Whether every text can be decrypted, and none lies in clear, for `luvhive doctor`.
pub(crate) async fn check_texts(settings: &Settings, database: &Database) -> Check {
    let name = "encrypted_texts";
    let (vault, census) = match (known(settings), take_census(database).await) {
        (Ok(vault), Ok(census)) => (vault, census),
        (Err(error), _) => return Check::skipped(name, chain(&error)),
        (_, Err(error)) => return Check::skipped(name, chain(&error)),
    };
    match missing(&census, &vault) {
        Some(keys) => Check::fail(name, format!("texts need {keys}, which is not here"), bring_back(settings)),
        None if census.clear > 0 && !vault.keys().is_empty() => Check::warn(
            name,
            format!("{} lie in clear", census.clear),
            "start the bot, which encrypts them some rows at a time, or run `luvhive key rotate` while it is stopped",
        ),
        None => Check::ok(name, format!("{} encrypted, {} in clear", census.keys.values().sum::<u64>(), census.clear)),
    }
}

/// Names the keys that are missing; `None` if none is.
pub(crate) fn missing(census: &Census, vault: &Vault) -> Option<String> {
    let missing = census.missing(vault);
    let names: Vec<String> = missing.iter().map(|key| format!("key {key}")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What to do about a missing key.
pub(crate) fn bring_back(settings: &Settings) -> String {
    let place = match own_file(settings) {
        Some(file) => file.display().to_string(),
        None => "the file that LUVHIVE_DATA_KEY_FILE names".to_owned(),
    };
    format!("add its line, from the copy that was kept, at the end of {place}; until then these texts are empty")
}

fn read(file: &Path) -> Result<Secret, AppError> {
    let text = fs::read_to_string(file).map_err(keyfile::at(file))?;
    crate::settings::read_data_keys(&text).ok_or_else(|| AppError::DataKey { path: file.to_owned() })
}

#[cfg(test)]
mod tests;
