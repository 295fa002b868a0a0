//! What is kept how long: the page for operators, from storage's table.

use std::fmt::Write as _;

use luvhive_storage::retention;

use super::{check, head};

fn page() -> String {
    let mut page = format!("<!-- {} -->\n\n# What is kept how long\n\n", head("`crates/storage/src/retention.rs`"));
    page.push_str("Every table of the database, what it holds about people, and what removes it.\n");
    page.push_str("Copies that `luvhive db backup` makes hold all of it: keep them at most 30 days.\n\n");
    page.push_str("| Data | Kept | Removed by | Tables |\n| --- | --- | --- | --- |\n");
    for row in retention::list() {
        let tables: Vec<_> = row.tables.iter().map(|table| format!("`{table}`")).collect();
        writeln!(page, "| {} | {} | {} | {} |", row.data, row.kept, row.remover.words(), tables.join(", ")).unwrap();
    }
    page
}

#[test]
fn the_page_of_what_is_kept_is_storages_table() {
    check("docs/RETENTION.md", &page());
}
