//! How long what stood in a message before a change is kept, and that nobody without the data key can read it.

use std::collections::BTreeSet;

use luvhive_core::case::{Former, Queue, Verdict};
use luvhive_core::chat::ChatText;
use luvhive_core::conduct::{Decision, NewReport, ReportReason, SubjectHash};
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::effect::{FormerWords, Original};
use luvhive_core::id::{ChatId, FormerWordsId, MessageId, OutboxId, PersonId, ReportId};
use luvhive_core::ports::CaseStore;
use luvhive_core::ports::case::{NewVerdict, Reader};
use luvhive_core::ports::chats::MessagePair;
use luvhive_core::ports::journal::{Change, Journal, Settlement};
use luvhive_core::testing::{BOT, MAIN, timestamp};
use luvhive_storage::retention::Kept;
use luvhive_storage::vault::{Mark, seal_portion};
use luvhive_storage::{PgCaseStore, PgJournal, Vault};
use luvhive_tests::contract::{LENGTH, Scene, Stores, open_chat, relay, telegram};
use luvhive_tests::vault;

const DAY: i64 = 24 * 3_600;

/// Passes message `source` of account 1 on in this chat, and notes that "planted words" stood in it.
async fn changed(scene: &Scene, chat: i64, source: i32) -> OutboxId {
    let row = relay(scene.number(), 2, chat, source);
    let outbox = row.id;
    scene.commit(Batch { at: timestamp(0), outbox: vec![row], ..Batch::default() }).await.unwrap();
    let original = Original { from: telegram(1), message: MessageId::new(source) };
    let (source, copy) = (original.message, MessageId::new(100 + source));
    let pair = Some(MessagePair { chat: ChatId::new(chat), from: telegram(1), source, to: telegram(2), copy });
    scene.journal.settle(&scene.lease, &[Settlement { outbox, pair }], timestamp(0)).await.unwrap();
    scene.commit(before(scene, original, outbox)).await.unwrap();
    outbox
}

fn before(scene: &Scene, original: Original, pair: OutboxId) -> Batch {
    let words = Some(ChatText::new("planted words".to_owned()));
    let former = vec![FormerWords { id: FormerWordsId::new(scene.number()), original, pair: Some(pair), words }];
    Batch { at: timestamp(0), former, ..Batch::default() }
}

/// Somebody with account 2 reports chat 7, and others 8, 9 and so on, each with one changed message.
async fn reported(scene: &Scene, reasons: &[ReportReason]) -> Vec<OutboxId> {
    let mut pairs = Vec::new();
    let one = scene.register(telegram(1)).await;
    for (number, reason) in reasons.iter().enumerate() {
        let number = i64::try_from(number).unwrap();
        let other = scene.register(telegram(20 + number)).await;
        let chat = 7 + number;
        scene.commit(open_chat(chat, one, other)).await.unwrap();
        pairs.push(changed(scene, chat, i32::try_from(chat).unwrap()).await);
        report(scene, chat, other, *reason).await;
        let seats = vec![(one, None), (other, None)];
        scene.commit(Batch { at: timestamp(1), seats, ..Batch::default() }).await.unwrap();
    }
    pairs
}

async fn report(scene: &Scene, chat: i64, reporter: PersonId, reason: ReportReason) {
    let (chat, reported_at) = (ChatId::new(chat), timestamp(0));
    let report = NewReport { chat, reporter, reason, message: None, messages: Vec::new(), reported_at };
    scene.lane(telegram(2), &[Change::Report(report)]).await.unwrap();
}

fn reader(queues: &[Queue]) -> Reader<'_> {
    Reader { by: "ann", queues, is_alone: false, at: timestamp(DAY) }
}

/// The only case: all reports are about one person.
async fn case(scene: &Scene) -> ReportId {
    scene.stores.cases.list_cases(BOT, reader(Queue::ALL)).await.unwrap()[0].case
}

async fn journal(scene: &Scene, vault: Vault) -> PgJournal {
    let database = scene.stores.database();
    PgJournal::new(&database.database(), database.pool().await, BOT, MAIN).with_vault(vault)
}

/// The pairs of which former words are kept after a clean-up on this day.
async fn kept(scene: &Scene, day: i64) -> BTreeSet<i64> {
    let journal = journal(scene, vault(&[1])).await;
    journal.clean(timestamp(day * DAY), Kept::default()).await.unwrap();
    let rows = scene.stores.database().client().await.query("SELECT pair_id FROM former_words", &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn numbers<const N: usize>(pairs: [OutboxId; N]) -> BTreeSet<i64> {
    pairs.map(OutboxId::get).into()
}

#[tokio::test]
async fn former_words_are_kept_for_two_days_and_with_a_report_until_30_days_after_its_decision() {
    let scene = Scene::new(Stores::postgres().await).await;
    let pairs = reported(&scene, &[ReportReason::Threat, ReportReason::Scam]).await;
    let unreported = changed(&scene, 90, 90).await;
    assert_eq!(kept(&scene, 1).await, numbers([pairs[0], pairs[1], unreported]));
    assert_eq!(kept(&scene, 2).await, numbers([pairs[0], pairs[1]]));
    assert_eq!(kept(&scene, 300).await, numbers([pairs[0], pairs[1]]), "nobody has decided");
    let (case, ann) = (case(&scene).await, Reader { at: timestamp(301 * DAY), ..reader(Queue::ALL) });
    scene.stores.cases.show_case(BOT, case, ann).await.unwrap();
    scene.stores.cases.decide_case(BOT, &NewVerdict::new(case, Verdict::Dismiss, "fine").unwrap(), ann).await.unwrap();
    assert_eq!(kept(&scene, 330).await, numbers([pairs[0], pairs[1]]));
    assert_eq!(kept(&scene, 331).await, numbers([]));
    assert_eq!(count(&scene, "report_messages").await, 0);
}

#[tokio::test]
async fn evidence_for_child_safety_is_destroyed_a_year_after_the_report_and_none_is_kept_for_longer() {
    let scene = Scene::new(Stores::postgres().await).await;
    let pairs = reported(&scene, &[ReportReason::Minor, ReportReason::Hate]).await;
    let (case, ann) = (case(&scene).await, reader(Queue::ALL));
    scene.stores.cases.show_case(BOT, case, ann).await.unwrap();
    scene
        .stores
        .cases
        .decide_case(
            BOT,
            &NewVerdict::new(case, Verdict::Sanction { rule: None, decision: Decision::Ban }, "it is so").unwrap(),
            ann,
        )
        .await
        .unwrap();
    assert_eq!(kept(&scene, 40).await, numbers([pairs[0]]));
    assert_eq!(kept(&scene, 364).await, numbers([pairs[0]]));
    assert_eq!(kept(&scene, 365).await, numbers([]));

    let scene = Scene::new(Stores::postgres().await).await;
    let open = reported(&scene, &[ReportReason::Hate]).await;
    assert_eq!(kept(&scene, 364).await, numbers([open[0]]));
    assert_eq!(kept(&scene, 365).await, numbers([]), "an undecided report has an end as well");
}

async fn count(scene: &Scene, table: &str) -> i64 {
    scene.stores.database().client().await.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn former_words_lie_encrypted_and_a_rotation_takes_them_along() {
    let scene = Scene::new(Stores::postgres().await).await;
    reported(&scene, &[ReportReason::Hate]).await;
    assert_eq!(count(&scene, "former_words AS f WHERE f::text LIKE '%planted%' OR words_sealed IS NULL").await, 0);
    let pool = scene.stores.database().pool().await;
    let mut mark = Some(Mark::START);
    while let Some(at) = mark {
        mark = seal_portion(&pool, &vault(&[2, 1]), at).await.unwrap().next;
    }
    let number = case(&scene).await;
    let read = async |vault: Vault| {
        let cases = PgCaseStore::new(pool.clone(), vault);
        cases.show_case(BOT, number, reader(Queue::ALL)).await.unwrap().reports[0].evidence[0].former.clone()
    };
    assert_eq!(read(vault(&[2])).await, [Former::Words(ChatText::new("planted words".to_owned()))]);
    assert_eq!(read(vault(&[1])).await, [Former::Unknown]);
}

#[tokio::test]
async fn without_a_data_key_no_former_words_are_kept() {
    let scene = Scene::new(Stores::postgres().await).await;
    let original = Original { from: telegram(1), message: MessageId::new(1) };
    let bare = journal(&scene, Vault::default()).await;
    scene.journal.release(&scene.lease).await.unwrap();
    let lease = bare.acquire("bare", LENGTH).await.unwrap();
    bare.commit(&lease, None, &before(&scene, original, OutboxId::new(5))).await.unwrap();
    assert_eq!(count(&scene, "former_words WHERE words_sealed IS NULL AND pair_id = 5").await, 1, "it says that it changed");
}

#[tokio::test]
async fn their_writer_reads_them_in_their_data_for_two_days() {
    let scene = Scene::new(Stores::postgres().await).await;
    let (one, other) = scene.pair().await;
    changed(&scene, 7, 1).await;
    report(&scene, 7, other, ReportReason::Hate).await;
    let data = async |account| {
        let subject = SubjectHash::new([9; 32]).into();
        scene.stores.data.find_data(telegram(account), &subject).await.unwrap().unwrap()
    };
    let now = "UPDATE former_words SET changed_at = now() - interval '1 hour'";
    scene.stores.database().client().await.batch_execute(now).await.unwrap();
    assert!(data(1).await.contains("planted words"));
    assert!(!data(2).await.contains("planted words"), "the partner's words are not theirs");
    let then = "UPDATE former_words SET changed_at = now() - interval '49 hours'";
    scene.stores.database().client().await.batch_execute(then).await.unwrap();
    assert!(!data(1).await.contains("planted words"), "or they would learn that they were reported");
    assert_ne!(one, other);
}
