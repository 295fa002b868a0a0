//! A bot whose address names two servers: it goes where it may write, without a restart, and starts where one is gone.

use std::fs;
use std::time::Duration;

use tokio::time::Instant;

use super::kit::{Folder, PATIENCE, Running, data_key};
use super::life::Telegram;
use super::server::Server;

/// Makes a standby of a server, in `dir`.
fn copy(server: &Server, dir: &std::path::Path) {
    fs::create_dir(dir).unwrap();
    server.hand_over(dir);
    let socket = server.socket_dir();
    let mut copy = server.as_owner(server.cluster.binaries().command("pg_basebackup"));
    copy.arg("-h").arg(&socket).args(["-U", "luvhive", "-R", "-X", "stream", "-c", "fast", "-D"]).arg(dir.join("data"));
    let output = copy.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_bot_moves_to_the_server_that_lets_it_write() {
    let telegram = Telegram::start();
    let home = Folder::new();
    let first = Server::start(&telegram.runtime, home.path().join("first"));
    let second = home.path().join("second");
    copy(&first, &second);
    let second = Server::join(second);
    let host = |server: &Server| server.socket_dir().display().to_string().replace('/', "%2F");
    let url = format!("postgres://luvhive@{},{}/shared", host(&first), host(&second));
    let mut command = telegram.command(&home, &["run", "--migrate"]);
    command.env("DATABASE_URL", &url).env("LUVHIVE_DATA_KEY", data_key());
    let bot = Running::start(&mut command);
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "on the first");

    // The first turns read-only under its open sessions, and the second, which has everything, is promoted.
    telegram.runtime.block_on(async {
        first.execute(&["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"]).await;
    });
    telegram.sandbox.send_text(asha.person(), "while nobody may write", None).unwrap();
    telegram.pause(Duration::from_secs(1));
    telegram.runtime.block_on(second.execute(&["SELECT pg_promote()"]));
    let promoted = Instant::now();
    telegram.runtime.block_on(ravi.wait_for_text(0, "while nobody may write")).unwrap();
    assert!(promoted.elapsed() < PATIENCE / 3, "{:?}", promoted.elapsed());
    telegram.say(ravi, asha, "on the second");

    // The first is gone for good, and a new process finds the second behind it.
    assert_eq!(bot.stop(), Some(0));
    drop(first);
    let bot = Running::start(&mut command);
    telegram.say(asha, ravi, "after a start");
    assert_eq!(bot.stop(), Some(0));
}
