//! What a correction does, by table: the border of 18 is crossed by two only.

use super::CorrectionRefusal as No;
use super::*;
use crate::person::Gender;

/// 2026-03-01T12:30:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_772_368_200_000);

fn day(text: &str) -> Day {
    Day::from_naive(text.parse().unwrap())
}

fn correction(fact: Fact, second: Option<&str>) -> NewCorrection {
    NewCorrection::new("abcdefghjk", fact, "letter of 3 March", second, "ann", NOW).unwrap()
}

#[test]
fn crossing_18_needs_a_second_name_in_either_direction() {
    // Registered a year before.
    let registered_at = Timestamp::from_millis(1_740_832_200_000);
    let person = |is_refused| Standing::Person { gender: Gender::Man, born: day("1999-04-23"), registered_at, is_refused };
    let born = |text: &str| Fact::Born(day(text));
    for (fact, standing, alone, together) in [
        (born("1989-04-23"), person(false), None, Ok(Corrected::Born { day: day("1989-04-23"), was_refused: false })),
        (born("2010-04-23"), person(false), Some(No::NeedsSecond), Ok(Corrected::Refused(day("2010-04-23")))),
        (born("2011-04-23"), person(true), None, Ok(Corrected::StaysRefused(day("2011-04-23")))),
        (
            born("1999-04-23"),
            person(true),
            Some(No::NeedsSecond),
            Ok(Corrected::Born { day: day("1999-04-23"), was_refused: true }),
        ),
        (born("1999-04-23"), person(false), None, Err(No::AlreadySo)),
        (born("2008-01-01"), person(false), None, Err(No::MinorWhenRegistered)),
        (born("2008-01-01"), Standing::Refused, Some(No::NeedsSecond), Ok(Corrected::Admitted)),
        (born("2010-01-01"), Standing::Refused, None, Ok(Corrected::StaysRefused(day("2010-01-01")))),
        (born("2008-03-02"), Standing::Refused, None, Err(No::NotYetEverywhere)),
        (born("2008-03-02"), person(false), None, Err(No::NotYetEverywhere)),
        (born("2030-01-01"), person(false), None, Err(No::Implausible)),
        (born("1850-01-01"), Standing::Refused, None, Err(No::Implausible)),
        (Fact::Gender(Gender::Woman), person(false), None, Ok(Corrected::Gender(Gender::Woman))),
        (Fact::Gender(Gender::Woman), person(true), None, Ok(Corrected::Gender(Gender::Woman))),
        (Fact::Gender(Gender::Man), person(false), None, Err(No::AlreadySo)),
        (Fact::Gender(Gender::Man), Standing::Refused, None, Err(No::NotRegistered)),
    ] {
        assert_eq!(correction(fact, Some("bob")).decide(&standing), together, "{fact:?} {standing:?}");
        let expected = alone.map_or(together, Err);
        assert_eq!(correction(fact, None).decide(&standing), expected, "{fact:?} {standing:?} alone");
    }
}

#[test]
fn the_second_name_is_another_one() {
    let new = |second, actor| NewCorrection::new("abcd-efgh-jkmn", Fact::Gender(Gender::Man), "x", Some(second), actor, NOW);
    for (second, actor) in
        [("ann", "ann"), (" Ann ", "ann"), ("ann", "ann as root"), ("root", "ann as root"), ("", "ann"), (" ", "ann")]
    {
        assert_eq!(new(second, actor), Err(CorrectionRefusal::Second(actor.to_owned())), "{second:?} {actor:?}");
    }
    assert_eq!(new(" bob ", "ann").unwrap().second.as_deref(), Some("bob"));
    assert!(new(&"x".repeat(101), "ann").is_err());
}

#[test]
fn what_was_typed_is_checked() {
    let new = |whom, reason: &str| NewCorrection::new(whom, Fact::Gender(Gender::Man), reason, None, "ann", NOW);
    for whom in ["", "somebody", "abcdefghj1", "12345"] {
        assert_eq!(new(whom, "x"), Err(CorrectionRefusal::Unknown(whom.to_owned())));
    }
    for reason in ["", "  ", &"x".repeat(501)] {
        assert_eq!(new("abcdefghjk", reason), Err(CorrectionRefusal::Reason));
    }
    assert!(matches!(new("abcdefghjk", "x").unwrap().whom, Whom::Person(_)));
    assert_eq!(new("ABCD EFGH JKMN", "x").unwrap().whom.to_string(), "abcd-efgh-jkmn");
}

#[test]
fn the_audit_row_names_the_second_and_no_date() {
    let new = correction(Fact::Born(day("2010-04-23")), Some("bob"));
    let detail = new.detail(&Corrected::Refused(day("2010-04-23")));
    assert_eq!(detail, "date of birth, from an adult's to a minor's; second: bob; reason: letter of 3 March");
    assert_eq!(new.action(), "correct birth date");
}
