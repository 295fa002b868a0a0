//! Commands as rows: what is written is read, and what an older release wrote.

use luvhive_core::chat::Question;
use luvhive_core::conduct::ProfileText;
use luvhive_core::conduct::{ReportReason, SanctionKind};
use luvhive_core::correction::CorrectionNews;
use luvhive_core::id::SanctionId;
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::tier::Upheld;
use luvhive_core::time::Day;

use super::*;

fn corrected(news: CorrectionNews, suspended_until: Option<Timestamp>) -> EngineCommand {
    EngineCommand::Corrected {
        telegram: TelegramId::new(10),
        language: luvhive_core::person::UiLanguage::Hindi,
        news,
        suspended_until,
    }
}

fn premium(news: PremiumNews, entitlement: Option<Entitlement>) -> EngineCommand {
    EngineCommand::Tell { person: PersonId::new(7), news: News::Premium { news, entitlement } }
}

fn decided() -> DecisionNews {
    let (sanction, kind, text) = (SanctionId::new(4), SanctionKind::Remove, Some(ProfileText::City));
    DecisionNews { sanction, kind, text, rule: Some(ReportReason::Hate), is_pending: false }
}

#[test]
fn every_command_comes_back() {
    let person = PersonId::new(7);
    for command in [
        EngineCommand::Separate { by: person, other: PersonId::new(8), cause: EndCause::Report },
        EngineCommand::Consented { person },
        EngineCommand::Unconsented { person },
        EngineCommand::Leave { person },
        EngineCommand::Leaving { person, at: Some(Timestamp::from_millis(9)) },
        EngineCommand::Leaving { person, at: None },
        EngineCommand::Tell { person, news: News::Coins(Coins::new(20)) },
        EngineCommand::Tell { person, news: News::InvitePaid(Coins::new(50)) },
        EngineCommand::Invite { inviter: person, invited: PersonId::new(8), chat: ChatId::new(9), numbers: [1, 50] },
        EngineCommand::Unfriended { by: person, other: PersonId::new(8) },
        EngineCommand::Tell { person, news: News::Friend { news: FriendNews::Asked, chat: ChatId::new(9) } },
        EngineCommand::Tell { person, news: News::Friend { news: FriendNews::Accepted, chat: ChatId::new(9) } },
        EngineCommand::Sanction { person, until: Some(Timestamp::MAX), reason: "spam \"x\"".to_owned(), news: None },
        EngineCommand::Sanction { person, until: None, reason: String::new(), news: None },
        EngineCommand::Sanction { person, until: None, reason: "x".to_owned(), news: Some(decided()) },
        EngineCommand::Appealed {
            telegram: TelegramId::new(7),
            language: UiLanguage::Hindi,
            news: AppealNews { is_overturned: true, note: "sorry".to_owned() },
            decided_at: Timestamp::from_micros(5),
            suspended_until: Some(Timestamp::MAX),
        },
        EngineCommand::Tell { person, news: News::Report { is_upheld: true } },
        EngineCommand::Upheld { person, upheld: Upheld { at: Timestamp::from_micros(7), until: Timestamp::MAX } },
        corrected(CorrectionNews::Gender(Gender::NonBinary), None),
        corrected(CorrectionNews::Born(Day::from_ymd(1999, 4, 23).unwrap()), Some(Timestamp::from_micros(5))),
        corrected(CorrectionNews::Refused, Some(Timestamp::MAX)),
        corrected(CorrectionNews::Underage, Some(Timestamp::MAX)),
        corrected(CorrectionNews::Admitted, None),
        EngineCommand::Rated { person, is_good: true, chat: ChatId::new(9) },
        EngineCommand::PassOn {
            chat: ChatId::new(9),
            original: Original { from: TelegramId::new(10), message: MessageId::new(4) },
            call: Rendered { version: 1, body: r#"{"text":"a "b""}"#.to_owned() },
            leaks: Questions::EMPTY,
            edited_at: None,
            is_copied: false,
            words: None,
        },
        EngineCommand::PassOn {
            chat: ChatId::new(9),
            original: Original { from: TelegramId::new(10), message: MessageId::new(4) },
            call: Rendered { version: 1, body: "{}".to_owned() },
            leaks: Question::ALL.iter().copied().collect::<Questions>().leaks(),
            edited_at: Some(TelegramTime::from_seconds(7)),
            is_copied: true,
            words: None,
        },
        EngineCommand::Refund { payer: person, charge: ChargeId::new("a-b_c").unwrap() },
        EngineCommand::Subscription { payer: person },
        premium(PremiumNews::Gift { days: 7 }, None),
        premium(PremiumNews::GiftTakenBack { days: 7 }, None),
        premium(PremiumNews::Trial { days: 3 }, None),
        premium(
            PremiumNews::Granted { days: 30, reason: "sorry".to_owned() },
            Some(Entitlement { until: Some(Timestamp::from_micros(5)), renews_at: None, rows: 2 }),
        ),
    ] {
        assert_eq!(parse(VERSION, &write(&command).unwrap()).unwrap(), command);
    }
}

#[test]
fn news_is_stored_in_the_form_it_always_had() {
    let person = PersonId::new(7);
    let news = |news| write(&EngineCommand::Tell { person, news }).unwrap();
    let friend = |news| News::Friend { news, chat: ChatId::new(9) };
    for (stored, form) in [
        (news(News::Coins(Coins::new(20))), r#"{"kind":"gifted","person":7,"coins":20}"#),
        (news(News::InvitePaid(Coins::new(50))), r#"{"kind":"invite_paid","host":7,"coins":50}"#),
        (news(friend(FriendNews::Asked)), r#"{"kind":"friend_asked","person":7,"chat":9}"#),
        (news(friend(FriendNews::Accepted)), r#"{"kind":"friend_accepted","person":7,"chat":9}"#),
        (
            write(&premium(PremiumNews::Gift { days: 7 }, None)).unwrap(),
            r#"{"kind":"premium","person":7,"news":{"what":"gift","days":7},"entitlement":null}"#,
        ),
    ] {
        assert_eq!(stored, form);
    }
}

#[test]
fn a_change_of_the_release_before_is_read_with_the_copy_it_names() {
    let call = r#"{"method":"editMessageText","params":{"chat_id":10,"message_id":41,"text":"x"}}"#;
    let body = serde_json::json!({ "kind": "pass_on", "chat": 9, "receiver": 10, "form": 1, "call": call }).to_string();
    assert!(parse(VERSION, &body).is_err() && PlacedEdit::parse(VERSION + 1, &body).is_none());
    let edit = PlacedEdit::parse(VERSION, &body).unwrap();
    assert_eq!((edit.chat, edit.receiver, edit.copy()), (9, 10, Some(41)));
    let original = Original { from: TelegramId::new(11), message: MessageId::new(40) };
    let call = Rendered { version: 1, body: call.to_owned() };
    assert_eq!(
        edit.of((11, 40)),
        EngineCommand::PassOn {
            chat: ChatId::new(9),
            original,
            call,
            leaks: Questions::EMPTY,
            edited_at: None,
            is_copied: true,
            words: None
        }
    );
    let other = r#"{"kind":"dance","chat":9,"receiver":10,"form":1,"call":"{}"}"#;
    assert_eq!(PlacedEdit::parse(VERSION, other), None);
}

#[test]
fn unknown_forms_are_corrupt_not_a_panic() {
    assert!(matches!(parse(VERSION + 1, r#"{"kind":"leave","person":1}"#), Err(StoreError::Corrupt { .. })));
    assert!(matches!(parse(VERSION, r#"{"kind":"dance","person":1}"#), Err(StoreError::Corrupt { .. })));
    assert!(matches!(parse(VERSION, "{"), Err(StoreError::Corrupt { .. })));
}
