//! One private cluster as its users hold it: started or joined, addressed by URL, let go of on drop.

use std::fmt::{self, Write as _};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use super::account::{self, Account};
use super::find::{self, Binaries};
use super::keeper::{Keeper, Post};
use super::server::Server;
use super::share::{self, User};
use super::{ClusterSettings, Durability, Lifetime, LocalError, Source, fetch, place};

/// The database user that owns everything in a private cluster.
pub(super) const OWNER: &str = "luvhive";

/// A running private cluster; the server stays up at least as long as this value lives.
///
/// A server that dies meanwhile is started again, within two seconds where it need not recover much, and so is the loop
/// that stops it after its last user.
///
/// Dropping it takes the process off the list of users. After the last user the server is stopped, within the linger
/// time of the settings; a killed process counts as gone.
pub struct LocalCluster {
    dir: PathBuf,
    socket_dir: PathBuf,
    binaries: Binaries,
    account: Option<Account>,
    lifetime: Lifetime,
    user: Option<User>,
    /// Starts the server again if it dies.
    keeper: Option<Keeper>,
}

impl LocalCluster {
    /// Finds or fetches a server, makes the cluster if need be, starts it or joins a running one.
    ///
    /// Blocks, up to about a second when nothing has to be fetched. Any number of processes may call it at once for
    /// the same folder. `progress` hears of what takes long, one line per call.
    ///
    /// # Errors
    /// Every variant of [`LocalError`] but `Name` and `Server`. Nothing half-made is left behind.
    pub fn start(settings: &ClusterSettings, progress: &dyn Fn(&str)) -> Result<Self, LocalError> {
        share::require_flock()?;
        let account = account::for_server()?;
        let dir = place::settle(&settings.dir, settings.durability, account.as_ref(), progress)?;
        let lock_path = dir.join("lock");
        let _lock = share::lock(&lock_path, account.as_ref())?;
        let server = Server::new(&dir, settings.durability, account.as_ref());
        let running = server.find_running_socket();
        let binaries = choose_binaries(settings, &server, account.as_ref(), progress)?;
        let socket_dir = if let Some(socket_dir) = running {
            socket_dir
        } else {
            if server.data_major().is_some_and(|data| data != binaries.major()) {
                server.discard_if_fast(&binaries)?;
            }
            server.make_data_if_absent(&binaries, progress)?;
            server.start(&binaries)?
        };
        let user = share::register(&dir, account.as_ref())?;
        let post = Post {
            dir: dir.clone(),
            socket_dir: socket_dir.clone(),
            binaries: binaries.clone(),
            account: account.clone(),
            durability: settings.durability,
            linger: settings.linger,
            is_removed: settings.lifetime == Lifetime::Throwaway,
        };
        post.watch()?;
        let keeper = Some(Keeper::start(post)?);
        Ok(Self { dir, socket_dir, binaries, account, lifetime: settings.lifetime, user: Some(user), keeper })
    }

    /// Returns the connection string of one of the cluster's databases; it goes over the Unix socket, without TLS.
    pub fn url(&self, database: &str) -> String {
        let host = percent_encode(self.socket_dir.as_os_str().as_bytes());
        format!("postgres://{OWNER}@{host}/{}", percent_encode(database.as_bytes()))
    }

    /// Makes an empty database unless it exists; safe to call from many processes at once.
    ///
    /// # Errors
    /// [`LocalError::Name`] for a name with other characters than `a-z`, `0-9` and `_`, an empty or a long one;
    /// [`LocalError::Server`] when the server cannot be asked.
    pub async fn ensure_database(&self, name: &str) -> Result<(), LocalError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || name.len() > 63 || !name.chars().all(is_plain) {
            return Err(LocalError::Name { name: name.to_owned() });
        }
        let (client, connection) = tokio_postgres::connect(&self.url("postgres"), NoTls).await.map_err(LocalError::server)?;
        let connection = tokio::spawn(connection);
        let outcome = make_database(&client, name).await;
        drop(client);
        let _ = connection.await;
        outcome.map_err(LocalError::server)
    }

    /// The cluster's real folder; another than the settings' when the server's account cannot reach that one.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The server's programs, `psql` and `pg_dump` among them where the client package is there.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }
}

impl fmt::Debug for LocalCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalCluster").field("dir", &self.dir).field("version", &self.binaries.version()).finish_non_exhaustive()
    }
}

impl Drop for LocalCluster {
    /// Lets go of the cluster. A throwaway one is stopped and removed here and now if nobody else uses it, so that a
    /// program that ends in good order leaves no server behind; all else is the watching loop's work.
    fn drop(&mut self) {
        let keeper = self.keeper.take();
        if self.lifetime == Lifetime::Kept {
            keeper.into_iter().for_each(Keeper::leave);
            return;
        }
        drop(keeper);
        let Ok(_lock) = share::lock(&self.dir.join("lock"), self.account.as_ref()) else {
            return;
        };
        drop(self.user.take());
        if share::count_users(&self.dir) > 0 {
            return;
        }
        let server = Server::new(&self.dir, Durability::Fast, self.account.as_ref());
        if let Err(error) = server.stop_at_once(&self.binaries) {
            tracing::warn!(%error, "the throwaway database was left to its watching loop");
            return;
        }
        for dir in [&self.dir, &self.socket_dir] {
            let _ = fs::remove_dir_all(dir);
        }
    }
}

fn choose_binaries(
    settings: &ClusterSettings,
    server: &Server<'_>,
    account: Option<&Account>,
    progress: &dyn Fn(&str),
) -> Result<Binaries, LocalError> {
    let is_unpacked_only = settings.source == Source::Unpacked || find::unpacked_is_asked_for();
    if !is_unpacked_only && let Some(found) = find::installed(server.data_major(), account)? {
        return Ok(found);
    }
    fetch::unpacked(&settings.cache_dir, settings.fetch, account, progress)
}

async fn make_database(client: &tokio_postgres::Client, name: &str) -> Result<(), tokio_postgres::Error> {
    let known = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?;
    if known.is_some() {
        return Ok(());
    }
    match client.batch_execute(&format!("CREATE DATABASE {name}")).await {
        // Another process was quicker: by a moment, or by so little that only the catalogue's index saw it.
        Err(error)
            if error.code() == Some(&SqlState::DUPLICATE_DATABASE) || error.code() == Some(&SqlState::UNIQUE_VIOLATION) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// Encodes everything but letters, digits, `-`, `_` and `.` for use in a URL.
fn percent_encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_folders_survive_the_connection_string() {
        let encoded = percent_encode("/srv/my data/ü/run".as_bytes());
        assert_eq!(encoded, "%2Fsrv%2Fmy%20data%2F%C3%BC%2Frun");
        let url = format!("postgres://{OWNER}@{encoded}/luvhive");
        let config: tokio_postgres::Config = url.parse().unwrap();
        let host = tokio_postgres::config::Host::Unix("/srv/my data/ü/run".into());
        assert_eq!(config.get_hosts(), [host]);
    }
}
