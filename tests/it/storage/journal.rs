//! The journal where only a real database will do: lost replies, killed sessions, what it sets aside and clears away.

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::chat::EndReason;
use luvhive_core::engine::OutboxRow;
use luvhive_core::engine::batch::{Batch, ChatChange, ChatEnd};
use luvhive_core::engine::event::{EngineCommand, FactsChange, Finished};
use luvhive_core::id::{ChatId, InboxId, MessageId, OutboxId, PersonId};
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::chats::{ChatStore, MessagePair};
use luvhive_core::ports::journal::{Change, Journal, JournalError, LaneResult, Lease, Settlement};
use luvhive_core::testing::{BOT, MAIN, new_person, timestamp};
use luvhive_storage::journal::Cleaned;
use luvhive_storage::retention::Kept;
use luvhive_storage::{DatabaseError, PgJournal, PgStore, Pool, PoolSettings};
use luvhive_tests::contract::{LENGTH, call, inbox, relay, telegram, update};
use luvhive_tests::{Proxy, TestDatabase, eventually};
use tokio_postgres::Client;

/// A journal behind a proxy, with a way past it.
struct Behind {
    proxy: Proxy,
    journal: Arc<PgJournal>,
    lease: Lease,
    client: Client,
    database: TestDatabase,
}

async fn behind() -> Behind {
    let database = TestDatabase::new().await;
    let proxy = Proxy::start(&database).await;
    let address = proxy.database();
    let settings = PoolSettings {
        max_connections: 2,
        min_idle_connections: 0,
        checkout_timeout_ms: 2_000,
        statement_timeout_ms: 5_000,
        application_name: "luvhive-tests".to_owned(),
    };
    let pool = Pool::open(&address, &settings).await.unwrap();
    let journal = Arc::new(PgJournal::new(&address, pool, BOT, MAIN));
    let lease = journal.acquire("first", LENGTH).await.unwrap();
    Behind { proxy, journal, lease, client: database.client().await, database }
}

fn batch(number: i64, mark: &str) -> Batch {
    Batch { watermark: update(number), at: timestamp(number), outbox: vec![call(number, 1, mark)], ..Batch::default() }
}

impl Behind {
    async fn commit(&self, previous: i64, batch: &Batch) -> Result<(), JournalError> {
        let previous = if previous == 0 { None } else { update(previous) };
        self.journal.commit(&self.lease, previous, batch).await
    }

    /// What an account's lane did about a row, two seconds in.
    async fn finish(
        &self,
        (inbox, account): (InboxId, i64),
        changes: &[Change],
        outgoing: &[OutboxRow],
    ) -> Result<Finished, JournalError> {
        let work = LaneResult {
            inbox,
            telegram: telegram(account),
            changes: changes.to_vec(),
            outgoing: outgoing.to_vec(),
            now: timestamp(2),
        };
        self.journal.finish(&self.lease, &work).await
    }

    async fn bodies(&self) -> Vec<String> {
        let rows = self.client.query("SELECT body FROM outbox ORDER BY id", &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn a_batch_whose_reply_was_lost_commits_once() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    behind.proxy.lose_reply("SECOND");
    behind.commit(1, &batch(2, "SECOND")).await.unwrap();
    assert!(behind.proxy.has_lost());
    behind.proxy.lose_request("THIRD");
    behind.commit(2, &batch(3, "THIRD")).await.unwrap();
    assert!(behind.proxy.has_lost());
    behind.commit(3, &batch(4, "fourth")).await.unwrap();
    assert_eq!(behind.bodies().await, ["first", "SECOND", "THIRD", "fourth"]);
}

#[tokio::test]
async fn a_batch_without_a_watermark_proves_its_commit_too() {
    let behind = behind().await;
    behind.proxy.lose_reply("MARKED");
    let plain = Batch { watermark: None, ..batch(1, "MARKED") };
    behind.commit(0, &plain).await.unwrap();
    assert!(behind.proxy.has_lost());
    assert_eq!(behind.bodies().await, ["MARKED"]);
}

#[tokio::test]
async fn a_batch_that_committed_before_an_outage_is_known_after_it() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    behind.proxy.lose_reply("SECOND");
    behind.proxy.set_down(true);
    let second = batch(2, "SECOND");
    assert!(matches!(behind.commit(1, &second).await, Err(JournalError::Store(StoreError::Unavailable(_)))));
    behind.proxy.set_down(false);
    // The same batch: it had committed. Another one would be written on a state that is not ours.
    behind.commit(1, &second).await.unwrap();
    assert_eq!(behind.bodies().await, ["first", "SECOND"]);
    behind.commit(2, &batch(3, "third")).await.unwrap();
    assert_eq!(behind.bodies().await.len(), 3);
}

#[tokio::test]
async fn after_an_outage_only_the_same_batch_or_a_load_goes_on() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    behind.proxy.lose_reply("SECOND");
    behind.proxy.set_down(true);
    assert!(behind.commit(1, &batch(2, "SECOND")).await.is_err());
    behind.proxy.set_down(false);
    for _ in 0..2 {
        assert!(matches!(behind.commit(1, &Batch { watermark: None, ..batch(3, "other") }).await, Err(JournalError::Fenced)));
    }
    assert_eq!(behind.journal.load(&behind.lease, timestamp(1)).await.unwrap().watermark, update(2));
    behind.commit(2, &batch(3, "other")).await.unwrap();
    assert_eq!(behind.bodies().await, ["first", "SECOND", "other"]);
}

#[tokio::test]
async fn a_statement_left_behind_by_a_lost_session_does_nothing_any_more() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    // The row is held, so that the batch hangs on the server; then we lose its session, and the server does not.
    let holder = behind.database.client().await;
    holder.batch_execute("BEGIN; SELECT 1 FROM shard_leases FOR UPDATE").await.unwrap();
    behind.proxy.leave_behind("SECOND");
    let (journal, lease) = (Arc::clone(&behind.journal), behind.lease);
    let commit = tokio::spawn(async move { journal.commit(&lease, update(1), &batch(2, "SECOND")).await });
    let both_wait = async || waiting(&behind.client).await == 2;
    eventually("the statement left behind and the next one wait", Duration::from_secs(5), both_wait).await;
    holder.batch_execute("COMMIT").await.unwrap();
    commit.await.unwrap().unwrap();
    assert_eq!(behind.bodies().await, ["first", "SECOND"]);
    behind.commit(2, &batch(3, "third")).await.unwrap();
    assert_eq!(behind.bodies().await.len(), 3);
}

async fn waiting(client: &Client) -> i64 {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    client.query_one(count, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_lane_whose_reply_was_lost_gives_its_result_once() {
    let behind = behind().await;
    let work = inbox(50, telegram(1), 1);
    behind.commit(0, &Batch { inbox: vec![work.clone()], ..Batch::default() }).await.unwrap();
    let command = EngineCommand::Leave { person: PersonId::new(5) };
    let changes = [Change::Register(Box::new(new_person(telegram(1), Gender::Man))), Change::ToEngine(command.clone())];
    behind.proxy.lose_reply("COMMIT");
    let finished = behind.finish((work.id, 1), &changes, &[call(60, 1, "hi")]).await;
    assert!(behind.proxy.has_lost());
    let finished = finished.unwrap();
    assert!(matches!(finished.facts, Some(FactsChange::Registered(_))), "{finished:?}");
    assert_eq!(finished.commands.iter().map(|(_, command)| command.clone()).collect::<Vec<_>>(), [command]);
    assert_eq!(behind.bodies().await, ["hi"]);
    // Asked once more, it is gone.
    let again = behind.finish((work.id, 1), &changes, &[]).await;
    assert!(matches!(again, Err(JournalError::Store(StoreError::NotFound))), "{again:?}");
}

#[tokio::test]
async fn killed_sessions_are_made_again() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    let settlement = Settlement { outbox: OutboxId::new(1), pair: None };
    for number in 2..5 {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE pid <> pg_backend_pid() AND datname = current_database()";
        behind.client.execute(kill, &[]).await.unwrap();
        behind.commit(number - 1, &batch(number, "next")).await.unwrap();
        behind.journal.settle(&behind.lease, &[settlement], timestamp(2)).await.unwrap();
        behind.journal.heartbeat(&behind.lease, LENGTH).await.unwrap();
    }
    assert_eq!(behind.bodies().await.len(), 3);
}

#[tokio::test]
async fn a_heartbeat_leaves_the_watermarks_time() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    behind.journal.heartbeat(&behind.lease, LENGTH).await.unwrap();
    let again = behind.journal.acquire("first", LENGTH).await.unwrap();
    assert_eq!((again.watermark, again.watermark_at), (update(1), Some(timestamp(1))));
}

#[tokio::test]
async fn a_lane_that_hangs_does_not_hold_up_the_successor_for_long() {
    let behind = behind().await;
    // What a frozen process leaves: its lane's transaction, open, with the lease row's lock.
    let frozen = behind.database.client().await;
    frozen
        .batch_execute(
            "BEGIN; SELECT set_config('idle_in_transaction_session_timeout', '1500', true) FROM shard_leases FOR KEY SHARE",
        )
        .await
        .unwrap();
    let over = "UPDATE shard_leases SET expires_at = clock_timestamp()";
    behind.client.batch_execute(over).await.unwrap();
    let taken = behind.journal.acquire("second", LENGTH).await.unwrap();
    assert_eq!(taken.epoch.get(), behind.lease.epoch.get() + 1);
    assert!(frozen.batch_execute("COMMIT").await.is_err());
}

#[tokio::test]
async fn an_unreadable_command_is_set_aside() {
    let behind = behind().await;
    let insert = "INSERT INTO commands (bot_id, version, body, created_at) VALUES ($1, 99, '{}', now()), ($1, 1, $2, now())";
    behind.client.execute(insert, &[&BOT.get(), &r#"{"kind":"leave","person":3}"#]).await.unwrap();
    for _ in 0..2 {
        let commands = behind.journal.list_commands(&behind.lease).await.unwrap();
        assert_eq!(commands.len(), 1);
        assert_eq!(commands[0].1, EngineCommand::Leave { person: PersonId::new(3) });
    }
    let dead = behind.client.query_one("SELECT count(*) FROM commands WHERE is_dead", &[]).await.unwrap();
    assert_eq!(dead.get::<_, i64>(0), 1);
    assert_eq!(behind.journal.load(&behind.lease, timestamp(1)).await.unwrap().commands.len(), 1);
}

#[tokio::test]
async fn a_change_that_the_release_before_left_follows_its_copy() {
    let behind = behind().await;
    let pair = "INSERT INTO message_map (bot_id, chat_id, id, from_telegram_id, source_id, to_telegram_id, copy_id) \
                VALUES ($1, 9, 1, 1001, 40, 1002, 41)";
    behind.client.execute(pair, &[&BOT.get()]).await.unwrap();
    let insert = "INSERT INTO commands (bot_id, version, body, created_at) VALUES ($1, 1, $2, now())";
    for copy in [41, 43] {
        let call = format!(r#"{{"method":"editMessageText","params":{{"chat_id":1002,"message_id":{copy},"text":"x"}}}}"#);
        let body = serde_json::json!({ "kind": "pass_on", "chat": 9, "receiver": 1002, "form": 1, "call": call }).to_string();
        behind.client.execute(insert, &[&BOT.get(), &body]).await.unwrap();
    }
    let commands = behind.journal.load(&behind.lease, timestamp(1)).await.unwrap().commands;
    let [(_, EngineCommand::PassOn { original, .. })] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!((original.from.get(), original.message.get()), (1_001, 40));
    let left = behind.client.query_one("SELECT count(*) FROM commands", &[]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 1, "of the other one nobody can be told");
}

#[tokio::test]
async fn a_nul_never_reaches_the_database() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "a\0b")).await.unwrap();
    assert_eq!(behind.bodies().await, ["ab"]);
    let work = inbox(50, telegram(1), 1);
    behind.commit(1, &Batch { inbox: vec![work.clone()], ..Batch::default() }).await.unwrap();
    let dialog = luvhive_core::ports::people::DialogRecord { version: 1, state: "x\0y".to_owned() };
    let changes = [Change::Dialog(Some(dialog)), Change::SetLanguage(UiLanguage::English)];
    behind.finish((work.id, 1), &changes, &[call(60, 1, "\0")]).await.unwrap();
    let state = behind.client.query_one("SELECT state FROM dialogs", &[]).await.unwrap();
    assert_eq!(state.get::<_, String>(0), "xy");
}

#[tokio::test]
async fn pairs_are_kept_for_48_hours_after_the_end() {
    let behind = behind().await;
    for (id, account) in [(50, 1), (51, 2)] {
        let work = inbox(id, telegram(account), 1);
        behind.commit(0, &Batch { inbox: vec![work.clone()], ..Batch::default() }).await.unwrap();
        let change = [Change::Register(Box::new(new_person(telegram(account), Gender::Man)))];
        behind.finish((work.id, account), &change, &[]).await.unwrap();
    }
    let people: Vec<PersonId> =
        behind.journal.load(&behind.lease, timestamp(2)).await.unwrap().people.iter().map(|facts| facts.person).collect();
    let chat = |number: i64, ended| {
        let met = Some([people[0], people[1]]);
        ChatChange { met, is_opened: true, ended, ..ChatChange::new(ChatId::new(number)) }
    };
    let end = Some(ChatEnd { reason: EndReason::Stopped, by: None, wrote: [true, true] });
    let rows = vec![relay(70, 2, 7, 1), relay(71, 2, 8, 2)];
    let chats = vec![chat(7, end), chat(8, None)];
    behind
        .commit(0, &Batch { at: timestamp(100), chats, outbox: rows, seen: vec![update(5).unwrap()], ..Batch::default() })
        .await
        .unwrap();
    let settled = [(70, 7, 1), (71, 8, 2)].map(|(id, chat, source)| {
        let pair = MessagePair {
            chat: ChatId::new(chat),
            from: telegram(1),
            source: MessageId::new(source),
            to: telegram(2),
            copy: MessageId::new(source + 100),
        };
        Settlement { outbox: OutboxId::new(id), pair: Some(pair) }
    });
    behind.journal.settle(&behind.lease, &settled, timestamp(100)).await.unwrap();
    let hours = |hours: i64| timestamp(100 + hours * 3600);
    assert_eq!(behind.journal.clean(hours(47), Kept::default()).await.unwrap(), Cleaned::default());
    let cleaned = behind.journal.clean(hours(48), Kept::default()).await.unwrap();
    assert_eq!(cleaned, Cleaned { chats: 1, pairs: 1, seen: 1, ..Cleaned::default() });
    assert_eq!(behind.journal.clean(hours(500), Kept::default()).await.unwrap(), Cleaned::default());
    let store = PgStore::new(behind.database.pool().await, BOT);
    assert!(store.find_pair(telegram(1), MessageId::new(1)).await.unwrap().is_none());
    assert!(store.find_pair(telegram(1), MessageId::new(2)).await.unwrap().is_some(), "that chat goes on");
}

#[tokio::test]
async fn who_left_is_known_for_24_months_and_a_ban_as_long_as_it_runs() {
    const DAY: i64 = 24 * 3_600;
    let behind = behind().await;
    let client = behind.database.client().await;
    // Three accounts left by way of the release before, so that the clean-up takes them over; then they age.
    let insert = "INSERT INTO former_people (bot_id, pseudonym, subject_hash, suspended_until) VALUES \
                  ($1, 'a', sha256('a'), NULL), ($1, 'b', sha256('b'), $2), ($1, 'c', sha256('c'), 'infinity'), \
                  ($1, 'd', sha256('c'), NULL)";
    let later: std::time::SystemTime =
        std::time::UNIX_EPOCH + Duration::from_micros(timestamp(800 * DAY).as_micros().try_into().unwrap());
    client.execute(insert, &[&BOT.get(), &later]).await.unwrap();
    let block = "INSERT INTO former_blocks (bot_id, blocker, blocked, blocked_at, left_at) \
                 VALUES ($1, int8send(1), sha256('a'), to_timestamp(0), $2)";
    let then: std::time::SystemTime = std::time::UNIX_EPOCH + Duration::from_micros(timestamp(0).as_micros().try_into().unwrap());
    client.execute(block, &[&BOT.get(), &then]).await.unwrap();
    let clean = async |days: i64| behind.journal.clean(timestamp(days * DAY), Kept::default()).await.unwrap().former;
    let names = async || {
        let rows = client.query("SELECT pseudonym FROM former_people ORDER BY 1", &[]).await.unwrap();
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<String>()
    };
    assert_eq!((clean(0).await, names().await.as_str()), (0, "abcd"));
    // With a leap day in them, 24 months are 731 days.
    assert_eq!((clean(730).await, names().await.as_str()), (0, "abcd"));
    assert_eq!((clean(731).await, names().await.as_str()), (2, "bcd"), "an account and a block");
    let longer = "UPDATE former_accounts SET kept_until = suspended_until + interval '1 day' WHERE subject_hash = sha256('b')";
    client.execute(longer, &[]).await.unwrap();
    assert_eq!((clean(800).await, names().await.as_str()), (0, "bcd"), "not before its own term");
    assert_eq!((clean(801).await, names().await.as_str()), (1, "cd"));
    assert_eq!((clean(36_500).await, names().await.as_str()), (0, "cd"), "a ban has no end");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_set_aside_and_the_start_goes_on() {
    let behind = behind().await;
    behind
        .commit(
            0,
            &Batch {
                outbox: vec![call(20, 1, "good"), call(21, 1, "bad")],
                inbox: vec![inbox(30, telegram(1), 1), inbox(31, telegram(1), 2)],
                ..Batch::default()
            },
        )
        .await
        .unwrap();
    // What a program of another release, or a hand, may leave.
    let checks = behind
        .client
        .query("SELECT conrelid::regclass::text, conname::text FROM pg_constraint WHERE contype = 'c' AND conrelid IN ('outbox'::regclass, 'inbox'::regclass)", &[])
        .await
        .unwrap();
    for check in &checks {
        let (table, name): (String, String) = (check.get(0), check.get(1));
        behind.client.batch_execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await.unwrap();
    }
    behind
        .client
        .batch_execute("UPDATE outbox SET version = NULL WHERE id = 21; UPDATE inbox SET kind = 'odd' WHERE id = 31")
        .await
        .unwrap();
    for _ in 0..2 {
        let loaded = behind.journal.load(&behind.lease, timestamp(5)).await.unwrap();
        assert_eq!((loaded.outbox.len(), loaded.inbox.len()), (1, 1));
    }
    let dead = behind.client.query("SELECT update_id FROM dead_updates ORDER BY update_id", &[]).await.unwrap();
    assert_eq!(dead.iter().map(|row| row.get::<_, i64>(0)).collect::<Vec<_>>(), [-31, -21]);
}

/// Ends every session of the database but the asking one.
async fn end_sessions(client: &Client) {
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    client.query_one(end, &[]).await.unwrap();
}

#[tokio::test]
async fn sessions_that_turned_read_only_are_replaced() {
    let database = TestDatabase::new().await;
    let pool = database.pool().await;
    let journal = PgJournal::new(&database.database(), pool, BOT, MAIN);
    let lease = journal.acquire("first", LENGTH).await.unwrap();
    journal.commit(&lease, None, &batch(1, "before")).await.unwrap();
    let client = database.client().await;
    let name = database.name();
    let settled = [Settlement { outbox: OutboxId::new(1), pair: None }];
    // A setting of the database, which sessions take on at their start; then one that open sessions take on as they are.
    for reach in [format!("DATABASE {name}"), format!("ROLE CURRENT_USER IN DATABASE {name}")] {
        client.batch_execute(&format!("ALTER {reach} SET default_transaction_read_only = on")).await.unwrap();
        end_sessions(&client).await;
        let refused = journal.commit(&lease, update(1), &batch(2, "meanwhile")).await;
        assert!(matches!(refused, Err(JournalError::Store(StoreError::Unavailable(_)))), "{refused:?}");
        assert!(journal.heartbeat(&lease, LENGTH).await.is_err());
        assert!(journal.settle(&lease, &settled, timestamp(1)).await.is_err());
        assert!(journal.clean(timestamp(1), Kept::default()).await.is_err());
        let told = database.database().for_writing().reach().await;
        assert!(matches!(told, Err(DatabaseError::ReadOnly)), "{told:?}");
        client.batch_execute("SET default_transaction_read_only = off").await.unwrap();
        client.batch_execute(&format!("ALTER {reach} RESET default_transaction_read_only")).await.unwrap();
        database.database().for_writing().reach().await.unwrap();
        journal.heartbeat(&lease, LENGTH).await.unwrap();
        journal.settle(&lease, &settled, timestamp(2)).await.unwrap();
        journal.clean(timestamp(2), Kept::default()).await.unwrap();
    }
    journal.commit(&lease, update(1), &batch(2, "after")).await.unwrap();
}

#[tokio::test]
async fn open_sessions_that_turn_read_only_are_replaced() {
    let database = TestDatabase::new().await;
    let journal = PgJournal::new(&database.database(), database.pool().await, BOT, MAIN);
    let lease = journal.acquire("first", LENGTH).await.unwrap();
    journal.commit(&lease, None, &batch(1, "before")).await.unwrap();
    journal.settle(&lease, &[], timestamp(0)).await.unwrap();
    journal.clean(timestamp(0), Kept::default()).await.unwrap();
    let client = database.client().await;
    // As a session keeps it that began while the server was read-only: nothing outside mends that session.
    let turn = "CREATE FUNCTION turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM set_config('default_transaction_read_only', 'on', false); RETURN NULL; END $$; \
         CREATE TRIGGER turn AFTER UPDATE ON shard_leases FOR EACH STATEMENT EXECUTE FUNCTION turn()";
    client.batch_execute(turn).await.unwrap();
    journal.heartbeat(&lease, LENGTH).await.unwrap();
    journal.commit(&lease, update(1), &batch(2, "turned")).await.unwrap();
    client.batch_execute("DROP TRIGGER turn ON shard_leases").await.unwrap();
    journal.heartbeat(&lease, LENGTH).await.unwrap();
    journal.commit(&lease, update(2), &batch(3, "after")).await.unwrap();
}

#[tokio::test]
async fn a_batch_that_ends_its_session_each_time_is_no_lost_lease() {
    let behind = behind().await;
    behind.commit(0, &batch(1, "first")).await.unwrap();
    let kill = "CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$; \
         CREATE TRIGGER kill AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION kill()";
    behind.client.batch_execute(kill).await.unwrap();
    let refused = behind.commit(1, &batch(2, "second")).await;
    assert!(matches!(refused, Err(JournalError::Store(StoreError::Unavailable(_)))), "{refused:?}");
    behind.client.batch_execute("DROP TRIGGER kill ON outbox").await.unwrap();
    behind.commit(1, &batch(2, "second")).await.unwrap();
    assert_eq!(behind.bodies().await, ["first", "second"]);
}
