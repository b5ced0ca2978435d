//! Rows that the Get cmdlets make of a tenant: licenses, products, plans, groups, roles, the tenant itself.

use jiff::Timestamp;

use super::symbols;
use crate::tenant::{Assignment, Group, Permission, Plan, Product, Role, Symbol, Tenant, User};
use crate::value::{Record, Shape, Value};

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

/// How many of a group's licenses are in error with a member (R37).
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
    let seats = tenant
        .products()
        .iter()
        .map(|p| tenant.seats_at(&p.sku, now));
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
pub fn subscription(tenant: &Tenant, product: &Product, now: Timestamp) -> Record {
    let seats = tenant.seats_at(&product.sku, now);
    let status = match product.subscriptions.as_slice() {
        [] => "None".to_owned(),
        [first, rest @ ..]
            if rest
                .iter()
                .all(|s| s.status_at(now) == first.status_at(now)) =>
        {
            format!("{:?}", first.status_at(now))
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
