//! Who may do what: directory roles and the permissions they carry (R1-R5).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Tenant, User};
use crate::diagnostic::{Category, Diagnostic};

/// A directory role, by its display name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    #[serde(rename = "Global Administrator")]
    GlobalAdministrator,
    #[serde(rename = "License Administrator")]
    LicenseAdministrator,
    #[serde(rename = "User Administrator")]
    UserAdministrator,
    #[serde(rename = "Groups Administrator")]
    GroupsAdministrator,
    #[serde(rename = "Billing Administrator")]
    BillingAdministrator,
    #[serde(rename = "Global Reader")]
    GlobalReader,
    #[serde(rename = "Helpdesk Administrator")]
    HelpdeskAdministrator,
    #[serde(rename = "Password Administrator")]
    PasswordAdministrator,
    #[serde(rename = "Directory Readers")]
    DirectoryReaders,
    #[serde(rename = "Guest Inviter")]
    GuestInviter,
    #[serde(rename = "Message Center Reader")]
    MessageCenterReader,
    #[serde(rename = "Reports Reader")]
    ReportsReader,
    #[serde(rename = "Usage Summary Reports Reader")]
    UsageSummaryReportsReader,
    #[serde(rename = "Exchange Administrator")]
    ExchangeAdministrator,
    #[serde(rename = "Privileged Role Administrator")]
    PrivilegedRoleAdministrator,
}

/// What is done, in the words of a cmdlet's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Reading needs no role where nobody is signed in (R5).
    Read,
    /// Touches nothing of the tenant: Where-Object, Get-Help.
    None,
    AssignLicense,
    EditUser,
    DeleteUser,
    BlockSignIn,
    SetSeats,
    EditGroup,
    AssignGroupLicense,
    AssignRole,
    EditMailbox,
    /// The tenant's own settings: its clock, its retention runs.
    ManageTenant,
}

/// Which roles carry which permission. Reading is for every role (R5), so no row names it.
const TABLE: [(Role, &[Permission]); 7] = {
    use Permission::*;
    [
        // R1-R4: the Global Administrator may everything.
        (
            Role::GlobalAdministrator,
            &[
                AssignLicense,
                EditUser,
                DeleteUser,
                BlockSignIn,
                SetSeats,
                EditGroup,
                AssignGroupLicense,
                AssignRole,
                EditMailbox,
                ManageTenant,
            ],
        ),
        // R1
        (
            Role::LicenseAdministrator,
            &[AssignLicense, AssignGroupLicense],
        ),
        // R1-R3
        (
            Role::UserAdministrator,
            &[
                AssignLicense,
                EditUser,
                DeleteUser,
                BlockSignIn,
                EditGroup,
                AssignGroupLicense,
            ],
        ),
        // R1: group licenses only.
        (Role::GroupsAdministrator, &[EditGroup, AssignGroupLicense]),
        // R4
        (Role::BillingAdministrator, &[SetSeats]),
        (Role::ExchangeAdministrator, &[EditMailbox]),
        (Role::PrivilegedRoleAdministrator, &[AssignRole]),
    ]
};

impl Role {
    pub const ALL: [Role; 15] = [
        Role::GlobalAdministrator,
        Role::LicenseAdministrator,
        Role::UserAdministrator,
        Role::GroupsAdministrator,
        Role::BillingAdministrator,
        Role::GlobalReader,
        Role::HelpdeskAdministrator,
        Role::PasswordAdministrator,
        Role::DirectoryReaders,
        Role::GuestInviter,
        Role::MessageCenterReader,
        Role::ReportsReader,
        Role::UsageSummaryReportsReader,
        Role::ExchangeAdministrator,
        Role::PrivilegedRoleAdministrator,
    ];

    /// The display name: `License Administrator`.
    pub fn name(self) -> &'static str {
        match self {
            Role::GlobalAdministrator => "Global Administrator",
            Role::LicenseAdministrator => "License Administrator",
            Role::UserAdministrator => "User Administrator",
            Role::GroupsAdministrator => "Groups Administrator",
            Role::BillingAdministrator => "Billing Administrator",
            Role::GlobalReader => "Global Reader",
            Role::HelpdeskAdministrator => "Helpdesk Administrator",
            Role::PasswordAdministrator => "Password Administrator",
            Role::DirectoryReaders => "Directory Readers",
            Role::GuestInviter => "Guest Inviter",
            Role::MessageCenterReader => "Message Center Reader",
            Role::ReportsReader => "Reports Reader",
            Role::UsageSummaryReportsReader => "Usage Summary Reports Reader",
            Role::ExchangeAdministrator => "Exchange Administrator",
            Role::PrivilegedRoleAdministrator => "Privileged Role Administrator",
        }
    }

    /// Finds a role by its display name, letter case and blanks aside.
    ///
    /// # Errors
    /// `UnknownRole`, with the nearest name.
    pub fn find(text: &str) -> Result<Role, Diagnostic> {
        let squeeze = |text: &str| text.replace(' ', "").to_lowercase();
        let wanted = squeeze(text);
        let begins_so =
            |role: &Role| !wanted.is_empty() && squeeze(role.name()).starts_with(&wanted);
        let mut begins = Role::ALL.into_iter().filter(begins_so);
        Role::ALL
            .into_iter()
            .find(|role| squeeze(role.name()) == wanted)
            .ok_or_else(|| {
                Diagnostic::new(
                    "UnknownRole",
                    Category::NotFound,
                    format!("there is no role named {text}"),
                )
                .about(text)
                .hint(match begins.next() {
                    Some(role) => format!("did you mean {role}?"),
                    None => "Get-Role lists them".to_owned(),
                })
                .did_you_mean(text, Role::ALL.map(Role::name))
            })
    }

    /// Whether a User Administrator may delete and block someone who holds it (R2).
    pub fn is_low(self) -> bool {
        matches!(
            self,
            Role::DirectoryReaders
                | Role::GuestInviter
                | Role::GroupsAdministrator
                | Role::HelpdeskAdministrator
                | Role::MessageCenterReader
                | Role::PasswordAdministrator
                | Role::ReportsReader
                | Role::UserAdministrator
                | Role::UsageSummaryReportsReader
        )
    }

    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Read | Permission::None => true,
            _ => TABLE
                .iter()
                .any(|(role, list)| *role == self && list.contains(&permission)),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Permission {
    /// Those that a role carries.
    pub const ALL: [Permission; 11] = [
        Permission::Read,
        Permission::AssignLicense,
        Permission::EditUser,
        Permission::DeleteUser,
        Permission::BlockSignIn,
        Permission::SetSeats,
        Permission::EditGroup,
        Permission::AssignGroupLicense,
        Permission::AssignRole,
        Permission::EditMailbox,
        Permission::ManageTenant,
    ];

    /// What it allows, after "may".
    pub fn deed(self) -> &'static str {
        match self {
            Permission::Read => "read the tenant",
            Permission::None => "do this",
            Permission::AssignLicense => "assign or remove licenses",
            Permission::EditUser => "edit users",
            Permission::DeleteUser => "delete or restore users",
            Permission::BlockSignIn => "block sign-in or revoke sessions",
            Permission::SetSeats => "change the seats of a subscription",
            Permission::EditGroup => "edit groups",
            Permission::AssignGroupLicense => "assign or remove licenses of groups",
            Permission::AssignRole => "assign roles",
            Permission::EditMailbox => "change mailboxes",
            Permission::ManageTenant => "change the tenant's settings",
        }
    }

    pub fn holders(self) -> Vec<&'static str> {
        Role::ALL
            .into_iter()
            .filter(|role| role.may(self))
            .map(Role::name)
            .collect()
    }
}

/// Who acts: an operator, or a user who holds directory roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The operator's name or the user's UPN; empty for nobody.
    pub name: String,
    pub roles: Vec<Role>,
}

impl Actor {
    /// Nobody signed in: may read and nothing else (R5).
    pub fn nobody() -> Self {
        Self::default()
    }

    pub fn is_signed_in(&self) -> bool {
        !self.name.is_empty()
    }

    pub fn may(&self, permission: Permission) -> bool {
        matches!(permission, Permission::Read | Permission::None)
            || self.roles.iter().any(|role| role.may(permission))
    }

    /// Refuses what the actor's roles don't allow.
    ///
    /// # Errors
    /// `InsufficientPrivileges`, naming the roles that would do.
    pub fn require(&self, permission: Permission) -> Result<(), Diagnostic> {
        // R5
        if self.may(permission) {
            return Ok(());
        }
        Err(self.refusal(permission.deed(), &permission.holders()))
    }

    pub(super) fn refusal(&self, deed: &str, holders: &[&str]) -> Diagnostic {
        let roles = holders.join(", ");
        if !self.is_signed_in() {
            return Diagnostic::new(
                "InsufficientPrivileges",
                Category::Denied,
                format!("nobody is signed in, so the tenant can only be read; to {deed} takes one of: {roles}"),
            )
            .hint("say who acts: --as NAME, or Connect-Tenant -As NAME");
        }
        let own: Vec<_> = self.roles.iter().map(|role| role.name()).collect();
        Diagnostic::new(
            "InsufficientPrivileges",
            Category::Denied,
            format!("{} ({}) may not {deed}", self.name, own.join(", ")),
        )
        .about(&self.name)
        .hint(format!(
            "act as someone who holds one of: {roles} (--as NAME, or Connect-Tenant -As NAME)"
        ))
    }
}

impl Tenant {
    /// The acting admin of this name: an operator, or a user who holds a role; any letter case.
    ///
    /// # Errors
    /// `UnknownActor` where there is none, `InsufficientPrivileges` where the user holds no role (R5).
    pub fn actor(&self, name: &str) -> Result<Actor, Diagnostic> {
        let name = name.trim();
        let operators = &self.organisation().operators;
        let same = |own: &str| own.to_lowercase() == name.to_lowercase();
        if let Some(operator) = operators.iter().find(|operator| same(&operator.name)) {
            return Ok(Actor {
                name: operator.name.clone(),
                roles: operator.roles.clone(),
            });
        }
        let admins = || {
            let users = self.users().iter().filter(|user| is_admin(user));
            operators
                .iter()
                .map(|operator| operator.name.as_str())
                .chain(users.map(|user| &*user.upn))
        };
        let some = admins().take(3).collect::<Vec<_>>().join(", ");
        match self.find_user(name) {
            Ok(user) if is_admin(user) => Ok(Actor {
                name: user.upn.to_string(),
                roles: user.roles.to_vec(),
            }),
            Ok(user) => Err(Diagnostic::new(
                "InsufficientPrivileges",
                Category::Denied,
                match user.roles.is_empty() {
                    true => format!("{} holds no directory role and can't act here", user.upn),
                    false => format!("{} is blocked or deleted and can't act here", user.upn),
                },
            )
            .about(&*user.upn)
            .hint(format!("act as someone who does, with --as: {some}"))),
            Err(_) => Err(Diagnostic::new(
                "UnknownActor",
                Category::NotFound,
                format!("{name} is neither an operator nor a user of this tenant"),
            )
            .about(name)
            .hint(format!("say who acts with --as: {some}"))
            .did_you_mean(name, admins())),
        }
    }
}

fn is_admin(user: &User) -> bool {
    user.deleted.is_none() && user.enabled && !user.roles.is_empty()
}
