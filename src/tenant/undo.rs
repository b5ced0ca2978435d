//! Taking back what was committed: the inverse of each change, where nothing stands in the way.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::catalogue::Clock;
use super::change::{Change, DataKind, Subject};
use super::{Decision, LicenseOutcome, OutcomeKind, Symbol, Tenant, User, edit};
use crate::diagnostic::{Category, Diagnostic};

/// By which commits something was touched; those that were taken back don't count.
#[derive(Debug, Default)]
pub struct Touches {
    users: HashMap<Uuid, Touch>,
    /// Groups with their licenses.
    groups: HashMap<Uuid, Touch>,
    /// Groups whose members became others.
    members: HashMap<Uuid, Touch>,
    products: HashMap<Symbol, Touch>,
}

/// The commits that touched one thing, oldest first.
#[derive(Debug, Default)]
struct Touch {
    by: Vec<u64>,
    /// The commit noted last, which may have many changes.
    seen: u64,
}

impl Touch {
    fn note(&mut self, number: u64, undoes: Option<u64>) {
        if self.seen == number {
            return;
        }
        self.seen = number;
        if undoes.is_some() && self.last() == undoes {
            self.by.pop();
        } else {
            self.by.push(number);
        }
    }

    fn last(&self) -> Option<u64> {
        self.by.last().copied()
    }
}

impl Touches {
    /// Notes a change of a commit, which may take another back; later ones come later.
    pub fn add(&mut self, change: &Change, number: u64, undoes: Option<u64>) {
        let note = |touch: &mut Touch| touch.note(number, undoes);
        match change.subject() {
            Subject::User(id) => note(self.users.entry(id).or_default()),
            Subject::Group(id) => note(self.groups.entry(id).or_default()),
            Subject::Product(sku) => note(self.products.entry(sku.clone()).or_default()),
            Subject::Organisation => {}
        }
        if let Change::MemberAdded { group, .. } | Change::MemberRemoved { group, .. } = change {
            note(self.members.entry(*group).or_default());
        }
    }

    fn of(&self, subject: &Subject) -> Option<u64> {
        match subject {
            Subject::User(id) => self.users.get(id).and_then(Touch::last),
            Subject::Group(id) => {
                let members = || self.members.get(id).and_then(Touch::last);
                self.of_group(*id).or_else(members)
            }
            Subject::Product(sku) => self.products.get(*sku).and_then(Touch::last),
            Subject::Organisation => None,
        }
    }

    fn of_group(&self, id: Uuid) -> Option<u64> {
        self.groups.get(&id).and_then(Touch::last)
    }
}

impl Tenant {
    /// What takes these changes of one commit back, all of them; `since` is what was touched after it.
    ///
    /// # Errors
    /// `CannotUndo` for what has no way back; `ChangedSince` where a later change stands in the way.
    pub fn undo(&self, done: &[&Change], since: &Touches) -> Result<Decision, Diagnostic> {
        let mut decision = Decision::default();
        let mut users: HashMap<Uuid, User> = HashMap::new();
        for change in done.iter().rev() {
            self.has_way_back(change, since)?;
            let inverse = (*change).clone().inverse();
            if let Subject::User(id) = inverse.subject()
                && let Some(own) = self.user(id)
            {
                let user = users.entry(id).or_insert_with(|| User::clone(own));
                if !matches!(inverse, Change::UserPurged { .. }) {
                    edit::user(user, &inverse)
                        .map_err(|why| self.changed_since(change, since, why))?;
                }
                decision.outcomes.extend(self.given_back(user, &inverse));
            }
            decision.changes.push(inverse);
        }
        for inverse in &decision.changes {
            if let Change::DataClockStarted { user, at, data } = inverse
                && data.contains(&DataKind::Mailbox)
                && let Some(own) = self.user(*user)
            {
                let is_own = |row: &&mut LicenseOutcome| {
                    row.user == own.upn && row.kind == OutcomeKind::Removed
                };
                if let Some(row) = decision.outcomes.iter_mut().find(is_own) {
                    row.data_held_until = Some(Clock::Mailbox.from(*at));
                }
            }
        }
        Ok(decision)
    }

    /// The row of a license that an inverse gives or takes; `user` is as the inverse leaves them.
    fn given_back(&self, user: &User, inverse: &Change) -> Option<LicenseOutcome> {
        let (sku, kind) = match inverse {
            Change::LicenseAssigned { sku, .. } => (sku, OutcomeKind::Added),
            Change::LicenseRemoved { sku, .. } => (sku, OutcomeKind::Removed),
            Change::PlansSwitched { sku, .. } => (sku, OutcomeKind::PlansSwitched),
            _ => return None,
        };
        let mut row = LicenseOutcome::new(user, self.product(sku)?, kind);
        // R12
        let held = || {
            user.licenses
                .iter()
                .any(|own| own.sku == *sku && own.is_effective())
        };
        row.seat_freed = match inverse {
            Change::LicenseRemoved { was, .. } => was.error.is_none() && !held(),
            _ => false,
        };
        Some(row)
    }

    fn has_way_back(&self, change: &Change, since: &Touches) -> Result<(), Diagnostic> {
        use Change::*;
        let why = match change {
            ClockMoved { .. } => "the tenant's clock goes on: Set-TenantClock moves it",
            UserPurged { .. } => {
                "a user who is gone for good doesn't come back: New-User makes another"
            }
            _ => "",
        };
        if !why.is_empty() {
            return Err(Diagnostic::new(
                "CannotUndo",
                Category::Rule,
                format!("this can't be taken back: {}", self.describe(change)),
            )
            .hint(why));
        }
        let groups = match change {
            LicenseAssigned { group, .. } | LicenseRemoved { group, .. } => *group,
            MemberAdded { group, .. } | MemberRemoved { group, .. } => Some(*group),
            _ => None,
        };
        if let Some(number) = groups.and_then(|id| since.of_group(id)) {
            return Err(self.stands_in_the_way(
                change,
                number,
                "the group's licenses became others",
            ));
        }
        // What is unmade as a whole must be as it was made.
        let whole = matches!(
            change,
            UserAdded { .. }
                | GroupAdded { .. }
                | GroupRemoved { .. }
                | GroupLicenseAssigned { .. }
                | GroupLicenseRemoved { .. }
                | ProductAdded { .. }
        );
        match since.of(&change.subject()) {
            Some(number) if whole => {
                Err(self.stands_in_the_way(change, number, "it became another"))
            }
            _ if matches!(change, ProductAdded { now } if self.is_held(&now.sku)) => {
                Err(self.changed_since(change, since, "users hold it"))
            }
            _ => Ok(()),
        }
    }

    fn is_held(&self, sku: &Symbol) -> bool {
        let holds = |user: &Arc<User>| user.licenses.iter().any(|own| own.sku == *sku);
        self.users().iter().any(holds)
    }

    fn changed_since(&self, change: &Change, since: &Touches, why: &str) -> Diagnostic {
        match since.of(&change.subject()) {
            Some(number) => self.stands_in_the_way(change, number, why),
            None => Diagnostic::new(
                "ChangedSince",
                Category::Rule,
                format!("{} isn't as it was left: {why}", self.name_of(change)),
            ),
        }
    }

    fn name_of(&self, change: &Change) -> String {
        match change.subject() {
            Subject::User(id) => self
                .user(id)
                .map_or(id.to_string(), |user| user.upn.to_string()),
            Subject::Group(id) => self.group_name(id).to_string(),
            Subject::Product(sku) => sku.to_string(),
            Subject::Organisation => "the tenant".to_owned(),
        }
    }

    fn stands_in_the_way(&self, change: &Change, number: u64, why: &str) -> Diagnostic {
        Diagnostic::new(
            "ChangedSince",
            Category::Rule,
            format!(
                "{} was changed since, by change {number}: {why}",
                self.name_of(change)
            ),
        )
        .hint(format!(
            "look at it with Get-Change {number}; Undo-Change {number} comes first"
        ))
    }
}
