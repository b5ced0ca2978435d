//! Service plans as sets of bits, so that what a user has, loses and may not combine is quick to reckon.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use super::catalogue::{Catalogue, Certainty, Rule, Service};
use super::{AppliesTo, Assignment, Location, Product, Symbol};

/// A set of plans; a bit is a plan's place in its [`PlanTable`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlanSet(Vec<u64>);

impl PlanSet {
    pub fn insert(&mut self, plan: usize) {
        if self.0.len() <= plan / 64 {
            self.0.resize(plan / 64 + 1, 0);
        }
        self.0[plan / 64] |= 1 << (plan % 64);
    }

    pub fn remove(&mut self, plan: usize) {
        if let Some(word) = self.0.get_mut(plan / 64) {
            *word &= !(1 << (plan % 64));
        }
    }

    pub fn has(&self, plan: usize) -> bool {
        self.word(plan / 64) & (1 << (plan % 64)) != 0
    }

    pub fn add(&mut self, other: &PlanSet) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    pub fn minus(&self, other: &PlanSet) -> PlanSet {
        PlanSet(
            (0..self.0.len())
                .map(|i| self.0[i] & !other.word(i))
                .collect(),
        )
    }

    pub fn and(&self, other: &PlanSet) -> PlanSet {
        PlanSet(
            (0..self.0.len())
                .map(|i| self.0[i] & other.word(i))
                .collect(),
        )
    }

    pub fn meets(&self, other: &PlanSet) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(i, word)| {
            let word = *word;
            (0..64)
                .filter(move |bit| word & (1 << bit) != 0)
                .map(move |bit| i * 64 + bit)
        })
    }

    fn word(&self, index: usize) -> u64 {
        self.0.get(index).copied().unwrap_or(0)
    }
}

/// The plans of the tenant's products, and the rules between them.
#[derive(Debug, Default)]
pub(super) struct PlanTable {
    plans: Vec<(Symbol, Option<Symbol>)>,
    by_id: HashMap<Uuid, usize>,
    by_sku: HashMap<Symbol, ProductPlans>,
    rules: OnceLock<PlanRules>,
}

#[derive(Debug)]
struct ProductPlans {
    all: PlanSet,
    by_name: HashMap<Symbol, usize>,
}

/// The catalogue's rules as far as they touch the tenant's plans.
#[derive(Debug, Default)]
pub(super) struct PlanRules {
    pub exclusive: Vec<(PlanSet, Certainty)>,
    pub needs: Vec<(usize, PlanSet, Certainty)>,
    services: Vec<(Service, PlanSet)>,
    /// From the lowest to the highest.
    editions: Vec<Vec<usize>>,
    /// Where which plans aren't offered; all where none is named.
    prohibited: Vec<(Vec<Location>, Option<PlanSet>, Certainty)>,
}

/// What is wrong with a set of plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub kind: ViolationKind,
    pub certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ViolationKind {
    /// Plans of which a user may have one.
    Exclusive(PlanSet),
    /// A plan without any of those that it needs; `was_on` where it is what stays behind (R14), not what comes (R18).
    Needs {
        plan: usize,
        any: PlanSet,
        was_on: bool,
    },
}

impl PlanTable {
    pub fn new(products: &[Arc<Product>]) -> Self {
        let mut table = PlanTable::default();
        for product in products {
            let mut all = PlanSet::default();
            let mut by_name = HashMap::with_capacity(product.plans.len());
            for plan in &product.plans {
                let index = *table.by_id.entry(plan.id).or_insert_with(|| {
                    table.plans.push((plan.name.clone(), plan.title.clone()));
                    table.plans.len() - 1
                });
                by_name.insert(plan.name.clone(), index);
                // A company's plan is no user's to have or to lose.
                if plan.applies_to == AppliesTo::User {
                    all.insert(index);
                }
            }
            table
                .by_sku
                .insert(product.sku.clone(), ProductPlans { all, by_name });
        }
        table
    }

    /// The plans of one assignment that are on.
    pub fn of(&self, assignment: &Assignment) -> PlanSet {
        let mut set = PlanSet::default();
        self.add(&mut set, assignment);
        set
    }

    /// The plans that a user's assignments give together.
    pub fn active(&self, licenses: &[Assignment]) -> PlanSet {
        let mut set = PlanSet::default();
        for assignment in licenses {
            self.add(&mut set, assignment);
        }
        set
    }

    fn add(&self, set: &mut PlanSet, assignment: &Assignment) {
        let Some(product) = self.by_sku.get(&assignment.sku) else {
            return;
        };
        if !assignment.is_effective() {
            return;
        }
        if assignment.disabled.is_empty() {
            set.add(&product.all);
            return;
        }
        let mut own = product.all.clone();
        for name in assignment.disabled.iter() {
            if let Some(index) = product.by_name.get(name) {
                own.remove(*index);
            }
        }
        set.add(&own);
    }

    pub fn has_plan(&self, sku: &Symbol, name: &Symbol) -> bool {
        self.by_sku
            .get(sku)
            .is_some_and(|product| product.by_name.contains_key(name))
    }

    pub fn name(&self, plan: usize) -> Symbol {
        match self.plans.get(plan) {
            Some((name, _)) => name.clone(),
            None => Symbol::new(""),
        }
    }

    pub fn names(&self, set: &PlanSet) -> Vec<Symbol> {
        set.iter().map(|plan| self.name(plan)).collect()
    }

    /// `SharePoint (Plan 2) (SHAREPOINTENTERPRISE)`.
    pub fn title(&self, plan: usize) -> String {
        match self.plans.get(plan) {
            Some((name, Some(title))) => format!("{title} ({name})"),
            Some((name, None)) => name.to_string(),
            None => String::new(),
        }
    }

    pub fn rules(&self) -> &PlanRules {
        self.rules.get_or_init(|| {
            let set = |ids: &[Uuid]| {
                let mut set = PlanSet::default();
                for index in ids.iter().filter_map(|id| self.by_id.get(id)) {
                    set.insert(*index);
                }
                set
            };
            let mut rules = PlanRules::default();
            for rule in Catalogue::get().rules() {
                match rule {
                    Rule::Exclusive {
                        plans, certainty, ..
                    } => rules.exclusive.push((set(&plans), certainty)),
                    Rule::Needs {
                        plan,
                        any,
                        certainty,
                    } => {
                        if let Some(index) = self.by_id.get(&plan) {
                            rules.needs.push((*index, set(&any), certainty));
                        }
                    }
                    Rule::Service { service, plans } => rules.services.push((service, set(&plans))),
                    Rule::Editions { plans } => {
                        let known = plans.iter().filter_map(|id| self.by_id.get(id));
                        rules.editions.push(known.copied().collect());
                    }
                    Rule::Prohibited {
                        locations,
                        plans,
                        certainty,
                    } => {
                        let plans = plans.map(|plans| set(&plans));
                        rules.prohibited.push((locations, plans, certainty));
                    }
                }
            }
            rules
        })
    }

    /// The names of a product's plans that stay off, when these licenses go for it: what is off in them and on in none,
    /// itself or in another edition (R9).
    pub fn stays_off(&self, going: &[&Assignment], sku: &Symbol) -> Vec<Symbol> {
        let (mut off, mut on) = (PlanSet::default(), PlanSet::default());
        for own in going {
            on.add(&self.of(own));
            if let Some(product) = self.by_sku.get(&own.sku) {
                let names = own.disabled.iter();
                names
                    .filter_map(|name| product.by_name.get(name))
                    .for_each(|plan| off.insert(*plan));
            }
        }
        let off = off.minus(&on);
        let all = Assignment::direct(sku.clone());
        let edition_off = |plan: usize| {
            let mut own = self.rules().editions.iter();
            own.any(|own| {
                let any = |set: &PlanSet| own.iter().any(|plan| set.has(*plan));
                own.contains(&plan) && any(&off) && !any(&on)
            })
        };
        let stays = self.of(&all);
        let stays = stays
            .iter()
            .filter(|plan| off.has(*plan) || edition_off(*plan));
        stays.map(|plan| self.name(plan)).collect()
    }

    /// What of a set is lost to who then has another: not what a higher edition gives (R13).
    pub fn lost(&self, gave: &PlanSet, after: &PlanSet) -> PlanSet {
        let mut lost = gave.minus(after);
        for edition in &self.rules().editions {
            let highest = edition.iter().rposition(|plan| after.has(*plan));
            for plan in edition.iter().take(highest.unwrap_or(0)) {
                lost.remove(*plan);
            }
        }
        lost
    }

    /// Whether one of the plans gives the service.
    pub fn gives(&self, set: &PlanSet, service: Service) -> bool {
        self.rules()
            .services
            .iter()
            .any(|(own, plans)| *own == service && plans.meets(set))
    }

    /// How sure it is that one of the plans isn't offered there (R19).
    pub fn prohibits(&self, location: Location, set: &PlanSet) -> Option<Certainty> {
        let rules = self.rules().prohibited.iter();
        let apply = rules.filter(|(locations, plans, _)| {
            locations.contains(&location) && plans.as_ref().is_none_or(|plans| plans.meets(set))
        });
        apply
            .map(|(.., certainty)| *certainty)
            .min_by_key(|certainty| *certainty != Certainty::Confirmed)
    }

    /// What is wrong after a change that was not wrong before it (R14, R17, R18).
    pub fn new_violations(&self, before: &PlanSet, after: &PlanSet) -> Vec<Violation> {
        if before == after {
            return Vec::new();
        }
        let rules = self.rules();
        let mut found = Vec::new();
        for (group, certainty) in &rules.exclusive {
            let held = after.and(group);
            if held.iter().nth(1).is_some() && !held.minus(before).is_empty() {
                found.push(Violation {
                    kind: ViolationKind::Exclusive(held),
                    certainty: *certainty,
                });
            }
        }
        for (plan, any, certainty) in &rules.needs {
            let broken = |set: &PlanSet| set.has(*plan) && !set.meets(any);
            if broken(after) && !broken(before) {
                found.push(Violation {
                    kind: ViolationKind::Needs {
                        plan: *plan,
                        any: any.clone(),
                        was_on: before.has(*plan),
                    },
                    certainty: *certainty,
                });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r19_a_row_prohibits_its_plans_and_as_surely_as_it_says() {
        let (se, kp) = (Location::new("SE").unwrap(), Location::new("KP").unwrap());
        let set = |plan: usize| {
            let mut set = PlanSet::default();
            set.insert(plan);
            set
        };
        let table = PlanTable::default();
        let rules = PlanRules {
            prohibited: vec![
                (vec![kp], None, Certainty::Unconfirmed),
                (vec![se, kp], Some(set(3)), Certainty::Confirmed),
            ],
            ..PlanRules::default()
        };
        table.rules.set(rules).unwrap();
        for (place, plan, expected) in [
            (se, 2, None),
            (se, 3, Some(Certainty::Confirmed)),
            (kp, 2, Some(Certainty::Unconfirmed)),
            (kp, 3, Some(Certainty::Confirmed)),
        ] {
            assert_eq!(
                table.prohibits(place, &set(plan)),
                expected,
                "{place} {plan}"
            );
        }
    }
}
