//! What may happen: the rules that a record is admitted by, judged on the whole of it.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::catalogue::{Certainty, Clock};
use super::change::{Change, Subject, UserFields};
use super::find::join;
use super::license::quoted;
use super::plans::{PlanSet, Violation, ViolationKind};
use super::role::{Actor, Permission, Role};
use super::state::{fold, seats};
use super::{
    AppliesTo, Assignment, Group, Mailbox, Product, SubscriptionStatus, Symbol, Tenant, User, edit,
};
use crate::diagnostic::{Category, Diagnostic};

/// The things that a record touches, as they were and as they will be.
#[derive(Default)]
struct Touched {
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
    pub fn admit(
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
            if let Some(after) = after.as_ref().filter(|user| user.deleted.is_none()) {
                self.check_licenses(before.as_deref(), after, &touched, &mut warnings)?;
            }
        }
        self.check_seats(record, &touched, &mut warnings)?;
        self.check_group_changes(record, &touched)?;
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
        if matches!(any, [Permission::DeleteUser | Permission::BlockSignIn])
            && !by.roles.contains(&Role::GlobalAdministrator)
            && let Subject::User(id) = change.subject()
            && let Some(user) = self.user(id)
            && let Some(role) = user.roles.iter().find(|role| !role.is_low())
        {
            let deed = format!(
                "{}: {} holds the role {role}",
                match any {
                    [Permission::DeleteUser] => "delete or restore this user",
                    _ => "block this user or revoke sessions",
                },
                user.upn
            );
            return Err(by
                .refusal(&deed, &[Role::GlobalAdministrator.name()])
                .about(&*user.upn));
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
            .hint(format!(
                "change it there; here: Remove-License {0} -All, Block-User {0}",
                user.upn
            )));
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
    fn touch(&self, record: &[Change]) -> Result<Touched, Diagnostic> {
        let mut touched = Touched::default();
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

    fn touch_one(&self, touched: &mut Touched, change: &Change) -> Result<(), &'static str> {
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
                    (_, Some(user)) => edit::user(user, change)?,
                    (_, None) => return Err("there is no such user"),
                }
            }
            Subject::Group(id) => {
                let own = || self.group(id).map(|group| (**group).clone());
                let after = touched.groups.entry(id).or_insert_with(own);
                match (change, &mut *after) {
                    (Change::GroupAdded { now }, None) => *after = Some((**now).clone()),
                    (Change::GroupRemoved { .. }, Some(_)) => *after = None,
                    (_, Some(group)) => edit::group(group, change)?,
                    (_, None) => return Err("there is no such group"),
                }
            }
            Subject::Product(sku) => {
                let own = || self.product(sku).map(|product| (**product).clone());
                let after = touched.products.entry(sku.clone()).or_insert_with(own);
                match (change, &mut *after) {
                    (Change::ProductAdded { now }, None) => *after = Some((**now).clone()),
                    (Change::ProductRemoved { .. }, Some(_)) => *after = None,
                    (_, Some(product)) => edit::product(product, change)?,
                    (_, None) => return Err("there is no such product"),
                }
            }
            Subject::Organisation => {}
        }
        Ok(())
    }

    /// UPNs of users who aren't deleted are unique (R24).
    fn check_names(&self, touched: &Touched) -> Result<(), Diagnostic> {
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

    fn check_licenses(
        &self,
        before: Option<&User>,
        after: &User,
        touched: &Touched,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let had: &[Assignment] = before.map_or(&[], |user| &user.licenses);
        let moved = before.is_some_and(|user| user.usage_location != after.usage_location);
        if !moved && had == &*after.licenses {
            return Ok(());
        }
        for own in after.licenses.iter().filter(|own| own.is_effective()) {
            let is_new = !had
                .iter()
                .any(|old| old.sku == own.sku && old.group == own.group && old.is_effective());
            if is_new {
                self.check_assignment(after, own, touched)?;
            }
            // R19
            if (is_new || moved)
                && let Some(location) = after.usage_location
                && self.plan_table().rules().prohibited.contains(&location)
            {
                return Err(Diagnostic::new(
                    "ProhibitedInUsageLocation",
                    Category::Rule,
                    format!(
                        "{} isn't offered in {location}, the usage location of {}",
                        self.title(&own.sku),
                        after.upn
                    ),
                )
                .about(&*after.upn)
                .hint(format!(
                    "if that is wrong: Set-User {} -UsageLocation CODE",
                    after.upn
                )));
            }
        }
        let table = self.plan_table();
        let (held, holds) = (table.active(had), table.active(&after.licenses));
        for violation in table.new_violations(&held, &holds) {
            let refusal = match &violation.kind {
                ViolationKind::Exclusive(plans) => self.exclusive(after, plans, &held),
                ViolationKind::Needs { plan, any, was_on } => {
                    self.dependency(had, after, *plan, any, *was_on)
                }
            };
            match violation {
                Violation {
                    certainty: Certainty::Confirmed,
                    ..
                } => return Err(refusal),
                _ => warnings.push(refusal),
            }
        }
        Ok(())
    }

    fn check_assignment(
        &self,
        user: &User,
        own: &Assignment,
        touched: &Touched,
    ) -> Result<(), Diagnostic> {
        // R15; a group's license takes the tenant's location instead.
        if own.group.is_none() && user.usage_location.is_none() {
            return Err(Diagnostic::new(
                "UsageLocationMissing",
                Category::Rule,
                format!(
                    "{} has no usage location, without which no license can be assigned",
                    user.upn
                ),
            )
            .about(&*user.upn)
            .hint(format!(
                "Set-User {} -UsageLocation SE, or -UsageLocation in the same step",
                user.upn
            )));
        }
        let Some(product) = self.product_after(&own.sku, touched) else {
            return Ok(());
        };
        // R21
        if product.applies_to == AppliesTo::Company {
            return Err(Diagnostic::new(
                "CompanySku",
                Category::Rule,
                format!(
                    "{} applies to the company and can't be assigned to users",
                    self.title(&own.sku)
                ),
            )
            .about(&*own.sku)
            .hint("every user has it already: leave it out"));
        }
        // R22
        let usable = |status| {
            matches!(
                status,
                SubscriptionStatus::Enabled | SubscriptionStatus::Warning
            )
        };
        let subscriptions = &product.subscriptions;
        if !subscriptions.is_empty() && !subscriptions.iter().any(|own| usable(own.status)) {
            return Err(Diagnostic::new(
                "SubscriptionDisabled",
                Category::Rule,
                format!(
                    "the subscription to {} is disabled: nothing can be assigned from it",
                    self.title(&own.sku)
                ),
            )
            .about(&*own.sku)
            .hint(format!("renew it: New-Subscription {} -Seats 1", own.sku)));
        }
        Ok(())
    }

    fn product_after<'a>(&'a self, sku: &Symbol, touched: &'a Touched) -> Option<&'a Product> {
        match touched.products.get(sku) {
            Some(after) => after.as_ref(),
            None => self.product(sku).map(|product| &**product),
        }
    }

    /// R17
    fn exclusive(&self, user: &User, plans: &PlanSet, held: &PlanSet) -> Diagnostic {
        let table = self.plan_table();
        let holder = |plan: usize| {
            let gives = |own: &&Assignment| table.of(own).has(plan);
            user.licenses.iter().find(gives).map(|own| own.sku.clone())
        };
        let named = plans.iter().map(|plan| match holder(plan) {
            Some(sku) => format!("{} of {}", table.title(plan), self.title(&sku)),
            None => table.title(plan),
        });
        let refusal = Diagnostic::new(
            "MutuallyExclusive",
            Category::Rule,
            format!("{} can't have these together: {}", user.upn, join(named)),
        )
        .about(&*user.upn);
        let old = plans.iter().find(|plan| held.has(*plan));
        match old.and_then(|plan| Some((plan, holder(plan)?))) {
            Some((plan, sku)) => refusal.hint(format!(
                "Disable-ServicePlan {upn} -Sku {sku} -Plan {}, or remove it first: Remove-License {upn} -Sku {sku}; \
                 Set-License replaces one by another in one step",
                table.name(plan),
                upn = user.upn,
            )),
            None => refusal.hint("leave one out, or switch a plan off with -DisabledPlans"),
        }
    }

    /// R14, R18
    fn dependency(
        &self,
        had: &[Assignment],
        user: &User,
        plan: usize,
        any: &PlanSet,
        was_on: bool,
    ) -> Diagnostic {
        let table = self.plan_table();
        let gives = |own: &&Assignment| table.of(own).has(plan);
        let holder = user.licenses.iter().find(gives).map(|own| own.sku.clone());
        let of = match &holder {
            Some(sku) => format!(" of {}", self.title(sku)),
            None => String::new(),
        };
        let refusal = |message: String| {
            Diagnostic::new("DependencyViolation", Category::Rule, message).about(&*user.upn)
        };
        let holder = holder.unwrap_or_else(|| Symbol::new(""));
        let off = format!(
            "Disable-ServicePlan {} -Sku {holder} -Plan {}",
            user.upn,
            table.name(plan)
        );
        if was_on {
            // R14
            let gone = table.active(had).and(any);
            let removed = had
                .iter()
                .filter(|old| !user.licenses.iter().any(|own| own.sku == old.sku));
            let mut skus: Vec<_> = removed.map(|own| own.sku.clone()).collect();
            skus.push(holder);
            skus.dedup();
            return refusal(format!(
                "{} would keep {}{of}, which depends on {}",
                user.upn,
                table.title(plan),
                gone.iter()
                    .map(|plan| table.title(plan))
                    .collect::<Vec<_>>()
                    .join(" or ")
            ))
            .hint(format!(
                "remove both in one call: Remove-License {} -Sku {}; or switch the plan off: {off}",
                user.upn,
                join(skus)
            ));
        }
        // R18
        let needed: Vec<_> = any.iter().map(|plan| table.title(plan)).collect();
        let needed = match needed.is_empty() {
            true => "a plan that no product of this tenant has".to_string(),
            false => needed.join(" or "),
        };
        let offers = self.products().iter().find(|product| {
            let all = Assignment::direct(product.sku.clone());
            table.of(&all).meets(any)
        });
        let switch_off = format!("switch it off with -DisabledPlans {}", table.name(plan));
        refusal(format!(
            "{} would have {}{of} without {needed}",
            user.upn,
            table.title(plan)
        ))
        .hint(match offers {
            Some(product) => format!(
                "assign both in one call: Add-License {} -Sku {}, {holder}; or {switch_off}",
                user.upn, product.sku
            ),
            None => switch_off,
        })
    }

    fn check_seats(
        &self,
        record: &[Change],
        touched: &Touched,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let mut deltas: HashMap<&Symbol, i64> = HashMap::new();
        for (before, after) in &touched.users {
            if let Some(user) = before.as_deref() {
                for sku in taken(user) {
                    *deltas.entry(sku).or_default() -= 1;
                }
            }
            if let Some(user) = after {
                for sku in taken(user) {
                    *deltas.entry(sku).or_default() += 1;
                }
            }
        }
        let restores = record
            .iter()
            .any(|change| matches!(change, Change::UserRestored { .. }));
        let mut skus: Vec<_> = deltas.keys().copied().collect();
        skus.extend(
            touched
                .products
                .keys()
                .filter(|sku| !deltas.contains_key(sku)),
        );
        skus.sort();
        for sku in skus {
            let Some(product) = self.product_after(sku, touched) else {
                continue;
            };
            let delta = deltas.get(sku).copied().unwrap_or(0);
            let old = self.seats(sku);
            let outside = self.product(sku).map_or(0, |product| product.outside);
            let counted = i64::from(old.consumed.saturating_sub(outside)) + delta;
            let new = seats(product, u32::try_from(counted.max(0)).unwrap_or(u32::MAX));
            if new.consumed <= new.usable() {
                continue;
            }
            // R16
            if delta > 0 {
                let message = format!(
                    "no free seat of {}: {} bought, {} in use",
                    self.title(sku),
                    new.usable(),
                    old.consumed
                );
                let hint = format!("Set-Subscription {sku} -Seats {}", new.consumed);
                let refusal = |id, message| {
                    Diagnostic::new(id, Category::Rule, message)
                        .about(&**sku)
                        .hint(hint)
                };
                if !restores {
                    return Err(refusal("NoSeatsAvailable", message));
                }
                // R24: what was held at deletion comes back even beyond the seats.
                warnings.push(refusal("OverAssigned", message));
                continue;
            }
            // R34
            let bought = |product: &Product| -> u64 {
                let seats = product.subscriptions.iter().map(|own| u64::from(own.seats));
                seats.sum()
            };
            let lowered = self
                .product(sku)
                .is_some_and(|was| bought(product) < bought(was));
            if lowered {
                let over = new.consumed - new.usable();
                return Err(Diagnostic::new(
                    "SeatsAssigned",
                    Category::Rule,
                    format!(
                        "{} of {} are in use: unassign {over} before there can be only {}",
                        count(new.consumed, "seat"),
                        self.title(sku),
                        new.usable()
                    ),
                )
                .about(&**sku)
                .hint(format!(
                    "Get-User -Sku {sku} | Select-Object -First {over} | Remove-License -Sku {sku}"
                )));
            }
        }
        Ok(())
    }

    fn check_group_changes(&self, record: &[Change], touched: &Touched) -> Result<(), Diagnostic> {
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
                        return Err(self.inherited(user, sku, &self.group_name(*group)));
                    }
                }
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

    fn group_after<'a>(&'a self, id: Uuid, touched: &'a Touched) -> Option<&'a Group> {
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
        EditMailbox, EditUser, ManageTenant, SetSeats,
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
        SignInBlocked { .. } | SignInAllowed { .. } | SessionsRevoked { .. } => &[BlockSignIn],
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

/// The products of which a user takes a seat, each once (R12).
fn taken(user: &User) -> Vec<&Symbol> {
    let mut skus = Vec::new();
    if user.deleted.is_none() {
        for own in user.licenses.iter().filter(|own| own.is_effective()) {
            if !skus.contains(&&own.sku) {
                skus.push(&own.sku);
            }
        }
    }
    skus
}

fn count(n: u32, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
