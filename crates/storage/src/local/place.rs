//! Where a cluster lies: folders the server's account can reach, closed to others, and a socket path short enough.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

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

/// Refuses a folder that another account owns or may write into, or that is a link; one that is not there is fine.
pub(super) fn require_own(dir: &Path) -> Result<(), LocalError> {
    let found = match fs::symlink_metadata(dir) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(LocalError::at(dir)(error)),
    };
    if !found.is_dir() {
        return Err(LocalError::at(dir)(io::ErrorKind::NotADirectory.into()));
    }
    let is_ours = account::effective_uid().is_none_or(|ours| ours == found.uid());
    if !is_ours {
        return Err(LocalError::Owner { path: dir.to_owned(), owner: found.uid() });
    }
    if found.mode() & 0o022 == 0 { Ok(()) } else { Err(LocalError::OpenToOthers { path: dir.to_owned() }) }
}

/// Writes a file into a folder of the server's account, in whose place a link may lie: the file appears whole under its
/// name, and nothing is written through a link.
pub(super) fn write(path: &Path, text: &str, account: Option<&Account>) -> Result<(), LocalError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    let _ = fs::remove_file(&fresh);
    let mut file = File::create_new(&fresh).map_err(LocalError::at(&fresh))?;
    file.write_all(text.as_bytes()).map_err(LocalError::at(&fresh))?;
    account::hand_over_file(&file, account).map_err(LocalError::at(&fresh))?;
    fs::rename(&fresh, path).map_err(LocalError::at(path))
}

/// Opens a file of the server's account for a lock and makes it if need be; a link, or a file of a third account, is refused.
pub(super) fn open(path: &Path, account: Option<&Account>) -> Result<File, LocalError> {
    match File::create_new(path) {
        Ok(file) => {
            account::hand_over_file(&file, account).map_err(LocalError::at(path))?;
            return Ok(file);
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(LocalError::at(path)(error)),
    }
    let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|error| LocalError::at(path)(error.into()))?);
    let owner = file.metadata().map_err(LocalError::at(path))?.uid();
    let is_known =
        account::effective_uid().is_none_or(|ours| ours == owner) || account.is_some_and(|account| account.uid == owner);
    if is_known { Ok(file) } else { Err(LocalError::Owner { path: path.to_owned(), owner }) }
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

    /// A folder for one test, gone before it begins.
    fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("luvhive-place-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        fs::set_permissions(&dir, Permissions::from_mode(0o700)).unwrap();
        dir
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let dir = folder("link");
        let (target, link) = (dir.join("target"), dir.join("luvhive.conf"));
        fs::write(&target, "as it was").unwrap();
        for link in [link.clone(), dir.join("luvhive.conf.new")] {
            std::os::unix::fs::symlink(&target, link).unwrap();
        }
        write(&link, "ours", None).unwrap();
        assert_eq!(
            (fs::read_to_string(&target).unwrap(), fs::read_to_string(&link).unwrap()),
            ("as it was".into(), "ours".into())
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        let lock = dir.join("lock");
        std::os::unix::fs::symlink(&target, &lock).unwrap();
        assert!(matches!(open(&lock, None), Err(LocalError::Directory { .. })), "a lock is no link");
        fs::remove_file(&lock).unwrap();
        open(&lock, None).unwrap();
        open(&lock, None).unwrap();
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn programs_are_run_from_a_folder_of_ours_alone() {
        let dir = folder("own");
        require_own(&dir).unwrap();
        require_own(&dir.join("absent")).unwrap();
        fs::set_permissions(&dir, Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(require_own(&dir), Err(LocalError::OpenToOthers { .. })));
        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        let link = dir.join("link");
        std::os::unix::fs::symlink(&dir, &link).unwrap();
        assert!(matches!(require_own(&link), Err(LocalError::Directory { .. })));
        if account::effective_uid() == Some(0) {
            std::os::unix::fs::lchown(&dir, Some(65_534), None).unwrap();
            assert!(matches!(require_own(&dir), Err(LocalError::Owner { owner: 65_534, .. })));
        }
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
