//! Forms in parts, by which files come: text files only, which is what bots make themselves.

use crate::refusal::ApiError;

/// A file that came with a request.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The part's name, by which a parameter means it.
    pub(crate) name: String,
    /// What the sender calls it.
    pub(crate) file_name: String,
    /// Its type, such as `application/json`.
    pub(crate) mime_type: String,
    /// What it holds.
    pub(crate) text: String,
}

/// Reads a form: gives each field to `put`, and returns the files.
///
/// # Errors
/// 400 for what is no such form, for files that are not text, and whatever `put` refuses.
pub(super) fn read(
    content_type: &str,
    body: &[u8],
    put: &mut dyn FnMut(String, String) -> Result<(), ApiError>,
) -> Result<Vec<Upload>, ApiError> {
    let bad = || ApiError::bad_request("can't parse the form");
    let boundary = attribute(content_type, "boundary").ok_or_else(bad)?;
    let body = std::str::from_utf8(body).map_err(|_binary| ApiError::bad_request("the sandbox takes files of text only"))?;
    let mut uploads = Vec::new();
    for part in body.split(&format!("--{boundary}")).skip(1) {
        if part.starts_with("--") {
            return Ok(uploads);
        }
        let (head, text) = part.split_once("\r\n\r\n").ok_or_else(bad)?;
        let text = text.strip_suffix("\r\n").ok_or_else(bad)?.to_owned();
        let name = attribute(head, "name").ok_or_else(bad)?.to_owned();
        let Some(file_name) = attribute(head, "filename") else {
            put(name, text)?;
            continue;
        };
        let mime_type = head.lines().find_map(|line| line.strip_prefix("Content-Type:")).unwrap_or("text/plain").trim();
        uploads.push(Upload { name, file_name: file_name.to_owned(), mime_type: mime_type.to_owned(), text });
    }
    Err(bad())
}

/// The value of `name=` in a header, with or without quotes.
fn attribute<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let given = header.split([';', '\r', '\n']).find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(given.trim_matches('"'))
}
