//! `luvhive seed`: made-up people.

use clap::Args;
use luvhive_core::ports::Clock as _;
use luvhive_storage::seed::{self, MadeUp};
use tokio::time::Instant;

use crate::console::say;
use crate::database;
use crate::error::AppError;
use crate::settings::Settings;
use crate::side::Side;
use crate::system::SystemClock;

/// Whom to make up.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Seed {
    /// How many people, 1 to 10,000,000.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    people: u32,
    /// Does so although real people are registered there, who would then meet made-up ones.
    #[arg(long)]
    among_real_people: bool,
}

impl Seed {
    /// Fills the database with made-up people and says how fast that went.
    ///
    /// # Errors
    /// [`AppError::RealPeople`] unless they may mix, [`AppError::NoBot`], [`AppError::Store`].
    pub(crate) async fn run(self, settings: &Settings, wants_sandbox: bool) -> Result<(), AppError> {
        let bot = Side::choose(settings, wants_sandbox)?.bot_id(settings)?;
        let opened = database::open(settings, say).await?;
        opened.prepare().await?;
        let crowd = seed::crowd(&opened.database, bot).await?;
        if crowd.real > 0 && !self.among_real_people {
            return Err(AppError::RealPeople { count: crowd.real });
        }
        let began = Instant::now();
        let made_up = MadeUp::new(self.people, crowd.next, SystemClock.now());
        let people = seed::seed_people(&opened.database, bot, made_up).await?;
        let (ms, rows) = (began.elapsed().as_millis().max(1), u128::from(people) * u128::from(seed::ROWS_A_PERSON));
        say(&format!("{people} people, {rows} rows in {ms} ms: {} rows a second", rows * 1000 / ms));
        Ok(())
    }
}
