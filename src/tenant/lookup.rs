//! How a thing of the tenant is found by what an admin types: any letter case, stray blanks, GUIDs in braces.

use std::sync::Arc;

use uuid::Uuid;

use super::catalogue::Catalogue;
use super::{Group, Plan, Product, Symbol, Tenant, User};
use crate::diagnostic::{Category, Diagnostic, nearest};
use crate::wildcard::{self, Wildcard};

impl Tenant {
    /// The user with this UPN or id, else with this mail address, alias, employee number or name on premises
    /// (`CONTOSO\anna`), where only one has it. A soft-deleted one is found by id only, since others may have its UPN.
    ///
    /// # Errors
    /// `AmbiguousUser`, with the candidates; `UserNotFound`, with the nearest UPN or the command that restores a deleted one.
    pub fn find_user(&self, text: &str) -> Result<&Arc<User>, Diagnostic> {
        let text = text.trim();
        if let Some(user) = self.user_by_upn(text) {
            return Ok(user);
        }
        let id = Uuid::try_parse(text).ok();
        if let Some(user) = id.and_then(|id| self.user(id)) {
            return Ok(user);
        }
        let name = text.rsplit_once('\\').map_or(text, |(_, name)| name);
        let called: Vec<_> = self.users_by_alias(name).collect();
        match called[..] {
            [user] => return Ok(user),
            [] => {}
            _ => return Err(ambiguous_user(text, &called)),
        }
        let refusal = user_not_found(text);
        if id.is_some() {
            return Err(refusal);
        }
        if self.deleted_named(text).next().is_some() {
            return Err(refusal.hint(format!("it was deleted: Restore-User {text}")));
        }
        if let Some(hint) = self.mistaken_for_user(text) {
            return Err(refusal.hint(hint));
        }
        Err(refusal.did_you_mean(text, self.similar_upns(text)))
    }

    /// What a text is that was taken for a UPN, if it is something else that the tenant knows.
    fn mistaken_for_user(&self, text: &str) -> Option<String> {
        if text.contains('@') {
            let is_row = text.contains([',', ';', '\t']);
            return is_row
                .then(|| "it looks like a row of a CSV: Import-Csv FILE reads those".to_owned());
        }
        if let Ok(product) = self.find_product(text) {
            let sku = product.part_number();
            return Some(format!("{sku} is a product: -Sku {sku}"));
        }
        let name = text.to_lowercase();
        let mut called = self
            .users()
            .iter()
            .filter(|user| user.deleted.is_none() && user.display_name.to_lowercase() == name);
        let first = called.next()?;
        Some(match called.next() {
            None => format!("that is the display name of {}", first.upn),
            Some(_) => format!("several are called so: Get-User -Search '{text}' lists them"),
        })
    }

    /// The soft-deleted user with this UPN or id; of several, the one deleted last.
    ///
    /// # Errors
    /// `UserNotFound`.
    pub fn find_deleted_user(&self, text: &str) -> Result<&Arc<User>, Diagnostic> {
        let text = text.trim();
        if let Some(user) = Uuid::try_parse(text).ok().and_then(|id| self.user(id))
            && user.deleted.is_some()
        {
            return Ok(user);
        }
        self.deleted_named(text)
            .max_by_key(|user| user.deleted)
            .ok_or_else(|| {
                let deleted = self.users().iter().filter(|user| user.deleted.is_some());
                Diagnostic::new(
                    "UserNotFound",
                    Category::NotFound,
                    format!("there is no deleted user {text}"),
                )
                .about(text)
                .hint("Get-User -Deleted lists them")
                .did_you_mean(text, deleted.map(|user| &*user.upn))
            })
    }

    fn deleted_named<'a>(&'a self, upn: &str) -> impl Iterator<Item = &'a Arc<User>> {
        let wanted = upn.to_lowercase();
        self.users().iter().filter(move |user| {
            let own = |upn: &str| upn.to_lowercase() == wanted;
            user.deleted.is_some()
                && (own(&user.upn) || user.upn_before_deletion().is_some_and(own))
        })
    }

    /// The UPNs worth comparing: thousands of misses on a large tenant must not take minutes.
    fn similar_upns<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a str> {
        let first = text.chars().next().map(|c| c.to_ascii_lowercase());
        let length = text.len();
        self.users()
            .iter()
            .take(50_000)
            .filter(move |user| {
                user.deleted.is_none()
                    && user.upn.len().abs_diff(length) <= 3
                    && user.upn.chars().next().map(|c| c.to_ascii_lowercase()) == first
            })
            .map(|user| &*user.upn)
            .take(1_000)
    }

    /// The product with this part number, GUID or display name (R22a).
    ///
    /// # Errors
    /// `AmbiguousSku` where two products answer to it, `UnknownSku` where none does.
    pub fn find_product(&self, text: &str) -> Result<&Arc<Product>, Diagnostic> {
        // R22a
        let text = text.trim();
        let id = Uuid::try_parse(text).ok();
        let wanted = text.to_lowercase();
        let mut found = self.products().iter().filter(|product| {
            id == Some(product.sku_id)
                || product.sku.to_lowercase() == wanted
                || product.part_number().to_lowercase() == wanted
                || product.name.to_lowercase() == wanted
        });
        match (found.next(), found.next()) {
            (Some(product), None) => Ok(product),
            (Some(first), Some(second)) => Err(ambiguous(
                text,
                [first, second].into_iter().chain(found).map(Arc::as_ref),
            )),
            (None, _) => Err(self.unknown_sku(text)),
        }
    }

    /// The products that a name or a pattern means; a pattern is tried on part numbers and display names.
    ///
    /// # Errors
    /// As [`Tenant::find_product`]; a pattern that means none is `UnknownSku` too.
    pub fn products_matching(&self, text: &str) -> Result<Vec<&Arc<Product>>, Diagnostic> {
        let exact = self.find_product(text);
        if !wildcard::is_pattern(text) || exact.is_ok() {
            return exact.map(|product| vec![product]);
        }
        let pattern = Wildcard::new(text.trim());
        let found: Vec<_> = self
            .products()
            .iter()
            .filter(|product| {
                pattern.matches(&product.sku)
                    || pattern.matches(product.part_number())
                    || pattern.matches(&product.name)
            })
            .collect();
        if found.is_empty() {
            return Err(Diagnostic::new(
                "UnknownSku",
                Category::NotFound,
                format!("no product of this tenant matches {text}"),
            )
            .about(text)
            .hint("Get-Subscription lists them"));
        }
        Ok(found)
    }

    fn unknown_sku(&self, text: &str) -> Diagnostic {
        let refusal =
            |message| Diagnostic::new("UnknownSku", Category::NotFound, message).about(text);
        let catalogue = Catalogue::get();
        let known: Vec<_> = catalogue.named(text).collect();
        if let [_, _, ..] = known[..] {
            let products: Vec<_> = known.iter().map(|sku| catalogue.product(sku)).collect();
            return ambiguous(text, products.iter());
        }
        if let [sku] = known[..] {
            return refusal(format!(
                "{} ({}) is a product that this tenant doesn't own",
                sku.name, sku.part_number
            ))
            .hint(format!("New-Subscription {} -Seats 1", sku.part_number));
        }
        // Of two that are equally near the later one is meant: the tenant's own.
        let elsewhere = catalogue
            .skus()
            .iter()
            .map(|sku| (sku.part_number, sku.name));
        let own = self.products().iter();
        let own = own.map(|product| (&**product.part_number(), &*product.name));
        let known: Vec<(&str, &str)> = elsewhere.chain(own).collect();
        let names = known.iter().flat_map(|(number, name)| [*number, *name]);
        let meant = nearest(text, names).and_then(|near| {
            known
                .iter()
                .rfind(|(number, name)| near == *number || near == *name)
        });
        // `E3` alone is near to nothing, but it is a word of what the tenant owns.
        let word = |name: &str| {
            name.split([' ', '_', '(', ')'])
                .any(|word| word.eq_ignore_ascii_case(text))
        };
        let meant = meant.copied().or_else(|| {
            let mut own = self.products().iter().filter(|product| word(&product.name));
            own.next()
                .map(|product| (&**product.part_number(), &*product.name))
        });
        refusal(format!("there is no product {text}")).hint(match meant {
            Some((number, name)) => format!("did you mean {number}, {name}?"),
            None => "Get-Subscription lists the products of this tenant".to_owned(),
        })
    }

    /// The group of this name or id.
    ///
    /// # Errors
    /// `GroupNotFound`; `AmbiguousGroup` where two groups have the name.
    pub fn find_group(&self, text: &str) -> Result<&Arc<Group>, Diagnostic> {
        let text = text.trim();
        if let Some(group) = Uuid::try_parse(text).ok().and_then(|id| self.group(id)) {
            return Ok(group);
        }
        let wanted = text.to_lowercase();
        let named: Vec<_> = self
            .groups()
            .iter()
            .filter(|group| group.name.to_lowercase() == wanted)
            .collect();
        match named[..] {
            [group] => Ok(group),
            [] => Err(Diagnostic::new(
                "GroupNotFound",
                Category::NotFound,
                format!("there is no group {text}"),
            )
            .about(text)
            .hint("Get-Group lists them")
            .did_you_mean(text, self.groups().iter().map(|group| &*group.name))),
            _ => Err(Diagnostic::new(
                "AmbiguousGroup",
                Category::NotFound,
                format!("{} groups are named {text}", named.len()),
            )
            .about(text)
            .hint(format!(
                "name one by its id: {}",
                join(named.iter().map(|group| group.id))
            ))),
        }
    }

    /// The plan of a product by its name, id or title.
    ///
    /// # Errors
    /// `UnknownPlan`, with the nearest name.
    pub fn find_plan<'a>(&self, product: &'a Product, text: &str) -> Result<&'a Plan, Diagnostic> {
        let text = text.trim();
        let id = Uuid::try_parse(text).ok();
        let wanted = text.to_lowercase();
        let title = |plan: &Plan| plan.title.as_ref().map(|title| title.to_lowercase());
        product
            .plans
            .iter()
            .find(|plan| id == Some(plan.id) || plan.name.to_lowercase() == wanted)
            .or_else(|| {
                let mut titled = product.plans.iter();
                titled.find(|plan| title(plan).as_ref() == Some(&wanted))
            })
            .ok_or_else(|| {
                Diagnostic::new(
                    "UnknownPlan",
                    Category::NotFound,
                    format!("{} has no service plan {text}", product.name),
                )
                .about(text)
                .hint(format!("Get-ServicePlan -Sku {} lists them", product.sku))
                .did_you_mean(text, product.plans.iter().map(|plan| &*plan.name))
            })
    }

    /// `Office 365 E3 (ENTERPRISEPACK)`, for messages.
    pub(super) fn title(&self, sku: &Symbol) -> String {
        match self.product(sku) {
            Some(product) => format!("{} ({})", product.name, product.part_number()),
            None => sku.to_string(),
        }
    }
}

pub(super) fn user_not_found(text: &str) -> Diagnostic {
    Diagnostic::new(
        "UserNotFound",
        Category::NotFound,
        format!("there is no user {text}"),
    )
    .about(text)
    .hint("Get-User lists them")
}

fn ambiguous_user(text: &str, candidates: &[&Arc<User>]) -> Diagnostic {
    const SHOWN: usize = 5;
    let mut list = join(candidates.iter().take(SHOWN).map(|user| &user.upn));
    if candidates.len() > SHOWN {
        list += &format!(" and {} more", candidates.len() - SHOWN);
    }
    Diagnostic::new(
        "AmbiguousUser",
        Category::NotFound,
        format!("{text} stands for several users: {list}"),
    )
    .about(text)
    .hint("name one by UPN or id")
}

pub(super) fn ambiguous<'a>(
    text: &str,
    candidates: impl Iterator<Item = &'a Product>,
) -> Diagnostic {
    let list = join(candidates.map(|product| {
        format!(
            "{} {} ({})",
            product.sku_id,
            product.part_number(),
            product.name
        )
    }));
    Diagnostic::new(
        "AmbiguousSku",
        Category::NotFound,
        format!("{text} stands for several products: {list}"),
    )
    .about(text)
    .hint("name one by its GUID")
}

pub(super) fn join(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}
