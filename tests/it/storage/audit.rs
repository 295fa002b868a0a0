//! The audit log's chain: what every planted fault does to it, and that writers at the same time keep one chain.

use luvhive_core::conduct::Pseudonym;
use luvhive_core::ports::StaffStore;
use luvhive_core::staff::Act;
use luvhive_core::testing::{BOT, timestamp};
use luvhive_storage::audit::{Expected, Finding, Head, Verdict, find_head, verify};
use luvhive_storage::{PgStaffStore, Vault};
use luvhive_tests::{TestDatabase, vault};

/// A log of some acts, and its keys.
struct Kept {
    database: TestDatabase,
    vault: Vault,
}

impl Kept {
    async fn new(vault: Vault) -> Self {
        Self { database: TestDatabase::new().await, vault }
    }

    async fn write(&self, acts: std::ops::Range<i64>) {
        let store = PgStaffStore::new(self.database.pool().await, self.vault.clone());
        for number in acts {
            store.insert_act(BOT, act(number)).await.unwrap();
        }
    }

    /// Does what somebody can do who owns the database: triggers and keys hold nobody back.
    async fn plant(&self, fault: &str) {
        let client = self.database.client().await;
        client.batch_execute(&format!("SET session_replication_role = replica; {fault}")).await.unwrap();
    }

    async fn verdict(&self, expected: &Expected) -> Verdict {
        verify(&self.database.pool().await, &self.vault, BOT, expected).await.unwrap()
    }

    async fn findings(&self) -> Vec<Finding> {
        self.verdict(&Expected::default()).await.findings
    }

    async fn head(&self) -> Head {
        find_head(&self.database.pool().await, BOT).await.unwrap().unwrap()
    }
}

fn act(number: i64) -> Act {
    let subject = Pseudonym::from_random(number.unsigned_abs()).to_string();
    Act { actor: "ann".to_owned(), action: "ban", subject, detail: format!("{number}\0 of ten"), at: timestamp(number) }
}

/// Ten acts under a key.
async fn ten() -> Kept {
    let kept = Kept::new(vault(&[1])).await;
    kept.write(0..10).await;
    kept
}

/// Cuts off the last links, and moves the noted end along.
const CUT_WITH_ITS_NOTE: &str = "DELETE FROM audit_log WHERE link > 7; \
    UPDATE audit_heads SET link = 7, row_id = (SELECT id FROM audit_log WHERE link = 7), \
        mac = (SELECT mac FROM audit_log WHERE link = 7)";

/// Changes a row and makes the whole chain anew, as well as somebody can who does not have the data key.
const MADE_ANEW: &str = "CREATE FUNCTION part(text) RETURNS bytea LANGUAGE sql AS \
        $$ SELECT int8send(octet_length($1)) || convert_to($1, 'UTF8') $$; \
    DO $$ DECLARE r record; before bytea := decode(repeat('00', 32), 'hex'); BEGIN \
        UPDATE audit_log SET actor = 'mallory' WHERE link = 3; \
        FOR r IN SELECT * FROM audit_log ORDER BY link LOOP \
            before := sha256('LuvHive audit log 1'::bytea || int8send(r.bot_id) || int8send(r.link) || before || '+'::bytea \
                || int8send(r.id) || int8send((extract(epoch FROM r.acted_at) * 1000000)::bigint) \
                || part(r.actor) || part(r.action) || part(r.subject) || part(r.detail)); \
            UPDATE audit_log SET mac = before, chain_key = CASE WHEN $keyed THEN chain_key END WHERE id = r.id; \
        END LOOP; UPDATE audit_heads SET mac = before; END $$";

#[tokio::test]
async fn a_whole_log_is_whole_and_names_its_end() {
    let kept = ten().await;
    let head = kept.head().await;
    let verdict = kept.verdict(&Expected { head: Some(head), ..Expected::default() }).await;
    assert_eq!(verdict, Verdict { links: 10, head: Some(head), ..Verdict::default() });
    assert_eq!(head.link, 10);
    kept.write(10..12).await;
    assert!(kept.verdict(&Expected { head: Some(head), ..Expected::default() }).await.findings.is_empty(), "it goes on");
    let empty = Kept::new(vault(&[1])).await;
    assert_eq!(empty.verdict(&Expected::default()).await, Verdict::default());
}

#[tokio::test]
async fn each_planted_fault_is_found() {
    for (fault, expected) in [
        ("UPDATE audit_log SET actor = 'bob' WHERE link = 4", vec![Finding::Changed(4)]),
        ("UPDATE audit_log SET detail = '' WHERE link = 10", vec![Finding::Changed(10)]),
        ("UPDATE audit_log SET acted_at = acted_at + interval '1 us' WHERE link = 1", vec![Finding::Changed(1)]),
        ("UPDATE audit_log SET id = 999 WHERE link = 10", vec![Finding::Changed(10)]),
        ("DELETE FROM audit_log WHERE link = 4", vec![Finding::Missing(4, 4)]),
        ("DELETE FROM audit_log WHERE link < 3", vec![Finding::Missing(1, 2)]),
        ("DELETE FROM audit_log WHERE link > 7", vec![Finding::Cut(7, 10)]),
        ("DELETE FROM audit_log", vec![Finding::Cut(0, 10)]),
        ("DELETE FROM audit_heads", vec![Finding::Rewritten(10)]),
        (
            "INSERT INTO audit_log (bot_id, id, acted_at, actor, action, subject, detail) \
             SELECT bot_id, 0, acted_at, actor, action, subject, detail FROM audit_log LIMIT 1",
            vec![Finding::Changed(1)],
        ),
    ] {
        let kept = ten().await;
        kept.plant(fault).await;
        assert_eq!(kept.findings().await, expected, "{fault}");
    }
}

#[tokio::test]
async fn a_cut_that_moves_the_note_is_found_by_an_end_that_is_kept_elsewhere() {
    let kept = ten().await;
    let head = kept.head().await;
    kept.plant(CUT_WITH_ITS_NOTE).await;
    assert!(kept.findings().await.is_empty(), "inside the database nothing shows it");
    let expected = Expected { head: Some(head), ..Expected::default() };
    assert_eq!(kept.verdict(&expected).await.findings, [Finding::Cut(7, 10)]);
    // Others act on top of it.
    kept.write(7..15).await;
    assert!(kept.findings().await.is_empty());
    assert_eq!(kept.verdict(&expected).await.findings, [Finding::Rewritten(10)]);
}

#[tokio::test]
async fn a_chain_that_is_made_anew_is_found() {
    let kept = ten().await;
    kept.plant(&MADE_ANEW.replace("$keyed", "true")).await;
    assert_eq!(kept.findings().await, (1..=10).map(Finding::Changed).collect::<Vec<_>>(), "it does not have the key");
    let kept = ten().await;
    kept.plant(&MADE_ANEW.replace("$keyed", "false")).await;
    assert_eq!(kept.findings().await, (1..=10).map(Finding::Unkeyed).collect::<Vec<_>>(), "a plain hash is no proof");
}

#[tokio::test]
async fn without_a_key_the_chain_is_a_plain_one() {
    let kept = Kept::new(Vault::default()).await;
    kept.write(0..10).await;
    let verdict = kept.verdict(&Expected::default()).await;
    assert_eq!((verdict.findings.len(), verdict.unkeyed), (0, 10));
    kept.plant("UPDATE audit_log SET actor = 'bob' WHERE link = 4").await;
    assert_eq!(kept.findings().await, [Finding::Changed(4)]);
    let kept = Kept::new(Vault::default()).await;
    kept.write(0..10).await;
    let head = kept.head().await;
    kept.plant(&MADE_ANEW.replace("$keyed", "false")).await;
    assert!(kept.findings().await.is_empty(), "only an end that is kept elsewhere shows it");
    let expected = Expected { head: Some(head), ..Expected::default() };
    assert_eq!(kept.verdict(&expected).await.findings.last(), Some(&Finding::Rewritten(10)));
}

#[tokio::test]
async fn a_key_that_comes_later_or_changes_goes_on_with_the_chain() {
    let mut kept = Kept::new(Vault::default()).await;
    kept.write(0..3).await;
    kept.vault = vault(&[1]);
    kept.write(3..6).await;
    kept.vault = vault(&[2, 1]);
    kept.write(6..9).await;
    assert_eq!(kept.findings().await, [Finding::Unkeyed(1), Finding::Unkeyed(2), Finding::Unkeyed(3)]);
    let later = Expected { keyed_from: 4, ..Expected::default() };
    assert!(kept.verdict(&later).await.findings.is_empty());
    let first = vault(&[1]).keys();
    kept.vault = vault(&[2]);
    let verdict = kept.verdict(&later).await;
    assert_eq!((verdict.findings.len(), verdict.unread, verdict.missing_keys.into_iter().collect()), (0, 3, first));
}

#[tokio::test]
async fn rows_of_the_release_before_are_covered_by_the_next_act() {
    let kept = Kept::new(vault(&[1])).await;
    let client = kept.database.client().await;
    let old = "INSERT INTO audit_log (bot_id, acted_at, actor, action, subject, detail) \
               VALUES (7001, '2026-11-01', 'ann', 'ban', 'abcdefghjk', '')"
        .replace("7001", &BOT.get().to_string());
    client.batch_execute(&old).await.unwrap();
    let verdict = kept.verdict(&Expected::default()).await;
    assert_eq!((verdict.loose, verdict.uncovered, verdict.links, verdict.findings.len()), (1, 1, 0, 0));
    kept.write(0..2).await;
    client.batch_execute(&old).await.unwrap();
    kept.write(2..3).await;
    let verdict = kept.verdict(&Expected::default()).await;
    assert_eq!((verdict.loose, verdict.uncovered, verdict.links, verdict.findings.len()), (2, 0, 3, 0));
    kept.plant("UPDATE audit_log SET actor = 'bob' WHERE id = (SELECT max(id) FROM audit_log WHERE link IS NULL)").await;
    assert_eq!(kept.findings().await, [Finding::Changed(3)]);
}

#[tokio::test]
async fn writers_at_the_same_time_keep_one_chain() {
    let kept = Kept::new(vault(&[1])).await;
    let store = PgStaffStore::new(kept.database.pool().await, kept.vault.clone());
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..40 {
        let store = store.clone();
        writers.spawn(async move { store.insert_act(BOT, act(number)).await });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap().unwrap();
    }
    let verdict = kept.verdict(&Expected::default()).await;
    assert_eq!((verdict.links, verdict.loose, verdict.findings.len()), (40, 0, 0));
}
