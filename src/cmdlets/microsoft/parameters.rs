//! Parameters that the cmdlets of Microsoft's modules share. Some say nothing here: there are no pages, and every
//! property is there.

use std::sync::Arc;

use crate::command::{LocationName, Names, Param, Truth, UserName};
use crate::value::Value;

pub static ALL: Param<bool> = Param::new("All", "Changes nothing: there are no pages here.");
/// AzureAD's, which takes a value.
pub static ALL_TRUTH: Param<Option<Truth>> =
    Param::new("All", "Changes nothing: there are no pages here.");
pub static PROPERTY: Param<Option<Vec<Value>>> = Param::new(
    "Property",
    "Changes nothing: every property is there anyway.",
)
.aliases(&["Select", "SelectProperty"]);
pub static EXPAND_PROPERTY: Param<Option<Vec<Value>>> = Param::new(
    "ExpandProperty",
    "Changes nothing: every property is there anyway.",
);
pub static CONSISTENCY_LEVEL: Param<Option<Arc<str>>> = Param::new(
    "ConsistencyLevel",
    "Changes nothing: every filter works without it.",
);
pub static PAGE_SIZE: Param<Option<i64>> =
    Param::new("PageSize", "Changes nothing: there are no pages here.");
pub static COUNT_VARIABLE: Param<Option<Arc<str>>> = Param::new(
    "CountVariable",
    "The variable that gets the number of objects.",
)
.aliases(&["CV"]);
pub static TOP: Param<Option<i64>> =
    Param::new("Top", "No more than so many.").aliases(&["Limit", "First", "MaxResults"]);
pub static FILTER: Param<Option<Arc<str>>> =
    Param::new("Filter", "Only who passes this filter in Graph's words.").offering(Names::Filter);
pub static SEARCH: Param<Option<Arc<str>>> = Param::new(
    "Search",
    "Only who has the text: '\"displayName:Anna\"', of displayName, mail or userPrincipalName.",
);
pub static SORT: Param<Option<Arc<str>>> = Param::new(
    "Sort",
    "The property to sort by; 'displayName desc' for the other way round.",
)
.aliases(&["OrderBy"]);

/// The one user that a cmdlet is about.
pub static USER_ID: Param<UserName> = Param::new("UserId", "The user, by UPN or id.")
    .aliases(USER_ID_NAMES)
    .position(0)
    .by_value()
    .by_property();
/// The same where none means all.
pub static ANY_USER_ID: Param<Option<UserName>> = Param::new("UserId", "One user, by UPN or id.")
    .aliases(USER_ID_NAMES)
    .position(0)
    .by_value()
    .by_property();
const USER_ID_NAMES: &[&str] = &["Id", "UserPrincipalName", "ObjectId", "InputObject"];

pub static USAGE_LOCATION: Param<Option<LocationName>> =
    Param::new("UsageLocation", "The country where services are used.");
pub static BODY: Param<Option<Value>> = Param::new(
    "BodyParameter",
    "A map with the names of Graph's request: @{ addLicenses = @(…); removeLicenses = @(…) }.",
)
.aliases(&["Body"]);
