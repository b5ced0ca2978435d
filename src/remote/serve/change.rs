//! The calls that change, each decided and checked by the tenant's own rules.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::Problem;
use super::query::Query;
use super::read::{group, insert_first, live, one};
use super::{Answer, Context, Graph};
use crate::diagnostic::{Category, Diagnostic};
use crate::session::{CONFIRM_ABOVE, Committed};
use crate::tenant::{
    Change, Decision, Location, NewLicense, Product, Subject, Symbol, Tenant, UserFields, UserKind,
};

const LICENSES: &[&str] = &[
    "LicenseAssignment.ReadWrite.All",
    "User.ReadWrite.All",
    "Group.ReadWrite.All",
];
const MEMBERS: &[&str] = &["GroupMember.ReadWrite.All", "Group.ReadWrite.All"];
const EDIT: &[&str] = &["User.ReadWrite.All"];

/// A group assignment that was answered 202: what it adds and takes is worked off after the answer.
#[derive(Debug)]
pub struct Accepted {
    group: Uuid,
    add: Vec<NewLicense>,
    remove: Vec<Symbol>,
    due: Duration,
}

impl Graph {
    pub(super) fn assign_license(
        &mut self,
        key: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, &LICENSES[..2])?;
        let tenant = self.session.tenant();
        let user = Arc::clone(live(&tenant, key)?);
        let (add, remove) = asked(&tenant, body.as_ref())?;
        let now = self.session.tenant_now();
        // Graph asks for the location before it looks at the products.
        if !add.is_empty() && user.usage_location.is_none() {
            return Err(Problem::bad(
                "License assignment cannot be done for user with invalid usage location.",
            ));
        }
        // The product that a refusal names: the first that has no seat left, else the first at all.
        let holds = |sku: &Symbol| {
            user.licenses
                .iter()
                .any(|own| own.sku == *sku && own.is_effective())
        };
        let short = add
            .iter()
            .find(|new| tenant.free(&new.sku) == 0 && !holds(&new.sku));
        let named = short.or(add.first()).map(|new| &new.sku).or(remove.first());
        let named = named
            .and_then(|sku| tenant.product(sku))
            .map(|own| own.sku_id.to_string());
        let decision = tenant
            .assign_license(user.id, &add, &remove, now)
            .map_err(|fault| Problem::of_rule(&fault, named.as_deref()))?;
        self.change(context, decision, named.as_deref())?;
        self.entity(user.id, context)
    }

    pub(super) fn assign_group_license(
        &mut self,
        id: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, LICENSES)?;
        let tenant = self.session.tenant();
        let found = group(&tenant, id)?;
        let (add, remove) = asked(&tenant, body.as_ref())?;
        let row = json!({
            "@odata.context": format!("{}/$metadata#groups/$entity", context.root),
            "id": found.id,
            "displayName": found.name,
        });
        let due = self.session.clock.running();
        self.accepted.push(Accepted {
            group: found.id,
            add,
            remove,
            due,
        });
        let mut answer = Answer::ok(row);
        answer.status = 202;
        Ok(answer)
    }

    /// Works off the group assignments that are due.
    pub(super) fn work_off(&mut self) {
        let running = self.session.clock.running();
        let stale = self.faults.stale();
        let (due, later) = std::mem::take(&mut self.accepted)
            .into_iter()
            .partition(|own| running.saturating_sub(own.due) >= stale);
        self.accepted = later;
        self.settle(due);
    }

    pub(super) fn work_off_all(&mut self) {
        let due = std::mem::take(&mut self.accepted);
        self.settle(due);
    }

    fn settle(&mut self, due: Vec<Accepted>) {
        let root = String::new();
        let context = Context {
            granted: &[],
            user: None,
            root: &root,
            eventual: false,
        };
        for own in due {
            let now = self.session.tenant_now();
            for sku in &own.remove {
                let decision = self
                    .session
                    .tenant()
                    .remove_group_license(own.group, sku, now);
                // What a rule refuses later is seen on the group only, as in Graph.
                let _ = decision.map(|decision| self.change(&context, decision, None));
            }
            for new in &own.add {
                let tenant = self.session.tenant();
                let decision =
                    tenant.add_group_license(own.group, &new.sku, &new.disabled_plans, now);
                let _ = decision.map(|decision| self.change(&context, decision, None));
            }
        }
    }

    pub(super) fn reprocess(&mut self, key: &str, context: &Context) -> Result<Answer, Problem> {
        self.require(context, &LICENSES[..2])?;
        let tenant = self.session.tenant();
        let user = live(&tenant, key)?.id;
        let decision = tenant.reprocess_user(user, self.session.tenant_now());
        self.decided(context, decision)?;
        self.entity(user, context)
    }

    pub(super) fn update_user(
        &mut self,
        key: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        let Some(Value::Object(body)) = body else {
            return Err(Problem::bad("The request has no body."));
        };
        let only_sign_in = body.len() == 1
            && body
                .keys()
                .any(|name| name.eq_ignore_ascii_case("accountEnabled"));
        match only_sign_in {
            true => self.require(
                context,
                &["User.EnableDisableAccount.All", "User.ReadWrite.All"],
            )?,
            false => self.require(context, EDIT)?,
        }
        let tenant = self.session.tenant();
        let user = Arc::clone(live(&tenant, key)?);
        let mut fields = UserFields::of(&user);
        let mut sign_in = None;
        for (name, value) in &body {
            match value {
                Value::Bool(allowed) if name.eq_ignore_ascii_case("accountEnabled") => {
                    sign_in = Some(*allowed)
                }
                _ => write(&mut fields, name, value)?,
            }
        }
        let edited = tenant.edit_user(user.id, fields);
        self.decided(context, edited)?;
        if let Some(allowed) = sign_in {
            let decision = self.session.tenant().set_sign_in(user.id, allowed);
            self.decided(context, decision)?;
        }
        Ok(Answer::none(204))
    }

    pub(super) fn create_user(
        &mut self,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, EDIT)?;
        let Some(Value::Object(body)) = body else {
            return Err(Problem::bad("The request has no body."));
        };
        let mut fields = UserFields::default();
        for needed in [
            "accountEnabled",
            "displayName",
            "mailNickname",
            "userPrincipalName",
            "passwordProfile",
        ] {
            if !body.keys().any(|name| name.eq_ignore_ascii_case(needed)) {
                return Err(Problem::bad(format!(
                    "A value is required for property '{needed}' of resource 'User'."
                )));
            }
        }
        let mut enabled = true;
        for (name, value) in &body {
            match name.as_str() {
                // Passwords and nicknames aren't kept.
                "passwordProfile" | "mailNickname" => {}
                "accountEnabled" => enabled = value.as_bool().unwrap_or(true),
                _ => write(&mut fields, name, value)?,
            }
        }
        let id = self.session.clock.new_id();
        let decision = self
            .session
            .tenant()
            .new_user(id, fields, self.session.tenant_now());
        self.decided(context, decision)?;
        if !enabled {
            let decision = self.session.tenant().set_sign_in(id, false);
            self.decided(context, decision)?;
        }
        let mut answer = self.entity(id, context)?;
        answer.status = 201;
        Ok(answer)
    }

    pub(super) fn delete_user(&mut self, key: &str, context: &Context) -> Result<Answer, Problem> {
        self.require(context, &["User.DeleteRestore.All", "User.ReadWrite.All"])?;
        let tenant = self.session.tenant();
        let user = live(&tenant, key)?.id;
        let decision = tenant.remove_user(user, false, self.session.tenant_now());
        self.decided(context, decision)?;
        Ok(Answer::none(204))
    }

    pub(super) fn restore(
        &mut self,
        id: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, &["User.DeleteRestore.All", "User.ReadWrite.All"])?;
        let tenant = self.session.tenant();
        let found = id.parse().ok().and_then(|id| tenant.user(id));
        let user = found
            .filter(|user| user.deleted.is_some())
            .ok_or_else(|| Problem::missing(id))?
            .id;
        let upn = body
            .as_ref()
            .and_then(|body| body["newUserPrincipalName"].as_str());
        let decision = tenant.restore_user(user, upn, false, self.session.tenant_now());
        self.decided(context, decision)?;
        self.entity(user, context)
    }

    pub(super) fn revoke_sessions(
        &mut self,
        key: &str,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, &["User.RevokeSessions.All", "User.ReadWrite.All"])?;
        let tenant = self.session.tenant();
        let user = live(&tenant, key)?.id;
        let decision = tenant.revoke_sessions(user, self.session.tenant_now());
        self.decided(context, decision)?;
        Ok(Answer::ok(json!({
            "@odata.context": format!("{}/$metadata#Edm.Boolean", context.root),
            "value": true,
        })))
    }

    pub(super) fn create_group(
        &mut self,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, &["Group.ReadWrite.All"])?;
        let body = body.unwrap_or_default();
        let name = body["displayName"]
            .as_str()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| {
            Problem::bad("A value is required for property 'displayName' of resource 'Group'.")
        })?;
        let id = self.session.clock.new_id();
        let decision = self.session.tenant().new_group(id, name);
        self.decided(context, decision)?;
        let mut answer = self.get_group(&id.to_string(), &Query::default(), context)?;
        answer.status = 201;
        Ok(answer)
    }

    pub(super) fn add_member(
        &mut self,
        id: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, MEMBERS)?;
        let tenant = self.session.tenant();
        let group = group(&tenant, id)?.id;
        let link = body
            .as_ref()
            .and_then(|body| body["@odata.id"].as_str())
            .unwrap_or_default();
        let member = link.rsplit('/').next().unwrap_or_default();
        let user = Arc::clone(live(&tenant, member)?);
        if user.groups.contains(&group) {
            return Err(Problem::bad(
                "One or more added object references already exist for the following modified properties: 'members'.",
            ));
        }
        let decision = tenant.add_member(group, user.id, self.session.tenant_now());
        self.decided(context, decision)?;
        Ok(Answer::none(204))
    }

    pub(super) fn remove_member(
        &mut self,
        id: &str,
        member: &str,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, MEMBERS)?;
        let tenant = self.session.tenant();
        let group = group(&tenant, id)?.id;
        let user = live(&tenant, member)?;
        if !user.groups.contains(&group) {
            return Err(Problem::missing(member));
        }
        let decision = tenant.remove_member(group, user.id, self.session.tenant_now());
        self.decided(context, decision)?;
        Ok(Answer::none(204))
    }

    /// A user after a change, as Graph returns it: with its default properties, and never an old reading.
    fn entity(&self, id: Uuid, context: &Context) -> Result<Answer, Problem> {
        let tenant = self.session.tenant();
        let user = tenant
            .user(id)
            .ok_or_else(|| Problem::missing(&id.to_string()))?;
        let mut row = one(&tenant, user, &Query::default())?;
        let name = format!("{}/$metadata#users/$entity", context.root);
        insert_first(&mut row, "@odata.context", name);
        Ok(Answer::ok(row))
    }

    fn decided(
        &mut self,
        context: &Context,
        decision: Result<Decision, Diagnostic>,
    ) -> Result<(), Problem> {
        let decision = decision.map_err(|fault| Problem::of_rule(&fault, None))?;
        self.change(context, decision, None)
    }

    /// Makes the changes of a decision, if the rules allow them, durable where the tenant is kept.
    fn change(
        &mut self,
        context: &Context,
        decision: Decision,
        sku: Option<&str>,
    ) -> Result<(), Problem> {
        let before = self.session.tenant();
        let now = self.session.tenant_now();
        let changes = &decision.changes;
        before
            .check_rules(&self.actor(context), now, changes)
            .map_err(|fault| Problem::of_rule(&fault, sku))?;
        let failed =
            |fault: Diagnostic| Problem::new(500, "InternalServerError", fault.message.clone());
        self.session.apply(changes).map_err(failed)?;
        let users = users_of(changes);
        if let Err(refusal) = self.allowed(changes, &users) {
            self.session.take_back(changes).map_err(failed)?;
            return Err(Problem::forbidden(&refusal));
        }
        match self.session.commit(changes, &[]).map_err(failed)? {
            Committed::As(_) => {}
            Committed::Overtaken => {
                return Err(Problem::new(
                    409,
                    "Directory_ConcurrencyViolation",
                    "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
                ));
            }
        }
        self.session.run_mut().took(users);
        let running = self.session.clock.running();
        for change in changes {
            let Subject::User(id) = change.subject() else {
                continue;
            };
            self.revisions.touch(id);
            if !self.faults.stale().is_zero()
                && let Some(user) = before.user(id)
            {
                self.stale.insert(id, (running, Arc::clone(user)));
            }
        }
        for outcome in &decision.outcomes {
            self.effects.seats_freed += usize::from(outcome.seat_freed);
            if let Some(until) = outcome.data_held_until {
                self.effects.held.push((outcome.user.to_string(), until));
            }
        }
        Ok(())
    }
}

impl Graph {
    /// Holds changes that are in memory against the tenant's policy, and against how many users go unasked where what is
    /// changed is kept: there is nobody to ask.
    fn allowed(&self, changes: &[Change], users: &HashSet<String>) -> Result<(), Diagnostic> {
        let rehearsed = self.session.policy.what_if;
        self.session
            .ask_guards("tenantsh serve", changes, rehearsed)?;
        let run = self.session.run();
        let all = run.taken_from() + run.new_among(users);
        if rehearsed || self.session.policy.yes || all <= CONFIRM_ABOVE {
            return Ok(());
        }
        Err(Diagnostic::new(
            "ConfirmationNeeded",
            Category::Denied,
            format!(
                "it would change {all} users; up to {CONFIRM_ABOVE} go unasked, and nobody can be asked: start serve with --yes"
            ),
        ))
    }
}

/// The users that changes are about, by id.
fn users_of(changes: &[Change]) -> HashSet<String> {
    let ids = changes.iter().filter_map(|change| match change.subject() {
        Subject::User(id) => Some(id.to_string()),
        _ => None,
    });
    ids.collect()
}

/// What a body of assignLicense asks for.
fn asked(tenant: &Tenant, body: Option<&Value>) -> Result<(Vec<NewLicense>, Vec<Symbol>), Problem> {
    let part = |name: &str| {
        body.and_then(|body| body.get(name))
            .and_then(Value::as_array)
    };
    let (Some(adds), Some(removes)) = (part("addLicenses"), part("removeLicenses")) else {
        let missing = if part("addLicenses").is_none() {
            "addLicenses"
        } else {
            "removeLicenses"
        };
        return Err(Problem::bad(format!(
            "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: {missing}."
        )));
    };
    if adds.is_empty() && removes.is_empty() {
        return Err(Problem::bad("No license changes provided."));
    }
    let mut remove = Vec::new();
    for value in removes {
        remove.push(product(tenant, value)?.sku.clone());
    }
    let mut add = Vec::new();
    for value in adds {
        let product = product(tenant, &value["skuId"])?;
        let mut plans = Vec::new();
        for plan in value["disabledPlans"].as_array().into_iter().flatten() {
            let id = guid(plan)?;
            let own = product.plans.iter().find(|own| own.id == id);
            let own = own.ok_or_else(|| {
                Problem::bad(format!(
                    "License assignment failed because service plan {id} is not part of the license {}.",
                    product.sku_id
                ))
            })?;
            plans.push(own.name.to_string());
        }
        add.push(NewLicense {
            sku: product.sku.clone(),
            disabled_plans: plans,
        });
    }
    Ok((add, remove))
}

fn product<'t>(tenant: &'t Tenant, value: &Value) -> Result<&'t Product, Problem> {
    let id = guid(value)?;
    let found = tenant.products().iter().find(|own| own.sku_id == id);
    found.map(|own| &**own).ok_or_else(|| {
        Problem::bad(format!(
            "License {id} does not correspond to a valid company License."
        ))
    })
}

fn guid(value: &Value) -> Result<Uuid, Problem> {
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|_| {
        Problem::bad("Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details.")
    })
}

fn write(fields: &mut UserFields, name: &str, value: &Value) -> Result<(), Problem> {
    let invalid = || {
        Problem::bad(format!(
            "Invalid value specified for property '{name}' of resource 'User'."
        ))
    };
    let text = match value {
        Value::Null => None,
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        _ => return Err(invalid()),
    };
    let symbol = || text.map(Symbol::from);
    match name.to_ascii_lowercase().as_str() {
        "displayname" => fields.display_name = Some(text.ok_or_else(invalid)?.into()),
        "userprincipalname" => fields.upn = Some(text.ok_or_else(invalid)?.into()),
        "givenname" => fields.given_name = text.map(Into::into),
        "surname" => fields.surname = text.map(Into::into),
        "mail" => fields.mail = text.map(Into::into),
        "jobtitle" => fields.job_title = symbol(),
        "department" => fields.department = symbol(),
        "officelocation" => fields.office = symbol(),
        "city" => fields.city = symbol(),
        "country" => fields.country = symbol(),
        "usertype" => {
            fields.kind = Some(match text {
                Some("Guest") => UserKind::Guest,
                Some("Member") => UserKind::Member,
                _ => return Err(invalid()),
            });
        }
        "usagelocation" => {
            fields.usage_location = match text {
                None => None,
                Some(text) => Some(Location::known(text).ok_or_else(invalid)?),
            };
        }
        _ => {
            return Err(Problem::not_built(&format!(
                "the property {name} of a user"
            )));
        }
    }
    Ok(())
}
