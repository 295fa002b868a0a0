//! The server process of a cluster: is it running, make its data, write its settings, start it, stop it.
//! Every function expects the caller to hold the cluster's lock.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::account::{self, Account};
use super::cluster::OWNER;
use super::error::last_words;
use super::find::Binaries;
use super::process::Process;
use super::{Durability, LocalError, place, share};

/// A log larger than this is set aside at the next start; one older log is kept.
const LARGEST_LOG_BYTES: u64 = 10_000_000;

/// The server process of one cluster folder.
#[derive(Debug)]
pub(super) struct Server<'a> {
    dir: &'a Path,
    data: PathBuf,
    durability: Durability,
    account: Option<&'a Account>,
}

impl<'a> Server<'a> {
    pub(super) fn new(dir: &'a Path, durability: Durability, account: Option<&'a Account>) -> Self {
        Self { dir, data: dir.join("data"), durability, account }
    }

    /// Returns the folder of the socket if a server of this cluster answers on it.
    pub(super) fn find_running_socket(&self) -> Option<PathBuf> {
        let noted = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        // Lines: pid, data, start time, port, socket folder, …
        let socket_dir = PathBuf::from(noted.lines().nth(4)?);
        UnixStream::connect(socket_dir.join(place::SOCKET_NAME)).ok()?;
        Some(socket_dir)
    }

    /// Returns the major version that made the data, or none when there is no data yet.
    pub(super) fn data_major(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data.join("PG_VERSION")).ok()?;
        text.trim().parse().ok()
    }

    /// Throws away data of another major version where it is worth nothing; refuses where it is.
    pub(super) fn discard_if_fast(&self, binaries: &Binaries) -> Result<(), LocalError> {
        if self.durability == Durability::Durable {
            return Err(LocalError::Version {
                dir: self.dir.to_owned(),
                data: self.data_major().unwrap_or_default(),
                server: binaries.major(),
            });
        }
        fs::remove_dir_all(&self.data).map_err(LocalError::at(&self.data))
    }

    /// Makes the data folder with `initdb` unless there is one; it appears whole or not at all.
    pub(super) fn make_data_if_absent(&self, binaries: &Binaries, progress: &dyn Fn(&str)) -> Result<(), LocalError> {
        if self.data_major().is_some() {
            return Ok(());
        }
        progress(&format!("making a database with PostgreSQL {} in {}", binaries.version(), self.dir.display()));
        let fresh = self.dir.join("data.new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(LocalError::at(&fresh))?;
        }
        let mut command = binaries.command("initdb");
        command
            .arg("-D")
            .arg(&fresh)
            .arg(format!("--username={OWNER}"))
            .args(["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"])
            .args(["--locale=C", "--no-instructions"])
            .arg(match self.durability {
                Durability::Durable => "--data-checksums",
                Durability::Fast => "--no-sync",
            });
        account::run_as(&mut command, self.account);
        let output =
            command.output().map_err(|error| LocalError::Tool { tool: "initdb".to_owned(), detail: error.to_string() })?;
        if !output.status.success() {
            let _ = fs::remove_dir_all(&fresh);
            // Said in English: the command's locale is C.
            if String::from_utf8_lossy(&output.stderr).contains("could not look up effective user ID") {
                return Err(LocalError::Nameless { uid: account::effective_uid().unwrap_or_default() });
            }
            return Err(LocalError::tool("initdb", &output.stderr));
        }
        let conf = fresh.join("postgresql.conf");
        let mut text = fs::read_to_string(&conf).map_err(LocalError::at(&conf))?;
        text.push_str("\ninclude_if_exists = 'luvhive.conf'\n");
        place::write(&conf, &text, self.account)?;
        fs::rename(&fresh, &self.data).map_err(LocalError::at(&self.data))
    }

    /// Starts the server, waits until it takes connections, and returns the folder of its socket.
    pub(super) fn start(&self, binaries: &Binaries) -> Result<PathBuf, LocalError> {
        let socket_dir = place::socket_dir(self.dir);
        self.start_at(binaries, &socket_dir)?;
        Ok(socket_dir)
    }

    /// Starts the server with its socket in this folder, and waits until it takes connections.
    pub(super) fn start_at(&self, binaries: &Binaries, socket_dir: &Path) -> Result<(), LocalError> {
        place::make_private(socket_dir, self.account)?;
        let conf = self.data.join("luvhive.conf");
        place::write(&conf, &settings(self.dir, socket_dir, self.durability), self.account)?;
        self.forget_foreign_locks(socket_dir);

        let logs = self.dir.join("log");
        place::make_private(&logs, self.account)?;
        let log = logs.join("server.log");
        let mut length = fs::metadata(&log).map_or(0, |meta| meta.len());
        if length > LARGEST_LOG_BYTES {
            fs::rename(&log, logs.join("server.log.1")).map_err(LocalError::at(&log))?;
            length = 0;
        }

        let mut command = binaries.command("pg_ctl");
        // The server inherits what pg_ctl holds: with a pipe instead of nothing, the reader would wait forever.
        command
            .args(["start", "-s", "-w", "-t", "120", "-D"])
            .arg(&self.data)
            .arg("-l")
            .arg(&log)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        account::run_as(&mut command, self.account);
        let status =
            command.status().map_err(|error| LocalError::Tool { tool: "pg_ctl start".to_owned(), detail: error.to_string() })?;
        if status.success() {
            return Ok(());
        }
        Err(LocalError::Tool {
            tool: "pg_ctl start".to_owned(),
            detail: format!("{} (in {})", last_words(&read_from(&log, length)), log.display()),
        })
    }

    /// Stops the server without a last checkpoint: only for data that is thrown away.
    pub(super) fn stop_at_once(&self, binaries: &Binaries) -> Result<(), LocalError> {
        if !self.data.join("postmaster.pid").exists() {
            return Ok(());
        }
        let mut command = binaries.command("pg_ctl");
        command.args(["stop", "-s", "-w", "-t", "60", "-m", "immediate", "-D"]).arg(&self.data);
        account::run_as(&mut command, self.account);
        let output =
            command.output().map_err(|error| LocalError::Tool { tool: "pg_ctl stop".to_owned(), detail: error.to_string() })?;
        if output.status.success() { Ok(()) } else { Err(LocalError::tool("pg_ctl stop", &output.stderr)) }
    }

    /// Returns the number in the pid file.
    pub(super) fn noted_pid(&self) -> Option<u32> {
        noted_in(&self.data.join("postmaster.pid"))
    }

    /// Removes the pid and lock files of a server that was seen to live here and does not any more, though something still
    /// has its number: itself, dead and not yet waited for by its parent, or a new process.
    pub(super) fn forget_dead(&self, known: Process, socket_dir: &Path) {
        if Process::find(known.pid) == Some(known) {
            return;
        }
        self.forget_locks(socket_dir, |pid| pid == known.pid);
    }

    /// Removes lock files whose number belongs to another program now, as after a power cut or in a new container;
    /// PostgreSQL would take that program for a running server and refuse to start.
    ///
    /// Only where that program is seen to be another one, and no watching loop lives: a server in another container on
    /// the same folder has a number that means something else here.
    fn forget_foreign_locks(&self, socket_dir: &Path) {
        if !share::is_watched(self.dir) {
            let works_elsewhere = |pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder != self.data);
            self.forget_locks(socket_dir, works_elsewhere);
        }
    }

    /// Removes those of the server's two lock files whose number is one that means no server.
    fn forget_locks(&self, socket_dir: &Path, is_void: impl Fn(u32) -> bool) {
        let socket_lock = socket_dir.join(format!("{}.lock", place::SOCKET_NAME));
        for path in [self.data.join("postmaster.pid"), socket_lock] {
            if noted_in(&path).is_some_and(&is_void) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Reads the number in a lock file of the server's.
fn noted_in(path: &Path) -> Option<u32> {
    fs::read_to_string(path).ok()?.lines().next()?.trim().parse().ok()
}

/// Writes the server's settings: Unix socket only, no jit, a log that names no person. What an operator put into
/// `tuned.conf` comes first, so that it can change sizes but not open the server.
fn settings(dir: &Path, socket_dir: &Path, durability: Durability) -> String {
    let quote = |path: &Path| path.to_string_lossy().replace('\'', "''");
    let (tuned, quoted) = (quote(&dir.join("tuned.conf")), quote(socket_dir));
    let mut text = format!(
        "# Written at every start; changes are lost. Yours belong into tuned.conf.\n\
         jit = off\n\
         log_checkpoints = off\n\
         include_if_exists = '{tuned}'\n\
         listen_addresses = ''\n\
         unix_socket_directories = '{quoted}'\n\
         unix_socket_permissions = 0700\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n"
    );
    let rest: &[(&str, &str)] = match durability {
        // Details and statements of an error hold the values of keys, and so of people.
        Durability::Durable => &[
            ("log_error_verbosity", "terse"),
            ("log_min_error_statement", "panic"),
            ("log_parameter_max_length", "0"),
            ("log_parameter_max_length_on_error", "0"),
            ("max_connections", "60"),
            // After a crash the whole file system is written out at once instead of some thousand files one by one, which
            // took seven seconds on a busy disk (PostgreSQL 14 and newer, Linux).
            ("recovery_init_sync_method", "syncfs"),
        ],
        Durability::Fast => &[
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            ("max_connections", "400"),
            ("autovacuum_naptime", "5min"),
            ("max_wal_size", "512MB"),
        ],
    };
    for (name, value) in rest {
        let _ = writeln!(text, "{name} = {value}");
    }
    text
}

fn read_from(path: &Path, start: u64) -> Vec<u8> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(1_000_000).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_throwaway_data_goes_without_fsync() {
        let dir = Path::new("/srv/o'hara/run");
        let durable = settings(Path::new("/srv/o'hara"), dir, Durability::Durable);
        assert!(!durable.contains("fsync"), "{durable}");
        assert!(durable.contains("'/srv/o''hara/run'"), "{durable}");
        assert!(durable.contains("recovery_init_sync_method = syncfs"), "a crash must not cost many seconds: {durable}");
        assert!(settings(dir, dir, Durability::Fast).contains("fsync = off"));
    }

    #[test]
    fn the_bots_server_log_keeps_values_to_itself() {
        let durable = settings(Path::new("/srv"), Path::new("/srv"), Durability::Durable);
        assert!(durable.contains("log_error_verbosity = terse"));
        assert!(durable.contains("log_min_error_statement = panic"));
    }
}
