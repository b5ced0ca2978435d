//! What may happen: the rules that a record is admitted by, judged on the whole of it.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::catalogue::{Certainty, Clock};
use super::change::{Change, Subject, UserFields};
use super::license::quoted;
use super::lookup::join;
use super::plans::ViolationKind;
use super::role::{Actor, Permission};
use super::state::fold;
use super::{Assignment, Group, Mailbox, Product, Symbol, Tenant, User, apply_change};
use crate::diagnostic::{Category, Diagnostic};

mod existing_violations;
mod licenses;
mod seats;

/// The things that a record touches, as they were and as they will be.
#[derive(Default)]
struct Staged {
    users: Vec<(Option<Arc<User>>, Option<User>)>,
    places: HashMap<Uuid, usize>,
    groups: HashMap<Uuid, Option<Group>>,
    products: HashMap<Symbol, Option<Product>>,
}

impl Tenant {
    /// Asks the rules whether the actor may make these changes together. Asked once, never on replay.
    ///
    /// A rule refuses only what the record newly causes, and only where the facts behind it are confirmed; the rest
    /// is a warning.
    ///
    /// # Errors
    /// The refusal, with the command that would cure it.
    pub fn check_rules(
        &self,
        by: &Actor,
        now: Timestamp,
        record: &[Change],
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        for change in record {
            self.check_role(by, change)?;
            self.check_user_change(now, change)?;
        }
        let touched = self.touch(record)?;
        let mut warnings = Vec::new();
        self.check_names(&touched)?;
        for (before, after) in &touched.users {
            if let Some(before) = before {
                warnings.extend(self.own_downfall(by, before, after.as_ref()));
            }
            if let Some(after) = after.as_ref().filter(|user| user.deleted.is_none()) {
                self.check_licenses(before.as_deref(), after, now, &touched, &mut warnings)?;
            }
        }
        self.check_seats(record, now, &touched, &mut warnings)?;
        self.check_group_changes(record, now, &touched)?;
        self.check_group_plans(&touched)?;
        Ok(warnings)
    }

    fn check_role(&self, by: &Actor, change: &Change) -> Result<(), Diagnostic> {
        // R1-R5
        let any = permissions(change);
        if !any.iter().any(|permission| by.may(*permission))
            && let Some(permission) = any.first()
        {
            by.require(*permission)?;
        }
        // R2, R3
        if let Subject::User(id) = change.subject()
            && let Some(user) = self.user(id)
        {
            by.check_target(change, user)?;
        }
        Ok(())
    }

    fn check_user_change(&self, now: Timestamp, change: &Change) -> Result<(), Diagnostic> {
        let Subject::User(id) = change.subject() else {
            return Ok(());
        };
        let Some(user) = self.user(id) else {
            return Ok(());
        };
        // R25
        let on_premises = match change {
            Change::UserDeleted { .. } => true,
            Change::UserEdited { was, now, .. } => !only_location(was, now),
            _ => false,
        };
        if user.synced && on_premises {
            return Err(Diagnostic::new(
                "SyncedUser",
                Category::Rule,
                format!("{} is synchronised from an on-premises directory", user.upn),
            )
            .about(&*user.upn)
            .hint(match change {
                Change::UserDeleted { .. } => format!(
                    "delete it there; here: Remove-License {0} -All, Block-User {0}",
                    user.upn
                ),
                _ => format!(
                    "edit it there; here only its location: Set-User {} -UsageLocation CODE",
                    user.upn
                ),
            }));
        }
        // R24, R26
        if let Change::UserRestored { was, .. } = change {
            let until = Clock::DeletedUser.from(*was);
            if now > until {
                return Err(Diagnostic::new(
                    "RestoreExpired",
                    Category::Rule,
                    format!(
                        "{} was deleted on {was} and could be restored until {until}",
                        user.upn
                    ),
                )
                .about(&*user.upn)
                .hint(format!(
                    "create it anew: New-User {} -DisplayName {}",
                    user.upn,
                    quoted(&user.display_name)
                )));
            }
        }
        Ok(())
    }

    /// Carries the record out on copies of the things that it touches.
    fn touch(&self, record: &[Change]) -> Result<Staged, Diagnostic> {
        let mut touched = Staged::default();
        for change in record {
            self.touch_one(&mut touched, change).map_err(|why| {
                Diagnostic::new(
                    "JournalMismatch",
                    Category::Stale,
                    format!("the change doesn't fit the tenant: {why}"),
                )
                .about(self.describe(change))
            })?;
        }
        Ok(touched)
    }

    fn touch_one(&self, touched: &mut Staged, change: &Change) -> Result<(), &'static str> {
        match change.subject() {
            Subject::User(id) => {
                let place = *touched.places.entry(id).or_insert_with(|| {
                    let own = self.user(id);
                    touched
                        .users
                        .push((own.map(Arc::clone), own.map(|user| (**user).clone())));
                    touched.users.len() - 1
                });
                let after = &mut touched.users[place].1;
                match (change, &mut *after) {
                    (Change::UserAdded { now }, None) => *after = Some((**now).clone()),
                    (Change::UserAdded { .. }, Some(_)) => {
                        return Err("there is a user with this id");
                    }
                    (Change::UserPurged { .. }, Some(_)) => *after = None,
                    (_, Some(user)) => apply_change::user(user, change)?,
                    (_, None) => return Err("there is no such user"),
                }
            }
            Subject::Group(id) => {
                let own = || self.group(id).map(|group| (**group).clone());
                let after = touched.groups.entry(id).or_insert_with(own);
                match (change, &mut *after) {
                    (Change::GroupAdded { now }, None) => *after = Some((**now).clone()),
                    (Change::GroupRemoved { .. }, Some(_)) => *after = None,
                    (_, Some(group)) => apply_change::group(group, change)?,
                    (_, None) => return Err("there is no such group"),
                }
            }
            Subject::Product(sku) => {
                let own = || self.product(sku).map(|product| (**product).clone());
                let after = touched.products.entry(sku.clone()).or_insert_with(own);
                match (change, &mut *after) {
                    (Change::ProductAdded { now }, None) => *after = Some((**now).clone()),
                    (Change::ProductRemoved { .. }, Some(_)) => *after = None,
                    (_, Some(product)) => apply_change::product(product, change)?,
                    (_, None) => return Err("there is no such product"),
                }
            }
            Subject::Organisation => {}
        }
        Ok(())
    }

    /// UPNs of users who aren't deleted are unique (R24).
    fn check_names(&self, touched: &Staged) -> Result<(), Diagnostic> {
        let mut new: HashMap<Box<str>, Uuid> = HashMap::new();
        for (before, after) in &touched.users {
            let Some(after) = after.as_ref().filter(|user| user.deleted.is_none()) else {
                continue;
            };
            let name = fold(&after.upn);
            let had = before
                .as_ref()
                .is_some_and(|user| user.deleted.is_none() && fold(&user.upn) == name);
            if had {
                continue;
            }
            let holder = self.user_by_upn(&name).filter(|user| {
                // One that the same record renames or deletes gives its name away.
                user.id != after.id
                    && touched.places.get(&user.id).is_none_or(|place| {
                        touched.users[*place]
                            .1
                            .as_ref()
                            .is_some_and(|next| next.deleted.is_none() && fold(&next.upn) == name)
                    })
            });
            if holder.is_some() || new.insert(name, after.id).is_some() {
                return Err(Diagnostic::new(
                    "UserPrincipalNameTaken",
                    Category::Rule,
                    format!("another user has the UPN {}", after.upn),
                )
                .about(&*after.upn)
                .hint(
                    match before.as_ref().is_some_and(|user| user.deleted.is_some()) {
                        true => format!("Restore-User {} -NewUserPrincipalName NAME", after.id),
                        false => "choose another UPN".to_string(),
                    },
                ));
            }
        }
        Ok(())
    }

    fn check_group_changes(
        &self,
        record: &[Change],
        now: Timestamp,
        touched: &Staged,
    ) -> Result<(), Diagnostic> {
        for change in record {
            match change {
                // R10
                Change::LicenseRemoved {
                    user,
                    sku,
                    group: Some(group),
                    ..
                } => {
                    let after = touched
                        .places
                        .get(user)
                        .and_then(|i| touched.users[*i].1.as_ref());
                    let licensed = |group: &Group| group.licenses.iter().any(|own| own.sku == *sku);
                    if let Some(user) = after
                        && user.groups.contains(group)
                        && self.group_after(*group, touched).is_some_and(licensed)
                    {
                        return Err(self.inherited(user, sku, &[*group]));
                    }
                }
                // R21, R22
                Change::GroupLicenseAssigned { sku, .. } => {
                    self.check_product(sku, now, touched)?;
                }
                Change::MemberAdded { group, .. } | Change::MemberRemoved { group, .. } => {
                    if let Some(group) = self.group_after(*group, touched) {
                        group.check_members()?;
                    }
                }
                Change::GroupRemoved { was } if was.synced => was.check_members()?,
                // R38
                Change::GroupRemoved { was } if !was.licenses.is_empty() => {
                    return Err(Diagnostic::new(
                        "GroupLicensed",
                        Category::Rule,
                        format!("the group {} has licenses and can't be deleted", was.name),
                    )
                    .about(&*was.name)
                    .hint(format!(
                        "Remove-GroupLicense {} -Sku {}",
                        quoted(&was.name),
                        join(was.licenses.iter().map(|own| &own.sku))
                    )));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An add-on and what it depends on must be in one group (R37).
    fn check_group_plans(&self, touched: &Staged) -> Result<(), Diagnostic> {
        let table = self.plan_table();
        let gives = |group: &Group| -> Vec<Assignment> {
            let licenses = group.licenses.iter().map(|own| Assignment {
                disabled: own.disabled.clone().into(),
                ..Assignment::direct(own.sku.clone())
            });
            licenses.collect()
        };
        for (id, after) in &touched.groups {
            let Some(after) = after else { continue };
            let had = self
                .group(*id)
                .map(|group| gives(group))
                .unwrap_or_default();
            let has = gives(after);
            for violation in table.new_violations(&table.active(&had), &table.active(&has)) {
                let ViolationKind::Needs { plan, any, .. } = &violation.kind else {
                    continue;
                };
                if violation.certainty != Certainty::Confirmed {
                    continue;
                }
                let add_on = has.iter().find(|own| table.of(own).has(*plan));
                let add_on = add_on.map_or("", |own| &*own.sku);
                let gone = had
                    .iter()
                    .filter(|own| !has.iter().any(|now| now.sku == own.sku));
                let gone: Vec<_> = gone.map(|own| own.sku.clone()).collect();
                let group = quoted(&after.name);
                let offers = self.products().iter().find(|product| {
                    table
                        .of(&Assignment::direct(product.sku.clone()))
                        .meets(any)
                });
                return Err(Diagnostic::new(
                    "DependencyViolation",
                    Category::Rule,
                    format!(
                        "the group {} would give {} without what it depends on: {}",
                        after.name,
                        table.title(*plan),
                        any.iter()
                            .map(|plan| table.title(plan))
                            .collect::<Vec<_>>()
                            .join(" or ")
                    ),
                )
                .about(&*after.name)
                .hint(match (gone.is_empty(), offers) {
                    (false, _) => format!(
                        "both in one call: Remove-GroupLicense {group} -Sku {add_on}, {}",
                        join(&gone)
                    ),
                    (true, Some(product)) => format!(
                        "both in one call: Add-GroupLicense {group} -Sku {}, {add_on}",
                        product.sku
                    ),
                    (true, None) => "no product of this tenant gives it".to_owned(),
                }));
            }
        }
        Ok(())
    }

    fn product_after<'a>(&'a self, sku: &Symbol, touched: &'a Staged) -> Option<&'a Product> {
        match touched.products.get(sku) {
            Some(after) => after.as_ref(),
            None => self.product(sku).map(|product| &**product),
        }
    }

    fn group_after<'a>(&'a self, id: Uuid, touched: &'a Staged) -> Option<&'a Group> {
        match touched.groups.get(&id) {
            Some(after) => after.as_ref(),
            None => self.group(id).map(|group| &**group),
        }
    }
}

/// The permissions of which one is needed (R1-R4); the first is named in a refusal.
fn permissions(change: &Change) -> &'static [Permission] {
    use Change::*;
    use Permission::{
        AssignGroupLicense, AssignLicense, AssignRole, BlockSignIn, DeleteUser, EditGroup,
        EditMailbox, EditUser, ManageTenant, RevokeSessions, SetSeats,
    };
    /// What follows from something else in the record, which is asked about itself.
    const CONSEQUENCE: &[Permission] = &[
        AssignLicense,
        AssignGroupLicense,
        EditGroup,
        EditMailbox,
        DeleteUser,
        ManageTenant,
    ];
    match change {
        LicenseAssigned { group: None, .. }
        | LicenseRemoved { group: None, .. }
        | PlansSwitched { group: None, .. } => &[AssignLicense],
        LicenseAssigned { .. }
        | LicenseRemoved { .. }
        | PlansSwitched { .. }
        | LicenseErrorChanged { .. } => &[AssignGroupLicense, EditGroup],
        UserEdited { was, now, .. } if only_location(was, now) => &[AssignLicense, EditUser],
        UserAdded { .. } | UserEdited { .. } => &[EditUser],
        UserPurged { .. } | UserDeleted { .. } | UserRestored { .. } => &[DeleteUser],
        SignInBlocked { .. } | SignInAllowed { .. } => &[BlockSignIn],
        SessionsRevoked { .. } => &[RevokeSessions],
        RoleAssigned { .. } | RoleRemoved { .. } => &[AssignRole],
        GroupAdded { .. } | GroupRemoved { .. } | MemberAdded { .. } | MemberRemoved { .. } => {
            &[EditGroup]
        }
        GroupLicenseAssigned { .. } | GroupLicenseRemoved { .. } => &[AssignGroupLicense],
        ProductAdded { .. }
        | ProductRemoved { .. }
        | ProductEdited { .. }
        | SubscriptionChanged { .. } => &[SetSeats],
        MailboxChanged { was, now, .. } if !begins_or_ends(was, now) => &[EditMailbox],
        DataClockStarted { .. }
        | DataClockStopped { .. }
        | MailboxChanged { .. }
        | OnedriveChanged { .. }
        | PhoneNumberReleased { .. }
        | PhoneNumberAssigned { .. } => CONSEQUENCE,
        ClockMoved { .. } | OrganisationEdited { .. } => &[ManageTenant],
    }
}

/// Whether a mailbox loses its content, or has lost it and begins empty: clock and license do that, no setting.
fn begins_or_ends(was: &Mailbox, now: &Mailbox) -> bool {
    let lost = |mailbox: &Mailbox| mailbox.deleted.is_some() || mailbox.disconnected.is_some();
    was.deleted.is_some() != now.deleted.is_some()
        || (*now == Mailbox::default() && lost(was))
        || (*was == Mailbox::default() && lost(now))
}

/// Whether nothing but the usage location is edited, which whoever assigns licenses may set (R1, R25).
fn only_location(was: &UserFields, now: &UserFields) -> bool {
    let elsewhere = |fields: &UserFields| UserFields {
        usage_location: None,
        ..fields.clone()
    };
    elsewhere(was) == elsewhere(now)
}
