//! The hosts of an address, asked one after another, each within its own time: one that takes a connection and then says
//! nothing must not keep us from the next.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::config::{Config, Host, LoadBalanceHosts};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, Socket};

use super::{CONNECT_TIMEOUT, DatabaseError, refusal};

/// Opens a session on the first host that lets us in. Each has its `connect_timeout` to take the connection, and as long
/// again to let us in.
pub(super) async fn connect<T>(config: &Config, tls: &T) -> Result<(Client, Connection<Socket, T::Stream>), DatabaseError>
where
    T: MakeTlsConnect<Socket> + Clone,
{
    let limit = config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT).saturating_mul(2);
    let mut last = DatabaseError::Url { reason: "it names no host".to_owned() };
    for (hosts, one) in each(config) {
        let limit = limit.saturating_mul(hosts);
        // Boxed: the future of a connect is large.
        last = match timeout(limit, Box::pin(one.connect(tls.clone()))).await {
            Ok(Ok(session)) => return Ok(session),
            Ok(Err(error)) => refusal::sort(error),
            Err(_elapsed) => DatabaseError::unavailable(silence(limit)),
        };
    }
    Err(last)
}

fn silence(limit: Duration) -> String {
    format!("nobody let us in within {} s", limit.as_secs())
}

/// One address per host, each with the number of hosts it covers; load-balanced hosts stay together.
fn each(config: &Config) -> Vec<(u32, Config)> {
    let count = config.get_hosts().len();
    if count < 2 || config.get_load_balance_hosts() != LoadBalanceHosts::Disable {
        return vec![(u32::try_from(count.max(1)).unwrap_or(u32::MAX), config.clone())];
    }
    (0..count).map(|place| (1, only(config, place))).collect()
}

/// The address with one of its hosts alone.
fn only(config: &Config, place: usize) -> Config {
    let mut one = without_hosts(config);
    match config.get_hosts().get(place) {
        #[cfg(unix)]
        Some(Host::Unix(path)) => one.host_path(path),
        Some(Host::Tcp(name)) => one.host(name),
        None => &mut one,
    };
    if let Some(address) = config.get_hostaddrs().get(place) {
        one.hostaddr(*address);
    }
    // One port stands for all hosts.
    if let Some(port) = config.get_ports().get(place).or_else(|| config.get_ports().first()) {
        one.port(*port);
    }
    one
}

fn without_hosts(config: &Config) -> Config {
    let mut bare = Config::new();
    bare.ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .target_session_attrs(config.get_target_session_attrs())
        .channel_binding(config.get_channel_binding());
    config.get_user().map(|user| bare.user(user));
    config.get_password().map(|password| bare.password(password));
    config.get_dbname().map(|name| bare.dbname(name));
    config.get_options().map(|options| bare.options(options));
    config.get_application_name().map(|name| bare.application_name(name));
    config.get_connect_timeout().map(|limit| bare.connect_timeout(*limit));
    config.get_tcp_user_timeout().map(|limit| bare.tcp_user_timeout(*limit));
    config.get_keepalives_interval().map(|pause| bare.keepalives_interval(pause));
    config.get_keepalives_retries().map(|times| bare.keepalives_retries(times));
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_is_asked_with_all_that_the_address_says() {
        let rest = "user=me password=hunter2 dbname=db options='-c a=b' application_name=we sslmode=require \
             connect_timeout=3 tcp_user_timeout=4 keepalives=0 keepalives_idle=5 keepalives_interval=6 keepalives_retries=7 \
             target_session_attrs=read-write channel_binding=require";
        let parse = |hosts: &str| format!("{hosts} {rest}").parse::<Config>().unwrap();
        let both = parse("host=one,/run/two port=1,2");
        let alone = [parse("host=one port=1"), parse("host=/run/two port=2")];
        assert_eq!(each(&both), alone.map(|alone| (1, alone)));
        let same_port = parse("host=one,two hostaddr=127.0.0.1,127.0.0.2 port=3");
        assert_eq!(only(&same_port, 1), parse("host=two hostaddr=127.0.0.2 port=3"));
        assert_eq!(each(&parse("host=one,two load_balance_hosts=random")).len(), 1);
    }
}
