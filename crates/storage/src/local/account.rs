//! Which account the server runs as: ours, or `postgres` or `nobody` when we are root, as PostgreSQL refuses root.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::LocalError;

/// An account other than ours that the server is started as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Returns our effective user id, or none where there is no `/proc`.
pub(super) fn effective_uid() -> Option<u32> {
    fs::metadata("/proc/self").ok().map(|meta| meta.uid())
}

/// Chooses the account for the server: none when we are an ordinary user and run it ourselves.
pub(super) fn for_server() -> Result<Option<Account>, LocalError> {
    if effective_uid() != Some(0) {
        return Ok(None);
    }
    let text = fs::read_to_string("/etc/passwd").map_err(LocalError::at("/etc/passwd"))?;
    ["postgres", "nobody"].iter().find_map(|name| find_in_passwd(&text, name)).map(Some).ok_or(LocalError::NoAccount)
}

fn find_in_passwd(text: &str, wanted: &str) -> Option<Account> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| *name == wanted)?;
        let _password = fields.next()?;
        let uid = fields.next()?.parse().ok().filter(|uid| *uid != 0)?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { name: name.to_owned(), uid, gid })
    })
}

impl Account {
    /// Reports whether this account may pass through a folder.
    pub(super) fn can_enter(&self, folder: &Metadata) -> bool {
        let mode = folder.mode();
        if folder.uid() == self.uid {
            mode & 0o100 != 0
        } else if folder.gid() == self.gid {
            mode & 0o010 != 0
        } else {
            mode & 0o001 != 0
        }
    }
}

/// Hands a file or folder of ours to the server's account, if that is another than ours.
pub(super) fn hand_over(path: &Path, account: Option<&Account>) -> Result<(), LocalError> {
    match account {
        Some(account) => std::os::unix::fs::lchown(path, Some(account.uid), Some(account.gid)).map_err(LocalError::at(path)),
        None => Ok(()),
    }
}

/// Hands an open file of ours to the server's account: the file itself, whatever lies at its path by now.
pub(super) fn hand_over_file(file: &File, account: Option<&Account>) -> io::Result<()> {
    match account {
        Some(account) => std::os::unix::fs::fchown(file, Some(account.uid), Some(account.gid)),
        None => Ok(()),
    }
}

/// Makes a command run as the server's account, in a process group of its own.
///
/// Its own group, so that Ctrl-C in the terminal does not stop the server before its users have finished.
pub(super) fn run_as(command: &mut Command, account: Option<&Account>) {
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command.process_group(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
        postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n\
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";

    #[test]
    fn accounts_are_read_by_whole_name() {
        let postgres = find_in_passwd(PASSWD, "postgres").unwrap();
        assert_eq!((postgres.uid, postgres.gid), (101, 104));
        assert_eq!(find_in_passwd(PASSWD, "post"), None);
    }

    #[test]
    fn root_is_never_the_servers_account() {
        assert_eq!(find_in_passwd(PASSWD, "root"), None);
    }
}
