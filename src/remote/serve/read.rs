//! The calls that read.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::query::{Query, unsupported};
use super::{Answer, Context, Graph, resource};
use crate::objects::{UserFilter, has_word};
use crate::tenant::{Group, Role, Tenant, User};
use crate::value::Object;

const USERS: &[&str] = &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"];
const GROUPS: &[&str] = &[
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
];
const MEMBERS: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
];
const LICENSES: &[&str] = &[
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Directory.Read.All",
];
/// Graph gives smaller pages where sign-ins are asked for.
const PAGE: usize = 999;
const PAGE_OF_SIGN_INS: usize = 500;

impl Graph {
    pub(super) fn list_users(
        &mut self,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, USERS)?;
        let sign_ins = asks(query, "signInActivity");
        if sign_ins {
            self.require(context, &["AuditLog.Read.All"])?;
        }
        let size = query.page(if sign_ins { PAGE_OF_SIGN_INS } else { PAGE })?;
        let tenant = self.session.tenant();
        let passes = Test::of(&tenant, query, context)?;
        let mut body = Map::new();
        let context_of = context_of(context.root, "users", &query.select);
        body.insert("@odata.context".to_owned(), context_of.into());
        if query.count {
            let count = tenant
                .users()
                .iter()
                .filter(|user| passes.live(user))
                .count();
            body.insert("@odata.count".to_owned(), count.into());
        }
        let from = match &query.skip_token {
            None => 0,
            Some(token) => token
                .parse()
                .map_err(|_| unsupported("The skip token is invalid."))?,
        };
        // A place in the tenant's list stays the same while users are changed and deleted between two pages.
        let mut all: Vec<(usize, &Arc<User>)> = tenant.users().iter().enumerate().collect();
        if let Some(order) = &query.order {
            sort(&mut all, order)?;
        }
        let mut page = Vec::new();
        let mut next = None;
        for (place, (_, user)) in all.iter().enumerate().skip(from) {
            if !passes.live(user) {
                continue;
            }
            if page.len() == size {
                next = Some(place);
                break;
            }
            page.push(self.shown(user));
        }
        if let Some(place) = next {
            let address = format!("{}/users", context.root);
            let link = query.next_link(&address, &place.to_string());
            body.insert("@odata.nextLink".to_owned(), link.into());
        }
        body.insert("value".to_owned(), projected(&tenant, &page, query)?);
        Ok(Answer::ok(Value::Object(body)))
    }

    pub(super) fn count_users(
        &mut self,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, USERS)?;
        if !context.eventual {
            return Err(Problem::bad(
                "$count is not currently supported without the header ConsistencyLevel: eventual.",
            ));
        }
        let tenant = self.session.tenant();
        let passes = Test::of(&tenant, query, context)?;
        let count = tenant
            .users()
            .iter()
            .filter(|user| passes.live(user))
            .count();
        Ok(Answer::ok(Value::String(count.to_string())))
    }

    pub(super) fn get_user(
        &mut self,
        key: &str,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, USERS)?;
        if asks(query, "signInActivity") {
            self.require(context, &["AuditLog.Read.All"])?;
        }
        let tenant = self.session.tenant();
        let user = self.shown(live(&tenant, key)?);
        let mut row = one(&tenant, &user, query)?;
        let context_of = context_of(context.root, "users", &query.select);
        insert_first(&mut row, "@odata.context", format!("{context_of}/$entity"));
        Ok(Answer::ok(row))
    }

    pub(super) fn license_details(
        &mut self,
        key: &str,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, LICENSES)?;
        let tenant = self.session.tenant();
        let user = self.shown(live(&tenant, key)?);
        let rows = resource::users(&tenant, vec![&user]);
        let assigned = rows.first().and_then(|row| row.get("assignedLicenses"));
        let assigned = assigned
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let details = assigned.iter().filter_map(|own| {
            let id = own["skuId"].as_str()?;
            let product = tenant
                .products()
                .iter()
                .find(|p| p.sku_id.to_string() == id)?;
            let off = own["disabledPlans"].as_array()?;
            let plans = product.plans.iter().map(|plan| {
                let is_off = off.iter().any(|own| *own == json!(plan.id));
                json!({
                    "servicePlanId": plan.id,
                    "servicePlanName": plan.name,
                    "provisioningStatus": if is_off { "Disabled" } else { "Success" },
                    "appliesTo": plan.applies_to,
                })
            });
            Some(json!({
                "id": format!("{}_{id}", user.id),
                "skuId": id,
                "skuPartNumber": product.part_number(),
                "servicePlans": plans.collect::<Vec<_>>(),
            }))
        });
        let details: Vec<Value> = details.collect();
        let name = format!("users('{}')/licenseDetails", user.id);
        Ok(page(context, &name, details))
    }

    pub(super) fn member_of(&mut self, key: &str, context: &Context) -> Result<Answer, Problem> {
        self.require(context, USERS)?;
        let tenant = self.session.tenant();
        let user = self.shown(live(&tenant, key)?);
        let mut rows = resource::users(&tenant, vec![&user]);
        let groups = rows.first_mut().and_then(|row| row.remove("memberOf"));
        let groups = groups
            .and_then(|own| own.as_array().cloned())
            .unwrap_or_default();
        Ok(page(context, "directoryObjects", groups))
    }

    pub(super) fn subscribed_skus(
        &mut self,
        id: Option<&str>,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, LICENSES)?;
        if query.filter.is_some() || query.search.is_some() || query.order.is_some() {
            return Err(unsupported("Only $select is supported for subscribedSkus."));
        }
        let tenant = self.session.tenant();
        let account = self.tokens.tenant;
        let name = tenant.organisation().name.clone();
        let mut rows = Vec::new();
        for mut row in resource::products(&tenant) {
            let sku = row
                .get("skuId")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let own = format!("{account}_{sku}");
            if id.is_some_and(|id| !id.eq_ignore_ascii_case(&own)) {
                continue;
            }
            row.insert("id".to_owned(), own.into());
            row.insert("accountId".to_owned(), json!(account));
            row.insert("accountName".to_owned(), json!(name));
            row.insert("subscriptionIds".to_owned(), json!([]));
            rows.push(resource::project(row, &query.select, "subscribedSku")?);
        }
        let Some(id) = id else {
            return Ok(page(context, "subscribedSkus", rows));
        };
        let mut row = rows.pop().ok_or_else(|| Problem::missing(id))?;
        let name = format!("{}/$metadata#subscribedSkus/$entity", context.root);
        insert_first(&mut row, "@odata.context", name);
        Ok(Answer::ok(row))
    }

    pub(super) fn subscriptions(&mut self, context: &Context) -> Result<Answer, Problem> {
        self.require(context, LICENSES)?;
        let tenant = self.session.tenant();
        let rows = tenant
            .products()
            .iter()
            .flat_map(|own| resource::subscriptions(own));
        Ok(page(context, "directory/subscriptions", rows.collect()))
    }

    pub(super) fn list_groups(
        &mut self,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, GROUPS)?;
        if query.search.is_some() || query.order.is_some() || !query.expand.is_empty() {
            return Err(Problem::not_built(
                "$search, $orderby and $expand of groups",
            ));
        }
        let tenant = self.session.tenant();
        let named = match &query.filter {
            None => None,
            Some(text) => Some(name_of(text)?),
        };
        let wanted = |group: &&Group| {
            named
                .as_ref()
                .is_none_or(|name| group.name.eq_ignore_ascii_case(name))
        };
        let found = tenant
            .groups()
            .iter()
            .map(|own| &**own)
            .filter(wanted)
            .collect();
        let rows = resource::groups(&tenant, found).into_iter();
        let rows = rows.map(|row| resource::project(row, &query.select, "group"));
        Ok(page(context, "groups", rows.collect::<Result<_, _>>()?))
    }

    pub(super) fn get_group(
        &mut self,
        id: &str,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, GROUPS)?;
        let tenant = self.session.tenant();
        let found = group(&tenant, id)?;
        let row = resource::groups(&tenant, vec![found]).pop();
        let row = row.ok_or_else(|| Problem::missing(id))?;
        let mut row = resource::project(row, &query.select, "group")?;
        let name = format!("{}/$metadata#groups/$entity", context.root);
        insert_first(&mut row, "@odata.context", name);
        Ok(Answer::ok(row))
    }

    pub(super) fn members(
        &mut self,
        id: &str,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, MEMBERS)?;
        let tenant = self.session.tenant();
        let group = group(&tenant, id)?.id;
        let members = tenant.members(group).filter(|user| user.deleted.is_none());
        let members: Vec<Arc<User>> = members.map(|user| self.shown(user)).collect();
        let mut rows = projected(&tenant, &members, query)?;
        for row in rows.as_array_mut().into_iter().flatten() {
            insert_first(row, "@odata.type", "#microsoft.graph.user".to_owned());
        }
        let rows = rows.as_array().cloned().unwrap_or_default();
        Ok(page(context, "directoryObjects", rows))
    }

    pub(super) fn roles(&mut self, context: &Context) -> Result<Answer, Problem> {
        self.require(
            context,
            &["RoleManagement.Read.Directory", "Directory.Read.All"],
        )?;
        let tenant = self.session.tenant();
        let rows = tenant.known_roles().into_iter().filter_map(|role: Role| {
            let id = role.template_id()?;
            Some(json!({ "id": id, "displayName": role.name(), "roleTemplateId": id }))
        });
        Ok(page(context, "directoryRoles", rows.collect()))
    }

    pub(super) fn deleted_users(
        &mut self,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.require(context, USERS)?;
        let tenant = self.session.tenant();
        let deleted = tenant.users().iter().filter(|user| user.deleted.is_some());
        let deleted: Vec<Arc<User>> = deleted.cloned().collect();
        let rows = projected(&tenant, &deleted, query)?;
        Ok(page(
            context,
            "users",
            rows.as_array().cloned().unwrap_or_default(),
        ))
    }

    pub(super) fn organisation(&mut self, context: &Context) -> Result<Answer, Problem> {
        self.require(
            context,
            &[
                "Organization.Read.All",
                "User.Read.All",
                "Directory.Read.All",
            ],
        )?;
        let tenant = self.session.tenant();
        let domain = tenant
            .users()
            .iter()
            .find_map(|user| user.upn.split_once('@'));
        let domain = domain.map_or("localhost", |(_, domain)| domain);
        let row = json!({
            "id": self.tokens.tenant,
            "displayName": tenant.organisation().name,
            "verifiedDomains": [{ "name": domain, "isDefault": true, "isInitial": true, "type": "Managed", "capabilities": "Email" }],
        });
        Ok(page(context, "organization", vec![row]))
    }

    /// A user as a read shows it: for a while still as before its last change, where that was asked for.
    pub(super) fn shown(&self, user: &Arc<User>) -> Arc<User> {
        let running = self.session.clock.running();
        match self.stale.get(&user.id) {
            Some((since, before)) if running.saturating_sub(*since) < self.faults.stale() => {
                Arc::clone(before)
            }
            _ => Arc::clone(user),
        }
    }
}

/// What a user must pass to be in a list.
struct Test {
    filter: Option<UserFilter>,
    search: Option<(&'static str, String)>,
}

impl Test {
    fn of(tenant: &Tenant, query: &Query, context: &Context) -> Result<Self, Problem> {
        let filter = match &query.filter {
            None => None,
            Some(text) => Some(UserFilter::parse(text, tenant).map_err(|fault| {
                unsupported(format!(
                    "Unsupported or invalid query filter clause specified: {}.",
                    fault.message
                ))
            })?),
        };
        let search = match &query.search {
            None => None,
            Some(_) if !context.eventual => {
                return Err(unsupported(
                    "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
                ));
            }
            Some(text) => {
                let bare = text.trim().trim_matches('"');
                let (name, wanted) = bare.split_once(':').unwrap_or((bare, ""));
                let own = ["DisplayName", "Mail", "UserPrincipalName"]
                    .into_iter()
                    .find(|own| own.eq_ignore_ascii_case(name));
                let own = own
                    .ok_or_else(|| unsupported(format!("$search by '{name}' is not supported.")))?;
                Some((own, wanted.to_lowercase()))
            }
        };
        Ok(Self { filter, search })
    }

    fn live(&self, user: &User) -> bool {
        user.deleted.is_none()
            && self
                .filter
                .as_ref()
                .is_none_or(|filter| filter.passes(user))
            && self.search.as_ref().is_none_or(|(name, wanted)| {
                let own = user.property(name).unwrap_or_default();
                has_word(&own.to_text(), wanted)
            })
    }
}

fn sort(all: &mut [(usize, &Arc<User>)], order: &str) -> Result<(), Problem> {
    let mut words = order.split_whitespace();
    let name = words.next().unwrap_or_default();
    let descending = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(unsupported(format!("$orderby '{order}' is not supported."))),
    };
    let key: fn(&User) -> String = match name.to_ascii_lowercase().as_str() {
        "displayname" => |user| user.display_name.to_lowercase(),
        "userprincipalname" => |user| user.upn.to_lowercase(),
        _ => {
            return Err(unsupported(format!(
                "Sorting by '{name}' is not supported."
            )));
        }
    };
    all.sort_by_cached_key(|(_, user)| key(user));
    if descending {
        all.reverse();
    }
    Ok(())
}

/// The name in `displayName eq '…'`, the one filter of groups that is built.
fn name_of(filter: &str) -> Result<String, Problem> {
    let rest = filter.trim().strip_prefix("displayName eq ");
    let inner = rest.and_then(|rest| rest.trim().strip_prefix('\'')?.strip_suffix('\''));
    inner
        .map(|name| name.replace("''", "'"))
        .ok_or_else(|| Problem::not_built(&format!("the filter \"{filter}\" of groups")))
}

/// A user who isn't deleted, by id or UPN.
pub(super) fn live<'t>(tenant: &'t Tenant, key: &str) -> Result<&'t Arc<User>, Problem> {
    let found = match key.parse() {
        Ok(id) => tenant.user(id),
        Err(_) => tenant.user_by_upn(key),
    };
    found
        .filter(|user| user.deleted.is_none())
        .ok_or_else(|| Problem::missing(key))
}

pub(super) fn group<'t>(tenant: &'t Tenant, id: &str) -> Result<&'t Group, Problem> {
    let found = id.parse().ok().and_then(|id| tenant.group(id));
    found.map(|own| &**own).ok_or_else(|| Problem::missing(id))
}

/// One user with the properties asked for.
pub(super) fn one(tenant: &Tenant, user: &User, query: &Query) -> Result<Value, Problem> {
    let row = resource::users(tenant, vec![user])
        .pop()
        .unwrap_or_default();
    resource::project_user(row, &query.select, &query.expand)
}

pub(super) fn projected(
    tenant: &Tenant,
    users: &[Arc<User>],
    query: &Query,
) -> Result<Value, Problem> {
    let rows = resource::users(tenant, users.iter().map(|user| &**user).collect());
    let rows = rows
        .into_iter()
        .map(|row| resource::project_user(row, &query.select, &query.expand));
    Ok(Value::Array(rows.collect::<Result<_, _>>()?))
}

fn page(context: &Context, name: &str, rows: Vec<Value>) -> Answer {
    Answer::ok(json!({
        "@odata.context": format!("{}/$metadata#{name}", context.root),
        "value": rows,
    }))
}

pub(super) fn context_of(root: &str, name: &str, select: &[String]) -> String {
    match select {
        [] => format!("{root}/$metadata#{name}"),
        some => format!("{root}/$metadata#{name}({})", some.join(",")),
    }
}

fn asks(query: &Query, name: &str) -> bool {
    query
        .select
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name))
}

/// Puts an annotation in front, where clients expect it.
pub(super) fn insert_first(row: &mut Value, name: &str, value: String) {
    if let Value::Object(map) = row {
        map.shift_insert(0, name.to_owned(), value.into());
    }
}
