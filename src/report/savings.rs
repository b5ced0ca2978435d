//! What is paid for and wasted: seats of people who don't use them, of products that others include, of nobody.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Bar, Cell, Report, Section};
use crate::tenant::{AppliesTo, Assignment, Product, SignIn, Symbol, Tenant, User, needs_license};

/// What a seat costs in a month, by product.
#[derive(Debug, Default)]
pub struct Prices {
    per_seat: HashMap<String, i64>,
    pub currency: String,
}

impl Prices {
    pub fn is_empty(&self) -> bool {
        self.per_seat.is_empty()
    }

    pub fn set(&mut self, sku: &str, hundredths: i64) {
        self.per_seat.insert(sku.to_lowercase(), hundredths);
    }

    fn of(&self, product: &Product) -> Option<i64> {
        let names = [&*product.sku, &**product.part_number(), &*product.name];
        let mut found = names
            .iter()
            .filter_map(|name| self.per_seat.get(&name.to_lowercase()));
        found.next().copied()
    }

    fn cell(&self, hundredths: i64) -> Cell {
        match self.is_empty() {
            true => Cell::Empty,
            false => Cell::Money(hundredths, self.currency.clone()),
        }
    }
}

/// Why a seat is wasted. The first that holds is told, so that no seat counts twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Disabled,
    NeverSignedIn,
    Inactive,
    Included,
    Unassigned,
}

impl Reason {
    const ALL: [Reason; 5] = [
        Reason::Disabled,
        Reason::NeverSignedIn,
        Reason::Inactive,
        Reason::Included,
        Reason::Unassigned,
    ];

    fn name(self, days: i64) -> String {
        match self {
            Reason::Disabled => "Sign-in is disabled".to_owned(),
            Reason::NeverSignedIn => "Never signed in".to_owned(),
            Reason::Inactive => format!("Not signed in for {days} days"),
            Reason::Included => "Included in another product".to_owned(),
            Reason::Unassigned => "Assigned to nobody".to_owned(),
        }
    }
}

/// A seat of a user that is wasted.
struct Waste<'t> {
    reason: Reason,
    user: &'t User,
    product: &'t Product,
    price: i64,
    /// It goes only with the membership of a group.
    group: Option<Uuid>,
    lost: String,
    /// What keeps it from being taken away.
    kept: Option<&'static str>,
}

/// The report.
pub fn savings(tenant: &Tenant, now: Timestamp, days: i64, prices: &Prices) -> Report {
    let before = now
        .checked_sub(jiff::SignedDuration::from_hours(days.saturating_mul(24)))
        .unwrap_or(Timestamp::MIN);
    let live = || tenant.users().iter().filter(|user| user.deleted.is_none());
    let mut wastes: Vec<Waste> = Vec::new();
    let mut twice: Vec<(&User, &Product)> = Vec::new();
    for user in live() {
        let reason = idle(user, before);
        let mut seen: Vec<&Symbol> = Vec::new();
        for held in user.held() {
            let Some(product) = tenant.product(&held.sku) else {
                continue;
            };
            let same = || user.held().filter(|other| other.sku == held.sku);
            if seen.contains(&&held.sku) {
                continue;
            }
            seen.push(&held.sku);
            if same().any(|own| own.group.is_none()) && same().any(|own| own.group.is_some()) {
                twice.push((user, product));
            }
            let included = || is_included(tenant, user, held).then_some(Reason::Included);
            let Some(reason) = reason.or_else(included) else {
                continue;
            };
            let direct = same().any(|own| own.group.is_none()) && same().count() == 1;
            wastes.push(Waste {
                reason,
                user,
                product,
                price: prices.of(product).unwrap_or(0),
                group: same().find_map(|own| own.group).filter(|_| !direct),
                lost: lost(user, reason),
                kept: kept(user, reason),
            });
        }
    }
    let free: Vec<(&Arc<Product>, i64, i64)> = tenant
        .products()
        .iter()
        .map(|product| {
            let free = i64::from(tenant.free(&product.sku));
            (product, free, free * prices.of(product).unwrap_or(0))
        })
        .filter(|(_, free, _)| *free > 0)
        .collect();

    let free_seats: i64 = free.iter().map(|(_, seats, _)| seats).sum();
    let free_money: i64 = free.iter().map(|(_, _, money)| money).sum();
    let seats = count(&wastes, |_| true) + free_seats;
    let money = sum(&wastes, |_| true) + free_money;
    let can_go = |waste: &Waste| waste.kept.is_none();
    let net_seats = count(&wastes, can_go) + free_seats;
    let net_money = sum(&wastes, can_go) + free_money;
    let mut facts = vec![
        ("Seats bought".to_owned(), Cell::Count(bought(tenant))),
        ("Seats wasted".to_owned(), Cell::Count(seats)),
        ("Seats that can be saved".to_owned(), Cell::Count(net_seats)),
    ];
    if !prices.is_empty() {
        facts.push(("Wasted a month".to_owned(), prices.cell(money)));
        facts.push(("Can be saved a month".to_owned(), prices.cell(net_money)));
        facts.push((
            "Can be saved a year".to_owned(),
            prices.cell(net_money * 12),
        ));
    }
    let unknown = live()
        .filter(|user| user.enabled && user.held().next().is_some())
        .filter(|user| user.signed_in() == SignIn::Unknown && user.last_used().is_none())
        .count();
    facts.push((
        "Users whose sign-ins nobody knows".to_owned(),
        Cell::count(unknown),
    ));

    let mut report = Report {
        title: format!("Licenses that {} could save", tenant.organisation().name),
        as_of: now,
        facts,
        sections: Vec::new(),
    };
    report
        .sections
        .push(by_reason(&wastes, (free_seats, free_money), days, prices));
    report.sections.push(by_product(tenant, &wastes, prices));
    report.sections.push(by_department(&wastes, prices));
    report.sections.push(realise(&wastes, &free, tenant, days));
    report.sections.push(what_is_lost(&wastes));
    report.sections.push(people(tenant, &wastes, days, prices));
    report.sections.push(Section {
        title: "Given twice".to_owned(),
        note: "Directly and through a group. Taking the direct one away frees no seat, and costs none: it only makes plain \
               who gets the product from where."
            .to_owned(),
        columns: vec!["User", "Name", "Product"],
        rows: twice
            .iter()
            .map(|(user, product)| {
                vec![
                    Cell::text(&*user.upn),
                    Cell::text(&*user.display_name),
                    Cell::text(&*product.name),
                ]
            })
            .collect(),
        ..Section::default()
    });
    report
}

/// Why a user has no use for a license, as far as it is known.
fn idle(user: &User, before: Timestamp) -> Option<Reason> {
    if !user.enabled {
        return Some(Reason::Disabled);
    }
    match (user.signed_in(), user.last_used()) {
        (SignIn::Never, None) => {
            // Somebody new hasn't had the time to.
            let created = user.created.map(Timestamp::from);
            created
                .is_some_and(|at| at < before)
                .then_some(Reason::NeverSignedIn)
        }
        (SignIn::At(at), used) => {
            let last = Timestamp::from(Some(at).max(used).unwrap_or(at));
            (last <= before).then_some(Reason::Inactive)
        }
        _ => None,
    }
}

/// Whether another product of the user gives all that one gives.
fn is_included(tenant: &Tenant, user: &User, held: &Assignment) -> bool {
    let plans = |held: &Assignment| -> Vec<Uuid> {
        let product = tenant.product(&held.sku);
        let all = product.into_iter().flat_map(|product| product.plans.iter());
        all.filter(|plan| plan.applies_to == AppliesTo::User)
            .filter(|plan| !held.disabled.contains(&plan.name))
            // It fills products up that come without a mailbox, and gives nobody anything.
            .filter(|plan| &*plan.name != "EXCHANGE_S_FOUNDATION")
            .map(|plan| plan.id)
            .collect()
    };
    let own = plans(held);
    let mut others = user.held().filter(|other| other.sku != held.sku);
    !own.is_empty()
        && others.any(|other| {
            let theirs = plans(other);
            let equal = theirs.len() == own.len();
            // Of two that give the same one stays.
            own.iter().all(|plan| theirs.contains(plan)) && (!equal || other.sku < held.sku)
        })
}

fn megabytes(size: u64) -> String {
    Cell::Count(i64::try_from(size).unwrap_or(i64::MAX)).shown()
}

/// What goes with the last license of somebody.
fn lost(user: &User, reason: Reason) -> String {
    let data = user.data.as_ref().filter(|_| reason != Reason::Included);
    let mailbox = data.and_then(|data| data.mailbox.as_ref());
    let drive = data.and_then(|data| data.onedrive.as_ref());
    let mut parts = Vec::new();
    if let Some(mailbox) = mailbox.filter(|mailbox| mailbox.size_mb > 0) {
        parts.push(format!("mailbox, {} MB", megabytes(mailbox.size_mb)));
    }
    if let Some(drive) = drive.filter(|drive| drive.size_mb > 0) {
        parts.push(format!("OneDrive, {} MB", megabytes(drive.size_mb)));
    }
    parts.join("; ")
}

/// Why a license must stay all the same.
fn kept(user: &User, reason: Reason) -> Option<&'static str> {
    let data = user.data.as_ref().filter(|_| reason != Reason::Included)?;
    let mailbox = data.mailbox.as_ref()?;
    if mailbox.litigation_hold.is_some() {
        return Some("mailbox on litigation hold");
    }
    (mailbox.shared && needs_license(mailbox)).then_some("shared mailbox that needs a license")
}

fn bought(tenant: &Tenant) -> i64 {
    let products = tenant.products().iter();
    products
        .map(|product| i64::from(tenant.seats(&product.sku).usable()))
        .sum()
}

fn count(wastes: &[Waste], counts: impl Fn(&Waste) -> bool) -> i64 {
    i64::try_from(wastes.iter().filter(|waste| counts(waste)).count()).unwrap_or(i64::MAX)
}

fn sum(wastes: &[Waste], counts: impl Fn(&Waste) -> bool) -> i64 {
    wastes
        .iter()
        .filter(|waste| counts(waste))
        .map(|waste| waste.price)
        .sum()
}

/// Bars of money, or of seats where no price is known; the longest first.
fn bars(rows: &[(String, i64, i64)], prices: &Prices) -> Vec<Bar> {
    const MOST: usize = 12;
    let mut bars: Vec<Bar> = rows
        .iter()
        .map(|(label, seats, money)| Bar {
            label: label.clone(),
            value: if prices.is_empty() { *seats } else { *money },
            shown: match prices.is_empty() {
                true => format!("{} seats", Cell::Count(*seats).shown()),
                false => prices.cell(*money).shown(),
            },
        })
        .filter(|bar| bar.value > 0)
        .collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.value));
    bars.truncate(MOST);
    bars
}

fn by_reason(wastes: &[Waste], free: (i64, i64), days: i64, prices: &Prices) -> Section {
    let mut shown = Vec::new();
    let mut rows = Vec::new();
    for reason in Reason::ALL {
        let of = |waste: &Waste| waste.reason == reason;
        let net = |waste: &Waste| of(waste) && waste.kept.is_none();
        let (seats, money, net_seats, net_money) = match reason {
            Reason::Unassigned => (free.0, free.1, free.0, free.1),
            _ => (
                count(wastes, of),
                sum(wastes, of),
                count(wastes, net),
                sum(wastes, net),
            ),
        };
        let mut people: Vec<Uuid> = wastes.iter().filter(|w| of(w)).map(|w| w.user.id).collect();
        people.dedup();
        shown.push((reason.name(days), seats, money));
        rows.push(vec![
            Cell::text(reason.name(days)),
            Cell::count(people.len()),
            Cell::Count(seats),
            prices.cell(money),
            Cell::Count(net_seats),
            prices.cell(net_money),
        ]);
    }
    Section {
        title: "By reason".to_owned(),
        note: "Each seat counts once, under the first reason that holds. Net is without those that must stay.".to_owned(),
        bars: bars(&shown, prices),
        columns: vec!["Reason", "People", "Seats", "A month", "Net seats", "Net a month"],
        rows,
        ..Section::default()
    }
}

fn by_product(tenant: &Tenant, wastes: &[Waste], prices: &Prices) -> Section {
    let mut shown = Vec::new();
    let mut rows = Vec::new();
    for product in tenant.products() {
        let of = |waste: &Waste| waste.product.sku == product.sku;
        let seats = tenant.seats(&product.sku);
        let (free, price) = (i64::from(seats.free), prices.of(product));
        let wasted = count(wastes, of) + free;
        let money = wasted * price.unwrap_or(0);
        shown.push((product.name.to_string(), wasted, money));
        rows.push(vec![
            Cell::text(&*product.name),
            Cell::text(&**product.part_number()),
            Cell::Count(i64::from(seats.usable())),
            Cell::Count(i64::from(seats.consumed)),
            Cell::Count(free),
            Cell::Count(wasted),
            price.map_or(Cell::Empty, |price| prices.cell(price)),
            prices.cell(money),
        ]);
    }
    let unpriced = tenant
        .products()
        .iter()
        .filter(|p| prices.of(p).is_none())
        .count();
    Section {
        title: "By product".to_owned(),
        note: match (prices.is_empty(), unpriced) {
            (true, _) => {
                "No prices were given: -Prices names a CSV with the columns Sku and PricePerSeat."
                    .to_owned()
            }
            (false, 0) => String::new(),
            (false, 1) => "One product has no price, and counts as free of charge.".to_owned(),
            (false, many) => format!("{many} products have no price, and count as free of charge."),
        },
        bars: bars(&shown, prices),
        columns: vec![
            "Product", "Sku", "Bought", "In use", "Free", "Wasted", "A seat", "A month",
        ],
        rows,
        ..Section::default()
    }
}

fn by_department(wastes: &[Waste], prices: &Prices) -> Section {
    let mut all: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for waste in wastes {
        let department = waste.user.department.as_deref().unwrap_or("(none)");
        let (seats, money) = all.entry(department).or_default();
        *seats += 1;
        *money += waste.price;
    }
    let rows: Vec<(String, i64, i64)> = all
        .into_iter()
        .map(|(name, (seats, money))| (name.to_owned(), seats, money))
        .collect();
    Section {
        title: "By department".to_owned(),
        note: "Seats of people; those assigned to nobody belong to no department.".to_owned(),
        bars: bars(&rows, prices),
        columns: vec!["Department", "Seats", "A month"],
        rows: rows
            .into_iter()
            .map(|(name, seats, money)| {
                vec![Cell::Text(name), Cell::Count(seats), prices.cell(money)]
            })
            .collect(),
        ..Section::default()
    }
}

/// The lines that do it, each of which is a rehearsal until -WhatIf is taken away.
fn realise(
    wastes: &[Waste],
    free: &[(&Arc<Product>, i64, i64)],
    tenant: &Tenant,
    days: i64,
) -> Section {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut lines = Vec::new();
    for (reason, users) in [
        (Reason::Disabled, "Get-User -Disabled -Licensed".to_owned()),
        (
            Reason::NeverSignedIn,
            format!(
                "Get-User -Enabled -Licensed -NeverSignedIn | Where-Object Created -lt (Get-Date -{days}d)"
            ),
        ),
        (
            Reason::Inactive,
            format!("Get-User -Enabled -Licensed -InactiveDays {days}"),
        ),
    ] {
        let of: Vec<&Waste> = wastes
            .iter()
            .filter(|waste| waste.reason == reason)
            .collect();
        if of.iter().all(|waste| waste.kept.is_some()) {
            continue;
        }
        let mut kept: Vec<String> = of
            .iter()
            .filter(|waste| waste.kept.is_some())
            .map(|waste| quoted(&waste.user.upn))
            .collect();
        kept.dedup();
        let without = match kept.is_empty() {
            true => String::new(),
            false => format!(
                " | Where-Object UserPrincipalName -notin {}",
                kept.join(", ")
            ),
        };
        lines.push(format!("{users}{without} | Remove-License -All -WhatIf"));
    }
    for product in tenant.products() {
        let of = |waste: &&Waste| {
            waste.reason == Reason::Included
                && waste.product.sku == product.sku
                && waste.group.is_none()
        };
        let people: Vec<String> = wastes
            .iter()
            .filter(of)
            .map(|waste| quoted(&waste.user.upn))
            .collect();
        if !people.is_empty() {
            let sku = quoted(&product.sku);
            lines.push(format!(
                "{} | Remove-License -Sku {sku} -WhatIf",
                people.join(", ")
            ));
        }
    }
    for (product, seats, _) in free {
        let left = i64::from(tenant.seats(&product.sku).usable()) - seats;
        let sku = quoted(&product.sku);
        lines.push(format!("Set-Subscription {sku} -Seats {left} -WhatIf"));
    }
    if !wastes.is_empty() {
        // The seats of people are free only then.
        lines.push("Get-Subscription | Where-Object Free -gt 0".to_owned());
    }
    let inherited = count(wastes, |waste| waste.group.is_some());
    Section {
        title: "How to save it".to_owned(),
        note: format!(
            "Each line only rehearses; without -WhatIf it is done. Seats are given back where they were bought, at the next \
             renewal. {} of these seats come through groups: they go when the people leave the group.",
            Cell::Count(inherited).shown()
        ),
        lines,
        ..Section::default()
    }
}

fn what_is_lost(wastes: &[Waste]) -> Section {
    let mut users: Vec<(&User, Option<&'static str>)> = wastes
        .iter()
        .filter(|waste| waste.reason != Reason::Included)
        .map(|waste| (waste.user, waste.kept))
        .collect();
    users.dedup_by_key(|(user, _)| user.id);
    let (kept, gone): (Vec<_>, Vec<_>) = users.into_iter().partition(|(_, kept)| kept.is_some());
    let size = |part: &dyn Fn(&User) -> u64| -> (usize, i64) {
        let sizes: Vec<u64> = gone
            .iter()
            .map(|(user, _)| part(user))
            .filter(|mb| *mb > 0)
            .collect();
        (
            sizes.len(),
            i64::try_from(sizes.iter().sum::<u64>()).unwrap_or(i64::MAX),
        )
    };
    let data = |user: &User| user.data.clone().unwrap_or_default();
    let mailboxes = size(&|user| data(user).mailbox.map_or(0, |mailbox| mailbox.size_mb));
    let drives = size(&|user| data(user).onedrive.map_or(0, |drive| drive.size_mb));
    let row =
        |name: &str, of: (usize, i64)| vec![Cell::text(name), Cell::count(of.0), Cell::Count(of.1)];
    Section {
        title: "What would be lost".to_owned(),
        note: format!(
            "A mailbox without a license is kept for 30 days and then deleted. Sizes are those that the tenant's data tells. {}",
            match kept.len() {
                0 => "Nobody must keep a license.".to_owned(),
                1 => "One user must keep a license, for the mailbox.".to_owned(),
                many => format!("{many} users must keep a license, for the mailbox."),
            }
        ),
        columns: vec!["What", "People", "MB"],
        rows: vec![row("Mailboxes", mailboxes), row("OneDrives", drives)],
        ..Section::default()
    }
}

fn people(tenant: &Tenant, wastes: &[Waste], days: i64, prices: &Prices) -> Section {
    let rows = wastes.iter().map(|waste| {
        let from = waste.group.and_then(|id| tenant.group(id));
        vec![
            Cell::text(&*waste.user.upn),
            Cell::text(&*waste.user.display_name),
            Cell::text(waste.user.department.as_deref().unwrap_or_default()),
            Cell::text(&*waste.product.name),
            Cell::text(waste.reason.name(days)),
            Cell::text(from.map_or("directly", |group| &group.name)),
            prices.cell(waste.price),
            Cell::text(waste.lost.as_str()),
            Cell::text(waste.kept.unwrap_or_default()),
        ]
    });
    Section {
        title: "People".to_owned(),
        note: "A click on a heading sorts.".to_owned(),
        columns: vec![
            "User",
            "Name",
            "Department",
            "Product",
            "Reason",
            "Given",
            "A month",
            "Would be lost",
            "Must stay",
        ],
        rows: rows.collect(),
        ..Section::default()
    }
}
