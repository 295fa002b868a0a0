//! Keys that lie as files in the data directory: made once, readable by their owner alone, there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use luvhive_core::check::Check;
use luvhive_core::ports::Entropy as _;

use crate::error::AppError;
use crate::settings::Secret;
use crate::system::OsEntropy;

/// Draws a key: 64 hexadecimal digits.
pub(crate) fn draw() -> String {
    let [a, b, c, d] = std::array::from_fn(|_| OsEntropy.next_u64());
    format!("{a:016x}{b:016x}{c:016x}{d:016x}")
}

/// Finds the key's file in the data directory, or makes it there; of two processes that start at once one makes it.
///
/// # Errors
/// [`AppError::DataDir`].
pub(crate) fn find_or_make(dir: &Path, name: &str) -> Result<PathBuf, AppError> {
    let file = dir.join(name);
    if !file.exists() {
        fs::create_dir_all(dir).map_err(at(dir))?;
        let part = part_of(&file);
        write(&part, format!("{}\n", draw()).as_bytes()).map_err(at(dir))?;
        let linked = fs::hard_link(&part, &file);
        fs::remove_file(&part).map_err(at(dir))?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(at(dir)(error)),
            _ => sync(dir)?,
        }
    }
    Ok(file)
}

/// Puts this in the place of what a key's file held.
///
/// # Errors
/// [`AppError::DataDir`].
pub(crate) fn replace(dir: &Path, name: &str, text: &str) -> Result<(), AppError> {
    let file = dir.join(name);
    let part = part_of(&file);
    write(&part, text.as_bytes()).and_then(|()| fs::rename(&part, &file)).map_err(at(dir))?;
    sync(dir)
}

/// Writes a file that is not there yet.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Looks at a key's file, for `luvhive doctor`.
pub(crate) fn look(name: &'static str, file: &Path, read: impl Fn(&Path) -> Result<Secret, AppError>) -> Check {
    match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Check::skipped(name, "the first start makes it"),
        Err(error) => Check::fail(name, format!("{} cannot be read: {error}", file.display()), "give it to LuvHive's account"),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            Check::warn(name, format!("{} can be read by others", file.display()), "chmod 600 on it")
        }
        Ok(_) => match read(file) {
            Ok(_) => Check::ok(name, format!("{}; keep a copy of it", file.display())),
            Err(error) => Check::fail(name, error.to_string(), "bring back the copy of this file"),
        },
    }
}

/// Adds the path to the system's answer.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> AppError {
    let path = path.to_owned();
    move |source| AppError::DataDir { path, source }
}

fn part_of(file: &Path) -> PathBuf {
    file.with_extension(format!("key.{}", std::process::id()))
}

fn sync(dir: &Path) -> Result<(), AppError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(at(dir))
}

/// What the tests of the keys share.
#[cfg(test)]
pub(crate) mod kit {
    use super::{Path, PathBuf, fs};
    use crate::settings::Settings;

    /// An empty folder for one test.
    pub(crate) fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("luvhive-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    /// Settings with this data directory and these variables.
    pub(crate) fn settings(dir: &Path, more: &[(&str, &str)]) -> Settings {
        let own = [("LUVHIVE_DATA_DIR", dir.to_str().unwrap())];
        let all = own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::load(&all).unwrap()
    }
}
