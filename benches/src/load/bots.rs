//! Bot processes: this very program, started with a hidden switch that hands over to the real one.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::LoadError;

/// The first argument that turns this program into a bot.
pub const HIDDEN_SWITCH: &str = "--as-luvhive";

/// Runs the real program with the arguments after the hidden switch, if it is there.
pub fn run_hidden() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == HIDDEN_SWITCH).then(|| {
        let arguments = std::iter::once(OsString::from("luvhive")).chain(arguments);
        luvhive_app::main(arguments, std::env::vars_os())
    })
}

/// How a bot is started.
#[derive(Clone, Debug)]
pub(super) struct BotSettings {
    pub(super) token: String,
    pub(super) api_url: String,
    pub(super) database_url: String,
    pub(super) dir: PathBuf,
    pub(super) standby: bool,
    /// More settings, by the names of their environment variables.
    pub(super) more: Vec<(String, String)>,
}

/// What a process used: CPU seconds and the largest resident size in kilobytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    pub(super) cpu_s: f64,
    pub(super) peak_rss_kb: u64,
}

/// One bot process; started again by [`Bot::revive`] when it is dead.
#[derive(Debug)]
pub(super) struct Bot {
    settings: BotSettings,
    child: Mutex<Child>,
    /// Of processes that are gone.
    past: Mutex<Usage>,
    latest: Mutex<Usage>,
    starts: Mutex<u32>,
}

impl Bot {
    pub(super) fn start(settings: BotSettings) -> Result<Arc<Self>, LoadError> {
        let child = spawn(&settings, 0)?;
        let none = Usage::default();
        Ok(Arc::new(Self {
            settings,
            child: Mutex::new(child),
            past: Mutex::new(none),
            latest: Mutex::new(none),
            starts: Mutex::new(1),
        }))
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.lock().id()
    }

    pub(super) fn signal(&self, signal: &str) -> Result<(), LoadError> {
        let status = Command::new("kill").arg(signal).arg(self.pid().to_string()).status()?;
        if status.success() { Ok(()) } else { Err("a bot process could not be signalled".into()) }
    }

    /// Takes a look at the process's counters; they are lost with it.
    pub(super) fn sample(&self) {
        if let Some(usage) = usage_of(self.pid()) {
            *self.latest.lock() = usage;
        }
    }

    /// Starts the process again if it has ended. Returns whether it had.
    pub(super) fn revive(&self) -> Result<bool, LoadError> {
        let mut child = self.child.lock();
        let Some(status) = child.try_wait()? else { return Ok(false) };
        tracing::debug!(%status, "a bot process ended");
        self.retire();
        let mut starts = self.starts.lock();
        *child = spawn(&self.settings, *starts)?;
        *starts += 1;
        Ok(true)
    }

    pub(super) fn usage(&self) -> Usage {
        let (past, latest) = (*self.past.lock(), *self.latest.lock());
        Usage { cpu_s: past.cpu_s + latest.cpu_s, peak_rss_kb: past.peak_rss_kb.max(latest.peak_rss_kb) }
    }

    /// Asks the process to end in good order and waits for it, at most 15 s.
    pub(super) fn stop(&self) -> Result<(), LoadError> {
        self.sample();
        self.signal("-CONT").ok();
        self.signal("-TERM").ok();
        let mut child = self.child.lock();
        for _ in 0..150 {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            wait(Duration::from_millis(100));
        }
        child.kill()?;
        child.wait()?;
        Err("a bot process did not end within 15 s of SIGTERM".into())
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.settings.dir.join("bot.log")
    }

    fn retire(&self) {
        let latest = std::mem::take(&mut *self.latest.lock());
        let mut past = self.past.lock();
        past.cpu_s += latest.cpu_s;
        past.peak_rss_kb = past.peak_rss_kb.max(latest.peak_rss_kb);
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "a load run waits for other processes, on a thread of its own")]
pub(super) fn wait(time: Duration) {
    std::thread::sleep(time);
}

fn spawn(settings: &BotSettings, start: u32) -> Result<Child, LoadError> {
    std::fs::create_dir_all(&settings.dir)?;
    let log = File::options().create(true).append(true).open(settings.dir.join("bot.log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args([HIDDEN_SWITCH, "run"]);
    if settings.standby || start > 0 {
        command.arg("--standby");
    }
    command
        .env("BOT_TOKEN", &settings.token)
        .env("DATABASE_URL", &settings.database_url)
        .env("LUVHIVE_DATA_DIR", settings.dir.join("data"))
        .env("LUVHIVE__TELEGRAM__API_URL", &settings.api_url)
        .env("LUVHIVE__LOG__FORMAT", "json")
        .envs(settings.more.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    Ok(command.spawn()?)
}

/// Whether a process is there and not merely waiting to be buried.
pub(super) fn is_process_alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z')))
}

fn usage_of(pid: u32) -> Option<Usage> {
    let proc = Path::new("/proc").join(pid.to_string());
    let stat = std::fs::read_to_string(proc.join("stat")).ok()?;
    // The command's name, in parentheses, may hold spaces; fields are counted after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = std::fs::read_to_string(proc.join("status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak_rss_kb = peak.trim().trim_end_matches(" kB").trim().parse().ok()?;
    // USER_HZ is 100 on every Linux that Rust runs on.
    Some(Usage { cpu_s: ticks / 100.0, peak_rss_kb })
}
