use std::time::Duration;

use super::{DAY, ReviewRefusal, SECOND_LOOK, days_lost, may_review};
use crate::testing::timestamp;
use crate::time::Timestamp;

#[test]
fn what_somebody_decided_themselves_is_looked_at_by_another_or_a_day_later() {
    let since = timestamp(10);
    let day_later = since.plus(SECOND_LOOK);
    let just_before = day_later.minus(Duration::from_micros(1));
    for (is_same, is_alone, now, expected) in [
        (false, false, since, Ok(())),
        (false, true, since, Ok(())),
        (true, false, Timestamp::MAX, Err(ReviewRefusal::SameMember)),
        (true, true, just_before, Err(ReviewRefusal::TooEarly(day_later))),
        (true, true, day_later, Ok(())),
    ] {
        assert_eq!(may_review(is_same, is_alone, since, now), expected, "{is_same} {is_alone} {now}");
    }
}

#[test]
fn the_days_of_premium_that_a_decision_took_are_counted_whole() {
    let at = timestamp(0);
    let after = |days: u32| at.plus(DAY.saturating_mul(days));
    let a_bit = Duration::from_secs(1);
    for (now, until, premium_until, expected) in [
        (after(3), Timestamp::MAX, None, 0),
        (after(3), Timestamp::MAX, Some(at), 0),
        (after(3), Timestamp::MAX, Some(after(30)), 3),
        (after(3).plus(a_bit), Timestamp::MAX, Some(after(30)), 4),
        (after(3), after(1), Some(after(30)), 1),
        (after(3), after(10), Some(after(2)), 2),
        (at, after(10), Some(after(2)), 0),
    ] {
        assert_eq!(days_lost(at, [now, until], premium_until), expected, "{now} {until} {premium_until:?}");
    }
}
