//! Holding the data directory: one running LuvHive at a time, and the next one learns who that is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::error::AppError;

/// How often a standby looks whether the directory is free.
const STANDBY_PAUSE: Duration = Duration::from_millis(100);

/// The right to run in a data directory; given back when dropped, and by the kernel when the process dies.
#[derive(Debug)]
pub(crate) struct Hold {
    _locked: File,
}

impl Hold {
    /// Takes the directory, making it if needed.
    ///
    /// # Errors
    /// [`AppError::DataDir`] if it cannot be written, [`AppError::Held`] if another process has it.
    pub(crate) fn take(dir: &Path) -> Result<Self, AppError> {
        let fail = |source| AppError::DataDir { path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(fail)?;
        let path = dir.join("luvhive.lock");
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "unknown" } else { holder.trim() }.to_owned();
                return Err(AppError::Held { path: dir.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(fail)?;
        Ok(Self { _locked: file })
    }

    /// Waits until the directory is free, then takes it.
    ///
    /// # Errors
    /// [`AppError::DataDir`].
    pub(crate) async fn wait(dir: &Path) -> Result<Self, AppError> {
        loop {
            match Self::take(dir) {
                Err(AppError::Held { .. }) => tokio::time::sleep(STANDBY_PAUSE).await,
                other => return other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_learns_who_is_first_and_follows_it() {
        let dir = std::env::temp_dir().join(format!("luvhive-hold-{}", std::process::id()));
        let first = Hold::take(&dir).unwrap();
        let refused = Hold::take(&dir).unwrap_err();
        assert!(matches!(&refused, AppError::Held { holder, .. } if *holder == std::process::id().to_string()), "{refused}");
        drop(first);
        drop(Hold::take(&dir).unwrap());
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_file_in_its_place_is_refused() {
        let file = std::env::temp_dir().join(format!("luvhive-hold-file-{}", std::process::id()));
        std::fs::write(&file, "").unwrap();
        let refused = Hold::take(&file).unwrap_err();
        std::fs::remove_file(&file).unwrap();
        assert!(matches!(refused, AppError::DataDir { .. }), "{refused}");
    }
}
