//! What operators read of appeals, letter by letter.

use luvhive_core::conduct::{Pseudonym, SanctionKind};

use super::*;

fn at(hours: u64) -> Timestamp {
    Timestamp::EPOCH.plus(std::time::Duration::from_hours(hours))
}

fn appeal() -> Appeal {
    Appeal {
        sanction: SanctionId::new(12),
        about: Pseudonym::new("kjhgfedcba").unwrap(),
        kind: SanctionKind::Ban,
        rule: Some(ReportReason::Scam),
        until: Some(Timestamp::MAX),
        reason: "advertising".to_owned(),
        decided_by: "ann".to_owned(),
        decided_at: at(5),
        words: Some("it was\na \"joke\"".to_owned()),
        written_at: at(7),
    }
}

#[test]
fn appeals_as_text_and_json() {
    let warned = Appeal { kind: SanctionKind::Warn, rule: None, until: None, words: None, ..appeal() };
    let cooled = Appeal { kind: SanctionKind::Cooldown, until: Some(at(6)), ..appeal() };
    let json = [as_json(&appeal()), as_json(&warned)].map(|json| format!("{json:#}")).join("\n");
    let texts = format!("{}\n---\n{}", text(&appeal()), text(&warned));
    insta::assert_snapshot!(format!("{}\n---\n{}\n---\n{texts}\n---\n{json}", list(&[]), list(&[appeal(), warned, cooled])));
}
