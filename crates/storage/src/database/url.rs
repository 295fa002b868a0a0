//! Connection strings as libpq takes them, made fit for tokio-postgres.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// A connection string without what tokio-postgres does not know.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The string for tokio-postgres.
    pub(super) plain: String,
    /// The file named by `sslrootcert`.
    pub(super) root: Option<PathBuf>,
}

/// Takes `sslrootcert` out and maps the stricter `sslmode`s to `require`, which verifies as much with rustls.
pub(super) fn split(text: &str) -> Parts {
    if let Some((address, query)) = text.split_once('?') {
        let (kept, root) = sort_out(query.split('&'), percent_decode);
        let plain = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
        return Parts { plain, root };
    }
    if text.contains("://") {
        return Parts { plain: text.to_owned(), root: None };
    }
    let (kept, root) = sort_out(text.split_whitespace(), str::to_owned);
    Parts { plain: kept.join(" "), root }
}

fn sort_out<'a>(words: impl Iterator<Item = &'a str>, decode: impl Fn(&str) -> String) -> (Vec<&'a str>, Option<PathBuf>) {
    let mut root = None;
    let mut kept = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some(("sslrootcert", "system")) => {}
            Some(("sslrootcert", path)) => root = Some(PathBuf::from(decode(path))),
            Some(("sslmode", "verify-full" | "verify-ca")) => kept.push("sslmode=require"),
            _ => kept.push(word),
        }
    }
    (kept, root)
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
    fn check(text: &str, plain: &str, root: Option<&str>) {
        let expected = Parts { plain: plain.to_owned(), root: root.map(PathBuf::from) };
        assert_eq!(split(text), expected);
    }

    #[test]
    fn libpqs_tls_words_are_translated() {
        check("postgres://u@h/d", "postgres://u@h/d", None);
        check(
            "postgres://u@h/d?sslmode=verify-full&connect_timeout=3",
            "postgres://u@h/d?sslmode=require&connect_timeout=3",
            None,
        );
        check("postgres://u@h/d?sslrootcert=%2Fa%20b.pem", "postgres://u@h/d", Some("/a b.pem"));
        check("host=h sslmode=verify-ca", "host=h sslmode=require", None);
        check("postgres://u@h/d?sslmode=require&sslrootcert=system", "postgres://u@h/d?sslmode=require", None);
    }
}
