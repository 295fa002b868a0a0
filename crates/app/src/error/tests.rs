//! Which exit code each kind of failure has.

use luvhive_core::case::CaseRefusal;
use luvhive_core::correction::CorrectionRefusal;
use luvhive_core::premium::RefundRefusal;
use luvhive_core::staff::{Action, BadMember};

use super::*;

fn gone() -> std::io::Error {
    std::io::Error::other("gone")
}

#[test]
fn wrong_words_and_unknown_names_are_usage() {
    let path = PathBuf::from("copy");
    for error in [
        StaffError::Pseudonym("x".to_owned()).into(),
        StaffError::Charge("x".to_owned()).into(),
        StaffError::Reason.into(),
        StaffError::ReadReason.into(),
        StaffError::Second("ann".to_owned()).into(),
        StaffError::NeedsSecond.into(),
        StaffError::Correction(CorrectionRefusal::Unknown("x".to_owned())).into(),
        StaffError::Refund(RefundRefusal::Unknown).into(),
        StaffError::NothingToLift.into(),
        StaffError::NotAllowed { account: "bob".to_owned(), action: Action::Refund }.into(),
        StaffError::Case(CaseRefusal::Unknown).into(),
        StaffError::Member(BadMember::Name).into(),
        StaffError::NoTerminal.into(),
        AppError::RealPeople { count: 1 },
        AppError::Cluster(LocalError::Copy { path, problem: "is there already" }),
    ] {
        assert_eq!(error.code(), USAGE, "{error}");
    }
}

#[test]
fn only_settings_are_configuration() {
    let path = PathBuf::from("data");
    for error in [
        AppError::Settings(SettingsError(Vec::new())),
        AppError::SandboxOnRealDatabase,
        AppError::DataDir { path: path.clone(), source: gone() },
        AppError::SubjectKey { path: path.clone() },
        AppError::DataKey { path },
        AppError::NoDataKey,
        AppError::KeysMissing { keys: "key 1".to_owned(), remedy: "x".to_owned() },
        AppError::DatabaseAway(DatabaseError::Unavailable("gone".into())),
        AppError::Database(DatabaseError::Refused { obstacle: Obstacle::Password, seen: "gone".to_owned() }),
        AppError::Cluster(LocalError::Nameless { uid: 12_345 }),
        AppError::PendingMigrations { count: 1 },
        AppError::Setup(SetupError::TokenRefused),
        AppError::NoBot,
        AppError::NotEmpty,
    ] {
        assert_eq!(error.code(), CONFIGURATION, "{error}");
    }
}

#[test]
fn what_cannot_be_reached_is_unavailable_and_the_rest_is_software() {
    for (error, code) in [
        (AppError::Held { path: PathBuf::from("data"), holder: "7".to_owned() }, UNAVAILABLE),
        (AppError::BotRuns, UNAVAILABLE),
        (AppError::Port { port: 1, source: gone() }, UNAVAILABLE),
        (AppError::Database(DatabaseError::Unavailable("gone".into())), UNAVAILABLE),
        (AppError::Database(DatabaseError::Refused { obstacle: Obstacle::Room, seen: "full".to_owned() }), UNAVAILABLE),
        (AppError::Store(StoreError::Unavailable("gone".into())), UNAVAILABLE),
        (AppError::Store(StoreError::NotFound), SOFTWARE),
        (AppError::Staff(StaffError::Declined), SOFTWARE),
        (AppError::AuditLog { count: 1 }, SOFTWARE),
        (AppError::Ended, SOFTWARE),
    ] {
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn every_code_is_listed_once() {
    let codes: Vec<u8> = EXIT_CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [0, 1, 2, USAGE, UNAVAILABLE, SOFTWARE, CONFIGURATION]);
}
