//! The private PostgreSQL cluster a newcomer gets: found or fetched, started, shared, stopped after its last user.
//! Everything here blocks; call it from async code through `tokio::task::spawn_blocking`.

mod account;
mod backup;
mod cluster;
mod error;
mod fetch;
mod find;
mod keeper;
mod passfile;
mod place;
mod process;
mod server;
mod share;

use std::path::PathBuf;
use std::time::Duration;

pub use backup::Copier;
pub use cluster::LocalCluster;
pub use error::LocalError;
pub use find::{Binaries, MINIMUM_MAJOR};
pub use place::default_cache_dir;

/// Says how a private cluster is found, started, and kept.
#[derive(Debug, Clone)]
pub struct ClusterSettings {
    /// The cluster's own folder: data, socket, log, and the list of its users lie in it.
    pub dir: PathBuf,
    /// Where fetched packages are unpacked; shared by every cluster of this account ([`default_cache_dir`]).
    pub cache_dir: PathBuf,
    /// What a crash of the machine may cost.
    pub durability: Durability,
    /// What happens to the folder after the last user.
    pub lifetime: Lifetime,
    /// How long the server stays up after its last user: 2 s for the app, 20 s for tests.
    pub linger: Duration,
    /// Which servers are looked at.
    pub source: Source,
    /// Whether packages may be downloaded when no server is installed.
    pub fetch: Fetch,
}

impl ClusterSettings {
    /// Describes the bot's cluster in `dir`: durable, kept, 2 s linger, fetched when nothing is installed.
    pub fn durable(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            cache_dir: default_cache_dir(),
            durability: Durability::Durable,
            lifetime: Lifetime::Kept,
            linger: Duration::from_secs(2),
            source: Source::Any,
            fetch: Fetch::Allowed,
        }
    }

    /// Describes a cluster in `dir` that is gone with its last user: no fsync, no linger.
    pub fn throwaway(dir: impl Into<PathBuf>) -> Self {
        Self { durability: Durability::Fast, lifetime: Lifetime::Throwaway, linger: Duration::ZERO, ..Self::durable(dir) }
    }
}

/// What a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed: fsync is on. For the bot.
    Durable,
    /// Everything: fsync is off, and data of another major version is made anew. For tests.
    Fast,
}

/// What happens to a cluster's folder after its last user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// It stays for the next start.
    Kept,
    /// It is removed with everything in it.
    Throwaway,
}

/// Which servers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Installed ones first, then fetched packages; `LUVHIVE_PG_SOURCE=unpacked` narrows it.
    Any,
    /// Fetched packages only, as on a machine without PostgreSQL.
    Unpacked,
}

/// Whether packages may be downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// Download the distribution's packages when nothing is installed.
    Allowed,
    /// Never download.
    Forbidden,
}
