//! Where the page goes, and which rows count.

use std::path::Path;

use clap::Parser as _;

use super::row::Row;
use super::{Args, apart, dashboard, stores};

fn parse(arguments: &[&str]) -> Args {
    Args::try_parse_from([&["report"], arguments].concat()).unwrap()
}

#[test]
fn a_whole_report_in_the_checkout_writes_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = root.join("docs/READINESS.md");
    let issue = parse(&["--people", "100000", "--json"]);
    assert_eq!(issue.page(root), Some(page.clone()));
    assert_eq!(issue.page(&root.join("benches")), Some(page));
    assert_eq!(issue.page(Path::new("/")), None, "outside of the checkout");
    assert_eq!(parse(&["--only", "drill"]).page(root), None, "some parts are no report");
    let named = parse(&["--only", "drill", "--write", "here.md"]);
    assert_eq!(named.page(root), Some("here.md".into()));
}

#[test]
fn an_unknown_part_is_refused() {
    assert!(Args::try_parse_from(["report", "--only", "drills"]).is_err());
}

#[test]
fn a_row_of_a_rate_that_was_not_reached_fails() {
    let row = Row::at_most("quick", "", 1.0, 50.0, "ms");
    assert!(row.clone().given(95.0).pass);
    let row = row.given(94.9);
    assert!(!row.pass && row.claim.contains("only 94.9 %"), "{row:?}");
    assert!(!Row::at_most("slow", "", 51.0, 50.0, "ms").given(100.0).pass);
}

#[tokio::test]
async fn a_part_that_panics_is_an_error() {
    let told = apart(|| async { panic!("the drill fell") }).await.unwrap_err();
    assert!(told.to_string().contains("panic"), "{told}");
}

#[test]
fn a_scan_of_any_large_table_is_seen() {
    let large = ["people".to_owned(), "chats".to_owned()];
    assert!(stores::is_scan("Seq Scan on chats c  (cost=0.00..1.00)", &large));
    assert!(stores::is_scan("Parallel Seq Scan on people", &large));
    assert!(!stores::is_scan("Seq Scan on reports", &large), "a table of a page or two is read at once, which is right");
    assert!(!stores::is_scan("Index Scan using people_pkey on people", &large));
}

#[test]
fn figures_are_found_in_queries() {
    let query = "sum(rate(luvhive_sends_total{outcome=\"sent\"}[5m])) / process_resident_memory_bytes";
    assert_eq!(dashboard::names(query), ["luvhive_sends_total", "process_resident_memory_bytes"]);
    let queries = dashboard::queries().unwrap();
    assert!(queries.len() > 25 && queries.iter().all(|query| !dashboard::names(query).is_empty()), "{queries:?}");
}
