//! Get-MsolUser: users as the retired MSOnline module returned them.

use std::sync::Arc;

use super::parameters::{ALL, TOP};
use super::query::Query;
use crate::cmdlets::shared::find_user;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, LocationName, Names, Output, Param, Run, UserName,
    Verb,
};
use crate::objects::{MSOL_USER, msol_user};
use crate::tenant::Permission;
use crate::value::{Object, Value};

static UPN: Param<Option<UserName>> = Param::new("UserPrincipalName", "One user, by UPN or id.")
    .aliases(&["ObjectId", "UserId"])
    .position(0)
    .by_value()
    .by_property();
static UNLICENSED: Param<bool> = Param::new("UnlicensedUsersOnly", "Only who holds no license.");
static ENABLED: Param<Option<Arc<str>>> = Param::new(
    "EnabledFilter",
    "Only who may sign in, or only who may not.",
)
.choice(&["All", "EnabledOnly", "DisabledOnly"]);
static DELETED: Param<bool> = Param::new(
    "ReturnDeletedUsers",
    "The soft-deleted ones instead of the others.",
);
static SEARCH_STRING: Param<Option<Arc<str>>> = Param::new(
    "SearchString",
    "Only whose display name or UPN begins with this text.",
);
static DEPARTMENT: Param<Option<Arc<str>>> =
    Param::new("Department", "Only of this department.").naming(Names::Department);
static CITY: Param<Option<Arc<str>>> = Param::new("City", "Only of this city.").naming(Names::City);
static COUNTRY: Param<Option<Arc<str>>> =
    Param::new("Country", "Only of this country.").naming(Names::Country);
static USAGE_LOCATION: Param<Option<LocationName>> =
    Param::new("UsageLocation", "Only with this usage location.");

pub static GET_MSOL_USER: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "MsolUser",
    aliases: &[],
    synopsis: "Gets users as the retired MSOnline module did",
    description: "Binds the parameters of Get-MsolUser and returns objects with its property names. Microsoft has retired the module; in this shell it is Get-User. Without -All it returned no more than 500 users; here it returns all of them.",
    parameters: &[
        &UPN.declaration,
        &ALL.declaration,
        &UNLICENSED.declaration,
        &ENABLED.declaration,
        &DELETED.declaration,
        &SEARCH_STRING.declaration,
        &DEPARTMENT.declaration,
        &CITY.declaration,
        &COUNTRY.declaration,
        &USAGE_LOCATION.declaration,
        &TOP.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&MSOL_USER),
    examples: &[Example {
        line: "Get-MsolUser -All -UnlicensedUsersOnly | Select-Object UserPrincipalName",
        explanation: "Who holds no license.",
    }],
    graph: "Get-MgUser",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    if let Some(name) = args.get(&UPN) {
        if !args.piped() {
            call.is_exact();
        }
        let user = match args.get(&DELETED) {
            true => tenant.find_deleted_user(&name.text)?,
            false => find_user(&tenant, &name)?,
        };
        return call.write(Value::object(msol_user(&tenant, user)));
    }
    let mut query = match args.get(&DELETED) {
        true => Query::deleted(),
        false => Query::new(),
    };
    if args.get(&UNLICENSED) {
        query.and(|user| !user.licenses.iter().any(|own| own.is_effective()));
    }
    match args.get(&ENABLED).as_deref() {
        Some("EnabledOnly") => query.and(|user| user.enabled),
        Some("DisabledOnly") => query.and(|user| !user.enabled),
        _ => {}
    }
    let exact = [
        ("Department", args.get(&DEPARTMENT)),
        ("City", args.get(&CITY)),
        ("Country", args.get(&COUNTRY)),
        (
            "UsageLocation",
            args.get(&USAGE_LOCATION).map(|name| name.0),
        ),
    ];
    for (name, wanted) in exact {
        if let Some(wanted) = wanted {
            query.and(move |user| {
                let own = user.property(name).unwrap_or_default();
                own.to_text().eq_ignore_ascii_case(&wanted)
            });
        }
    }
    if let Some(text) = args.get(&SEARCH_STRING) {
        let text = text.to_lowercase();
        query.and(move |user| {
            user.upn.to_lowercase().starts_with(&text)
                || user.display_name.to_lowercase().starts_with(&text)
        });
    }
    query.limit(args.get(&TOP))?;
    query.write(call, msol_user)
}
