//! Backup and restore with everybody in it: back up, write more, lose something, restore to the moment before.

use super::Args;
use super::row::{Claim, Row, float};
use crate::load::LoadError;

/// Runs the drill. Its steps fail loudly, which ends the report: a drill that cannot run is worse than a row that fails.
pub(super) async fn measure(args: &Args) -> Result<Vec<Row>, LoadError> {
    let rehearsed = luvhive_tests::drill::rehearse(args.people).await;
    let wrong = rehearsed.before.iter().zip(&rehearsed.after).filter(|(before, after)| before != after).count();
    let wrong = i64::try_from(wrong)?.saturating_add(rehearsed.broken);
    let people = args.people;
    let restore = format!("restore of {people} people to a point in time, until the server takes connections");
    Ok(vec![
        Claim::new(&format!("base backup of {people} people"), "not said").at_most(rehearsed.backup.as_secs_f64(), 120.0, "s"),
        Claim::new(&restore, "not said").at_most(rehearsed.restore.as_secs_f64(), 120.0, "s"),
        Claim::new("tables that differ and invariants that are broken after the restore", "not said").at_most(
            float(wrong),
            0.0,
            "faults",
        ),
    ])
}
