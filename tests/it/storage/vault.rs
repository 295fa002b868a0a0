//! Encrypted texts: the upgrade and the rotation in portions, what cannot be decrypted, what a reader of the tables sees.

use std::sync::Arc;

use luvhive_core::chat::Questions;
use luvhive_core::engine::batch::{Batch, InboxRow, InboxWork};
use luvhive_core::engine::{EngineCommand, Original, Rendered};
use luvhive_core::id::{ChatId, MessageId, TelegramId, UpdateId};
use luvhive_core::person::{Bio, CardPart, City, Profile};
use luvhive_core::ports::PeopleStore;
use luvhive_core::ports::journal::{Change, Journal, LaneResult};
use luvhive_core::ports::people::DialogRecord;
use luvhive_core::testing::{BOT, MAIN, timestamp};
use luvhive_storage::vault::{Mark, seal_portion, statements, take_census};
use luvhive_storage::{MadeUp, PgJournal, PgStore, Pool, Vault, seed};
use luvhive_tests::contract::{LENGTH, Scene, Stores, call, edit, inbox, load, relay, telegram};
use luvhive_tests::{TestDatabase, vault};

const FIRST: TelegramId = TelegramId::new(1_000_000);
const PEOPLE: u32 = 1200;

/// People with bios and cities in clear, as an older release left them.
async fn planted() -> TestDatabase {
    let database = TestDatabase::new().await;
    seed::seed_people(&database.database(), BOT, MadeUp::new(PEOPLE, FIRST, timestamp(0))).await.unwrap();
    // Letters, for digits would look like a telephone number, and nobody is shown one.
    let plant = "UPDATE people SET bio = 'planted bio ' || name, city = 'Plantedville ' || name
        FROM (SELECT id AS of, translate((telegram_id - 1000000)::text, '0123456789', 'abcdefghij') AS name FROM people) AS n
        WHERE id = of; ANALYZE people";
    database.client().await.batch_execute(plant).await.unwrap();
    database
}

async fn count(database: &TestDatabase, what: &str) -> i64 {
    database.client().await.query_one(&format!("SELECT count(*) FROM people p WHERE {what}"), &[]).await.unwrap().get(0)
}

/// Takes portions from the start: this many, or all.
async fn seal(pool: &Pool, vault: &Vault, portions: usize) -> u64 {
    let (mut sealed, mut mark) = (0, Some(Mark::START));
    for _ in 0..portions {
        let Some(at) = mark else { break };
        let portion = seal_portion(pool, vault, at).await.unwrap();
        sealed += portion.sealed;
        mark = portion.next;
    }
    sealed
}

/// How many people are read with the bio and the city that were planted, and how many without either.
async fn read(database: &TestDatabase, vault: &Vault) -> (usize, usize) {
    let journal = PgJournal::new(&database.database(), database.pool().await, BOT, MAIN).with_vault(vault.clone());
    let lease = journal.acquire("reader", LENGTH).await.unwrap();
    let people = journal.load(&lease, timestamp(0)).await.unwrap().people;
    journal.release(&lease).await.unwrap();
    assert_eq!(people.len(), usize::try_from(PEOPLE).unwrap());
    let whole = people.iter().filter(|facts| {
        let digits = (facts.telegram.get() - FIRST.get()).to_string();
        let name: String = digits.bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        let bio = facts.card.bio.as_ref().map(Bio::as_str);
        facts.city_mark == City::from_stored(&format!("Plantedville {name}")).map(|city| city.mark())
            && bio == Some(format!("planted bio {name}").as_str())
    });
    (whole.count(), people.iter().filter(|facts| facts.city_mark.is_none() && facts.card.bio.is_none()).count())
}

#[tokio::test]
async fn the_upgrade_and_a_rotation_go_on_after_a_kill() {
    let (database, everybody) = (planted().await, usize::try_from(PEOPLE).unwrap());
    let (pool, all) = (database.pool().await, u64::from(PEOPLE) * 2);
    assert_eq!(seal(&pool, &Vault::default(), 9).await, 0, "nothing is encrypted without a key");
    let first = vault(&[1]);
    assert_eq!(seal(&pool, &first, 1).await, 500);
    assert_eq!(count(&database, "bio IS NULL AND bio_sealed IS NOT NULL").await, 500);
    assert_eq!(read(&database, &first).await, (everybody, 0), "half in clear, half encrypted");
    assert_eq!(seal(&pool, &first, usize::MAX).await, all - 500, "what was done is not done again");
    assert_eq!(count(&database, "bio IS NOT NULL OR city IS NOT NULL OR p::text LIKE '%lanted%'").await, 0);
    assert_eq!(read(&database, &first).await, (everybody, 0));
    assert_eq!(seal(&pool, &first, usize::MAX).await, 0);

    let both = vault(&[2, 1]);
    assert_eq!(seal(&pool, &both, 4).await, 1_200 + 500, "killed in the middle of the second column");
    assert_eq!(read(&database, &both).await, (everybody, 0));
    let census = take_census(&database.database()).await.unwrap();
    assert_eq!((census.clear, census.keys[&both.keys()[0]], census.keys[&both.keys()[1]]), (0, 1_700, 700));
    assert_eq!((census.missing(&both), census.missing(&first)), (vec![], vec![both.keys()[0]]));
    assert_eq!(seal(&pool, &both, usize::MAX).await, 700);
    assert_eq!(read(&database, &vault(&[2])).await, (everybody, 0), "the older key can go");
    assert_eq!(read(&database, &first).await, (0, everybody), "with another key alone everything is empty, and nothing fails");
    assert_eq!(seal(&pool, &vault(&[3]), usize::MAX).await, 0, "what cannot be read is left");
}

#[tokio::test]
async fn a_text_in_another_row_or_column_is_empty() {
    let database = planted().await;
    let (pool, ours) = (database.pool().await, vault(&[1]));
    seal(&pool, &ours, usize::MAX).await;
    let swap = "UPDATE people SET bio_sealed = (SELECT bio_sealed FROM people WHERE telegram_id = 1000001) WHERE telegram_id = 1000000; \
        UPDATE people SET city_sealed = bio_sealed WHERE telegram_id = 1000002; \
        UPDATE people SET bio_sealed = set_byte(bio_sealed, 20, get_byte(bio_sealed, 20) # 1) WHERE telegram_id = 1000003";
    database.client().await.batch_execute(swap).await.unwrap();
    let people = PgStore::new(pool, BOT).with_vault(ours);
    let profile = async |account: i64| people.get_visitor(telegram(account)).await.unwrap().person.unwrap().profile;
    let (moved, crossed, flipped) = (profile(1_000_000).await, profile(1_000_002).await, profile(1_000_003).await);
    assert!(moved.bio.is_none() && moved.city.is_some());
    assert!(crossed.bio.is_some() && crossed.city.is_none());
    assert!(flipped.bio.is_none() && flipped.city.is_some());
}

#[tokio::test]
async fn what_cannot_be_read_outlives_an_edit_of_something_else() {
    let scene = Scene::new(Stores::postgres().await).await;
    let person = scene.register(telegram(10)).await;
    let registered = scene.stores.people.get_visitor(telegram(10)).await.unwrap().person.unwrap();
    let city = City::new("Leeds");
    let full = Profile { bio: Bio::new("walks and tea").ok(), city: city.clone(), ..registered.profile };
    scene.lane(telegram(10), &[Change::Profile(person, full.clone().into())]).await.unwrap();
    let (database, pool) = (scene.stores.database(), scene.stores.database().pool().await);
    assert_eq!(count(database, "bio IS NULL AND city IS NULL AND bio_sealed IS NOT NULL AND city_sealed IS NOT NULL").await, 1);
    seal(&pool, &vault(&[9, 1]), usize::MAX).await;
    // The bot knows the first key alone: both are empty to it, and an edit of the card leaves them.
    let seen = scene.stores.people.get_visitor(telegram(10)).await.unwrap().person.unwrap().profile;
    assert_eq!((&seen.bio, &seen.city), (&None, &None));
    let edited = Profile { card: seen.card.with(CardPart::City), bio: Bio::new("new words").ok(), ..seen };
    scene.lane(telegram(10), &[Change::Profile(person, edited.into())]).await.unwrap();
    let whole =
        PgStore::new(pool, BOT).with_vault(vault(&[9, 1])).get_visitor(telegram(10)).await.unwrap().person.unwrap().profile;
    assert_eq!((whole.bio, whole.city), (Bio::new("new words").ok(), city));
    // What can be read goes as its owner wants.
    let bare = Profile { bio: None, ..full };
    scene.lane(telegram(10), &[Change::Profile(person, bare.into())]).await.unwrap();
    assert_eq!(count(database, "bio_sealed IS NULL AND bio IS NULL").await, 1);
}

#[tokio::test]
async fn answers_of_a_registration_are_encrypted_and_old_ones_in_portions() {
    let scene = Scene::new(Stores::postgres().await).await;
    let (database, pool) = (scene.stores.database(), scene.stores.database().pool().await);
    let answer = |state: &str| Some(DialogRecord { version: 1, state: state.to_owned() });
    scene.lane(telegram(10), &[Change::Dialog(answer("planted answer"))]).await.unwrap();
    let old = "INSERT INTO dialogs (bot_id, telegram_id, version, state) SELECT bot_id, 11, 1, 'planted before' FROM dialogs";
    database.client().await.batch_execute(old).await.unwrap();
    let dialog = async |account| scene.stores.people.get_visitor(telegram(account)).await.unwrap().dialog;
    assert_eq!((dialog(10).await, dialog(11).await), (answer("planted answer"), answer("planted before")));
    assert_eq!(seal(&pool, &vault(&[1]), usize::MAX).await, 1);
    assert_eq!((dialog(10).await, dialog(11).await), (answer("planted answer"), answer("planted before")));
    let clear = "SELECT count(*) FROM dialogs AS d WHERE d::text LIKE '%planted%' OR state <> ''";
    assert_eq!(database.client().await.query_one(clear, &[]).await.unwrap().get::<_, i64>(0), 0);
    let other = PgStore::new(pool, BOT).with_vault(vault(&[2]));
    assert_eq!(other.get_visitor(telegram(10)).await.unwrap().dialog, None, "without the key they begin again");
}

/// Work, calls and a command of a lane, each with something that nobody may read in the tables.
async fn planted_queues(scene: &Scene) {
    scene.pair().await;
    let payload = r#"{"update_id":1,"message":{"text":"planted words"}}"#.into();
    let work = InboxWork::Update { update: UpdateId::new(1), payload };
    let waiting = InboxRow { work, ..inbox(scene.number(), telegram(1), 1) };
    let outbox = vec![call(20, 1, "planted call"), edit(21, 2, 7, 5), relay(22, 2, 7, 6)];
    scene.commit(Batch { inbox: vec![waiting], outbox, at: timestamp(6), ..Batch::default() }).await.unwrap();
    let original = Original { from: telegram(1), message: MessageId::new(5) };
    let answer = call(23, 1, "planted answer");
    let call = Rendered { version: 1, body: "planted edit".to_owned() };
    let (chat, leaks) = (ChatId::new(7), Questions::EMPTY);
    let follows = EngineCommand::PassOn { chat, original, call, leaks, edited_at: None, is_copied: false, words: None };
    let inbox = scene.put_work(telegram(1)).await;
    let outgoing = vec![answer];
    let changes = vec![Change::ToEngine(follows)];
    let work = LaneResult { inbox, telegram: telegram(1), changes, outgoing, now: timestamp(7) };
    scene.journal.finish(&scene.lease, &work).await.unwrap();
}

/// How many rows of the queues show what was planted.
async fn seen(database: &TestDatabase) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM inbox AS r WHERE r::text LIKE '%planted%')
        + (SELECT count(*) FROM outbox AS r WHERE r::text LIKE '%planted%')
        + (SELECT count(*) FROM commands AS r WHERE r::text LIKE '%planted%')";
    database.client().await.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn what_waits_in_the_queues_is_encrypted_and_old_rows_in_portions() {
    let scene = Scene::new(Stores::postgres().await).await;
    planted_queues(&scene).await;
    let database = scene.stores.database();
    let (pool, before) = (database.pool().await, scene.load().await);
    assert_eq!(seen(database).await, 0);
    let read = format!("{before:?}");
    for word in ["planted words", "planted call", "planted edit", "planted answer"] {
        assert!(read.contains(word), "{word}: {read}");
    }
    // As an older release left them.
    let journal: Arc<dyn Journal> = Arc::new(PgJournal::new(&database.database(), pool.clone(), BOT, MAIN));
    let clear = "UPDATE outbox SET body = 'planted before', body_sealed = NULL WHERE body_sealed IS NOT NULL";
    database.client().await.batch_execute(clear).await.unwrap();
    let (waiting, commands) = (before.inbox.len(), before.commands.len());
    let without = load(&journal, &scene.lease, timestamp(0)).await;
    let numbers = (without.inbox.len(), without.commands.len(), without.outbox.len());
    assert_eq!(numbers, (waiting - 1, commands - 1, 4), "without the key a row is set aside, and nothing fails");
    assert_eq!(seen(database).await, 3);
    assert_eq!(seal(&pool, &vault(&[1]), usize::MAX).await, 3);
    assert_eq!(seen(database).await, 0);
    assert_eq!(format!("{:?}", scene.load().await).matches("planted before").count(), 3);
}

#[tokio::test]
async fn portions_go_by_index() {
    let database = planted().await;
    let client = database.client().await;
    let fill = "INSERT INTO dialogs (bot_id, telegram_id, version, state) SELECT bot_id, telegram_id, 1, repeat('x', 1000) FROM people; \
        INSERT INTO inbox (bot_id, id, telegram_id, kind, update_id, payload, received_at) \
        SELECT bot_id, id, telegram_id, 'update', id, repeat('x', 1000), now() FROM people; \
        INSERT INTO outbox (bot_id, id, receiver_telegram_id, version, body) \
        SELECT bot_id, id, telegram_id, 1, repeat('x', 1000) FROM people; \
        INSERT INTO commands (bot_id, version, body, created_at) SELECT bot_id, 1, repeat('x', 1000), now() FROM people; \
        ANALYZE dialogs, inbox, outbox, commands; SET plan_cache_mode = force_generic_plan";
    client.batch_execute(fill).await.unwrap();
    for (number, statement) in statements().iter().enumerate() {
        client.batch_execute(&format!("PREPARE portion_{number} AS {statement}")).await.unwrap();
        let nulls = if statement.contains("UPDATE") { "NULL, NULL, NULL, NULL, NULL" } else { "1, 1, 500" };
        let rows = client.query(&format!("EXPLAIN EXECUTE portion_{number} ({nulls})"), &[]).await.unwrap();
        let plan = rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n");
        assert!(plan.contains("Index Cond") && !plan.contains("Seq Scan") && !plan.contains("Sort"), "{statement}: {plan}");
    }
}
