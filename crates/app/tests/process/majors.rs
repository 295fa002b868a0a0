//! From one major version of PostgreSQL to the next and to `DATABASE_URL`, by the real program and real servers: as many
//! as this machine has, in `/usr/lib/postgresql` and in the folders of programs that `LUVHIVE_TEST_PG_BINS` lists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::{Client, NoTls};

use super::bad_input::token;
use super::kit::{Folder, PATIENCE, Running, fails, finish};

const EVERYBODY: &str = "SELECT count(*) + sum(hashtext(p::text)::bigint)::bigint FROM people p";
const FAULTS: &str = "SELECT count(*) FROM pg_file_settings WHERE error IS NOT NULL";
const TUNED: &str = "SELECT count(*) FROM pg_settings WHERE sourcefile LIKE '%tuned.conf'";

/// The folders of programs, by major version.
fn servers() -> BTreeMap<u32, PathBuf> {
    let named = std::env::var_os("LUVHIVE_TEST_PG_BINS").unwrap_or_default();
    let installed =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let version = |folder: &Path| {
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        String::from_utf8_lossy(&output.stdout).split_whitespace().nth(2)?.split('.').next()?.parse().ok()
    };
    let folders = installed.chain(std::env::split_paths(&named)).filter(|folder| folder.join("pg_dump").exists());
    folders.filter_map(|folder| Some((version(&folder)?, folder))).collect()
}

/// A data directory whose private cluster is of one version.
struct Data<'a> {
    folder: &'a Folder,
    programs: &'a Path,
}

impl Data<'_> {
    fn luvhive(&self, arguments: &[&str]) -> Command {
        let mut command = self.folder.luvhive(arguments);
        command.env("LUVHIVE_PG_BIN", self.programs);
        command
    }

    /// Runs a sub-command that must work, and returns what it said.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = finish(&mut self.luvhive(arguments));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    async fn stopped(&self) {
        let begun = Instant::now();
        while self.folder.path().join("postgres/data/postmaster.pid").exists() {
            assert!(begun.elapsed() < PATIENCE, "the server goes on");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs the bot with the settings that doctor writes for this version, and returns a digest of everybody in it.
    fn digest(&self, runtime: &tokio::runtime::Runtime, major: u32) -> i64 {
        let version = major.to_string();
        let tuned = self.said(&["doctor", "--pg-config", "--ram", "1G", "--pg-version", &version]);
        std::fs::write(self.folder.path().join("postgres/tuned.conf"), tuned).unwrap();
        // The server stops a moment after its last user, and reads its settings when it starts.
        runtime.block_on(self.stopped());
        let bot = Running::start(&mut self.luvhive(&["run", "--sandbox"]));
        let url = self.said(&["db", "url"]);
        let everybody = runtime.block_on(async {
            let client = connect(url.lines().next().unwrap()).await;
            assert_eq!(number(&client, "SELECT current_setting('server_version_num')::bigint / 10000").await, i64::from(major));
            assert_eq!(number(&client, FAULTS).await, 0, "settings for version {major} are refused");
            assert!(number(&client, TUNED).await > 10, "settings for version {major} are not read");
            number(&client, EVERYBODY).await
        });
        assert_eq!(bot.stop(), Some(0));
        everybody
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn number(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.unwrap().get(0)
}

#[test]
#[expect(clippy::print_stdout, reason = "the word for a test that cannot run here")]
fn a_private_cluster_moves_to_each_newer_version_and_to_database_url() {
    let servers: Vec<(u32, PathBuf)> = servers().into_iter().filter(|(major, _)| (15..=18).contains(major)).collect();
    let (Some((oldest, programs)), true) = (servers.first(), servers.len() > 1) else {
        println!("skipped: there is one major version of PostgreSQL here; LUVHIVE_TEST_PG_BINS names folders of others");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = Folder::new();
    let copies = Folder::new();
    let mut data = Data { folder: &folder, programs };
    let output = finish(data.luvhive(&["seed", "--people", "300"]).env("BOT_TOKEN", token()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let everybody = data.digest(&runtime, *oldest);
    let mut copy = String::new();
    for (major, programs) in &servers[1..] {
        copy = copies.path().join(major.to_string()).to_str().unwrap().to_owned();
        data.said(&["db", "backup", &copy]);
        runtime.block_on(data.stopped());
        data.programs = programs;
        fails(&mut data.luvhive(&["migrate"]), 78, &["postgres", &major.to_string()]);
        std::fs::rename(folder.path().join("postgres"), copies.path().join(format!("before-{major}"))).unwrap();
        data.said(&["db", "restore", &copy]);
        assert_eq!(data.digest(&runtime, *major), everybody, "other people came to version {major} than went");
    }
    // From the private cluster to a database that is named, of the newest version.
    let bot = Running::start(&mut data.luvhive(&["run", "--sandbox"]));
    let url = data.said(&["db", "url"]);
    let url = url.lines().next().unwrap();
    let named = format!("{}/named", url.rsplit_once('/').unwrap().0);
    runtime.block_on(async { connect(url).await.batch_execute("CREATE DATABASE named").await.unwrap() });
    let output = finish(data.luvhive(&["db", "restore", &copy]).env("DATABASE_URL", &named));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(runtime.block_on(async { number(&connect(&named).await, EVERYBODY).await }), everybody);
    assert_eq!(bot.stop(), Some(0));
}
