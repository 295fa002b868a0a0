//! Counting encrypted texts by their keys: that none is missing, that a rotation is done.

use std::collections::BTreeMap;

use super::column::ALL;
use super::{KeyId, Vault};
use crate::database::{Database, DatabaseError};

/// What lies in a database, of all its bots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// How many texts lie in clear that a data key would encrypt.
    pub clear: u64,
    /// How many texts each key has encrypted.
    pub keys: BTreeMap<KeyId, u64>,
}

impl Census {
    /// The keys that some texts need and this vault does not have.
    pub fn missing(&self, vault: &Vault) -> Vec<KeyId> {
        let known = vault.keys();
        self.keys.keys().copied().filter(|key| !known.contains(key)).collect()
    }
}

/// Counts every text, by reading each table once.
///
/// # Errors
/// [`DatabaseError::Unavailable`], also when a statement is refused.
pub async fn take_census(database: &Database) -> Result<Census, DatabaseError> {
    let client = database.client().await?;
    let mut census = Census::default();
    for column in ALL {
        let sql = column.fill(include_str!("../../sql/count_texts.sql"));
        for row in client.query(&sql, &[]).await.map_err(DatabaseError::unavailable)? {
            let id: Option<Vec<u8>> = row.try_get(0).map_err(DatabaseError::unavailable)?;
            let count = row.try_get::<_, i64>(1).map_err(DatabaseError::unavailable)?.unsigned_abs();
            let counted = match id.as_deref().map(KeyId::of_bytes) {
                None => &mut census.clear,
                Some(Some(id)) => census.keys.entry(id).or_default(),
                // Cut short, so no key of ours could read it.
                Some(None) => continue,
            };
            *counted = counted.saturating_add(count);
        }
    }
    Ok(census)
}
