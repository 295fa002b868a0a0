//! The example `terminal` is played as a person would: two people register, meet and talk, without Telegram and without
//! PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a player may stop at the first surprise")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

struct Terminal {
    program: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Terminal {
    /// Starts the example, which `cargo test -p luvhive-telegram` builds before it runs this test; with `--test terminal`
    /// alone it has to be there.
    fn start() -> Self {
        let tests = std::env::current_exe().unwrap();
        let path = tests.ancestors().nth(2).unwrap().join("examples").join("terminal");
        assert!(path.exists(), "build it first: cargo build -p luvhive-telegram --example terminal");
        let mut program = Command::new(&path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (program.stdin.take().unwrap(), program.stdout.take().unwrap());
        let (told, lines) = mpsc::channel();
        std::thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        Self { program, input, lines }
    }

    /// Types a line.
    fn type_in(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Reads on until a person is shown `text`; returns the line.
    #[track_caller]
    fn expect(&self, name: &str, text: &str) -> String {
        let mut read = Vec::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{name} never sees {text:?}: {read:#?}"));
            if line.trim_start().starts_with(name) && line.contains(text) {
                return line;
            }
            read.push(line);
        }
    }

    /// Presses the button with these words, once it is shown.
    #[track_caller]
    fn press(&mut self, name: &str, button: &str) {
        let line = self.expect(name, &format!("] {button}"));
        let number = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
        // The buttons below this one are still to come; only a whole message can be pressed.
        while self.lines.recv_timeout(PATIENCE).is_ok_and(|line| !line.is_empty()) {}
        self.type_in(&format!("{name}> {number}"));
    }

    fn register(&mut self, name: &str, gender: &str, wish: &str) {
        self.type_in(&format!("{name}: /start"));
        self.press(name, "I agree to the terms");
        self.press(name, "Yes, store and use it");
        self.expect(name, "When were you born?");
        self.type_in(&format!("{name}: 1994-03-05"));
        self.press(name, "Yes, 5 March 1994");
        self.press(name, gender);
        self.press(name, wish);
        self.press(name, "Continue");
        self.press(name, "India");
        self.press(name, "Continue");
        self.press(name, "Music");
        self.press(name, "Finish");
        self.expect(name, "Find a partner");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn two_people_meet_on_a_terminal() {
    let mut terminal = Terminal::start();
    terminal.register("ann", "Woman", "Men");
    terminal.register("bob", "Man", "Women");
    terminal.type_in("ann: /find");
    terminal.type_in("bob: /find");
    terminal.press("bob", "💬 Chat");
    terminal.expect("bob", "You said yes");
    terminal.type_in("ann> 1");
    terminal.expect("bob", "To break the ice");
    terminal.type_in("ann: hello");
    terminal.expect("bob", "« hello »");
    terminal.type_in("bob: hello yourself");
    terminal.expect("ann", "« hello yourself »");
}
