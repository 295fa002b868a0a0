//! What is found, where, and that spelling hides nothing.

use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<&'static str> {
    leaks(&Post { text, ..Post::default() }).kinds().iter().map(Leak::code).collect()
}

#[test]
fn each_kind_is_found_and_named() {
    for (text, kind) in [
        ("call me: +44 7700 900128", Leak::Phone),
        ("zero four nine one five seven zero one five six", Leak::Phone),
        ("٠٥٥٥ ٠٠٠ ١٨٨", Leak::Phone),
        ("④①⑤ ⑤⑤⑤ ⓪①⑦③", Leak::Phone),
        ("find me @ravi_k", Leak::Handle),
        ("arroba la.nena.de.cordoba77", Leak::Handle),
        ("t . me / ravi", Leak::Link),
        ("fаcebook.com/tina", Leak::Link),
        ("youtube(dot)com/c/ some channel", Leak::Link),
        ("k e l l y 9 9 @ y a h o o . c o m", Leak::Email),
        ("joana arroba sapo ponto pt", Leak::Email),
        ("my snap is juno_bee4", Leak::Service),
        ("телега: misha", Leak::Service),
        ("discord ravi#1234", Leak::Service),
    ] {
        assert!(kinds(text).contains(&kind.code()), "{text}: {:?}", kinds(text));
    }
}

#[test]
fn dates_prices_scores_and_talk_of_services_are_none() {
    for text in [
        "15/08/1994 so im a leo",
        "city has 8900000 people",
        "21-19, 18-21, 15-13 we won",
        "1 2 3 4 5 6 7 once i caught a fish",
        "pi is 3.14159265",
        "175/70/28",
        "I deleted instagram last year",
        "booking.com had a sale",
        "hola a tod@s",
        "ok.then we go",
    ] {
        assert_eq!(kinds(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn hidden_links_and_files_are_judged() {
    let hidden = leaks(&Post { text: "look here", hidden_links: &["https://x.example"], ..Post::default() });
    assert!(hidden.kinds().contains(Leak::Link));
    let file = |name, mime| leaks(&Post { file: Some(File { name: Some(name), mime }), ..Post::default() }).kinds();
    assert!(file("CV_Ravi_Kumar.txt", None).contains(Leak::FileName));
    assert!(file("IMG_20240501.jpg", Some("image/jpeg")).contains(Leak::FileFacts));
    assert!(!file("IMG_20240501.jpg", Some("image/jpeg")).contains(Leak::FileName));
    assert!(file("scan.zip", None).is_empty());
}

#[test]
fn places_lie_in_the_text() {
    let text = "hi 😘 mail: ravi@example.org";
    let found = leaks(&Post { text, ..Post::default() });
    assert!(!found.is_empty());
    for place in found.found() {
        assert!(text.get(place.at.clone()).is_some_and(|part| !part.is_empty()), "{place:?}");
    }
}

#[test]
fn a_minor_says_so_and_others_do_not() {
    for text in
        ["hi im 15", "16/f/texas", "not 18 yet", "мне шестнадцать", "tengo 15", "16 saal ki hu", "عمري ١٥", "gw kelas 9 smp"]
    {
        assert!(says_minor(text, 2026), "{text}");
    }
    for text in ["im 15 and my mom is strict", "dont judge me im 14", "tengo 15 para 16", "я 09 года", "still 17", "16, you?"]
    {
        assert!(says_minor(text, 2026), "{text}");
    }
    for text in ["16 and counting", "I'm in room 12", "m16 is closed", "мне 17й размер", "umur 16 gw pindah", "12 years older"]
    {
        assert!(!says_minor(text, 2026), "{text}");
    }
    for text in [
        "my son is 15",
        "he said \"I am 15\"",
        "when i was 15 i lived in leeds",
        "I'm 25",
        "I am 15 minutes away",
        "are you 15?",
        "мне 15 минут до тебя",
        "born in 1992",
    ] {
        assert!(!says_minor(text, 2026), "{text}");
    }
    assert!(says_minor("born in 2010", 2026) && !says_minor("born in 2010", 2030));
}

#[test]
fn the_lists_hold_known_sections_and_plain_entries() {
    for (file, text) in words::FILES {
        let mut count = 0;
        for (section, entry, value) in words::entries(text) {
            count += 1;
            assert!(words::SECTIONS.iter().any(|(name, _)| *name == section), "{file}: [{section}]");
            assert!(!entry.contains(['[', ']']), "{file}: {entry}");
            let is_number = ["number", "ordinal"].contains(&section);
            assert!(!is_number || value.is_some() || section == "ordinal", "{file}: {entry} has no value");
        }
        assert!(count > 50, "{file}");
    }
}

/// Ways to write the same: in capitals, with a letter nobody sees, with a letter that looks alike.
fn disguise(text: &str, how: u8) -> String {
    text.chars()
        .flat_map(|letter| match how {
            0 => letter.to_uppercase().collect::<Vec<_>>(),
            1 => vec!['\u{200b}', letter, '\u{200d}'],
            _ => vec![match letter {
                'a' => 'а',
                'c' => 'с',
                'e' => 'е',
                'o' => 'о',
                'p' => 'р',
                'x' => 'х',
                'y' => 'у',
                'i' => 'і',
                other => other,
            }],
        })
        .collect()
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(text in "\\PC{0,120}|.{0,200}|[0-9@._ /:-]{0,60}", name in ".{0,40}") {
        let post = Post { text: &text, hidden_links: &[], file: Some(File { name: Some(&name), mime: Some(&name) }) };
        for found in leaks(&post).found() {
            prop_assert!(text.get(found.at.clone()).is_some(), "{found:?} in {text:?}");
        }
        says_minor(&text, 2026);
        says_minor(&text, i32::MAX);
        says_minor(&text, i32::MIN);
    }

    #[test]
    fn disguise_hides_nothing(
        words in proptest::collection::vec(
            "my|snap|is|ravi_k|im|15|yo|insta|t\\.me/ravi|call|98765|43210|years|tengo|@anna|gmail|\\.com|мне|лет|umur",
            1..7,
        ),
        how in 0_u8..3,
    ) {
        let text = words.join(" ");
        let other = disguise(&text, how);
        prop_assert_eq!(kinds(&text), kinds(&other), "{:?} {:?}", text, other);
        prop_assert_eq!(says_minor(&text, 2026), says_minor(&other, 2026), "{:?} {:?}", text, other);
    }
}
