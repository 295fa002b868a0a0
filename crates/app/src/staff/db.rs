//! `luvhive db`: the database as a whole: copies, and its address.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use luvhive_storage::local::{Copier, LocalError};
use luvhive_storage::{migrate, restored};

use crate::console::{note, say};
use crate::data_key;
use crate::database::{self, Opened};
use crate::error::AppError;
use crate::settings::Settings;
use crate::subject;

use super::consent::{self, Consent};
use super::key;

/// What to do with the database as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Writes a copy into a folder that holds none yet; the bot may run on.
    Backup {
        /// The folder.
        folder: PathBuf,
    },
    /// Brings a copy back into an empty database, also of a newer PostgreSQL.
    Restore {
        /// The folder of the copy.
        folder: PathBuf,
    },
    /// Moves on every number after a restore to a point in time; `restore` does so itself. Stop the bot first: a running one
    /// loses its hold on the database.
    Raise(Raise),
    /// Prints the connection string alone, with its password if it has one, for `psql "$(luvhive db url)"`.
    Url,
}

/// How to move on the numbers.
#[derive(Debug, Args)]
pub(crate) struct Raise {
    #[command(flatten)]
    consent: Consent,
}

impl Db {
    /// Copies the database, brings a copy back, or prints its address.
    ///
    /// # Errors
    /// [`AppError::NotEmpty`], [`AppError::Cluster`] when one of PostgreSQL's programs fails.
    pub(crate) async fn run(&self, settings: &Settings) -> Result<(), AppError> {
        match self {
            Self::Backup { folder } => backup(settings, folder).await,
            Self::Restore { folder } => restore(settings, folder).await,
            Self::Raise(Raise { consent }) => {
                consent.check()?;
                let opened = database::open(settings, say).await?;
                if !consent.is_given() {
                    consent::ask("A running bot loses its hold on the database. Is it stopped".to_owned()).await?;
                }
                raise(&opened).await?;
                say("numbers go on where nobody has seen them; the bot can start");
                Ok(())
            }
            Self::Url => {
                // The address has standard output for itself.
                let opened = database::open(settings, note).await?;
                say(opened.url());
                if opened.is_private() {
                    note("the server runs while something uses it: keep luvhive running, and give this to psql");
                }
                Ok(())
            }
        }
    }
}

async fn backup(settings: &Settings, folder: &Path) -> Result<(), AppError> {
    let opened = database::open(settings, say).await?;
    let target = folder.to_owned();
    let file = blocking(&opened, move |copier| copier.take(&target)).await?;
    say(&format!("the copy is {}", file.display()));
    if opened.is_private()
        && let Some(copy) = subject::copy_beside(&settings.data_dir, folder)?
    {
        say(&format!("the key of former people's hashes is {}: keep it as secret as the token", copy.display()));
    }
    if let Some(keys) = data_key::own_file(settings) {
        say(&format!("the keys of its texts are not in the copy: keep a copy of {} in another place", keys.display()));
    }
    Ok(())
}

async fn restore(settings: &Settings, folder: &Path) -> Result<(), AppError> {
    let opened = database::open(settings, say).await?;
    if !migrate::clear_if_empty(&opened.database).await.map_err(|error| opened.told(error.into()))? {
        return Err(AppError::NotEmpty);
    }
    let source = folder.to_owned();
    blocking(&opened, move |copier| copier.bring_back(&source)).await?;
    let ran = opened.migrate().await?;
    raise(&opened).await?;
    say(&format!("the copy is back, {ran} migrations ran on it; `luvhive doctor` tells whether all is well"));
    if opened.is_private() && subject::bring_back(&settings.data_dir, folder)? {
        say("the key of former people's hashes is back");
    }
    key::tell_missing(settings, &opened).await;
    Ok(())
}

/// What was given out since the copy was taken still lies in people's chats, as buttons and invoices.
async fn raise(opened: &Opened) -> Result<(), AppError> {
    restored::raise_numbers(&opened.database).await.map_err(|error| opened.told(error.into()))
}

async fn blocking<T: Send + 'static>(
    opened: &Opened,
    work: impl FnOnce(Copier) -> Result<T, LocalError> + Send + 'static,
) -> Result<T, AppError> {
    let copier = opened.copier().await?;
    Ok(tokio::task::spawn_blocking(move || work(copier)).await.map_err(AppError::Task)??)
}
