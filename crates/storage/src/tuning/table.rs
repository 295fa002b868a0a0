//! The table of settings with their reasons.

use std::fmt;

use Value::{Mib, Ms, Number, Word};
use Weight::{Advice, Privacy, Safety, Size, Unseen};

/// The value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A size in MiB.
    Mib(u64),
    /// A time in milliseconds.
    Ms(u64),
    /// A number without a unit.
    Number(f64),
    /// A word: `on`, `off`, or one of the setting's own.
    Word(&'static str),
}

impl Value {
    /// The value in bytes, milliseconds, or as it is; `None` for a word.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Mib(mib) => u32::try_from(mib).ok().map(|mib| f64::from(mib) * 1_048_576.0),
            Self::Ms(ms) => u32::try_from(ms).ok().map(f64::from),
            Self::Number(number) => Some(number),
            Self::Word(_) => None,
        }
    }
}

impl fmt::Display for Value {
    /// Formats as `postgresql.conf` takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mib(mib) => write!(f, "{mib}MB"),
            Self::Ms(ms) => write!(f, "{ms}ms"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Committed data or the table's health depend on it.
    Safety,
    /// Somebody's data would stand in the server's log.
    Privacy,
    /// Half or double may be right on this machine.
    Size,
    /// It is better so.
    Advice,
    /// Cannot be compared: the server shows each session its own.
    Unseen,
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// What it belongs to.
    pub topic: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
    /// What a difference means.
    pub weight: Weight,
    /// The first major version that knows it, 15 for all older ones.
    pub since: u32,
    /// Why it has this value, in one line.
    pub why: &'static str,
}

/// Lists all settings for a machine of so many MiB.
pub(super) fn all(ram_mib: u64) -> Vec<Tuned> {
    let topics: [(&'static str, Vec<Row>); 8] = [
        ("Connections", connections()),
        ("Memory", memory(ram_mib)),
        ("Durability: nothing is sent before it is committed, so a commit must be worth its word", durability()),
        ("Time limits: nobody's forgotten session may hold back everybody", time_limits()),
        ("Vacuum: queues and seats are rewritten all day (those tables have settings of their own)", vacuum()),
        ("Planner: data on solid state, most of it cached, short statements", planner()),
        ("Log: enough to find a fault, nobody's data", log()),
        ("Statistics for `luvhive doctor` and /metrics", statistics()),
    ];
    let tuned = |topic, (name, value, weight, since, why): Row| Tuned { topic, name, value, weight, since, why };
    topics.into_iter().flat_map(|(topic, rows)| rows.into_iter().map(move |row| tuned(topic, row))).collect()
}

/// Name, value, weight, first version, reason.
type Row = (&'static str, Value, Weight, u32, &'static str);

fn connections() -> Vec<Row> {
    vec![
        (
            "max_connections",
            Number(60.0),
            Size,
            15,
            "A bot takes at most 18, a standby as many; the rest is for operators, backups and migrations.",
        ),
        ("superuser_reserved_connections", Number(3.0), Advice, 15, "Somebody must get in when all others are taken."),
        ("password_encryption", Word("scram-sha-256"), Advice, 15, "The only form that is not broken."),
    ]
}

fn memory(ram_mib: u64) -> Vec<Row> {
    vec![
        (
            "shared_buffers",
            Mib(ram_mib / 4),
            Size,
            15,
            "A quarter of the memory: people, seats, outbox and their indexes stay in it.",
        ),
        (
            "effective_cache_size",
            Mib(ram_mib * 5 / 8),
            Size,
            15,
            "What the planner may count on as cached; nothing is reserved by it.",
        ),
        (
            "work_mem",
            Mib((ram_mib / 256).clamp(4, 64)),
            Size,
            15,
            "Per sort; the bot's statements hardly sort, operators' questions do.",
        ),
        ("maintenance_work_mem", Mib((ram_mib / 16).clamp(64, 1024)), Size, 15, "For vacuum, index builds and restores."),
        ("huge_pages", Word("try"), Advice, 15, "Saves memory where the system offers them."),
        (
            "vacuum_buffer_usage_limit",
            Mib(16),
            Advice,
            16,
            "Vacuum of a large table gets a little more room without pushing people out of the cache.",
        ),
    ]
}

fn durability() -> Vec<Row> {
    vec![
        ("fsync", Word("on"), Safety, 15, "Off, a power cut can destroy the whole database."),
        ("full_page_writes", Word("on"), Safety, 15, "Off, a power cut can tear pages."),
        ("synchronous_commit", Word("on"), Safety, 15, "The bot turns it off itself for the one statement that may be lost."),
        (
            "wal_compression",
            Word("pglz"),
            Advice,
            15,
            "Full pages are most of the log; compressing them is cheaper than writing them.",
        ),
        ("wal_buffers", Mib(16), Advice, 15, "One segment."),
        ("min_wal_size", Mib(512), Size, 15, "Segments are reused instead of made anew."),
        ("max_wal_size", Mib(2048), Size, 15, "A checkpoint by time, not by size, under full load."),
        ("checkpoint_timeout", Ms(900_000), Size, 15, "Fewer full pages in the log; recovery takes a minute longer."),
        ("checkpoint_completion_target", Number(0.9), Advice, 15, "Spreads a checkpoint over its time."),
    ]
}

fn time_limits() -> Vec<Row> {
    vec![
        (
            "idle_in_transaction_session_timeout",
            Ms(60_000),
            Advice,
            15,
            "A transaction that waits for its client holds back vacuum.",
        ),
        (
            "transaction_timeout",
            Ms(1_800_000),
            Advice,
            17,
            "A transaction of half an hour is a mistake; pg_dump lifts the limit for itself.",
        ),
        ("tcp_keepalives_idle", Ms(30_000), Unseen, 15, "A client that is gone without a word is asked after half a minute."),
        ("tcp_keepalives_interval", Ms(10_000), Unseen, 15, "Between two questions to a silent client."),
        ("tcp_keepalives_count", Number(3.0), Unseen, 15, "So many questions stay unanswered before it is gone."),
        ("client_connection_check_interval", Ms(10_000), Advice, 15, "A long statement whose client is gone ends."),
    ]
}

fn vacuum() -> Vec<Row> {
    vec![
        ("autovacuum", Word("on"), Safety, 15, "Off, tables grow without end and numbers run out."),
        ("track_counts", Word("on"), Safety, 15, "Autovacuum goes by these counts."),
        ("autovacuum_naptime", Ms(15_000), Advice, 15, "The queues' dead rows are removed before their indexes grow."),
        ("autovacuum_vacuum_scale_factor", Number(0.1), Advice, 15, "A tenth of a table, not a fifth."),
        ("autovacuum_analyze_scale_factor", Number(0.05), Advice, 15, "Plans follow a growing population."),
        ("autovacuum_vacuum_cost_limit", Number(1000.0), Advice, 15, "Disks are faster than in the days of the default."),
        (
            "autovacuum_vacuum_max_threshold",
            Number(1_000_000.0),
            Advice,
            18,
            "A large table is vacuumed after a million dead rows at the latest.",
        ),
    ]
}

fn planner() -> Vec<Row> {
    vec![
        ("random_page_cost", Number(1.1), Advice, 15, "Solid state reads anywhere as fast as in order."),
        ("effective_io_concurrency", Number(200.0), Advice, 15, "Solid state takes many questions at once."),
        ("jit", Word("off"), Advice, 15, "Compiling takes longer than any statement of ours."),
        ("io_workers", Number(3.0), Advice, 18, "Reads ahead for scans; the bot's own statements read by key."),
    ]
}

fn log() -> Vec<Row> {
    vec![
        ("log_min_duration_statement", Ms(500), Advice, 15, "Ours take a millisecond; half a second is worth a line."),
        ("log_parameter_max_length", Number(0.0), Privacy, 15, "Values of statements are ids and texts of people."),
        ("log_parameter_max_length_on_error", Number(0.0), Privacy, 15, "So are those of a statement that failed."),
        ("log_error_verbosity", Word("terse"), Privacy, 15, "The details of an error repeat the values of keys."),
        ("log_min_error_statement", Word("panic"), Privacy, 15, "The text of a failed statement may hold values."),
        ("log_lock_waits", Word("on"), Advice, 15, "Whoever waits for a lock for a second is named."),
        ("log_temp_files", Mib(10), Advice, 15, "A sort that went to disk with 10 MB or more."),
        ("log_autovacuum_min_duration", Ms(10_000), Advice, 15, "A vacuum of ten seconds or more."),
        ("log_checkpoints", Word("on"), Advice, 15, "When, how much, how long."),
        ("TimeZone", Word("'UTC'"), Advice, 15, "Times are UTC everywhere."),
        ("log_timezone", Word("'UTC'"), Advice, 15, "In the log too."),
    ]
}

fn statistics() -> Vec<Row> {
    vec![
        ("track_io_timing", Word("on"), Advice, 15, "Tells waiting for the disk from work; costs nothing on today's clocks."),
        (
            "track_activity_query_size",
            Number(1024.0),
            Advice,
            15,
            "The bot's statements are long, their beginnings tell them apart (bytes).",
        ),
    ]
}
