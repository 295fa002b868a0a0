//! What a bench of the whole bot stands on: a private database with fsync on, a sandbox, and their client.
//! The bot itself runs in the bench's process, started once the bench has prepared the database.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use luvhive_app::bot::{Bot, BotParts, Intake};
use luvhive_app::ops::Ops;
use luvhive_app::settings::Settings;
use luvhive_sandbox::{Sandbox, SandboxSettings};
use luvhive_storage::local::{ClusterSettings, Durability, LocalCluster};
use luvhive_storage::{Database, Pool, PoolSettings, migrate};
use luvhive_telegram::client::BotApi;
use luvhive_telegram::dialog::Entry;
use luvhive_telegram::runtime::Standby;

/// Everything but the bot. Ends with [`Ground::clear`].
pub struct Ground {
    /// The local Telegram.
    pub sandbox: Sandbox,
    /// The bot's way to it.
    pub api: Arc<BotApi>,
    /// An empty database of the newest schema.
    pub database: Database,
    url: String,
    pool: Pool,
    cluster: LocalCluster,
}

impl Ground {
    /// Makes a throwaway database and starts a sandbox; `name` tells runs of different benches apart.
    ///
    /// # Errors
    /// When PostgreSQL or the sandbox does not start.
    pub async fn lay(name: &str, sandbox: SandboxSettings) -> Result<Self, Box<dyn Error>> {
        let folder = std::env::temp_dir().join(format!("luvhive-{name}-{}", std::process::id()));
        let cluster = ClusterSettings { durability: Durability::Durable, ..ClusterSettings::throwaway(&folder) };
        let cluster = tokio::task::spawn_blocking(move || LocalCluster::start(&cluster, &|_| {})).await??;
        cluster.ensure_database("luvhive").await?;
        let url = cluster.url("luvhive");
        let database = Database::parse(&url, None)?;
        migrate::run(&database).await?;
        let pool = PoolSettings {
            max_connections: 16,
            min_idle_connections: 1,
            checkout_timeout_ms: 2_000,
            statement_timeout_ms: 10_000,
            application_name: format!("luvhive-{name}"),
        };
        let pool = Pool::open(&database, &pool).await?;
        let sandbox = Sandbox::start(sandbox).await?;
        let api = Arc::new(BotApi::new(&sandbox.base_url(), &sandbox.token())?);
        Ok(Self { sandbox, api, database, url, pool, cluster })
    }

    /// The connection string of the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts the bot, which polls.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_bot(&self) -> Result<Bot, Box<dyn Error>> {
        let parts = BotParts {
            api: Arc::clone(&self.api),
            database: self.database.clone(),
            pool: self.pool.clone(),
            intake: Intake::Polling,
            ops: Ops::closed(),
            entry: Entry::default(),
        };
        Ok(Bot::start(&Settings::load(&BTreeMap::new())?, parts, Standby::No).await?)
    }

    /// Stops the sandbox and removes the database. The bot has been stopped before.
    pub async fn clear(self) {
        self.sandbox.stop().await;
        drop(self.cluster);
    }
}

/// The time within which `percent` of the steps were done, in ms; `sorted` is in ascending order.
pub fn part(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
