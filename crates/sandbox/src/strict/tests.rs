//! Rules of texts and their entities.

use serde_json::{Value, json};

use super::text::format;

fn shown(entities: &[Value]) -> Vec<(String, u64, u64)> {
    let number = |entity: &Value, name: &str| entity[name].as_u64().unwrap();
    entities
        .iter()
        .map(|entity| (entity["type"].as_str().unwrap().to_owned(), number(entity, "offset"), number(entity, "length")))
        .collect()
}

#[track_caller]
fn check(source: &str, mode: Option<&str>, text: &str, entities: &[(&str, u64, u64)]) {
    let formatted = format(source, mode, None).unwrap();
    assert_eq!(formatted.text, text);
    let expected: Vec<_> = entities.iter().map(|(kind, offset, length)| ((*kind).to_owned(), *offset, *length)).collect();
    assert_eq!(shown(&formatted.entities), expected, "{source:?}");
}

#[test]
fn html_becomes_entities_in_utf16_units() {
    let html = Some("HTML");
    check("😀<b>x</b>", html, "😀x", &[("bold", 2, 1)]);
    check("<b>a<i>b</i></b>", html, "ab", &[("bold", 0, 2), ("italic", 1, 1)]);
    check("1 &lt; 2 &amp; &#x41;&unknown;", html, "1 < 2 & A&unknown;", &[]);
    check("<pre><code class=\"language-rust\">fn</code></pre>", html, "fn", &[("pre", 0, 2)]);
    check("<span class='tg-spoiler'>s</span><tg-spoiler>t</tg-spoiler>", html, "st", &[("spoiler", 0, 1), ("spoiler", 1, 1)]);
    check("<blockquote expandable>q</blockquote>", html, "q", &[("expandable_blockquote", 0, 1)]);
    let link = format("<a href=\"https://a.org/?x=1&amp;y=2\">a</a>", html, None).unwrap();
    assert_eq!(link.entities, [json!({"type": "text_link", "offset": 0, "length": 1, "url": "https://a.org/?x=1&y=2"})]);
}

#[test]
fn both_ends_are_trimmed_and_entities_follow() {
    check("  <b> x </b> ", Some("HTML"), "x", &[("bold", 0, 1)]);
    check("\n\n", None, "", &[]);
}

#[test]
fn characters_that_telegram_takes_out_are_taken_out() {
    check("a\r\nb\u{0}c\u{202e}d", None, "a\nb cd", &[]);
    check("\u{202e}<b>x</b>", Some("HTML"), "x", &[("bold", 0, 1)]);
}

#[test]
fn entities_are_found_as_telegram_finds_them() {
    check("/start now", None, "/start now", &[("bot_command", 0, 6)]);
    check("a/b /one-two", None, "a/b /one-two", &[("bot_command", 4, 4)]);
    check("(@someone), @x", None, "(@someone), @x", &[("mention", 1, 8)]);
    check("see https://a.org/x. or t.me/y", None, "see https://a.org/x. or t.me/y", &[("url", 4, 15), ("url", 24, 6)]);
    check("me@mail.org #tag #1", None, "me@mail.org #tag #1", &[("email", 0, 11), ("hashtag", 12, 4)]);
    check("call +4915112345678!", None, "call +4915112345678!", &[("phone_number", 5, 14)]);
    check("3.5 and e.g. this.that", None, "3.5 and e.g. this.that", &[]);
    check("<code>t.me/x</code>", Some("HTML"), "t.me/x", &[("code", 0, 6)]);
}

#[test]
fn hostile_text_is_measured_and_does_not_panic() {
    for source in
        ["<", "<>", "</", "&", "&#;", "&#xD800;", "<a href=", "<a href='x", "/", "@", "#", "+", "://", "a@", ".", "\u{feff}"]
    {
        for mode in [None, Some("HTML")] {
            // Refusing is as good as taking it.
            let _ = format(source, mode, None);
        }
    }
}
