//! Does the token stand in a log: looked for in the newest parts of the newest logs, within bounds of size and time.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use luvhive_core::check::Check;
use tokio::time::Instant;

/// How deep below a folder logs are looked for.
const DEPTH: u8 = 4;
/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = 1 << 20;

/// How much one look may cost.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Of one log, in bytes: its newest part.
    of_one: u64,
    /// Of all logs together, in bytes.
    of_all: u64,
    /// After this time no further log is begun.
    time: Duration,
}

const BOUNDS: Bounds = Bounds { of_one: 64 << 20, of_all: 256 << 20, time: Duration::from_secs(5) };

/// Looks for a bot's token in the logs below a folder, the newest first. Reads files, so call it from a blocking thread.
pub fn logs(token: &str, folder: &Path) -> Check {
    look(token, folder, BOUNDS)
}

fn look(token: &str, folder: &Path, bounds: Bounds) -> Check {
    let name = "token_in_logs";
    // The part behind the colon: a log may hold the bot's number in good right.
    let secret = token.rsplit(':').next().unwrap_or(token).as_bytes();
    let mut paths = Vec::new();
    list(folder, DEPTH, &mut paths);
    paths.sort_by(|(one, _), (other, _)| other.cmp(one));
    let (begun, mut left, mut looked) = (Instant::now(), bounds.of_all, 0_usize);
    let mut found = Vec::new();
    for (_, path) in &paths {
        if left == 0 || begun.elapsed() >= bounds.time {
            break;
        }
        looked += 1;
        if secret.len() >= 8 && holds(path, secret, bounds.of_one, &mut left).unwrap_or(false) {
            found.push(path.strip_prefix(folder).unwrap_or(path).display().to_string());
        }
    }
    if paths.is_empty() {
        return Check::skipped(name, "there are no logs in the data directory; journald's are not looked at");
    }
    if !found.is_empty() {
        let remedy = "revoke it with /revoke at @BotFather, set the new one, remove those files, and report this";
        return Check::fail(name, format!("the token stands in {}", found.join(", ")), remedy);
    }
    match paths.len() - looked {
        0 => Check::ok(name, format!("not in {looked} logs of the data directory")),
        older => {
            Check::ok(name, format!("not in the newest {looked} logs of the data directory; {older} older ones are too much"))
        }
    }
}

/// Lists logs with the times of their last change.
fn list(folder: &Path, depth: u8, into: &mut Vec<(SystemTime, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth > 0 {
            list(&entry.path(), depth - 1, into);
        } else if kind.is_file() && entry.file_name().to_string_lossy().contains(".log") {
            let changed = entry.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            into.push((changed, entry.path()));
        }
    }
}

/// Reports whether the newest `most` bytes of a file hold these, as far as `left` reaches; takes from it what was read.
fn holds(path: &Path, secret: &[u8], most: u64, left: &mut u64) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let part = most.min(*left);
    file.seek(SeekFrom::Start(file.metadata()?.len().saturating_sub(part)))?;
    let mut part = file.take(part);
    let (mut kept, mut chunk) = (Vec::new(), vec![0; CHUNK_BYTES]);
    loop {
        let length = part.read(&mut chunk)?;
        if length == 0 {
            return Ok(false);
        }
        *left = left.saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
        kept.extend_from_slice(chunk.get(..length).unwrap_or_default());
        if kept.windows(secret.len()).any(|part| part == secret) {
            return Ok(true);
        }
        // What may be the token's beginning is looked at again with what follows.
        kept.drain(..kept.len().saturating_sub(secret.len() - 1));
    }
}

#[cfg(test)]
mod tests {
    use luvhive_core::check::Status;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("luvhive-logs-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("postgres/log")).unwrap();
        folder
    }

    fn token() -> String {
        format!("{}:{}", 4_242_424, "s".repeat(35))
    }

    #[test]
    fn a_token_in_a_log_is_found_and_not_repeated() {
        let folder = folder("found");
        let (token, log) = (token(), folder.join("postgres/log/server.log.1"));
        assert_eq!(logs(&token, &folder).status, Status::Skipped);
        std::fs::write(&log, "bot 4242424 is well").unwrap();
        assert_eq!(logs(&token, &folder).status, Status::Ok);
        // Across the border of two chunks.
        let text = format!("{}/bot{token}/getMe", "-".repeat(CHUNK_BYTES - 30));
        std::fs::write(&log, text).unwrap();
        let found = logs(&token, &folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.status, Status::Fail);
        assert!(found.found.contains("server.log.1") && !format!("{found:?}").contains("sss"), "{found:?}");
    }

    #[test]
    fn huge_logs_are_looked_at_within_bounds() {
        let folder = folder("huge");
        let (token, log) = (token(), folder.join("server.log"));
        // A terabyte on paper: only its end is read.
        let huge = File::create(&log).unwrap();
        huge.set_len(1 << 40).unwrap();
        let begun = Instant::now();
        let found = logs(&token, &folder);
        assert_eq!(found.status, Status::Ok, "{found:?}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        // The sum is bounded as well, and what was not looked at is told.
        for number in 0..20 {
            std::fs::write(folder.join(format!("{number}.log")), [b'-'; 100]).unwrap();
        }
        let found = look(&token, &folder, Bounds { of_one: 100, of_all: 1_000, ..BOUNDS });
        assert!(found.found.contains("the newest 10 logs") && found.found.contains("11 older"), "{found:?}");
        let found = look(&token, &folder, Bounds { time: Duration::ZERO, ..BOUNDS });
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(found.found.contains("the newest 0 logs"), "{found:?}");
    }
}
