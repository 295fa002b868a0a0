//! Where the page goes, and which rows count.

use clap::Parser as _;

use super::row::Claim;
use super::supervision::Tools;
use super::{Args, apart, dashboard, stores, supervision, write_page};

fn parse(arguments: &[&str]) -> Args {
    Args::try_parse_from([&["report"], arguments].concat()).unwrap()
}

#[test]
fn a_page_is_written_only_where_it_is_asked_for() {
    assert_eq!(parse(&["--people", "100000", "--json"]).write, None);
    assert_eq!(parse(&["--only", "drill", "--write", "here.md"]).write, Some("here.md".into()));
}

#[test]
fn a_row_whose_checker_is_not_installed_is_skipped() {
    let tools = Tools { path: Some("/nowhere".into()) };
    let rows = supervision::measure(&tools).unwrap();
    let told: Vec<(Option<bool>, Option<&str>)> = rows.iter().map(|row| (row.pass, row.skipped.as_deref())).collect();
    assert_eq!(
        told,
        [
            (None, Some("promtool is not installed")),
            (None, Some("systemd-analyze is not installed")),
            (Some(true), None),
            (None, Some("git is not installed")),
        ]
    );
    let page = write_page(&parse(&[]), &rows);
    assert!(page.contains("| 4 in words |  | skipped: promtool is not installed |"), "{page}");
    assert!(page.contains("\n1 of 4 rows are reached."), "{page}");
}

#[test]
fn an_unknown_part_is_refused() {
    assert!(Args::try_parse_from(["report", "--only", "drills"]).is_err());
}

#[test]
fn a_row_of_a_rate_that_was_not_reached_fails() {
    let row = Claim::new("quick", "").at_most(1.0, 50.0, "ms");
    assert!(row.clone().given(95.0).pass == Some(true));
    let row = row.given(94.9);
    assert!(row.pass == Some(false) && row.claim.contains("only 94.9 %"), "{row:?}");
    assert_eq!(Claim::new("slow", "").at_most(51.0, 50.0, "ms").given(100.0).pass, Some(false));
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
