//! The database this process works with: the one that was named, or the private cluster in the data directory.

use std::path::Path;
use std::time::Duration;

use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_storage::local::{ClusterSettings, Copier, LocalCluster};
use luvhive_storage::migrate::MigrateError;
use luvhive_storage::{Database, DatabaseError, Pool, PoolSettings, migrate};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use crate::error::AppError;
use crate::settings::{Secret, Settings};
use crate::supervisor;

/// The name of LuvHive's database in a private cluster.
const PRIVATE_NAME: &str = "luvhive";

/// The pause between two looks at a database that is waited for.
const RETRY: Duration = Duration::from_millis(500);

/// A database that answers, and the private cluster behind it, which runs at least as long as this value lives.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) database: Database,
    url: Secret,
    cluster: Option<LocalCluster>,
    /// Set once the sessions of a named database have proved to be ours alone.
    has_sessions: OnceCell<()>,
}

/// Where the private cluster of a data directory lies.
pub(crate) fn cluster_dir(settings: &Settings) -> std::path::PathBuf {
    settings.data_dir.join("postgres")
}

/// Opens the named database, or starts or joins the private cluster; each longer step is told by `progress`.
///
/// # Errors
/// [`AppError::Cluster`], [`AppError::Database`].
pub(crate) async fn open(settings: &Settings, progress: fn(&str)) -> Result<Opened, AppError> {
    match &settings.database_url {
        Some(url) => Ok(Opened {
            database: Database::parse(url.expose(), None)?,
            url: url.clone(),
            cluster: None,
            has_sessions: OnceCell::new(),
        }),
        None => start(ClusterSettings::durable(cluster_dir(settings)), progress).await,
    }
}

/// Starts a cluster that is gone with this process, in `dir`, which must not hold another one.
///
/// # Errors
/// [`AppError::Cluster`].
pub(crate) async fn throwaway(dir: &Path, progress: fn(&str)) -> Result<Opened, AppError> {
    start(ClusterSettings::throwaway(dir), progress).await
}

async fn start(settings: ClusterSettings, progress: fn(&str)) -> Result<Opened, AppError> {
    let started = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &progress)).await;
    let cluster = started.map_err(AppError::Task)??;
    cluster.ensure_database(PRIVATE_NAME).await?;
    let url = cluster.url(PRIVATE_NAME);
    Ok(Opened {
        database: Database::parse(&url, None)?,
        url: Secret::new(url),
        cluster: Some(cluster),
        has_sessions: OnceCell::new(),
    })
}

impl Opened {
    /// Reports whether it is the private cluster's.
    pub(crate) fn is_private(&self) -> bool {
        self.cluster.is_some()
    }

    /// The connection string, with its password if it has one.
    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    /// Finds the programs that copy this database.
    ///
    /// # Errors
    /// [`AppError::Database`], [`AppError::Cluster`].
    pub(crate) async fn copier(&self) -> Result<Copier, AppError> {
        let server = self.database.major().await.map_err(|error| self.told(error.into()))?;
        Ok(Copier::new(self.cluster.as_ref().map(LocalCluster::binaries), self.url(), &self.database, server)?)
    }

    /// Tells whether a copy can be taken here.
    pub(crate) async fn check_copier(&self) -> Check {
        let name = "backup_programs";
        match self.copier().await {
            Ok(copier) => match copier.look() {
                Ok(found) => Check::ok(name, found),
                Err(error) => Check::warn(name, chain(&error), "until then `luvhive db backup` refuses"),
            },
            Err(AppError::Cluster(error)) => Check::warn(name, chain(&error), "until then `luvhive db backup` refuses"),
            Err(error) => Check::skipped(name, chain(&error)),
        }
    }

    /// Checks whether the server's identity is verified.
    pub(crate) fn check_certificate(&self) -> Check {
        let name = "server_certificate";
        match self.database.unchecked_host() {
            None => Check::ok(name, "checked, or the server is on this machine"),
            Some(host) => Check::warn(
                name,
                format!("nothing makes sure that {host} is the server"),
                "set sslmode=verify-full in DATABASE_URL, and sslrootcert to the file of the certificate that signed the server's",
            ),
        }
    }

    /// Waits for a named database that does not answer, for `patience` at most.
    ///
    /// # Errors
    /// [`AppError::DatabaseAway`], [`AppError::Database`] when nobody may write, or nobody lets us in.
    pub(crate) async fn reach(&self, patience: Duration) -> Result<(), AppError> {
        let end = Instant::now() + patience;
        let mut has_told = false;
        loop {
            match self.require_sessions().await {
                Err(error) if error.may_pass() && Instant::now() < end => {
                    if !has_told {
                        tracing::warn!(patience_s = patience.as_secs(), error = chain(&error), "waiting for the database");
                    }
                    has_told = true;
                    sleep(RETRY).await;
                }
                answer => return answer.map_err(|error| self.told(error.into())),
            }
        }
    }

    /// Makes sure that a named database lets us write, over sessions that are ours alone; it is asked once.
    async fn require_sessions(&self) -> Result<(), DatabaseError> {
        if self.is_private() {
            return Ok(());
        }
        let require = || async { self.database.clone().for_writing().require_sessions().await };
        self.has_sessions.get_or_try_init(require).await.copied()
    }

    /// Brings the schema to this version and returns how many migrations ran. The supervisor is asked for time as long as the
    /// server says that they go on, or wait in line.
    ///
    /// # Errors
    /// [`AppError::Migrate`], also for a database of a newer version; [`AppError::Database`].
    pub(crate) async fn migrate(&self) -> Result<usize, AppError> {
        self.require_sessions().await.map_err(|error| self.told(error.into()))?;
        let look = || async {
            match migrate::progress(&self.database).await {
                Ok(Some(waits_for)) if waits_for.is_empty() => Some("migrations are running".to_owned()),
                Ok(Some(waits_for)) => Some(format!("a migration waits for a lock of the server's processes {waits_for:?}")),
                Ok(None) | Err(_) => None,
            }
        };
        let done = supervisor::while_it_moves(migrate::run(&self.database), look).await;
        Ok(done.map_err(|error| self.told(error.into()))?.len())
    }

    /// Makes sure that the schema is of this version; only a private database is changed for that.
    ///
    /// # Errors
    /// [`AppError::Migrate`], [`AppError::PendingMigrations`].
    pub(crate) async fn prepare(&self) -> Result<(), AppError> {
        if self.is_private() {
            return self.migrate().await.map(drop);
        }
        let pending = migrate::pending(&self.database).await.map_err(|error| self.told(error.into()))?;
        if pending.is_empty() { Ok(()) } else { Err(AppError::PendingMigrations { count: pending.len() }) }
    }

    /// Opens a pool of connections.
    ///
    /// # Errors
    /// [`AppError::Database`], [`AppError::DatabaseAway`].
    pub(crate) async fn pool(&self, settings: &Settings) -> Result<Pool, AppError> {
        let pool = PoolSettings {
            max_connections: settings.max_connections,
            min_idle_connections: 1,
            checkout_timeout_ms: settings.checkout_timeout_ms,
            statement_timeout_ms: settings.statement_timeout_ms,
            application_name: "luvhive".to_owned(),
        };
        self.require_sessions().await.map_err(|error| self.told(error.into()))?;
        Pool::open(&self.database, &pool).await.map_err(|error| self.told(error.into()))
    }

    /// Adds key, form and remedy to a failure to reach the database that `DATABASE_URL` names.
    pub(crate) fn told(&self, error: AppError) -> AppError {
        match error {
            AppError::Database(source @ DatabaseError::Unavailable(_))
            | AppError::Migrate(MigrateError::Database(source @ DatabaseError::Unavailable(_)))
                if !self.is_private() =>
            {
                AppError::DatabaseAway(source)
            }
            AppError::Migrate(MigrateError::Database(error)) => AppError::Database(error),
            other => other,
        }
    }
}
