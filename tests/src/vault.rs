//! Vaults of made-up keys.

use luvhive_app::system::OsEntropy;
use luvhive_storage::Vault;

/// The keys with these numbers, as settings hold them; the first one encrypts.
pub fn keys(numbers: &[u8]) -> String {
    let keys: Vec<String> = numbers.iter().map(|number| format!("{number:02x}").repeat(32)).collect();
    keys.join("\n")
}

/// A vault of the keys with these numbers.
///
/// # Panics
/// Without a number.
pub fn vault(numbers: &[u8]) -> Vault {
    Vault::new(&keys(numbers), Box::new(OsEntropy)).unwrap()
}
