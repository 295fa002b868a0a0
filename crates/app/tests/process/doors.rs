//! Each way in which a named server lets a bot in or does not: certificates as with psql, passwords, accounts, poolers. What
//! fails says which it was, and the way out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use luvhive_storage::{Database, DatabaseError, Obstacle};
use tokio::runtime::Runtime;

use super::bad_input::token;
use super::kit::{Folder, Running, data_key, fails, finish, require, tool};
use super::life::Telegram;
use super::server::{Pooler, Server};

const CONFIGURATION: i32 = 78;

/// Where this file's server listens: port 5432 of an address that nobody else takes.
const HOST: &str = "127.77.18.2";

/// Makes a certificate with its key, as `openssl req -x509` does, and has the server show it.
struct Certificates<'a> {
    openssl: &'a Path,
    folder: PathBuf,
    server: &'a Server,
}

impl Certificates<'_> {
    fn make(&self, name: &str, more: &[&str]) -> PathBuf {
        let (certificate, key) = (self.folder.join(format!("{name}.crt")), self.folder.join(format!("{name}.key")));
        let mut command = Command::new(self.openssl);
        command.args(["req", "-new", "-x509", "-days", "365", "-nodes", "-text", "-out"]).arg(&certificate);
        let status = command.arg("-keyout").arg(&key).args(more).stderr(Stdio::null()).status().unwrap();
        assert!(status.success());
        self.server.hand_over(&key);
        certificate
    }

    async fn show(&self, name: &str) {
        let file = |kind: &str| self.folder.join(format!("{name}.{kind}")).display().to_string();
        let certificate = format!("ALTER SYSTEM SET ssl_cert_file = '{}'", file("crt"));
        let key = format!("ALTER SYSTEM SET ssl_key_file = '{}'", file("key"));
        self.server.execute(&[&certificate, &key, "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"]).await;
    }
}

/// Makes the server listen, to accounts with and without a password.
async fn open(server: &Server) {
    let rules = server.dir.join("data/pg_hba.conf");
    let text = fs::read_to_string(&rules).unwrap();
    let ours = "hostssl all locked 127.0.0.0/8 scram-sha-256\nhostssl all luvhive 127.0.0.0/8 trust\n";
    fs::write(&rules, format!("{ours}{text}")).unwrap();
    let listen = format!("ALTER SYSTEM SET listen_addresses = '{HOST}'");
    let locked = "CREATE ROLE locked LOGIN PASSWORD 'right'";
    server.execute(&[locked, &listen]).await;
    server.restart().await;
}

/// Connects as psql does and as we do, and compares.
#[track_caller]
fn as_psql_does(runtime: &Runtime, server: &Server, query: &str, is_let_in: bool) {
    let url = format!("postgres://luvhive@{HOST}/shared?{query}");
    let mut psql = server.cluster.binaries().command("psql");
    let psql = psql.arg(&url).args(["-c", "SELECT 1"]).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(psql.success(), is_let_in, "psql with {query:?}");
    let ours = runtime.block_on(async { Database::parse(&url, None)?.reach().await });
    match ours {
        Ok(()) => assert!(is_let_in, "let in with {query:?}"),
        Err(DatabaseError::Refused { obstacle: Obstacle::Certificate, .. }) if !is_let_in => {}
        // psql wants a file of its own, where we ask the system.
        Err(error) => panic!("{query:?}: {error:?}"),
    }
}

#[test]
fn certificates_pass_as_with_psql_and_each_closed_door_is_named() {
    let Some(openssl) = require("openssl", tool("openssl")) else { return };
    let runtime = Runtime::new().unwrap();
    let home = Folder::new();
    let server = Server::start(&runtime, home.path().join("named"));
    let made = Certificates { openssl: &openssl, folder: home.path().to_owned(), server: &server };
    // The manual's own recipe, a certificate authority of one; and what Debian makes for its machines.
    let of_manual = made.make("manual", &["-subj", &format!("/CN={HOST}")]);
    let debians = ["-subj", "/CN=debian", "-addext", "subjectAltName=DNS:debian", "-addext", "basicConstraints=CA:FALSE"];
    let of_debian = made.make("snakeoil", &debians);
    runtime.block_on(async {
        made.show("manual").await;
        open(&server).await;
    });
    let (manual, debian) = (of_manual.display(), of_debian.display());
    let compare = |query: &str, is_let_in: bool| as_psql_does(&runtime, &server, query, is_let_in);
    compare("", true);
    compare("sslmode=require", true);
    compare("sslmode=verify-full", false);
    for mode in ["require", "verify-ca", "verify-full"] {
        compare(&format!("sslmode={mode}&sslrootcert={manual}"), true);
        compare(&format!("sslmode={mode}&sslrootcert={debian}"), false);
    }
    runtime.block_on(made.show("snakeoil"));
    compare("sslmode=require", true);
    compare(&format!("sslmode=verify-ca&sslrootcert={debian}"), true);
    compare(&format!("sslmode=verify-full&sslrootcert={debian}"), false);

    let away = format!("postgres://luvhive:hunter2@{HOST}:1/shared");
    let table = [
        (away, ["does not answer", "check the address", "postgres://user:password@host"]),
        (at("luvhive", "shared?sslmode=verify-full"), ["certificate that does not pass", "nobody who is trusted", "sslrootcert"]),
        (at("locked:hunter2", "shared"), ["does not take the password", "locked", "%40 stands for @"]),
        (at("locked", "shared"), ["does not take the password", "the address has none", "postgres://user:password@host"]),
        (at("nobody:hunter2", "shared"), ["does not let the account in", "nobody", "pg_hba.conf"]),
        (at("luvhive", "nowhere"), ["no such database", "nowhere", "CREATE DATABASE"]),
    ];
    for (url, words) in table {
        closed(&home, &url, &words);
    }
    let Some(pgbouncer) = require("pgbouncer", tool("pgbouncer")) else { return };
    let pooler = Pooler::start(&pgbouncer, &server, "transaction");
    closed(&home, &pooler.url, &["PgBouncer", "one transaction", "direct address", "pool_mode = session"]);
    closed(&home, &format!("{}?sslmode=require", pooler.url), &["TLS", "does not support TLS", "disable goes without"]);
    let options = format!("{}?options=-c%20jit%3Doff", pooler.url);
    closed(&home, &options, &["PgBouncer", "unsupported startup parameter", "direct address"]);
    let statement = Pooler::start(&pgbouncer, &server, "statement");
    closed(&home, &statement.url, &["PgBouncer", "direct address", "pool_mode = session"]);
    let output = finish(home.luvhive(&["doctor"]).env("DATABASE_URL", &pooler.url));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.lines().any(|line| line.starts_with("fail     database") && line.contains("direct address")), "{said}");
}

/// An address of the server's.
fn at(login: &str, rest: &str) -> String {
    format!("postgres://{login}@{HOST}/{rest}")
}

/// Starts a bot that must not get in, and looks at what it says: in words, without the password.
#[track_caller]
fn closed(home: &Folder, url: &str, words: &[&str]) {
    let mut command = home.luvhive(&["run"]);
    fails(command.env("BOT_TOKEN", token()).env("DATABASE_URL", url), CONFIGURATION, words);
    let said = String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned();
    for unwanted in ["hunter2", "Error(", "Error {", "Some("] {
        assert!(!said.contains(unwanted), "{unwanted} in: {said}");
    }
}

#[test]
fn a_bot_works_through_a_pooler_of_sessions() {
    let Some(pgbouncer) = require("pgbouncer", tool("pgbouncer")) else { return };
    let telegram = Telegram::start();
    let home = Folder::new();
    let server = Server::start(&telegram.runtime, home.path().join("named"));
    let pooler = Pooler::start(&pgbouncer, &server, "session");
    let mut command = telegram.command(&home, &["run", "--migrate"]);
    command.env("DATABASE_URL", &pooler.url).env("LUVHIVE_DATA_KEY", data_key());
    let bot = Running::start(&mut command);
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "through the pooler");
    // A killed bot's sessions end with it there too, so its lease is free at once.
    bot.kill();
    let bot = Running::start(&mut command);
    telegram.say(ravi, asha, "and again");
    assert_eq!(bot.stop(), Some(0));
}
