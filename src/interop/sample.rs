//! The built-in sample tenant: what is worked on when no tenant is named.

use serde::Deserialize;

use crate::diagnostic::{Category, Diagnostic, Source};
use crate::tenant::{Group, Organisation, Product, TenantData, User};

/// The sample as a tenant.yaml. Its dates are fixed, as of 2026-11-24.
pub const SAMPLE_YAML: &str = include_str!("../../data/sample.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    organisation: Organisation,
    products: Vec<Product>,
    groups: Vec<Group>,
    users: Vec<User>,
}

/// Reads the sample tenant. A fault would be one of the build, and a test finds it.
pub fn sample() -> Result<TenantData, Diagnostic> {
    let file: File = serde_yaml::from_str(SAMPLE_YAML).map_err(|error| {
        let offset = error.location().map_or(0, |place| place.index());
        Diagnostic::new("BrokenSample", Category::InvalidData, error.to_string())
            .in_source(&Source::new("sample.yaml", SAMPLE_YAML))
            .at(offset..offset)
    })?;
    Ok(TenantData {
        organisation: file.organisation,
        products: file.products,
        groups: file.groups,
        users: file.users,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::Timestamp;

    use super::*;
    use crate::tenant::{SubscriptionStatus, UserKind};

    fn days_before_today(time: Timestamp) -> i64 {
        let today: Timestamp = "2026-11-24T06:00:00Z".parse().unwrap();
        (today.as_second() - time.as_second()) / 86_400
    }

    #[test]
    fn nothing_dangles_and_nothing_is_double() {
        let parts = sample().unwrap();
        assert_eq!((parts.users.len(), parts.products.len()), (40, 6));
        let skus: HashSet<_> = parts.products.iter().map(|p| p.sku.clone()).collect();
        let ids: HashSet<_> = parts.users.iter().map(|u| u.id).collect();
        let upns: HashSet<_> = parts.users.iter().map(|u| u.upn.to_lowercase()).collect();
        assert_eq!((ids.len(), upns.len(), skus.len()), (40, 40, 6));
        for user in &parts.users {
            let inherited: HashSet<_> = parts
                .groups
                .iter()
                .filter(|group| user.groups.contains(&group.id))
                .flat_map(|g| {
                    g.licenses
                        .iter()
                        .map(|l| (g.id, l.sku.clone(), l.disabled.clone()))
                })
                .collect();
            let held: HashSet<_> = user
                .licenses
                .iter()
                .filter_map(|a| Some((a.group?, a.sku.clone(), a.disabled.to_vec())))
                .collect();
            assert_eq!(inherited, held, "{}", user.upn);
            assert!(
                user.groups
                    .iter()
                    .all(|id| parts.groups.iter().any(|g| g.id == *id))
            );
            for assignment in user.licenses.iter() {
                let product = parts
                    .products
                    .iter()
                    .find(|p| p.sku == assignment.sku)
                    .unwrap();
                for name in assignment.disabled.iter() {
                    assert!(product.plans.iter().any(|p| p.name == *name), "{name}");
                }
                assert!(user.usage_location.is_some(), "{}", user.upn);
            }
        }
    }

    #[test]
    fn seats_suffice_and_one_product_is_nearly_full() {
        let parts = sample().unwrap();
        let mut free = Vec::new();
        for product in &parts.products {
            let holders = parts
                .users
                .iter()
                .filter(|user| user.deleted.is_none() && user.holds(&product.sku));
            let consumed = u32::try_from(holders.count()).unwrap() + product.outside;
            let seats: u32 = product.subscriptions.iter().map(|s| s.seats).sum();
            assert!(seats >= consumed, "{}", product.sku);
            free.push((&*product.sku, seats - consumed));
        }
        assert!(free.contains(&("ENTERPRISEPACK", 1)), "{free:?}");
    }

    #[test]
    fn every_case_the_examples_need_is_there() {
        let parts = sample().unwrap();
        let count =
            |wanted: &dyn Fn(&User) -> bool| parts.users.iter().filter(|u| wanted(u)).count();
        let anna = parts
            .users
            .iter()
            .find(|u| &*u.upn == "anna@contoso.com")
            .unwrap();
        assert_eq!(anna.department.as_deref(), Some("Sales"));
        assert!(
            anna.licenses
                .iter()
                .all(|a| a.group.is_none() && &*a.sku == "ENTERPRISEPACK")
        );
        assert_eq!(count(&|u| !u.enabled && !u.licenses.is_empty()), 3);
        assert!(
            count(&|u| u.enabled
                && u.last_sign_in
                    .is_some_and(|t| days_before_today(t.into()) > 90))
                >= 3
        );
        assert!(count(&|u| u.last_sign_in.is_none() && !u.licenses.is_empty()) >= 2);
        assert_eq!(
            count(&|u| u.deleted.is_some_and(|t| days_before_today(t.into()) < 30)),
            1
        );
        assert_eq!(count(&|u| u.kind == UserKind::Guest), 1);
        assert!(count(&|u| u.synced) >= 5);
        assert!(count(&|u| u.licenses.iter().any(|a| a.error.is_some())) >= 1);
        assert!(
            count(&|u| u.direct().any(|a| u
                .licenses
                .iter()
                .any(|b| b.group.is_some() && a.sku == b.sku)))
                >= 2
        );
        assert!(count(&|u| u.usage_location.is_none() && u.kind == UserKind::Member) >= 1);
        let on_hold = |u: &User| {
            let mailbox = u.data.as_ref().and_then(|data| data.mailbox.as_ref());
            mailbox.is_some_and(|m| m.litigation_hold.is_some())
        };
        assert!(count(&on_hold) >= 1);
        let warned = parts.products.iter().flat_map(|p| &p.subscriptions);
        assert_eq!(
            warned
                .filter(|s| s.status == SubscriptionStatus::Warning)
                .count(),
            1
        );
        assert_eq!(parts.organisation.default_admin.as_deref(), Some("admin"));
    }
}
