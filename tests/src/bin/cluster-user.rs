//! A process that uses a private cluster: says `ready <url>`, stays until its input ends, then leaves.
//! Tests of the cluster run it in numbers, kill it, and run it as another account.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks with the test that started it")]

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use luvhive_storage::local::{ClusterSettings, Durability, Lifetime, LocalCluster};

/// Arguments: the folder, `kept` or `throwaway`, the linger time in ms.
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(dir), Some(lifetime), Some(linger)) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("usage: cluster-user <folder> kept|throwaway <linger in ms>");
        return ExitCode::from(64);
    };
    let settings = ClusterSettings {
        durability: Durability::Fast,
        lifetime: if lifetime == "throwaway" { Lifetime::Throwaway } else { Lifetime::Kept },
        linger: Duration::from_millis(linger.parse().unwrap_or_default()),
        ..ClusterSettings::durable(dir)
    };
    match LocalCluster::start(&settings, &|line| eprintln!("{line}")) {
        Ok(cluster) => {
            println!("ready {}", cluster.url("postgres"));
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", luvhive_core::error::chain(&error));
            ExitCode::from(69)
        }
    }
}
