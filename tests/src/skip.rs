//! Tests that need more than a Rust toolchain: they say why they cannot run here, or fail where they must.

/// Passes on what a test needs, or says `skipped: <why>` and returns none.
///
/// # Panics
/// When `LUVHIVE_TEST_REQUIRE` lists `need` and it is not there: in the gate a skip is a failure.
#[track_caller]
#[expect(clippy::print_stdout, reason = "the word for a test that cannot run here")]
pub fn require_or_skip<T>(need: &str, found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(why) => {
            assert!(!is_required(need), "{need} is required here: {why}");
            println!("skipped: {why}");
            None
        }
    }
}

/// Reports whether `LUVHIVE_TEST_REQUIRE`, a list with commas, names `need`; `all` names whatever a test may need.
pub fn is_required(need: &str) -> bool {
    std::env::var_os("LUVHIVE_TEST_REQUIRE")
        .is_some_and(|list| list.to_string_lossy().split(',').any(|name| names(name.trim(), need)))
}

fn names(name: &str, need: &str) -> bool {
    name == "all" || name == need
}
