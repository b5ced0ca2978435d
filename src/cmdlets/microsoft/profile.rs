//! An edit of one user's fields and sign-in under the names of Graph.

use std::sync::Arc;

use super::parameters::USAGE_LOCATION;
use crate::cmdlets::shared::find_user;
use crate::command::{Args, Decided, Param, UserName};
use crate::diagnostic::Diagnostic;
use crate::tenant::{Location, Symbol, Tenant, UserFields};
use crate::value::Value;

/// The fields that change, by Graph's names, and whether the user may sign in from then on.
#[derive(Debug, Default)]
pub struct Edit {
    texts: Vec<(&'static str, String)>,
    sign_in: Option<bool>,
}

const FIELDS: [&str; 9] = [
    "DisplayName",
    "GivenName",
    "Surname",
    "JobTitle",
    "Department",
    "OfficeLocation",
    "City",
    "Country",
    "UsageLocation",
];

impl Edit {
    /// Sets a field; an empty text clears it.
    ///
    /// # Errors
    /// A field that isn't kept here.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Diagnostic> {
        let field = FIELDS
            .into_iter()
            .find(|own| own.eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                Diagnostic::usage(
                    "InvalidArgument",
                    format!("a user's {name} can't be edited here"),
                )
                .hint(format!(
                    "what can be is AccountEnabled, {}",
                    FIELDS.join(", ")
                ))
            })?;
        self.texts.push((field, text.trim().to_owned()));
        Ok(())
    }

    /// Takes over the fields that were given as parameters.
    ///
    /// # Errors
    /// As [`Edit::text`].
    pub fn given(
        &mut self,
        args: &Args,
        fields: &[(&str, &'static Param<Option<Arc<str>>>)],
    ) -> Result<(), Diagnostic> {
        for (name, param) in fields {
            if let Some(text) = args.get(*param) {
                self.text(name, &text)?;
            }
        }
        if let Some(place) = args.get(&USAGE_LOCATION) {
            self.text("UsageLocation", &place)?;
        }
        Ok(())
    }

    pub fn sign_in(&mut self, allowed: bool) {
        self.sign_in = Some(allowed);
    }

    /// Reads the body of Graph's PATCH.
    ///
    /// # Errors
    /// A body that is no map, a field that isn't kept here.
    pub fn body(&mut self, body: &Value) -> Result<(), Diagnostic> {
        let Value::Map(map) = body else {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("-BodyParameter takes a map, not a {}", body.type_name()),
            )
            .hint("write @{ accountEnabled = $false }"));
        };
        for (name, value) in map.iter() {
            if name.eq_ignore_ascii_case("AccountEnabled") {
                self.sign_in(value.truthy());
            } else {
                self.text(name, &value.to_text())?;
            }
        }
        Ok(())
    }

    /// Which changes it takes.
    pub fn decide(self, tenant: &Tenant, name: &UserName) -> Result<Decided, Diagnostic> {
        let user = find_user(tenant, name)?;
        let mut decided: Option<Decided> = None;
        if !self.texts.is_empty() {
            let mut fields = UserFields::of(user);
            for (field, text) in &self.texts {
                write(&mut fields, field, text)?;
            }
            let decision = tenant.edit_user(user.id, fields)?;
            decided = Some(Decided::about(tenant, &user.upn, decision));
        }
        if let Some(allowed) = self.sign_in {
            let decision = tenant.set_sign_in(user.id, allowed)?;
            let own = Decided::about(tenant, &user.upn, decision);
            decided = Some(match decided {
                Some(first) => first.and(own),
                None => own,
            });
        }
        decided.ok_or_else(|| {
            Diagnostic::usage("NothingAsked", "nothing to edit is given").hint(format!(
                "name a field: AccountEnabled, {}",
                FIELDS.join(", ")
            ))
        })
    }
}

fn write(fields: &mut UserFields, name: &str, text: &str) -> Result<(), Diagnostic> {
    let filled = (!text.is_empty()).then_some(text);
    let symbol = || filled.map(Symbol::from);
    match name {
        "DisplayName" => {
            fields.display_name = filled.map(Into::into).or(fields.display_name.take())
        }
        "GivenName" => fields.given_name = filled.map(Into::into),
        "Surname" => fields.surname = filled.map(Into::into),
        "JobTitle" => fields.job_title = symbol(),
        "Department" => fields.department = symbol(),
        "OfficeLocation" => fields.office = symbol(),
        "City" => fields.city = symbol(),
        "Country" => fields.country = symbol(),
        _ => {
            fields.usage_location = match filled {
                None => None,
                Some(text) => Some(Location::known(text).ok_or_else(|| {
                    Diagnostic::usage("InvalidArgument", format!("there is no country '{text}'"))
                        .hint("a country has two letters, such as SE")
                })?),
            };
        }
    }
    Ok(())
}
