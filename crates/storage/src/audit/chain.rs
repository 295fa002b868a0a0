//! What a link of the audit log's chain covers, and its MAC: by a sub-key of the data key, or a plain hash without one.

use std::fmt;

use diesel::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::hex;
use crate::moment::Moment;
use crate::schema::audit_log;
use crate::vault::{KeyId, Vault};

/// What stands before the first link.
pub(super) const MAC: [u8; 32] = [0; 32];

/// A row of the log, as far as it is covered.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) acted_at: Moment,
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) detail: String,
}

impl Row {
    /// Adds it to a content, each text with its length in front, so that no two rows look alike.
    fn write(&self, content: &mut Vec<u8>) {
        content.extend_from_slice(&self.id.to_be_bytes());
        content.extend_from_slice(&self.acted_at.0.as_micros().to_be_bytes());
        for text in [&self.actor, &self.action, &self.subject, &self.detail] {
            content.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            content.extend_from_slice(text.as_bytes());
        }
    }
}

/// A link of the chain.
pub(super) struct Linked<'a> {
    pub(super) bot: i64,
    pub(super) link: i64,
    /// The MAC of the link before; [`MAC`] before the first.
    pub(super) before: &'a [u8],
    /// Rows since the link before that a release without a chain wrote.
    pub(super) loose: &'a [Row],
    pub(super) row: &'a Row,
}

/// Makes a link's MAC by the sub-key of a key, or a plain hash; `None` if the key is not here.
pub(super) fn mac_of(linked: &Linked<'_>, key: Option<KeyId>, vault: &Vault) -> Option<[u8; 32]> {
    let mut content = b"LuvHive audit log 1".to_vec();
    content.extend_from_slice(&linked.bot.to_be_bytes());
    content.extend_from_slice(&linked.link.to_be_bytes());
    content.extend_from_slice(linked.before);
    for row in linked.loose {
        content.push(b'-');
        row.write(&mut content);
    }
    content.push(b'+');
    linked.row.write(&mut content);
    match key {
        Some(key) => vault.mac(key, &content),
        None => Some(Sha256::digest(&content).into()),
    }
}

/// Where a log ends: the last link and its MAC. Written down in another place, it shows later that nothing up to there was
/// changed or cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last link.
    pub link: i64,
    /// Its MAC.
    pub mac: [u8; 32],
}

impl Head {
    /// Reads what [`fmt::Display`] writes: the link, a colon, 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (link, digits) = text.trim().split_once(':')?;
        let mac = hex::read(digits)?.try_into().ok()?;
        Some(Self { link: link.parse().ok().filter(|link| *link > 0)?, mac })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.link)?;
        self.mac.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use luvhive_core::time::Timestamp;

    use super::*;

    fn row(id: i64, actor: &str, action: &str) -> Row {
        let (actor, action) = (actor.to_owned(), action.to_owned());
        Row { id, acted_at: Moment(Timestamp::from_millis(id)), actor, action, subject: String::new(), detail: String::new() }
    }

    fn mac(bot: i64, link: i64, loose: &[Row], row: &Row) -> [u8; 32] {
        mac_of(&Linked { bot, link, before: &MAC, loose, row }, None, &Vault::default()).unwrap()
    }

    #[test]
    fn what_differs_anywhere_has_another_mac() {
        let (one, other) = (row(1, "ann", "ban"), row(2, "ann", "ban"));
        let macs = [
            mac(1, 1, &[], &one),
            mac(2, 1, &[], &one),
            mac(1, 2, &[], &one),
            mac(1, 1, &[], &other),
            mac(1, 1, &[], &row(1, "annb", "an")),
            mac(1, 1, std::slice::from_ref(&one), &other),
        ];
        let distinct: std::collections::BTreeSet<_> = macs.iter().collect();
        assert_eq!(distinct.len(), macs.len());
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head { link: 12, mac: [0xa5; 32] };
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        for bad in ["", "12", "12:", "0:a5", "x:a5", &format!("0:{}", "a5".repeat(32)), &format!("1:{}", "zz".repeat(32))] {
            assert_eq!(Head::parse(bad), None, "{bad}");
        }
    }
}
