//! Where a cluster lies: folders the server's account can reach, closed to others, and a socket path short enough.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::account::{self, Account};
use super::{Durability, LocalError};

/// The longest path a Unix socket may have, in bytes (`sun_path` is 108 with the closing zero).
const LONGEST_SOCKET_PATH: usize = 107;

/// The name PostgreSQL gives its socket for the port we always use.
pub(super) const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// Returns the folder where fetched packages and the test cluster of this account lie.
///
/// Root: `/var/cache/luvhive`. Others: `~/.cache/luvhive`, or a folder in the temporary directory without a home.
pub fn default_cache_dir() -> PathBuf {
    let uid = account::effective_uid();
    if uid == Some(0) {
        return PathBuf::from("/var/cache/luvhive");
    }
    match std::env::home_dir().filter(|home| home.is_dir()) {
        Some(home) => home.join(".cache/luvhive"),
        None => std::env::temp_dir().join(format!("luvhive-{}", uid.unwrap_or_default())),
    }
}

/// Decides the cluster's real folder and makes it, closed to others and owned by the server's account.
///
/// As root, a folder that the server's account cannot reach (below a closed home) is replaced by one named by hash:
/// in `/var/lib/luvhive` for durable data, in the temporary directory for throwaway data.
pub(super) fn settle(
    wanted: &Path,
    durability: Durability,
    account: Option<&Account>,
    progress: &dyn Fn(&str),
) -> Result<PathBuf, LocalError> {
    let wanted = std::path::absolute(wanted).map_err(LocalError::at(wanted))?;
    let parent = wanted.parent().unwrap_or(&wanted);
    fs::create_dir_all(parent).map_err(LocalError::at(parent))?;
    let parent = fs::canonicalize(parent).map_err(LocalError::at(parent))?;
    let dir = match wanted.file_name() {
        Some(name) => parent.join(name),
        None => parent,
    };
    let dir = match account {
        Some(account) if !can_reach(account, &dir) => {
            let other = elsewhere(&dir, durability);
            progress(&format!(
                "keeping the database in {}, as account {} cannot enter {}",
                other.display(),
                account.name,
                dir.display()
            ));
            let parent = other.parent().unwrap_or(&other);
            fs::create_dir_all(parent).map_err(LocalError::at(parent))?;
            other
        }
        _ => dir,
    };
    make_private(&dir, account)?;
    Ok(dir)
}

/// Chooses the folder of the socket: inside the cluster, or a short one in the temporary directory.
pub(super) fn socket_dir(dir: &Path) -> PathBuf {
    let inside = dir.join("run");
    if fits(&inside) {
        return inside;
    }
    let name = format!("luvhive-{:016x}", fnv1a(dir.as_os_str().as_bytes()));
    let temporary = std::env::temp_dir().join(&name);
    if fits(&temporary) { temporary } else { Path::new("/tmp").join(name) }
}

/// Makes a folder of mode 0700 for the server's account; one that a third party made is refused.
pub(super) fn make_private(dir: &Path, account: Option<&Account>) -> Result<(), LocalError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(LocalError::at(dir)(error)),
    }
    let found = fs::symlink_metadata(dir).map_err(LocalError::at(dir))?;
    if !found.is_dir() {
        return Err(LocalError::at(dir)(io::ErrorKind::NotADirectory.into()));
    }
    let ours = account::effective_uid().unwrap_or_else(|| found.uid());
    let allowed = found.uid() == ours || account.is_some_and(|account| account.uid == found.uid());
    if !allowed {
        return Err(LocalError::Owner { path: dir.to_owned(), owner: found.uid() });
    }
    account::hand_over(dir, account)?;
    fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(LocalError::at(dir))
}

/// Reports whether every folder above `path` lets the account pass.
pub(super) fn can_reach(account: &Account, path: &Path) -> bool {
    path.ancestors().skip(1).all(|folder| fs::metadata(folder).is_ok_and(|meta| account.can_enter(&meta)))
}

fn elsewhere(dir: &Path, durability: Durability) -> PathBuf {
    let name = format!("cluster-{:016x}", fnv1a(dir.as_os_str().as_bytes()));
    match durability {
        Durability::Durable => Path::new("/var/lib/luvhive").join(name),
        Durability::Fast => std::env::temp_dir().join(format!("luvhive-{name}")),
    }
}

fn fits(socket_dir: &Path) -> bool {
    socket_dir.join(SOCKET_NAME).as_os_str().len() <= LONGEST_SOCKET_PATH
}

/// Hashes bytes the same way in every build (FNV-1a, 64 bits): the names made from it must stay.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_folders_get_a_short_socket_path() {
        let short = Path::new("/srv/luvhive");
        assert_eq!(socket_dir(short), short.join("run"));
        let long = Path::new("/srv").join("x".repeat(90));
        let chosen = socket_dir(&long);
        assert!(fits(&chosen), "{}", chosen.display());
        assert_ne!(chosen, socket_dir(&long.join("other")));
    }

    #[test]
    fn the_longest_socket_path_is_107_bytes() {
        // "/" + name + "/run/" + socket name
        let fitting = LONGEST_SOCKET_PATH - SOCKET_NAME.len() - "/run/".len() - 1;
        let edge = Path::new("/").join("x".repeat(fitting));
        assert_eq!(socket_dir(&edge), edge.join("run"));
        let over = Path::new("/").join("x".repeat(fitting + 1));
        assert_ne!(socket_dir(&over), over.join("run"));
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
