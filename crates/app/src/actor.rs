//! Who sits at the terminal, for the audit log. The kernel says so; a caller can set the environment to anything.

use std::fs;

/// What the kernel says where nobody logged in, as in a service or container.
const NOBODY: u32 = u32::MAX;

/// Returns the name of the account that runs this process, such as `ann`; of somebody who became another account since
/// they logged in both, such as `ann as root`.
pub(crate) fn name() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let uid = real_uid(&read("/proc/self/status"));
    let login = read("/proc/self/loginuid").trim().parse().ok().filter(|uid| *uid != NOBODY);
    named(&read("/etc/passwd"), uid, login)
}

fn named(passwd: &str, uid: Option<u32>, login: Option<u32>) -> String {
    let Some(uid) = uid else { return "operator".to_owned() };
    let own = account(passwd, uid);
    match login.filter(|login| *login != uid) {
        Some(login) => format!("{} as {own}", account(passwd, login)),
        None => own,
    }
}

fn real_uid(status: &str) -> Option<u32> {
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().next()?.parse().ok()
}

/// The name of an account; its number where no name is known, as of an account that a directory service holds.
fn account(passwd: &str, uid: u32) -> String {
    let name = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let of: u32 = fields.nth(1)?.parse().ok()?;
        (of == uid).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann,,,:/home/ann:/bin/bash\n";

    #[test]
    fn the_account_is_named_by_what_the_kernel_says() {
        for (uid, login, expected) in [
            (Some(1000), None, "ann"),
            (Some(1000), Some(1000), "ann"),
            (Some(0), Some(1000), "ann as root"),
            (Some(0), None, "root"),
            (Some(12345), None, "uid 12345"),
            (None, None, "operator"),
        ] {
            assert_eq!(named(PASSWD, uid, login), expected);
        }
    }

    #[test]
    fn the_real_account_counts() {
        assert_eq!(real_uid("Name:\tluvhive\nUid:\t1000\t0\t0\t0\nGid:\t1000\t1000\t1000\t1000\n"), Some(1000));
        assert_eq!(real_uid(""), None);
    }
}
