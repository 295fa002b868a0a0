//! Friends by buttons: asking a partner, accepting, the list, removing. Both are told, neither is named.

use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::friend::{self, Friend, FriendNews, FriendRefusal, Step};
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, RegisteredPerson, StoreError};

use super::member::is_consent_old;
use super::{Dialogs, Done, Talk, registration};
use crate::callback::{FriendAction, Receiver};
use crate::view::friend as view;
use crate::view::{conduct, menu, profile};

/// What came of asking.
enum Asked {
    Sent,
    Befriended,
    Refused(FriendRefusal),
}

impl Dialogs {
    pub(super) async fn hear_friend(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Done {
        if facts.is_suspended(talk.now) {
            talk.say(&menu::sentence(talk.words, "friend-suspended"));
            return Ok(());
        }
        let Some(record) = self.find_last(talk, facts.person).await? else {
            talk.say(&conduct::no_chat(talk.words, "friend-no-chat"));
            return Ok(());
        };
        let Some(partner) = record.partner_of(facts.person) else {
            talk.say(&menu::sentence(talk.words, "partner-left"));
            return Ok(());
        };
        let chat = record.chat;
        match self.ask_partner(talk, facts.person, partner, chat).await? {
            Asked::Sent => talk.say(&menu::sentence(talk.words, "friend-sent")),
            Asked::Befriended => talk.say(&view::befriended(talk.words, "friend-made", chat)),
            Asked::Refused(refusal) => talk.say(&menu::sentence_of(view::refusal(talk.words, refusal))),
        }
        Ok(())
    }

    pub(super) async fn press_friends(&self, talk: &mut Talk<'_>, facts: &PersonFacts, action: FriendAction) -> Done {
        let (words, me) = (talk.words, facts.person);
        match action {
            FriendAction::Open => {
                let friends = self.friends.list_friends(me).await?;
                talk.show(&view::list(words, facts, &friends, talk.now));
            }
            FriendAction::Ask(_) | FriendAction::Accept(_) if facts.is_suspended(talk.now) => {
                talk.alert(words.text("friend-suspended"));
            }
            FriendAction::Ask(chat) => {
                let Some(partner) = self.partner_or_say(talk, me, chat).await? else { return Ok(()) };
                match self.ask_partner(talk, me, partner, chat).await? {
                    Asked::Sent => talk.answer_with(words.text("friend-sent")),
                    Asked::Befriended => talk.say(&view::befriended(words, "friend-made", chat)),
                    Asked::Refused(refusal) => talk.alert(view::refusal(words, refusal)),
                }
            }
            FriendAction::Accept(chat) => self.accept(talk, me, chat).await?,
            FriendAction::Decline(chat) => self.decline(talk, me, chat).await?,
            FriendAction::Invite(chat) => self.invite(talk, facts, chat).await?,
            FriendAction::Show(chat) | FriendAction::AskRemove(chat) | FriendAction::Remove(chat) => {
                let friends = self.friends.list_friends(me).await?;
                let Some(found) = friends.iter().find(|friend| friend.chat == chat) else {
                    talk.answer_with(words.text("old-button"));
                    return Ok(());
                };
                let screen = match action {
                    FriendAction::AskRemove(_) => view::ask_remove(words, found),
                    FriendAction::Remove(_) => {
                        let other = found.facts.person;
                        talk.change(Change::Unfriend { person: me, friend: other });
                        talk.command(EngineCommand::Unfriended { by: me, other });
                        let rest: Vec<Friend> = friends.iter().filter(|friend| friend.chat != chat).cloned().collect();
                        view::list(words, facts, &rest, talk.now).with_hint(&words.text("friends-removed"))
                    }
                    _ => view::one(words, facts, found, talk.now),
                };
                talk.show(&screen);
            }
        }
        Ok(())
    }

    async fn accept(&self, talk: &mut Talk<'_>, me: PersonId, chat: ChatId) -> Done {
        let Some(partner) = self.met_in(me, chat).await? else {
            talk.answer_with(talk.words.text("old-button"));
            return Ok(());
        };
        let standing = self.friends.find_standing(me, partner).await?;
        match friend::accept(&standing, talk.now) {
            Ok(()) => {
                befriend(talk, me, partner, chat);
                talk.show(&view::befriended(talk.words, "friend-made", chat));
            }
            Err(refusal) => talk.alert(view::refusal(talk.words, refusal)),
        }
        Ok(())
    }

    async fn decline(&self, talk: &mut Talk<'_>, me: PersonId, chat: ChatId) -> Done {
        let standing = match self.met_in(me, chat).await? {
            Some(partner) => Some((partner, self.friends.find_standing(me, partner).await?)),
            None => None,
        };
        match standing.filter(|(_, standing)| standing.asked_by_them.is_some() && !standing.are_friends) {
            Some((partner, _)) => {
                talk.change(Change::Unfriend { person: me, friend: partner });
                talk.show(&menu::sentence(talk.words, "friend-declined"));
            }
            None => talk.answer_with(talk.words.text("friend-nothing-asked")),
        }
        Ok(())
    }

    /// Invites a friend to chat. The engine tells both, as far as they are to hear of it.
    async fn invite(&self, talk: &mut Talk<'_>, facts: &PersonFacts, chat: ChatId) -> Done {
        if is_consent_old(talk) {
            registration::show_renewal(talk);
            return Ok(());
        }
        if facts.is_suspended(talk.now) {
            talk.alert(talk.words.text("invitation-suspended"));
            return Ok(());
        }
        let mine = find_by_chat(self.friends.list_friends(facts.person).await?, chat);
        let theirs = match &mine {
            Some(friend) => find_by_chat(self.friends.list_friends(friend.facts.person).await?, chat),
            None => None,
        };
        let (Some(friend), Some(me)) = (mine, theirs) else {
            talk.answer_with(talk.words.text("old-button"));
            return Ok(());
        };
        talk.command(EngineCommand::Invite {
            inviter: facts.person,
            invited: friend.facts.person,
            chat,
            numbers: [friend.number, me.number],
        });
        Ok(())
    }

    pub(super) async fn show_statistics(&self, talk: &mut Talk<'_>, person: &RegisteredPerson) -> Done {
        let friends = self.friends.list_friends(person.facts.person).await?;
        talk.show(&profile::statistics(talk.words, person, friends.len()));
        Ok(())
    }

    /// The person who gets a gift; if that cannot be, the button is answered with the reason.
    pub(super) async fn receiver_or_say(
        &self,
        talk: &mut Talk<'_>,
        me: &PersonFacts,
        receiver: Receiver,
    ) -> Result<Option<PersonId>, StoreError> {
        if me.is_suspended(talk.now) {
            talk.alert(talk.words.text("gifts-suspended"));
            return Ok(None);
        }
        match receiver {
            Receiver::Partner(chat) => {
                let Some(partner) = self.partner_or_say(talk, me.person, chat).await? else { return Ok(None) };
                // Only one's own block is told of.
                if self.friends.find_standing(me.person, partner).await?.blocked_by_me {
                    talk.alert(talk.words.text("gifts-blocked"));
                    return Ok(None);
                }
                Ok(Some(partner))
            }
            // A block has ended the friendship.
            Receiver::Friend(chat) => {
                let friends = self.friends.list_friends(me.person).await?;
                let found = friends.iter().find(|friend| friend.chat == chat).map(|friend| friend.facts.person);
                if found.is_none() {
                    talk.answer_with(talk.words.text("old-button"));
                }
                Ok(found)
            }
        }
    }

    async fn met_in(&self, me: PersonId, chat: ChatId) -> Result<Option<PersonId>, StoreError> {
        Ok(self.chats.find_chat(chat).await?.and_then(|record| record.partner_of(me)))
    }

    async fn ask_partner(&self, talk: &mut Talk<'_>, me: PersonId, partner: PersonId, chat: ChatId) -> Result<Asked, StoreError> {
        let standing = self.friends.find_standing(me, partner).await?;
        Ok(match friend::ask(&standing, talk.now) {
            Ok(Step::Ask) => {
                talk.change(Change::AskFriend { asker: me, other: partner, chat, at: talk.now });
                let news = News::Friend { news: FriendNews::Asked, chat };
                talk.command(EngineCommand::Tell { person: partner, news });
                Asked::Sent
            }
            Ok(Step::Befriend) => {
                befriend(talk, me, partner, chat);
                Asked::Befriended
            }
            Ok(Step::Pretend) => {
                talk.change(Change::AskFriend { asker: me, other: partner, chat, at: talk.now });
                Asked::Sent
            }
            Err(refusal) => Asked::Refused(refusal),
        })
    }
}

fn find_by_chat(friends: Vec<Friend>, chat: ChatId) -> Option<Friend> {
    friends.into_iter().find(|friend| friend.chat == chat)
}

fn befriend(talk: &mut Talk<'_>, me: PersonId, asker: PersonId, chat: ChatId) {
    talk.change(Change::Befriend { person: me, asker, at: talk.now });
    let news = News::Friend { news: FriendNews::Accepted, chat };
    talk.command(EngineCommand::Tell { person: asker, news });
}
