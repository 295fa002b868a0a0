//! Payments and kills: at any moment the bot may die; what was paid is given once, and the payer hears of it.

use luvhive_sandbox::{Button, CheckoutState, Fault, FaultAction, PersonId, SeenMessage};
use luvhive_storage::local::{ClusterSettings, LocalCluster};

use super::kit::{Folder, PATIENCE, Running, fails, finish};
use super::life::{Telegram, ask};

const PAID: &str = "SELECT count(*) FROM payments";

/// Somebody with Stars and an invoice for a week in the chat.
fn invoiced(telegram: &Telegram) -> PersonId {
    let person = telegram.register("Asha", luvhive_core::person::Gender::Woman).person();
    telegram.sandbox.give_stars(person, 1_000).unwrap();
    telegram.sandbox.send_text(person, "/premium", None).unwrap();
    let buys = |message: &SeenMessage| {
        message.buttons.iter().flatten().filter_map(|button| button.data.clone()).find(|data| data.ends_with("v:buy:week"))
    };
    telegram.runtime.block_on(async {
        let offer = telegram.sandbox.wait_for(person, 0, PATIENCE, |message| buys(message).is_some()).await.unwrap();
        telegram.sandbox.press(person, offer.id, Button::Data(buys(&offer).unwrap())).unwrap();
        telegram.sandbox.wait_for(person, 0, PATIENCE, |message| message.invoice.is_some()).await.unwrap();
    });
    person
}

fn pay(telegram: &Telegram, person: PersonId) -> CheckoutState {
    let checkout = telegram.sandbox.pay_latest(person).unwrap();
    telegram.runtime.block_on(telegram.sandbox.wait_for_checkout(&checkout, PATIENCE)).unwrap()
}

fn is_thanks(message: &SeenMessage) -> bool {
    message.text.contains("Thank you")
}

fn thanked(telegram: &Telegram, person: PersonId) {
    telegram.runtime.block_on(telegram.sandbox.wait_for(person, 0, PATIENCE, is_thanks)).unwrap();
}

#[test]
fn a_kill_between_pre_checkout_and_payment_loses_nothing() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let person = invoiced(&telegram);
    telegram.sandbox.add_fault(Fault::new(FaultAction::HoldPayments).times(1));
    assert_eq!(pay(&telegram, person), CheckoutState::Held);
    bot.kill();
    assert_eq!(telegram.sandbox.release_payments(), 1);
    let bot = telegram.run(&folder, &["run"]);
    thanked(&telegram, person);
    assert_eq!(ask(&telegram, &folder, PAID), 1);
    assert_eq!(bot.stop(), Some(0));
}

/// Pays while nothing can be booked, and kills the bot once its booking waits: nothing was granted.
fn kill_before_grant(telegram: &Telegram, folder: &Folder, bot: Running, person: PersonId) {
    let cluster = LocalCluster::start(&ClusterSettings::durable(folder.path().join("postgres")), &|_| {}).unwrap();
    telegram.runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url("luvhive"), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("BEGIN; LOCK TABLE payments IN EXCLUSIVE MODE").await.unwrap();
        let checkout = telegram.sandbox.pay_latest(person).unwrap();
        let paid = telegram.sandbox.wait_for_checkout(&checkout, PATIENCE).await.unwrap();
        assert!(matches!(paid, CheckoutState::Paid { .. }), "{paid:?}");
        let waits = "SELECT count(*) FROM pg_locks WHERE relation = 'payments'::regclass AND NOT granted";
        while client.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::task::yield_now().await;
        }
        bot.kill();
        assert_eq!(client.query_one(PAID, &[]).await.unwrap().get::<_, i64>(0), 0, "not granted yet");
        client.batch_execute("ROLLBACK").await.unwrap();
    });
}

#[test]
fn kills_between_payment_grant_and_notice_give_once_and_tell() {
    for is_granted in [false, true] {
        let telegram = Telegram::start();
        let folder = Folder::new();
        let bot = telegram.run(&folder, &["run"]);
        let person = invoiced(&telegram);
        telegram.sandbox.add_fault(Fault::new(FaultAction::DuplicatePayments).times(1));
        if is_granted {
            // The notice cannot leave: the kill comes between the grant and it.
            telegram.sandbox.add_fault(Fault::new(FaultAction::BadGateway).method("sendMessage").times(50));
            assert!(matches!(pay(&telegram, person), CheckoutState::Paid { .. }));
            while ask(&telegram, &folder, PAID) == 0 {
                std::thread::yield_now();
            }
            bot.kill();
        } else {
            kill_before_grant(&telegram, &folder, bot, person);
        }
        telegram.sandbox.clear_faults();
        let bot = telegram.run(&folder, &["run"]);
        thanked(&telegram, person);
        assert_eq!(ask(&telegram, &folder, PAID), 1, "granted once");
        assert_eq!(ask(&telegram, &folder, "SELECT coalesce(sum(days), 0)::bigint FROM payments"), 7);
        assert_eq!(bot.stop(), Some(0));
        assert_eq!(ask(&telegram, &folder, PAID), 1);
    }
}

/// Runs a sub-command beside the bot and returns what it prints.
#[track_caller]
fn prints(telegram: &Telegram, folder: &Folder, arguments: &[&str]) -> String {
    let output = finish(&mut telegram.command(folder, arguments));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn operators_read_give_and_give_back_beside_the_running_bot() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let person = invoiced(&telegram);
    let had = telegram.sandbox.stars(person);
    assert!(matches!(pay(&telegram, person), CheckoutState::Paid { .. }));
    thanked(&telegram, person);
    telegram.sandbox.send_text(person, "/paysupport", None).unwrap();
    let number = "Your number with us: ";
    let wait = |text: &'static str| {
        telegram.runtime.block_on(telegram.sandbox.wait_for(person, 0, PATIENCE, |message| message.text.contains(text))).unwrap()
    };
    let support = wait(number).text;
    let name = support.split(number).nth(1).unwrap().trim().to_owned();
    let charge = telegram.sandbox.payments(person)[0].charge.clone();

    let said = prints(&telegram, &folder, &["grant", &name, "--days", "3", "--yes"]);
    assert!(said.starts_with("stored: premium until "), "{said}");
    wait("gave you 3 days");
    let text = prints(&telegram, &folder, &["ledger", "--person", &name]);
    let line = |row: &str, what: &str| text.lines().any(|line| line.contains(row) && line.contains(what));
    assert!(line(" paid ", &charge) && line(" grant ", "operator"), "{text}");
    let one = prints(&telegram, &folder, &["ledger", "--charge", &charge]);
    assert!(one.contains(&format!("paid by {name}")) && one.contains("not refunded"), "{one}");
    fails(&mut telegram.command(&folder, &["ledger", "--charge", "unheard-of"]), 64, &["is no charge"]);

    let said = prints(&telegram, &folder, &["refund", &charge, "--yes"]);
    assert!(said.starts_with("asked for"), "{said}");
    wait("yours again");
    assert_eq!(telegram.sandbox.stars(person), had);
    let json = prints(&telegram, &folder, &["ledger", "--person", &name, "--json"]);
    let ledger: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows: Vec<_> = ledger["rows"].as_array().unwrap().iter().map(|row| row["row"].as_str().unwrap()).collect();
    assert_eq!(rows.len(), 3, "{json}");
    assert!(["payment", "grant", "refund"].iter().all(|row| rows.contains(row)), "{json}");
    let one = prints(&telegram, &folder, &["ledger", "--charge", &charge, "--json"]);
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!((one["payer"].as_str(), one["refunded_at"].is_string()), (Some(name.as_str()), true), "{one}");
    fails(&mut telegram.command(&folder, &["refund", &charge, "--yes"]), 64, &["refunded already"]);
    for (action, count) in [("grant", 1), ("refund", 1), ("read_ledger", 2), ("read_charge", 2)] {
        assert_eq!(
            ask(&telegram, &folder, &format!("SELECT count(*) FROM audit_log WHERE action = '{action}'")),
            count,
            "{action}"
        );
    }
    assert_eq!(bot.stop(), Some(0));
}
