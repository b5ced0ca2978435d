//! Users: create, edit, delete, restore, block, and the roles they hold.

use jiff::Timestamp;
use uuid::Uuid;

use super::catalogue::Clock;
use super::change::{Change, UserFields};
use super::license_edit::Step;
use super::lookup::user_not_found;
use super::{
    Consequence, Decision, LicenseOutcome, MailboxState, OnedriveState, OutcomeKind, Role, Symbol,
    Tenant, User,
};
use crate::diagnostic::{Category, Diagnostic};

impl Tenant {
    /// A new user with this id and profile; UPN and display name must be there.
    ///
    /// # Errors
    /// `InvalidUserPrincipalName`. Whether the UPN is free is asked on admission.
    pub fn new_user(
        &self,
        id: Uuid,
        profile: UserFields,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let upn = profile.upn.clone().unwrap_or_default();
        check_upn(&upn)?;
        let name = profile.display_name.clone().unwrap_or_else(|| upn.clone());
        let user = User {
            created: Some(now.into()),
            never_signed_in: true,
            given_name: profile.given_name,
            surname: profile.surname,
            mail: profile.mail,
            job_title: profile.job_title,
            department: profile.department,
            office: profile.office,
            city: profile.city,
            country: profile.country,
            usage_location: profile.usage_location,
            kind: profile.kind.unwrap_or_default(),
            extra: profile.extra,
            ..User::new(id, upn.trim(), &name)
        };
        Ok(one(Change::UserAdded {
            now: Box::new(user),
        }))
    }

    /// Makes the user's profile the one given: [`UserFields::of`] the user, with the fields that become others.
    ///
    /// # Errors
    /// `UserNotFound`, `InvalidUserPrincipalName`.
    pub fn edit_user(&self, user: Uuid, mut profile: UserFields) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let mut was = UserFields::of(user);
        if was == profile {
            return Ok(Decision::default());
        }
        if let Some(upn) = &profile.upn {
            check_upn(upn)?;
        }
        // Only what changes is written down.
        macro_rules! drop_equal {
            ($($field:ident)*) => {$(
                if was.$field == profile.$field {
                    was.$field = None;
                    profile.$field = None;
                }
            )*};
        }
        drop_equal!(upn display_name given_name surname mail job_title department office city country usage_location kind);
        was.extra.drop_equal(&mut profile.extra);
        Ok(one(Change::UserEdited {
            user: user.id,
            was: Box::new(was),
            now: Box::new(profile),
        }))
    }

    /// Deletes a user softly (R23); `strip` removes the direct licenses first, as the admin centre does (R24).
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn remove_user(
        &self,
        user: Uuid,
        strip: bool,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        let mut decision = if strip {
            self.strip(user, now)
        } else {
            Decision::default()
        };
        decision.changes.push(Change::UserDeleted {
            user: user.id,
            at: now,
        });
        let is_freed = |sku: &Symbol| {
            let freed = |row: &LicenseOutcome| row.seat_freed && row.sku.as_ref() == Some(sku);
            decision.outcomes.iter().any(freed)
        };
        let mut skus: Vec<Symbol> = user.seats().into_iter().cloned().collect();
        skus.retain(|sku| !is_freed(sku));
        // R23
        if !skus.is_empty() {
            decision.consequences.push(Consequence::SeatsFreed { skus });
        }
        decision.consequences.extend(self.after_deletion(user, now));
        Ok(decision)
    }

    /// Until when a user and the user's data are kept after a deletion now (R24, R29, R30).
    fn after_deletion(&self, user: &User, now: Timestamp) -> Vec<Consequence> {
        let gone = User {
            deleted: Some(now.into()),
            ..user.clone()
        };
        let until = Clock::DeletedUser.from(now);
        let mut list = vec![Consequence::Restorable { until }];
        match self.mailbox_state(&gone, now) {
            MailboxState::SoftDeleted { until } => {
                list.push(Consequence::MailboxSoftDeleted { until });
            }
            MailboxState::Inactive => list.push(Consequence::MailboxInactive),
            _ => {}
        }
        if let OnedriveState::Retained { until } = self.onedrive_state(&gone, now) {
            list.push(Consequence::OnedriveRetained { until });
        }
        let data = user.data.as_deref();
        if let Some(mailbox) = data.and_then(|data| data.mailbox.as_ref()) {
            // R32a
            if mailbox.shared && mailbox.deleted.is_none() {
                list.push(Consequence::SharedMailboxNeedsAccount);
            }
            // R32b
            if let Some(to) = mailbox
                .forwards_to
                .clone()
                .filter(|_| mailbox.deleted.is_none() && mailbox.disconnected.is_none())
            {
                list.push(Consequence::ForwardingStops { to });
            }
        }
        // R32b
        if let Some(number) = data.and_then(|data| data.phone_number.clone()) {
            list.push(Consequence::PhoneNumberReleased { number });
        }
        list
    }

    /// Brings a deleted user back (R24), under another UPN or without its licenses if asked.
    ///
    /// # Errors
    /// `UserNotFound`, `UserNotDeleted`, `InvalidUserPrincipalName`. Whether it is in time is asked on admission.
    pub fn restore_user(
        &self,
        user: Uuid,
        new_upn: Option<&str>,
        without_licenses: bool,
        now: Timestamp,
    ) -> Result<Decision, Diagnostic> {
        let user = self
            .user(user)
            .ok_or_else(|| user_not_found(&user.to_string()))?;
        let Some(was) = user.deleted else {
            return Err(Diagnostic::new(
                "UserNotDeleted",
                Category::Rule,
                format!("{} isn't deleted", user.upn),
            )
            .about(&*user.upn)
            .hint("Get-User -Deleted lists those that are"));
        };
        let mut decision = if without_licenses {
            self.strip(user, now)
        } else {
            Decision::default()
        };
        // R24: Graph keeps a deleted user under a UPN that begins with the id; what comes back has its own again.
        let upn = new_upn
            .map(str::trim)
            .or_else(|| user.upn_before_deletion());
        if let Some(upn) = upn.filter(|upn| **upn != *user.upn) {
            check_upn(upn)?;
            let named = |upn: &str| {
                Box::new(UserFields {
                    upn: Some(upn.into()),
                    ..UserFields::default()
                })
            };
            decision.changes.push(Change::UserEdited {
                user: user.id,
                was: named(&user.upn),
                now: named(upn),
            });
        }
        decision.changes.push(Change::UserRestored {
            user: user.id,
            was: was.into(),
        });
        let mut back = User {
            deleted: None,
            ..(**user).clone()
        };
        if without_licenses {
            let inherited = user.licenses.iter().filter(|own| own.group.is_some());
            back.licenses = inherited.cloned().collect();
        }
        let skus: Vec<_> = back.seats().into_iter().cloned().collect();
        if !skus.is_empty() {
            decision.consequences.push(Consequence::SeatsTaken { skus });
        }
        Ok(decision)
    }

    fn strip(&self, user: &User, now: Timestamp) -> Decision {
        let mut step = Step::new(self, user);
        for own in user.direct() {
            step.remove(&own.sku, OutcomeKind::Removed);
        }
        step.finish(now)
    }

    /// Deletes a user for good, soft-deleted before or not.
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn purge_user(&self, user: Uuid) -> Result<Decision, Diagnostic> {
        let user = self
            .user(user)
            .ok_or_else(|| user_not_found(&user.to_string()))?;
        Ok(one(Change::UserPurged {
            was: Box::new((**user).clone()),
        }))
    }

    /// Blocks or allows sign-in; frees no license (R33). Nothing where it is so already.
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn set_sign_in(&self, user: Uuid, allowed: bool) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        Ok(match (user.enabled, allowed) {
            (true, false) => {
                let skus: Vec<_> = user.seats().into_iter().cloned().collect();
                Decision {
                    // R33
                    consequences: match skus.is_empty() {
                        true => Vec::new(),
                        false => vec![Consequence::SeatsKept { skus }],
                    },
                    ..one(Change::SignInBlocked { user: user.id })
                }
            }
            (false, true) => one(Change::SignInAllowed { user: user.id }),
            _ => Decision::default(),
        })
    }

    /// Signs the user out everywhere (R3).
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn revoke_sessions(&self, user: Uuid, now: Timestamp) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        Ok(one(Change::SessionsRevoked {
            user: user.id,
            was: user.data.as_ref().and_then(|data| data.sessions_revoked),
            now: Some(now),
        }))
    }

    /// Gives a role to a user, or takes it. Nothing where it is so already.
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn set_role(&self, user: Uuid, role: Role, held: bool) -> Result<Decision, Diagnostic> {
        let user = self.live_user(user)?;
        Ok(match (user.roles.contains(&role), held) {
            (false, true) => one(Change::RoleAssigned {
                user: user.id,
                role,
            }),
            (true, false) => one(Change::RoleRemoved {
                user: user.id,
                role,
            }),
            _ => Decision::default(),
        })
    }
}

impl User {
    /// The UPN without the id that the directory puts before it at deletion; none where there is no id.
    pub fn upn_before_deletion(&self) -> Option<&str> {
        let id = self.id.simple().to_string();
        let begin = self.upn.get(..id.len())?;
        let rest = self.upn.get(id.len()..)?;
        (begin.eq_ignore_ascii_case(&id) && !rest.is_empty()).then_some(rest)
    }
}

pub(super) fn one(change: Change) -> Decision {
    Decision {
        changes: vec![change],
        ..Decision::default()
    }
}

fn check_upn(upn: &str) -> Result<(), Diagnostic> {
    let upn = upn.trim();
    let parts = upn.split_once('@');
    let sound = parts.is_some_and(|(name, domain)| {
        !name.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if sound && !upn.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Ok(());
    }
    Err(Diagnostic::new(
        "InvalidUserPrincipalName",
        Category::Rule,
        format!("{upn:?} is no user principal name"),
    )
    .about(upn)
    .hint("it has the form name@domain, without blanks"))
}
