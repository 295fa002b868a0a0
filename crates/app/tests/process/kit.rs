//! Starting the program in a folder of its own, reading what it says, and stopping it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// How long anything may take on a busy machine before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A data directory, removed with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("luvhive-process-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The program with this folder as its data directory, any free port, and nothing else of our environment.
    pub(crate) fn luvhive(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_luvhive"));
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            ["PATH", "HOME", "TMPDIR"].contains(&name.as_ref()) || name.starts_with("LUVHIVE_PG_")
        }));
        command.env("LUVHIVE_DATA_DIR", &self.0).env("LUVHIVE__SANDBOX__PORT", "0").args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The database's server lets go of the folder a moment after its last user.
        for _ in 0..100 {
            if std::fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            #[expect(clippy::disallowed_methods, reason = "nothing tells when another process lets go of a folder")]
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Output {
    let mut child = command.spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        err.read_to_end(&mut text).unwrap();
        text
    });
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = sender.send(out.read_to_end(&mut text).map(|_| text));
    });
    // The output ends when nobody holds it any more, not when the program ends: both must happen.
    let Ok(stdout) = receiver.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        panic!("{command:?} did not end, or left its output open");
    };
    let status = child.wait().unwrap();
    Output { status, stdout: stdout.unwrap(), stderr: reader.join().unwrap() }
}

/// Runs a command that must fail with this code and say all of this in one message on standard error.
#[track_caller]
pub(crate) fn fails(command: &mut Command, code: i32, expected: &[&str]) {
    let output = finish(command);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert_eq!(message.matches("luvhive: ").count(), 1, "one message is expected: {message}");
    for part in expected {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
}

/// A running LuvHive; killed when dropped.
pub(crate) struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    pub(crate) url: String,
    /// What it has printed, as far as somebody waited for it.
    pub(crate) said: Vec<String>,
}

impl Running {
    /// Starts a command and waits until it is ready.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_logging(command, Stdio::inherit())
    }

    /// Starts a command that logs to `log`, and waits until it is ready.
    pub(crate) fn start_logging(command: &mut Command, log: Stdio) -> Self {
        let mut running = Self::launch(command, log);
        running.url = running.wait_to_hear("LuvHive is ready: ");
        running
    }

    /// Starts a command that logs to `log`, and waits for nothing.
    pub(crate) fn launch(command: &mut Command, log: Stdio) -> Self {
        let mut child = command.stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines: receiver, url: String::new(), said: Vec::new() }
    }

    /// Waits for a line that begins like this and returns the rest of it.
    pub(crate) fn wait_to_hear(&mut self, beginning: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else { panic!("{beginning:?} was not said: {:?}", self.said) };
            self.said.push(line.clone());
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.to_owned();
            }
        }
    }

    /// Everything it prints, to its end.
    pub(crate) fn rest(&mut self) -> String {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        self.said.join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without a word (SIGKILL).
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop (SIGTERM).
    pub(crate) fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Its exit code, if it has ended.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().unwrap().map(|status| status.code().unwrap())
    }

    /// Waits for its end and returns its exit code.
    pub(crate) fn wait(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Asks it to stop and returns its exit code.
    pub(crate) fn stop(self) -> Option<i32> {
        self.ask_to_stop();
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A data key, without which nobody could register in a named database.
pub(crate) fn data_key() -> String {
    "d1".repeat(32)
}

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Finds a program of this machine.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    // Where Debian keeps programs that serve, for accounts that do not look there.
    let folders = std::env::split_paths(&folders).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Passes on what a test needs, or says why it cannot run here. In the gate that is a failure.
#[track_caller]
#[expect(clippy::print_stdout, reason = "the word for a test that cannot run here")]
pub(crate) fn require<T>(need: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        let required = std::env::var_os("LUVHIVE_TEST_REQUIRE").unwrap_or_default();
        let is_required = required.to_string_lossy().split(',').any(|name| ["all", need].contains(&name.trim()));
        assert!(!is_required, "{need} is required here, and not installed");
        println!("skipped: {need} is not installed");
    }
    found
}

/// Fetches a path of a page; the answer's head and body.
pub(crate) fn get(url: &str, path: &str) -> String {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
