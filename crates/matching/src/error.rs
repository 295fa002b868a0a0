//! Every way in which the crate says no.
//! Each error names the key, the dimension or the field at fault, and after each error the state is what it was before.

use alloc::string::String;

use crate::matcher::MatchId;

/// Why a schema cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A schema without any dimension fits everybody to everybody.
    #[error("the schema has no dimension")]
    NoDimension,
    /// More dimensions or marks than the crate supports.
    #[error("the schema has more than {limit} dimensions or marks")]
    TooMany {
        /// The largest number allowed.
        limit: usize,
    },
    /// Two dimensions, or two marks, have the same name.
    #[error("the name {name:?} is used twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A domain has no value, or more than 256.
    #[error("the domain of {name:?} has {size} values, allowed are 1 to {limit}")]
    Domain {
        /// The dimension.
        name: String,
        /// Number of values asked for.
        size: u64,
        /// Largest number allowed.
        limit: u64,
    },
    /// A wide category accepts no value, or more than [`MAX_ACCEPTED`](crate::MAX_ACCEPTED).
    #[error("tickets may accept {accepted} values of {name:?}, allowed are 1 to {limit}")]
    Accepted {
        /// The dimension.
        name: String,
        /// Number of accepted values asked for.
        accepted: u64,
        /// Largest number allowed.
        limit: u64,
    },
    /// The category by which tickets are to be clustered is one of another schema.
    #[error("the category by which to cluster is one of another schema: its handle stands for {} here", dimension.as_deref().unwrap_or("nothing"))]
    Cluster {
        /// Name of the dimension that has its number here, if there is one.
        dimension: Option<String>,
    },
}

/// What is wrong with a ticket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// A [`Dim`](crate::Dim) or [`Mark`](crate::Mark) of another schema, whose number this one does not have.
    #[error("a handle of another schema: {handle} number {number}, where this one has {known}")]
    Unknown {
        /// `"dimension"` or `"mark"`.
        handle: &'static str,
        /// Number of the dimension or mark, counted from zero.
        number: usize,
        /// Names of those there are, in order.
        known: String,
    },
    /// A value or rule of another kind than the dimension, such as a range for a category. Only handles of
    /// [any kind](crate::AnyKind) or of another schema get so far.
    #[error("{dimension:?} does not take this kind of value or rule")]
    WrongKind {
        /// Name of the dimension.
        dimension: String,
    },
    /// A value outside the domain.
    #[error("{dimension:?} has no value {value}")]
    OutOfDomain {
        /// Name of the dimension.
        dimension: String,
        /// The value.
        value: i64,
    },
    /// A category or ordinal without a value, or a common dimension without a tag.
    #[error("the ticket has no value in {dimension:?}")]
    Missing {
        /// Name of the dimension.
        dimension: String,
    },
    /// A rule that nobody can meet.
    #[error("the ticket accepts nothing in {dimension:?}")]
    EmptyAccept {
        /// Name of the dimension.
        dimension: String,
    },
    /// More accepted values than the wide category [takes](crate::SchemaBuilder::wide).
    #[error("the ticket accepts {accepted} values of {dimension:?}, allowed are {limit}")]
    TooManyAccepted {
        /// Name of the dimension.
        dimension: String,
        /// Number of values accepted.
        accepted: usize,
        /// The largest number allowed.
        limit: u16,
    },
    /// The same dimension is given twice.
    #[error("{dimension:?} is given twice")]
    Repeated {
        /// Name of the dimension.
        dimension: String,
    },
    /// A relaxation step that refuses somebody who was accepted before.
    #[error("the step after {after_ms} ms narrows {dimension:?}")]
    Narrows {
        /// Name of the dimension.
        dimension: String,
        /// When the step was due, in milliseconds of waiting.
        after_ms: u64,
    },
    /// More relaxation steps than [`Limits::steps`](crate::Limits::steps).
    #[error("the ticket has more than {limit} relaxation steps")]
    TooManySteps {
        /// The largest number allowed.
        limit: usize,
    },
    /// A step or time to live of zero, or of more than [`MAX_SPAN_MS`](crate::MAX_SPAN_MS).
    #[error("{field} of {value} ms is outside 1..={limit}")]
    Span {
        /// `"relax"` or `"ttl"`.
        field: &'static str,
        /// The value in milliseconds.
        value: u64,
        /// Largest value in milliseconds.
        limit: u64,
    },
    /// A priority class that the configuration does not have.
    #[error("priority {class} is not below {classes}")]
    Priority {
        /// The class asked for.
        class: u8,
        /// Number of classes.
        classes: u8,
    },
}

/// Why an operation on the matcher was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatcherError<K> {
    /// The ticket itself is at fault.
    #[error("the ticket of {key:?} is not valid: {source}")]
    Ticket {
        /// Whose ticket.
        key: K,
        /// What is wrong with it.
        source: TicketError,
    },
    /// The key waits already, or is held by a match that is neither confirmed nor rejected.
    #[error("{key:?} is already waiting or held by a match")]
    Duplicate {
        /// The key.
        key: K,
    },
    /// The key does not wait, nor is it held where that is asked about.
    #[error("{key:?} is not waiting")]
    UnknownKey {
        /// The key.
        key: K,
    },
    /// No held match has this number.
    #[error("no match of number {} is held", id.0)]
    UnknownMatch {
        /// The number.
        id: MatchId,
    },
    /// The key is not one of the two of this match.
    #[error("{key:?} is not part of match {}", id.0)]
    NotInMatch {
        /// The key.
        key: K,
        /// The match.
        id: MatchId,
    },
    /// [`Limits::waiting`](crate::Limits::waiting) tickets wait.
    #[error("the pool is full: {limit} are waiting")]
    Full {
        /// The limit.
        limit: u32,
    },
    /// [`Limits::held`](crate::Limits::held) matches are held.
    #[error("{limit} matches are neither confirmed nor rejected")]
    TooManyHeld {
        /// The limit.
        limit: u32,
    },
    /// `now` is earlier than a time given before.
    #[error("time went back from {last_ms} to {now_ms}")]
    TimeWentBack {
        /// The time given before, in milliseconds.
        last_ms: u64,
        /// The time given now, in milliseconds.
        now_ms: u64,
    },
    /// A time above [`MAX_TIME_MS`](crate::MAX_TIME_MS), or a wait that begins in the future.
    #[error("{field} {value} is after {limit}")]
    TimeOutOfRange {
        /// `"now"`, `"waiting_since"` or `"until"`.
        field: &'static str,
        /// The value in milliseconds.
        value: u64,
        /// The latest time allowed in milliseconds.
        limit: u64,
    },
    /// An exclusion that would be over already: it ends at the [latest time given](crate::Matcher::now) or before.
    #[error("the end of an exclusion, {until_ms}, is not after {now_ms}")]
    EndsInPast {
        /// The end, in milliseconds.
        until_ms: u64,
        /// The latest time given, in milliseconds.
        now_ms: u64,
    },
    /// A pair of one key with itself.
    #[error("a pair needs two different keys, not {key:?} twice")]
    SamePerson {
        /// The key.
        key: K,
    },
    /// [`Limits::exclusions`](crate::Limits::exclusions) pairs hold one of the keys already.
    #[error("{key:?} has {limit} exclusions")]
    TooManyExclusions {
        /// The key.
        key: K,
        /// The limit.
        limit: usize,
    },
    /// [`Limits::excluded_pairs`](crate::Limits::excluded_pairs) pairs are kept apart already.
    #[error("{limit} pairs are kept apart")]
    TooManyPairs {
        /// The limit.
        limit: usize,
    },
    /// [`MAX_EXCLUDED_KEYS`](crate::MAX_EXCLUDED_KEYS) keys have exclusions already.
    #[error("{limit} keys have exclusions")]
    TooManyExcludedKeys {
        /// The limit.
        limit: u32,
    },
}

/// Why a configuration or a score does not go with a schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number outside its range.
    #[error("{field} is {value}, allowed are {low}..={high}")]
    OutOfRange {
        /// Name of the setting.
        field: &'static str,
        /// The value found.
        value: u64,
        /// Smallest value allowed.
        low: u64,
        /// Largest value allowed.
        high: u64,
    },
    /// A priority that waiting can never overtake.
    #[error("a priority bonus of {bonus} is never overtaken: aging stops at {cap}, nobody becomes overdue")]
    Starving {
        /// Bonus of the highest class, in points.
        bonus: u64,
        /// Largest aging bonus, in points.
        cap: u64,
    },
    /// Points of a weight outside their range.
    #[error("{field} of the weight {weight} for {name:?} is {value}, allowed are {low}..={high}")]
    WeightOutOfRange {
        /// `"shared"`, `"same"`, `"near"` or `"mark"`.
        weight: &'static str,
        /// Name of the dimension or mark.
        name: String,
        /// Name of the number, as in the method that sets it.
        field: &'static str,
        /// The value found.
        value: u32,
        /// Smallest value allowed.
        low: u32,
        /// Largest value allowed.
        high: u32,
    },
    /// A weight for a dimension or mark of another schema.
    #[error("the weight {weight} has a handle of another schema: it stands for {} here", name.as_deref().unwrap_or("nothing"))]
    Weight {
        /// `"shared"`, `"same"`, `"near"` or `"mark"`.
        weight: &'static str,
        /// Name of the dimension or mark that has its number here, if there is one.
        name: Option<String>,
    },
}

/// Why a snapshot cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Schema, weights or settings are refused on their own.
    #[error("the configuration is not valid: {0}")]
    Config(#[from] ConfigError),
    /// Taken with another schema, other weights or other settings.
    #[error("the snapshot was taken with another {part}")]
    Different {
        /// `"version"`, `"schema"` or `"settings"`.
        part: &'static str,
    },
    /// The snapshot contradicts itself.
    #[error("the snapshot is damaged: {part}")]
    Damaged {
        /// The part at fault.
        part: &'static str,
    },
}
