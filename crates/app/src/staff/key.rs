//! `luvhive key`: the keys that encrypt stored texts: a new one, everything under it, whether any is missing.

use clap::Subcommand;
use luvhive_core::error::chain;
use luvhive_storage::vault::{self, Mark, take_census};

use crate::console::{note, say};
use crate::data_key;
use crate::database;
use crate::error::AppError;
use crate::keyfile;
use crate::settings::Settings;

/// What to do about the keys of stored texts.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Key {
    /// Makes a key: puts it first into data.key of a private installation, or prints it for the file that
    /// `LUVHIVE_DATA_KEY_FILE` names.
    New,
    /// Encrypts every text by the first key while the bot is stopped; a running bot does so itself after its start.
    Rotate,
    /// Counts texts by their keys; fails when a key is missing.
    Check,
}

impl Key {
    /// Does it.
    ///
    /// # Errors
    /// [`AppError::DataKey`], [`AppError::NoDataKey`], [`AppError::BotRuns`], [`AppError::KeysMissing`], and every error of
    /// opening a database.
    pub(crate) async fn run(self, settings: &Settings) -> Result<(), AppError> {
        match self {
            Self::New => new(settings),
            Self::Rotate => rotate(settings).await,
            Self::Check => check(settings).await,
        }
    }
}

fn new(settings: &Settings) -> Result<(), AppError> {
    let key = keyfile::draw();
    let Some(file) = data_key::own_file(settings) else {
        // The key has standard output for itself.
        say(&key);
        note(
            "make it the first line of the file that LUVHIVE_DATA_KEY_FILE names, above the keys that are there, keep a copy \
             apart from those of the database, and start the bot anew: it encrypts everything by this key, some rows at a time",
        );
        return Ok(());
    };
    data_key::put_first(&settings.data_dir, &key)?;
    let id = data_key::known(settings)?.keys().first().map(ToString::to_string).unwrap_or_default();
    say(&format!("{} begins with the new key {id}: keep a copy of it apart from those of the database", file.display()));
    say("start luvhive anew: it encrypts everything by this key, some rows at a time");
    Ok(())
}

async fn rotate(settings: &Settings) -> Result<(), AppError> {
    let vault = data_key::known(settings)?;
    let Some(first) = vault.keys().first().copied() else { return Err(AppError::NoDataKey) };
    let opened = database::open(settings, say).await?;
    opened.prepare().await?;
    if vault::is_bot_running(&opened.database).await.map_err(|error| opened.told(error.into()))? {
        return Err(AppError::BotRuns);
    }
    let pool = opened.pool(settings).await?;
    let (mut sealed, mut unreadable, mut mark) = (0_u64, 0_u64, Some(Mark::START));
    while let Some(at) = mark {
        let portion = vault::seal_portion(&pool, &vault, at).await?;
        sealed = sealed.saturating_add(portion.sealed);
        unreadable = unreadable.saturating_add(portion.unreadable);
        mark = portion.next;
    }
    say(&format!("{sealed} texts were encrypted by key {first}; every readable one is now"));
    if unreadable > 0 {
        say(&format!("{unreadable} cannot be decrypted and were left as they are: `luvhive key check` names missing keys"));
    } else if vault.keys().len() > 1 {
        say(
            "the older keys can go from the bot; copies of the database from before still need them, and so does the check of audit rows from before (`luvhive audit verify`)",
        );
    }
    Ok(())
}

async fn check(settings: &Settings) -> Result<(), AppError> {
    let vault = data_key::known(settings)?;
    let opened = database::open(settings, note).await?;
    opened.prepare().await?;
    let census = take_census(&opened.database).await.map_err(|error| opened.told(error.into()))?;
    for (place, key) in vault.keys().into_iter().enumerate() {
        let role = if place == 0 { "encrypts" } else { "older" };
        say(&format!("key {key}  {role:<9} {} texts", census.keys.get(&key).copied().unwrap_or(0)));
    }
    for key in census.missing(&vault) {
        say(&format!("key {key}  {:<9} {} texts", "missing", census.keys.get(&key).copied().unwrap_or(0)));
    }
    say(&format!("in clear                {} texts", census.clear));
    match data_key::missing(&census, &vault) {
        Some(keys) => Err(AppError::KeysMissing { keys, remedy: data_key::bring_back(settings) }),
        None => Ok(()),
    }
}

/// Says which keys a copy needs that was just brought back, if any is missing here.
pub(super) async fn tell_missing(settings: &Settings, opened: &database::Opened) {
    match (data_key::known(settings), take_census(&opened.database).await) {
        (Ok(vault), Ok(census)) => {
            if let Some(keys) = data_key::missing(&census, &vault) {
                say(&format!("its texts need {keys}, which is not here: {}", data_key::bring_back(settings)));
            }
        }
        (Err(error), _) => say(&format!("whether its texts can be decrypted is not known: {}", chain(&error))),
        (_, Err(error)) => say(&format!("whether its texts can be decrypted is not known: {}", chain(&error))),
    }
}
