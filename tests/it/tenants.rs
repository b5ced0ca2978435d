//! A small tenant for the tests of the rules.

use jiff::Timestamp;
use tenantsh::diagnostic::Diagnostic;
use tenantsh::tenant::catalogue::Catalogue;
use tenantsh::tenant::{
    Actor, Assignment, Change, Decision, Group, Location, Operator, Organisation, Product, Role,
    Subscription, SubscriptionStatus, Symbol, Tenant, TenantData, User,
};
use uuid::Uuid;

pub fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

pub fn days(n: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_hours(24 * n)
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn sku(text: &str) -> Symbol {
    Symbol::new(text)
}

/// A product of the catalogue with this many seats.
pub fn product(part_number: &str, seats: u32) -> Product {
    let catalogue = Catalogue::get();
    let facts = catalogue.named(part_number).next().unwrap();
    let mut product = catalogue.product(facts);
    product.subscriptions.push(Subscription {
        seats,
        status: SubscriptionStatus::Enabled,
        renews: None,
    });
    product
}

pub const ANNA: &str = "anna@contoso.com";

/// Anna (1) holds E3 directly; bo (2) inherits E3 from Sales (100); cai (3) has no usage location; dee (4) is a
/// Global Administrator; eli (5) is synchronised.
pub fn parts() -> TenantData {
    let user = |n: u128, upn: &str, name: &str| {
        let mut user = User::new(id(n), upn, name);
        user.usage_location = Location::new("SE");
        user
    };
    let e3 = || Assignment::direct(sku("ENTERPRISEPACK"));
    let mut anna = user(1, ANNA, "Anna Berg");
    anna.licenses = [e3()].into();
    let mut bo = user(2, "bo@contoso.com", "Bo Ek");
    bo.groups = [id(100)].into();
    bo.licenses = [Assignment {
        group: Some(id(100)),
        ..e3()
    }]
    .into();
    let mut cai = user(3, "cai@contoso.com", "Cai Dahl");
    cai.usage_location = None;
    let mut dee = user(4, "dee@contoso.com", "Dee Falk");
    dee.roles = [Role::GlobalAdministrator].into();
    let mut eli = user(5, "eli@contoso.com", "Eli Gran");
    eli.synced = true;
    let operator = |name: &str, role| Operator {
        name: name.into(),
        roles: vec![role],
    };
    TenantData {
        organisation: Organisation {
            name: "Contoso".into(),
            operators: vec![
                operator("admin", Role::GlobalAdministrator),
                operator("licenses", Role::LicenseAdministrator),
                operator("users", Role::UserAdministrator),
                operator("billing", Role::BillingAdministrator),
                operator("reader", Role::GlobalReader),
                operator("groups", Role::GroupsAdministrator),
            ],
            ..Organisation::default()
        },
        products: vec![
            product("ENTERPRISEPACK", 3),
            product("SPE_E5", 2),
            product("PROJECTPREMIUM", 2),
            product("WORKPLACE_ANALYTICS", 2),
            product("EXCHANGEDESKLESS", 2),
            product("EXCHANGESTANDARD", 2),
            product("POWER_BI_PRO", 2),
        ],
        groups: vec![
            Group {
                licenses: vec![tenantsh::tenant::GroupLicense {
                    sku: sku("ENTERPRISEPACK"),
                    disabled: Vec::new(),
                }],
                ..Group::new(id(100), "Sales".into())
            },
            Group::new(id(101), "All staff".into()),
        ],
        users: vec![anna, bo, cai, dee, eli],
    }
}

pub fn tenant() -> Tenant {
    Tenant::new(parts()).unwrap()
}

pub fn tenant_with(change: impl FnOnce(&mut TenantData)) -> Tenant {
    let mut parts = parts();
    change(&mut parts);
    Tenant::new(parts).unwrap()
}

pub fn actor(tenant: &Tenant, name: &str) -> Actor {
    tenant.actor(name).unwrap()
}

pub fn check_rules(tenant: &Tenant, record: &[Change]) -> Result<Vec<Diagnostic>, Diagnostic> {
    tenant.check_rules(&actor(tenant, "admin"), now(), record)
}

/// Admits and applies, and checks that taking it back gives the tenant that was.
pub fn commit(tenant: &mut Tenant, decision: &Decision) -> Result<Vec<Diagnostic>, Diagnostic> {
    commit_at(tenant, decision, now())
}

pub fn commit_at(
    tenant: &mut Tenant,
    decision: &Decision,
    at: Timestamp,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let warnings = tenant.check_rules(&actor(tenant, "admin"), at, &decision.changes)?;
    for change in &decision.changes {
        let text = serde_yaml::to_string(change).unwrap();
        assert_eq!(
            serde_yaml::from_str::<Change>(&text).unwrap(),
            *change,
            "{text}"
        );
    }
    let before = tenant.clone();
    for change in &decision.changes {
        tenant.apply(change).unwrap();
    }
    // Undo meets the rules too, as one record.
    let undo: Vec<_> = decision
        .changes
        .iter()
        .rev()
        .map(|change| change.clone().inverse())
        .collect();
    if let Err(refusal) = tenant.check_rules(&actor(tenant, "admin"), at, &undo) {
        assert_ne!(refusal.id, "JournalMismatch", "{refusal}");
    }
    let mut back = tenant.clone();
    for change in decision.changes.iter().rev() {
        back.apply(&change.clone().inverse()).unwrap();
    }
    assert!(
        back == before,
        "taken back, {:?} leaves a trace",
        decision.changes
    );
    // The counts kept on the way are those of a tenant read anew.
    assert!(Tenant::new(tenant.parts()).unwrap() == *tenant);
    Ok(warnings)
}
