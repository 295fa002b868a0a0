//! A call that carries a file of ours: a form in parts, as browsers send them.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::rendered::File;

/// Writes the form; returns its content type and body.
pub(super) fn form(params: &RawValue, file: &File<'_>) -> (String, String) {
    // Whatever the file holds, the line between two parts stands nowhere in it.
    let mut line = "luvhive-part".to_owned();
    while file.text.contains(&line) || params.get().contains(&line) {
        line.push('-');
    }
    let fields: serde_json::Map<String, Value> = serde_json::from_str(params.get()).unwrap_or_default();
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let part = |head: &str, text: &str| format!("--{line}\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n");
    let fields = fields.into_iter().map(|(name, value)| part(&format!("name=\"{name}\""), &text(value)));
    let head = format!("name=\"file\"; filename=\"{}\"\r\nContent-Type: application/json", file.name);
    let parts: String = fields.chain([part(&head, &file.text), format!("--{line}--\r\n")]).collect();
    (format!("multipart/form-data; boundary={line}"), parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_between_two_parts_stands_in_none_of_them() {
        let params = RawValue::from_string(r#"{"chat_id":7,"caption":"it's\nyours"}"#.to_owned()).unwrap();
        let text = "--luvhive-part\r\n";
        let (kind, body) = form(&params, &File { name: "a.json".into(), text: text.into() });
        let line = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let parts: Vec<&str> = body.split(&format!("--{line}")).collect();
        let [before, caption, chat, file, after] = parts.as_slice() else { panic!("{parts:?}") };
        assert_eq!((*before, *after), ("", "--\r\n"));
        assert_eq!(*caption, "\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nit's\nyours\r\n");
        assert!(chat.ends_with("name=\"chat_id\"\r\n\r\n7\r\n"));
        assert!(file.contains("filename=\"a.json\"") && file.ends_with(&format!("\r\n\r\n{text}\r\n")), "{file}");
    }
}
