//! Finds in texts, with the answers that `TDLib`'s rules give.

use super::find;

/// The finds of a text, each as its kind and the words it covers.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let units: Vec<u16> = text.encode_utf16().collect();
    let found: Vec<(String, String)> = find(text)
        .into_iter()
        .map(|entity| (entity.kind, String::from_utf16(&units[entity.offset..entity.offset + entity.length]).unwrap()))
        .collect();
    let expected: Vec<_> = expected.iter().map(|(kind, words)| ((*kind).to_owned(), (*words).to_owned())).collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn mentions_stand_apart_from_words() {
    check("@name", &[("mention", "@name")]);
    check("text:@name, (@other_1)", &[("mention", "@name"), ("mention", "@other_1")]);
    check("a@name _@name 5@name я@name", &[]);
    check("@abc @gif @Vid @pic @nft @ufc", &["@gif", "@Vid", "@pic", "@nft", "@ufc"].map(|name| ("mention", name)));
    check("@nameя @name-x", &[("mention", "@name")]);
    check(&format!("@{} @{}", "a".repeat(32), "a".repeat(33)), &[("mention", &format!("@{}", "a".repeat(32)))]);
    check("😀@name", &[("mention", "@name")]);
    check("@1234", &[("mention", "@1234")]);
    // A vowel sign is no letter for TDLib: this is a word and a mention.
    check("से@name", &[("mention", "@name")]);
    check("नाम@name", &[]);
}

#[test]
fn commands_are_not_parts_of_paths() {
    check("/start /next@some_bot!", &[("bot_command", "/start"), ("bot_command", "/next@some_bot")]);
    check("a/b /a/b </x> //y", &[]);
    check("/x@ab", &[]);
    check("/start,/stop", &[("bot_command", "/start"), ("bot_command", "/stop")]);
    check("/ not", &[]);
}

#[test]
fn tags_have_a_letter_and_no_second_mark() {
    check("#tag #1 #1a #а_б", &[("hashtag", "#tag"), ("hashtag", "#1a"), ("hashtag", "#а_б")]);
    check("a#tag #tag#tag #", &[]);
    check("#tag@channel #tag@x", &[("hashtag", "#tag@channel"), ("hashtag", "#tag")]);
    check(&format!("#{}", "a".repeat(300)), &[("hashtag", &format!("#{}", "a".repeat(256)))]);
    check("$USD $1INCH $usd $ABCDEFGHI a$USD $USD$ $Aя", &[("cashtag", "$USD"), ("cashtag", "$1INCH")]);
}

#[test]
fn links_need_a_known_end_or_a_scheme() {
    for link in [
        "example.ai",
        "a.cc",
        "a.site",
        "a.link",
        "a.to",
        "кто.рф",
        "t.me/x",
        "EXAMPLE.COM",
        "a-b.co.uk",
        "127.0.0.1",
        "x.xn--p1ai",
    ] {
        check(link, &[("url", link)]);
    }
    for none in ["this.that", "3.5", "e.g.", "a.b", "x.cOm", "1.2.3", "256.1.1.1", "a_b.com_", "a.com-", "..", "a..com", "x.c_m"]
    {
        check(none, &[]);
    }
    check("word,example.com", &[("url", "example.com")]);
    check("http://anything.anywhere ftp://x.y1z", &[("url", "http://anything.anywhere"), ("url", "ftp://x.y1z")]);
    check("shttp://a.com sftp://a.com gopher://a.com", &[]);
    check("see https://a.org/x. or (t.me/y), a.com!", &[("url", "https://a.org/x"), ("url", "t.me/y"), ("url", "a.com")]);
    check("a.com/(b)c) a.com/[x]]", &[("url", "a.com/(b)c"), ("url", "a.com/[x]")]);
    check("a.com:80/x a.com:99999/x", &[("url", "a.com:80/x"), ("url", "a.com")]);
    check("a.com?q=1#z a.com?", &[("url", "a.com?q=1#z"), ("url", "a.com")]);
    check("https://user:pass@a.com/x", &[("url", "https://user:pass@a.com/x")]);
    check("я.com/путь «a.com/x»", &[("url", "я.com/путь"), ("url", "a.com/x")]);
    check("#a.com @a.com", &[("hashtag", "#a")]);
    check("😀 a.com 😀 b.com", &[("url", "a.com"), ("url", "b.com")]);
}

#[test]
fn links_into_telegram_are_links() {
    check("tg://resolve?domain=x, TON://transfer/a.", &[("url", "tg://resolve?domain=x"), ("url", "TON://transfer/a")]);
    check("tg:// xtg://a tg:a", &[("url", "tg://a")]);
    check("tg://user?id=5", &[("url", "tg://user?id=5")]);
}

#[test]
fn addresses_are_no_links() {
    check("a.b@c.museum, mailto:x+y@z.de", &[("email", "a.b@c.museum"), ("email", "x+y@z.de")]);
    check("me@mail.org/x", &[("url", "me@mail.org/x")]);
    check("x@y.toolongtld1", &[]);
}

#[test]
fn numbers_with_and_without_a_plus() {
    for number in ["+4915112345678", "+49 151 1234567", "+1-212-555-0123", "98765 43210", "9876543210", "212-555-0123"] {
        check(number, &[("phone_number", number)]);
        check(&format!("call {number}, please"), &[("phone_number", number)]);
    }
    for none in ["12345", "2026-11-30 12", "1 2 3 4 5 6 7 8 9 10", "+123456", "1234567890123456", "a1234567890", "12.05.1991"] {
        check(none, &[]);
    }
}

#[test]
fn finds_do_not_overlap() {
    check("https://t.me/@name#x", &[("url", "https://t.me/@name#x")]);
    check("t.me/+4915112345678", &[("url", "t.me/+4915112345678")]);
    check("/start@abc.com /start@a.com", &[("bot_command", "/start@abc")]);
}
