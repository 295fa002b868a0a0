//! The private cluster: shared by processes, stopped after the last, for every account, with or without a server.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use luvhive_storage::local::{ClusterSettings, Durability, Fetch, LocalCluster, LocalError, Source, default_cache_dir};
use luvhive_tests::{TestFolder, eventually, is_required, require_or_skip};
use tokio::time::Instant;
use tokio_postgres::NoTls;

const PATIENCE: Duration = Duration::from_secs(30);

/// How long a cluster outlives its last user: not at all.
const LINGER_MS: &str = "0";

/// A running `cluster-user`.
struct User {
    child: Child,
    url: String,
}

impl User {
    fn start(program: &Path, dir: &Path, lifetime: &str, uid: Option<u32>) -> Self {
        let mut command = Command::new(program);
        command.arg(dir).args([lifetime, LINGER_MS]).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(uid) = uid {
            command.uid(uid).gid(uid).env("HOME", "/nonexistent");
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("ready ").expect("the cluster is ready").trim().to_owned();
        Self { child, url }
    }

    /// Lets the user leave in good order.
    fn leave(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }

    /// Kills the user with SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn user_program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_cluster-user"))
}

async fn answers(url: &str) -> bool {
    match tokio_postgres::connect(url, NoTls).await {
        Ok((client, connection)) => {
            tokio::spawn(connection);
            client.batch_execute("SELECT 1").await.is_ok()
        }
        Err(_) => false,
    }
}

async fn until_stopped(dir: &Path, url: &str) {
    let pid_file = dir.join("data/postmaster.pid");
    eventually("the server stops", PATIENCE, async || !pid_file.exists() && !answers(url).await).await;
}

/// Starts a cluster as async code does it.
async fn start(settings: ClusterSettings) -> Result<LocalCluster, LocalError> {
    tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|_| ())).await.unwrap()
}

#[tokio::test]
async fn a_throwaway_cluster_leaves_nothing_behind() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    let cluster = start(ClusterSettings::throwaway(&dir)).await.unwrap();
    cluster.ensure_database("luvhive").await.unwrap();
    cluster.ensure_database("luvhive").await.unwrap();
    let url = cluster.url("luvhive");
    assert!(answers(&url).await);
    tokio::task::spawn_blocking(move || drop(cluster)).await.unwrap();
    assert!(!dir.exists());
    assert!(!answers(&url).await);
}

#[tokio::test]
async fn a_database_name_cannot_carry_sql() {
    let folder = TestFolder::new();
    let cluster = start(ClusterSettings::throwaway(folder.path().join("c"))).await.unwrap();
    for name in ["", "Luv", "x; DROP DATABASE postgres", "ü"] {
        let error = cluster.ensure_database(name).await.unwrap_err();
        assert!(matches!(error, LocalError::Name { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn twelve_processes_at_once_share_one_server() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    let threads: Vec<_> = (0..12)
        .map(|_| {
            let dir = dir.clone();
            std::thread::spawn(move || User::start(&user_program(), &dir, "kept", None))
        })
        .collect();
    let mut users: Vec<User> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let url = users[0].url.clone();
    assert!(users.iter().all(|user| user.url == url));
    let starts = std::fs::read_to_string(dir.join("log/server.log")).unwrap();
    assert_eq!(starts.matches("database system is ready").count(), 1, "{starts}");

    let last = users.pop().unwrap();
    for (number, user) in users.into_iter().enumerate() {
        if number % 2 == 0 { user.leave() } else { user.kill() }
    }
    assert!(answers(&url).await, "one user is left");
    last.kill();
    until_stopped(&dir, &url).await;
}

#[tokio::test]
async fn data_outlives_a_killed_user_and_a_new_start() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    let first = User::start(&user_program(), &dir, "kept", None);
    let url = first.url.clone();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute("CREATE TABLE kept (id BIGINT); INSERT INTO kept VALUES (7)").await.unwrap();
    drop(client);
    let _ = connection.await;
    first.kill();
    until_stopped(&dir, &url).await;

    let second = User::start(&user_program(), &dir, "kept", None);
    let (client, connection) = tokio_postgres::connect(&second.url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let row = client.query_one("SELECT id FROM kept", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 7);
    second.leave();
    until_stopped(&dir, &url).await;
}

#[tokio::test]
async fn a_killed_throwaway_user_leaves_no_server_and_no_data() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    let user = User::start(&user_program(), &dir, "throwaway", None);
    let url = user.url.clone();
    user.kill();
    until_stopped(&dir, &url).await;
    eventually("the data goes", PATIENCE, async || !dir.join("data").exists()).await;
}

/// A process that reads a program's output to its end must not wait for the server that the program started.
#[tokio::test]
async fn the_server_holds_no_output_of_its_users() {
    let folder = TestFolder::new();
    let mut command = tokio::process::Command::new(user_program());
    command.arg(folder.path().join("cluster")).args(["kept", "60000"]).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.expect("the output ends with the process").unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("ready "));
    // A minute of linger would outlive the test's folder: take the server down by hand.
    let cluster = start(ClusterSettings { linger: Duration::ZERO, ..ClusterSettings::throwaway(folder.path().join("cluster")) });
    drop(cluster.await.unwrap());
}

/// Where tests run as root, an ordinary account is tried too; elsewhere every other test does that already.
#[tokio::test]
async fn an_account_without_home_and_rights_runs_it_too() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let nobody = 65_534;
    let folder = TestFolder::new();
    if chown(folder.path(), Some(nobody), Some(nobody)).is_err() {
        let user = User::start(&user_program(), &folder.path().join("c"), "throwaway", None);
        assert!(answers(&user.url).await);
        return user.leave();
    }
    let program = folder.path().join("user");
    std::fs::copy(user_program(), &program).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let dir = folder.path().join("cluster");
    let user = User::start(&program, &dir, "kept", Some(nobody));
    let url = user.url.clone();
    // The socket is closed to everybody but root and that account, so root may look.
    assert!(answers(&url).await);
    user.leave();
    until_stopped(&dir, &url).await;
}

#[tokio::test]
async fn a_deep_folder_gets_a_socket_elsewhere() {
    let folder = TestFolder::new();
    let dir = folder.path().join("d".repeat(60)).join("e".repeat(60));
    let cluster = start(ClusterSettings::throwaway(&dir)).await.unwrap();
    let url = cluster.url("postgres");
    assert!(!url.contains("ddd"), "{url}");
    assert!(answers(&url).await);
}

#[tokio::test]
async fn a_closed_home_is_left_for_a_reachable_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TestFolder::new();
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::set_permissions(&home, PermissionsExt::from_mode(0o700)).unwrap();
    let cluster = start(ClusterSettings::throwaway(home.join("cluster"))).await.unwrap();
    assert!(answers(&cluster.url("postgres")).await);
}

#[tokio::test]
async fn durable_data_of_another_version_is_never_touched() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    std::fs::create_dir_all(dir.join("data")).unwrap();
    std::fs::write(dir.join("data/PG_VERSION"), "9\n").unwrap();
    let error = start(ClusterSettings::durable(&dir)).await.unwrap_err();
    assert!(matches!(error, LocalError::Version { data: 9, .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(dir.join("data/PG_VERSION")).unwrap(), "9\n");
}

#[tokio::test]
async fn a_file_in_the_way_is_named() {
    let folder = TestFolder::new();
    let path = folder.path().join("cluster");
    std::fs::write(&path, "").unwrap();
    let error = start(ClusterSettings::durable(&path)).await.unwrap_err();
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
}

/// Runs `cluster-user` with other variables and returns its exit code and what it complained of.
fn complaint(variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = TestFolder::new();
    let output = Command::new(user_program())
        .arg(folder.path().join("cluster"))
        .args(["throwaway", LINGER_MS])
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_wrong_folder_of_programs_is_named_with_the_remedy() {
    let (code, said) = complaint(&[("LUVHIVE_PG_BIN", "/nonexistent/bin")]);
    assert_eq!(code, Some(69), "{said}");
    for part in ["LUVHIVE_PG_BIN", "/nonexistent/bin", "unset it"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_machine_without_any_way_to_postgresql_hears_all_ways_out() {
    // A PATH with nothing on it but the tools that every system has.
    let folder = TestFolder::new();
    for tool in ["flock", "sh"] {
        std::os::unix::fs::symlink(Path::new("/usr/bin").join(tool), folder.path().join(tool)).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let cache = folder.path().join("home").to_str().unwrap().to_owned();
    std::fs::create_dir(&cache).unwrap();
    let (code, said) = complaint(&[("PATH", path), ("HOME", &cache), ("LUVHIVE_PG_SOURCE", "unpacked")]);
    // As root, packages fetched earlier lie in a folder of the system and may serve.
    if code == Some(0) {
        assert!(default_cache_dir().join("postgresql-15").exists(), "{said}");
        return;
    }
    assert_eq!(code, Some(69), "{said}");
    for way_out in ["apt-get install postgresql", "LUVHIVE_PG_BIN", "DATABASE_URL"] {
        assert!(said.contains(way_out), "{said}");
    }
}

/// Starts a kept cluster, asks it something, and waits until it has stopped.
async fn runs_once(dir: &Path) {
    let user = User::start(&user_program(), dir, "kept", None);
    let url = user.url.clone();
    assert!(answers(&url).await);
    user.leave();
    until_stopped(dir, &url).await;
}

#[tokio::test]
async fn a_stale_pid_file_with_a_living_number_does_not_stop_the_start() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    runs_once(&dir).await;
    // As after a power cut: the file is there, and its number is now another program's: ours.
    let noted = format!("{}\n{}\n0\n5432\n{}\n\n", std::process::id(), dir.join("data").display(), dir.display());
    std::fs::write(dir.join("data/postmaster.pid"), noted).unwrap();
    runs_once(&dir).await;
}

/// After a kill of everything, both lock files may name a living process of the server's own account.
#[tokio::test]
async fn stale_locks_with_the_number_of_a_living_process_do_not_stop_the_start() {
    use std::os::unix::fs::MetadataExt;
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    runs_once(&dir).await;
    // The loop that stopped the server looks at its pid file until then.
    eventually("the loop is gone", PATIENCE, async || loop_pid(&dir) == 0).await;
    let (data, owner) = (dir.join("data"), std::fs::metadata(dir.join("data")).unwrap());
    let mut command = Command::new("sleep");
    command.arg("60").current_dir("/");
    if std::fs::metadata("/proc/self").unwrap().uid() != owner.uid() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let mut other = command.spawn().unwrap();
    let noted = format!("{}\n{}\n0\n5432\n{}\n\n", other.id(), data.display(), dir.join("run").display());
    let socket_lock = dir.join("run/.s.PGSQL.5432.lock");
    for locks in [vec![&socket_lock], vec![&data.join("postmaster.pid"), &socket_lock]] {
        for lock in locks {
            std::fs::write(lock, &noted).unwrap();
        }
        runs_once(&dir).await;
        eventually("the loop is gone", PATIENCE, async || loop_pid(&dir) == 0).await;
    }
    other.kill().unwrap();
    other.wait().unwrap();
}

/// As in a container that is given a number for its account.
#[tokio::test]
async fn an_account_without_a_name_is_told_the_way_out() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let folder = TestFolder::new();
    let nameless = 54_321;
    if chown(folder.path(), Some(nameless), Some(nameless)).is_err() {
        // Root alone can become somebody else.
        return;
    }
    let program = folder.path().join("user");
    std::fs::copy(user_program(), &program).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = Command::new(&program);
    command.arg(folder.path().join("cluster")).args(["kept", LINGER_MS]).uid(nameless).gid(nameless);
    let output = command.env("HOME", "/nonexistent").stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    for part in ["54321 has no name", "useradd", "DATABASE_URL"] {
        assert!(said.contains(part), "{said}");
    }
}

/// The number in the server's pid file.
fn server_pid(dir: &Path) -> u32 {
    let noted = std::fs::read_to_string(dir.join("data/postmaster.pid")).unwrap_or_default();
    noted.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or_default()
}

/// Kills as the kernel does that runs out of memory.
fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

/// The number of the loop that stops the server after its last user.
fn loop_pid(dir: &Path) -> u32 {
    let script = dir.join("watch.sh");
    let is_loop = |pid: &u32| {
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        command.split(|byte| *byte == 0).nth(1) == Some(script.as_os_str().as_encoded_bytes())
    };
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(is_loop).unwrap_or_default()
}

/// How soon a killed server answers again. On a machine that does much else, one of three times counts.
const BACK_WITHIN: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_killed_server_comes_back_with_its_keeper_beside_it() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    let one = User::start(&user_program(), &dir, "kept", None);
    let other = User::start(&user_program(), &dir, "kept", None);
    let url = one.url.clone();
    let mut soonest = Duration::MAX;
    for round in 0..3 {
        let (server, keeper) = (server_pid(&dir), loop_pid(&dir));
        assert!(server > 0 && keeper > 0, "round {round}: {server} {keeper}");
        let killed = Instant::now();
        if round > 0 {
            kill(keeper);
        }
        kill(server);
        eventually("another server is started", PATIENCE, async || ![0, server].contains(&server_pid(&dir))).await;
        eventually("it answers", PATIENCE, async || answers(&url).await).await;
        eventually("its keeper is there", PATIENCE, async || ![0, keeper * round.min(1)].contains(&loop_pid(&dir))).await;
        soonest = soonest.min(killed.elapsed());
    }
    assert!(soonest <= BACK_WITHIN, "{soonest:?}");
    let starts = std::fs::read_to_string(dir.join("log/server.log")).unwrap();
    assert_eq!(starts.matches("database system is ready").count(), 4, "each time one user started it: {starts}");
    let keeper = loop_pid(&dir);
    kill(keeper);
    eventually("a keeper alone comes back too", PATIENCE, async || ![0, keeper].contains(&loop_pid(&dir))).await;
    kill(loop_pid(&dir));
    one.kill();
    assert!(answers(&url).await, "one user is left");
    other.leave();
    until_stopped(&dir, &url).await;
    eventually("the keeper is gone", PATIENCE, async || loop_pid(&dir) == 0).await;
}

#[tokio::test]
async fn a_server_that_somebody_stopped_comes_back_while_it_is_used() {
    let folder = TestFolder::new();
    let dir = folder.path().join("cluster");
    let user = User::start(&user_program(), &dir, "kept", None);
    let server = server_pid(&dir);
    assert!(Command::new("kill").args(["-INT", &server.to_string()]).status().unwrap().success());
    eventually("another server is started", PATIENCE, async || ![0, server].contains(&server_pid(&dir))).await;
    eventually("it answers", PATIENCE, async || answers(&user.url).await).await;
    let url = user.url.clone();
    user.leave();
    until_stopped(&dir, &url).await;
}

/// The way of a machine without PostgreSQL: packages are fetched, unpacked, and run.
#[tokio::test]
async fn a_machine_without_postgresql_fetches_it() {
    let cache_dir = default_cache_dir().join("test-unpacked");
    if is_required("fetch-postgres") {
        let _ = std::fs::remove_dir_all(&cache_dir);
    }
    let was_there = cache_dir.join("postgresql-15").exists();
    let folder = TestFolder::new();
    let settings = ClusterSettings {
        cache_dir: cache_dir.clone(),
        source: Source::Unpacked,
        fetch: Fetch::Allowed,
        durability: Durability::Fast,
        ..ClusterSettings::throwaway(folder.path().join("cluster"))
    };
    let started = tokio::task::spawn_blocking(move || {
        let lines = std::cell::RefCell::new(Vec::new());
        LocalCluster::start(&settings, &|line| lines.borrow_mut().push(line.to_owned()))
            .map(|cluster| (cluster, lines.into_inner()))
    });
    let started = match started.await.unwrap() {
        Ok(started) => Ok(started),
        Err(error @ (LocalError::Fetch { .. } | LocalError::NotFound { .. })) => Err(error.to_string()),
        Err(error) => panic!("{error:?}"),
    };
    let Some((cluster, lines)) = require_or_skip("fetch-postgres", started) else {
        return;
    };
    assert!(cluster.binaries().dir().starts_with(&cache_dir), "{cluster:?}");
    if !was_there {
        let fetching = lines.iter().find(|line| line.starts_with("fetching PostgreSQL"));
        assert!(fetching.is_some_and(|line| line.contains("MB")), "{lines:?}");
    }
    assert!(answers(&cluster.url("postgres")).await);
    for program in ["pg_dump", "psql", "pg_basebackup"] {
        let output = cluster.binaries().command(program).arg("--version").output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
    }
}
