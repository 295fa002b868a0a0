//! The numbers of PostgreSQL's advisory locks, all in one place so that no two uses collide.

/// Held while migrations run, on the database they change.
pub const MIGRATIONS: i64 = 0x4c56_0001;

/// Held by the test kit while it makes or drops template databases, on the database `postgres`.
pub const TEST_TEMPLATE: i64 = 0x4c56_0002;

/// Held by the owner of a shard's lease for as long as its session lives: one number for each bot, shard and epoch.
///
/// A process that gets the lock of the current epoch knows that its owner is gone.
pub fn shard_lease(bot: i64, shard: i16, epoch: i64) -> i64 {
    // The finalizer of splitmix64 spreads the three numbers; the sign keeps the result away from those above.
    let spread = |value: u64| {
        let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    };
    let parts = [bot, i64::from(shard), epoch];
    let mixed = parts.iter().fold(0x9e37_79b9_7f4a_7c15, |mixed: u64, part| spread(mixed ^ part.cast_unsigned()));
    (mixed | 1 << 63).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_leases_share_a_lock() {
        let mut seen = std::collections::BTreeSet::from([MIGRATIONS, TEST_TEMPLATE]);
        for bot in [1, 2, 7_000_000_001] {
            for shard in 0..3 {
                for epoch in 0..200 {
                    assert!(seen.insert(shard_lease(bot, shard, epoch)), "{bot} {shard} {epoch}");
                }
            }
        }
    }
}
