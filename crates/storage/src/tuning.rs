//! PostgreSQL's settings for LuvHive: which, why, and from which version on; written as a file, compared with a server.
//!
//! Sizes follow the machine's memory, of which the bot and the system keep a share. No setting is written for a version
//! that does not know it: the server would refuse to start.

mod table;

use std::fmt::Write as _;
use std::ops::RangeInclusive;

pub use table::{Tuned, Value, Weight};

/// The major versions for which settings are written.
pub const VERSIONS: RangeInclusive<u32> = 15..=18;

/// The least memory for which settings are written, in MiB.
pub const LEAST_RAM_MIB: u64 = 512;

/// Why no settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TuningError {
    /// Nobody looked at this version.
    #[error("--pg-version takes 15 to 18, the major version of the server; {0} is not known")]
    Version(u32),
    /// Too little for a server and a bot.
    #[error("--ram takes 512M or more, the memory of the server's machine")]
    Ram,
}

/// Returns the settings for a machine of so many MiB and a server of this major version, in the order of the file.
///
/// # Errors
/// [`TuningError`].
pub fn settings(ram_mib: u64, major: u32) -> Result<Vec<Tuned>, TuningError> {
    if !VERSIONS.contains(&major) {
        return Err(TuningError::Version(major));
    }
    if ram_mib < LEAST_RAM_MIB {
        return Err(TuningError::Ram);
    }
    Ok(table::all(ram_mib).into_iter().filter(|tuned| tuned.since <= major).collect())
}

/// Writes the settings as a commented file, to be included by `postgresql.conf`.
///
/// # Errors
/// [`TuningError`].
pub fn file(ram_mib: u64, major: u32) -> Result<String, TuningError> {
    let mut text = format!(
        "# PostgreSQL {major} for LuvHive on a machine with {ram_mib} MiB of memory.\n\
         # Written by `luvhive doctor --pg-config --ram {ram_mib}M --pg-version {major}`.\n\
         # Save it as conf.d/luvhive.conf beside postgresql.conf (Debian reads that folder), or as tuned.conf in the\n\
         # folder `postgres` of LuvHive's data directory for the private cluster. Then restart the server.\n"
    );
    let mut topic = "";
    for tuned in settings(ram_mib, major)? {
        if tuned.topic != topic {
            topic = tuned.topic;
            let _ = write!(text, "\n## {topic}\n");
        }
        let _ = write!(text, "# {}\n{} = {}\n", tuned.why, tuned.name, tuned.value);
    }
    text.push_str(
        "\n## Slow statements\n\
         # The server must have the package with PostgreSQL's contributed modules, so this line is left to you.\n\
         # With it, CREATE EXTENSION pg_stat_statements in LuvHive's database; `luvhive doctor` then names slow statements.\n\
         #shared_preload_libraries = 'pg_stat_statements'\n",
    );
    Ok(text)
}

/// Says in which way a server differs from a setting; `None` if it does not, or if the two cannot be compared.
///
/// `setting` and `unit` are as `pg_settings` gives them.
pub fn difference(tuned: &Tuned, setting: &str, unit: Option<&str>) -> Option<String> {
    let is_well = match (&tuned.value, tuned.weight) {
        (Value::Word(word), _) => setting.eq_ignore_ascii_case(word.trim_matches('\'')),
        (value, Weight::Size) => {
            let (wanted, has) = (value.number()?, in_base(setting, unit)?);
            // Half or double is a choice; beyond that it is an oversight.
            has * 2.0 >= wanted && has <= wanted * 2.0
        }
        (value, _) => {
            let (wanted, has) = (value.number()?, in_base(setting, unit)?);
            (has - wanted).abs() <= wanted.abs() * 1e-9
        }
    };
    let shown = format!("{setting}{}", unit.map(|unit| format!(" × {unit}")).filter(|_| setting != "-1").unwrap_or_default());
    (!is_well).then(|| format!("{} is {shown}, better {}", tuned.name, tuned.value))
}

/// Converts a value of `pg_settings` to bytes, milliseconds, or the plain number.
fn in_base(setting: &str, unit: Option<&str>) -> Option<f64> {
    let number: f64 = setting.parse().ok()?;
    let factor = match unit {
        None | Some("" | "B" | "ms") => 1.0,
        Some("kB") => 1024.0,
        Some("8kB") => 8192.0,
        Some("MB") => 1_048_576.0,
        Some("s") => 1000.0,
        Some("min") => 60_000.0,
        Some(_) => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(ram: u64, major: u32, name: &str) -> Option<Tuned> {
        settings(ram, major).unwrap().into_iter().find(|tuned| tuned.name == name)
    }

    #[test]
    fn sizes_follow_the_memory() {
        for (ram, shared) in [(512, "128MB"), (4096, "1024MB"), (65_536, "16384MB")] {
            assert_eq!(find(ram, 15, "shared_buffers").unwrap().value.to_string(), shared);
        }
        assert_eq!(find(4096, 18, "max_connections").unwrap().value.to_string(), "60");
    }

    #[test]
    fn newer_settings_are_kept_from_older_servers() {
        assert!(find(4096, 16, "transaction_timeout").is_none());
        assert!(find(4096, 17, "transaction_timeout").is_some());
        assert_eq!(settings(4096, 14), Err(TuningError::Version(14)));
        assert_eq!(settings(4096, 19), Err(TuningError::Version(19)));
        assert_eq!(settings(100, 15), Err(TuningError::Ram));
    }

    #[test]
    fn a_file_gives_each_setting_once_with_its_reason() {
        for major in VERSIONS {
            let text = file(4096, major).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let mut names: Vec<&str> =
                lines.iter().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').next()).collect();
            names.retain(|name| !name.is_empty());
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{text}");
            for (above, line) in lines.iter().zip(lines.iter().skip(1)) {
                assert!(line.is_empty() || line.starts_with('#') || above.starts_with("# "), "{line} has no reason");
            }
        }
    }

    #[test]
    fn differences_are_seen_across_units() {
        let buffers = find(4096, 15, "shared_buffers").unwrap();
        assert_eq!(difference(&buffers, "131072", Some("8kB")), None);
        assert!(difference(&buffers, "16384", Some("8kB")).unwrap().contains("better 1024MB"));
        let fsync = find(4096, 15, "fsync").unwrap();
        assert_eq!(difference(&fsync, "on", None), None);
        assert!(difference(&fsync, "off", None).is_some());
        let idle = find(4096, 15, "idle_in_transaction_session_timeout").unwrap();
        assert_eq!(difference(&idle, "60000", Some("ms")), None);
        assert!(difference(&idle, "0", Some("ms")).is_some());
    }
}
