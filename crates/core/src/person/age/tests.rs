//! The gate by table and by property, and that the code is never more generous than the database's CHECK.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    Day::from_naive(text.parse().unwrap())
}

/// A moment on 1 March 2026 in UTC, at this hour.
fn at(hour: i64) -> Timestamp {
    Timestamp::from_millis(1_772_323_200_000 + hour * 3_600_000)
}

#[test]
fn days_are_judged_where_the_day_comes_last() {
    use BirthdayRefusal::{Implausible, NotYetEverywhere, TooYoung};
    assert_eq!(at(0).to_string(), "2026-03-01T00:00:00Z");
    for (born, hour, expected) in [
        // Whose birthday is today in UTC: not before noon, when the day begins at UTC−12.
        ("2008-03-01", 0, Err(NotYetEverywhere)),
        ("2008-03-01", 11, Err(NotYetEverywhere)),
        ("2008-03-01", 12, Ok(18)),
        // UTC's next day, at any hour.
        ("2008-03-02", 0, Err(NotYetEverywhere)),
        ("2008-03-02", 23, Err(NotYetEverywhere)),
        ("2008-03-03", 23, Err(TooYoung)),
        ("2008-02-29", 0, Err(NotYetEverywhere)),
        ("2008-02-29", 12, Ok(18)),
        ("2008-02-28", 0, Ok(18)),
        ("1999-04-23", 0, Ok(26)),
        ("1906-03-01", 13, Ok(120)),
        ("1905-03-01", 13, Err(Implausible)),
        // Born today is a minor; born tomorrow is no date.
        ("2026-03-01", 0, Err(TooYoung)),
        ("2026-03-02", 23, Err(Implausible)),
    ] {
        let verdict = admit(day(born), at(hour)).map(Age::years);
        assert_eq!(verdict, expected, "{born} at {hour}");
    }
}

#[test]
fn all_readings_of_a_date_are_weighed() {
    let (adult, other) = (day("1999-03-04"), day("1999-04-03"));
    let (minor, younger) = (day("2012-03-04"), day("2012-04-03"));
    let (tonight, future) = (day("2008-03-02"), day("2026-12-03"));
    for (readings, expected) in [
        (vec![adult], Gate::Adult(vec![adult])),
        (vec![other, adult], Gate::Adult(vec![other, adult])),
        (vec![minor], Gate::TooYoung(minor)),
        (vec![younger, minor], Gate::TooYoung(younger)),
        (vec![minor, younger], Gate::TooYoung(younger)),
        (vec![adult, minor], Gate::Unclear),
        (vec![minor, adult], Gate::Unclear),
        (vec![tonight], Gate::NotYetEverywhere),
        (vec![tonight, adult], Gate::Unclear),
        (vec![tonight, minor], Gate::Unclear),
        (vec![future], Gate::Implausible),
        (vec![future, future], Gate::Implausible),
        (vec![future, minor], Gate::Unclear),
        (vec![future, adult], Gate::Adult(vec![adult])),
        (vec![], Gate::Implausible),
    ] {
        assert_eq!(judge(&readings, at(13)), expected, "{readings:?}");
    }
}

/// What the CHECK `people_born_on_registered_at_check` says: `born_on <= UTC day - INTERVAL '18 years'`, where PostgreSQL
/// turns 29 February into 28 February if the year has none.
fn passes_the_check(born: Day, now: Timestamp) -> bool {
    let today = now.day().as_naive();
    born.as_naive() <= today.checked_sub_months(chrono::Months::new(18 * 12)).unwrap()
}

proptest! {
    #[test]
    fn a_person_who_passes_the_code_passes_the_check(seconds in 1_700_000_000_i64..2_100_000_000, back in 6_500_i64..6_700) {
        let now = Timestamp::from_micros(seconds * 1_000_000);
        let born = Day::from_naive(now.day().as_naive() - chrono::Days::new(back.unsigned_abs()));
        if admit(born, now).is_ok() {
            prop_assert!(passes_the_check(born, now), "{born} at {now}");
        }
        // And nobody is refused forever who passes it.
        if passes_the_check(born, now) {
            prop_assert_ne!(admit(born, now), Err(BirthdayRefusal::TooYoung));
        }
    }

    #[test]
    fn a_minors_year_and_its_slips_are_never_both_let_in(year in 2009..=2026_i32, month in 1..=12_u32, of_month in 1..=28_u32) {
        let born = Day::from_ymd(year, month, of_month).unwrap();
        let verdict = judge(&[born], at(13));
        let is_future = born > at(13).day();
        prop_assert_eq!(verdict, if is_future { Gate::Implausible } else { Gate::TooYoung(born) });
    }
}
