//! Metrics: every one on the page that `ops.listen` serves.

use std::fmt::Write as _;

use super::{check, head};

fn page() -> String {
    let mut page = format!(
        "# Metrics\n\n<!-- {} -->\n\n\
         With `ops.listen` set, `/metrics` serves these in Prometheus' text format.\n\
         No label contains an id of a person.\n\n\
         | Name | Kind | Labels | What it counts |\n| --- | --- | --- | --- |\n",
        head("crates/telegram/src/signal/ and crates/app/src/recorder.rs"),
    );
    for metric in luvhive_app::metrics() {
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        writeln!(page, "| `{}` | {} | {} | {} |", metric.name, metric.kind.word(), labels.join(", "), metric.help).unwrap();
    }
    page
}

#[test]
fn the_reference_of_the_metrics() {
    check("docs/METRICS.md", &page());
}
