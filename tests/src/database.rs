//! A database per test: a clone of a template that holds all migrations, on one fast cluster for all test processes.
//! Works under `cargo test` and under runners with a process per test, in any number at once.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use luvhive_storage::local::{ClusterSettings, Durability, LocalCluster, default_cache_dir};
use luvhive_storage::{Database, Pool, PoolSettings, advisory, migrate};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// A test database left behind by a killed process is dropped after this many seconds.
const LEFTOVER_SECONDS: i64 = 3600;

/// A template that nobody has used for this many seconds is dropped.
const TEMPLATE_SECONDS: i64 = 86_400;

static CLUSTER: OnceCell<LocalCluster> = OnceCell::const_new();
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A database of one test's own, dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    admin_url: String,
}

impl TestDatabase {
    /// Clones the template: a database with every migration applied, in about 10 ms.
    ///
    /// # Panics
    /// When no PostgreSQL can be had.
    pub async fn new() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        Self::clone_of(template).await
    }

    /// Makes a database with nothing in it, for tests of the migrations themselves.
    ///
    /// # Panics
    /// When no PostgreSQL can be had.
    pub async fn empty() -> Self {
        Self::clone_of("template0").await
    }

    async fn clone_of(template: &str) -> Self {
        Self::clone_in(test_cluster().await, template).await
    }

    /// Clones a database of a cluster; nobody may be connected to it.
    ///
    /// # Panics
    /// When it cannot be cloned.
    pub async fn clone_in(cluster: &LocalCluster, template: &str) -> Self {
        let admin_url = cluster.url("postgres");
        let admin = connect(&admin_url).await;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("luvhive_test_{}_{}_{number}", now(&admin).await, std::process::id());
        run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: cluster.url(&name), name, admin_url }
    }

    /// The connection string.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address that storage takes.
    ///
    /// # Panics
    /// Never with a connection string of the cluster's.
    pub fn database(&self) -> Database {
        Database::parse(&self.url, None).unwrap()
    }

    /// Opens a pool of up to 8 connections with 10 s for a statement.
    ///
    /// # Panics
    /// When the database cannot be reached.
    pub async fn pool(&self) -> Pool {
        let settings = PoolSettings {
            max_connections: 8,
            min_idle_connections: 0,
            checkout_timeout_ms: 10_000,
            statement_timeout_ms: 10_000,
            application_name: "luvhive-tests".to_owned(),
        };
        Pool::open(&self.database(), &settings).await.unwrap()
    }

    /// Opens a plain connection for the test's own SQL.
    ///
    /// # Panics
    /// When the database cannot be reached.
    pub async fn client(&self) -> Client {
        connect(&self.url).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (url, name) = (self.admin_url.clone(), self.name.clone());
        // A runtime of its own: the test's may be ending, and its pools may still be open.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                if let Ok((admin, connection)) = tokio_postgres::connect(&url, NoTls).await {
                    tokio::spawn(connection);
                    let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    let _ = admin.batch_execute(&statement).await;
                }
            });
            std::io::Result::Ok(())
        })
        .join();
    }
}

/// Returns the fast cluster that every test process of this account shares, starting it if need be.
///
/// # Panics
/// When no PostgreSQL can be had; the message names the ways out.
pub async fn test_cluster() -> &'static LocalCluster {
    CLUSTER
        .get_or_init(async || {
            let settings = ClusterSettings {
                durability: Durability::Fast,
                linger: Duration::from_secs(20),
                ..ClusterSettings::durable(default_cache_dir().join("test-cluster"))
            };
            tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &tell))
                .await
                .unwrap()
                .unwrap_or_else(|error| panic!("{}", luvhive_core::error::chain(&error)))
        })
        .await
}

#[expect(clippy::print_stderr, reason = "a first run downloads or makes something: say so")]
fn tell(line: &str) {
    eprintln!("{line}");
}

/// Makes the template for this program's migrations unless it is there, and clears away what is old.
async fn make_template() -> String {
    let cluster = test_cluster().await;
    let name = format!("luvhive_tpl_{}", migrate::MIGRATIONS_HASH);
    let admin = connect(&cluster.url("postgres")).await;
    let number = advisory::TEST_TEMPLATE;
    run(&admin, &format!("SELECT pg_advisory_lock({number})")).await;
    let is_ready =
        admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", &[&name]).await.unwrap().is_some();
    if !is_ready {
        run(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&admin, &format!("CREATE DATABASE {name}")).await;
        let fresh = Database::parse(&cluster.url(&name), None).unwrap();
        if let Err(error) = migrate::run(&fresh).await {
            panic!("{}", luvhive_core::error::chain(&error));
        }
        let freeze = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
        run(&admin, &freeze).await;
    }
    let now = now(&admin).await;
    run(&admin, &format!("COMMENT ON DATABASE {name} IS '{now}'")).await;
    clear_away(&admin, now).await;
    run(&admin, &format!("SELECT pg_advisory_unlock({number})")).await;
    name
}

/// Drops test databases of killed processes and templates of migrations that nobody runs any more.
async fn clear_away(admin: &Client, now: i64) {
    let old = admin
        .query(
            "SELECT datname::text, datistemplate FROM pg_database \
             WHERE (datname LIKE 'luvhive\\_test\\_%' \
                    AND split_part(datname, '_', 3) ~ '^[0-9]{9,11}$' \
                    AND split_part(datname, '_', 3)::bigint < $1) \
                OR (datname LIKE 'luvhive\\_tpl\\_%' AND datistemplate \
                    AND shobj_description(oid, 'pg_database') ~ '^[0-9]{9,11}$' \
                    AND shobj_description(oid, 'pg_database')::bigint < $2)",
            &[&(now - LEFTOVER_SECONDS), &(now - TEMPLATE_SECONDS)],
        )
        .await
        .unwrap();
    for row in old {
        let (name, is_template): (String, bool) = (row.get(0), row.get(1));
        if is_template {
            run(admin, &format!("ALTER DATABASE {name} IS_TEMPLATE false")).await;
        }
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let _ = admin.batch_execute(&statement).await;
    }
}

async fn now(client: &Client) -> i64 {
    let row = client.query_one("SELECT extract(epoch FROM now())::bigint", &[]).await.unwrap();
    row.get(0)
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[track_caller]
fn run<'a>(client: &'a Client, statement: &'a str) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        if let Err(error) = client.batch_execute(statement).await {
            panic!("{statement} (asked at {caller}): {error:?}");
        }
    }
}
