//! Who may do what: directory roles and the permissions they carry (R1-R5).

use std::collections::BTreeSet;
use std::fmt;

use uuid::{Uuid, uuid};

use super::{OtherRole, Tenant, User};
use crate::diagnostic::{Category, Diagnostic};

/// A directory role: one whose permissions are known, or any other, kept by what the directory calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    GlobalAdministrator,
    LicenseAdministrator,
    UserAdministrator,
    GroupsAdministrator,
    BillingAdministrator,
    GlobalReader,
    HelpdeskAdministrator,
    PasswordAdministrator,
    DirectoryReaders,
    GuestInviter,
    MessageCenterReader,
    ReportsReader,
    UsageSummaryReportsReader,
    ExchangeAdministrator,
    PrivilegedRoleAdministrator,
    AuthenticationAdministrator,
    PrivilegedAuthenticationAdministrator,
    UserExperienceSuccessManager,
    /// Its permissions aren't known here: it grants none, and counts as privileged (R2).
    Other(OtherRole),
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
    RevokeSessions,
    SetSeats,
    EditGroup,
    AssignGroupLicense,
    AssignRole,
    EditMailbox,
    /// The tenant's own settings: its clock, its retention runs.
    ManageTenant,
}

/// Which roles carry which permission. Reading is for every role (R5), so no row names it.
const TABLE: [(Role, &[Permission]); 11] = {
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
                RevokeSessions,
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
                RevokeSessions,
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
        // R2, R3; upon whom is asked besides.
        (
            Role::AuthenticationAdministrator,
            &[DeleteUser, BlockSignIn, RevokeSessions],
        ),
        (
            Role::PrivilegedAuthenticationAdministrator,
            &[DeleteUser, BlockSignIn, RevokeSessions],
        ),
        (Role::HelpdeskAdministrator, &[RevokeSessions]),
        (Role::PasswordAdministrator, &[RevokeSessions]),
    ]
};

impl Role {
    /// Those whose permissions are known.
    pub const ALL: [Role; 18] = [
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
        Role::AuthenticationAdministrator,
        Role::PrivilegedAuthenticationAdministrator,
        Role::UserExperienceSuccessManager,
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
            Role::AuthenticationAdministrator => "Authentication Administrator",
            Role::PrivilegedAuthenticationAdministrator => {
                "Privileged Authentication Administrator"
            }
            Role::UserExperienceSuccessManager => "User Experience Success Manager",
            Role::Other(other) => other.name(),
        }
    }

    /// The id by which every tenant knows a role, whatever it calls it.
    pub fn template_id(self) -> Option<Uuid> {
        Some(match self {
            Role::GlobalAdministrator => uuid!("62e90394-69f5-4237-9190-012177145e10"),
            Role::LicenseAdministrator => uuid!("4d6ac14f-3453-41d0-bef9-a3e0c569773a"),
            Role::UserAdministrator => uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
            Role::GroupsAdministrator => uuid!("fdd7a751-b60b-444a-984c-02652fe8fa1c"),
            Role::BillingAdministrator => uuid!("b0f54661-2d74-4c50-afa3-1ec803f12efe"),
            Role::GlobalReader => uuid!("f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
            Role::HelpdeskAdministrator => uuid!("729827e3-9c14-49f7-bb1b-9608f156bbb8"),
            Role::PasswordAdministrator => uuid!("966707d0-3269-4727-9be2-8c3a10f19b9d"),
            Role::DirectoryReaders => uuid!("88d8e3e3-8f55-4a1e-953a-9b9898b8876b"),
            Role::GuestInviter => uuid!("95e79109-95c0-4d8e-aee3-d01accf2d47b"),
            Role::MessageCenterReader => uuid!("790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"),
            Role::ReportsReader => uuid!("4a5d8f65-41da-4de4-8968-e035b65339cf"),
            Role::UsageSummaryReportsReader => uuid!("75934031-6c7e-415a-99d7-48dbd49e875e"),
            Role::ExchangeAdministrator => uuid!("29232cdf-9323-42fd-ade2-1d097af3e4de"),
            Role::PrivilegedRoleAdministrator => uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
            Role::AuthenticationAdministrator => uuid!("c4e39bd9-1100-46d3-8c65-fb160da0071f"),
            Role::PrivilegedAuthenticationAdministrator => {
                uuid!("7be44c8a-adaf-4e2a-84d6-ab2649e08a13")
            }
            Role::UserExperienceSuccessManager => uuid!("27460883-1df1-4691-b032-3b79643e5e63"),
            Role::Other(other) => return other.template_id(),
        })
    }

    /// The role that a directory calls so; the template decides, as display names have changed over the years.
    ///
    /// `None` where neither says anything.
    pub fn of_directory(name: Option<&str>, template_id: Option<Uuid>) -> Option<Role> {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let same = |role: &Role| match template_id {
            Some(id) => role.template_id() == Some(id),
            None => name.is_some_and(|name| role.name().eq_ignore_ascii_case(name)),
        };
        Role::ALL.into_iter().find(same).or_else(|| {
            let id = template_id.map(|id| id.to_string());
            let name = name.or(id.as_deref())?;
            Some(Role::Other(OtherRole::new(name, template_id)))
        })
    }

    /// Finds a role whose permissions are known by its display name, letter case and blanks aside.
    ///
    /// # Errors
    /// `UnknownRole`, with the nearest name.
    pub fn find(text: &str) -> Result<Role, Diagnostic> {
        find(&Role::ALL, text)
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
    pub const ALL: [Permission; 12] = [
        Permission::Read,
        Permission::AssignLicense,
        Permission::EditUser,
        Permission::DeleteUser,
        Permission::BlockSignIn,
        Permission::RevokeSessions,
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
            Permission::BlockSignIn => "block sign-in",
            Permission::RevokeSessions => "revoke sessions",
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

/// Finds a role by its display name, letter case and blanks aside.
fn find(roles: &[Role], text: &str) -> Result<Role, Diagnostic> {
    let squeeze = |text: &str| text.replace(' ', "").to_lowercase();
    let wanted = squeeze(text);
    let begins_so = |role: &&Role| !wanted.is_empty() && squeeze(role.name()).starts_with(&wanted);
    let found = roles.iter().find(|role| squeeze(role.name()) == wanted);
    found.copied().ok_or_else(|| {
        Diagnostic::new(
            "UnknownRole",
            Category::NotFound,
            format!("there is no role named {text}"),
        )
        .about(text)
        .hint(match roles.iter().find(begins_so) {
            Some(role) => format!("did you mean {role}?"),
            None => "Get-Role lists them".to_owned(),
        })
        .did_you_mean(text, roles.iter().map(|role| role.name()))
    })
}

impl Tenant {
    /// The roles whose permissions are known, then the others that somebody holds, by name.
    pub fn known_roles(&self) -> Vec<Role> {
        let of_users = self.users().iter().flat_map(|user| user.roles.iter());
        let of_operators = self.organisation().operators.iter();
        let of_operators = of_operators.flat_map(|operator| &operator.roles);
        let others = of_users.chain(of_operators).copied();
        let others: BTreeSet<Role> = others.filter(|role| !Role::ALL.contains(role)).collect();
        Role::ALL.into_iter().chain(others).collect()
    }

    /// A role by its display name, letter case and blanks aside; one whose permissions aren't known, if somebody holds it.
    ///
    /// # Errors
    /// `UnknownRole`, with the nearest name.
    pub fn find_role(&self, text: &str) -> Result<Role, Diagnostic> {
        Role::find(text).or_else(|_| find(&self.known_roles(), text))
    }

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
        // Only a refusal looks through all users.
        let some = || admins().take(3).collect::<Vec<_>>().join(", ");
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
            .hint(format!("act as someone who does, with --as: {}", some()))),
            Err(_) => Err(Diagnostic::new(
                "UnknownActor",
                Category::NotFound,
                format!("{name} is neither an operator nor a user of this tenant"),
            )
            .about(name)
            .hint(format!("say who acts with --as: {}", some()))
            .did_you_mean(name, admins())),
        }
    }
}

pub(super) fn is_admin(user: &User) -> bool {
    user.deleted.is_none() && user.enabled && !user.roles.is_empty()
}
