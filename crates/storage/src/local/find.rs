//! Finds the server's programs: the folder named by `LUVHIVE_PG_BIN`, PATH, the usual folders, `pg_config`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::{self, Account};
use super::{LocalError, place, process};

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

    /// Makes a command for one of the programs (`psql`, `pg_dump`, …): no input, and of the caller's variables only the few
    /// that a program needs.
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
        let (major, version) = ask_version(&mut command, &postgres)?;
        if major < MINIMUM_MAJOR {
            return Err(format!("{} is version {version}", dir.display()));
        }
        Ok(Self { dir, libraries, version, major })
    }

    /// Looks whether `dir` holds the programs that copy a database, which need no server beside them.
    fn probe_client(dir: &Path) -> Result<Self, String> {
        let named = dir.join("pg_dump");
        let dump = fs::canonicalize(&named).map_err(|error| format!("{}: {error}", named.display()))?;
        // Debian's wrapper on PATH is a link to a program of another name.
        let dir = dump.parent().unwrap_or(dir).to_owned();
        for program in ["pg_dump", "pg_restore"] {
            if !dir.join(program).is_file() {
                return Err(format!("{} is missing", dir.join(program).display()));
            }
        }
        let (major, version) = ask_version(&mut clean_command(&dump, &[]), &dump)?;
        Ok(Self { dir, libraries: Vec::new(), version, major })
    }
}

/// Asks a program for its version.
fn ask_version(command: &mut Command, program: &Path) -> Result<(u32, String), String> {
    let output = command.arg("--version").output().map_err(|error| format!("{}: {error}", program.display()))?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| format!("{} --version: {}", program.display(), super::error::last_words(&output.stderr)))
}

/// Finds installed programs that copy a database, the newest ones; none if there are none.
///
/// Fails only when `LUVHIVE_PG_BIN` is set and wrong.
pub(super) fn client() -> Result<Option<Binaries>, LocalError> {
    if let Some(dir) = named_folder() {
        return Binaries::probe_client(&dir).map(Some).map_err(|reason| LocalError::NamedFolder { dir, reason });
    }
    let found = candidates("pg_dump").into_iter().filter_map(|dir| Binaries::probe_client(&dir).ok());
    Ok(found.max_by_key(Binaries::major))
}

fn named_folder() -> Option<PathBuf> {
    env::var_os("LUVHIVE_PG_BIN").filter(|named| !named.is_empty()).map(PathBuf::from)
}

/// Finds an installed server, one of major version `preferred` before all others.
///
/// Fails only when `LUVHIVE_PG_BIN` is set and wrong; none means that nothing usable is installed.
pub(super) fn installed(preferred: Option<u32>, account: Option<&Account>) -> Result<Option<Binaries>, LocalError> {
    if let Some(dir) = named_folder() {
        return Binaries::probe(&dir, Vec::new(), account).map(Some).map_err(|reason| LocalError::NamedFolder { dir, reason });
    }
    let mut best = None;
    for dir in candidates("initdb") {
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

/// Lists the folders that hold a program.
fn candidates(program: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        env::var_os("PATH").map(|path| env::split_paths(&path).filter(|dir| dir.is_absolute()).collect()).unwrap_or_default();
    found.extend(versioned("/usr/lib/postgresql", "", "bin"));
    found.extend(versioned("/usr", "pgsql-", "bin"));
    found.extend(["/usr/local/pgsql/bin", "/usr/lib/postgresql/bin", "/usr/libexec/postgresql", "/usr/bin"].map(PathBuf::from));
    for brew in ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"] {
        found.extend(versioned(brew, "postgresql@", "bin"));
    }
    found.extend(ask_pg_config());
    found.retain(|dir| dir.join(program).exists());
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
    Some(PathBuf::from(said.trim()))
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)` into 15 and `15.18`.
fn parse_version(said: &str) -> Option<(u32, String)> {
    let version = said.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((digits.parse().ok()?, version.to_owned()))
}

/// Makes a command that finds these libraries.
fn clean_command(program: &Path, libraries: &[PathBuf]) -> Command {
    let mut command = process::command(program);
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
    fn copies_need_no_server_beside_their_programs() {
        let folder = std::env::temp_dir().join(format!("luvhive-client-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let script = |name: &str| {
            let path = folder.join(name);
            fs::write(&path, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.22'\n").unwrap();
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        };
        script("pg_dump");
        assert!(Binaries::probe_client(&folder).unwrap_err().contains("pg_restore is missing"));
        script("pg_restore");
        let found = Binaries::probe_client(&folder).unwrap();
        assert_eq!((found.major(), found.version()), (13, "13.22"));
        assert!(Binaries::probe(&folder, Vec::new(), None).is_err(), "it is no server");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_without_programs_is_refused_with_its_name() {
        let reason = Binaries::probe(Path::new("/nowhere"), Vec::new(), None).unwrap_err();
        assert!(reason.contains("/nowhere/initdb"), "{reason}");
    }
}
