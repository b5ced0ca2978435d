//! Parameters that several cmdlets declare alike, and how what they name is found.

use std::sync::Arc;

use crate::command::{LocationName, Param, PlanName, UserName};
use crate::diagnostic::Diagnostic;
use crate::tenant::{Symbol, Tenant, User};
use crate::wildcard::{Wildcard, is_pattern};

/// What a user is called in the columns of exports and lists, and in other tools' parameters.
pub const USER_NAMES: &[&str] = &[
    "Identity",
    "UserPrincipalName",
    "UPN",
    "UserId",
    "User principal name",
    "Mail",
    "Id",
    "PrimarySmtpAddress",
    "EmployeeId",
    "SamAccountName",
    "OnPremisesSamAccountName",
];

/// The user a changing cmdlet is about: by position, from the pipeline as an object or a text, or by a column's name.
pub static USER: Param<UserName> = user("User", 0);

/// The user whom a group or a role gets or loses.
pub static MEMBER: Param<UserName> = user("Member", 1);

/// The same for cmdlets of which Tab offers only some users.
pub const fn user(name: &'static str, position: usize) -> Param<UserName> {
    Param::new(
        name,
        "The user, by UPN, id, mail address, employee number or name on premises.",
    )
    .aliases(USER_NAMES)
    .position(position)
    .by_value()
    .by_property()
}

/// The user's location, set in the step that licenses the user.
pub static USAGE_LOCATION: Param<Option<LocationName>> = Param::new(
    "UsageLocation",
    "Sets the user's location in the same step; without one nothing can be assigned.",
);

/// Plans of a product that is being given.
pub static DISABLED_PLANS: Param<Option<Vec<PlanName>>> =
    Param::new("DisabledPlans", "Service plans to switch off in them.");

/// The texts of names, as the rules take them.
pub fn texts(names: Option<Vec<PlanName>>) -> Vec<String> {
    let names = names.unwrap_or_default();
    names.iter().map(|name| name.to_string()).collect()
}

/// A number of seats, or why it is none.
pub fn seat_count(seats: i64) -> Result<u32, Diagnostic> {
    u32::try_from(seats).map_err(|_| {
        Diagnostic::usage("InvalidArgument", format!("-Seats can't be {seats}"))
            .hint("it is the total number of seats, such as 90")
    })
}

/// The user as the tenant has it now, whatever it was when the name was taken.
pub fn find_user<'t>(tenant: &'t Tenant, name: &UserName) -> Result<&'t Arc<User>, Diagnostic> {
    if let Some(user) = name.id.and_then(|id| tenant.user(id)) {
        return Ok(user);
    }
    tenant.find_user(&name.text)
}

/// The key of the one product of this name.
pub fn product_key(tenant: &Tenant, name: &str) -> Result<Symbol, Diagnostic> {
    tenant.find_product(name).map(|product| product.sku.clone())
}

/// The names in a cell of a CSV, where one may hold several: `A,B`, `A;B`, or `A+B` as the admin center writes it. What is
/// a name as it stands stays whole.
fn names_in<'a>(tenant: &Tenant, cell: &'a str) -> Vec<&'a str> {
    const BETWEEN: [char; 3] = [',', ';', '+'];
    if !cell.contains(BETWEEN) || is_pattern(cell) || tenant.find_product(cell).is_ok() {
        return vec![cell];
    }
    let names = cell.split(BETWEEN).map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

/// The keys of the products that a list of names and wildcards stands for, each once.
pub fn product_keys<'a>(
    tenant: &Tenant,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Symbol>, Diagnostic> {
    let mut keys: Vec<Symbol> = Vec::new();
    for name in names.into_iter().flat_map(|cell| names_in(tenant, cell)) {
        let found = if is_pattern(name) {
            tenant.products_matching(name)?
        } else {
            vec![tenant.find_product(name)?]
        };
        for product in found {
            if !keys.contains(&product.sku) {
                keys.push(product.sku.clone());
            }
        }
    }
    Ok(keys)
}

pub use crate::value::moment;

/// A text filter: any of several names or wildcards, letter case aside.
pub struct AnyOf(Vec<Wildcard>);

impl AnyOf {
    pub fn of(names: &[Arc<str>]) -> Self {
        Self(names.iter().map(|name| Wildcard::new(name)).collect())
    }

    pub fn matches(&self, text: Option<&str>) -> bool {
        let text = text.unwrap_or_default();
        self.0.iter().any(|wildcard| wildcard.matches(text))
    }
}
