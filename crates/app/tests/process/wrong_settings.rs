//! Each kind of wrong configuration stops the start with one message that names the key, the value's form and the remedy;
//! only a database that is merely late is waited for, and only as long as the settings say.

use std::io::{BufRead as _, BufReader};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use luvhive_storage::local::{ClusterSettings, LocalCluster};
use tokio::time::Instant;

use super::bad_input::token;
use super::kit::{Folder, PATIENCE, fails, free_port};

const CONFIGURATION: i32 = 78;

/// A server with an empty database `bare`, and its address.
fn bare(folder: &Folder) -> (LocalCluster, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cluster = LocalCluster::start(&ClusterSettings::throwaway(folder.path().join("server")), &|_| {}).unwrap();
    runtime.block_on(cluster.ensure_database("bare")).unwrap();
    let url = cluster.url("bare");
    (cluster, url)
}

/// What is set, and the key, the form and the remedy that the message has to name.
type Case<'a> = (&'a [(&'a str, &'a str)], [&'a str; 3]);

#[test]
fn each_wrong_setting_is_told_once_with_key_form_and_remedy() {
    let folder = Folder::new();
    let (_server, pending) = bare(&folder);
    let away = format!("postgres://someone:hunter2@127.0.0.1:{}/luvhive", free_port());
    let (token, form) = (token(), "postgres://user:password@host");
    let hook = ("RUN_MODE", "webhook");
    let table: [Case<'_>; 9] = [
        (
            &[("LUVHIVE__DATABASE__MAX_CONNECTION", "8")],
            ["database.max_connection", "check-config", "did you mean database.max_connections?"],
        ),
        (&[("DATABASE_URL", "mysql://someone:hunter2@host/x")], ["database.url (from DATABASE_URL)", form, "expected"]),
        (&[("DATABASE_URL", "postgres://someone:hunter2@host:port/x")], ["DATABASE_URL", form, "use postgres://"]),
        (&[("BOT_TOKEN", "123:hunter2")], ["telegram.token (from BOT_TOKEN)", "digits, a colon, 35 letters", "@BotFather"]),
        (&[("DATABASE_URL", &away)], ["DATABASE_URL", form, "check the address"]),
        (&[("DATABASE_URL", &pending)], ["DATABASE_URL", form, "run `luvhive migrate`, or start with --migrate"]),
        (
            &[hook, ("EXTERNAL_URL", "http://example.org/hook")],
            ["webhook.external_url (from EXTERNAL_URL)", "https://host[:443|80|88|8443][/path]", "expected"],
        ),
        (&[hook], ["webhook.external_url", "https://host[:443|80|88|8443][/path]", "expected"]),
        (&[("DATABASE_URL", &away), ("BOT_TOKEN", "")], ["BOT_TOKEN", "digits, a colon, 35 characters", "set BOT_TOKEN"]),
    ];
    for (variables, expected) in table {
        let mut command = folder.luvhive(&["run"]);
        // Telegram is not asked: nobody listens there.
        command.env("BOT_TOKEN", &token).env("LUVHIVE__TELEGRAM__API_URL", format!("http://127.0.0.1:{}", free_port()));
        fails(command.envs(variables.iter().copied()), CONFIGURATION, &expected);
        let said = command.output().unwrap().stderr;
        assert!(!String::from_utf8_lossy(&said).contains("hunter2"), "{variables:?}");
        assert!(!folder.path().join("postgres").exists(), "{variables:?}: a private database is made");
    }
}

/// Passes connections on from a port to a server's socket, for as long as the test lives.
fn pass_on(listener: TcpListener, socket: PathBuf) {
    let copy = |mut from: TcpStream, mut to: UnixStream, inward: bool| {
        std::thread::spawn(move || {
            let _ = if inward { std::io::copy(&mut from, &mut to) } else { std::io::copy(&mut to, &mut from) };
            let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
        });
    };
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = UnixStream::connect(&socket).unwrap();
            copy(client.try_clone().unwrap(), server.try_clone().unwrap(), true);
            copy(client, server, false);
        }
    });
}

#[test]
fn a_late_database_is_waited_for() {
    let folder = Folder::new();
    let (_server, url) = bare(&folder);
    let (login, socket) = url.strip_prefix("postgres://").and_then(|rest| rest.split_once('@')).unwrap();
    let socket = PathBuf::from(socket.split(['/', '?']).next().unwrap().replace("%2F", "/")).join(".s.PGSQL.5432");
    let port = free_port();
    let mut command = folder.luvhive(&["run"]);
    command
        .env("BOT_TOKEN", token())
        .env("DATABASE_URL", format!("postgres://{login}@127.0.0.1:{port}/bare?sslmode=disable"))
        .env("LUVHIVE__DATABASE__START_WAIT_S", "60");
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.next().unwrap().contains("waiting for the database"));
    pass_on(TcpListener::bind(("127.0.0.1", port)).unwrap(), socket);
    // It is there, and the next thing to be told is what it holds.
    assert!(lines.next().unwrap().contains("migrations are pending"));
    assert_eq!(child.wait().unwrap().code(), Some(CONFIGURATION));
}

#[test]
fn waiting_ends_and_helps_only_where_time_may() {
    let folder = Folder::new();
    let (_server, url) = bare(&folder);
    let away = format!("postgres://someone@127.0.0.1:{}/luvhive", free_port());
    let mut command = folder.luvhive(&["run"]);
    command.env("BOT_TOKEN", token()).env("DATABASE_URL", away).env("LUVHIVE__DATABASE__START_WAIT_S", "1");
    let began = Instant::now();
    fails(&mut command, CONFIGURATION, &["the database of DATABASE_URL does not answer"]);
    assert!(began.elapsed() >= Duration::from_secs(1));
    let began = Instant::now();
    command.env("DATABASE_URL", url.replace("/bare", "/nowhere")).env("LUVHIVE__DATABASE__START_WAIT_S", "3600");
    fails(&mut command, CONFIGURATION, &["DATABASE_URL", "no such database", "\"nowhere\" does not exist"]);
    assert!(began.elapsed() < PATIENCE);
}
