//! Two processes on one machine with the same settings: the second listens where the first did, once it owns the shard.

use std::process::{Command, Stdio};

use tokio::time::Instant;

use super::kit::{Folder, PATIENCE, Running, data_key, fails, free_port, get};
use super::life::Telegram;
use super::server::Server;

#[test]
fn a_standby_takes_over_the_addresses_too() {
    let telegram = Telegram::start();
    let home = Folder::new();
    let server = Server::start(&telegram.runtime, home.path().join("named"));
    let (hook, ops) = (free_port(), free_port());
    let webhook = |folder: &Folder, arguments: &[&str]| -> Command {
        let mut command = telegram.command(folder, arguments);
        command.env("DATABASE_URL", server.url()).env("LUVHIVE_DATA_KEY", data_key()).env("RUN_MODE", "webhook");
        command.env("EXTERNAL_URL", format!("http://127.0.0.1:{hook}/hook"));
        command.env("LUVHIVE__WEBHOOK__LISTEN", format!("127.0.0.1:{hook}"));
        command.env("LUVHIVE__OPS__LISTEN", format!("127.0.0.1:{ops}"));
        command
    };
    let first = Running::start(&mut webhook(&home, &["run", "--migrate"]));
    let (asha, ravi) = telegram.couple();
    let other = Folder::new();
    let mut second = Running::launch(&mut webhook(&other, &["run", "--standby"]), Stdio::inherit());
    second.wait_to_hear("standing by");
    // A third that does not stand by is told which address is taken.
    let third = Folder::new();
    fails(&mut webhook(&third, &["run"]), 69, &[&format!("127.0.0.1:{ops}"), "LUVHIVE__OPS__LISTEN"]);
    telegram.say(asha, ravi, "by the first");
    first.kill();
    second.wait_to_hear("LuvHive is ready: ");
    telegram.say(ravi, asha, "by the second");
    let began = Instant::now();
    while !get(&format!("http://127.0.0.1:{ops}/"), "readyz").ends_with("ready\n") {
        assert!(began.elapsed() < PATIENCE, "nobody says how far it is");
    }
    assert_eq!(second.stop(), Some(0));
}
