//! What stands against the rules already: an import or a hand edit can bring in what no change would be allowed to.

use jiff::Timestamp;

use super::Staged;
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{AssignmentError, Tenant, User};

impl Tenant {
    /// What no change would be allowed to cause: for each user at most the first, then what is over-assigned.
    pub fn breaches(&self, now: Timestamp) -> Vec<Diagnostic> {
        let untouched = Staged::default();
        let mut breaches = Vec::new();
        for user in self.users().iter().filter(|user| user.deleted.is_none()) {
            if let Err(breach) = self.check_licenses(None, user, now, &untouched, &mut Vec::new()) {
                breaches.push(breach);
            } else if let Some(breach) = self.orphan(user) {
                breaches.push(breach);
            }
        }
        for product in self.products() {
            // R16
            let seats = self.seats_at(&product.sku, now);
            if seats.consumed > seats.usable() {
                let message = format!(
                    "{}: {} seats are in use, {} are bought",
                    self.title(&product.sku),
                    seats.consumed,
                    seats.usable()
                );
                breaches.push(
                    Diagnostic::new("OverAssigned", Category::Rule, message).about(&*product.sku),
                );
            }
        }
        breaches
    }

    /// R37
    fn orphan(&self, user: &User) -> Option<Diagnostic> {
        let mut inherited = user
            .licenses
            .iter()
            .filter_map(|own| Some((own, own.group?)));
        let (own, group) = inherited.find(|(own, group)| {
            let gives = self
                .group(*group)
                .is_some_and(|group| group.licenses.iter().any(|license| license.sku == own.sku));
            // What others depend on stays behind, and says so.
            let stays = AssignmentError::DependencyViolation.active();
            (!gives || !user.groups.contains(group)) && own.error != Some(stays)
        })?;
        let name = match self.group(group) {
            Some(group) => group.name.to_string(),
            None => group.to_string(),
        };
        let message = format!(
            "{} inherits {} from the group {name}, which doesn't give it",
            user.upn,
            self.title(&own.sku)
        );
        Some(Diagnostic::new("OrphanedLicense", Category::Rule, message).about(&*user.upn))
    }
}
