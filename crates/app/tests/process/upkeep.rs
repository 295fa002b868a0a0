//! Made-up people, copies and the way in, and what stops a start on a database that is not ready.

use luvhive_storage::local::{ClusterSettings, LocalCluster};

use super::kit::{Folder, fails, finish};

fn token() -> String {
    format!("{}:{}", 4_242_424, "c".repeat(35))
}

/// Runs a sub-command that must work, and returns what it said.
#[track_caller]
fn said(folder: &Folder, arguments: &[&str]) -> String {
    let output = finish(folder.luvhive(arguments).env("BOT_TOKEN", token()));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Runs a query that gives one number on the private database of a folder, or on another of its cluster.
fn ask(folder: &Folder, name: &str, query: &str) -> i64 {
    let cluster = cluster(folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url(name), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_one(query, &[]).await.unwrap().get(0)
    })
}

fn execute(cluster: &LocalCluster, name: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url(name), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(statement).await.unwrap();
    });
}

fn cluster(folder: &Folder) -> LocalCluster {
    LocalCluster::start(&ClusterSettings::durable(folder.path().join("postgres")), &|_| {}).unwrap()
}

/// Makes an empty database beside the private one and returns its address.
fn empty_database(cluster: &LocalCluster) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(cluster.ensure_database("another")).unwrap();
    cluster.url("another")
}

const TABLES: &str = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
const EVERYBODY: &str = "SELECT count(*) + sum(hashtext(p::text)::bigint)::bigint FROM people p";

#[test]
fn a_copy_moves_a_seeded_database_to_another_server_and_to_database_url() {
    let (from, to) = (Folder::new(), Folder::new());
    let text = said(&from, &["seed", "--people", "500"]);
    assert!(text.contains("500 people, 1500 rows in"), "{text}");
    said(&from, &["seed", "--people", "100"]);
    assert_eq!(ask(&from, "luvhive", "SELECT count(*) FROM people"), 600);
    let everybody = ask(&from, "luvhive", EVERYBODY);
    let copy = from.path().join("copy");
    let copy = copy.to_str().unwrap();
    assert!(said(&from, &["db", "backup", copy]).contains("luvhive.dump"));
    fails(&mut from.luvhive(&["db", "backup", copy]), 64, &["luvhive.dump is there already"]);
    fails(&mut from.luvhive(&["db", "restore", copy]), 78, &["the database is not empty"]);
    said(&to, &["db", "restore", copy]);
    let next = "SELECT last_value FROM pg_sequences WHERE sequencename = 'people_id_seq'";
    assert!(ask(&to, "luvhive", next) > 1_000_000, "numbers of the time since the copy come a second time");
    assert_eq!(ask(&to, "luvhive", EVERYBODY), everybody, "other people came back than went");
    let cluster = cluster(&to);
    let url = empty_database(&cluster);
    // A command that only looks changes nothing, and what an older program left behind is no table of anybody's.
    finish(to.luvhive(&["doctor", "--sandbox"]).env("DATABASE_URL", &url));
    assert_eq!(ask(&to, "another", TABLES), 0, "doctor made a table");
    let left =
        "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now())";
    execute(&cluster, "another", left);
    let output = finish(to.luvhive(&["db", "restore", copy]).env("DATABASE_URL", &url));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(ask(&to, "another", EVERYBODY), everybody);
    let output = finish(&mut to.luvhive(&["db", "url"]));
    let url = String::from_utf8(output.stdout).unwrap();
    assert!(url.starts_with("postgres://luvhive@") && url.lines().count() == 1, "the address has standard output alone: {url}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("keep luvhive running"));
}

/// Stands in for an older program: it says its version, and that it was asked for more.
const OLD_DUMP: &str = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 13.22' || exit 3\n";

#[test]
fn a_copy_needs_the_client_programs_alone_and_refuses_older_ones_in_words() {
    let folder = Folder::new();
    let cluster = cluster(&folder);
    let (url, server) = (empty_database(&cluster), cluster.binaries().major());
    let tools = folder.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    let put = |name: &str, write: &dyn Fn(&std::path::Path)| {
        let path = tools.join(name);
        let _ = std::fs::remove_file(&path);
        write(&path);
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    };
    let with_tools = |arguments: &[&str]| {
        let mut command = folder.luvhive(arguments);
        command.env("DATABASE_URL", &url).env("LUVHIVE_PG_BIN", &tools).env("BOT_TOKEN", token());
        command
    };
    let copy = folder.path().join("copy");
    let copy = copy.to_str().unwrap();
    for name in ["pg_dump", "pg_restore"] {
        put(name, &|path| std::fs::write(path, OLD_DUMP).unwrap());
    }
    let newer = format!("PostgreSQL {server}");
    let package = format!("postgresql-client-{server}");
    fails(&mut with_tools(&["db", "backup", copy]), 69, &["pg_dump is version 13.22", &newer, &package, "LUVHIVE_PG_BIN"]);
    let doctor = finish(&mut with_tools(&["doctor", "--sandbox"]));
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        said.lines().any(|line| line.starts_with("warn") && line.contains("backup_programs") && line.contains("13.22")),
        "{said}"
    );
    // The server's programs are nowhere in this folder.
    for name in ["pg_dump", "pg_restore"] {
        put(name, &|path| assert!(std::fs::copy(cluster.binaries().dir().join(name), path).unwrap() > 0));
    }
    let output = finish(&mut with_tools(&["db", "backup", copy]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn made_up_people_stay_away_from_real_ones() {
    let folder = Folder::new();
    said(&folder, &["seed", "--people", "10"]);
    let real = "WITH moved AS (UPDATE people SET telegram_id = 5 WHERE id = (SELECT min(id) FROM people) RETURNING 1) \
                SELECT count(*) FROM moved";
    assert_eq!(ask(&folder, "luvhive", real), 1);
    let seed = ["seed", "--people", "10"];
    fails(folder.luvhive(&seed).env("BOT_TOKEN", token()), 64, &["1 real people", "--among-real-people"]);
    said(&folder, &["seed", "--people", "10", "--among-real-people"]);
}

#[test]
fn people_are_made_up_for_a_sandbox_that_has_never_run() {
    let folder = Folder::new();
    for count in [10, 20] {
        let output = finish(&mut folder.luvhive(&["seed", "--people", "10"]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(ask(&folder, "luvhive", "SELECT count(*) FROM people"), count);
    }
    let bot: i64 = std::fs::read_to_string(folder.path().join("sandbox.bot")).unwrap().parse().unwrap();
    assert_eq!(ask(&folder, "luvhive", &format!("SELECT count(*) FROM people WHERE bot_id = {bot}")), 20);
    assert!(folder.path().join("sandbox").is_dir(), "the sandbox that starts next has this bot");
}

#[test]
fn a_start_on_a_database_that_is_not_ready_says_why() {
    let folder = Folder::new();
    let cluster = cluster(&folder);
    let url = empty_database(&cluster);
    let pending = ["migrations are pending in the database of DATABASE_URL", "luvhive migrate", "--migrate"];
    fails(folder.luvhive(&["run", "--sandbox"]).env("DATABASE_URL", &url), 78, &pending);
    fails(folder.luvhive(&["reports"]).env("BOT_TOKEN", token()).env("DATABASE_URL", &url), 78, &pending);
    let output = finish(folder.luvhive(&["migrate"]).env("DATABASE_URL", &url));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bad = "postgres://someone:hunter2@127.0.0.1:port/luvhive";
    fails(folder.luvhive(&["run", "--sandbox"]).env("DATABASE_URL", bad), 78, &["DATABASE_URL", "postgres://user:password@host"]);
    let mut command = folder.luvhive(&["run"]);
    command.env("RUN_MODE", "webhook").env("EXTERNAL_URL", "http://127.0.0.1:1/hook").env("BOT_TOKEN", token());
    fails(&mut command, 78, &["webhook.external_url (from EXTERNAL_URL)", "https://"]);
}

#[test]
fn doctor_writes_settings_for_a_server() {
    let folder = Folder::new();
    for version in ["15", "16", "17", "18"] {
        let text = said(&folder, &["doctor", "--pg-config", "--ram", "4G", "--pg-version", version]);
        assert!(text.contains("\nshared_buffers = 1024MB\n") && text.contains("\nmax_connections = 60\n"), "{text}");
        assert_eq!(text.contains("\ntransaction_timeout = "), matches!(version, "17" | "18"), "{text}");
    }
    let mut command = folder.luvhive(&["doctor", "--pg-config", "--ram", "4G", "--pg-version", "12"]);
    fails(&mut command, 64, &["--pg-version takes 15 to 18"]);
}
