//! A password for PostgreSQL's own programs: in a file that only this account can read and that lies in no folder. Arguments
//! are everybody's to see, and an environment goes on to every child and into reports of crashes.

use std::fs::{File, Permissions};
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use rustix::fs::{MemfdFlags, memfd_create};

use super::LocalError;

/// A file in memory alone. It goes with the last process that has it open, however that ends.
#[derive(Debug)]
pub(super) struct PassFile {
    _file: File,
}

impl PassFile {
    /// Writes the file, and names it to a command, which inherits it. Keep the value until the command has been started.
    ///
    /// # Errors
    /// [`LocalError::Directory`].
    pub(super) fn give(command: &mut Command, password: &str) -> Result<Self, LocalError> {
        let fault = || LocalError::at(Path::new("memory"));
        let file = memfd_create("luvhive-password", MemfdFlags::empty()).map_err(|error| fault()(error.into()))?;
        let mut file = File::from(file);
        let line = format!("*:*:*:*:{}\n", password.replace('\\', r"\\").replace(':', r"\:"));
        // libpq takes a file that only its owner can read.
        file.set_permissions(Permissions::from_mode(0o600)).and_then(|()| file.write_all(line.as_bytes())).map_err(fault())?;
        command.env("PGPASSFILE", format!("/proc/self/fd/{}", file.as_raw_fd())).env_remove("PGPASSWORD");
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_environment_and_in_no_folder() {
        let mut command = Command::new("sh");
        let script = r#"tr '\0' '\n' </proc/$$/environ; stat -L -c 'mode=%a %h %F' "$PGPASSFILE"; printf file=; cat "$PGPASSFILE"; exit 1"#;
        command.args(["-c", script]);
        let file = PassFile::give(&mut command, r"hun:ter\2").unwrap();
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let (environment, content) = said.split_once("file=").unwrap();
        assert!(environment.contains("PGPASSFILE=") && !environment.contains("PGPASSWORD"), "{said}");
        assert!(!environment.contains("hun"), "{said}");
        assert!(environment.ends_with("mode=600 0 regular file\n"), "no folder has a link to it: {said}");
        assert_eq!(content, "*:*:*:*:hun\\:ter\\\\2\n");
        drop(file);
    }
}
