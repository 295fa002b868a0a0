//! The staff: which roles there are, what each of them may do, and who has which.

use crate::code::coded_enum;
use crate::conduct::Pseudonym;
use crate::time::Timestamp;

/// The most characters that the name of a member has.
const MOST_NAME: usize = 100;

coded_enum! {
    /// What a member of the staff is there for. The owner is named in the settings, the others are members.
    Role {
        Owner = "owner", Admin = "admin", Moderator = "moderator", ChildSafety = "child_safety", Support = "support",
    }
}

coded_enum! {
    /// What the staff reads and does.
    Action {
        ListReports = "list_reports",
        ListCases = "list_cases",
        ReadCase = "read_case",
        ReadChildCase = "read_child_case",
        DecideCase = "decide_case",
        ReadPerson = "read_person",
        Sanction = "sanction",
        Correct = "correct",
        ReadLedger = "read_ledger",
        Grant = "grant",
        Refund = "refund",
        ListStaff = "list_staff",
        ChangeStaff = "change_staff",
        Appoint = "appoint",
        VerifyAudit = "verify_audit",
    }
}

impl Action {
    /// Who may do it beside the owner, who may do everything.
    const fn roles(self) -> &'static [Role] {
        use Role::{Admin, ChildSafety, Moderator, Support};
        match self {
            Self::ListReports | Self::ListCases | Self::ReadCase | Self::DecideCase | Self::Sanction => {
                &[Admin, Moderator, ChildSafety]
            }
            Self::ReadChildCase => &[ChildSafety],
            Self::ReadPerson => &[Admin, Moderator, ChildSafety, Support],
            Self::Correct | Self::ReadLedger | Self::Grant | Self::Refund => &[Admin, Support],
            Self::ListStaff | Self::ChangeStaff | Self::VerifyAudit => &[Admin],
            Self::Appoint => &[],
        }
    }
}

impl Role {
    /// Reports whether somebody with this role may do something.
    pub fn may(self, action: Action) -> bool {
        self == Self::Owner || action.roles().contains(&self)
    }

    /// What giving or taking this role is: the owner alone appoints admins and those who see cases of children.
    pub const fn changed_by(self) -> Action {
        match self {
            Self::Owner | Self::Admin | Self::ChildSafety => Action::Appoint,
            Self::Moderator | Self::Support => Action::ChangeStaff,
        }
    }
}

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The account on the machine with which they log in.
    pub name: String,
    /// One of their roles.
    pub role: Role,
    /// Who they are with the bot, if they said so: they decide nothing about themselves and people close to them.
    pub person: Option<Pseudonym>,
}

/// Why a member cannot be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMember {
    /// This is no name of an account.
    #[error("name of an account has 1 to 100 characters and no white space")]
    Name,
    /// The owner is named in the settings.
    #[error("owner is named by the setting staff.owner alone")]
    Owner,
}

impl Member {
    /// Writes a member down.
    ///
    /// # Errors
    /// [`BadMember`].
    pub fn new(name: &str, role: Role) -> Result<Self, BadMember> {
        let is_name = (1..=MOST_NAME).contains(&name.chars().count());
        if !is_name || name.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(BadMember::Name);
        }
        if role == Role::Owner {
            return Err(BadMember::Owner);
        }
        Ok(Self { name: name.to_owned(), role, person: None })
    }

    /// Says who they are with the bot.
    #[must_use]
    pub fn who_is(self, person: Option<Pseudonym>) -> Self {
        Self { person, ..self }
    }
}

/// Everybody who may do something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// Who owns the bot; `None` = nobody is named, and everybody with access to the machine may do everything.
    pub owner: Option<String>,
    /// The members, each with one role.
    pub members: Vec<Member>,
}

impl Staff {
    /// Lists the roles of an actor: of the person who logged in, also where they act as another account.
    pub fn roles(&self, actor: &str) -> Vec<Role> {
        let account = account_of(actor);
        let Some(owner) = &self.owner else { return vec![Role::Owner] };
        let owns = (owner == account).then_some(Role::Owner);
        let given = self.members.iter().filter(|member| member.name == account).map(|member| member.role);
        owns.into_iter().chain(given).collect()
    }

    /// Reports whether nobody beside an actor is known to be allowed to do something.
    pub fn is_alone(&self, actor: &str, action: Action) -> bool {
        let account = account_of(actor);
        let mut named = self.owner.iter().chain(self.members.iter().map(|member| &member.name));
        !named.any(|name| name != account && self.may(name, action))
    }

    /// Reports whether an actor may do something.
    pub fn may(&self, actor: &str, action: Action) -> bool {
        self.roles(actor).into_iter().any(|role| role.may(action))
    }
}

/// Returns the account with which an actor logged in: `ann` of `ann as root`.
pub fn account_of(actor: &str) -> &str {
    actor.split_once(" as ").map_or(actor, |(login, _)| login)
}

/// Something that the staff read or did and that leaves no other row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who: the account on the machine.
    pub actor: String,
    /// What, as the audit log names it: 1 to 50 characters.
    pub action: &'static str,
    /// Whom or what it is about, never by a Telegram id or name.
    pub subject: String,
    /// More about it; at most 1,000 characters.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests;
