//! Servers that a bot is given the address of, and what may stand before them: TLS, a pooler, a standby.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use luvhive_storage::local::{ClusterSettings, LocalCluster};
use tokio::runtime::Runtime;
use tokio::time::Instant;
use tokio_postgres::NoTls;

use super::kit::{PATIENCE, free_port};

/// A server with an empty database `shared`.
pub(crate) struct Server {
    pub(crate) cluster: LocalCluster,
    pub(crate) dir: PathBuf,
}

impl Server {
    pub(crate) fn start(runtime: &Runtime, dir: PathBuf) -> Self {
        let server = Self::join(dir);
        runtime.block_on(server.cluster.ensure_database("shared")).unwrap();
        server
    }

    /// Starts it on what lies in its folder.
    pub(crate) fn join(dir: PathBuf) -> Self {
        let cluster = LocalCluster::start(&ClusterSettings::durable(&dir), &|_| {}).unwrap();
        Self { cluster, dir }
    }

    pub(crate) fn url(&self) -> String {
        self.cluster.url("shared")
    }

    /// The folder of its socket.
    pub(crate) fn socket_dir(&self) -> PathBuf {
        let url = self.url();
        let (_, rest) = url.split_once('@').unwrap();
        PathBuf::from(rest.split('/').next().unwrap().replace("%2F", "/"))
    }

    /// A program that runs as the server's account.
    pub(crate) fn as_owner(&self, mut command: Command) -> Command {
        let owner = fs::metadata(self.dir.join("data")).unwrap();
        if owner.uid() != fs::metadata("/proc/self").unwrap().uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.stdin(Stdio::null());
        command
    }

    /// Gives a file or folder to the server's account.
    pub(crate) fn hand_over(&self, path: &Path) {
        let owner = fs::metadata(self.dir.join("data")).unwrap();
        chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    /// Carries these statements out, each on its own.
    pub(crate) async fn execute(&self, statements: &[&str]) {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        for statement in statements {
            client.batch_execute(statement).await.unwrap();
        }
    }

    /// Restarts it, for settings that it reads at its start only: its keeper starts what was stopped.
    pub(crate) async fn restart(&self) {
        let pid = || fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap_or_default();
        let before = pid();
        let number = before.lines().next().unwrap();
        assert!(Command::new("kill").args(["-INT", number]).status().unwrap().success());
        let began = Instant::now();
        while pid() == before || tokio_postgres::connect(&self.url(), NoTls).await.is_err() {
            assert!(began.elapsed() < PATIENCE, "the server does not come back");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// A PgBouncer; killed when dropped.
pub(crate) struct Pooler {
    child: Child,
    pub(crate) url: String,
}

impl Pooler {
    /// Starts `program` before a server.
    pub(crate) fn start(program: &Path, server: &Server, mode: &str) -> Self {
        let port = free_port();
        let config = server.dir.with_extension(format!("{mode}.ini"));
        let text = format!(
            "[databases]\n* = host={} user=luvhive\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
            server.socket_dir().display()
        );
        fs::write(&config, text).unwrap();
        let mut command = server.as_owner(Command::new(program));
        let child = command.arg("-q").arg(&config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let url = format!("postgres://luvhive@127.0.0.1:{port}/shared");
        let pooler = Self { child, url };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "the pooler does not listen");
            std::thread::yield_now();
        }
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
