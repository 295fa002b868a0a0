//! Bad input: one clear message with the remedy, the right exit code, nothing half-written.

use std::net::TcpListener;

use luvhive_sandbox::{Sandbox, SandboxSettings};
use luvhive_storage::local::{ClusterSettings, LocalCluster};

use super::kit::{Folder, Running, fails, finish};

const CONFIGURATION: i32 = 78;
const UNAVAILABLE: i32 = 69;

/// A token of the right form that no bot has; built here so that it stands in no file.
pub(crate) fn token() -> String {
    format!("{}:{}", 4_242_424, "b".repeat(35))
}

#[test]
fn an_unknown_key_is_refused() {
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    fails(
        command.env("LUVHIVE__SANDBOX__PROT", "1"),
        CONFIGURATION,
        &["sandbox.prot", "no such setting", "did you mean sandbox.port?"],
    );
    assert!(!folder.path().join("luvhive.lock").exists(), "nothing may be written before the settings are right");
}

#[test]
fn a_token_of_the_wrong_form_is_refused_unseen() {
    let folder = Folder::new();
    let mut command = folder.luvhive(&[]);
    command.env("BOT_TOKEN", "123:hunter2");
    let output = finish(&mut command);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hunter2"));
    fails(&mut command, CONFIGURATION, &["telegram.token (from BOT_TOKEN)", "@BotFather"]);
}

#[test]
fn a_token_refused_by_telegram_is_told() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let telegram = runtime.block_on(Sandbox::start(SandboxSettings::default())).unwrap();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("BOT_TOKEN", token()).env("LUVHIVE__TELEGRAM__API_URL", telegram.base_url());
    command.env("LUVHIVE__TELEGRAM__TOKEN_REFUSED_AFTER_S", "1");
    fails(&mut command, CONFIGURATION, &["token is refused by Telegram", "BOT_TOKEN"]);
    assert!(!folder.path().join("postgres").exists(), "no database is made for a bot that cannot run");
}

#[test]
fn telegram_out_of_reach_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("BOT_TOKEN", token()).env("LUVHIVE__TELEGRAM__API_URL", format!("http://127.0.0.1:{port}"));
    fails(&mut command, UNAVAILABLE, &["Telegram cannot be reached"]);
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    fails(
        command.env("LUVHIVE__SANDBOX__PORT", &port),
        UNAVAILABLE,
        &[&format!("port {port} on 127.0.0.1 is taken"), "LUVHIVE__SANDBOX__PORT"],
    );
    assert!(!folder.path().join("postgres").exists(), "no database is made for a sandbox that cannot run");
}

#[test]
fn no_postgresql_is_told_with_the_ways_out() {
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("LUVHIVE_PG_BIN", "/nonexistent");
    fails(&mut command, UNAVAILABLE, &["LUVHIVE_PG_BIN", "PostgreSQL"]);
    assert!(!folder.path().join("postgres/data").exists());
}

#[test]
fn an_unreachable_database_is_told_without_its_password() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run", "--sandbox"]);
    command.env("DATABASE_URL", format!("postgres://someone:hunter2@127.0.0.1:{port}/luvhive"));
    assert!(!String::from_utf8_lossy(&finish(&mut command).stderr).contains("hunter2"));
    fails(
        &mut command,
        CONFIGURATION,
        &[
            "the database of DATABASE_URL does not answer",
            "postgres://user:password@host/name",
            "that its server runs",
            "database cannot be reached",
        ],
    );
}

#[test]
fn a_real_database_without_a_token_is_refused() {
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("DATABASE_URL", "postgres://someone@127.0.0.1/luvhive");
    fails(&mut command, CONFIGURATION, &["DATABASE_URL is set but BOT_TOKEN is not", "--sandbox"]);
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("data");
    let mut command = folder.luvhive(&["run"]);
    command.env("LUVHIVE_DATA_DIR", &below);
    fails(&mut command, CONFIGURATION, &[below.to_str().unwrap(), "LUVHIVE_DATA_DIR"]);
}

#[test]
fn a_webhook_without_https_is_refused() {
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("RUN_MODE", "webhook").env("EXTERNAL_URL", "http://example.org/hook");
    fails(&mut command, CONFIGURATION, &["webhook.external_url (from EXTERNAL_URL)", "https://"]);
}

#[test]
fn a_webhook_address_that_is_taken_is_named_before_any_database_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("RUN_MODE", "webhook").env("EXTERNAL_URL", format!("http://{address}/hook"));
    fails(command.env("LUVHIVE__WEBHOOK__LISTEN", &address), UNAVAILABLE, &[&address, "LUVHIVE__WEBHOOK__LISTEN"]);
    assert!(!folder.path().join("postgres").exists(), "no database is made for a bot that cannot listen");
}

#[test]
fn a_second_start_learns_who_is_first() {
    let folder = Folder::new();
    let first = Running::start(&mut folder.luvhive(&["run"]));
    let pid = first.pid().to_string();
    fails(&mut folder.luvhive(&["run"]), UNAVAILABLE, &[&format!("in use by process {pid}"), "--standby"]);
    assert_eq!(first.stop(), Some(0));
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    assert!(finish(&mut folder.luvhive(&["migrate"])).status.success());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cluster = LocalCluster::start(&ClusterSettings::durable(folder.path().join("postgres")), &|_| {}).unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url("luvhive"), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let newer = "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('29991231000000', now())";
        client.batch_execute(newer).await.unwrap();
    });
    for arguments in [&["run"][..], &["migrate"]] {
        fails(&mut folder.luvhive(arguments), CONFIGURATION, &["newer", "29991231000000"]);
    }
}

#[test]
fn check_config_hides_secrets_and_reports_all_faults() {
    let folder = Folder::new();
    let token = token();
    let mut command = folder.luvhive(&["check-config"]);
    command.env("BOT_TOKEN", &token).env("DATABASE_URL", "postgres://someone:hunter2@host/luvhive");
    let output = finish(&mut command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("telegram.token = \"***\"") && !text.contains(&token) && !text.contains("hunter2"), "{text}");
    let mut command = folder.luvhive(&["check-config"]);
    command.env("BOT_TOKEN", &token).env("DATABASE_URL", "postgres://someone:hunter2@host:port/luvhive");
    fails(&mut command, CONFIGURATION, &["DATABASE_URL", "postgres://user:password@host"]);
    let mut command = folder.luvhive(&["check-config"]);
    command.env("BOT_TOKEN", "nonsense").env("LUVHIVE__LOG__FORMAT", "xml");
    fails(&mut command, CONFIGURATION, &["in 2 places", "telegram.token", "log.format"]);
}
