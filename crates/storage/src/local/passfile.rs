//! A password for PostgreSQL's own programs: in a file that only this account can read. Arguments are everybody's to see,
//! and an environment goes on to every child and into reports of crashes.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::LocalError;

/// Tells the files of this process apart.
static NUMBER: AtomicU32 = AtomicU32::new(0);
/// How many folders that are there already are passed over.
const TRIES: u32 = 100;

/// The file in a folder of its own; both are removed with the value.
#[derive(Debug)]
pub(super) struct PassFile {
    folder: PathBuf,
}

impl PassFile {
    /// Writes the file, and names it to a command.
    ///
    /// # Errors
    /// [`LocalError::Directory`].
    pub(super) fn give(command: &mut Command, password: &str) -> Result<Self, LocalError> {
        let made = Self { folder: make_folder(&std::env::temp_dir())? };
        let path = made.folder.join("password");
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let line = format!("*:*:*:*:{}\n", password.replace('\\', r"\\").replace(':', r"\:"));
        file.and_then(|mut file| file.write_all(line.as_bytes())).map_err(LocalError::at(&path))?;
        command.env("PGPASSFILE", path).env_remove("PGPASSWORD");
        Ok(made)
    }
}

impl Drop for PassFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "a file with the database's password cannot be removed");
        }
    }
}

fn make_folder(parent: &Path) -> Result<PathBuf, LocalError> {
    let mut tries = 0;
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("luvhive-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
            Err(error) => return Err(LocalError::at(&folder)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_password_is_in_no_environment_and_its_file_does_not_stay() {
        let mut command = Command::new("sh");
        command.args(["-c", r#"tr '\0' '\n' </proc/$$/environ; printf file=; cat "$PGPASSFILE"; exit 1"#]);
        let file = PassFile::give(&mut command, r"hun:ter\2").unwrap();
        let path = file.folder.join("password");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file.folder), mode(&path)), (0o700, 0o600));
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let (environment, content) = said.split_once("file=").unwrap();
        assert!(environment.contains("PGPASSFILE=") && !environment.contains("PGPASSWORD"), "{said}");
        assert!(!environment.contains("hun"), "{said}");
        assert_eq!(content, "*:*:*:*:hun\\:ter\\\\2\n");
        drop(file);
        assert!(!path.exists() && !path.parent().unwrap().exists());
    }
}
