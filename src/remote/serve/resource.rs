//! Users, groups and products as Graph's JSON, with the properties asked for.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::interop::Export;
use crate::tenant::{Group, Product, Tenant, User};

/// What a user is without `$select`.
///
/// Source: Microsoft Graph v1.0, user resource type.
const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// Properties of Graph's user that a tenant may not keep: null then, or an empty list.
///
/// Source: Microsoft Graph v1.0, metadata of `user`.
const UNKEPT: [&str; 46] = [
    "ageGroup",
    "assignedPlans",
    "businessPhones",
    "companyName",
    "consentProvidedForMinor",
    "creationType",
    "employeeHireDate",
    "employeeId",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "identities",
    "identityParentId",
    "imAddresses",
    "isManagementRestricted",
    "isResourceAccount",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "mailNickname",
    "mobilePhone",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesUserPrincipalName",
    "otherMails",
    "passwordPolicies",
    "passwordProfile",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "provisionedPlans",
    "proxyAddresses",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
];

const LISTS: [&str; 10] = [
    "assignedPlans",
    "businessPhones",
    "identities",
    "imAddresses",
    "onPremisesProvisioningErrors",
    "otherMails",
    "provisionedPlans",
    "proxyAddresses",
    "serviceProvisioningErrors",
    "memberOf",
];

/// What Graph keeps outside of the directory: not built.
const OUTSIDE: [&str; 15] = [
    "aboutMe",
    "authorizationInfo",
    "birthday",
    "customSecurityAttributes",
    "deviceEnrollmentLimit",
    "hireDate",
    "interests",
    "mailboxSettings",
    "mySite",
    "pastProjects",
    "preferredName",
    "print",
    "responsibilities",
    "schools",
    "skills",
];

/// Properties that only an `$expand` brings.
const EXPANDED: [&str; 1] = ["memberOf"];

/// Users with every property that is kept, in the order given.
pub fn users<'t>(tenant: &'t Tenant, users: Vec<&'t User>) -> Vec<Map<String, Value>> {
    let export = Export {
        products: tenant.products().iter().map(|own| &**own).collect(),
        groups: tenant.groups().iter().map(|own| &**own).collect(),
        users,
    };
    rows(&export.users_json())
}

pub fn groups<'t>(tenant: &'t Tenant, groups: Vec<&'t Group>) -> Vec<Map<String, Value>> {
    let export = Export {
        products: tenant.products().iter().map(|own| &**own).collect(),
        groups,
        users: Vec::new(),
    };
    let mut rows = rows(&export.groups_json());
    for row in &mut rows {
        row.insert("mailEnabled".to_owned(), false.into());
        row.insert("groupTypes".to_owned(), json!([]));
    }
    rows
}

/// All products, with the seats that are taken.
pub fn products(tenant: &Tenant) -> Vec<Map<String, Value>> {
    let export = Export::from(tenant);
    rows(&export.subscribed_skus_json())
}

pub fn subscriptions(product: &Product) -> Vec<Value> {
    let all = product.subscriptions.iter().enumerate();
    all.map(|(index, own)| {
        json!({
            "id": format!("{}-{index}", product.sku_id),
            "skuId": product.sku_id,
            "skuPartNumber": product.part_number(),
            "status": own.status,
            "totalLicenses": own.seats,
            "isTrial": false,
            "nextLifecycleDateTime": own.renews,
        })
    })
    .collect()
}

/// The `value` of a page that the export writes.
fn rows(page: &str) -> Vec<Map<String, Value>> {
    let page: Value = serde_json::from_str(page).unwrap_or_default();
    let Value::Object(mut page) = page else {
        return Vec::new();
    };
    let Some(Value::Array(rows)) = page.remove("value") else {
        return Vec::new();
    };
    let objects = rows.into_iter().filter_map(|row| match row {
        Value::Object(row) => Some(row),
        _ => None,
    });
    objects.collect()
}

/// A user with the properties asked for, and what is expanded.
///
/// # Errors
/// A property that Graph's user doesn't have.
pub fn project_user(
    mut user: Map<String, Value>,
    select: &[String],
    expand: &[String],
) -> Result<Value, Problem> {
    let mut projected = Map::new();
    let mut take = |name: &str, projected: &mut Map<String, Value>| {
        let own = user
            .keys()
            .find(|own| own.eq_ignore_ascii_case(name))
            .cloned();
        if let Some(own) = own {
            let value = user.remove(&own).unwrap_or_default();
            projected.insert(own, value);
            return true;
        }
        match UNKEPT.iter().find(|own| own.eq_ignore_ascii_case(name)) {
            Some(own) => {
                let empty = if LISTS.contains(own) {
                    json!([])
                } else {
                    Value::Null
                };
                projected.insert((*own).to_owned(), empty);
                true
            }
            None => projected.keys().any(|own| own.eq_ignore_ascii_case(name)),
        }
    };
    let names: Vec<&str> = match select {
        [] => DEFAULT.to_vec(),
        some => some.iter().map(String::as_str).collect(),
    };
    for name in names {
        if OUTSIDE.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(Problem::not_built(&format!(
                "the property {name} of a user"
            )));
        }
        if EXPANDED.iter().any(|own| own.eq_ignore_ascii_case(name)) || !take(name, &mut projected)
        {
            return Err(no_property(name, "user"));
        }
    }
    for name in expand {
        // `memberOf($select=id)` too.
        let bare = name.split('(').next().unwrap_or_default();
        if !EXPANDED.iter().any(|own| own.eq_ignore_ascii_case(bare)) {
            return Err(Problem::not_built(&format!("$expand={bare}")));
        }
        take(bare, &mut projected);
    }
    Ok(Value::Object(projected))
}

/// Any other resource with the properties asked for, or all of them.
///
/// # Errors
/// A property that it doesn't have.
pub fn project(
    mut row: Map<String, Value>,
    select: &[String],
    kind: &str,
) -> Result<Value, Problem> {
    if select.is_empty() {
        return Ok(Value::Object(row));
    }
    let mut projected = Map::new();
    for name in select {
        let own = row
            .keys()
            .find(|own| own.eq_ignore_ascii_case(name))
            .cloned();
        let own = own.ok_or_else(|| no_property(name, kind))?;
        let value = row.remove(&own).unwrap_or_default();
        projected.insert(own, value);
    }
    Ok(Value::Object(projected))
}

fn no_property(name: &str, kind: &str) -> Problem {
    Problem::new(
        400,
        "BadRequest",
        format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
        ),
    )
}
