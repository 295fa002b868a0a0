//! The real program as a process: what it prints, how it ends, and what survives a kill.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is test code: a failing helper has to fail its test")]

#[path = "process/admission.rs"]
mod admission;
#[path = "process/bad_input.rs"]
mod bad_input;
#[path = "process/cases.rs"]
mod cases;
#[path = "process/clocks.rs"]
mod clocks;
#[path = "process/comeback.rs"]
mod comeback;
#[path = "process/corrections.rs"]
mod corrections;
#[path = "process/data_key.rs"]
mod data_key;
#[path = "process/doors.rs"]
mod doors;
#[path = "process/failover.rs"]
mod failover;
#[path = "process/frozen.rs"]
mod frozen;
#[path = "process/health.rs"]
mod health;
#[path = "process/kit.rs"]
mod kit;
#[path = "process/life.rs"]
mod life;
#[path = "process/log_lines.rs"]
mod log_lines;
#[path = "process/majors.rs"]
mod majors;
#[path = "process/payments.rs"]
mod payments;
#[path = "process/ports.rs"]
mod ports;
#[path = "process/secrets.rs"]
mod secrets;
#[path = "process/server.rs"]
mod server;
#[path = "process/staff.rs"]
mod staff;
#[path = "process/supervised.rs"]
mod supervised;
#[path = "process/upkeep.rs"]
mod upkeep;
#[path = "process/wrong_settings.rs"]
mod wrong_settings;
