//! Copies of a database by PostgreSQL's own programs: taken, brought back into an empty one, moved to a newer server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Binaries, LocalError, account, find};
use crate::database::Database;

/// The file of a copy in its folder.
const FILE: &str = "luvhive.dump";

/// The programs that take and bring back copies, for one database.
#[derive(Debug)]
pub struct Copier {
    binaries: Binaries,
    url: String,
    password: Option<String>,
}

impl Copier {
    /// Uses the programs of a private cluster, or finds installed ones; `url` is the database's connection string.
    ///
    /// # Errors
    /// [`LocalError::MissingTool`] when no client programs are installed, [`LocalError::NamedFolder`].
    pub fn new(binaries: Option<&Binaries>, url: &str, database: &Database) -> Result<Self, LocalError> {
        let found = match binaries {
            Some(binaries) => Some(binaries.clone()),
            None => find::installed(None, account::for_server()?.as_ref())?,
        };
        let binaries = found.ok_or(LocalError::MissingTool { tool: "pg_dump", package: "postgresql-client" })?;
        Ok(Self { binaries, url: without_password(url), password: database.password() })
    }

    /// Writes a copy into `folder`, which is made if need be and must not hold one yet. Blocks; the bot may run on.
    ///
    /// # Errors
    /// [`LocalError::Copy`], [`LocalError::Directory`], [`LocalError::Tool`].
    pub fn take(&self, folder: &Path) -> Result<PathBuf, LocalError> {
        fs::create_dir_all(folder).map_err(LocalError::at(folder))?;
        let folder = fs::canonicalize(folder).map_err(LocalError::at(folder))?;
        let (file, part) = (folder.join(FILE), folder.join(format!("{FILE}.part")));
        if file.exists() {
            return Err(LocalError::Copy { path: file, problem: "is there already" });
        }
        let mut command = self.command("pg_dump");
        command.args(["--format=custom", "--no-owner", "--no-privileges"]).arg("--file").arg(&part);
        // A copy appears whole or not at all.
        finish("pg_dump", command.arg(format!("--dbname={}", self.url)))?;
        fs::rename(&part, &file).map_err(LocalError::at(&file))?;
        Ok(file)
    }

    /// Brings the copy in `folder` back, as a whole or not at all; the database must be empty. Blocks.
    ///
    /// # Errors
    /// [`LocalError::Copy`] without one, [`LocalError::Tool`].
    pub fn bring_back(&self, folder: &Path) -> Result<(), LocalError> {
        let file = folder.join(FILE);
        let Ok(file) = fs::canonicalize(&file) else {
            return Err(LocalError::Copy { path: file, problem: "cannot be found" });
        };
        let mut command = self.command("pg_restore");
        command.args(["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]);
        finish("pg_restore", command.arg(format!("--dbname={}", self.url)).arg(&file))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.binaries.command(program);
        if let Some(password) = &self.password {
            // In the environment, which only this account can read; arguments are everybody's to see.
            command.env("PGPASSWORD", password);
        }
        command
    }
}

fn finish(tool: &str, command: &mut Command) -> Result<(), LocalError> {
    let output = command.output().map_err(|error| LocalError::Tool { tool: tool.to_owned(), detail: error.to_string() })?;
    if output.status.success() { Ok(()) } else { Err(LocalError::tool(tool, &output.stderr)) }
}

/// Takes the password out of a connection string's part before the host.
fn without_password(url: &str) -> String {
    let parts = url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)));
    match parts {
        Some((scheme, (user, rest))) => {
            format!("{scheme}://{}@{rest}", user.split_once(':').map_or(user, |(name, _)| name))
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_stay_out_of_arguments() {
        assert_eq!(
            without_password("postgres://me:hunter2@host:1/db?sslmode=require"),
            "postgres://me@host:1/db?sslmode=require"
        );
        assert_eq!(without_password("postgres://me@%2Frun/db"), "postgres://me@%2Frun/db");
    }
}
