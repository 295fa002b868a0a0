//! The restore drill: back up, write more, lose something, restore to the moment before, and find everything as it was.
//! It runs the scripts of `deploy/backup` on a cluster of its own, as tests and the readiness report do.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use luvhive_app::system::SystemClock;
use luvhive_core::check::Status;
use luvhive_core::id::TelegramId;
use luvhive_core::testing::{BOT, timestamp};
use luvhive_storage::checks::{self, Limits, Subject};
use luvhive_storage::local::{ClusterSettings, Durability, LocalCluster};
use luvhive_storage::{Database, MadeUp, migrate, seed_chats, seed_people};
use tokio::time::Instant;
use tokio_postgres::{Client, NoTls};

use crate::{TestFolder, eventually};

const PATIENCE: Duration = Duration::from_mins(2);
const FIRST: TelegramId = TelegramId::new(5_000_000);

/// What a drill came to.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// How long the base backup took.
    pub backup: Duration,
    /// How long it took from the restore's begin until the restored server took connections.
    pub restore: Duration,
    /// What each table held before the loss, a digest of everybody, and who sat with whom.
    pub before: Vec<String>,
    /// The same after the restore.
    pub after: Vec<String>,
    /// How many of the doctor's checks of the bot's rows are not well after the restore.
    pub broken: i64,
}

/// A durable cluster, the account its server runs as, and a folder of that account for backups.
#[derive(Debug)]
pub struct Drill {
    /// The cluster, with the database `luvhive`.
    pub cluster: LocalCluster,
    /// Where backups lie, and the scripts.
    pub backups: PathBuf,
    _folder: TestFolder,
}

impl Drill {
    /// Starts the cluster.
    ///
    /// # Panics
    /// When there is no PostgreSQL.
    pub async fn start() -> Self {
        let folder = TestFolder::new();
        let dir = folder.path().join("cluster");
        let settings = ClusterSettings { durability: Durability::Durable, ..ClusterSettings::throwaway(dir) };
        let cluster = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|_| ())).await.unwrap().unwrap();
        cluster.ensure_database("luvhive").await.unwrap();
        let backups = folder.path().join("backups");
        std::fs::create_dir(&backups).unwrap();
        let drill = Self { cluster, backups, _folder: folder };
        let (uid, gid) = drill.account();
        chown(&drill.backups, Some(uid), Some(gid)).unwrap();
        drill
    }

    /// The server's data folder.
    pub fn data(&self) -> PathBuf {
        self.cluster.dir().join("data")
    }

    /// Who the server runs as: PostgreSQL refuses root.
    ///
    /// # Panics
    /// When the data folder is gone.
    pub fn account(&self) -> (u32, u32) {
        let data = std::fs::metadata(self.data()).unwrap();
        (data.uid(), data.gid())
    }

    /// Lets a command run as the server's account.
    fn as_server(&self, mut command: Command) -> Command {
        let (uid, gid) = self.account();
        if std::fs::metadata("/proc/self").unwrap().uid() != uid {
            command.uid(uid).gid(gid);
        }
        command.current_dir("/").env("LUVHIVE_PG_BIN", self.cluster.binaries().dir());
        command
    }

    /// Runs `pg_ctl` on a data folder.
    ///
    /// # Panics
    /// When it fails.
    pub fn pg_ctl(&self, arguments: &[&str], data: &Path) {
        let mut command = self.as_server(self.cluster.binaries().command("pg_ctl"));
        let command = command.args(arguments).args(["-s", "-w", "-D"]).arg(data);
        // The server inherits what pg_ctl holds: a pipe would stay open for ever.
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success(), "{command:?}");
    }

    /// Runs one of the scripts and returns what it says.
    ///
    /// # Panics
    /// When it fails.
    pub fn script(&self, name: &str, arguments: &[&str]) -> String {
        let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/backup").join(name)).unwrap();
        // The server's account may not enter the checkout, so the script is put where it may.
        let path = self.backups.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        let mut command = Command::new(path);
        command.args(arguments);
        run(&mut self.as_server(command))
    }

    /// Takes a base backup of the server at this address and returns what the script says.
    ///
    /// # Panics
    /// When it fails.
    pub fn base_backup(&self, url: &str) -> String {
        let address = self.backups.join("database-url");
        std::fs::write(&address, url).unwrap();
        self.script("base-backup.sh", &[self.backups.to_str().unwrap(), address.to_str().unwrap()])
    }

    fn wal(&self) -> PathBuf {
        self.backups.join("wal")
    }

    /// The database.
    ///
    /// # Panics
    /// Never: the cluster's own address is sound.
    pub fn database(&self) -> Database {
        Database::parse(&self.cluster.url("luvhive"), None).unwrap()
    }

    /// Has every segment kept from now on.
    ///
    /// # Panics
    /// When the server does not come back.
    pub async fn archive(&self) {
        self.script("archive-wal.sh", &[self.wal().to_str().unwrap(), "/dev/null", "probe"]);
        std::fs::remove_file(self.wal().join("probe")).unwrap();
        let command = format!("{} {} %p %f", self.backups.join("archive-wal.sh").display(), self.wal().display());
        let client = connect(&self.cluster.url("luvhive")).await;
        client.batch_execute("ALTER SYSTEM SET archive_mode = on").await.unwrap();
        client.batch_execute(&format!("ALTER SYSTEM SET archive_command = '{command}'")).await.unwrap();
        self.pg_ctl(&["restart", "-m", "fast"], &self.data());
    }

    /// Ends the present segment and waits until it is archived.
    async fn archive_now(&self) {
        let client = connect(&self.cluster.url("luvhive")).await;
        let row = client.query_one("SELECT pg_walfile_name(pg_switch_wal())", &[]).await.unwrap();
        let segment = self.wal().join(row.get::<_, String>(0));
        eventually("the segment is archived", PATIENCE, async || segment.exists()).await;
    }
}

/// Runs the whole drill with so many people.
///
/// # Panics
/// When a step fails.
pub async fn rehearse(people: u32) -> Rehearsed {
    let drill = Drill::start().await;
    migrate::run(&drill.database()).await.unwrap();
    seed_people(&drill.database(), BOT, MadeUp::new(people, FIRST, timestamp(0))).await.unwrap();
    drill.archive().await;
    let begun = Instant::now();
    let said = drill.base_backup(&drill.cluster.url("luvhive"));
    let backup = begun.elapsed();
    let base = said.lines().last().unwrap().to_owned();

    // More is written after the backup; it lies in the archive alone.
    let later = TelegramId::new(FIRST.get() + i64::from(people));
    seed_people(&drill.database(), BOT, MadeUp::new(people / 2, later, timestamp(0))).await.unwrap();
    seed_chats(&drill.database(), BOT, MadeUp::new(people / 4, FIRST, timestamp(0))).await.unwrap();
    let client = connect(&drill.cluster.url("luvhive")).await;
    let before = fingerprint(&client).await;
    let moment: String = client.query_one("SELECT clock_timestamp()::text", &[]).await.unwrap().get(0);

    // The loss, and something after it that lets the log go on.
    client.batch_execute("DELETE FROM seats; UPDATE people SET city = NULL").await.unwrap();
    drill.archive_now().await;

    let begun = Instant::now();
    let (restored, wal) = (drill.backups.join("restored"), drill.wal());
    let arguments = [base.as_str(), wal.to_str().unwrap(), restored.to_str().unwrap(), &moment];
    drill.script("restore.sh", &arguments);
    let (socket, log) = (drill.backups.join("run"), drill.backups.join("restored.log"));
    std::fs::create_dir(&socket).unwrap();
    let (uid, gid) = drill.account();
    chown(&socket, Some(uid), Some(gid)).unwrap();
    let options = format!("-k {}", socket.display());
    drill.pg_ctl(&["start", "-o", &options, "-l", log.to_str().unwrap()], &restored);
    let url = format!("postgres://luvhive@{}/luvhive", socket.to_str().unwrap().replace('/', "%2F"));
    let client = connect(&url).await;
    eventually("recovery has ended", PATIENCE, async || {
        client.query_one("SELECT pg_is_in_recovery()", &[]).await.is_ok_and(|row| !row.get::<_, bool>(0))
    })
    .await;
    let restore = begun.elapsed();
    let after = fingerprint(&client).await;
    let broken = count_broken(&url).await;
    drill.pg_ctl(&["stop", "-m", "immediate"], &restored);
    Rehearsed { backup, restore, before, after, broken }
}

/// Runs a command and returns everything it says.
///
/// # Panics
/// When it fails.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// Connects.
///
/// # Panics
/// When nobody answers.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What must be the same after a restore: how many rows each table has, who everybody is, and who sits with whom.
async fn fingerprint(client: &Client) -> Vec<String> {
    let tables = "SELECT format('%s: %s', c.relname, (xpath('/row/n/text()', query_to_xml(format( \
                      'SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]) \
                  FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1";
    let mut lines: Vec<String> = client.query(tables, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    for (table, key) in [("people", "id"), ("preferences", "person_id"), ("seats", "person_id")] {
        let rows = format!("SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY bot_id, {key})), '') FROM {table} t");
        lines.push(client.query_one(&rows, &[]).await.unwrap().get(0));
    }
    lines
}

/// Counts what the doctor finds broken in the bot's own rows: it looks at a restored database as an operator would.
async fn count_broken(url: &str) -> i64 {
    let database = Database::parse(url, None).unwrap();
    let limits = Limits::default();
    let subject = Subject { database: &database, is_private: false, bot: Some(BOT), clock: &SystemClock, limits };
    let found = checks::examine(&subject).await;
    let is_well = |name: &str| found.iter().any(|check| check.name == name && check.status == Status::Ok);
    let broken = ["database", "schema", "seats", "ledger"].into_iter().filter(|name| !is_well(name)).count();
    i64::try_from(broken).unwrap()
}
