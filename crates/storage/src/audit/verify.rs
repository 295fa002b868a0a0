//! Walks the chain of the audit log and says where it is broken.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::id::BotId;
use luvhive_core::ports::StoreError;

use super::chain::{Head, Linked, MAC, Row, mac_of};
use crate::error::of_run;
use crate::pool::Pool;
use crate::schema::{audit_heads, audit_log};
use crate::vault::{KeyId, Vault};

/// How many rows are read at once.
const PAGE: i64 = 1_000;

/// What the log must be, by what is known from elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The end of the log as it was written down some time ago.
    pub head: Option<Head>,
    /// The first link that was made with a data key; those before may carry a plain hash.
    pub keyed_from: i64,
}

impl Default for Expected {
    fn default() -> Self {
        Self { head: None, keyed_from: 1 }
    }
}

/// Something that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// This link's row is not what its MAC covers, or a row before it that has no link is not.
    Changed(i64),
    /// These links, from the first to the last, are not there.
    Missing(i64, i64),
    /// The log ends after the first link, and once went on to the second.
    Cut(i64, i64),
    /// This link is not what it was when it was written down.
    Rewritten(i64),
    /// This link carries a plain hash, which everybody who can write to the database can make.
    Unkeyed(i64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(link) => {
                write!(f, "link {link} was changed, or a row between it and the link before was changed, added or removed")
            }
            Self::Missing(first, last) if first == last => write!(f, "link {first} is missing"),
            Self::Missing(first, last) => write!(f, "links {first} to {last} are missing"),
            Self::Cut(end, once) => write!(f, "the log ends after link {end}, and once went on to link {once}"),
            Self::Rewritten(link) => write!(f, "link {link} is another one than was written down: the chain was made anew"),
            Self::Unkeyed(link) => {
                write!(
                    f,
                    "link {link} was chained without a data key, so everybody who can write to the database can have made it"
                )
            }
        }
    }
}

/// What a look at a whole log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many links there are.
    pub links: u64,
    /// How many rows before, between and after them have no link, because a release without a chain wrote them.
    pub loose: u64,
    /// How many of those stand after the last link, so that nothing covers them yet.
    pub uncovered: u64,
    /// Links chained by keys that are not here, so that nothing can be said about them; and those keys.
    pub unread: u64,
    /// The numbers of these keys.
    pub missing_keys: BTreeSet<KeyId>,
    /// Links that carry a plain hash.
    pub unkeyed: u64,
    /// Where it ends.
    pub head: Option<Head>,
    /// What is wrong, in the order of the links.
    pub findings: Vec<Finding>,
}

/// A row with its place in the chain.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(diesel::pg::Pg))]
struct Stored {
    #[diesel(embed)]
    row: Row,
    link: Option<i64>,
    chain_key: Option<Vec<u8>>,
    mac: Option<Vec<u8>>,
}

async fn list_page(conn: &mut AsyncPgConnection, bot: i64, after: i64) -> QueryResult<Vec<Stored>> {
    audit_log::table
        .filter(audit_log::bot_id.eq(bot).and(audit_log::id.gt(after)))
        .order(audit_log::id)
        .limit(PAGE)
        .select(Stored::as_select())
        .load(conn)
        .await
}

async fn find_kept(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Option<(i64, Vec<u8>)>> {
    audit_heads::table.find(bot).select((audit_heads::link, audit_heads::mac)).first(conn).await.optional()
}

fn head_of((link, mac): (i64, Vec<u8>)) -> Option<Head> {
    Some(Head { link, mac: mac.try_into().ok()? })
}

/// Returns where a log ends, as its writers noted; `None` while it has no link.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn find_head(pool: &Pool, bot: BotId) -> Result<Option<Head>, StoreError> {
    let bot = bot.get();
    let kept = pool.run(async move |conn: &mut AsyncPgConnection| find_kept(conn, bot).await).await.map_err(of_run)?;
    Ok(kept.and_then(head_of))
}

/// Reads a whole log and checks it.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn verify(pool: &Pool, vault: &Vault, bot: BotId, expected: &Expected) -> Result<Verdict, StoreError> {
    // The end that its writers noted is read first: acts that come meanwhile only make the log longer.
    let kept = find_head(pool, bot).await?;
    let bot = bot.get();
    let mut walk = Walk { bot, vault, expected, before: MAC.to_vec(), next: 1, loose: Vec::new(), verdict: Verdict::default() };
    let mut after = i64::MIN;
    loop {
        let page = pool.run(async move |conn: &mut AsyncPgConnection| list_page(conn, bot, after).await).await.map_err(of_run)?;
        let Some(last) = page.last() else { break };
        after = last.row.id;
        for stored in page {
            walk.step(stored);
        }
    }
    Ok(walk.end(kept))
}

/// On the way along a chain.
struct Walk<'a> {
    bot: i64,
    vault: &'a Vault,
    expected: &'a Expected,
    /// The MAC of the last link.
    before: Vec<u8>,
    /// The link that must come next.
    next: i64,
    /// Rows since the last link.
    loose: Vec<Row>,
    verdict: Verdict,
}

impl Walk<'_> {
    fn step(&mut self, stored: Stored) {
        let (Some(link), Some(mac)) = (stored.link, stored.mac) else {
            self.verdict.loose = self.verdict.loose.saturating_add(1);
            self.loose.push(stored.row);
            return;
        };
        let key = stored.chain_key.as_deref().and_then(KeyId::of_bytes);
        match link.cmp(&self.next) {
            Ordering::Equal => self.judge(&stored.row, link, key, &mac),
            Ordering::Greater => self.verdict.findings.push(Finding::Missing(self.next, link.saturating_sub(1))),
            Ordering::Less => self.verdict.findings.push(Finding::Changed(link)),
        }
        if key.is_none() {
            self.verdict.unkeyed = self.verdict.unkeyed.saturating_add(1);
            if link >= self.expected.keyed_from && !self.vault.keys().is_empty() {
                self.verdict.findings.push(Finding::Unkeyed(link));
            }
        }
        if let Some(head) = self.expected.head.filter(|head| head.link == link && head.mac.as_slice() != mac) {
            self.verdict.findings.push(Finding::Rewritten(head.link));
        }
        self.verdict.links = self.verdict.links.saturating_add(1);
        self.verdict.head = head_of((link, mac.clone()));
        self.next = link.saturating_add(1);
        self.before = mac;
        self.loose.clear();
    }

    /// Compares the MAC of a link that follows the one before.
    fn judge(&mut self, row: &Row, link: i64, key: Option<KeyId>, mac: &[u8]) {
        let linked = Linked { bot: self.bot, link, before: &self.before, loose: &self.loose, row };
        match (mac_of(&linked, key, self.vault), key) {
            (Some(expected), _) if expected.as_slice() == mac => {}
            (Some(_), _) | (None, None) => self.verdict.findings.push(Finding::Changed(link)),
            (None, Some(key)) => {
                self.verdict.unread = self.verdict.unread.saturating_add(1);
                self.verdict.missing_keys.insert(key);
            }
        }
    }

    /// Compares the end with where the log went once.
    fn end(mut self, kept: Option<Head>) -> Verdict {
        self.verdict.uncovered = u64::try_from(self.loose.len()).unwrap_or(u64::MAX);
        let end = self.verdict.head.map_or(0, |head| head.link);
        let once = [self.expected.head, kept].into_iter().flatten().map(|head| head.link).max().unwrap_or(0);
        if once > end {
            self.verdict.findings.push(Finding::Cut(end, once));
        }
        match (kept, self.verdict.head) {
            // The noted end was taken away, or it lies behind rows that nobody but its writers could have added.
            (None, Some(head)) => self.verdict.findings.push(Finding::Rewritten(head.link)),
            (Some(kept), Some(head)) if kept.link == head.link && kept != head => {
                self.verdict.findings.push(Finding::Rewritten(head.link));
            }
            _ => {}
        }
        self.verdict
    }
}
