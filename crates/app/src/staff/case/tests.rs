//! What operators read of a case, letter by letter.

use luvhive_core::case::{Claim, Record};
use luvhive_core::chat::{ChatText, Content, Sent};
use luvhive_core::conduct::{Pseudonym, ReportReason};
use luvhive_core::evidence::PostOutcome;
use luvhive_core::time::{TelegramTime, Timestamp};

use super::*;

fn at(hours: u64) -> Timestamp {
    Timestamp::EPOCH.plus(std::time::Duration::from_hours(hours))
}

fn line() -> CaseLine {
    CaseLine {
        case: ReportId::new(12),
        about: Pseudonym::new("kjhgfedcba").unwrap(),
        queue: Queue::ChildSafety,
        severity: 71,
        reason: ReportReason::Minor,
        reports: 2,
        opened_at: at(7),
        claim: Some(Claim { by: "ann".to_owned(), until: at(8) }),
    }
}

fn case() -> Case {
    let exhibits = [(Some(true), true), (Some(true), false), (Some(false), true), (Some(false), false), (None, false)];
    let sent = Some(Sent { content: Content::Voice, at: TelegramTime::from_seconds(7) });
    let exhibit = |(is_by_reported, is_meant)| Exhibit { is_by_reported, is_meant, sent, former: Vec::new() };
    let mut evidence = exhibits.map(exhibit).to_vec();
    let words = |words: &str| Former::Words(ChatText::new(words.to_owned()));
    evidence[1].former = vec![words("first \"words\"\nreport 99"), Former::Unknown, words("")];
    evidence[3] = Exhibit { sent: None, former: vec![Former::ForChildSafety], ..evidence[3].clone() };
    let first = Filed {
        report: ReportId::new(12),
        reason: ReportReason::Minor,
        reported_at: at(7),
        reporter: Record { days: 3, chats: 5, upheld: 1, dismissed: 0 },
        is_about_one: true,
        words: Some(ChatText::new("he said \"15\"".to_owned())),
        evidence,
        copies: Copies { copied: 3, missing: vec![(2, PostOutcome::Gone), (4, PostOutcome::Kind)] },
    };
    let second = Filed {
        report: ReportId::new(15),
        reason: ReportReason::Scam,
        is_about_one: false,
        words: None,
        evidence: Vec::new(),
        copies: Copies::default(),
        ..first.clone()
    };
    Case { line: line(), sanctions_before: 1, reports: vec![first, second] }
}

#[test]
fn cases_as_text() {
    let free = CaseLine { claim: None, queue: Queue::General, ..line() };
    insta::assert_snapshot!(format!("{}\n---\n{}\n---\n{}", list(&[line(), free]), list(&[]), text(&case())));
}

#[test]
fn cases_as_json() {
    insta::assert_snapshot!(format!("{}\n{}", line_json(&line()), as_json(&case())));
}
