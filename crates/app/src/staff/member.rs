//! `luvhive staff`: who is staff, and as what.

use clap::{Args, Subcommand};
use luvhive_core::check::Check;
use luvhive_core::conduct::Pseudonym;
use luvhive_core::ports::{Clock as _, StaffStore as _};
use luvhive_core::staff::{Act, Action, Member, Role};
use serde_json::{Value, json};

use super::{Desk, Output};
use crate::console::{note, say};
use crate::error::{AppError, StaffError};
use crate::settings::Settings;
use crate::system::SystemClock;

/// What to do about the staff.
#[derive(Debug, Subcommand)]
pub(crate) enum StaffChange {
    /// Gives somebody a role; the owner alone gives admin and `child_safety`.
    Add(Entry),
    /// Takes a role from somebody.
    Remove(Entry),
    /// Lists the owner and the members with their roles.
    List(Output),
}

/// Who, and which role.
#[derive(Debug, Args)]
pub(crate) struct Entry {
    /// The account on this machine with which they log in.
    name: String,
    /// The role: admin, moderator, `child_safety` or support.
    #[arg(value_parser = role)]
    role: Role,
    /// Who they are with the bot, as /paysupport tells them, so that they decide nothing about themselves, their friends and
    /// recent partners.
    #[arg(long, value_name = "PSEUDONYM", value_parser = person)]
    person: Option<Pseudonym>,
}

fn person(text: &str) -> Result<Pseudonym, String> {
    Pseudonym::new(text).ok_or_else(|| "give the 10 letters and digits of a pseudonym".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    let given = Role::from_code(text).filter(|role| *role != Role::Owner);
    given.ok_or_else(|| "give admin, moderator, child_safety or support".to_owned())
}

impl StaffChange {
    /// What it does, of what roles allow.
    pub(super) fn action(&self) -> Action {
        match self {
            Self::Add(entry) | Self::Remove(entry) => entry.role.changed_by(),
            Self::List(_) => Action::ListStaff,
        }
    }

    /// Changes or prints the list of the staff.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        match self {
            Self::Add(entry) => {
                let (member, act) = entry.written("add_member", desk)?;
                say(if desk.staff.insert_member(desk.bot, member, act).await? { "added" } else { "they have this role already" });
                if desk.roster.owner.is_none() {
                    note("no owner is named in staff.owner: until then everybody with access to this machine may do everything");
                }
            }
            Self::Remove(entry) => {
                let (member, act) = entry.written("remove_member", desk)?;
                say(if desk.staff.delete_member(desk.bot, member, act).await? {
                    "removed"
                } else {
                    "they do not have this role"
                });
            }
            Self::List(output) => {
                desk.note("list_staff", "").await?;
                let list = list(desk);
                say(&if output.json { as_json(&list).to_string() } else { text(&list) });
            }
        }
        Ok(())
    }
}

impl Entry {
    fn written(&self, action: &'static str, desk: &Desk) -> Result<(Member, Act), AppError> {
        let member = Member::new(&self.name, self.role).map_err(StaffError::Member)?.who_is(self.person.clone());
        let (actor, subject, detail) = (desk.operator.clone(), self.name.clone(), self.role.code().to_owned());
        Ok((member, Act { actor, action, subject, detail, at: SystemClock.now() }))
    }
}

/// Whether an owner is named, for `luvhive doctor`.
pub(crate) fn check_owner(settings: &Settings) -> Check {
    let name = "staff_owner";
    match settings.staff_owner.as_str() {
        "" if settings.token.is_none() => Check::skipped(name, "nobody owns a sandbox"),
        "" => Check::warn(
            name,
            "nobody is named, so everybody with access to this machine may do everything that the staff may",
            "name the account of the owner in LUVHIVE__STAFF__OWNER, and add the others by `luvhive staff add`",
        ),
        owner => Check::ok(name, owner),
    }
}

fn list(desk: &Desk) -> Vec<Member> {
    let owner = desk.roster.owner.iter().map(|name| Member { name: name.clone(), role: Role::Owner, person: None });
    owner.chain(desk.roster.members.iter().cloned()).collect()
}

fn text(list: &[Member]) -> String {
    if list.is_empty() {
        return "nobody: everybody with access to this machine may do everything".to_owned();
    }
    list.iter().map(|member| format!("{:<13} {}", member.role.code(), member.name)).collect::<Vec<_>>().join("\n")
}

fn as_json(list: &[Member]) -> Value {
    list.iter().map(|member| json!({ "name": member.name, "role": member.role.code() })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_given_by_no_command() {
        assert_eq!(role("child_safety"), Ok(Role::ChildSafety));
        for bad in ["owner", "boss", ""] {
            role(bad).expect_err(bad);
        }
    }

    #[test]
    fn the_list_names_roles_and_accounts() {
        let (owner, bob) =
            (Member { name: "ann".to_owned(), role: Role::Owner, person: None }, Member::new("bob", Role::ChildSafety).unwrap());
        assert_eq!(text(&[owner.clone(), bob.clone()]), "owner         ann\nchild_safety  bob");
        let expected = r#"[{"name":"ann","role":"owner"},{"name":"bob","role":"child_safety"}]"#;
        assert_eq!(as_json(&[owner, bob]).to_string(), expected);
    }
}
