//! Serves a sandbox with its page until it is interrupted: `cargo run -p luvhive-sandbox --example serve -- 8081`.
#![expect(clippy::print_stdout, reason = "an example says where it listens")]

use luvhive_sandbox::{Sandbox, SandboxError, SandboxSettings};

#[tokio::main]
async fn main() -> Result<(), SandboxError> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let log = std::env::args().nth(2).map(Into::into);
    let settings = SandboxSettings { port, people_at_start: 2, request_log: log, ..SandboxSettings::default() };
    let sandbox = Sandbox::start(settings).await?;
    println!("page {} bot {}/bot{}/", sandbox.page_url(), sandbox.base_url(), sandbox.token());
    std::future::pending::<()>().await;
    sandbox.stop().await;
    Ok(())
}
