//! What the database itself refuses about people, and what an erasure leaves.

use luvhive_core::coins::{CoinStanding, InviteCode, daily};
use luvhive_core::conduct::{Former, NewReport, NewSanction, Pseudonym, ReportReason, SanctionKind, SubjectHash};
use luvhive_core::correction::support_code;
use luvhive_core::engine::batch::Batch;
use luvhive_core::id::{ChatId, MessageId, OutboxId, PersonId, TelegramId};
use luvhive_core::person::age::admit;
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::ports::chats::MessagePair;
use luvhive_core::ports::conduct::{ConductStore, SanctionOutcome};
use luvhive_core::ports::journal::{Change, Settlement};
use luvhive_core::ports::people::DialogRecord;
use luvhive_core::premium::{Grant, GrantKey, GrantSource, Plan, RefundCause, RefundRequest};
use luvhive_core::testing::{BOT, MAIN, new_person, timestamp};
use luvhive_core::time::{Day, Timestamp};
use luvhive_storage::retention::Kept;
use luvhive_storage::{PgConductStore, PgJournal, Vault, restored};
use luvhive_tests::TestDatabase;
use luvhive_tests::contract::{Scene, Stores, ledger, telegram};
use tokio_postgres::Client;

/// Work under way: it holds ids until it is done, minutes at most.
const UNDER_WAY: [&str; 3] = ["inbox", "outbox", "commands"];

async fn refused(client: &Client, statement: &str) -> String {
    let error = client.batch_execute(statement).await.expect_err(statement);
    error.as_db_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned()
}

fn insert_person(born: &str, registered: &str) -> String {
    format!(
        "INSERT INTO people (bot_id, telegram_id, pseudonym, ui_language, gender, born_on, country, languages, interests, \
         registered_at) VALUES (1, 1, 'aaaaaaaaaa', 'en', 'man', '{born}', 'IN', '{{en}}', '{{chatting}}', '{registered}')"
    )
}

#[tokio::test]
async fn the_database_refuses_minors() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    for (born, registered) in [("2008-11-02", "2026-11-01T23:59:59Z"), ("2008-02-29", "2026-02-28T12:00:00Z")] {
        assert_eq!(refused(&client, &insert_person(born, registered)).await, "people_born_on_registered_at_check");
    }
    client.batch_execute(&insert_person("2008-11-02", "2026-11-02T00:00:00Z")).await.unwrap();
}

/// The code judges days at UTC−12, the CHECK in UTC: nobody passes the first and fails the second, at leap days either.
#[tokio::test]
async fn everybody_whom_the_gate_lets_in_satisfies_the_database() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let (mut let_in, mut kept_out) = (0, 0);
    // Midnight before 1 March of a common year and of a leap year, in seconds.
    for (year, march_s) in [(2026_i32, 1_772_323_200_i64), (2028, 1_835_481_600)] {
        for hour in (-72..=72).step_by(6) {
            let now = Timestamp::from_micros((march_s + hour * 3_600) * 1_000_000);
            let days = [(2, 26), (2, 27), (2, 28), (2, 29), (3, 1), (3, 2), (3, 3)];
            for born in days.into_iter().filter_map(|(month, day)| Day::from_ymd(year - 18, month, day)) {
                let insert = insert_person(&born.to_string(), &now.to_string());
                if admit(born, now).is_ok() {
                    client.batch_execute(&format!("{insert}; DELETE FROM people")).await.unwrap();
                    let_in += 1;
                } else {
                    kept_out += 1;
                }
            }
        }
    }
    assert!(let_in > 50 && kept_out > 50, "{let_in} {kept_out}");
}

#[tokio::test]
async fn the_audit_log_is_only_ever_added_to() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let insert =
        "INSERT INTO audit_log (bot_id, acted_at, actor, action, subject, detail) VALUES (1, now(), 'a', 'ban', 's', '')";
    client.batch_execute(insert).await.unwrap();
    for change in ["UPDATE audit_log SET actor = 'b'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
        assert_eq!(refused(&client, change).await, "audit_log_append_only");
    }
}

/// Lists every column of the catalogue that may hold a person or an account, as `table.column`.
async fn person_columns(client: &Client) -> Vec<(String, String)> {
    let rows = client
        .query(
            "SELECT DISTINCT t.relname::text, a.attname::text \
             FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid \
             LEFT JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f' AND a.attnum = ANY (c.conkey) \
                 AND c.confrelid = 'people'::regclass \
             WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped \
               AND a.attname <> 'bot_id' AND (c.oid IS NOT NULL OR a.attname ~ '(telegram|person)_id$') \
             ORDER BY 1, 2",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn count(client: &Client, table: &str, column: &str, value: i64) -> i64 {
    let sql = format!("SELECT count(*) FROM {table} WHERE {column} = $1");
    client.query_one(&sql, &[&value]).await.unwrap().get(0)
}

/// Fills every column of the ledger that can hold the first of two people.
async fn fill_ledger(
    scene: &Scene,
    client: &Client,
    (account, one): (TelegramId, PersonId),
    (partner, other): (TelegramId, PersonId),
) {
    let code = |person: PersonId| InviteCode::from_random(person.get().cast_unsigned());
    for (account, person) in [(account, one), (partner, other)] {
        scene.lane(account, &[Change::OpenInvites { person, code: code(person) }]).await.unwrap();
    }
    let guest = telegram(900_003);
    let register = Change::Register(Box::new(new_person(guest, Gender::Man)));
    scene.lane(guest, &[register, Change::RecordInvite { code: code(one), at: timestamp(8) }]).await.unwrap();
    // Nobody is invited after the registration; the row is written by hand.
    let invited = "INSERT INTO invites (bot_id, invited_id, inviter_id, invited_at) VALUES ($1, $2, $3, now())";
    client.execute(invited, &[&BOT.get(), &one.get(), &other.get()]).await.unwrap();
    let coins = daily(one, &CoinStanding::default(), timestamp(9)).unwrap();
    let grant = Grant {
        key: GrantKey::trial(one),
        person: one,
        source: GrantSource::Trial,
        days: 3,
        granted_at: timestamp(9),
        granted_by: None,
        reason: None,
    };
    let request = RefundRequest {
        charge: ledger::charge("own"),
        cause: RefundCause::Buyer,
        reason: String::new(),
        requested_at: timestamp(9),
    };
    let changes = [
        ledger::book(&ledger::payment("own", Plan::RatingReset, one, 9)),
        ledger::book(&ledger::given_to(other, ledger::payment("given", Plan::GiftWeek, one, 9))),
        ledger::give_back("given", 10),
        Change::RequestRefund(request),
        Change::MoveCoins(Box::new(coins)),
        Change::Grant(Box::new(grant)),
    ];
    scene.lane(account, &changes).await.unwrap();
}

/// A friend, somebody asked, and somebody who asks.
async fn fill_friends(scene: &Scene, account: TelegramId, person: PersonId) {
    let (third, fourth) = (scene.register(telegram(900_013)).await, scene.register(telegram(900_014)).await);
    let ask = |asker, other| Change::AskFriend { asker, other, chat: ChatId::new(7), at: timestamp(8) };
    let befriend = Change::Befriend { person, asker: third, at: timestamp(9) };
    scene.lane(account, &[ask(third, person), befriend, ask(person, fourth), ask(fourth, person)]).await.unwrap();
}

#[tokio::test]
async fn an_erasure_reaches_every_table() {
    let stores = Stores::postgres().await;
    let database = stores.database();
    let client = database.client().await;
    let pool = database.pool().await;
    let scene = Scene::new(stores).await;
    // The accounts lie far from the numbers that the database gives.
    let (account, partner) = (telegram(900_001), telegram(900_002));
    for _ in 0..5 {
        client.query("SELECT nextval(pg_get_serial_sequence('people', 'id'))", &[]).await.unwrap();
    }
    let (one, other) = (scene.register(account).await, scene.register(partner).await);
    scene.commit(luvhive_tests::contract::open_chat(7, one, other)).await.unwrap();
    fill_chat(&scene, (account, one), (partner, other)).await;
    let sanction = suspension(&scene, account).await;
    PgConductStore::new(pool, Vault::default()).insert_sanction(BOT, sanction).await.unwrap();

    fill_ledger(&scene, &client, (account, one), (partner, other)).await;
    fill_friends(&scene, account, one).await;
    let appeal = "INSERT INTO appeals (bot_id, sanction_id, telegram_id, written_at) \
                  SELECT bot_id, id, $2, now() FROM sanctions WHERE bot_id = $1";
    client.execute(appeal, &[&BOT.get(), &account.get()]).await.unwrap();
    // Somebody who came back.
    let back = "INSERT INTO former_accounts (bot_id, subject_hash, person_id, left_at) VALUES ($1, sha256('x'), $2, now())";
    client.execute(back, &[&BOT.get(), &one.get()]).await.unwrap();
    let columns: Vec<_> =
        person_columns(&client).await.into_iter().filter(|(table, _)| !UNDER_WAY.contains(&table.as_str())).collect();
    assert!(columns.len() > 15, "{columns:?}");
    let mut uncovered = Vec::new();
    for (table, column) in &columns {
        let value = if column.ends_with("telegram_id") { account.get() } else { one.get() };
        if count(&client, table, column, value).await == 0 {
            uncovered.push(format!("{table}.{column}"));
        }
    }
    // Of the two sides of a chat one person takes one.
    assert_eq!(uncovered, ["chats.second_person_id"], "fill these in this test, so that it sees them emptied");

    scene.commit(Batch { seats: vec![(one, None), (other, None)], ..Batch::default() }).await.unwrap();
    scene.lane(account, &[Change::Erase(one)]).await.unwrap();
    for (table, column) in &columns {
        let value = if column.ends_with("telegram_id") { account.get() } else { one.get() };
        assert_eq!(count(&client, table, column, value).await, 0, "{table}.{column}");
    }
    // What safety keeps knows the person no more.
    let kept = "SELECT (SELECT count(*) FROM sanctions), (SELECT count(*) FROM reports WHERE reporter_id IS NULL), \
                (SELECT count(*) FROM audit_log)";
    let row = client.query_one(kept, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2)), (1, 1, 1));
    assert_eq!(count(&client, "people", "id", other.get()).await, 1, "the partner stays");
    // What bookkeeping keeps: payments, refunds that happened, movements of coins and the account they reached.
    let kept = "SELECT (SELECT count(*) FROM payments), (SELECT count(*) FROM refunds), (SELECT count(*) FROM coin_entries), \
                (SELECT count(*) FROM entitlement_grants)";
    let row = client.query_one(kept, &[]).await.unwrap();
    let counts: [i64; 4] = std::array::from_fn(|column| row.get(column));
    assert_eq!(counts, [2, 1, 1, 0]);
}

/// Rates, blocks, reports and relays, both ways, in chat 7.
async fn fill_chat(scene: &Scene, (account, one): (TelegramId, PersonId), (partner, other): (TelegramId, PersonId)) {
    let report = |reporter| NewReport {
        chat: ChatId::new(7),
        reporter,
        reason: ReportReason::Scam,
        message: Some(MessageId::new(4)),
        messages: vec![MessageId::new(4)],
        reported_at: timestamp(8),
    };
    for (account, by, about) in [(account, one, other), (partner, other, one)] {
        let changes = [
            Change::Rate { chat: ChatId::new(7), rater: by, rated: about, is_good: true, at: timestamp(8) },
            Change::Block { blocker: by, blocked: about, chat: ChatId::new(7), at: timestamp(8) },
            Change::Report(report(by)),
            Change::Dialog(Some(DialogRecord { version: 1, state: "x".to_owned() })),
            Change::SetLanguage(luvhive_core::person::UiLanguage::Hindi),
        ];
        scene.lane(account, &changes).await.unwrap();
    }
    let pairs = [(1, account, partner), (2, partner, account)].map(|(id, from, to)| {
        let (source, copy) = (MessageId::new(1), MessageId::new(2));
        let pair = MessagePair { chat: ChatId::new(7), from, source, to, copy };
        Settlement { outbox: OutboxId::new(id), pair: Some(pair) }
    });
    scene.journal.settle(&scene.lease, &pairs, timestamp(9)).await.unwrap();
}

/// A suspension of the person with this account.
async fn suspension(scene: &Scene, account: TelegramId) -> NewSanction {
    let pseudonym = scene.stores.people.get_visitor(account).await.unwrap().person.unwrap().pseudonym;
    NewSanction {
        pseudonym,
        kind: SanctionKind::Suspend,
        text: None,
        rule: None,
        until: timestamp(100),
        reason: "r".to_owned(),
        decided_by: "o".to_owned(),
        decided_at: timestamp(10),
    }
}

#[tokio::test]
async fn a_refusal_ends_after_24_months_and_the_18th_birthday() {
    let stores = Stores::postgres().await;
    let client = stores.database().client().await;
    let journal = PgJournal::new(&stores.database().database(), stores.database().pool().await, BOT, MAIN);
    // Refused on 1 November 2026: 17, 10, not known any more, and a member found to be a minor.
    let scene = Scene::new(stores).await;
    let born = [Day::from_ymd(2009, 5, 1), Day::from_ymd(2016, 5, 1), None, Day::from_ymd(2009, 5, 1)];
    for (number, born) in (1..).zip(born) {
        let code = support_code(&SubjectHash::new([u8::try_from(number).unwrap(); 32]));
        if number == 4 {
            scene.register(telegram(number)).await;
        }
        scene.lane(telegram(number), &[Change::RefuseMinor { at: timestamp(0), born, code }]).await.unwrap();
    }
    let refused = async || {
        let rows = client.query("SELECT telegram_id FROM visitors WHERE refused_at IS NOT NULL ORDER BY 1", &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect::<Vec<i64>>()
    };
    let years = |years: i64| timestamp(years * 365 * 86_400 + 2 * 86_400);
    for (now, left) in [(years(1), vec![1, 2, 3, 4]), (years(2), vec![2, 4]), (years(7), vec![2, 4]), (years(8), vec![4])] {
        journal.clean(now, Kept::default()).await.unwrap();
        assert_eq!(refused().await, left, "at {now}");
    }
}

/// What a minor's refusal rests on stays, and so does everything of a person who registered.
#[tokio::test]
async fn an_abandoned_registration_leaves_nothing_after_a_week() {
    const DAY: i64 = 24 * 3_600;
    let stores = Stores::postgres().await;
    let client = stores.database().client().await;
    let journal = PgJournal::new(&stores.database().database(), stores.database().pool().await, BOT, MAIN);
    let scene = Scene::new(stores).await;
    let consent = new_person(telegram(1), Gender::Woman).consent();
    let answered = || {
        let dialog = DialogRecord { version: 1, state: "born=1999-04-23".to_owned() };
        [Change::SetLanguage(UiLanguage::Hindi), Change::Consent(consent), Change::Dialog(Some(dialog))]
    };
    for number in 1..=3 {
        scene.lane(telegram(number), &answered()).await.unwrap();
    }
    scene.register(telegram(2)).await;
    let code = support_code(&SubjectHash::new([3; 32]));
    let refusal = Change::RefuseMinor { at: timestamp(0), born: Day::from_ymd(2012, 4, 23), code };
    scene.lane(telegram(3), &[refusal, Change::Dialog(None)]).await.unwrap();
    // The clock of the lanes stands within the first hour.
    let left = async |days: i64, kept: Kept| {
        journal.clean(timestamp(days * DAY), kept).await.unwrap();
        let mut left = Vec::new();
        for (table, number) in
            ["dialogs", "consents", "visitors"].into_iter().flat_map(|table| [(table, 1), (table, 2), (table, 3)])
        {
            if count(&client, table, "telegram_id", number).await > 0 {
                left.push(format!("{table} {number}"));
            }
        }
        left.join(", ")
    };
    let week = Kept::default();
    let today = "dialogs 1, dialogs 2, consents 1, consents 2, consents 3, visitors 1, visitors 2, visitors 3";
    assert_eq!(left(6, week).await, today);
    assert_eq!(left(8, Kept { registration: std::time::Duration::from_hours(24 * 30), ..Kept::default() }).await, today);
    assert_eq!(left(8, week).await, "consents 2, consents 3, visitors 2, visitors 3");
    assert_eq!(left(9 * 365, week).await, "consents 2, visitors 2", "a refusal ends with what it rests on");
}

/// The answer is under way when the clean-up begins, and commits while it waits.
#[tokio::test]
async fn who_answers_while_old_conversations_go_keeps_everything() {
    let stores = Stores::postgres().await;
    let client = stores.database().client().await;
    let other = stores.database().client().await;
    let journal = PgJournal::new(&stores.database().database(), stores.database().pool().await, BOT, MAIN);
    let scene = Scene::new(stores).await;
    let dialog = DialogRecord { version: 1, state: "born=1999-04-23".to_owned() };
    let consent = new_person(telegram(1), Gender::Woman).consent();
    let answered = [Change::SetLanguage(UiLanguage::Hindi), Change::Consent(consent), Change::Dialog(Some(dialog))];
    scene.lane(telegram(1), &answered).await.unwrap();
    other.batch_execute("BEGIN; UPDATE dialogs SET changed_at = '2100-01-01'").await.unwrap();
    let answer = async {
        let waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND pid IN \
             (SELECT pid FROM pg_stat_activity WHERE datname = current_database())";
        luvhive_tests::eventually("the clean-up waits for the answer", std::time::Duration::from_secs(10), async || {
            !client.query(waits, &[]).await.unwrap().is_empty()
        })
        .await;
        other.batch_execute("COMMIT").await.unwrap();
    };
    let (cleaned, ()) = tokio::join!(journal.clean(timestamp(30 * 86_400), Kept::default()), answer);
    assert_eq!(cleaned.unwrap().registrations, 0);
    for table in ["dialogs", "consents", "visitors"] {
        assert_eq!(count(&client, table, "telegram_id", 1).await, 1, "{table}");
    }
}

/// Buttons of the lost time name chats and people by numbers that must not come a second time.
#[tokio::test]
async fn a_database_that_was_brought_back_gives_no_number_twice() {
    let stores = Stores::postgres().await;
    let database = stores.database().database();
    let mut scene = Scene::new(stores).await;
    let before = scene.register(telegram(1)).await;
    restored::raise_numbers(&database).await.unwrap();
    let length = std::time::Duration::from_secs(3);
    scene.stores.pass(length).await;
    let lease = scene.journal.acquire("after", length).await.unwrap();
    assert!(lease.epoch.get() > scene.lease.epoch.get() + 1_000, "{lease:?}");
    scene.lease = lease;
    assert!(scene.register(telegram(2)).await.get() > before.get() + 1_000_000);
}

#[tokio::test]
async fn a_refused_minor_is_remembered_through_an_erasure() {
    let stores = Stores::postgres().await;
    let client = stores.database().client().await;
    let scene = Scene::new(stores).await;
    let person = scene.register(telegram(1)).await;
    let code = support_code(&SubjectHash::new([1; 32]));
    let changes =
        [Change::RefuseMinor { at: timestamp(3), born: Day::from_ymd(2012, 4, 23), code: code.clone() }, Change::Erase(person)];
    scene.lane(telegram(1), &changes).await.unwrap();
    let visitor = scene.stores.people.get_visitor(telegram(1)).await.unwrap();
    assert_eq!((visitor.refused_at, visitor.language, visitor.person), (Some(timestamp(3)), None, None));
    assert_eq!(visitor.support_code, Some(code));
    assert_eq!(count(&client, "people", "telegram_id", 1).await, 0);
}

/// The release before writes one row an erasure, and no other; a new one merges them, and finds the ban before that too.
#[tokio::test]
async fn a_thousand_erasures_bury_no_ban_and_become_one_row() {
    let stores = Stores::postgres().await;
    let client = stores.database().client().await;
    let scene = Scene::new(stores).await;
    let hash = SubjectHash::new([7; 32]);
    let insert = "INSERT INTO former_people (bot_id, pseudonym, subject_hash, suspended_until) \
                  SELECT $1, 'former' || n, $2, CASE WHEN n = 500 THEN 'infinity'::timestamptz END FROM generate_series(1, 1001) AS n";
    client.execute(insert, &[&BOT.get(), &hash.as_bytes()]).await.unwrap();
    let banned = Some(Former { suspended_until: Some(Timestamp::MAX), is_under_older_key: false });
    let read = async || scene.stores.people.find_former(&hash.into()).await.unwrap();
    assert_eq!(read().await, banned);
    scene.lane(telegram(1), &[Change::Recall(hash.into())]).await.unwrap();
    let rows = "SELECT count(*) FROM former_accounts WHERE suspended_until = 'infinity'";
    assert_eq!(client.query_one(rows, &[]).await.unwrap().get::<_, i64>(0), 1);
    assert_eq!(read().await, banned);
    // Any of the names leads to all of it.
    let lift = NewSanction {
        pseudonym: Pseudonym::new("aaaaaaaaaa").unwrap(),
        kind: SanctionKind::Lift,
        text: None,
        rule: None,
        until: timestamp(100),
        reason: "r".to_owned(),
        decided_by: "o".to_owned(),
        decided_at: timestamp(10),
    };
    client.batch_execute("UPDATE former_people SET pseudonym = 'aaaaaaaaaa' WHERE pseudonym = 'former7'").await.unwrap();
    assert_eq!(scene.stores.conduct.insert_sanction(BOT, lift).await.unwrap(), SanctionOutcome::Stored);
    assert_eq!(read().await, Some(Former::default()));
}

/// What the migration does with rows that were there before it.
#[tokio::test]
async fn erasures_of_before_become_one_row_an_account() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let step = |file: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/2026-11-30-110000_create_former_accounts/");
        std::fs::read_to_string(format!("{folder}{file}")).unwrap()
    };
    client.batch_execute(&step("down.sql")).await.unwrap();
    let before = "INSERT INTO former_people (bot_id, pseudonym, subject_hash, suspended_until) VALUES \
                  (1, 'a', sha256('x'), NULL), (1, 'b', sha256('x'), '2030-01-01'), (1, 'c', sha256('x'), '2029-01-01'), \
                  (1, 'd', sha256('y'), NULL), (2, 'a', sha256('x'), 'infinity')";
    client.batch_execute(before).await.unwrap();
    client.batch_execute(&step("up.sql")).await.unwrap();
    let sql = "SELECT bot_id, subject_hash = sha256('x'), coalesce(extract(year FROM suspended_until)::text, '-') \
               FROM former_accounts ORDER BY 1, 2";
    let rows = client.query(sql, &[]).await.unwrap();
    let rows: Vec<(i64, bool, String)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let expected = [(1, false, "-"), (1, true, "2030"), (2, true, "Infinity")];
    assert_eq!(rows, expected.map(|(bot, is_x, until)| (bot, is_x, until.to_owned())));
    assert_eq!(count(&client, "former_people", "bot_id", 1).await, 4, "every pseudonym is still found");
}
