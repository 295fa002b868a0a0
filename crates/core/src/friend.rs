//! Friends: two people who agreed to stay in touch. Neither learns who the other is: each knows the other by a number
//! and by what the match card shows.

use std::time::Duration;

use crate::id::ChatId;
use crate::person::PersonFacts;
use crate::time::Timestamp;

/// The most friends a person may have.
pub const MOST_FRIENDS: u16 = 50;
/// How long a request can be accepted.
pub const REQUEST_LASTS: Duration = Duration::from_hours(7 * 24);

/// A friend as their friend sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Friend {
    /// By which the person tells this friend from others; from 1, never shown to anybody else.
    pub number: u16,
    /// The chat they met in, by which buttons name the friend.
    pub chat: ChatId,
    /// Who it is; without entitlement.
    pub facts: PersonFacts,
    /// Since when.
    pub since: Timestamp,
}

/// How a person stands with somebody they chatted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether they are friends.
    pub are_friends: bool,
    /// When the person asked, if that is open.
    pub asked_by_me: Option<Timestamp>,
    /// When the other one asked, if that is open.
    pub asked_by_them: Option<Timestamp>,
    /// Whether the person blocked the other.
    pub blocked_by_me: bool,
    /// Whether the other blocked the person.
    pub blocked_by_them: bool,
    /// How many friends the person has.
    pub mine: u16,
    /// How many friends the other one has.
    pub theirs: u16,
}

/// What a person's wish to be friends comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The other one is asked.
    Ask,
    /// The other one had asked: they are friends now.
    Befriend,
    /// The request is noted, the other one hears nothing, and the person is not told so: they do not learn who blocked them.
    Pretend,
}

/// Why a person's wish to be friends comes to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FriendRefusal {
    /// They are friends.
    #[error("they are friends already")]
    Already,
    /// The request is open.
    #[error("it was asked already")]
    Asked,
    /// The person blocked the other.
    #[error("the other one is blocked")]
    Blocked,
    /// One of the two has [`MOST_FRIENDS`].
    #[error("one of the two has too many friends")]
    Full,
    /// There is no request to accept, or it is too old.
    #[error("nothing was asked")]
    NothingAsked,
}

fn is_open(asked: Option<Timestamp>, now: Timestamp) -> bool {
    asked.is_some_and(|at| now.since(at) <= REQUEST_LASTS)
}

/// Decides what comes of asking somebody.
///
/// # Errors
/// [`FriendRefusal::Already`], [`FriendRefusal::Blocked`], [`FriendRefusal::Full`], [`FriendRefusal::Asked`].
pub fn ask(standing: &Standing, now: Timestamp) -> Result<Step, FriendRefusal> {
    match standing {
        Standing { are_friends: true, .. } => Err(FriendRefusal::Already),
        Standing { blocked_by_me: true, .. } => Err(FriendRefusal::Blocked),
        Standing { mine, theirs, .. } if *mine.max(theirs) >= MOST_FRIENDS => Err(FriendRefusal::Full),
        Standing { asked_by_me, blocked_by_them: true, .. } if is_open(*asked_by_me, now) => Err(FriendRefusal::Asked),
        Standing { blocked_by_them: true, .. } => Ok(Step::Pretend),
        Standing { asked_by_them, .. } if is_open(*asked_by_them, now) => Ok(Step::Befriend),
        Standing { asked_by_me, .. } if is_open(*asked_by_me, now) => Err(FriendRefusal::Asked),
        _ => Ok(Step::Ask),
    }
}

/// Decides whether a request may be accepted.
///
/// # Errors
/// [`FriendRefusal::NothingAsked`] and those of [`ask`].
pub fn accept(standing: &Standing, now: Timestamp) -> Result<(), FriendRefusal> {
    match ask(standing, now)? {
        Step::Befriend => Ok(()),
        Step::Ask | Step::Pretend => Err(FriendRefusal::NothingAsked),
    }
}

/// What a person is told about friends without having asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FriendNews {
    /// The partner of this chat asks.
    Asked,
    /// The partner of this chat accepted.
    Accepted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::timestamp;

    #[track_caller]
    fn check(standing: Standing, expected: Result<Step, FriendRefusal>) {
        assert_eq!(ask(&standing, timestamp(0)), expected, "{standing:?}");
    }

    #[test]
    fn asking_somebody_who_asked_makes_friends() {
        check(Standing::default(), Ok(Step::Ask));
        check(Standing { asked_by_them: Some(timestamp(-9)), ..Standing::default() }, Ok(Step::Befriend));
        check(Standing { asked_by_me: Some(timestamp(-9)), ..Standing::default() }, Err(FriendRefusal::Asked));
        let both = Standing { asked_by_me: Some(timestamp(-9)), asked_by_them: Some(timestamp(-9)), ..Standing::default() };
        check(both, Ok(Step::Befriend));
    }

    #[test]
    fn old_requests_do_not_count() {
        let old = Some(timestamp(-7 * 24 * 3_600 - 1));
        check(Standing { asked_by_them: old, asked_by_me: old, ..Standing::default() }, Ok(Step::Ask));
    }

    #[test]
    fn a_block_goes_before_everything_and_stays_unknown() {
        let asked = Standing { asked_by_them: Some(timestamp(-9)), ..Standing::default() };
        check(Standing { blocked_by_me: true, ..asked }, Err(FriendRefusal::Blocked));
        check(Standing { blocked_by_them: true, ..asked }, Ok(Step::Pretend));
        // The second time as always.
        check(Standing { blocked_by_them: true, asked_by_me: asked.asked_by_them, ..asked }, Err(FriendRefusal::Asked));
    }

    #[test]
    fn friends_are_limited_on_both_sides() {
        check(Standing { mine: MOST_FRIENDS, ..Standing::default() }, Err(FriendRefusal::Full));
        check(Standing { theirs: MOST_FRIENDS, ..Standing::default() }, Err(FriendRefusal::Full));
        check(Standing { are_friends: true, mine: MOST_FRIENDS, ..Standing::default() }, Err(FriendRefusal::Already));
    }

    #[test]
    fn only_what_was_asked_can_be_accepted() {
        let asked = Standing { asked_by_them: Some(timestamp(-9)), ..Standing::default() };
        assert_eq!(accept(&asked, timestamp(0)), Ok(()));
        assert_eq!(accept(&Standing::default(), timestamp(0)), Err(FriendRefusal::NothingAsked));
        assert_eq!(accept(&Standing { are_friends: true, ..asked }, timestamp(0)), Err(FriendRefusal::Already));
    }
}
