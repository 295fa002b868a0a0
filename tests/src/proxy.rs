//! A proxy before the database that loses what it is told to lose: a request, a reply, or every connection.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use luvhive_storage::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Notify;

use crate::TestDatabase;

/// What is lost, and by which bytes its request is known.
enum Loss {
    Request(String),
    Reply(String),
    Session(String),
}

#[derive(Default)]
struct Orders {
    next: Mutex<Option<Loss>>,
    is_down: AtomicBool,
    /// Told when every connection is to be lost.
    cut: Notify,
}

/// A running proxy; it ends with the test's runtime.
pub struct Proxy {
    orders: Arc<Orders>,
    address: SocketAddr,
    user: String,
    database: String,
}

impl Proxy {
    /// Starts a proxy before a test database.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn start(database: &TestDatabase) -> Self {
        let (socket, user, name) = parts(database.url());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let orders = Arc::<Orders>::default();
        let shared = Arc::clone(&orders);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (orders, socket) = (Arc::clone(&shared), socket.clone());
                tokio::spawn(async move {
                    // Either side may hang up at any time.
                    let _ = serve(client, socket, &orders).await;
                });
            }
        });
        Self { orders, address, user, database: name }
    }

    /// The database behind the proxy.
    ///
    /// # Panics
    /// Never.
    pub fn database(&self) -> Database {
        let (host, port) = (self.address.ip(), self.address.port());
        let (user, name) = (&self.user, &self.database);
        let text = format!("host={host} port={port} user={user} dbname={name} sslmode=disable connect_timeout=2");
        Database::parse(&text, None).unwrap()
    }

    /// Loses the next request that holds these bytes, with its connection, before the server sees it.
    ///
    /// # Panics
    /// Never.
    pub fn lose_request(&self, with: &str) {
        *self.orders.next.lock().unwrap() = Some(Loss::Request(with.to_owned()));
    }

    /// Loses the reply to the next request that holds these bytes, with its connection, after the server gave it.
    ///
    /// # Panics
    /// Never.
    pub fn lose_reply(&self, with: &str) {
        *self.orders.next.lock().unwrap() = Some(Loss::Reply(with.to_owned()));
    }

    /// Loses the connection right after the next request that holds these bytes; the server goes on with it, unheard.
    ///
    /// # Panics
    /// Never.
    pub fn leave_behind(&self, with: &str) {
        *self.orders.next.lock().unwrap() = Some(Loss::Session(with.to_owned()));
    }

    /// Reports whether what was to be lost is lost.
    ///
    /// # Panics
    /// Never.
    pub fn has_lost(&self) -> bool {
        self.orders.next.lock().unwrap().is_none()
    }

    /// Loses every connection at once, and refuses new ones until [`Self::set_down`] says otherwise.
    pub fn cut_off(&self) {
        self.set_down(true);
        self.orders.cut.notify_waiters();
    }

    /// Refuses new connections, or takes them again. Losing something while down leaves nobody connected.
    pub fn set_down(&self, is_down: bool) {
        self.orders.is_down.store(is_down, Ordering::SeqCst);
    }
}

/// Finds socket, user and database name in a connection string of the test cluster.
fn parts(url: &str) -> (PathBuf, String, String) {
    let (user, rest) = url.trim_start_matches("postgres://").split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let folder = host.replace("%2F", "/").replace("%2f", "/");
    (PathBuf::from(folder).join(".s.PGSQL.5432"), user.to_owned(), name.to_owned())
}

async fn serve(mut client: TcpStream, socket: PathBuf, orders: &Orders) -> std::io::Result<()> {
    let cut = orders.cut.notified();
    tokio::pin!(cut);
    // Listened for before looking, so that no cut goes by unheard in between.
    cut.as_mut().enable();
    if orders.is_down.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut server = UnixStream::connect(socket).await?;
    let (mut request, mut reply) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            () = &mut cut => return Ok(()),
            count = client.read(&mut request) => {
                let bytes = &request[..count?];
                if bytes.is_empty() {
                    return Ok(());
                }
                match orders.take(bytes) {
                    Some(Loss::Request(_)) => return Ok(()),
                    Some(Loss::Reply(_)) => {
                        server.write_all(bytes).await?;
                        let _ = server.read(&mut reply).await?;
                        return Ok(());
                    }
                    Some(Loss::Session(_)) => {
                        server.write_all(bytes).await?;
                        drop(client);
                        while server.read(&mut reply).await? > 0 {}
                        return Ok(());
                    }
                    None => server.write_all(bytes).await?,
                }
            }
            count = server.read(&mut reply) => {
                let bytes = &reply[..count?];
                if bytes.is_empty() {
                    return Ok(());
                }
                client.write_all(bytes).await?;
            }
        }
    }
}

impl Orders {
    fn take(&self, bytes: &[u8]) -> Option<Loss> {
        let mut next = self.next.lock().unwrap();
        let fits = match &*next {
            Some(Loss::Request(with) | Loss::Reply(with) | Loss::Session(with)) => {
                bytes.windows(with.len()).any(|window| window == with.as_bytes())
            }
            None => false,
        };
        if fits { next.take() } else { None }
    }
}
