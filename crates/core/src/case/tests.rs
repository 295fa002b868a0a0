//! How reports are weighed.

use super::*;

const NEW: Record = Record { days: 0, chats: 0, upheld: 0, dismissed: 0 };
const KNOWN: Record = Record { days: 60, chats: 40, upheld: 0, dismissed: 0 };

#[test]
fn standing_is_earned_and_lost() {
    for (record, expected) in [
        (NEW, 40),
        (KNOWN, 100),
        (Record { days: 10, chats: 5, ..NEW }, 55),
        (Record { upheld: 3, ..NEW }, 70),
        (Record { dismissed: 1, ..NEW }, 20),
        (Record { dismissed: u32::MAX, ..KNOWN }, 10),
        (Record { upheld: u32::MAX, ..KNOWN }, 100),
        (Record { dismissed: 2, ..KNOWN }, 60),
    ] {
        assert_eq!(record.standing(), expected, "{record:?}");
    }
}

#[test]
fn fifty_new_accounts_together_weigh_as_much_as_one() {
    let one = severity([gravity(ReportReason::Scam, &NEW)], 0);
    let ring = severity(std::iter::repeat_n(gravity(ReportReason::Scam, &NEW), 50), 0);
    assert_eq!((one, ring), (16, 16));
    assert!(severity([gravity(ReportReason::Explicit, &KNOWN)], 0) > ring, "one known person weighs more than all of them");
    let dismissed = Record { dismissed: 1, ..NEW };
    assert!(gravity(ReportReason::Scam, &dismissed) < one, "what is dismissed lowers their own standing");
}

#[test]
fn what_is_urgent_stays_heavy_and_a_history_adds_half_at_most() {
    let liar = Record { dismissed: 9, ..NEW };
    assert_eq!(gravity(ReportReason::Minor, &liar), 50);
    assert_eq!(gravity(ReportReason::Scam, &liar), 4);
    assert_eq!(severity([60], 2), 72);
    assert_eq!(severity([60], 99), 90);
    assert_eq!(severity([], 5), 0);
}

#[test]
fn urgent_cases_come_first_then_graver_then_older_ones() {
    let line = |case, reason, severity| CaseLine {
        case: ReportId::new(case),
        about: Pseudonym::from_random(case.unsigned_abs()),
        queue: Queue::of(reason),
        severity,
        reason,
        reports: 1,
        opened_at: Timestamp::EPOCH,
        claim: None,
    };
    let mut cases = vec![
        line(1, ReportReason::Scam, 40),
        line(2, ReportReason::Explicit, 60),
        line(3, ReportReason::Threat, 45),
        line(4, ReportReason::Explicit, 60),
        line(5, ReportReason::Minor, 50),
    ];
    sort(&mut cases);
    assert_eq!(cases.iter().map(|case| case.case.get()).collect::<Vec<_>>(), [5, 3, 2, 4, 1]);
}

#[test]
fn nothing_is_copied_of_what_is_for_child_safety() {
    assert_eq!(uncopied().collect::<Vec<_>>(), [ReportReason::Minor]);
}
