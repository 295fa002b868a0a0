//! A table of how people write dates.

use luvhive_core::person::UiLanguage;
use proptest::prelude::*;

use super::*;
use crate::locale::Words;

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::from_ymd(year, month, day).unwrap()
}

#[test]
fn the_same_day_is_read_from_all_usual_writings() {
    for text in [
        "1999-04-23",
        "1999/04/23",
        "1999.04.23",
        "1999 04 23",
        "1999-4-23",
        "19990423",
        "23.04.1999",
        "23.4.1999",
        "23. 4. 1999",
        "23/04/1999",
        "23-04-1999",
        "23 04 1999",
        "04/23/1999",
        "4-23-1999",
        "23041999",
        "23 April 1999",
        "23 april 1999",
        "April 23, 1999",
        "23 Apr 1999",
        "Apr 23 1999",
        "23rd April 1999",
        "23-Apr-1999",
        "1999 April 23",
        "23 अप्रैल 1999",
        "२३ अप्रैल १९९९",
        "२३.०४.१९९९",
        "٢٣/٠٤/١٩٩٩",
        "２３．０４．１９９９",
        "  1999-04-23\n",
        "1999–04–23",
    ] {
        assert_eq!(read(text), Typed::Day(day(1999, 4, 23)), "{text}");
    }
}

#[test]
fn dates_are_read_as_phones_write_them() {
    for text in [
        "\u{200e}23.04.1999",
        "\u{2068}23\u{2069}.\u{2068}04\u{2069}.\u{2068}1999\u{2069}",
        "\u{200f}٢٣\u{200f}/٤\u{200f}/١٩٩٩",
        "23\u{a0}April\u{202f}1999",
        "௨௩.௦௪.௧௯௯௯",
        "২৩.০৪.১৯৯৯",
        "𝟐𝟑.𝟎𝟒.𝟏𝟗𝟗𝟗",
        "23．04．1999",
        "23／04／1999",
        "23—04—1999",
        "23。04。1999",
        "23·04·1999",
        "23|04|1999",
        "23⁄04⁄1999",
        "(23.04.1999)",
        "1999年4月23日",
        "1999년 4월 23일",
        "April the 23rd, 1999",
        "the 23rd of April 1999",
        "1999-04-23T00:00",
        "1999-04-23T00:00:00Z",
        "1999-04-23T00:00:00.000+05:30",
        "1999-04-23 00:00:00",
        "23.04.1999 14:05",
        "born 23.04.1999",
        "I was born on April 23, 1999.",
        "23-го апреля 1999 г.",
        "23 апреля 1999 года",
        "23 АПРЕЛЬ 1999",
        "23 квітня 1999 р.",
        "23 de abril de 1999",
        "nací el 23 de abril del 1999",
        "23º abril 1999",
        "lahir tanggal 23 April 1999",
        "٢٣ أبريل ١٩٩٩",
        "23 ابريل 1999",
        "من مواليد 23 نيسان 1999",
        "23 अप्रेल 1999",
    ] {
        assert_eq!(read(text), Typed::Day(day(1999, 4, 23)), "{text}");
    }
    for (text, month) in [
        ("1 março 1999", 3),
        ("1 marco 1999", 3),
        ("1 agustus 1999", 8),
        ("1º de outubro de 1999", 10),
        ("1 мая 1999", 5),
        ("1 май 1999", 5),
        ("1 листопада 1999", 11),
        ("1 تشرين الثاني 1999", 11),
        ("1 كانون الثاني 1999", 1),
        ("1 फरवरी 1999", 2),
        ("1 सितम्बर 1999", 9),
    ] {
        assert_eq!(read(text), Typed::Day(day(1999, month, 1)), "{text}");
    }
}

#[test]
fn day_and_month_that_can_be_mixed_up_are_asked_about() {
    for text in
        ["03/04/1999", "3-4-1999", "03 04 1999", "03041999", "03／04／1999", "3—4—1999", "\u{200e}03/04/1999", "born 3/4/1999"]
    {
        assert_eq!(read(text), Typed::Ambiguous(day(1999, 4, 3), day(1999, 3, 4)), "{text}");
    }
    for text in ["04/04/1999", "4-4-1999"] {
        assert_eq!(read(text), Typed::Day(day(1999, 4, 4)), "{text}");
    }
    assert_eq!(read("03.04.1999"), Typed::Day(day(1999, 4, 3)), "with dots the day comes first");
}

#[test]
fn short_years_are_asked_about() {
    for text in ["23.04.99", "23/4/99", "99-04-23", "23 April 99", "April 23, 99", "23．04．99", "২৩.০৪.৯৯"] {
        assert_eq!(read(text), Typed::ShortYear, "{text}");
    }
}

#[test]
fn days_that_the_calendar_lacks_are_told() {
    for text in ["30.02.1999", "1999-02-29", "31/04/1999", "1999-13-01", "13.13.1999", "00.01.1999", "04.23.1999"] {
        assert_eq!(read(text), Typed::NoSuchDay, "{text}");
    }
    assert_eq!(read("29.02.2000"), Typed::Day(day(2000, 2, 29)));
}

#[test]
fn anything_else_is_no_date() {
    for text in [
        "",
        "hello",
        "25",
        "1999",
        "April",
        "23 April",
        "1.2.3.1999",
        "tomorrow",
        "-1999-04-23x",
        "123456789",
        "🙂",
        "99999999",
        "/start",
        "١",
        "10:30",
        "23:04",
        "1999-04-23T",
        "born",
        "23.04.1999 and more",
        "1999th-04-23",
    ] {
        assert_eq!(read(text), Typed::Unreadable, "{text}");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in ".{0,50}") {
        let _ = read(&text);
    }

    #[test]
    fn iso_dates_are_read_back(year in 1900..2100_i32, month in 1..=12_u32, of_month in 1..=28_u32) {
        let day = day(year, month, of_month);
        prop_assert_eq!(read(&day.to_string()), Typed::Day(day));
        for &language in UiLanguage::ALL {
            prop_assert_eq!(read(&Words::new(language).day(day)), Typed::Day(day));
        }
    }
}
