//! A database that an older version left behind when it was killed: this version opens it, and everything goes on.
//!
//! `tests/fixtures/README.md` says what is inside and how it was made. Its rows carry absolute times, so all of them are
//! moved by one interval when it is loaded, as if the kill had been a minute ago: otherwise the windows that the rules
//! know (24 h, 48 h, premium until a date) would have passed by the time a test reads them. Dates of birth stay.

use std::path::Path;
use std::time::Duration;

use luvhive_app::system::SystemClock;
use luvhive_core::id::{BotId, PersonId};
use luvhive_core::person::{CONSENT_VERSION, Gender};
use luvhive_core::ports::{Clock as _, ConductStore as _, Ledger as _};
use luvhive_core::premium::{Book, LedgerRow};
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_sandbox::{SandboxSettings, SeenMessage};
use luvhive_storage::{PgConductStore, PgStore, Vault, migrate};
use luvhive_telegram::callback::{Callback, FriendAction};
use luvhive_tests::bot::{Bot, PATIENCE};
use luvhive_tests::{TestDatabase, TestFolder, eventually};
use serde_json::Value;
use tokio_postgres::Client;

const ROWS: &str = include_str!("../../fixtures/aa2f787.sql");
const WORLD: &str = include_str!("../../fixtures/aa2f787.world.jsonl");

/// How many rows each table holds; none may be lost by what a later version does to it.
const COUNTS: [(&str, i64); 28] = [
    ("audit_log", 5),
    ("blocks", 3),
    ("chats", 14),
    ("coin_accounts", 6),
    ("coin_entries", 6),
    ("commands", 1),
    ("consents", 19),
    ("dead_updates", 1),
    ("dialogs", 1),
    ("entitlement_grants", 13),
    ("former_people", 3),
    ("friend_requests", 1),
    ("friendships", 2),
    ("inbox", 1),
    ("invite_codes", 1),
    ("invites", 1),
    ("message_map", 15),
    ("outbox", 6),
    ("payments", 3),
    ("people", 17),
    ("preferences", 17),
    ("ratings", 3),
    ("refunds", 1),
    ("reports", 3),
    ("sanctions", 4),
    ("seats", 8),
    ("shard_leases", 1),
    ("visitors", 1),
];

/// Moves each moment of each table; money's tables let nobody change a row, so their triggers rest meanwhile.
const MOVE_TIMES: &str = "DO $move$ DECLARE one record; BEGIN
    FOR one IN
        SELECT table_name, string_agg(format('%1$I = %1$I + interval ''$SECONDS s''', column_name), ', ') AS moves
        FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'timestamp with time zone'
        GROUP BY table_name
    LOOP
        EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', one.table_name);
        EXECUTE format('UPDATE public.%I SET %s', one.table_name, one.moves);
        EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', one.table_name);
    END LOOP;
END $move$";

/// Makes each CHECK and each foreign key anew, which reads all rows.
const CHECK_AGAIN: &str = "DO $check$ DECLARE one record; BEGIN
    FOR one IN
        SELECT conrelid::regclass AS place, conname, pg_get_constraintdef(oid) AS rule FROM pg_constraint
        WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace
        ORDER BY conrelid, conname
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', one.place, one.conname, one.rule);
    END LOOP;
END $check$";

/// The people of the fixture, by their number in the sandbox.
#[derive(Clone, Copy, Debug)]
enum Person {
    Asha = 1,
    Ravi,
    Chiara,
    Dmitri,
    Esra,
    Farid,
    Grace,
    Hana,
    Ivan,
    Julia,
    Kofi,
    Lena,
    Mira,
    Omar,
    Petra,
    Quinn,
    Viktor = 18,
    Sam = 20,
    Tara,
    Uma,
}

impl Person {
    #[expect(clippy::as_conversions, reason = "the number of an enum's variant")]
    fn telegram(self) -> i64 {
        5_000_000_000 + i64::from(self as u8)
    }

    fn phone(self, bot: &Bot) -> Phone<'_> {
        bot.phone(self.telegram().into())
    }
}

/// The database and the Telegram that belongs to it, both as if the kill had been a minute ago.
struct Fixture {
    database: TestDatabase,
    world: TestFolder,
}

impl Fixture {
    /// Loads both and brings the database to this version.
    async fn load() -> Self {
        let database = TestDatabase::empty().await;
        // The dump leaves its session without a search path.
        run(&database.client().await, ROWS).await;
        let client = database.client().await;
        let seconds = "SELECT extract(epoch FROM now() - interval '1 minute' - max(expires_at))::bigint FROM shard_leases";
        let seconds: i64 = client.query_one(seconds, &[]).await.unwrap().get(0);
        run(&client, &MOVE_TIMES.replace("$SECONDS", &seconds.to_string())).await;
        if let Err(error) = migrate::run(&database.database()).await {
            panic!("{}", luvhive_core::error::chain(&error));
        }
        let world = TestFolder::new();
        write_world(world.path(), seconds);
        Self { database, world }
    }

    /// Starts this version's bot on it, as if everybody had agreed to the documents as they are now.
    async fn start(self) -> (Bot, TestFolder) {
        let agree = format!(
            "INSERT INTO consents (bot_id, telegram_id, version, documents_at, orientation_at) \
             SELECT DISTINCT ON (bot_id, telegram_id) bot_id, telegram_id, {CONSENT_VERSION}, documents_at, orientation_at \
             FROM consents ORDER BY bot_id, telegram_id, version DESC ON CONFLICT DO NOTHING"
        );
        run(&self.database.client().await, &agree).await;
        self.start_as_it_is().await
    }

    /// Starts this version's bot on it.
    async fn start_as_it_is(self) -> (Bot, TestFolder) {
        let sandbox = SandboxSettings { data_dir: Some(self.world.path().to_owned()), ..SandboxSettings::default() };
        let bot = Bot::start_on(self.database, sandbox).await;
        (bot, self.world)
    }
}

async fn run(client: &Client, statement: &str) {
    if let Err(error) = client.batch_execute(statement).await {
        panic!("{error:?}");
    }
}

/// Writes the Telegram's world with its times moved and the bot's token, which no file may hold, put together.
fn write_world(folder: &Path, seconds: i64) {
    let mut lines = String::new();
    for line in WORLD.lines() {
        let mut record: Value = serde_json::from_str(line).unwrap();
        if record["record"] == "bot" {
            record["token"] = format!("{}:AA{}", record["id"], "fix".repeat(11)).into();
        }
        move_times(&mut record, seconds);
        lines.push_str(&record.to_string());
        lines.push('\n');
    }
    std::fs::write(folder.join("world.jsonl"), lines).unwrap();
}

fn move_times(value: &mut Value, seconds: i64) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_update = name == "payload" && value.as_str().is_some_and(|text| text.starts_with('{'));
                if let (true, Some(text)) = (is_update, value.as_str()) {
                    let mut payload: Value = serde_json::from_str(text).unwrap();
                    move_times(&mut payload, seconds);
                    *value = payload.to_string().into();
                } else if let Some(number) = value.as_i64() {
                    let is_in_seconds = matches!(name.as_str(), "date" | "edit_date" | "subscription_expiration_date");
                    let by = if name.ends_with("_ms") { seconds * 1000 } else { seconds * i64::from(is_in_seconds) };
                    *value = (number + by).into();
                } else {
                    move_times(value, seconds);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_times(item, seconds)),
        _ => {}
    }
}

/// Lists one column of texts.
async fn list(client: &Client, query: &str) -> Vec<String> {
    client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Has somebody search until they chat with a person who waits for somebody like them.
async fn meet(newcomer: Phone<'_>, waiting: Phone<'_>) {
    newcomer.send_until("/find", Menu::Meeting).await.unwrap();
    newcomer.open_chat(waiting).await.unwrap();
}

/// Has each of two people write three texts, and expects them on the other side: all, once, in order.
async fn talk(bot: &Bot, first: Phone<'_>, second: Phone<'_>) {
    for (from, to) in [(first, second), (second, first)] {
        // A whole number would look like a telephone's.
        let name = from.person().to_string().split_off(7);
        let lines: Vec<String> = (1..=3).map(|number| format!("{number} from {name}")).collect();
        let mark = bot.sandbox.mark();
        for line in &lines {
            bot.sandbox.send_text(from.person(), line, None).unwrap();
        }
        to.wait_for_text(mark, &lines[2]).await.unwrap();
        bot.settle().await;
        assert_eq!(bot.texts(to, mark), lines);
    }
}

/// Has somebody write a command and waits for an answer that holds these words.
async fn hear(bot: &Bot, phone: Phone<'_>, command: &str, words: &str) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), command, None).unwrap();
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains(words)).await.unwrap();
}

/// How often the bot has written exactly this to somebody.
fn count_texts(bot: &Bot, phone: Phone<'_>, wanted: impl Fn(&str) -> bool) -> usize {
    bot.texts(phone, 0).iter().filter(|text| wanted(text)).count()
}

#[tokio::test]
async fn every_row_is_kept_and_fits_every_constraint() {
    let fixture = Fixture::load().await;
    let client = fixture.database.client().await;
    for (table, expected) in COUNTS {
        let count: i64 = client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0);
        assert_eq!(count, expected, "{table}");
    }
    let unproven = "SELECT conname::text FROM pg_constraint WHERE NOT convalidated AND connamespace = 'public'::regnamespace";
    assert_eq!(list(&client, unproven).await, Vec::<String>::new());
    run(&client, &format!("BEGIN; {CHECK_AGAIN}; ROLLBACK")).await;
    // Old rows or none: the migrations end in the same tables.
    let fresh = TestDatabase::new().await;
    let fresh_client = fresh.client().await;
    let columns = "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) \
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1";
    let rules = "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint \
        WHERE connamespace = 'public'::regnamespace ORDER BY 1";
    let indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    for query in [columns, rules, indexes] {
        assert_eq!(list(&client, query).await, list(&fresh_client, query).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_chats_go_on_and_what_was_queued_arrives_once() {
    let (bot, _world) = Fixture::load().await.start().await;
    bot.settle().await;
    let phone = |person: Person| person.phone(&bot);
    let (asha, ravi, chiara, dmitri) = (phone(Person::Asha), phone(Person::Ravi), phone(Person::Chiara), phone(Person::Dmitri));

    // Telegram held Ravi and Uma up when the program was killed.
    let queued: Vec<String> = bot.texts(ravi, 0).into_iter().filter(|text| text.starts_with("queued")).collect();
    assert_eq!(queued, ["queued 1", "queued 2", "queued 3"]);
    assert_eq!(count_texts(&bot, ravi, |text| text.starts_with("Hello from Asha")), 1);
    assert_eq!(count_texts(&bot, ravi, |text| text == "Hello from Asha, corrected"), 1);
    assert_eq!(count_texts(&bot, ravi, |text| text.starts_with("दोस्त बनेंगे?")), 1);
    assert_eq!(count_texts(&bot, phone(Person::Uma), |text| text.contains("Your partner has left the chat")), 1);
    // A row was under way, an operator's decision was not taken up, and something was written while nobody was there.
    assert_eq!(count_texts(&bot, phone(Person::Viktor), |text| text.contains("insults, too")), 1);
    assert_eq!(count_texts(&bot, dmitri, |text| text == "written while nobody was there"), 1);
    let daily = format!("SELECT count(*) FROM coin_entries WHERE key LIKE 'daily:{}:%'", id_of(&bot, Person::Dmitri).await);
    assert_eq!(bot.count(&daily).await, 1);

    // Bios and cities of before are encrypted by and by.
    let clear = "SELECT count(*) FROM people WHERE bio IS NOT NULL OR city IS NOT NULL";
    eventually("no text lies in clear", PATIENCE, async || bot.count(clear).await == 0).await;
    assert_eq!(bot.count("SELECT count(*) FROM people WHERE bio_sealed IS NOT NULL").await, 2);
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'chatting'").await, 6);
    talk(&bot, asha, ravi).await;
    talk(&bot, chiara, dmitri).await;
    talk(&bot, phone(Person::Esra), phone(Person::Farid)).await;

    // Replies and corrections find messages of before.
    let find = |phone: Phone<'_>, text: &str| {
        bot.sandbox.messages(phone.person()).into_iter().find(|message: &SeenMessage| message.text == text).unwrap().id
    };
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(ravi.person(), "about that", Some(find(ravi, "Hello from Asha, corrected"))).unwrap();
    let reply = asha.wait_for_text(mark, "about that").await.unwrap();
    assert_eq!(reply.reply_to, Some(find(asha, "Hello from Asha, corrected")));
    bot.sandbox.edit_text(ravi.person(), find(ravi, "Hello from Ravi"), "Hello again").unwrap();
    asha.wait_for_text(mark, "Hello again").await.unwrap();

    // So do buttons.
    bot.press(ravi, |button| matches!(button, Callback::Friends(FriendAction::Accept(_)))).await;
    bot.press(phone(Person::Uma), |button| matches!(button, Callback::Rate { is_good: true, .. })).await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM friendships").await, 4);
    assert_eq!(bot.count("SELECT count(*) FROM ratings").await, 4);
    asha.send_until("/stop", Menu::Idle).await.unwrap();
    ravi.wait_for_menu(mark, Menu::Idle).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_still_waits_and_is_matched_with_somebody_who_fits() {
    let fixture = Fixture::load().await;
    let waits = "SELECT concat_ws(' ', person_id, since, widened) FROM seats WHERE kind = 'waiting' ORDER BY since";
    let before = list(&fixture.database.client().await, waits).await;
    let (bot, _world) = fixture.start().await;
    bot.settle().await;
    assert_eq!(list(&bot.sql, waits).await, before);
    // Grace dropped her range of ages, 50 to 60, for this search: Nils is younger.
    let nils = bot.person("Nils", Gender::Man).await;
    meet(nils, Person::Grace.phone(&bot)).await;
    talk(&bot, nils, Person::Grace.phone(&bot)).await;
    // Sam had begun to register.
    let sam = Person::Sam.phone(&bot);
    sam.register(&Answers::of(Gender::NonBinary)).await.unwrap();
    meet(sam, Person::Hana.phone(&bot)).await;
    talk(&bot, sam, Person::Hana.phone(&bot)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_agreed_to_older_documents_is_asked_and_waits_no_more() {
    let (bot, _world) = Fixture::load().await.start_as_it_is().await;
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 0);
    hear(&bot, Person::Grace.phone(&bot), "/find", "Do you agree").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_blocks_and_refusals_hold() {
    let (bot, _world) = Fixture::load().await.start().await;
    bot.settle().await;
    let phone = |person: Person| person.phone(&bot);
    hear(&bot, phone(Person::Kofi), "/find", "banned").await;
    hear(&bot, phone(Person::Viktor), "/find", "banned").await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(Person::Lena.telegram().into(), "/find", None).unwrap();
    let is_answer = |message: &SeenMessage| message.from_bot;
    bot.sandbox.wait_for(Person::Lena.telegram().into(), mark, PATIENCE, is_answer).await.unwrap();
    hear(&bot, phone(Person::Petra), "/start", "banned").await;
    hear(&bot, phone(Person::Tara), "/start", "adults only").await;
    bot.settle().await;
    let refused = [Person::Kofi, Person::Viktor, Person::Lena, Person::Petra, Person::Tara].map(|one| one.telegram().to_string());
    let seats = "SELECT count(*) FROM seats s JOIN people p ON p.bot_id = s.bot_id AND p.id = s.person_id WHERE p.telegram_id IN";
    assert_eq!(bot.count(&format!("{seats} ({})", refused.join(", "))).await, 0);
    // Quinn left in good standing.
    phone(Person::Quinn).register(&Answers::of(Gender::NonBinary)).await.unwrap();

    let store = PgConductStore::new(bot.database.pool().await, Vault::default());
    let open = store.list_open_reports(BotId::new(bot.sandbox.bot_id()), 10).await.unwrap();
    assert_eq!(open.len(), 2, "about Ivan, and about Rosa, who left");

    for waiting in [Person::Grace, Person::Hana] {
        phone(waiting).send_until("/stop", Menu::Idle).await.unwrap();
    }
    for (blocker, blocked) in [(Person::Mira, Person::Omar), (Person::Julia, Person::Ivan)] {
        phone(blocker).send_until("/find", Menu::Searching).await.unwrap();
        phone(blocked).send_until("/find", Menu::Searching).await.unwrap();
        bot.settle().await;
        assert_eq!(bot.count("SELECT count(*) FROM seats WHERE kind = 'waiting'").await, 2, "{blocker:?} and {blocked:?}");
        for one in [blocker, blocked] {
            phone(one).send_until("/stop", Menu::Idle).await.unwrap();
        }
    }
}

async fn id_of(bot: &Bot, person: Person) -> PersonId {
    let query = format!("SELECT id FROM people WHERE telegram_id = {}", person.telegram());
    PersonId::new(bot.count(&query).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn premium_and_coins_are_as_before() {
    let (bot, _world) = Fixture::load().await.start().await;
    bot.settle().await;
    let ledger = PgStore::new(bot.database.pool().await, BotId::new(bot.sandbox.bot_id()));
    // Each has three days of trial but Dmitri; Asha bought a week, Dmitri subscribed, Grace was given 30 days, and Julia
    // had the price of a month back.
    let expected = [
        (Person::Asha, 10, 50),
        (Person::Dmitri, 30, 10),
        (Person::Grace, 33, 0),
        (Person::Julia, 3, 0),
        (Person::Ivan, 3, 10),
        (Person::Uma, 3, 60),
    ];
    for (person, premium_days, coins) in expected {
        let id = id_of(&bot, person).await;
        let rows = ledger.list_rows(id).await.unwrap();
        let first = rows.iter().map(LedgerRow::at).min().unwrap();
        let until = rows.into_iter().collect::<Book>().entitlement(id).premium_until(SystemClock.now()).unwrap();
        assert_eq!(until, first.plus(Duration::from_hours(24 * premium_days)), "{person:?}");
        let balance = format!("SELECT coalesce(sum(balance), 0)::bigint FROM coin_accounts WHERE person_id = {id}");
        assert_eq!(bot.count(&balance).await, coins, "{person:?}");
    }
    assert_eq!(bot.count("SELECT count(*) FROM payments").await, 3, "Telegram's list holds none that is unknown");
}
