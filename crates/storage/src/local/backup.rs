//! Copies of a database by PostgreSQL's own programs: taken, brought back into an empty one, moved to a newer server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use percent_encoding::percent_decode_str;

use super::passfile::PassFile;
use super::{Binaries, LocalError, find};
use crate::database::Database;

/// The file of a copy in its folder.
const FILE: &str = "luvhive.dump";

/// The programs that take and bring back copies, for one database.
#[derive(Debug)]
pub struct Copier {
    binaries: Binaries,
    url: String,
    password: Option<String>,
    server: u32,
}

impl Copier {
    /// Uses the programs of a private cluster, or finds installed ones, for which no server need be installed; `url` is the
    /// connection string of `database`, whose server is of the major version `server`. Blocks.
    ///
    /// # Errors
    /// [`LocalError::MissingTool`] when no client programs are installed, [`LocalError::NamedFolder`].
    pub fn new(binaries: Option<&Binaries>, url: &str, database: &Database, server: u32) -> Result<Self, LocalError> {
        let found = match binaries {
            Some(binaries) => Some(binaries.clone()),
            None => find::client()?,
        };
        let binaries = found.ok_or(LocalError::MissingTool { tool: "pg_dump", package: "postgresql-client" })?;
        Ok(Self { binaries, url: without_password(url), password: database.password(), server })
    }

    /// Says which program takes copies, such as `pg_dump 15.18`, if it can copy this server.
    ///
    /// # Errors
    /// [`LocalError::OldTool`].
    pub fn look(&self) -> Result<String, LocalError> {
        let version = self.binaries.version().to_owned();
        if self.binaries.major() < self.server {
            return Err(LocalError::OldTool { tool: "pg_dump", version, server: self.server });
        }
        Ok(format!("pg_dump {version}"))
    }

    /// Writes a copy into `folder`, which is made if need be and must not hold one yet. Blocks; the bot may run on.
    ///
    /// # Errors
    /// [`LocalError::OldTool`], [`LocalError::Copy`], [`LocalError::Directory`], [`LocalError::Tool`].
    pub fn take(&self, folder: &Path) -> Result<PathBuf, LocalError> {
        self.look()?;
        fs::create_dir_all(folder).map_err(LocalError::at(folder))?;
        let folder = fs::canonicalize(folder).map_err(LocalError::at(folder))?;
        let (file, part) = (folder.join(FILE), folder.join(format!("{FILE}.part")));
        if file.exists() {
            return Err(LocalError::Copy { path: file, problem: "is there already" });
        }
        let mut command = self.binaries.command("pg_dump");
        command.args(["--format=custom", "--no-owner", "--no-privileges"]).arg("--file").arg(&part);
        // A copy appears whole or not at all.
        self.finish("pg_dump", command.arg(format!("--dbname={}", self.url)))?;
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
        let mut command = self.binaries.command("pg_restore");
        command.args(["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]);
        self.finish("pg_restore", command.arg(format!("--dbname={}", self.url)).arg(&file))
    }

    /// Runs it with the password in a file, which is gone afterwards.
    fn finish(&self, tool: &str, command: &mut Command) -> Result<(), LocalError> {
        let _file = self.password.as_deref().map(|password| PassFile::give(command, password)).transpose()?;
        let output = command.output().map_err(|error| LocalError::Tool { tool: tool.to_owned(), detail: error.to_string() })?;
        if output.status.success() { Ok(()) } else { Err(LocalError::tool(tool, &output.stderr)) }
    }
}

/// Takes the password out of a connection string, before the host and among the options.
fn without_password(url: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let parts = address.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)));
    let mut bare = match parts {
        Some((scheme, (user, rest))) => {
            format!("{scheme}://{}@{rest}", user.split_once(':').map_or(user, |(name, _)| name))
        }
        None => address.to_owned(),
    };
    let kept: Vec<&str> =
        options.into_iter().flat_map(|options| options.split('&')).filter(|option| !is_password(option)).collect();
    if !kept.is_empty() {
        bare.push('?');
        bare.push_str(&kept.join("&"));
    }
    bare
}

fn is_password(option: &str) -> bool {
    option.split_once('=').is_some_and(|(name, _)| percent_decode_str(name).decode_utf8_lossy() == "password")
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
        for (url, bare) in [
            ("postgres://me@host/db?password=hunter2", "postgres://me@host/db"),
            ("postgres://me@host/db?password=hunter2&sslmode=require", "postgres://me@host/db?sslmode=require"),
            ("postgres://host/db?sslmode=require&password=hunter2&user=me", "postgres://host/db?sslmode=require&user=me"),
            ("postgres://me:p@host/db?application_name=a%40b", "postgres://me@host/db?application_name=a%40b"),
        ] {
            assert_eq!(without_password(url), bare);
        }
    }
}
