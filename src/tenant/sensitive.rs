//! Upon whom an admin may act: deleting, blocking and renaming a user, and revoking sessions, depend on the roles that
//! the user holds (R2, R3).
//!
//! As Microsoft has it in "Who can perform sensitive actions" and "Who can reset passwords" of
//! <https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions>.

use super::role::{Actor, Permission, Role, is_admin};
use super::{Change, Tenant, User};
use crate::diagnostic::{Category, Diagnostic};

/// What depends on the roles of whom it is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sensitive {
    Delete,
    Block,
    Rename,
    RevokeSessions,
}

impl Sensitive {
    fn of(change: &Change) -> Option<Self> {
        match change {
            Change::UserDeleted { .. }
            | Change::UserRestored { .. }
            | Change::UserPurged { .. } => Some(Self::Delete),
            Change::SignInBlocked { .. } | Change::SignInAllowed { .. } => Some(Self::Block),
            Change::UserEdited { was, now, .. } if was.upn != now.upn => Some(Self::Rename),
            Change::SessionsRevoked { .. } => Some(Self::RevokeSessions),
            _ => None,
        }
    }

    fn permission(self) -> Permission {
        match self {
            Self::Delete => Permission::DeleteUser,
            Self::Block => Permission::BlockSignIn,
            Self::Rename => Permission::EditUser,
            Self::RevokeSessions => Permission::RevokeSessions,
        }
    }

    fn deed(self) -> &'static str {
        match self {
            Self::Delete => "delete or restore this user",
            Self::Block => "block or unblock this user",
            Self::Rename => "change the UPN of this user",
            Self::RevokeSessions => "revoke the sessions of this user",
        }
    }

    /// Whether who holds `by` may do it to who holds `role`.
    fn may(self, by: Role, role: Role) -> bool {
        use Role::*;
        const READERS: [Role; 6] = [
            DirectoryReaders,
            GuestInviter,
            MessageCenterReader,
            ReportsReader,
            UsageSummaryReportsReader,
            UserExperienceSuccessManager,
        ];
        match by {
            GlobalAdministrator | PrivilegedAuthenticationAdministrator => true,
            UserAdministrator => {
                READERS.contains(&role)
                    || matches!(
                        role,
                        GroupsAdministrator
                            | HelpdeskAdministrator
                            | PasswordAdministrator
                            | UserAdministrator
                    )
            }
            AuthenticationAdministrator => {
                READERS.contains(&role)
                    || matches!(role, AuthenticationAdministrator | PasswordAdministrator)
            }
            HelpdeskAdministrator if self == Self::RevokeSessions => {
                READERS.contains(&role)
                    || matches!(role, HelpdeskAdministrator | PasswordAdministrator)
            }
            PasswordAdministrator if self == Self::RevokeSessions => matches!(
                role,
                DirectoryReaders | GuestInviter | PasswordAdministrator
            ),
            _ => false,
        }
    }
}

impl Actor {
    /// Refuses what the roles of the user allow only a higher admin to do.
    pub(super) fn check_target(&self, change: &Change, user: &User) -> Result<(), Diagnostic> {
        let Some(action) = Sensitive::of(change) else {
            return Ok(());
        };
        let reaches = |by: &Role, role: Role| by.may(action.permission()) && action.may(*by, role);
        // Each role of the actor by itself: the permissions of two don't add up on one user.
        let blocking = |by: &Role| user.roles.iter().find(|role| !reaches(by, **role)).copied();
        let own = || self.roles.iter().filter(|by| by.may(action.permission()));
        if user.roles.is_empty() || own().any(|by| blocking(by).is_none()) {
            return Ok(());
        }
        let Some(role) = own().find_map(blocking) else {
            return Ok(());
        };
        let holders: Vec<_> = Role::ALL
            .into_iter()
            .filter(|by| user.roles.iter().all(|role| reaches(by, *role)))
            .map(Role::name)
            .collect();
        let deed = format!("{}: {} holds the role {role}", action.deed(), user.upn);
        Err(self.refusal(&deed, &holders).about(&*user.upn))
    }
}

/// The id of the warning that a change takes from the acting admin what it takes to act.
pub const TAKES_OWN_ROLE: &str = "TakesOwnRole";

impl Tenant {
    /// Warns whoever acts and takes out the one who acts.
    pub(super) fn own_downfall(
        &self,
        by: &Actor,
        before: &User,
        after: Option<&User>,
    ) -> Option<Diagnostic> {
        let operators = &self.organisation().operators;
        let is_actor = is_admin(before)
            && before.upn.to_lowercase() == by.name.to_lowercase()
            && !operators.iter().any(|own| own.name == by.name);
        if !is_actor {
            return None;
        }
        let lost = match after {
            None => "is deleted and can do nothing more".to_owned(),
            Some(user) if user.deleted.is_some() => "is deleted and can do nothing more".to_owned(),
            Some(user) if !user.enabled => "is blocked and can do nothing more".to_owned(),
            Some(user) => {
                let role = before
                    .roles
                    .iter()
                    .find(|role| !user.roles.contains(role))?;
                match user.roles.is_empty() {
                    true => format!("loses the role {role} and can do nothing more"),
                    false => format!("loses the role {role}"),
                }
            }
        };
        Some(
            Diagnostic::new(
                TAKES_OWN_ROLE,
                Category::Rule,
                format!("{} is who acts here, and {lost}", before.upn),
            )
            .about(&*before.upn)
            .hint("let another admin do it: --as NAME, or Connect-Tenant -As NAME"),
        )
    }
}
