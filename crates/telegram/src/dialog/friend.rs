//! Friends by buttons: asking a partner, accepting, the list, removing. Both are told, neither is named.

use luvhive_core::engine::event::EngineCommand;
use luvhive_core::friend::{self, Friend, FriendNews, FriendRefusal, Step};
use luvhive_core::id::{ChatId, MessageId, PersonId};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, RegisteredPerson, StoreError};

use super::member::is_consent_old;
use super::{Dialogs, Scene, Turn, registration};
use crate::callback::{FriendAction, Receiver};
use crate::view::friend as view;
use crate::view::{conduct, menu, profile};

/// What came of asking.
enum Asked {
    Sent,
    Befriended,
}

impl Dialogs {
    pub(super) async fn hear_friend(&self, scene: &Scene<'_>, facts: &PersonFacts, turn: &mut Turn) -> Result<(), StoreError> {
        if facts.is_suspended(scene.now) {
            turn.say(scene, &menu::sentence(scene.words, "friend-suspended"));
            return Ok(());
        }
        let Some(record) = self.find_last(scene, facts.person).await? else {
            turn.say(scene, &conduct::no_chat(scene.words, "friend-no-chat"));
            return Ok(());
        };
        let Some(partner) = record.partner_of(facts.person) else {
            turn.say(scene, &menu::sentence(scene.words, "partner-left"));
            return Ok(());
        };
        let chat = record.chat;
        match self.ask_partner(scene, facts.person, partner, chat, turn).await? {
            Ok(Asked::Sent) => turn.say(scene, &menu::sentence(scene.words, "friend-sent")),
            Ok(Asked::Befriended) => turn.say(scene, &view::befriended(scene.words, "friend-made", chat)),
            Err(refusal) => turn.say(scene, &menu::sentence_of(view::refusal(scene.words, refusal))),
        }
        Ok(())
    }

    pub(super) async fn press_friends(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        action: FriendAction,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let (words, me) = (scene.words, facts.person);
        match action {
            FriendAction::Open => {
                let friends = self.friends.list_friends(me).await?;
                turn.show(scene, message, &view::list(words, facts, &friends, scene.now));
            }
            FriendAction::Ask(_) | FriendAction::Accept(_) if facts.is_suspended(scene.now) => {
                turn.alert(words.text("friend-suspended"));
            }
            FriendAction::Ask(chat) => {
                let Some(partner) = self.partner_or_say(scene, me, chat, turn).await? else { return Ok(()) };
                match self.ask_partner(scene, me, partner, chat, turn).await? {
                    Ok(Asked::Sent) => turn.answer_with(words.text("friend-sent")),
                    Ok(Asked::Befriended) => turn.say(scene, &view::befriended(words, "friend-made", chat)),
                    Err(refusal) => turn.alert(view::refusal(words, refusal)),
                }
            }
            FriendAction::Accept(chat) => {
                let Some(partner) = self.met_in(me, chat).await? else {
                    turn.answer_with(words.text("old-button"));
                    return Ok(());
                };
                let standing = self.friends.find_standing(me, partner).await?;
                match friend::accept(&standing, scene.now) {
                    Ok(()) => {
                        befriend(scene, me, partner, chat, turn);
                        turn.show(scene, message, &view::befriended(words, "friend-made", chat));
                    }
                    Err(refusal) => turn.alert(view::refusal(words, refusal)),
                }
            }
            FriendAction::Decline(chat) => {
                let standing = match self.met_in(me, chat).await? {
                    Some(partner) => Some((partner, self.friends.find_standing(me, partner).await?)),
                    None => None,
                };
                match standing.filter(|(_, standing)| standing.asked_by_them.is_some() && !standing.are_friends) {
                    Some((partner, _)) => {
                        turn.change(Change::Unfriend { person: me, friend: partner });
                        turn.show(scene, message, &menu::sentence(words, "friend-declined"));
                    }
                    None => turn.answer_with(words.text("friend-nothing-asked")),
                }
            }
            FriendAction::Invite(chat) => self.invite(scene, facts, chat, turn).await?,
            FriendAction::Show(chat) | FriendAction::AskRemove(chat) | FriendAction::Remove(chat) => {
                let friends = self.friends.list_friends(me).await?;
                let Some(found) = friends.iter().find(|friend| friend.chat == chat) else {
                    turn.answer_with(words.text("old-button"));
                    return Ok(());
                };
                let screen = match action {
                    FriendAction::AskRemove(_) => view::ask_remove(words, found),
                    FriendAction::Remove(_) => {
                        let other = found.facts.person;
                        turn.change(Change::Unfriend { person: me, friend: other });
                        turn.change(Change::ToEngine(EngineCommand::Unfriended { by: me, other }));
                        let rest: Vec<Friend> = friends.iter().filter(|friend| friend.chat != chat).cloned().collect();
                        view::list(words, facts, &rest, scene.now).with_hint(&words.text("friends-removed"))
                    }
                    _ => view::one(words, facts, found, scene.now),
                };
                turn.show(scene, message, &screen);
            }
        }
        Ok(())
    }

    /// Invites a friend to chat. The engine tells both, as far as they are to hear of it.
    async fn invite(&self, scene: &Scene<'_>, facts: &PersonFacts, chat: ChatId, turn: &mut Turn) -> Result<(), StoreError> {
        if is_consent_old(scene) {
            registration::show_renewal(scene, turn);
            return Ok(());
        }
        if facts.is_suspended(scene.now) {
            turn.alert(scene.words.text("invitation-suspended"));
            return Ok(());
        }
        let mine = find_by_chat(self.friends.list_friends(facts.person).await?, chat);
        let theirs = match &mine {
            Some(friend) => find_by_chat(self.friends.list_friends(friend.facts.person).await?, chat),
            None => None,
        };
        let (Some(friend), Some(me)) = (mine, theirs) else {
            turn.answer_with(scene.words.text("old-button"));
            return Ok(());
        };
        turn.change(Change::ToEngine(EngineCommand::Invite {
            inviter: facts.person,
            invited: friend.facts.person,
            chat,
            numbers: [friend.number, me.number],
        }));
        Ok(())
    }

    pub(super) async fn show_statistics(
        &self,
        scene: &Scene<'_>,
        person: &RegisteredPerson,
        message: Option<MessageId>,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let friends = self.friends.list_friends(person.facts.person).await?;
        turn.show(scene, message, &profile::statistics(scene.words, person, friends.len()));
        Ok(())
    }

    /// Whoever gets a gift; if that cannot be, the button is answered with the reason.
    pub(super) async fn receiver_or_say(
        &self,
        scene: &Scene<'_>,
        me: &PersonFacts,
        receiver: Receiver,
        turn: &mut Turn,
    ) -> Result<Option<PersonId>, StoreError> {
        if me.is_suspended(scene.now) {
            turn.alert(scene.words.text("gifts-suspended"));
            return Ok(None);
        }
        match receiver {
            Receiver::Partner(chat) => {
                let Some(partner) = self.partner_or_say(scene, me.person, chat, turn).await? else { return Ok(None) };
                // Only one's own block is told of.
                if self.friends.find_standing(me.person, partner).await?.blocked_by_me {
                    turn.alert(scene.words.text("gifts-blocked"));
                    return Ok(None);
                }
                Ok(Some(partner))
            }
            // A block has ended the friendship.
            Receiver::Friend(chat) => {
                let friends = self.friends.list_friends(me.person).await?;
                let found = friends.iter().find(|friend| friend.chat == chat).map(|friend| friend.facts.person);
                if found.is_none() {
                    turn.answer_with(scene.words.text("old-button"));
                }
                Ok(found)
            }
        }
    }

    async fn met_in(&self, me: PersonId, chat: ChatId) -> Result<Option<PersonId>, StoreError> {
        Ok(self.chats.find_chat(chat).await?.and_then(|record| record.partner_of(me)))
    }

    async fn ask_partner(
        &self,
        scene: &Scene<'_>,
        me: PersonId,
        partner: PersonId,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<Result<Asked, FriendRefusal>, StoreError> {
        let standing = self.friends.find_standing(me, partner).await?;
        Ok(match friend::ask(&standing, scene.now) {
            Ok(Step::Ask) => {
                turn.change(Change::AskFriend { asker: me, other: partner, chat, at: scene.now });
                let news = FriendNews::Asked;
                turn.change(Change::ToEngine(EngineCommand::Friend { person: partner, news, chat }));
                Ok(Asked::Sent)
            }
            Ok(Step::Befriend) => {
                befriend(scene, me, partner, chat, turn);
                Ok(Asked::Befriended)
            }
            Ok(Step::Pretend) => {
                turn.change(Change::AskFriend { asker: me, other: partner, chat, at: scene.now });
                Ok(Asked::Sent)
            }
            Err(refusal) => Err(refusal),
        })
    }
}

fn find_by_chat(friends: Vec<Friend>, chat: ChatId) -> Option<Friend> {
    friends.into_iter().find(|friend| friend.chat == chat)
}

fn befriend(scene: &Scene<'_>, me: PersonId, asker: PersonId, chat: ChatId, turn: &mut Turn) {
    turn.change(Change::Befriend { person: me, asker, at: scene.now });
    turn.change(Change::ToEngine(EngineCommand::Friend { person: asker, news: FriendNews::Accepted, chat }));
}
