//! Invitations to chat: one friend asks another. An invitation stands beside the seats until its time is over and takes
//! none; only the engine writes it.

use crate::code::coded_enum;
use crate::id::{ChatId, PersonId};
use crate::time::Timestamp;

coded_enum! {
    /// How an invitation stands: `open` until the invited person is told of it, `told` after that; `accepted` when they
    /// said yes while the inviter was in a chat or a meeting; `declined` when it leads to nothing, of which the inviter
    /// hears when its time is over.
    InvitationState { Open = "open", Told = "told", Accepted = "accepted", Declined = "declined" }
}

/// An invitation: at most one per pair and direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Who invites.
    pub inviter: PersonId,
    /// Who is invited.
    pub invited: PersonId,
    /// The chat the two met in, by which both name their friend in buttons.
    pub chat: ChatId,
    /// The number by which the inviter knows the invited person, and the one by which they know the inviter; from 1.
    pub numbers: [u16; 2],
    /// When it was made.
    pub made_at: Timestamp,
    /// When its time is over.
    pub expires_at: Timestamp,
    /// How it stands.
    pub state: InvitationState,
}
