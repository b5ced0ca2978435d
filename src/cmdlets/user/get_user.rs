//! Get-User: the users that pass every filter given.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::sign_ins::{self, INACTIVE_DAYS, NEVER_SIGNED_IN};
use super::unknown_value;
use crate::cmdlets::shared::{AnyOf, USER_NAMES, find_user, product_keys};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, GroupName, LocationName, Names, Output, Param, Run,
    SkuName, UserName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::objects::{USER, UserFilter};
use crate::tenant::{Permission, SignIn, Symbol, Tenant, User, UserKind};
use crate::wildcard::{Wildcard, is_pattern};

static USERS: Param<Option<Vec<UserName>>> = Param::new(
    "User",
    "Users by UPN or id; wildcards match UPN and display name.",
)
.aliases(USER_NAMES)
.position(0)
.by_value()
.by_property();
static DEPARTMENT: Param<Option<Vec<Arc<str>>>> = Param::new(
    "Department",
    "Only of these departments; wildcards are allowed.",
)
.naming(Names::Department);
static CITY: Param<Option<Vec<Arc<str>>>> =
    Param::new("City", "Only of these cities; wildcards are allowed.").naming(Names::City);
static COUNTRY: Param<Option<Vec<Arc<str>>>> =
    Param::new("Country", "Only of these countries; wildcards are allowed.").naming(Names::Country);
static USAGE_LOCATION: Param<Option<Vec<LocationName>>> =
    Param::new("UsageLocation", "Only with one of these usage locations.");
static SKU: Param<Option<Vec<SkuName>>> = Param::new(
    "Sku",
    "Only who holds one of these products, directly or through a group.",
);
static GROUP: Param<Option<GroupName>> = Param::new("Group", "Only direct members of this group.");
static LICENSED: Param<bool> = Param::new("Licensed", "Only who holds a license.");
static UNLICENSED: Param<bool> = Param::new("Unlicensed", "Only who holds none.");
static ENABLED: Param<Option<bool>> = Param::new(
    "Enabled",
    "Only who may sign in; -Enabled:$false for the others.",
);
static DISABLED: Param<bool> = Param::new("Disabled", "Only whose sign-in is blocked.");
static SYNCED: Param<Option<bool>> = Param::new(
    "Synced",
    "Only who is synchronised from on-premises; -Synced:$false for the others.",
);
static GUEST: Param<Option<bool>> = Param::new("Guest", "Only guests; -Guest:$false for members.");
static DELETED: Param<bool> = Param::new("Deleted", "The soft-deleted ones instead of the others.");
static NO_USAGE_LOCATION: Param<bool> = Param::new(
    "NoUsageLocation",
    "Only who can't be given a license for want of a location.",
);
static HAS_ERROR: Param<bool> = Param::new(
    "HasError",
    "Only with a group license that could not be assigned.",
);
static SEARCH: Param<Option<Arc<str>>> = Param::new(
    "Search",
    "Only with this text in UPN, display name, mail or job title.",
);
static FILTER: Param<Option<Arc<str>>> = Param::new(
    "Filter",
    "Only who passes this filter in Graph's words; what Graph would refuse is refused here too.",
)
.offering(Names::Filter);

pub static GET_USER: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "User",
    aliases: &[],
    synopsis: "Gets users, by name or by what they have",
    description: "Without parameters it gets all users but the soft-deleted ones. Filters add up: a user must pass \
                  every one. One exact UPN or id gives the user itself and is an error if there is none; anything else \
                  gives a list.",
    parameters: &[
        &USERS.declaration,
        &DEPARTMENT.declaration,
        &CITY.declaration,
        &COUNTRY.declaration,
        &USAGE_LOCATION.declaration,
        &SKU.declaration,
        &GROUP.declaration,
        &LICENSED.declaration,
        &UNLICENSED.declaration,
        &ENABLED.declaration,
        &DISABLED.declaration,
        &SYNCED.declaration,
        &GUEST.declaration,
        &DELETED.declaration,
        &INACTIVE_DAYS.declaration,
        &NEVER_SIGNED_IN.declaration,
        &NO_USAGE_LOCATION.declaration,
        &HAS_ERROR.declaration,
        &SEARCH.declaration,
        &FILTER.declaration,
    ],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&USER),
    examples: &[
        Example {
            line: "Get-User anna@contoso.com | Format-List",
            explanation: "One user with all properties.",
        },
        Example {
            line: "Get-User -Disabled -Licensed | Select-Object UserPrincipalName, Licenses",
            explanation: "Who costs a seat and can't even sign in.",
        },
        Example {
            line: "Get-User -InactiveDays 90 -Sku ENTERPRISEPACK | Measure-Object",
            explanation: "How many seats of a product are held by people who have been away for a quarter.",
        },
        Example {
            line: "Get-User -Filter 'accountEnabled eq false and assignedLicenses/$count ne 0'",
            explanation: "A filter as Get-MgUser takes it.",
        },
    ],
    graph: "Get-MgUser",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let now = call.session().borrow().tenant_now();
    let filter = Filter::new(&tenant, now, args)?;
    sign_ins::check(call, &tenant, args)?;
    let Some(names) = args.get(&USERS) else {
        let mut passed = false;
        for (index, user) in tenant.users().iter().enumerate() {
            if index % 4096 == 0 {
                call.check_interrupt()?;
            }
            if filter.passes(user) {
                passed = true;
                call.write_shared(user)?;
            }
        }
        if !passed {
            unknown_value::warn(call, args, &DEPARTMENT, "department", |user| {
                user.department.as_ref()
            })?;
            unknown_value::warn(call, args, &CITY, "city", |user| user.city.as_ref())?;
            unknown_value::warn(call, args, &COUNTRY, "country", |user| {
                user.country.as_ref()
            })?;
        }
        return Ok(());
    };
    if let [name] = names.as_slice()
        && !is_pattern(&name.text)
        && !args.piped()
    {
        call.is_exact();
        let user = named(&tenant, name, &filter)?;
        if filter.passes(user) {
            call.write_shared(user)?;
        }
        return Ok(());
    }
    for name in &names {
        if is_pattern(&name.text) {
            let pattern = Wildcard::new(&name.text);
            for user in tenant.users() {
                let meant = pattern.matches(&user.upn) || pattern.matches(&user.display_name);
                if meant && filter.passes(user) {
                    call.write_shared(user)?;
                }
            }
            continue;
        }
        match named(&tenant, name, &filter) {
            Ok(user) if filter.passes(user) => {
                call.write_shared(user)?;
            }
            Ok(_) => {}
            Err(fault) => call.fail(fault)?,
        }
    }
    Ok(())
}

fn named<'t>(
    tenant: &'t Tenant,
    name: &UserName,
    filter: &Filter,
) -> Result<&'t Arc<User>, Diagnostic> {
    if filter.deleted {
        tenant.find_deleted_user(&name.text)
    } else {
        find_user(tenant, name)
    }
}

/// The filters of one call, made ready for many users.
struct Filter {
    department: Option<AnyOf>,
    city: Option<AnyOf>,
    country: Option<AnyOf>,
    usage_location: Option<Vec<LocationName>>,
    skus: Option<Vec<Symbol>>,
    group: Option<uuid::Uuid>,
    licensed: Option<bool>,
    enabled: Option<bool>,
    synced: Option<bool>,
    guest: Option<bool>,
    deleted: bool,
    signed_in_before: Option<Timestamp>,
    never_signed_in: bool,
    no_usage_location: bool,
    has_error: bool,
    search: Option<String>,
    graph: Option<UserFilter>,
}

impl Filter {
    fn new(tenant: &Tenant, now: Timestamp, args: &Args) -> Result<Self, Diagnostic> {
        let any_of = |param: &'static Param<Option<Vec<Arc<str>>>>| {
            args.get(param)
                .map(|names: Vec<Arc<str>>| AnyOf::of(&names))
        };
        let skus = match args.get(&SKU) {
            Some(names) => Some(product_keys(tenant, names.iter().map(|name| &**name))?),
            None => None,
        };
        let group = match args.get(&GROUP) {
            Some(name) => Some(tenant.find_group(&name)?.id),
            None => None,
        };
        let either = |yes: bool, no: bool, names: &str| match (yes, no) {
            (true, true) => Err(Diagnostic::usage(
                "AmbiguousParameterSet",
                format!("{names} can't be used together"),
            )),
            (false, false) => Ok(None),
            (yes, _) => Ok(Some(yes)),
        };
        let enabled = args.get(&ENABLED);
        if enabled == Some(true) && args.get(&DISABLED) {
            either(true, true, "-Enabled and -Disabled")?;
        }
        let signed_in_before = match args.get(&INACTIVE_DAYS) {
            None => None,
            Some(days) => Some(days_before(now, days)?),
        };
        Ok(Self {
            department: any_of(&DEPARTMENT),
            city: any_of(&CITY),
            country: any_of(&COUNTRY),
            usage_location: args.get(&USAGE_LOCATION),
            skus,
            group,
            licensed: either(
                args.get(&LICENSED),
                args.get(&UNLICENSED),
                "-Licensed and -Unlicensed",
            )?,
            enabled: if args.get(&DISABLED) {
                Some(false)
            } else {
                enabled
            },
            synced: args.get(&SYNCED),
            guest: args.get(&GUEST),
            deleted: args.get(&DELETED),
            signed_in_before,
            never_signed_in: args.get(&NEVER_SIGNED_IN),
            no_usage_location: args.get(&NO_USAGE_LOCATION),
            has_error: args.get(&HAS_ERROR),
            search: args.get(&SEARCH).map(|text| text.to_lowercase()),
            graph: match args.get(&FILTER) {
                Some(text) => Some(UserFilter::parse(&text, tenant)?),
                None => None,
            },
        })
    }

    fn passes(&self, user: &User) -> bool {
        let is = |wanted: Option<bool>, has: bool| wanted.is_none_or(|wanted| wanted == has);
        let text = |wanted: &Option<AnyOf>, has: &Option<Symbol>| {
            wanted
                .as_ref()
                .is_none_or(|any| any.matches(has.as_deref()))
        };
        user.deleted.is_some() == self.deleted
            && is(self.enabled, user.enabled)
            && is(self.synced, user.synced)
            && is(self.guest, user.kind == UserKind::Guest)
            && is(self.licensed, user.is_licensed())
            && text(&self.department, &user.department)
            && text(&self.city, &user.city)
            && text(&self.country, &user.country)
            && self.usage_location.as_ref().is_none_or(|wanted| {
                user.usage_location
                    .is_some_and(|own| wanted.iter().any(|name| **name == *own.as_str()))
            })
            && (!self.no_usage_location || user.usage_location.is_none())
            && self
                .skus
                .as_ref()
                .is_none_or(|skus| user.held().any(|license| skus.contains(&license.sku)))
            && self.group.is_none_or(|group| user.groups.contains(&group))
            && self.signed_in_before.is_none_or(|time| {
                let seen = match user.signed_in() {
                    SignIn::At(at) => Some(at).max(user.last_used()),
                    SignIn::Never | SignIn::Unknown => None,
                };
                seen.is_some_and(|seen| Timestamp::from(seen) <= time)
            })
            && (!self.never_signed_in
                || (user.signed_in() == SignIn::Never && user.last_used().is_none()))
            && (!self.has_error || user.licenses.iter().any(|license| license.error.is_some()))
            && self.search.as_ref().is_none_or(|text| found(text, user))
            && self.graph.as_ref().is_none_or(|graph| graph.passes(user))
    }
}

fn found(text: &str, user: &User) -> bool {
    [
        Some(&*user.upn),
        Some(&*user.display_name),
        user.mail.as_deref(),
        user.job_title.as_deref(),
    ]
    .into_iter()
    .flatten()
    .any(|own| own.to_lowercase().contains(text))
}

fn days_before(now: Timestamp, days: i64) -> Result<Timestamp, Diagnostic> {
    days.checked_mul(86_400)
        .filter(|seconds| *seconds >= 0)
        .and_then(|seconds| now.checked_sub(SignedDuration::from_secs(seconds)).ok())
        .ok_or_else(|| {
            Diagnostic::usage("InvalidArgument", format!("-InactiveDays can't be {days}"))
                .hint("it is a number of days, such as 90")
        })
}
