//! Finds the server's programs: the folder named by `LUVHIVE_PG_BIN`, PATH, the usual folders, `pg_config`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::{self, Account};
use super::{LocalError, place};

/// The oldest major version of PostgreSQL that LuvHive runs on.
pub const MINIMUM_MAJOR: u32 = 14;

/// A folder of PostgreSQL programs that work here.
#[derive(Debug, Clone)]
pub struct Binaries {
    dir: PathBuf,
    libraries: Vec<PathBuf>,
    version: String,
    major: u32,
}

impl Binaries {
    /// The folder of the programs.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The full version, such as `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// Makes a command for one of the programs (`psql`, `pg_dump`, …): no input, no `PG*` variables of the caller.
    ///
    /// It runs in `/`, so every path given to it must be absolute.
    pub fn command(&self, program: &str) -> Command {
        clean_command(&self.dir.join(program), &self.libraries)
    }

    /// Looks whether `dir` holds programs that the server's account can run.
    pub(super) fn probe(dir: &Path, libraries: Vec<PathBuf>, account: Option<&Account>) -> Result<Self, String> {
        // initdb looks for postgres beside the file it really is, so links are followed first.
        let initdb =
            fs::canonicalize(dir.join("initdb")).map_err(|error| format!("{}: {error}", dir.join("initdb").display()))?;
        let dir = initdb.parent().unwrap_or(dir).to_owned();
        for program in ["pg_ctl", "postgres"] {
            if !dir.join(program).is_file() {
                return Err(format!("{} is missing", dir.join(program).display()));
            }
        }
        let postgres = dir.join("postgres");
        if let Some(account) = account
            && !place::can_reach(account, &postgres)
        {
            return Err(format!("account {} cannot reach {}", account.name, dir.display()));
        }
        let mut command = clean_command(&postgres, &libraries);
        account::run_as(&mut command, account);
        let output = command.arg("--version").output().map_err(|error| format!("{}: {error}", postgres.display()))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let (major, version) = parse_version(&said)
            .ok_or_else(|| format!("{} --version: {}", postgres.display(), super::error::last_words(&output.stderr)))?;
        if major < MINIMUM_MAJOR {
            return Err(format!("{} is version {version}", dir.display()));
        }
        Ok(Self { dir, libraries, version, major })
    }
}

/// Finds an installed server, one of major version `preferred` before all others.
///
/// Fails only when `LUVHIVE_PG_BIN` is set and wrong; none means that nothing usable is installed.
pub(super) fn installed(preferred: Option<u32>, account: Option<&Account>) -> Result<Option<Binaries>, LocalError> {
    if let Some(named) = env::var_os("LUVHIVE_PG_BIN").filter(|named| !named.is_empty()) {
        let dir = PathBuf::from(named);
        return Binaries::probe(&dir, Vec::new(), account).map(Some).map_err(|reason| LocalError::NamedFolder { dir, reason });
    }
    let mut best = None;
    for dir in candidates() {
        match Binaries::probe(&dir, Vec::new(), account) {
            Ok(found) if preferred.is_none_or(|wanted| found.major == wanted) => {
                return Ok(Some(found));
            }
            Ok(found) => best = best.or(Some(found)),
            Err(reason) => tracing::debug!(reason, "a folder of PostgreSQL programs was skipped"),
        }
    }
    Ok(best)
}

/// Reports whether the environment asks to pass over installed servers.
pub(super) fn unpacked_is_asked_for() -> bool {
    env::var_os("LUVHIVE_PG_SOURCE").is_some_and(|source| source == "unpacked")
}

fn candidates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        env::var_os("PATH").map(|path| env::split_paths(&path).filter(|dir| dir.is_absolute()).collect()).unwrap_or_default();
    found.extend(versioned("/usr/lib/postgresql", "", "bin"));
    found.extend(versioned("/usr", "pgsql-", "bin"));
    found.extend(["/usr/local/pgsql/bin", "/usr/lib/postgresql/bin", "/usr/libexec/postgresql", "/usr/bin"].map(PathBuf::from));
    for brew in ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"] {
        found.extend(versioned(brew, "postgresql@", "bin"));
    }
    found.retain(|dir| dir.join("initdb").exists());
    if let Some(dir) = ask_pg_config() {
        found.push(dir);
    }
    found
}

/// Lists `<root>/<prefix><version>/<below>`, newest version first.
fn versioned(root: &str, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join(below)))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, path)| path).collect()
}

fn ask_pg_config() -> Option<PathBuf> {
    let output = clean_command(Path::new("pg_config"), &[]).arg("--bindir").stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(said.trim())).filter(|dir| dir.join("initdb").exists())
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)` into 15 and `15.18`.
fn parse_version(said: &str) -> Option<(u32, String)> {
    let version = said.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((digits.parse().ok()?, version.to_owned()))
}

/// Makes a command that inherits no input, no working directory, and no `PG*` variable.
fn clean_command(program: &Path, libraries: &[PathBuf]) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).env("LC_ALL", "C");
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    if !libraries.is_empty() {
        command.env("LD_LIBRARY_PATH", search_path(libraries));
    }
    command
}

fn search_path(libraries: &[PathBuf]) -> OsString {
    let mut paths: Vec<&OsStr> = libraries.iter().map(|path| path.as_os_str()).collect();
    let inherited = env::var_os("LD_LIBRARY_PATH").filter(|path| !path.is_empty());
    paths.extend(inherited.as_deref());
    paths.join(OsStr::new(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, expected: Option<(u32, &str)>) {
        let expected = expected.map(|(major, version)| (major, version.to_owned()));
        assert_eq!(parse_version(said), expected);
    }

    #[test]
    fn versions_are_read_as_the_server_says_them() {
        check("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some((15, "15.18")));
        check("postgres (PostgreSQL) 18beta1\n", Some((18, "18beta1")));
        check("bash: postgres: command not found", None);
    }

    #[test]
    fn a_folder_without_programs_is_refused_with_its_name() {
        let reason = Binaries::probe(Path::new("/nowhere"), Vec::new(), None).unwrap_err();
        assert!(reason.contains("/nowhere/initdb"), "{reason}");
    }
}
