//! A tenant as Microsoft's files: Graph's JSON and the admin centre's CSV, which our own import reads back.
//!
//! What those formats have no place for stays behind, and [`Export::left_behind`] says what that is.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::graph::later;
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::catalogue::Catalogue;
use crate::tenant::{
    Assignment, Cloud, CompactTimestamp, Group, Organisation, Product, SignIn, Subscription,
    SubscriptionStatus, Symbol, Tenant, TenantData, User, UserData, UserKind,
};

/// The things of a tenant that are written, borrowed from wherever they are kept.
#[derive(Clone, Debug)]
pub struct Export<'a> {
    pub products: Vec<&'a Product>,
    pub groups: Vec<&'a Group>,
    pub users: Vec<&'a User>,
}

impl<'a> From<&'a TenantData> for Export<'a> {
    fn from(parts: &'a TenantData) -> Self {
        Self {
            products: parts.products.iter().collect(),
            groups: parts.groups.iter().collect(),
            users: parts.users.iter().collect(),
        }
    }
}

impl<'a> From<&'a Tenant> for Export<'a> {
    fn from(tenant: &'a Tenant) -> Self {
        Self {
            products: tenant.products().iter().map(|product| &**product).collect(),
            groups: tenant.groups().iter().map(|group| &**group).collect(),
            users: tenant.users().iter().map(|user| &**user).collect(),
        }
    }
}

impl Export<'_> {
    /// All files of an export: name and content.
    pub fn files(&self) -> Result<Vec<(&'static str, String)>, Diagnostic> {
        Ok(vec![
            ("graph-users.json", self.users_json()),
            ("graph-groups.json", self.groups_json()),
            ("graph-subscribedSkus.json", self.subscribed_skus_json()),
            ("graph-subscriptions.json", self.subscriptions_json()),
            ("admin-centre-users.csv", self.admin_centre_csv()?),
        ])
    }

    /// What Graph answers to `/users?$expand=memberOf`.
    pub fn users_json(&self) -> String {
        let groups = self.groups.iter().map(|group| (group.id, &group.name));
        let groups: HashMap<Uuid, &Symbol> = groups.collect();
        page(
            "users",
            self.users.iter().map(|user| self.user(user, &groups)),
        )
    }

    /// What Graph answers to `/groups`.
    pub fn groups_json(&self) -> String {
        let group = |group: &&Group| {
            let licenses = group.licenses.iter().filter_map(|license| {
                let product = self.product(&license.sku)?;
                Some(assigned(product, &license.disabled))
            });
            let mut json = json!({
                "id": group.id,
                "displayName": group.name,
                "securityEnabled": true,
                "assignedLicenses": licenses.collect::<Vec<_>>(),
            });
            if let Some(rule) = &group.membership_rule {
                json["groupTypes"] = json!(["DynamicMembership"]);
                json["membershipRule"] = json!(rule);
            }
            if group.synced {
                json["onPremisesSyncEnabled"] = json!(true);
            }
            json
        };
        page("groups", self.groups.iter().map(group))
    }

    /// What Graph answers to `/subscribedSkus`.
    pub fn subscribed_skus_json(&self) -> String {
        let mut counted: HashMap<&Symbol, u64> = HashMap::new();
        for user in &self.users {
            for sku in user.seats() {
                *counted.entry(sku).or_default() += 1;
            }
        }
        page(
            "subscribedSkus",
            self.products.iter().map(|product| {
                let counted = counted.get(&product.sku).copied().unwrap_or_default();
                subscribed_sku(product, counted)
            }),
        )
    }

    /// What Graph answers to `/directory/subscriptions`.
    pub fn subscriptions_json(&self) -> String {
        let all = self.products.iter().flat_map(|product| {
            product.subscriptions.iter().map(move |own| {
                let next = own
                    .renews
                    .and_then(|end| end.checked_add(later(own.status)).ok());
                json!({
                    "@odata.type": "#microsoft.graph.companySubscription",
                    "skuId": product.sku_id,
                    "skuPartNumber": product.part_number(),
                    "status": own.status,
                    "totalLicenses": own.seats,
                    "nextLifecycleDateTime": next,
                })
            })
        });
        page("directory/subscriptions", all)
    }

    /// The admin centre's "Export users", in its newer layout. It tells neither groups nor plans.
    pub fn admin_centre_csv(&self) -> Result<String, Diagnostic> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        let mut rows = vec![COLUMNS.map(str::to_owned)];
        rows.extend(self.users.iter().map(|user| self.row(user)));
        for row in rows {
            writer.write_record(row).map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        String::from_utf8(bytes).map_err(|error| failed(&error))
    }

    /// What of the tenant none of the files can carry, one sentence each.
    pub fn left_behind(&self, organisation: &Organisation) -> Vec<String> {
        let mut list = Vec::new();
        let mut of_users = |what: &str, has: fn(&UserData) -> bool| {
            let data = self.users.iter().filter_map(|user| user.data.as_deref());
            match data.filter(|data| has(data)).count() {
                0 => {}
                1 => list.push(format!("{what} of 1 user")),
                count => list.push(format!("{what} of {count} users")),
            }
        };
        of_users("the mailbox", |data| data.mailbox.is_some());
        of_users("the OneDrive", |data| data.onedrive.is_some());
        of_users("installed Office apps", |data| data.office_devices != 0);
        of_users("the phone number", |data| data.phone_number.is_some());
        of_users("the time of signing out", |data| {
            data.sessions_revoked.is_some()
        });
        let used = self.users.iter().filter(|user| user.last_used().is_some());
        match used.count() {
            0 => {}
            count => list.push(format!("the last activity of {count} users")),
        }
        let is_ours = organisation.operators.iter().all(|own| own.name == "admin");
        if !is_ours {
            list.push("operators".to_owned());
        }
        if organisation.clock_offset != 0 {
            list.push("how far the clock was moved".to_owned());
        }
        if organisation.delicensing_resiliency {
            list.push("delicensing resiliency".to_owned());
        }
        if organisation.cloud != Cloud::default() {
            list.push(format!("the cloud ({})", organisation.cloud.name()));
        }
        let deleted = |own: &&&Product| {
            let mut subscriptions = own.subscriptions.iter();
            subscriptions.any(|own| own.status == SubscriptionStatus::Deleted)
        };
        let ended = self.products.iter().filter(deleted).count();
        if ended > 0 {
            list.push(format!(
                "subscriptions of {ended} products that are deleted"
            ));
        }
        let renamed = |own: &&&Product| {
            let known = Catalogue::get()
                .skus()
                .iter()
                .find(|sku| sku.id == own.sku_id);
            let known = known.map(|sku| Catalogue::get().product(sku).name);
            own.name != known.unwrap_or_else(|| own.part_number().clone())
        };
        match self.products.iter().filter(renamed).count() {
            0 => {}
            count => list.push(format!("the display names of {count} products")),
        }
        list
    }

    fn product(&self, key: &str) -> Option<&Product> {
        self.products
            .iter()
            .find(|product| &*product.sku == key)
            .copied()
    }

    fn user(&self, user: &User, groups: &HashMap<Uuid, &Symbol>) -> Value {
        let states = user.licenses.iter().filter_map(|assignment| {
            let product = self.product(&assignment.sku)?;
            let mut state = assigned(product, &assignment.disabled);
            state["assignedByGroup"] = json!(assignment.group);
            state["state"] = json!(match assignment.error {
                None => "Active",
                Some(error) if error.is_active() => "ActiveWithError",
                Some(_) => "Error",
            });
            state["error"] = assignment
                .error
                .map_or_else(|| json!("None"), |error| json!(error.name()));
            Some(state)
        });
        let held = self.held(user);
        let groups = user.groups.iter().map(|id| {
            json!({
                "@odata.type": "#microsoft.graph.group",
                "id": id,
                "displayName": groups.get(id),
            })
        });
        let roles = user.roles.iter().map(|role| {
            json!({
                "@odata.type": "#microsoft.graph.directoryRole",
                "displayName": role.name(),
                "roleTemplateId": role.template_id(),
            })
        });
        let mut record = json!({
            "id": user.id,
            "userPrincipalName": user.upn,
            "displayName": user.display_name,
            "givenName": user.given_name,
            "surname": user.surname,
            "mail": user.mail,
            "jobTitle": user.job_title,
            "department": user.department,
            "officeLocation": user.office,
            "city": user.city,
            "country": user.country,
            "usageLocation": user.usage_location,
            "userType": user.kind,
            "accountEnabled": user.enabled,
            "onPremisesSyncEnabled": user.synced.then_some(true),
            "createdDateTime": user.created,
            "deletedDateTime": user.deleted,
            "signInActivity": sign_ins(user),
            "assignedLicenses": held,
            "licenseAssignmentStates": states.collect::<Vec<_>>(),
            "memberOf": groups.chain(roles).collect::<Vec<_>>(),
        });
        further(&mut record, user);
        record
    }

    /// `assignedLicenses`: each product once, however often it is assigned; a plan is off that is off in all of them.
    fn held(&self, user: &User) -> Vec<Value> {
        let mut products: Vec<(&Product, Vec<Symbol>)> = Vec::new();
        for assignment in arrived(user) {
            let known = products.iter_mut().find(|own| own.0.sku == assignment.sku);
            match known {
                Some((_, disabled)) => disabled.retain(|plan| assignment.disabled.contains(plan)),
                None => products.extend(
                    self.product(&assignment.sku)
                        .map(|product| (product, assignment.disabled.to_vec())),
                ),
            }
        }
        let held = products.iter();
        held.map(|(product, disabled)| assigned(product, disabled))
            .collect()
    }

    fn row(&self, user: &User) -> [String; COLUMNS.len()] {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let time = |time: Option<CompactTimestamp>| {
            time.map(|time| {
                Timestamp::from(time)
                    .strftime("%Y-%m-%d %H:%M:%SZ")
                    .to_string()
            })
            .unwrap_or_default()
        };
        let flag = |flag: bool| if flag { "TRUE" } else { "FALSE" }.to_owned();
        let mut names: Vec<&str> = Vec::new();
        for product in arrived(user).filter_map(|assignment| self.product(&assignment.sku)) {
            let name = self.name(product);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            names.push("Unlicensed");
        }
        [
            user.display_name.to_string(),
            if user.synced {
                flag(true)
            } else {
                String::new()
            },
            user.upn.to_string(),
            user.id.to_string(),
            text(user.given_name.as_deref()),
            text(user.surname.as_deref()),
            text(user.mail.as_deref()),
            time(user.created),
            time(user.deleted),
            text(user.job_title.as_deref()),
            text(user.department.as_deref()),
            text(user.city.as_deref()),
            text(user.country.as_deref()),
            text(user.office.as_deref()),
            text(
                user.usage_location
                    .as_ref()
                    .map(|location| location.as_str()),
            ),
            if user.kind == UserKind::Guest {
                "Guest"
            } else {
                "Member"
            }
            .to_owned(),
            flag(!user.enabled),
            names.join("+"),
        ]
    }

    /// The display name, or the key where two products are called the same.
    fn name<'p>(&self, product: &'p Product) -> &'p str {
        let same = |other: &&&Product| other.name.to_lowercase() == product.name.to_lowercase();
        if self.products.iter().filter(same).count() > 1 {
            &product.sku
        } else {
            &product.name
        }
    }
}

/// Columns of the admin centre's newer layout, with `Mail` and `User type`, which its import finds by name.
const COLUMNS: [&str; 18] = [
    "Display name",
    "DirSyncEnabled",
    "User principal name",
    "Object Id",
    "First name",
    "Last name",
    "Mail",
    "When created",
    "Soft deletion time stamp",
    "Title",
    "Department",
    "City",
    "CountryOrRegion",
    "Office",
    "Usage location",
    "User type",
    "Block credential",
    "Licenses",
];

/// `counted` users hold it.
fn subscribed_sku(product: &Product, counted: u64) -> Value {
    let seats = |status| {
        let of = product.subscriptions.iter().filter(|s| s.status == status);
        of.map(|subscription| u64::from(subscription.seats))
            .sum::<u64>()
    };
    let plans = product.plans.iter().map(|plan| {
        json!({
            "servicePlanId": plan.id,
            "servicePlanName": plan.name,
            "provisioningStatus": "Success",
            "appliesTo": plan.applies_to,
        })
    });
    json!({
        "skuId": product.sku_id,
        "skuPartNumber": product.part_number(),
        "appliesTo": product.applies_to,
        "capabilityStatus": status(&product.subscriptions),
        "consumedUnits": counted + u64::from(product.outside),
        "prepaidUnits": {
            "enabled": seats(SubscriptionStatus::Enabled),
            "warning": seats(SubscriptionStatus::Warning),
            "suspended": seats(SubscriptionStatus::Suspended),
            "lockedOut": seats(SubscriptionStatus::LockedOut),
        },
        "servicePlans": plans.collect::<Vec<_>>(),
    })
}

/// The further fields, where Graph has them; one that is called like a field of the model has no place.
fn further(record: &mut Value, user: &User) {
    let Some(record) = record.as_object_mut() else {
        return;
    };
    let mut attributes = serde_json::Map::new();
    for (name, value) in user.extra.iter() {
        if is_extension_attribute(name) {
            attributes.insert(name.to_string(), json!(value));
        } else if !record.keys().any(|own| own.eq_ignore_ascii_case(name)) {
            record.insert(name.to_string(), json!(value));
        }
    }
    if !attributes.is_empty() {
        record.insert(
            "onPremisesExtensionAttributes".to_owned(),
            attributes.into(),
        );
    }
}

fn is_extension_attribute(name: &str) -> bool {
    const PREFIX: &str = "extensionAttribute";
    let number = name.get(PREFIX.len()..).and_then(|n| n.parse::<u8>().ok());
    number.is_some() && name[..PREFIX.len()].eq_ignore_ascii_case(PREFIX)
}

/// Never is the year 1, as Graph had it; an empty object says that nothing is known.
fn sign_ins(user: &User) -> Value {
    if user.signed_in() == SignIn::Unknown {
        return json!({});
    }
    let activity = user.activity.as_deref().copied().unwrap_or_default();
    let attempt = match user.never_signed_in {
        true => json!("0001-01-01T00:00:00Z"),
        false => json!(user.last_sign_in),
    };
    json!({
        "lastSignInDateTime": attempt,
        "lastNonInteractiveSignInDateTime": activity.non_interactive,
        "lastSuccessfulSignInDateTime": activity.successful,
    })
}

/// The assignments that are in force.
fn arrived(user: &User) -> impl Iterator<Item = &Assignment> {
    user.licenses
        .iter()
        .filter(|assignment| assignment.is_effective())
}

fn assigned(product: &Product, disabled: &[Symbol]) -> Value {
    let id = |name: &Symbol| {
        let plan = product.plans.iter().find(|plan| plan.name == *name);
        plan.map(|plan| plan.id)
    };
    json!({
        "skuId": product.sku_id,
        "disabledPlans": disabled.iter().filter_map(id).collect::<Vec<_>>(),
    })
}

/// The status of the product as a whole: that of its best subscription.
fn status(subscriptions: &[Subscription]) -> Option<SubscriptionStatus> {
    [
        SubscriptionStatus::Enabled,
        SubscriptionStatus::Warning,
        SubscriptionStatus::Suspended,
        SubscriptionStatus::LockedOut,
        SubscriptionStatus::Deleted,
    ]
    .into_iter()
    .find(|status| subscriptions.iter().any(|s| s.status == *status))
}

/// A record a line: no more than one is held as a value at a time, and a changed one is a changed line.
fn page(kind: &str, records: impl Iterator<Item = Value>) -> String {
    let context = format!("https://graph.microsoft.com/v1.0/$metadata#{kind}");
    let mut page = format!(
        "{{\n  \"@odata.context\": {},\n  \"value\": [",
        json!(context)
    );
    for (index, record) in records.enumerate() {
        page.push_str(if index == 0 { "\n    " } else { ",\n    " });
        page.push_str(&record.to_string());
    }
    page.push_str("\n  ]\n}\n");
    page
}

fn failed(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(
        "ExportFailed",
        Category::Io,
        format!("the CSV can't be made: {error}"),
    )
}
