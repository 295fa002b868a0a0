//! What operators read of a person, letter by letter.

use luvhive_core::coins::Coins;
use luvhive_core::conduct::SanctionKind;
use luvhive_core::person::UiLanguage;
use luvhive_core::situation::SeatKind;

use super::*;

fn at(hours: u64) -> Timestamp {
    Timestamp::EPOCH.plus(std::time::Duration::from_hours(hours))
}

fn name(text: &str) -> Pseudonym {
    Pseudonym::new(text).unwrap()
}

fn past(kind: SanctionKind, until: Option<Timestamp>) -> PastSanction {
    PastSanction { kind, until, decided_at: at(6), decided_by: "ann".to_owned() }
}

fn busy() -> Situation {
    Situation::Member(Member {
        pseudonym: name("abcdefghjk"),
        registered_at: at(1),
        language: UiLanguage::English,
        seat: Some((SeatKind::Chatting, at(8))),
        premium_until: Some(at(99)),
        coins: Coins::new(12),
        suspended_until: Some(Timestamp::MAX),
        refused_at: Some(at(5)),
        open_reports: 2,
        sanctions: vec![
            past(SanctionKind::Ban, Some(Timestamp::MAX)),
            past(SanctionKind::Lift, None),
            past(SanctionKind::Suspend, Some(at(30))),
        ],
    })
}

fn idle() -> Situation {
    Situation::Member(Member {
        pseudonym: name("abcdefghjk"),
        registered_at: at(1),
        language: UiLanguage::English,
        seat: None,
        premium_until: None,
        coins: Coins::new(0),
        suspended_until: None,
        refused_at: None,
        open_reports: 0,
        sanctions: Vec::new(),
    })
}

fn left(back_as: Option<Pseudonym>) -> Situation {
    Situation::Left { pseudonym: name("abcdefghjk"), suspended_until: Some(at(30)), open_reports: 1, back_as }
}

fn all() -> [Situation; 5] {
    [busy(), idle(), left(None), left(Some(name("kjhgfedcba"))), Situation::Refused { since: at(3) }]
}

#[test]
fn a_person_as_text() {
    insta::assert_snapshot!(all().iter().map(text).collect::<Vec<_>>().join("\n---\n"));
}

#[test]
fn a_person_as_json() {
    insta::assert_snapshot!(all().iter().map(|situation| as_json(situation).to_string()).collect::<Vec<_>>().join("\n"));
}
