//! Where the data directory lies when nobody says so.

use std::path::{Path, PathBuf, absolute};

use crate::form::Variables;

/// Returns the absolute data directory when none is given: `data` in the checkout around the current directory, or the
/// user's own (`$XDG_DATA_HOME/luvhive`, `~/.local/share/luvhive`, and `/var/lib/luvhive` without a home).
pub(crate) fn data_dir(environment: &Variables) -> PathBuf {
    let variable = |name: &str| environment.get(name).filter(|value| value.starts_with('/')).map(PathBuf::from);
    let chosen = checkout()
        .map(|root| root.join("data"))
        .or_else(|| variable("XDG_DATA_HOME").map(|home| home.join("luvhive")))
        .or_else(|| variable("HOME").map(|home| home.join(".local/share/luvhive")))
        .unwrap_or_else(|| PathBuf::from("/var/lib/luvhive"));
    absolute_of(chosen)
}

/// Makes a path absolute; one that cannot be is left as it is, and its use fails with the system's own words.
pub(crate) fn absolute_of(path: PathBuf) -> PathBuf {
    absolute(&path).unwrap_or(path)
}

/// Finds the root of a checkout of LuvHive at or above the current directory.
fn checkout() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_root = |dir: &&Path| dir.join("crates/app/Cargo.toml").is_file() && dir.join("config/default.toml").is_file();
    here.ancestors().find(is_root).map(Path::to_owned)
}
