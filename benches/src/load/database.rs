//! The run's own PostgreSQL: private, durable, thrown away at the end, and crashed on demand.

use std::path::{Path, PathBuf};
use std::time::Duration;

use luvhive_core::id::{BotId, TelegramId};
use luvhive_storage::local::{ClusterSettings, Durability, LocalCluster};
use luvhive_storage::{Database, MadeUp, migrate, seed_chats, seed_people};

use tokio::time::Instant;

use super::LoadError;
use super::bots::is_process_alive;
use super::run::now;

const NAME: &str = "load";
/// How long the processes of a killed server may take to be gone.
const ORPHANS_END: Duration = Duration::from_secs(15);

/// A cluster with fsync on and one database.
#[derive(Debug)]
pub(crate) struct LoadDatabase {
    settings: ClusterSettings,
    cluster: LocalCluster,
}

impl LoadDatabase {
    pub(crate) async fn start(dir: &Path) -> Result<Self, LoadError> {
        let settings = ClusterSettings { durability: Durability::Durable, ..ClusterSettings::throwaway(dir) };
        let cluster = start(settings.clone()).await?;
        cluster.ensure_database(NAME).await?;
        let this = Self { settings, cluster };
        migrate::run(&this.database()?).await?;
        Ok(this)
    }

    pub(crate) fn url(&self) -> String {
        self.cluster.url(NAME)
    }

    pub(crate) fn database(&self) -> Result<Database, LoadError> {
        Ok(Database::parse(&self.url(), None)?)
    }

    /// Makes another database, which nobody has migrated.
    pub(crate) async fn bare(&self, name: &str) -> Result<Database, LoadError> {
        self.cluster.ensure_database(name).await?;
        Ok(Database::parse(&self.cluster.url(name), None)?)
    }

    /// Registers `people + idle` accounts from `first` on and seats the first `people` of them in pairs.
    pub(crate) async fn seed(&self, bot: BotId, first: i64, people: u32, idle: u32) -> Result<(), LoadError> {
        let (database, now) = (self.database()?, now());
        seed_people(&database, bot, MadeUp::new(people.saturating_add(idle), TelegramId::new(first), now)).await?;
        seed_chats(&database, bot, MadeUp::new(people / 2, TelegramId::new(first), now)).await?;
        Ok(())
    }

    /// Counts the connections of everybody else.
    pub(crate) async fn count_connections(&self) -> Result<i64, LoadError> {
        let (client, connection) = tokio_postgres::connect(&self.url(), tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        let others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let count = client.query_one(others, &[]).await?.get(0);
        drop(client);
        connection.await??;
        Ok(count)
    }

    /// Returns the name of the process that holds the shard.
    pub(crate) async fn owner(&self) -> Result<String, LoadError> {
        let (client, connection) = tokio_postgres::connect(&self.url(), tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        let row = client.query_opt("SELECT coalesce(owner, '') FROM shard_leases LIMIT 1", &[]).await?;
        drop(client);
        connection.await??;
        Ok(row.map(|row| row.get::<_, String>(0)).unwrap_or_default())
    }

    /// Kills the server's first process as a power cut would, then starts it again.
    pub(crate) async fn crash(&mut self) -> Result<(), LoadError> {
        let pid_file: PathBuf = self.cluster.dir().join("data").join("postmaster.pid");
        let text = std::fs::read_to_string(pid_file)?;
        let pid = text.lines().next().unwrap_or_default().trim().to_owned();
        tokio::process::Command::new("kill").args(["-9", &pid]).status().await?;
        while is_process_alive(&pid) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Its orphans notice and end on their own; until then the folder counts as in use.
        let deadline = Instant::now() + ORPHANS_END;
        loop {
            // The old handle is kept until the new one stands, so that nobody takes the folder for unused.
            match start(self.settings.clone()).await {
                Ok(cluster) => {
                    self.cluster = cluster;
                    return Ok(());
                }
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn start(settings: ClusterSettings) -> Result<LocalCluster, LoadError> {
    let started = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|line| tracing::info!("{line}"))).await?;
    Ok(started?)
}
