//! The fields of a profile that New-User and Set-User declare alike.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::command::{Args, FromArg, LocationName, Names, Param};
use crate::tenant::{Location, Symbol, UserFields, UserKind};

type Field = Param<Option<Arc<str>>>;

pub static DISPLAY_NAME: Field =
    Param::new("DisplayName", "The name that others see.").by_property();
pub static GIVEN_NAME: Field = Param::new("GivenName", "The given name.")
    .aliases(&["FirstName"])
    .by_property();
pub static SURNAME: Field = Param::new("Surname", "The family name.")
    .aliases(&["LastName"])
    .by_property();
// Not "Mail": that is a column by which a user is found.
pub static MAIL: Field = Param::new("EmailAddress", "The mail address.")
    .aliases(&["Email"])
    .by_property();
pub static JOB_TITLE: Field = Param::new("JobTitle", "The job title.")
    .aliases(&["Title"])
    .by_property();
pub static DEPARTMENT: Field = Param::new("Department", "The department.")
    .naming(Names::Department)
    .by_property();
pub static OFFICE: Field = Param::new("Office", "The office.").by_property();
pub static CITY: Field = Param::new("City", "The city.")
    .naming(Names::City)
    .by_property();
pub static COUNTRY: Field = Param::new("Country", "The country.")
    .naming(Names::Country)
    .by_property();
pub static USAGE_LOCATION: Param<Option<LocationName>> = Param::new(
    "UsageLocation",
    "The country where services are used; without one no license can be assigned.",
)
.by_property();
pub static USER_TYPE: Field = Param::new("UserType", "Whether it is a member or a guest.")
    .choice(&["Member", "Guest"])
    .by_property();

/// What was asked of a profile.
pub struct Profile<'a> {
    args: &'a Args,
    typed_only: bool,
}

impl<'a> Profile<'a> {
    /// What was typed, and what the properties of a piped object say.
    pub fn of(args: &'a Args) -> Self {
        Self {
            args,
            typed_only: false,
        }
    }

    /// Only what was typed.
    pub fn typed(args: &'a Args) -> Self {
        Self {
            args,
            typed_only: true,
        }
    }

    /// Writes the fields that were given; an empty text clears one.
    pub fn write(&self, fields: &mut UserFields) {
        let text = |param: &'static Field, field: &mut Option<SmolStr>| {
            if let Some(text) = self.given(param) {
                *field = filled(&text).map(SmolStr::from);
            }
        };
        let symbol = |param: &'static Field, field: &mut Option<Symbol>| {
            if let Some(text) = self.given(param) {
                *field = filled(&text).map(Symbol::new);
            }
        };
        if let Some(name) = self.given(&DISPLAY_NAME) {
            // A user has a name: it is replaced, never cleared.
            if let Some(name) = filled(&name) {
                fields.display_name = Some(name.into());
            }
        }
        text(&GIVEN_NAME, &mut fields.given_name);
        text(&SURNAME, &mut fields.surname);
        text(&MAIL, &mut fields.mail);
        symbol(&JOB_TITLE, &mut fields.job_title);
        symbol(&DEPARTMENT, &mut fields.department);
        symbol(&OFFICE, &mut fields.office);
        symbol(&CITY, &mut fields.city);
        symbol(&COUNTRY, &mut fields.country);
        if let Some(place) = self.given(&USAGE_LOCATION) {
            fields.usage_location = Location::new(&place);
        }
        if let Some(kind) = self.given(&USER_TYPE) {
            fields.kind = Some(match &*kind {
                "Guest" => UserKind::Guest,
                _ => UserKind::Member,
            });
        }
    }

    fn given<T>(&self, param: &'static Param<Option<T>>) -> Option<T>
    where
        Option<T>: FromArg,
    {
        if self.typed_only && self.args.span(param).is_none() {
            return None;
        }
        self.args.get(param)
    }
}

fn filled(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}
