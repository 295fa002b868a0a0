//! U+0000 in JSON: PostgreSQL stores it neither in text nor in jsonb, and no text needs it.

use std::borrow::Cow;

/// Removes every escaped and every bare U+0000 from a JSON text.
pub(super) fn strip(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u0000") && !json.contains('\0') {
        return Cow::Borrowed(json);
    }
    let mut clean = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, after)) = rest.split_once('\\') {
        clean.push_str(before);
        if let Some(after) = after.strip_prefix("u0000") {
            rest = after;
            continue;
        }
        clean.push('\\');
        // Everything escaped is taken along, so that `\\u0000` stays a backslash and a word.
        let mut letters = after.chars();
        clean.extend(letters.next());
        rest = letters.as_str();
    }
    clean.push_str(rest);
    clean.retain(|letter| letter != '\0');
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        assert_eq!(strip(json), expected);
    }

    #[test]
    fn escaped_nul_goes_and_an_escaped_backslash_stays() {
        check(r#"{"a":"x\u0000y"}"#, r#"{"a":"xy"}"#);
        check(r#"{"a":"\u0000\u0000"}"#, r#"{"a":""}"#);
        check(r#"{"a":"x\\u0000y"}"#, r#"{"a":"x\\u0000y"}"#);
        check(r#"{"a":"x\\\u0000y\n"}"#, r#"{"a":"x\\y\n"}"#);
        check("{\"a\":\"x\0y\"}", r#"{"a":"xy"}"#);
        check(r#"{"a":"\u0001"}"#, r#"{"a":"\u0001"}"#);
    }
}
