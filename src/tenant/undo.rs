//! Undo: the changes of a commit, sorted into parts that can be taken back one without another.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Tenant;
use super::change::{Change, Subject};
use super::role::Actor;
use crate::diagnostic::Diagnostic;

/// Changes of one commit that belong together: all of one thing, and of what a group or a product did to others.
#[derive(Clone, Debug)]
pub struct Part<'c> {
    /// The things, each once, as the commit came to them.
    pub subjects: Vec<Subject<'c>>,
    /// What the commit did to them, in its order.
    pub changes: Vec<&'c Change>,
}

impl<'c> Part<'c> {
    /// The parts of a commit, the last one first: what was done last is taken back first.
    ///
    /// A user's licenses are no concern of another user; but what a group gave its members goes and comes with the
    /// group's own license, where the commit changed both.
    pub fn of(changes: &'c [Change]) -> Vec<Self> {
        let mut places: HashMap<Subject<'c>, usize> = HashMap::new();
        let mut subjects = Vec::new();
        for change in changes {
            let subject = change.subject();
            places.entry(subject).or_insert_with(|| {
                subjects.push(subject);
                subjects.len() - 1
            });
        }
        // Disjoint sets: each thing points to another of its part, the first one to itself.
        let mut parents: Vec<usize> = (0..subjects.len()).collect();
        for change in changes {
            let own = first(&mut parents, places[&change.subject()]);
            for tie in change.ties() {
                if let Some(place) = places.get(&tie) {
                    let other = first(&mut parents, *place);
                    let (early, late) = (own.min(other), own.max(other));
                    parents[late] = early;
                }
            }
        }
        let mut parts: Vec<Self> = Vec::new();
        let mut found: HashMap<usize, usize> = HashMap::new();
        for (place, subject) in subjects.iter().enumerate() {
            let first = first(&mut parents, place);
            let part = *found.entry(first).or_insert_with(|| {
                parts.push(Self {
                    subjects: Vec::new(),
                    changes: Vec::new(),
                });
                parts.len() - 1
            });
            parts[part].subjects.push(*subject);
        }
        for change in changes {
            let first = first(&mut parents, places[&change.subject()]);
            parts[found[&first]].changes.push(change);
        }
        parts.reverse();
        parts
    }

    /// The changes that take it back, in their order.
    pub fn inverse(&self) -> Vec<Change> {
        let latest_first = self.changes.iter().rev();
        latest_first
            .map(|change| (*change).clone().inverse())
            .collect()
    }
}

/// The first thing of the part; on the way the paths become short.
fn first(parents: &mut [usize], mut place: usize) -> usize {
    while parents[place] != place {
        parents[place] = parents[parents[place]];
        place = parents[place];
    }
    place
}

impl Change {
    /// What else a change is about: the group it came through, and the product.
    fn ties(&self) -> impl Iterator<Item = Subject<'_>> {
        use Change::*;
        let group = match self {
            LicenseAssigned { group, .. }
            | LicenseRemoved { group, .. }
            | PlansSwitched { group, .. } => *group,
            LicenseErrorChanged { group, .. }
            | MemberAdded { group, .. }
            | MemberRemoved { group, .. } => Some(*group),
            _ => None,
        };
        let skus = self.skus().into_iter().map(Subject::Product);
        group.map(Subject::Group).into_iter().chain(skus)
    }
}

impl Tenant {
    /// Takes a part back, or leaves the tenant as it is. Answers what the rules warn of.
    ///
    /// # Errors
    /// A rule refuses it, or the tenant isn't any more what the commit left: `JournalMismatch`.
    pub fn undo(
        &mut self,
        by: &Actor,
        now: Timestamp,
        inverse: &[Change],
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        let warnings = self.check_rules(by, now, inverse)?;
        for (done, change) in inverse.iter().enumerate() {
            if let Err(fault) = self.apply(change) {
                for change in inverse[..done].iter().rev() {
                    self.apply(&change.clone().inverse())?;
                }
                return Err(fault);
            }
        }
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::tenant::{LicenseImage, Symbol};

    fn removed(user: u128, sku: &str, group: Option<u128>) -> Change {
        Change::LicenseRemoved {
            user: Uuid::from_u128(user),
            sku: Symbol::new(sku),
            group: group.map(Uuid::from_u128),
            was: LicenseImage::default(),
        }
    }

    fn sizes(changes: &[Change]) -> Vec<(usize, usize)> {
        let parts = Part::of(changes).into_iter();
        parts
            .map(|part| (part.subjects.len(), part.changes.len()))
            .collect()
    }

    #[test]
    fn users_are_apart_and_a_group_keeps_its_members_together() {
        let own = Change::GroupLicenseRemoved {
            group: Uuid::from_u128(9),
            sku: Symbol::new("E3"),
            was: LicenseImage::default(),
        };
        let direct = [
            removed(1, "E3", None),
            removed(2, "E3", None),
            removed(1, "E5", None),
        ];
        assert_eq!(sizes(&direct), [(1, 1), (1, 2)]);
        let through = [removed(1, "E3", Some(9)), removed(2, "E3", Some(9))];
        assert_eq!(
            sizes(&through),
            [(1, 1), (1, 1)],
            "the group itself didn't change"
        );
        let whole = [
            own,
            removed(1, "E3", Some(9)),
            removed(2, "E3", Some(9)),
            removed(3, "E5", None),
        ];
        assert_eq!(sizes(&whole), [(1, 1), (3, 3)]);
    }

    #[test]
    fn what_was_done_last_is_taken_back_first() {
        let changes = [
            removed(1, "E3", None),
            removed(2, "E3", None),
            removed(1, "E5", None),
        ];
        let parts = Part::of(&changes);
        assert_eq!(
            parts[1].inverse(),
            [changes[2].clone().inverse(), changes[0].clone().inverse()]
        );
    }
}
