//! Decides which packages are fetched: the server, its client programs, and the libraries this machine lacks.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::process;
use super::{LocalError, failed, succeeded};

/// What the package client also reads of our variables: the way out of this network, and its own settings.
const APT_READS: [&str; 6] = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "APT_CONFIG"];

/// Libraries of the dependency tree that the server does without: jit's compiler, and what only perl needs.
const LEFT_OUT: [&str; 6] = ["libllvm", "libz3-", "libperl", "libgdbm", "libdb5", "libc-"];

/// The packages to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// The server's major version.
    pub(super) major: u32,
    /// Package names, the server's first.
    pub(super) packages: Vec<String>,
    /// Package lists of our own, if the machine's do not serve.
    pub(super) lists: Option<PathBuf>,
    bytes: u64,
}

impl Plan {
    /// Asks the package client what a bare machine would need and leaves out what this one has.
    pub(super) fn make(lists: Option<&Path>) -> Result<Self, LocalError> {
        let output = apt_get(lists)
            .args(["--print-uris", "-y", "--no-install-recommends", "install", "postgresql"])
            .output()
            .map_err(failed("apt-get --print-uris"))?;
        succeeded("apt-get --print-uris", output.status.success(), &output.stderr)?;
        let uris = String::from_utf8_lossy(&output.stdout);
        let installed = installed_packages()?;
        Self::choose(&uris, &installed, lists).ok_or(LocalError::Fetch {
            step: "apt-get --print-uris",
            detail: "the package lists know no package postgresql".to_owned(),
        })
    }

    /// The size of the download, in millions of bytes, rounded up.
    pub(super) fn megabytes(&self) -> u64 {
        self.bytes.div_ceil(1_000_000)
    }

    fn choose(uris: &str, installed: &BTreeSet<String>, lists: Option<&Path>) -> Option<Self> {
        let offered: Vec<(&str, u64)> = uris.lines().filter_map(parse_uri).collect();
        let major: u32 = offered.iter().find_map(|(name, _)| name.strip_prefix("postgresql-")?.parse().ok())?;
        let server = [format!("postgresql-{major}"), format!("postgresql-client-{major}"), "libpq5".to_owned()];
        let is_wanted = |name: &str| {
            server.iter().any(|part| part == name)
                || (name.starts_with("lib")
                    && !name.ends_with("-perl")
                    && !LEFT_OUT.iter().any(|prefix| name.starts_with(prefix))
                    && !installed.contains(name))
        };
        let chosen: Vec<(&str, u64)> = offered.into_iter().filter(|(name, _)| is_wanted(name)).collect();
        let mut packages: Vec<String> = chosen.iter().map(|(name, _)| (*name).to_owned()).collect();
        packages.sort_by_key(|name| (!server.contains(name), name.clone()));
        Some(Self { major, packages, lists: lists.map(Path::to_owned), bytes: chosen.iter().map(|(_, bytes)| bytes).sum() })
    }
}

/// Makes a call of the package client that changes nothing of the machine and needs no root.
///
/// An empty status file makes it plan for a bare machine, no matter what is installed here.
pub(super) fn apt_get(lists: Option<&Path>) -> Command {
    let mut command = process::command("apt-get");
    process::pass_on(&mut command, &APT_READS);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-q", "-o", "Debug::NoLocking=1", "-o", "Dir::State::status=/dev/null"])
        .args(["-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"]);
    if let Some(lists) = lists {
        let option = |name: &str, value: &Path| {
            let mut option = OsString::from(name);
            option.push(value);
            option
        };
        command.arg("-o").arg(option("Dir::State::Lists=", lists));
        command.arg("-o").arg(option("Dir::Cache=", lists));
        command.args(["-o", "APT::Sandbox::User=root"]);
    }
    command
}

fn installed_packages() -> Result<BTreeSet<String>, LocalError> {
    let output = process::command("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status} ${Package}\\n"])
        .output()
        .map_err(failed("dpkg-query"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(said.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect())
}

/// Reads `'http://…/libpq5_15.20_amd64.deb' libpq5_15.20_amd64.deb 205248 SHA256:…` into name and size.
fn parse_uri(line: &str) -> Option<(&str, u64)> {
    let mut words = line.strip_prefix('\'')?.split_whitespace();
    let _uri = words.next()?;
    let name = words.next()?.split_once('_')?.0;
    Some((name, words.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URIS: &str = "Reading package lists...\n\
        'file:/a/libc6_2.36_amd64.deb' libc6_2.36_amd64.deb 2759320 SHA256:0\n\
        'file:/a/libjson-perl_4.1_all.deb' libjson-perl_4.1_all.deb 87516 SHA256:0\n\
        'file:/a/libicu72_72.1_amd64.deb' libicu72_72.1_amd64.deb 9376124 SHA256:0\n\
        'file:/a/libllvm14_14.0_amd64.deb' libllvm14_1%3a14.0_amd64.deb 21840232 SHA256:0\n\
        'file:/a/libpq5_15.20_amd64.deb' libpq5_15.20_amd64.deb 205248 SHA256:0\n\
        'file:/a/postgresql-client-common_248_all.deb' postgresql-client-common_248_all.deb 35284 SHA256:0\n\
        'file:/a/postgresql-client-15_15.20_amd64.deb' postgresql-client-15_15.20_amd64.deb 1778868 SHA256:0\n\
        'file:/a/postgresql-15_15.20_amd64.deb' postgresql-15_15.20_amd64.deb 17091392 SHA256:0\n\
        'file:/a/postgresql_15+248_all.deb' postgresql_15+248_all.deb 10000 SHA256:0\n";

    #[test]
    fn the_server_its_client_and_missing_libraries_are_chosen() {
        let installed = BTreeSet::from(["libc6".to_owned(), "libpq5".to_owned()]);
        let plan = Plan::choose(URIS, &installed, None).unwrap();
        assert_eq!(plan.major, 15);
        assert_eq!(plan.packages, ["libpq5", "postgresql-15", "postgresql-client-15", "libicu72"]);
        assert_eq!(plan.megabytes(), 29);
    }

    #[test]
    fn lists_without_the_server_give_no_plan() {
        assert_eq!(Plan::choose("Reading package lists...\n", &BTreeSet::new(), None), None);
    }
}
