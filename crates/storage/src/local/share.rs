//! Who uses a cluster: one locked file per user, and a small shell loop that stops the server after the last.
//! Locks are the kernel's and die with their process, so a killed user is as gone as one that said goodbye.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::account::{self, Account};
use super::process::{self, Process};
use super::{LocalError, place};

const WATCH: &str = include_str!("watch.sh");

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// One user of a cluster; dropping it takes the user off the list.
#[derive(Debug)]
pub(super) struct User {
    path: PathBuf,
    _held: File,
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Puts the calling process on the list of users; the caller holds the cluster's lock.
pub(super) fn register(dir: &Path, account: Option<&Account>) -> Result<User, LocalError> {
    let users = dir.join("users");
    place::make_private(&users, account)?;
    let pid = std::process::id();
    // The birth, so that a number used again gets another name.
    let born = Process::find(pid).map(Process::born).unwrap_or_default();
    let name = format!("{pid}-{born}-{}", COUNTER.fetch_add(1, Ordering::Relaxed));
    // Locked under a hidden name first: the loop must never see one that nobody holds yet.
    let hidden = users.join(format!(".{name}"));
    let held = lock(&hidden, account)?;
    let path = users.join(name);
    fs::rename(&hidden, &path).map_err(LocalError::at(&path))?;
    Ok(User { path, _held: held })
}

/// Counts the living users of a cluster.
pub(super) fn count_users(dir: &Path) -> usize {
    let Ok(entries) = fs::read_dir(dir.join("users")) else {
        return 0;
    };
    entries
        .flatten()
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        .filter_map(|entry| File::open(entry.path()).ok())
        .filter(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
        .count()
}

/// Reports whether the loop that stops the server is alive, and with it, as a rule, the server.
pub(super) fn is_watched(dir: &Path) -> bool {
    File::open(dir.join("watch.lock")).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Opens a lock file and waits until nobody else holds it; it is free again when the file is dropped.
pub(super) fn lock(path: &Path, account: Option<&Account>) -> Result<File, LocalError> {
    let file = place::open(path, account)?;
    file.lock().map_err(LocalError::at(path))?;
    Ok(file)
}

/// What the loop needs to know.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    pub(super) dir: &'a Path,
    pub(super) socket_dir: &'a Path,
    pub(super) linger: Duration,
    pub(super) is_removed: bool,
}

/// Starts the loop that stops the server after its last user; `pg_ctl` gives its program and environment.
pub(super) fn watch(watch: &Watch<'_>, pg_ctl: &Command, account: Option<&Account>) -> Result<(), LocalError> {
    drop(place::open(&watch.dir.join("watch.lock"), account)?);
    // Renamed into place, never written over: a running shell still reads the old file.
    let script = watch.dir.join("watch.sh");
    if fs::read_to_string(&script).ok().as_deref() != Some(WATCH) {
        place::write(&script, WATCH, account)?;
    }
    // The shell in between ends at once, so that the loop is nobody's child and leaves no zombie behind.
    let mut command = process::command("sh");
    command
        .args(["-c", "sh \"$0\" \"$@\" &"])
        .arg(&script)
        .arg(watch.dir)
        .arg(format!("{:.3}", watch.linger.as_secs_f64()))
        .arg(pg_ctl.get_program())
        .arg(if watch.is_removed { "remove" } else { "keep" })
        .arg(watch.socket_dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.envs(pg_ctl.get_envs().filter_map(|(name, value)| Some((name, value?))));
    account::run_as(&mut command, account);
    let failed = |error: io::Error| LocalError::Tool { tool: "sh".to_owned(), detail: error.to_string() };
    command.status().map(drop).map_err(failed)
}

/// Makes sure that the loop's one tool outside the shell is there.
pub(super) fn require_flock() -> Result<(), LocalError> {
    let outcome = process::command("flock").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(LocalError::MissingTool { tool: "flock", package: "util-linux" })
        }
        _ => Ok(()),
    }
}
