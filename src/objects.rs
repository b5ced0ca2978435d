//! The tenant's things as pipeline objects: which properties they show, and how they answer for them.

use std::any::Any;
use std::sync::Arc;

use jiff::Timestamp;

use crate::tenant::{
    Assignment, Change, Consequence, Decision, Group, LicenseOutcome, OutcomeKind, Permission,
    Plan, Product, Role, Symbol, Tenant, User, UserKind,
};
use crate::value::{Object, Record, Shape, Value};

/// A row for each assignment: Get-License.
pub static LICENSE: Shape = Shape {
    name: "License",
    properties: &[
        "UserPrincipalName",
        "Sku",
        "Product",
        "AssignedBy",
        "DisabledPlans",
        "Error",
        "DisplayName",
    ],
    columns: &["UserPrincipalName", "Sku", "Product", "AssignedBy", "Error"],
};

/// A row for each product: Get-Subscription.
pub static SUBSCRIPTION: Shape = Shape {
    name: "Subscription",
    properties: &[
        "SkuPartNumber",
        "Product",
        "Seats",
        "Consumed",
        "Free",
        "Warning",
        "Suspended",
        "Status",
        "Renews",
        "SkuId",
        "ServicePlans",
    ],
    columns: &[
        "SkuPartNumber",
        "Product",
        "Seats",
        "Consumed",
        "Free",
        "Status",
    ],
};

/// A plan that a product consists of: Get-ServicePlan.
pub static SERVICE_PLAN: Shape = Shape {
    name: "ServicePlan",
    properties: &["ServicePlan", "Title", "Sku", "Product", "ServicePlanId"],
    columns: &["ServicePlan", "Title", "Sku"],
};

/// A plan in a user's license: Get-ServicePlan with users.
pub static USER_PLAN: Shape = Shape {
    name: "UserServicePlan",
    properties: &[
        "UserPrincipalName",
        "Sku",
        "ServicePlan",
        "Title",
        "Enabled",
        "AssignedBy",
        "Product",
        "ServicePlanId",
    ],
    columns: &[
        "UserPrincipalName",
        "Sku",
        "ServicePlan",
        "Title",
        "Enabled",
        "AssignedBy",
    ],
};

/// A row for each group: Get-Group.
pub static GROUP: Shape = Shape {
    name: "Group",
    properties: &[
        "Name",
        "MemberCount",
        "Licenses",
        "Errors",
        "Members",
        "DisabledPlans",
        "Id",
    ],
    columns: &["Name", "MemberCount", "Licenses", "Errors"],
};

/// A row for each directory role: Get-Role.
pub static ROLE: Shape = Shape {
    name: "Role",
    properties: &["Role", "MemberCount", "Members", "Operators", "May"],
    columns: &["Role", "MemberCount", "Members", "Operators"],
};

/// The tenant as a whole: Get-Tenant.
pub static TENANT: Shape = Shape {
    name: "Tenant",
    properties: &[
        "Name",
        "Cloud",
        "DefaultAdmin",
        "Operators",
        "Users",
        "DeletedUsers",
        "Licensed",
        "Groups",
        "Products",
        "Seats",
        "Consumed",
        "Time",
        "DelicensingResiliency",
    ],
    columns: &[],
};

/// Who acts, and how: Get-Session.
pub static SESSION: Shape = Shape {
    name: "Session",
    properties: &[
        "Actor", "Roles", "May", "Tenant", "Durable", "WhatIf", "ReadOnly", "Time",
    ],
    columns: &[],
};

/// What became of one license: every cmdlet that changes licenses.
pub static LICENSE_RESULT: Shape = Shape {
    name: "LicenseResult",
    properties: &[
        "UserPrincipalName",
        "Sku",
        "Product",
        "Outcome",
        "Would",
        "Reason",
        "PlansLost",
        "SeatFreed",
        "DataHeldUntil",
        "Consequences",
        "Change",
    ],
    columns: &[
        "UserPrincipalName",
        "Sku",
        "Outcome",
        "SeatFreed",
        "DataHeldUntil",
        "Reason",
    ],
};

/// What became of one request that isn't about single licenses: users, groups, roles, seats, settings.
pub static CHANGE_RESULT: Shape = Shape {
    name: "ChangeResult",
    properties: &[
        "Target",
        "Action",
        "Outcome",
        "Would",
        "Reason",
        "SeatsFreed",
        "DataHeldUntil",
        "Consequences",
        "Change",
    ],
    columns: &[
        "Target",
        "Action",
        "Outcome",
        "SeatsFreed",
        "DataHeldUntil",
        "Reason",
    ],
};

/// A license as Get-License shows it.
pub fn license(tenant: &Tenant, user: &User, assignment: &Assignment) -> Record {
    let product = tenant.product(&assignment.sku);
    Record::new(
        &LICENSE,
        vec![
            Value::from(&*user.upn),
            assignment.sku.shared().into(),
            product.map(|product| product.name.shared()).into(),
            assigned_by(tenant, assignment).into(),
            symbols(&assignment.disabled),
            assignment.error.map(|error| format!("{error:?}")).into(),
            Value::from(&*user.display_name),
        ],
    )
}

/// `Direct`, or the name of the group that a license comes through.
fn assigned_by(tenant: &Tenant, assignment: &Assignment) -> String {
    match assignment.group {
        None => "Direct".to_owned(),
        Some(id) => tenant
            .group(id)
            .map_or_else(|| id.to_string(), |group| group.name.to_string()),
    }
}

/// A plan of a product.
pub fn service_plan(product: &Product, plan: &Plan) -> Record {
    Record::new(
        &SERVICE_PLAN,
        vec![
            plan.name.shared().into(),
            plan.title.as_ref().map(Symbol::shared).into(),
            product.part_number().shared().into(),
            product.name.shared().into(),
            plan.id.to_string().into(),
        ],
    )
}

/// A plan of a product in a user's license.
pub fn user_plan(
    tenant: &Tenant,
    user: &User,
    license: &Assignment,
    product: &Product,
    plan: &Plan,
) -> Record {
    Record::new(
        &USER_PLAN,
        vec![
            Value::from(&*user.upn),
            license.sku.shared().into(),
            plan.name.shared().into(),
            plan.title.as_ref().map(Symbol::shared).into(),
            is_on(license, plan).into(),
            assigned_by(tenant, license).into(),
            product.name.shared().into(),
            plan.id.to_string().into(),
        ],
    )
}

/// Whether a license gives a plan: it is not switched off, and the license arrived (R37).
pub fn is_on(license: &Assignment, plan: &Plan) -> bool {
    license.is_effective() && !license.disabled.contains(&plan.name)
}

/// A group with its direct members who aren't deleted.
pub fn group(group: &Group, members: &[&User], errors: usize) -> Record {
    let skus = group.licenses.iter().map(|own| own.sku.shared().into());
    let upns = members.iter().map(|user| Value::from(&*user.upn));
    let disabled = group.licenses.iter().flat_map(|own| &own.disabled);
    Record::new(
        &GROUP,
        vec![
            group.name.shared().into(),
            members.len().into(),
            Value::list(skus.collect()),
            errors.into(),
            Value::list(upns.collect()),
            Value::list(disabled.map(|plan| plan.shared().into()).collect()),
            group.id.to_string().into(),
        ],
    )
}

/// How many of a group's licenses could not be assigned to a member (R37).
pub fn errors_of(group: &Group, members: &[&User]) -> usize {
    let licenses = members.iter().flat_map(|user| user.licenses.iter());
    licenses
        .filter(|own| own.group == Some(group.id) && own.error.is_some())
        .count()
}

/// A role with the users and operators who hold it.
pub fn role(tenant: &Tenant, role: Role) -> Record {
    let users = tenant.users().iter();
    let members: Vec<Value> = users
        .filter(|user| user.deleted.is_none() && user.roles.contains(&role))
        .map(|user| Value::from(&*user.upn))
        .collect();
    let operators = tenant.organisation().operators.iter();
    let operators = operators.filter(|operator| operator.roles.contains(&role));
    Record::new(
        &ROLE,
        vec![
            role.name().into(),
            members.len().into(),
            Value::list(members),
            Value::list(operators.map(|own| own.name.as_str().into()).collect()),
            deeds(&[role]),
        ],
    )
}

/// What roles allow, in words.
pub fn deeds(roles: &[Role]) -> Value {
    let allowed = Permission::ALL
        .into_iter()
        .filter(|permission| roles.iter().any(|role| role.may(*permission)));
    Value::list(allowed.map(|permission| permission.deed().into()).collect())
}

/// The tenant, counted.
pub fn tenant(tenant: &Tenant, now: Timestamp) -> Record {
    let own = tenant.organisation();
    let (mut users, mut deleted, mut licensed) = (0usize, 0usize, 0usize);
    for user in tenant.users() {
        match user.deleted {
            Some(_) => deleted += 1,
            None => users += 1,
        }
        licensed += usize::from(!user.seats().is_empty());
    }
    let seats = tenant.products().iter().map(|p| tenant.seats(&p.sku));
    let (bought, consumed) = seats.fold((0i64, 0i64), |(bought, consumed), seats| {
        (
            bought + i64::from(seats.usable()),
            consumed + i64::from(seats.consumed),
        )
    });
    Record::new(
        &TENANT,
        vec![
            own.name.as_str().into(),
            own.cloud.name().into(),
            own.default_admin.clone().into(),
            Value::list(
                own.operators
                    .iter()
                    .map(|o| o.name.as_str().into())
                    .collect(),
            ),
            users.into(),
            deleted.into(),
            licensed.into(),
            tenant.groups().len().into(),
            tenant.products().len().into(),
            bought.into(),
            consumed.into(),
            now.into(),
            own.delicensing_resiliency.into(),
        ],
    )
}

/// A product with its seats, as Get-Subscription shows it.
pub fn subscription(tenant: &Tenant, product: &Product) -> Record {
    let seats = tenant.seats(&product.sku);
    let status = match product.subscriptions.as_slice() {
        [] => "None".to_owned(),
        [first, rest @ ..] if rest.iter().all(|s| s.status == first.status) => {
            format!("{:?}", first.status)
        }
        _ => "Mixed".to_owned(),
    };
    let renews = product.subscriptions.iter().filter_map(|s| s.renews).min();
    let plans: Vec<Symbol> = product.plans.iter().map(|plan| plan.name.clone()).collect();
    Record::new(
        &SUBSCRIPTION,
        vec![
            product.part_number().shared().into(),
            product.name.shared().into(),
            seats.usable().into(),
            seats.consumed.into(),
            seats.free.into(),
            seats.warning.into(),
            seats.suspended.into(),
            status.into(),
            renews.into(),
            product.sku_id.to_string().into(),
            symbols(&plans),
        ],
    )
}

/// The row of a license outcome, as if it had been done.
pub fn license_result(outcome: &LicenseOutcome) -> Record {
    let consequences = outcome.consequences.iter();
    Record::new(
        &LICENSE_RESULT,
        vec![
            Value::from(&*outcome.user),
            outcome.sku.as_ref().map(Symbol::shared).into(),
            outcome.product.as_ref().map(Symbol::shared).into(),
            outcome.kind.to_string().into(),
            Value::Null,
            outcome.reason.clone().into(),
            symbols(&outcome.plans_lost),
            outcome.seat_freed.into(),
            outcome.data_held_until.into(),
            Value::list(consequences.map(|c| c.to_string().into()).collect()),
            Value::Null,
        ],
    )
}

/// What a summary calls an outcome: `removed`, `inherited`.
pub fn outcome_word(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Removed => "removed",
        OutcomeKind::Added => "added",
        OutcomeKind::Replaced => "replaced",
        OutcomeKind::PlansSwitched => "changed",
        OutcomeKind::SkippedInherited => "inherited",
        OutcomeKind::NotHeld => "not held",
        OutcomeKind::AlreadyHeld => "already held",
    }
}

/// The row of a whole request, as if it had been done.
pub fn change_result(tenant: &Tenant, target: &str, decision: &Decision) -> Record {
    let main = main_change(decision);
    let missed = decision.outcomes.iter().find_map(|row| {
        let reason = row.reason.as_ref()?;
        (row.kind == OutcomeKind::NotHeld)
            .then(|| format!("{}: {reason}", row.sku.as_deref().unwrap_or_default()))
    });
    let reason = match main {
        None => Some("it is so already".to_owned()),
        Some(_) => missed,
    };
    let licenses = decision.outcomes.iter().flat_map(|row| {
        let sku = row.sku.as_deref().unwrap_or_default();
        let reason = row.reason.as_ref().map(|reason| format!(": {reason}"));
        let word = outcome_word(row.kind);
        std::iter::once(format!("{sku} {word}{}", reason.unwrap_or_default()))
            .chain(row.consequences.iter().map(ToString::to_string))
    });
    let others = decision.consequences.iter().map(ToString::to_string);
    Record::new(
        &CHANGE_RESULT,
        vec![
            target.into(),
            main.map(|change| tenant.describe(change)).into(),
            main.map_or("NothingToDo", |change| done(change).0).into(),
            Value::Null,
            reason.into(),
            Some(seats_freed(decision))
                .filter(|seats| *seats > 0)
                .into(),
            data_held_until(decision).into(),
            Value::list(licenses.chain(others).map(Value::from).collect()),
            Value::Null,
        ],
    )
}

/// What a summary calls a whole request: `deleted`, `blocked`.
pub fn change_word(decision: &Decision) -> &'static str {
    main_change(decision).map_or("unchanged", |change| done(change).1)
}

pub fn seats_freed(decision: &Decision) -> usize {
    let licenses = decision.outcomes.iter().filter(|row| row.seat_freed);
    let others = decision.consequences.iter().map(|consequence| {
        let Consequence::SeatsFreed { skus } = consequence else {
            return 0;
        };
        skus.len()
    });
    licenses.count() + others.sum::<usize>()
}

/// The first time at which something is deleted for good.
pub fn data_held_until(decision: &Decision) -> Option<Timestamp> {
    let licenses = decision.outcomes.iter().map(|row| row.data_held_until);
    let others = decision.consequences.iter().map(|consequence| {
        let Consequence::MailboxSoftDeleted { until } = consequence else {
            return None;
        };
        Some(*until)
    });
    licenses.chain(others).flatten().min()
}

/// The change that a request is named after: the last that doesn't merely follow from another.
fn main_change(decision: &Decision) -> Option<&Change> {
    let follows = |change: &Change| {
        matches!(
            change,
            Change::LicenseAssigned { .. }
                | Change::LicenseRemoved { .. }
                | Change::PlansSwitched { .. }
                | Change::LicenseErrorChanged { .. }
                | Change::DataClockStarted { .. }
                | Change::DataClockStopped { .. }
                | Change::MailboxChanged { .. }
                | Change::OnedriveChanged { .. }
                | Change::PhoneNumberReleased { .. }
                | Change::PhoneNumberAssigned { .. }
        )
    };
    let changes = &decision.changes;
    let main = changes.iter().rfind(|change| !follows(change));
    main.or(changes.last())
}

/// What a change is called when it is done: as an outcome, and in a summary.
fn done(change: &Change) -> (&'static str, &'static str) {
    use Change::*;
    match change {
        UserAdded { .. }
        | GroupAdded { .. }
        | ProductAdded { .. }
        | SubscriptionChanged { was: None, .. } => ("Created", "created"),
        UserDeleted { .. } | UserPurged { .. } | GroupRemoved { .. } | ProductRemoved { .. } => {
            ("Deleted", "deleted")
        }
        UserRestored { .. } => ("Restored", "restored"),
        SignInBlocked { .. } => ("Blocked", "blocked"),
        SignInAllowed { .. } => ("Unblocked", "unblocked"),
        SessionsRevoked { .. } => ("Revoked", "revoked"),
        LicenseAssigned { .. }
        | RoleAssigned { .. }
        | MemberAdded { .. }
        | GroupLicenseAssigned { .. } => ("Added", "added"),
        LicenseRemoved { .. }
        | RoleRemoved { .. }
        | MemberRemoved { .. }
        | GroupLicenseRemoved { .. } => ("Removed", "removed"),
        _ => ("Changed", "changed"),
    }
}

fn symbols(list: &[Symbol]) -> Value {
    Value::list(list.iter().map(|symbol| symbol.shared().into()).collect())
}

const USER: [&str; 21] = [
    "UserPrincipalName",
    "DisplayName",
    "GivenName",
    "Surname",
    "Mail",
    "JobTitle",
    "Department",
    "Office",
    "City",
    "Country",
    "UsageLocation",
    "UserType",
    "Enabled",
    "Synced",
    "Created",
    "LastSignIn",
    "Deleted",
    "Licenses",
    "Roles",
    "Groups",
    "Id",
];

impl Object for User {
    fn type_name(&self) -> &'static str {
        "User"
    }

    fn properties(&self) -> &'static [&'static str] {
        &USER
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "UserPrincipalName",
            "DisplayName",
            "Department",
            "Enabled",
            "Licenses",
        ]
    }

    fn at(&self, index: usize) -> Value {
        let text = |text: &Option<Box<str>>| text.as_deref().map(Value::from).unwrap_or_default();
        let symbol = |symbol: &Option<Symbol>| symbol.as_ref().map(Symbol::shared).into();
        match index {
            0 => Value::from(&*self.upn),
            1 => Value::from(&*self.display_name),
            2 => text(&self.given_name),
            3 => text(&self.surname),
            4 => text(&self.mail),
            5 => symbol(&self.job_title),
            6 => symbol(&self.department),
            7 => symbol(&self.office),
            8 => symbol(&self.city),
            9 => symbol(&self.country),
            10 => self
                .usage_location
                .map(|location| location.to_string())
                .into(),
            11 => Value::from(match self.kind {
                UserKind::Member => "Member",
                UserKind::Guest => "Guest",
            }),
            12 => self.enabled.into(),
            13 => self.synced.into(),
            14 => self.created.into(),
            15 => self.last_sign_in.into(),
            16 => self.deleted.into(),
            17 => licenses(self),
            18 => Value::list(self.roles.iter().map(|role| role.name().into()).collect()),
            19 => Value::list(self.groups.iter().map(|id| id.to_string().into()).collect()),
            20 => self.id.to_string().into(),
            _ => Value::Null,
        }
    }

    fn identity(&self) -> String {
        self.upn.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The part numbers a user holds, each once, however often it is assigned.
fn licenses(user: &User) -> Value {
    let mut held: Vec<Arc<str>> = Vec::with_capacity(user.licenses.len());
    for assignment in user.licenses.iter() {
        if !held.iter().any(|sku| **sku == *assignment.sku) {
            held.push(assignment.sku.shared());
        }
    }
    Value::list(held.into_iter().map(Value::Text).collect())
}

/// Every property name that an object of the tenant can have: what a host makes quick getters for.
pub fn property_names() -> impl Iterator<Item = &'static str> {
    let shapes = [
        &LICENSE,
        &SUBSCRIPTION,
        &SERVICE_PLAN,
        &USER_PLAN,
        &GROUP,
        &ROLE,
        &TENANT,
        &SESSION,
        &LICENSE_RESULT,
        &CHANGE_RESULT,
    ];
    USER.into_iter().chain(
        shapes
            .into_iter()
            .flat_map(|shape| shape.properties.iter().copied()),
    )
}
