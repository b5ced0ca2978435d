//! A user as an object: answers from the user itself, so that no map is made for each of a million.

use std::any::Any;
use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::extra;
use crate::tenant::{CompactTimestamp, ExtraValue, SignIn, Symbol, User, UserKind};
use crate::value::{Object, Shape, Value};

/// A user: Get-User.
pub static USER: Shape = Shape {
    name: "User",
    properties: &[
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
        "LastActivity",
        "LastInteractiveSignIn",
        "LastNonInteractiveSignIn",
        "LastSuccessfulSignIn",
        "Deleted",
        "Licenses",
        "Roles",
        "Groups",
        "Id",
    ],
    columns: &[
        "UserPrincipalName",
        "DisplayName",
        "Department",
        "Enabled",
        "Licenses",
    ],
};

impl Object for User {
    fn type_name(&self) -> &'static str {
        USER.name
    }

    fn properties(&self) -> &'static [&'static str] {
        let names = self.extra.names();
        if names.is_empty() {
            return USER.properties;
        }
        names
            .properties
            .get_or_init(|| [USER.properties, &extra::property_names(names)].concat())
    }

    fn columns(&self) -> &'static [&'static str] {
        USER.columns
    }

    fn at(&self, index: usize) -> Value {
        let text = |text: &Option<SmolStr>| text.as_deref().map(Value::from).unwrap_or_default();
        let time = |time: Option<CompactTimestamp>| time.map(Timestamp::from).into();
        let known = |at: Option<CompactTimestamp>| match at {
            None if !self.never_signed_in => Value::unknown(),
            at => time(at),
        };
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
            14 => time(self.created),
            15 => match self.signed_in() {
                SignIn::At(at) => time(Some(at)),
                SignIn::Never => Value::Null,
                SignIn::Unknown => Value::unknown(),
            },
            16 => known(self.last_used()),
            17 => known(self.last_sign_in),
            18 => known(self.activity.as_ref().and_then(|own| own.non_interactive)),
            19 => known(self.activity.as_ref().and_then(|own| own.successful)),
            20 => time(self.deleted),
            21 => licenses(self),
            22 => Value::list(self.roles.iter().map(|role| role.name().into()).collect()),
            23 => Value::list(self.groups.iter().map(|id| id.to_string().into()).collect()),
            24 => self.id.to_string().into(),
            _ => extra::value(&self.extra, index - USER.properties.len()),
        }
    }

    fn text_at(&self, index: usize) -> Option<&str> {
        match index {
            0 => Some(&self.upn),
            1 => Some(&self.display_name),
            2 => self.given_name.as_deref(),
            3 => self.surname.as_deref(),
            4 => self.mail.as_deref(),
            5 => self.job_title.as_deref(),
            6 => self.department.as_deref(),
            7 => self.office.as_deref(),
            8 => self.city.as_deref(),
            9 => self.country.as_deref(),
            _ => match self.extra.at(index.checked_sub(USER.properties.len())?)? {
                ExtraValue::Text(text) => Some(text),
                ExtraValue::Json(_) => None,
            },
        }
    }

    fn identity(&self) -> String {
        self.upn.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The part numbers a user holds, each once, however often it is assigned; none that did not arrive (R37).
fn licenses(user: &User) -> Value {
    let mut held: Vec<Arc<str>> = Vec::with_capacity(user.licenses.len());
    for assignment in user.held() {
        if !held.iter().any(|sku| **sku == *assignment.sku) {
            held.push(assignment.sku.shared());
        }
    }
    Value::list(held.into_iter().map(Value::Text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Tenant;

    #[test]
    fn a_lent_text_is_the_property() {
        let tenant = Tenant::new(crate::interop::sample().unwrap()).unwrap();
        let mut lent = 0;
        for user in tenant.users() {
            for index in 0..=USER.properties.len() {
                if let Some(text) = user.text_at(index) {
                    lent += 1;
                    let own = user.at(index);
                    assert!(
                        matches!(&own, Value::Text(own) if **own == *text),
                        "{own:?}"
                    );
                }
            }
        }
        assert!(lent > 2 * tenant.users().len());
    }
}
