//! The numbers of PostgreSQL's advisory locks, all in one place so that no two uses collide.

/// Held while migrations run, on the database they change.
pub const MIGRATIONS: i64 = 0x4c56_0001;

/// Held by the test kit while it makes or drops template databases, on the database `postgres`.
pub const TEST_TEMPLATE: i64 = 0x4c56_0002;
