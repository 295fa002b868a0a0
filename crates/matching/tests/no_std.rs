//! Without the feature `std` nothing of the standard library is linked.
//! A probe that has its own panic handler and allocator is built on top of the crate: with the standard library
//! anywhere below it, the compiler refuses the second panic handler.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::PathBuf;
use std::process::Command;

const PROBE: &str = r#"
#![no_std]
extern crate alloc;
use core::alloc::{GlobalAlloc, Layout};
use luvhive_matching::{Config, Matcher, Schema, Ticket, Weights};

struct Nothing;
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 { core::ptr::null_mut() }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static ALLOCATOR: Nothing = Nothing;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }

#[unsafe(no_mangle)]
pub extern "C" fn probe() -> u32 {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let Ok(schema) = schema.build() else { return 1 };
    let Ok(mut matcher) = Matcher::new(schema, Weights::new(), Config::default()) else { return 2 };
    let ticket = Ticket::new(1u32).have(side, 0).accept(side, [1]);
    u32::from(matcher.offer(&ticket, 0).is_err())
}
"#;

/// Builds the crate and the probe; what the compiler said about the probe.
fn build(features: &[&str]) -> (bool, String) {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-std");
    let built = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--lib", "--crate-type", "rlib", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .args(["--no-default-features", "--config", "profile.dev.package.luvhive-matching.opt-level=0", "--target-dir"])
        .arg(&target)
        .args(features)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let source = target.join("probe.rs");
    std::fs::write(&source, PROBE).unwrap();
    let library = target.join("debug/libluvhive_matching.rlib");
    let probed = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=staticlib", "-Cpanic=abort", "-o"])
        .arg(target.join("libprobe.a"))
        .arg(format!("--extern=luvhive_matching={}", library.display()))
        .arg(format!("-Ldependency={}", target.join("debug/deps").display()))
        .arg(&source)
        .output()
        .unwrap();
    (probed.status.success(), String::from_utf8_lossy(&probed.stderr).into_owned())
}

#[test]
fn the_core_links_nothing_of_std() {
    let (is_built, said) = build(&[]);
    assert!(is_built, "{said}");
    // The proof proves itself: with `std` the same probe is refused.
    let (is_built, said) = build(&["--features", "std"]);
    assert!(!is_built && said.contains("panic_impl"), "{said}");
}
