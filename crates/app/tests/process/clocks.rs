//! Machines whose clocks differ: the database's clock alone says whether a lease has run out.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::time::Instant;

use super::kit::{Folder, Running, data_key, require};
use super::life::Telegram;
use super::server::Server;

/// A lease of 3 s, and what a busy machine may add.
const TAKEN_OVER: Duration = Duration::from_secs(8);

/// The library that makes a program believe in another time.
fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).find(|library| library.exists())
}

#[test]
fn a_standby_whose_clock_differs_neither_takes_a_living_owners_shard_nor_waits_longer() {
    let Some(faketime) = require("faketime", faketime()) else { return };
    let telegram = Telegram::start();
    let home = Folder::new();
    let server = Server::start(&telegram.runtime, home.path().join("named"));
    let mut command = telegram.command(&home, &["run", "--migrate"]);
    let mut owner = Running::start(command.env("DATABASE_URL", server.url()).env("LUVHIVE_DATA_KEY", data_key()));
    let standby = |folder: &Folder, shift: &str| {
        let mut command = telegram.command(folder, &["run", "--standby"]);
        command
            .env("DATABASE_URL", server.url())
            .env("LUVHIVE_DATA_KEY", data_key())
            .env("LD_PRELOAD", &faketime)
            .env("FAKETIME", shift);
        // Timers go by the clock that nobody sets.
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        let mut standby = Running::launch(&mut command, Stdio::inherit());
        standby.wait_to_hear("standing by");
        standby
    };
    let (asha, ravi) = telegram.couple();
    let (ahead, behind) = (Folder::new(), Folder::new());
    let early = standby(&ahead, "+10s");
    let late = standby(&behind, "-10s");
    telegram.pause(Duration::from_secs(2));
    telegram.say(asha, ravi, "beside two other clocks");
    assert_eq!(owner.ended(), None, "a living owner lost its shard to a clock");
    early.kill();
    owner.signal("STOP");
    let frozen = Instant::now();
    telegram.say(ravi, asha, "by the one behind");
    assert!(frozen.elapsed() < TAKEN_OVER, "{:?}", frozen.elapsed());
    assert_eq!(late.stop(), Some(0));
}
