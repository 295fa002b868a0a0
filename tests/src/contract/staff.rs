//! Who is staff.

use luvhive_core::staff::{Act, Member, Role};
use luvhive_core::testing::{BOT, timestamp};

use super::Stores;

fn member(name: &str, role: Role) -> Member {
    Member::new(name, role).unwrap()
}

fn act() -> Act {
    let (actor, subject) = ("ann".to_owned(), "bob".to_owned());
    Act { actor, action: "add_member", subject, detail: String::new(), at: timestamp(1) }
}

/// A role is given and taken once; members are listed by name, then by the code of the role.
pub async fn members_come_and_go(stores: Stores) {
    let staff = stores.staff;
    let of_crowd = staff.list_members(BOT).await.unwrap();
    let is_moderated = async || stores.people.has_moderator().await.unwrap();
    assert!(!is_moderated().await, "support and child safety do not moderate");
    let list = async || -> Vec<Member> {
        let all = staff.list_members(BOT).await.unwrap();
        all.into_iter().filter(|member| !of_crowd.contains(member)).collect()
    };
    let (bob, also_bob, ann) = (member("bob", Role::Support), member("bob", Role::ChildSafety), member("ann", Role::Moderator));
    for new in [&bob, &also_bob, &ann] {
        assert!(staff.insert_member(BOT, new.clone(), act()).await.unwrap());
        assert!(!staff.insert_member(BOT, new.clone(), act()).await.unwrap(), "twice");
    }
    assert_eq!(list().await, [ann.clone(), also_bob.clone(), bob.clone()]);
    assert!(is_moderated().await);
    assert!(!staff.delete_member(BOT, member("ann", Role::Support), act()).await.unwrap(), "another role");
    for gone in [bob, ann] {
        assert!(staff.delete_member(BOT, gone.clone(), act()).await.unwrap());
        assert!(!staff.delete_member(BOT, gone, act()).await.unwrap(), "twice");
    }
    assert_eq!(list().await, [also_bob]);
    assert!(!is_moderated().await);
    staff.insert_act(BOT, act()).await.unwrap();
}
