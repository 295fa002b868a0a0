//! Friends: asked, accepted once, numbered a side, ended by either, by a block and by leaving.

use luvhive_core::engine::batch::Batch;
use luvhive_core::friend::Standing;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::journal::Change;
use luvhive_core::testing::timestamp;

use super::{Scene, Stores, telegram};

const CHAT: ChatId = ChatId::new(7);

fn ask(asker: PersonId, other: PersonId) -> Change {
    Change::AskFriend { asker, other, chat: CHAT, at: timestamp(8) }
}

fn accept(person: PersonId, asker: PersonId) -> Change {
    Change::Befriend { person, asker, at: timestamp(9) }
}

async fn numbers(scene: &Scene, person: PersonId) -> Vec<(u16, PersonId)> {
    let friends = scene.stores.friends.list_friends(person).await.unwrap();
    friends.into_iter().map(|friend| (friend.number, friend.facts.person)).collect()
}

/// A request is seen by both sides; only an asked person can accept, and once.
pub async fn a_request_becomes_a_friendship_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let friends = scene.stores.friends.clone();
    assert_eq!(friends.find_standing(one, other).await.unwrap(), Standing::default());
    scene.lane(telegram(2), &[accept(other, one)]).await.unwrap();
    assert!(numbers(&scene, one).await.is_empty(), "nobody asked");
    for _ in 0..2 {
        scene.lane(telegram(1), &[ask(one, other)]).await.unwrap();
    }
    scene.lane(telegram(1), &[accept(one, other)]).await.unwrap();
    assert!(numbers(&scene, one).await.is_empty(), "one does not accept one's own request");
    let asked = Standing { asked_by_me: Some(timestamp(8)), ..Standing::default() };
    assert_eq!(friends.find_standing(one, other).await.unwrap(), asked);
    let seen = Standing { asked_by_them: Some(timestamp(8)), ..Standing::default() };
    assert_eq!(friends.find_standing(other, one).await.unwrap(), seen);
    for _ in 0..2 {
        scene.lane(telegram(2), &[accept(other, one)]).await.unwrap();
    }
    assert_eq!((numbers(&scene, one).await, numbers(&scene, other).await), (vec![(1, other)], vec![(1, one)]));
    let friend = friends.list_friends(one).await.unwrap().remove(0);
    assert_eq!((friend.chat, friend.since), (CHAT, timestamp(9)));
    let standing = Standing { are_friends: true, mine: 1, theirs: 1, ..Standing::default() };
    assert_eq!(friends.find_standing(one, other).await.unwrap(), standing);
    scene.lane(telegram(1), &[ask(one, other)]).await.unwrap();
    assert_eq!(friends.find_standing(one, other).await.unwrap(), standing, "friends are not asked");
}

/// A block in either direction ends everything and lets nothing begin. A request to a person who blocked one is noted, so that
/// asking twice is answered as always.
pub async fn a_block_ends_a_friendship_and_forbids_requests(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    scene.lane(telegram(1), &[ask(one, other), accept(other, one)]).await.unwrap();
    assert_eq!(numbers(&scene, one).await.len(), 1);
    let block = Change::Block { blocker: other, blocked: one, chat: CHAT, at: timestamp(10) };
    scene.lane(telegram(2), &[block]).await.unwrap();
    assert!(numbers(&scene, one).await.is_empty() && numbers(&scene, other).await.is_empty());
    for (by, to) in [(one, other), (other, one)] {
        scene.lane(telegram(1), &[ask(by, to), accept(to, by)]).await.unwrap();
        assert!(numbers(&scene, one).await.is_empty());
    }
    let standing = Standing { blocked_by_them: true, asked_by_me: Some(timestamp(8)), ..Standing::default() };
    assert_eq!(scene.stores.friends.find_standing(one, other).await.unwrap(), standing);
}

/// Each side counts its own friends; a number is the next after the highest.
pub async fn friends_are_numbered_and_removed(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    let both = [ask(one, other), accept(other, one), ask(third, one), accept(one, third)];
    scene.lane(telegram(1), &both).await.unwrap();
    assert_eq!(numbers(&scene, one).await, [(1, other), (2, third)]);
    assert_eq!(numbers(&scene, third).await, [(1, one)]);
    scene.lane(telegram(1), &[Change::Unfriend { person: one, friend: other }]).await.unwrap();
    assert_eq!(numbers(&scene, one).await, [(2, third)]);
    assert!(numbers(&scene, other).await.is_empty());
    scene.lane(telegram(1), &[ask(other, one), accept(one, other)]).await.unwrap();
    assert_eq!(numbers(&scene, one).await, [(2, third), (3, other)]);
}

/// A person who leaves is nobody's friend any more, and their requests are gone.
pub async fn an_erased_friend_is_forgotten(stores: Stores) {
    let scene = Scene::new(stores).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    scene.lane(telegram(1), &[ask(one, other), accept(other, one), ask(one, third), ask(third, one)]).await.unwrap();
    scene.commit(Batch { seats: vec![(one, None), (other, None)], ..Batch::default() }).await.unwrap();
    scene.lane(telegram(1), &[Change::Erase(one)]).await.unwrap();
    assert!(numbers(&scene, other).await.is_empty());
    assert_eq!(scene.stores.friends.find_standing(third, other).await.unwrap(), Standing::default());
}
