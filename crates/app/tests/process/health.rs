//! What a supervisor learns over HTTP: alive, ready, stopping; and that asking never holds up the end.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use luvhive_sandbox::{Fault, FaultAction};

use super::kit::{Folder, Running, fails, get};
use super::life::Telegram;

/// Where the running bot says how far it is.
fn door(bot: &Running) -> String {
    let line = bot.said.iter().find_map(|line| line.strip_prefix("how far it is: ")).unwrap();
    line.strip_suffix("readyz").unwrap().to_owned()
}

fn polling(telegram: &Telegram, folder: &Folder) -> Command {
    let mut command = folder.luvhive(&["run"]);
    command.env("BOT_TOKEN", telegram.sandbox.token()).env("LUVHIVE__TELEGRAM__API_URL", telegram.sandbox.base_url());
    command
}

#[test]
fn a_polling_bot_says_how_far_it_is_until_its_last_moment() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let mut command = polling(&telegram, &folder);
    command.env("LUVHIVE__OPS__LISTEN", "127.0.0.1:0").env("LUVHIVE__ENGINE__DRAIN_MS", "2000");
    let bot = Running::start(&mut command);
    let door = door(&bot);
    assert!(get(&door, "livez").starts_with("HTTP/1.1 200"));
    let ready = get(&door, "readyz");
    assert!(ready.starts_with("HTTP/1.1 200") && ready.ends_with("ready\n"), "{ready}");

    let (asha, ravi) = telegram.couple();
    // What cannot be sent keeps the stop going as long as it may last.
    let throttle = FaultAction::TooManyRequests { retry_after: Some(600) };
    telegram.sandbox.add_fault(Fault::new(throttle).method("copyMessage"));
    telegram.sandbox.send_text(asha.person(), "too late", None).unwrap();
    telegram.runtime.block_on(taken_in(&telegram));
    // Somebody who never finishes asking.
    let mut half = TcpStream::connect(door.trim_start_matches("http://").trim_end_matches('/')).unwrap();
    half.write_all(b"GET /li").unwrap();
    bot.ask_to_stop();
    let stopping = (0..1_000).map(|_| get(&door, "readyz")).find(|answer| !answer.ends_with("ready\n")).unwrap();
    assert!(stopping.starts_with("HTTP/1.1 503") && stopping.ends_with("stopping\n"), "{stopping}");
    assert!(get(&door, "livez").starts_with("HTTP/1.1 200"));
    assert_eq!(bot.wait(), Some(0));
    drop(half);

    telegram.sandbox.clear_faults();
    let bot = Running::start(&mut polling(&telegram, &folder));
    telegram.runtime.block_on(ravi.wait_for_text(0, "too late")).unwrap();
    assert!(!bot.said.iter().any(|line| line.contains("readyz")), "no port is opened unasked: {:?}", bot.said);
    assert_eq!(bot.stop(), Some(0));
}

/// Waits until the bot has taken in everything.
async fn taken_in(telegram: &Telegram) {
    while telegram.sandbox.pending_updates() > 0 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_taken_address_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    fails(command.env("LUVHIVE__OPS__LISTEN", &address), 69, &[&address, "LUVHIVE__OPS__LISTEN"]);
    assert!(!folder.path().join("luvhive.lock").exists(), "nothing is touched before the address is there");
}
