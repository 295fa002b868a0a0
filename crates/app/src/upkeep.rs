//! An operator's work on the database itself: made-up people, copies, and the way in.

use std::path::PathBuf;

use luvhive_core::ports::Clock as _;
use luvhive_storage::{migrate, seed};
use tokio::time::Instant;

use crate::cli::{DbCommand, SeedArgs, say};
use crate::database::{self, Opened};
use crate::error::AppError;
use crate::settings::Settings;
use crate::subject;
use crate::system::SystemClock;
use crate::wiring::Side;

/// Fills the database with made-up people and says how fast that went.
///
/// # Errors
/// [`AppError::RealPeople`] unless they may mix, [`AppError::NoBot`], [`AppError::Store`].
pub(crate) async fn seed(settings: &Settings, wants_sandbox: bool, args: SeedArgs) -> Result<(), AppError> {
    let bot = Side::choose(settings, wants_sandbox)?.bot_id(settings)?;
    let opened = database::open(settings, say).await?;
    opened.prepare().await?;
    let crowd = seed::crowd(&opened.database, bot).await?;
    if crowd.real > 0 && !args.among_real_people {
        return Err(AppError::RealPeople { count: crowd.real });
    }
    let began = Instant::now();
    let people = seed::seed_people(&opened.database, bot, args.people, crowd.next, SystemClock.now()).await?;
    let (ms, rows) = (began.elapsed().as_millis().max(1), u128::from(people) * u128::from(seed::ROWS_A_PERSON));
    say(&format!("{people} people, {rows} rows in {ms} ms: {} rows a second", rows * 1000 / ms));
    Ok(())
}

/// Copies the database, brings a copy back, or prints the way in.
///
/// # Errors
/// [`AppError::NotEmpty`], [`AppError::Cluster`] when one of PostgreSQL's programs fails.
pub(crate) async fn database(settings: &Settings, command: DbCommand) -> Result<(), AppError> {
    let opened = database::open(settings, say).await?;
    match command {
        DbCommand::Url => {
            say(opened.url());
            if opened.is_private() {
                say("the server runs while something uses it: keep luvhive running, and give this to psql");
            }
        }
        DbCommand::Backup { folder } => {
            let target = folder.clone();
            let file = blocking(&opened, move |copier| copier.take(&target)).await?;
            say(&format!("the copy is {}", file.display()));
            if opened.is_private()
                && let Some(key) = subject::copy_beside(&settings.data_dir, &folder)?
            {
                say(&format!("the key of former people's hashes is {}: keep it as secret as the token", key.display()));
            }
        }
        DbCommand::Restore { folder } => {
            restore(&opened, folder.clone()).await?;
            if opened.is_private() && subject::bring_back(&settings.data_dir, &folder)? {
                say("the key of former people's hashes is back");
            }
        }
    }
    Ok(())
}

async fn restore(opened: &Opened, folder: PathBuf) -> Result<(), AppError> {
    if !migrate::clear_if_empty(&opened.database).await.map_err(|error| opened.told(error.into()))? {
        return Err(AppError::NotEmpty);
    }
    blocking(opened, move |copier| copier.bring_back(&folder)).await?;
    let ran = opened.migrate().await?;
    say(&format!("the copy is back, {ran} migrations ran on it; `luvhive doctor` tells whether all is well"));
    Ok(())
}

async fn blocking<T: Send + 'static>(
    opened: &Opened,
    work: impl FnOnce(luvhive_storage::local::Copier) -> Result<T, luvhive_storage::local::LocalError> + Send + 'static,
) -> Result<T, AppError> {
    let copier = opened.copier()?;
    Ok(tokio::task::spawn_blocking(move || work(copier)).await.map_err(AppError::Task)??)
}
