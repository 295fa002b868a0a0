//! What operators read of a report, letter by letter.

use luvhive_core::conduct::{Pseudonym, ReportReason};
use luvhive_core::id::ReportId;
use luvhive_core::time::Timestamp;

use super::*;

fn report() -> OpenReport {
    OpenReport {
        report: ReportId::new(12),
        reported: Pseudonym::new("kjhgfedcba").unwrap(),
        reason: ReportReason::Hate,
        messages_count: 25,
        reported_at: Timestamp::EPOCH.plus(std::time::Duration::from_hours(7)),
        open_about_same: 3,
    }
}

#[test]
fn a_report_as_text() {
    insta::assert_snapshot!(format!("{HEAD}\n{}", line(&report())));
}

#[test]
fn a_report_as_json() {
    let expected = "{\"messages_count\":25,\"open_about_same\":3,\"reason\":\"hate\",\"report\":12,\
                    \"reported\":\"kjhgfedcba\",\"reported_at\":\"1970-01-01T07:00:00Z\"}";
    assert_eq!(as_json(&report()).to_string(), expected);
}
