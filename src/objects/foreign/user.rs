//! A user as `Get-MgUser`, `Get-MsolUser` and `Get-AzureADUser` return it.

use super::{account_name, effective, map, plan_ids};
use crate::tenant::{Tenant, User};
use crate::value::{Object, Record, Shape, Value};

/// A shape and the function that makes its records: each property stands beside what it is made of.
macro_rules! user_shape {
    ($shape:ident, $make:ident, $name:literal, columns: $columns:expr, { $($property:literal => $value:expr,)* }) => {
        pub static $shape: Shape = Shape {
            name: $name,
            properties: &[$($property),*],
            columns: &$columns,
        };

        pub fn $make(tenant: &Tenant, user: &User) -> Record {
            Record::new(&$shape, vec![$(($value)(tenant, user)),*])
        }
    };
}

user_shape!(GRAPH_USER, graph_user, "MicrosoftGraphUser",
    columns: ["UserPrincipalName", "DisplayName", "Id", "Mail"], {
    "UserPrincipalName" => own("UserPrincipalName"),
    "DisplayName" => own("DisplayName"),
    "Id" => own("Id"),
    "Mail" => own("Mail"),
    "GivenName" => own("GivenName"),
    "Surname" => own("Surname"),
    "JobTitle" => own("JobTitle"),
    "Department" => own("Department"),
    "OfficeLocation" => own("Office"),
    "City" => own("City"),
    "Country" => own("Country"),
    "UsageLocation" => own("UsageLocation"),
    "UserType" => own("UserType"),
    "AccountEnabled" => own("Enabled"),
    "OnPremisesSyncEnabled" => own("Synced"),
    "CreatedDateTime" => own("Created"),
    "DeletedDateTime" => own("Deleted"),
    "SignInActivity" => sign_in_activity,
    "AssignedLicenses" => assigned_licenses,
    "LicenseAssignmentStates" => license_assignment_states,
});

user_shape!(MSOL_USER, msol_user, "MsolUser",
    columns: ["UserPrincipalName", "DisplayName", "IsLicensed"], {
    "UserPrincipalName" => own("UserPrincipalName"),
    "DisplayName" => own("DisplayName"),
    "IsLicensed" => is_licensed,
    "ObjectId" => own("Id"),
    "SignInName" => own("UserPrincipalName"),
    "FirstName" => own("GivenName"),
    "LastName" => own("Surname"),
    "Title" => own("JobTitle"),
    "Department" => own("Department"),
    "Office" => own("Office"),
    "City" => own("City"),
    "Country" => own("Country"),
    "UsageLocation" => own("UsageLocation"),
    "UserType" => own("UserType"),
    "BlockCredential" => blocked,
    "WhenCreated" => own("Created"),
    "SoftDeletionTimestamp" => own("Deleted"),
    "Licenses" => msol_licenses,
});

user_shape!(AZURE_AD_USER, azure_ad_user, "AzureADUser",
    columns: ["ObjectId", "DisplayName", "UserPrincipalName", "UserType"], {
    "UserPrincipalName" => own("UserPrincipalName"),
    "DisplayName" => own("DisplayName"),
    "ObjectId" => own("Id"),
    "Mail" => own("Mail"),
    "GivenName" => own("GivenName"),
    "Surname" => own("Surname"),
    "JobTitle" => own("JobTitle"),
    "Department" => own("Department"),
    "PhysicalDeliveryOfficeName" => own("Office"),
    "City" => own("City"),
    "Country" => own("Country"),
    "UsageLocation" => own("UsageLocation"),
    "UserType" => own("UserType"),
    "AccountEnabled" => own("Enabled"),
    "DirSyncEnabled" => own("Synced"),
    "AssignedLicenses" => assigned_licenses,
});

/// What Get-User shows under this name.
fn own(name: &'static str) -> impl Fn(&Tenant, &User) -> Value {
    move |_, user| user.property(name).unwrap_or_default()
}

fn blocked(_: &Tenant, user: &User) -> Value {
    (!user.enabled).into()
}

fn is_licensed(_: &Tenant, user: &User) -> Value {
    user.licenses.iter().any(|own| own.is_effective()).into()
}

/// Null where the export didn't say, as Graph has it without AuditLog.Read.All.
fn sign_in_activity(_: &Tenant, user: &User) -> Value {
    match user.property("LastSignIn").unwrap_or_default() {
        Value::Time(time) => map([("LastSignInDateTime", Value::Time(time))]),
        _ => Value::Null,
    }
}

fn assigned_licenses(tenant: &Tenant, user: &User) -> Value {
    let held = effective(tenant, &user.licenses).into_iter();
    let one = |(product, off): (&crate::tenant::Product, Vec<_>)| {
        map([
            ("SkuId", product.sku_id.to_string().into()),
            ("DisabledPlans", plan_ids(product, &off)),
        ])
    };
    Value::list(held.map(one).collect())
}

fn license_assignment_states(tenant: &Tenant, user: &User) -> Value {
    let states = user.licenses.iter().filter_map(|own| {
        let product = tenant.product(&own.sku)?;
        let group = own.group.map(|id| id.to_string());
        let error = own
            .error
            .map_or_else(|| "None".to_owned(), |error| format!("{error:?}"));
        Some(map([
            ("SkuId", product.sku_id.to_string().into()),
            ("AssignedByGroup", group.into()),
            (
                "State",
                if own.is_effective() {
                    "Active"
                } else {
                    "Error"
                }
                .into(),
            ),
            ("Error", error.into()),
            ("DisabledPlans", plan_ids(product, &own.disabled)),
        ]))
    });
    Value::list(states.collect())
}

fn msol_licenses(tenant: &Tenant, user: &User) -> Value {
    let account = account_name(tenant);
    let held = effective(tenant, &user.licenses).into_iter();
    let one = |(product, off): (&crate::tenant::Product, Vec<crate::tenant::Symbol>)| {
        let part = product.part_number();
        let plans = product.plans.iter().map(|plan| {
            let status = match off.contains(&plan.name) {
                true => "Disabled",
                false => "Success",
            };
            map([
                (
                    "ServicePlan",
                    map([("ServiceName", plan.name.shared().into())]),
                ),
                ("ProvisioningStatus", status.into()),
            ])
        });
        map([
            ("AccountSkuId", format!("{account}:{part}").into()),
            (
                "AccountSku",
                map([
                    ("AccountName", account.as_str().into()),
                    ("SkuPartNumber", part.shared().into()),
                ]),
            ),
            ("ServiceStatus", Value::list(plans.collect())),
        ])
    };
    Value::list(held.map(one).collect())
}
