//! Invitations: a friend is told when they are free, and if they say yes while both are, the two meet. Filters do not
//! apply; blocks, sanctions and a consent that is missing do.

use std::collections::BTreeSet;

use super::{Ruling, Turn};
use crate::chat::{Icebreaker, Seat};
use crate::engine::effect::Effect;
use crate::engine::notice::{InvitationNews, MatchCard, Notice};
use crate::id::{ChatId, MessageId, PersonId};
use crate::invitation::{Invitation, InvitationState};
use crate::time::Timestamp;

#[expect(clippy::similar_names, reason = "an inviter and an invited person are what this is about")]
impl Turn<'_> {
    /// A friend is invited. While an invitation stands, a second one to the same friend changes nothing.
    pub(super) fn invite(&mut self, people: [PersonId; 2], chat: ChatId, numbers: [u16; 2]) {
        let [inviter, invited] = people;
        let [number, _] = numbers;
        if inviter == invited || people.iter().any(|person| self.state.facts_of(*person).is_none()) {
            return;
        }
        if let Some(before) = self.state.invitations.find(people) {
            if before.expires_at > self.now {
                let lasts_s = self.seconds_until(before.expires_at);
                return self.tell_invitation(inviter, InvitationNews::Sent { number, lasts_s }, None);
            }
            self.end_old_invitations();
        }
        // Who blocked whom stays unknown: the invitation stands, and nobody reads it.
        let is_blocked = self.state.pool.is_separated_for_ever(inviter, invited);
        let state = if is_blocked { InvitationState::Declined } else { InvitationState::Open };
        let (made_at, expires_at) = (self.now, self.now.plus(self.state.rules.invitation));
        self.put_invitation(Invitation { inviter, invited, chat, numbers, made_at, expires_at, state });
        let lasts_s = self.seconds_until(expires_at);
        self.tell_invitation(inviter, InvitationNews::Sent { number, lasts_s }, None);
        self.tell_invited(people);
    }

    /// "Yes" is pressed. A button of an invitation that does not stand any more is a lane's business.
    pub(super) fn accept_invitation(&mut self, person: PersonId, chat: ChatId, on: Option<MessageId>) -> Ruling {
        // A lane asks for the consent first, or says that they are about to be erased.
        if self.state.lapsed.contains(&person) || self.is_leaving(person) {
            return Ruling::NeedsLane;
        }
        let Some(invitation) = self.invitation_to(person, chat) else { return Ruling::NeedsLane };
        let suspended_until = self.state.facts_of(person).and_then(|facts| facts.suspended_until);
        if let Some(until) = suspended_until.filter(|&until| until > self.now) {
            self.tell(person, Notice::Suspended { until });
        } else if self.is_taken(person) {
            self.put_invitation(Invitation { state: InvitationState::Open, ..invitation });
            self.tell_invitation(person, InvitationNews::Busy, on);
        } else if self.is_taken(invitation.inviter) {
            self.put_invitation(Invitation { state: InvitationState::Accepted, ..invitation });
            let lasts_s = self.seconds_until(invitation.expires_at);
            self.tell_invitation(person, InvitationNews::Held { lasts_s }, on);
        } else {
            self.take_up(invitation, on);
        }
        Ruling::Decided
    }

    /// "Not now" is pressed; the inviter does not hear of it before the time is over.
    pub(super) fn decline_invitation(&mut self, person: PersonId, chat: ChatId, on: Option<MessageId>) -> Ruling {
        let Some(invitation) = self.invitation_to(person, chat) else { return Ruling::NeedsLane };
        self.put_invitation(Invitation { state: InvitationState::Declined, ..invitation });
        self.tell_invitation(person, InvitationNews::Declined, on);
        Ruling::Decided
    }

    /// Two people are not friends any more. A person who was invited leaves the inviter to hear of it by the clock.
    pub(super) fn end_invitations(&mut self, by: PersonId, other: PersonId) {
        self.drop_invitation([by, other]);
        if let Some(invitation) = self.state.invitations.find([other, by]) {
            self.put_invitation(Invitation { state: InvitationState::Declined, ..invitation });
        }
    }

    /// A person leaves: their rows go, and those who invited them hear when the time is over.
    pub(super) fn forget_invitations(&mut self, person: PersonId) {
        for invitation in self.state.invitations.of(person) {
            self.drop_invitation([invitation.inviter, invitation.invited]);
            if invitation.invited == person {
                self.state.invitations.put(Invitation { state: InvitationState::Declined, ..invitation });
            }
        }
    }

    /// Ends invitations whose time is over, in the same words no matter what became of them.
    pub(super) fn end_old_invitations(&mut self) {
        while let Some(Invitation { inviter, invited, chat, numbers: [number, _], state, .. }) =
            self.state.invitations.pop_old(self.now)
        {
            self.out.push(Effect::Invitation { people: [inviter, invited], invitation: None });
            self.tell_invitation(inviter, InvitationNews::Over { number, chat }, None);
            if state == InvitationState::Accepted {
                self.tell_invitation(invited, InvitationNews::NeverFree, None);
            }
        }
    }

    /// Goes on with the invitations of everybody whose seat this step changed, or who can be reached again.
    pub(super) fn look_at_invitations(&mut self) {
        if self.state.invitations.is_empty() {
            return;
        }
        let mut people: BTreeSet<PersonId> = std::mem::take(&mut self.state.to_invite).into_iter().collect();
        people.extend(self.out.iter().filter_map(|effect| match effect {
            Effect::Seat { person, .. } | Effect::Reachable { person, is_reachable: true } => Some(*person),
            _ => None,
        }));
        for person in people {
            for Invitation { inviter, invited, .. } in self.state.invitations.of(person) {
                // The one before may have brought these two together with somebody.
                let Some(invitation) = self.state.invitations.find([inviter, invited]) else { continue };
                match invitation.state {
                    InvitationState::Open => self.tell_invited([inviter, invited]),
                    InvitationState::Accepted if !self.is_taken(inviter) && !self.is_taken(invited) => {
                        self.take_up(invitation, None);
                    }
                    InvitationState::Accepted | InvitationState::Told | InvitationState::Declined => {}
                }
            }
        }
    }

    /// Two who are both free or wait meet, unless something forbids it.
    fn take_up(&mut self, invitation: Invitation, on: Option<MessageId>) {
        let Invitation { inviter, invited, numbers: [number, _], .. } = invitation;
        let can_meet = [inviter, invited].into_iter().all(|person| self.can_meet(person));
        if invitation.expires_at <= self.now || !can_meet || self.state.pool.is_separated_for_ever(inviter, invited) {
            self.put_invitation(Invitation { state: InvitationState::Declined, ..invitation });
            if self.can_meet(invited) {
                let searching = self.state.seats.contains_key(&invited);
                self.tell(invited, Notice::MeetingFailed { searching });
            }
            return;
        }
        self.drop_invitation([inviter, invited]);
        self.drop_invitation([invited, inviter]);
        self.tell_invitation(inviter, InvitationNews::Taken { number }, None);
        self.meet_invited([inviter, invited], on);
    }

    /// Tells an invited person, if they are free or wait; otherwise that comes when their chat or meeting is over.
    fn tell_invited(&mut self, [inviter, invited]: [PersonId; 2]) {
        let Some(invitation) = self.state.invitations.find([inviter, invited]) else { return };
        let is_open = invitation.state == InvitationState::Open && invitation.expires_at > self.now;
        let (Some(me), Some(them)) = (self.state.facts_of(invited), self.state.facts_of(inviter)) else { return };
        if !is_open || self.is_taken(invited) || !me.is_reachable || me.is_barred(self.now) {
            return;
        }
        let card = MatchCard::between(invitation.chat, [me, them], Icebreaker::pick(0), self.now);
        let [_, number] = invitation.numbers;
        let lasts_s = self.seconds_until(invitation.expires_at);
        self.put_invitation(Invitation { state: InvitationState::Told, ..invitation });
        self.tell_invitation(invited, InvitationNews::Asked { number, card, lasts_s }, None);
    }

    /// The invitation that a button names, if it can still be answered.
    fn invitation_to(&self, invited: PersonId, chat: ChatId) -> Option<Invitation> {
        let stands = |invitation: &Invitation| {
            invitation.chat == chat && invitation.expires_at > self.now && invitation.state != InvitationState::Declined
        };
        self.state.invitations.received_by(invited).into_iter().find(stands)
    }

    fn can_meet(&self, person: PersonId) -> bool {
        self.may_search(person) && self.state.facts_of(person).is_some_and(|facts| facts.is_reachable)
    }

    /// Reports whether a person is in a chat or a meeting.
    fn is_taken(&self, person: PersonId) -> bool {
        self.state.seats.get(&person).is_some_and(|seat| !matches!(seat, Seat::Waiting { .. }))
    }

    fn seconds_until(&self, at: Timestamp) -> u32 {
        u32::try_from(at.since(self.now).as_secs()).unwrap_or(u32::MAX)
    }

    pub(super) fn put_invitation(&mut self, invitation: Invitation) {
        let people = [invitation.inviter, invitation.invited];
        self.state.invitations.put(invitation);
        // Of somebody who left, only their friend's memory of having invited them is kept, and only here.
        if people.iter().all(|person| self.state.accounts.contains_key(person)) {
            self.out.push(Effect::Invitation { people, invitation: Some(invitation) });
        }
    }

    fn drop_invitation(&mut self, people: [PersonId; 2]) {
        if self.state.invitations.remove(people).is_some() {
            self.out.push(Effect::Invitation { people, invitation: None });
        }
    }

    fn tell_invitation(&mut self, person: PersonId, news: InvitationNews, on: Option<MessageId>) {
        self.tell(person, Notice::Invitation { news, on });
    }
}
