//! Fetches PostgreSQL on a machine without it: Debian's and Ubuntu's own packages, unpacked into the cache folder.
//! Nothing is installed and no root is needed; the package client checks the signatures.

mod plan;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::account::Account;
use super::error::last_words;
use super::find::{Binaries, MINIMUM_MAJOR};
use super::{Fetch, LocalError, place, process, share};
use plan::Plan;

/// Where the distribution's server looks for time zones; the path is compiled into it.
const TIME_ZONES: &str = "/usr/share/zoneinfo";

/// Returns the server unpacked in `cache_dir`, downloading it first if it is not there and may be fetched.
pub(super) fn unpacked(
    cache_dir: &Path,
    fetch: Fetch,
    account: Option<&Account>,
    progress: &dyn Fn(&str),
) -> Result<Binaries, LocalError> {
    // What lies there is run: in a folder that another account made, that would be that account's programs.
    place::require_own(cache_dir)?;
    if let Some(found) = find_unpacked(cache_dir, account) {
        return Ok(found);
    }
    let not_found = |reason: &str| LocalError::NotFound { minimum: MINIMUM_MAJOR, reason: reason.to_owned() };
    if fetch == Fetch::Forbidden {
        return Err(not_found("none is installed, and fetching one is switched off"));
    }
    for tool in ["apt-get", "dpkg-deb", "dpkg-query"] {
        if !on_path(tool) {
            return Err(not_found("none is installed, and this system has no Debian packages to fetch one from"));
        }
    }
    if !Path::new(TIME_ZONES).join("UTC").exists() {
        return Err(LocalError::NoTimeZones { dir: TIME_ZONES.into() });
    }
    fs::create_dir_all(cache_dir).map_err(LocalError::at(cache_dir))?;
    place::require_own(cache_dir)?;
    open_to_all(cache_dir)?;
    let _lock = share::lock(&cache_dir.join("fetch.lock"), None)?;
    if let Some(found) = find_unpacked(cache_dir, account) {
        return Ok(found);
    }
    download_and_unpack(cache_dir, progress)?;
    find_unpacked(cache_dir, account).ok_or_else(|| not_found("the fetched packages do not run on this machine"))
}

/// Looks for unpacked servers that run, newest first.
fn find_unpacked(cache_dir: &Path, account: Option<&Account>) -> Option<Binaries> {
    let mut roots: Vec<(u32, PathBuf)> = fs::read_dir(cache_dir)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let major = name.to_str()?.strip_prefix("postgresql-")?.parse().ok()?;
            Some((major, entry.path()))
        })
        .collect();
    roots.sort_by(|one, other| other.cmp(one));
    roots.into_iter().find_map(|(major, root)| {
        let dir = root.join(format!("usr/lib/postgresql/{major}/bin"));
        Binaries::probe(&dir, library_folders(&root), account)
            .inspect_err(|reason| tracing::warn!(reason, "an unpacked PostgreSQL does not run"))
            .ok()
    })
}

/// Lists the folders of shared libraries below an unpacked root: `usr/lib/x86_64-linux-gnu` and the like.
fn library_folders(root: &Path) -> Vec<PathBuf> {
    ["usr/lib", "lib"]
        .iter()
        .filter_map(|lib| fs::read_dir(root.join(lib)).ok())
        .flat_map(Iterator::flatten)
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains("-linux-"))
        .collect()
}

fn download_and_unpack(cache_dir: &Path, progress: &dyn Fn(&str)) -> Result<(), LocalError> {
    let work = cache_dir.join("fetching");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(LocalError::at(&work))?;
    let done = (|| {
        // The machine's package lists may be missing or too old; then lists of our own are read.
        let lists = work.join("lists");
        let plan = match Plan::make(None).and_then(|plan| download(&plan, &work, progress)) {
            Ok(plan) => plan,
            Err(reason) => {
                tracing::debug!(%reason, "the machine's package lists cannot be used");
                progress("reading the distribution's package lists …");
                update_lists(&lists)?;
                Plan::make(Some(&lists)).and_then(|plan| download(&plan, &work, progress))?
            }
        };
        unpack(&plan, &work, cache_dir)
    })();
    let _ = fs::remove_dir_all(&work);
    done
}

fn download(plan: &Plan, work: &Path, progress: &dyn Fn(&str)) -> Result<Plan, LocalError> {
    let major = plan.major;
    progress(&format!("fetching PostgreSQL {major} ({} MB) …", plan.megabytes()));
    let mut command = plan::apt_get(plan.lists.as_deref());
    command
        .args(["-o", "APT::Status-Fd=1", "download"])
        .args(&plan.packages)
        .current_dir(work)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed("apt-get download"))?;
    let mut told = 0;
    if let Some(said) = child.stdout.take() {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let percent = parse_percent(&line).unwrap_or(told);
            if percent >= told + 25 && percent < 100 {
                told = percent;
                progress(&format!("fetching PostgreSQL {major}: {percent} %"));
            }
        }
    }
    let mut complaint = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_end(&mut complaint);
    }
    let status = child.wait().map_err(failed("apt-get download"))?;
    if status.success() {
        Ok(plan.clone())
    } else {
        Err(LocalError::Fetch { step: "apt-get download", detail: last_words(&complaint) })
    }
}

fn unpack(plan: &Plan, work: &Path, cache_dir: &Path) -> Result<(), LocalError> {
    let root = work.join("root");
    fs::create_dir_all(&root).map_err(LocalError::at(&root))?;
    open_to_all(&root)?;
    for entry in fs::read_dir(work).map_err(LocalError::at(work))?.flatten() {
        let package = entry.path();
        if package.extension().is_none_or(|extension| extension != "deb") {
            continue;
        }
        let output = process::command("dpkg-deb").arg("-x").args([&package, &root]).output().map_err(failed("dpkg-deb"))?;
        succeeded("dpkg-deb", output.status.success(), &output.stderr)?;
    }
    let place = cache_dir.join(format!("postgresql-{}", plan.major));
    let _ = fs::remove_dir_all(&place);
    fs::rename(&root, &place).map_err(LocalError::at(&place))
}

fn update_lists(lists: &Path) -> Result<(), LocalError> {
    fs::create_dir_all(lists.join("partial")).map_err(LocalError::at(lists))?;
    let output = plan::apt_get(Some(lists)).arg("update").output().map_err(failed("apt-get update"))?;
    succeeded("apt-get update", output.status.success(), &output.stderr)
}

fn succeeded(step: &'static str, success: bool, complaint: &[u8]) -> Result<(), LocalError> {
    if success {
        return Ok(());
    }
    Err(LocalError::Fetch { step, detail: last_words(complaint) })
}

fn failed(step: &'static str) -> impl FnOnce(std::io::Error) -> LocalError {
    move |error| LocalError::Fetch { step, detail: error.to_string() }
}

/// Reads `dlstatus:2:36.4135:Retrieving file 2 of 2` into 36.
fn parse_percent(line: &str) -> Option<u32> {
    let percent = line.strip_prefix("dlstatus:")?.split(':').nth(1)?;
    percent.split('.').next()?.parse().ok()
}

/// Lets the server's account read what lies below, with any umask.
fn open_to_all(dir: &Path) -> Result<(), LocalError> {
    fs::set_permissions(dir, Permissions::from_mode(0o755)).map_err(LocalError::at(dir))
}

fn on_path(tool: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(tool).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_clients_status_lines_give_percents() {
        assert_eq!(parse_percent("dlstatus:2:36.4135:Retrieving file 2 of 2"), Some(36));
        assert_eq!(parse_percent("Get:1 archive bookworm/main amd64 libpq5"), None);
    }

    #[test]
    fn fetching_can_be_switched_off() {
        let nowhere = Path::new("/nonexistent/cache");
        let error = unpacked(nowhere, Fetch::Forbidden, None, &|_| ()).unwrap_err();
        let text = error.to_string();
        for way_out in ["apt-get install postgresql", "LUVHIVE_PG_BIN", "DATABASE_URL"] {
            assert!(text.contains(way_out), "{text}");
        }
    }
}
