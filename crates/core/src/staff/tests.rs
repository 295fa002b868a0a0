//! Who may do what, cell by cell.

use super::*;

/// One row per action: which roles may, in the order owner, admin, moderator, child safety, support.
const TABLE: &[(&str, &str)] = &[
    ("list_reports", "yyyy."),
    ("list_cases", "yyyy."),
    ("read_case", "yyyy."),
    ("read_child_case", "y..y."),
    ("decide_case", "yyyy."),
    ("read_person", "yyyyy"),
    ("sanction", "yyyy."),
    ("correct", "yy..y"),
    ("read_ledger", "yy..y"),
    ("grant", "yy..y"),
    ("refund", "yy..y"),
    ("list_staff", "yy..."),
    ("change_staff", "yy..."),
    ("appoint", "y...."),
    ("verify_audit", "yy..."),
];

#[test]
fn each_role_may_do_what_its_cell_says() {
    let found: Vec<(&str, String)> = Action::ALL
        .iter()
        .map(|action| {
            let cells = Role::ALL.iter().map(|role| if role.may(*action) { 'y' } else { '.' });
            (action.code(), cells.collect())
        })
        .collect();
    let expected: Vec<(&str, String)> = TABLE.iter().map(|(action, cells)| (*action, (*cells).to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn somebody_is_alone_while_nobody_else_is_known_who_may() {
    let member = |name: &str, role| Member::new(name, role).unwrap();
    for (owner, members, actor, expected) in [
        (None, vec![], "ann", true),
        (Some("ann"), vec![], "ann as root", true),
        (Some("ann"), vec![member("bob", Role::Support)], "ann", true),
        (Some("ann"), vec![member("ann", Role::Moderator)], "ann", true),
        (Some("ann"), vec![member("bob", Role::Moderator)], "ann", false),
        (Some("ann"), vec![member("bob", Role::Moderator)], "bob", false),
    ] {
        let staff = Staff { owner: owner.map(str::to_owned), members };
        assert_eq!(staff.is_alone(actor, Action::DecideCase), expected, "{staff:?} {actor}");
    }
}

#[test]
fn the_owner_alone_appoints_admins_and_child_safety() {
    for (role, action) in [
        (Role::Owner, Action::Appoint),
        (Role::Admin, Action::Appoint),
        (Role::ChildSafety, Action::Appoint),
        (Role::Moderator, Action::ChangeStaff),
        (Role::Support, Action::ChangeStaff),
    ] {
        assert_eq!(role.changed_by(), action, "{role}");
    }
}

#[test]
fn a_member_is_an_account_and_never_the_owner() {
    for (name, role, expected) in [
        ("", Role::Support, Some(BadMember::Name)),
        ("ann as root", Role::Support, Some(BadMember::Name)),
        ("ann\u{7}", Role::Support, Some(BadMember::Name)),
        (&"a".repeat(101), Role::Support, Some(BadMember::Name)),
        ("ann", Role::Owner, Some(BadMember::Owner)),
        (&"a".repeat(100), Role::Support, None),
    ] {
        assert_eq!(Member::new(name, role).err(), expected, "{name:?}");
    }
}

#[test]
fn roles_go_by_who_logged_in() {
    let member = |name: &str, role| Member::new(name, role).unwrap();
    let members = vec![member("bob", Role::Moderator), member("bob", Role::Support), member("root", Role::Admin)];
    let staff = Staff { owner: Some("ann".to_owned()), members: members.clone() };
    assert_eq!(staff.roles("ann"), [Role::Owner]);
    assert_eq!(staff.roles("bob as root"), [Role::Moderator, Role::Support]);
    assert!(staff.roles("mallory as ann").is_empty() && staff.roles("mallory as root").is_empty());
    assert!(staff.may("bob", Action::Sanction) && staff.may("bob", Action::Grant) && !staff.may("bob", Action::VerifyAudit));
    let open = Staff { owner: None, members };
    assert!(open.may("anybody", Action::Appoint), "nobody owns it: as it was before there were roles");
}
