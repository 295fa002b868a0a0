//! The file of a person's data: every column of every table is in it or withheld for a reason, what is encrypted is in
//! clear, and nobody else is named.

use std::collections::{BTreeMap, BTreeSet};

use luvhive_core::conduct::{NewReport, ReportReason, Subject, SubjectHash};
use luvhive_core::engine::batch::Batch;
use luvhive_core::id::{ChatId, MessageId};
use luvhive_core::person::{Bio, City, Gender, Profile};
use luvhive_core::ports::Change;
use luvhive_core::testing::{profile, timestamp};
use luvhive_storage::my_data::PARTS;
use luvhive_tests::TestDatabase;
use luvhive_tests::contract::{Scene, Stores, telegram};
use serde_json::{Value, json};

const COLUMNS: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'";

#[tokio::test]
async fn every_column_is_given_or_withheld_with_a_reason() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let mut stored: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in client.query(COLUMNS, &[]).await.unwrap() {
        stored.entry(row.get(0)).or_default().insert(row.get(1));
    }
    let mut named = BTreeSet::new();
    for part in PARTS {
        let given: Vec<&str> = part.given().collect();
        let withheld: Vec<&str> = part.withheld().map(|(column, _)| column).collect();
        let told: BTreeSet<String> = given.iter().chain(&withheld).map(|&column| column.to_owned()).collect();
        assert_eq!(told.len(), given.len() + withheld.len(), "{}: a column is told of twice", part.name);
        assert_eq!(stored.get(part.table), Some(&told), "{}", part.name);
        assert!(part.withheld().all(|(_, reason)| !reason.is_empty()), "{}", part.name);
        assert!(named.insert(part.name), "{} stands there twice", part.name);
    }
    let tables: BTreeSet<&str> = PARTS.iter().map(|part| part.table).collect();
    assert_eq!(tables, stored.keys().map(String::as_str).collect(), "every table is spoken of");
}

async fn read(scene: &Scene, account: i64) -> Value {
    let subject = Subject::from(SubjectHash::new([0x5a; 32]));
    let data = scene.stores.data.find_data(telegram(account), &subject).await.unwrap().unwrap();
    serde_json::from_str(&data).unwrap()
}

#[tokio::test]
async fn the_file_holds_what_is_encrypted_in_clear_and_names_nobody_else() {
    let scene = Scene::new(Stores::postgres().await).await;
    let (one, other) = scene.pair().await;
    let about = Profile { bio: Bio::new("I read a lot.").ok(), city: City::new("Pune"), ..profile(Gender::Woman) };
    scene.lane(telegram(1), &[Change::Profile(one, Box::new(about))]).await.unwrap();
    let chat = ChatId::new(7);
    let report = NewReport {
        chat,
        reporter: other,
        reason: ReportReason::Scam,
        message: None,
        messages: vec![MessageId::new(4)],
        reported_at: timestamp(7),
    };
    let against = [
        Change::Rate { chat, rater: other, rated: one, is_good: false, at: timestamp(7) },
        Change::Report(report),
        Change::Block { blocker: other, blocked: one, chat, at: timestamp(7) },
    ];
    scene.commit(Batch { seats: vec![(one, None), (other, None)], ..Batch::default() }).await.unwrap();
    scene.lane(telegram(2), &against).await.unwrap();

    let mine = read(&scene, 1).await;
    let stored = &mine["stored"];
    let me = &stored["profile"][0];
    assert_eq!((&me["bio"], &me["city"], &me["telegram_id"]), (&json!("I read a lot."), &json!("Pune"), &json!(1)));
    assert_eq!(me.get("bio_sealed"), None);
    assert_eq!(stored["chats_on_the_first_side"][0]["id"], 7);
    for part in ["blocks", "ratings_given", "reports_made"] {
        assert_eq!(stored.get(part), None, "{part} of the other one");
    }
    assert!(mine["withheld"]["reports_made"]["reported_id"].is_string());
    let theirs = read(&scene, 2).await;
    let name = theirs["stored"]["profile"][0]["pseudonym"].as_str().unwrap();
    assert!(!mine.to_string().contains(name), "the other one is not named");
    for part in ["blocks", "ratings_given", "reports_made"] {
        assert_eq!(theirs["stored"][part].as_array().map(Vec::len), Some(1), "{part}");
    }
}
