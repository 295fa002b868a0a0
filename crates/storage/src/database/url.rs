//! Connection strings as libpq takes them, made fit for tokio-postgres.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::tls::Check;

/// A connection string without what tokio-postgres does not know.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The string for tokio-postgres.
    pub(super) plain: String,
    /// The file named by `sslrootcert`.
    pub(super) root: Option<PathBuf>,
    /// What `sslmode` asks of the server's certificate.
    pub(super) check: Check,
}

/// Takes `sslrootcert` out and maps the `sslmode`s that tokio-postgres does not know: the stricter ones to `require` with a
/// check, `allow` to `prefer`. The system's certificates, asked for by name, are for `verify-full` alone, as with `psql`.
pub(super) fn split(text: &str) -> Parts {
    if let Some((address, query)) = text.split_once('?') {
        let (kept, parts) = sort_out(query.split('&'), percent_decode);
        let plain = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
        return Parts { plain, ..parts };
    }
    if text.contains("://") {
        return Parts { plain: text.to_owned(), root: None, check: Check::Nothing };
    }
    let (kept, parts) = sort_out(text.split_whitespace(), str::to_owned);
    Parts { plain: kept.join(" "), ..parts }
}

/// Returns the words to keep, and the rest as parts without a string.
fn sort_out<'a>(words: impl Iterator<Item = &'a str>, decode: impl Fn(&str) -> String) -> (Vec<&'a str>, Parts) {
    let mut parts = Parts { plain: String::new(), root: None, check: Check::Nothing };
    let mut kept = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some(("sslrootcert", "system")) => parts.check = Check::ChainAndName,
            Some(("sslrootcert", path)) => parts.root = Some(PathBuf::from(decode(path))),
            Some(("sslmode", mode @ ("verify-full" | "verify-ca"))) => {
                parts.check = if mode == "verify-full" { Check::ChainAndName } else { Check::Chain };
                kept.push("sslmode=require");
            }
            Some(("sslmode", "allow")) => kept.push("sslmode=prefer"),
            _ => kept.push(word),
        }
    }
    (kept, parts)
}

/// Says what is wrong with a connection string without repeating any of it.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    // The cause names the key or the place ("unknown option `x`"); anything else might quote the string itself.
    let cause = std::error::Error::source(error).map(ToString::to_string);
    cause
        .filter(|cause| ["unknown option", "invalid value for option"].iter().any(|known| cause.starts_with(known)))
        .unwrap_or_else(|| "it does not parse".to_owned())
}

/// Takes what is no text for the unknown character.
fn percent_decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, plain: &str, root: Option<&str>, check: Check) {
        let expected = Parts { plain: plain.to_owned(), root: root.map(PathBuf::from), check };
        assert_eq!(split(text), expected);
    }

    #[test]
    fn libpqs_tls_words_are_translated() {
        reads("postgres://u@h/d", "postgres://u@h/d", None, Check::Nothing);
        reads(
            "postgres://u@h/d?sslmode=verify-full&connect_timeout=3",
            "postgres://u@h/d?sslmode=require&connect_timeout=3",
            None,
            Check::ChainAndName,
        );
        reads("postgres://u@h/d?sslrootcert=%2Fa%20b.pem", "postgres://u@h/d", Some("/a b.pem"), Check::Nothing);
        reads("host=h sslmode=verify-ca", "host=h sslmode=require", None, Check::Chain);
        reads("host=h sslmode=allow", "host=h sslmode=prefer", None, Check::Nothing);
        let system = "postgres://u@h/d?sslmode=require&sslrootcert=system";
        reads(system, "postgres://u@h/d?sslmode=require", None, Check::ChainAndName);
    }
}
