//! What the product promises, over commands by chance: a rehearsal says what the command then does and changes nothing;
//! what is taken back is as it was; and the disk knows all of it.

use tenantsh::diagnostic::Category;
use tenantsh::tenant::Tenant;
use tenantsh::value::Value;

use crate::random::Random;
use crate::support::{Rig, sample};

const GROUPS: [&str; 5] = [
    "Sales",
    "'Security baseline'",
    "Leadership",
    "'Works council'",
    "'E1 for everyone in HR'",
];

/// A command by chance, of those that change something.
pub fn command(random: &mut Random, tenant: &Tenant) -> String {
    let users = tenant.users();
    let user = format!("'{}'", users[random.below(users.len())].upn);
    let products = tenant.products();
    let sku = &products[random.below(products.len())].sku;
    let group = random.of(&GROUPS);
    let new = format!("new{}@contoso.com", random.below(4));
    match random.below(30) {
        0 => format!("Remove-License {user} -Sku {sku}"),
        1 => format!("Remove-License {user} -All"),
        2 => format!("Add-License {user} -Sku {sku} -UsageLocation SE"),
        3 => format!("Set-License {user} -Sku {sku}"),
        4 => format!("Remove-User {user}"),
        5 => "Get-User -Deleted | Restore-User".to_owned(),
        6 => format!("Block-User {user}"),
        7 => format!("Unblock-User {user}"),
        8 => format!("Set-User {user} -City Visby -Department 'Old Town'"),
        9 => format!("Add-GroupMember {group} {user}"),
        10 => format!("Remove-GroupMember {group} {user}"),
        11 => format!("Add-GroupLicense {group} -Sku {sku}"),
        12 => format!("Remove-GroupLicense {group} -Sku {sku}"),
        13 => format!("Set-Subscription {sku} -Seats {}", 1 + random.below(40)),
        14 => format!("New-User {new} -DisplayName New -UsageLocation SE"),
        15 => format!("Set-User {user} -NewUserPrincipalName {new}"),
        16 => format!("Add-RoleMember 'User Administrator' {user}"),
        17 => format!("Remove-RoleMember 'User Administrator' {user}"),
        18 => format!("Set-TenantClock +{}d", 1 + random.below(40)),
        19 => "Invoke-Retention".to_owned(),
        20 => format!("Revoke-UserSession {user}"),
        21 => format!("Get-User -Group {group} | Remove-License -All"),
        22 => format!("Get-User -Department Sales | Add-License -Sku {sku}"),
        23 => format!("Set-Mailbox {user} -Type Shared"),
        24 => format!("Set-Mailbox {user} -LitigationHold:$true"),
        25 => format!(
            "Copy-License {user} -From {}",
            users[random.below(users.len())].upn
        ),
        26 => format!("Disable-ServicePlan {user} -Sku {sku} -Plan *TEAMS*"),
        27 => "Get-User -HasError | Update-License".to_owned(),
        28 => "Get-User -Department Sales | Set-User -UsageLocation DE".to_owned(),
        _ => "Get-User -Disabled | Remove-License -All".to_owned(),
    }
}

/// A row without what a rehearsal can't know: which number the change will have.
fn told(value: &Value) -> Vec<(String, String)> {
    let Value::Object(row) = value else {
        return Vec::new();
    };
    let text = |name: &str| {
        row.property(name)
            .unwrap_or_default()
            .to_text()
            .into_owned()
    };
    let rehearsed = text("Outcome") == "WhatIf";
    let mut told = Vec::new();
    for name in row.properties() {
        let own = match *name {
            "Change" | "Would" => continue,
            "Outcome" if rehearsed => text("Would"),
            "Reason" if rehearsed && text(name).starts_with("would be ") => String::new(),
            // Taking a rehearsal back may leave licenses in another order.
            "Consequences" => {
                let mut words: Vec<_> = text(name)
                    .split([' ', ',', ';'])
                    .map(str::to_owned)
                    .collect();
                words.sort();
                words.join(" ")
            }
            _ => text(name),
        };
        told.push(((*name).to_owned(), own));
    }
    told
}

/// The rows of a line, or the id of the fault that ends it.
fn run(rig: &mut Rig, line: &str) -> Result<Vec<Value>, &'static str> {
    match rig.try_run(line) {
        Ok(_) => Ok(std::mem::take(&mut *rig.values.borrow_mut())),
        Err(faults) => Err(faults[0].id),
    }
}

/// A command, rehearsed and in earnest; sometimes two of them as one.
fn lines(random: &mut Random, tenant: &Tenant) -> (String, String) {
    let first = command(random, tenant);
    if random.below(5) > 0 {
        return (
            format!("{first} -WhatIf"),
            format!("{first} -Confirm:$false"),
        );
    }
    let second = command(random, tenant);
    let block = format!("{{ {first} -Confirm:$false; {second} -Confirm:$false }}");
    (
        format!("Invoke-Transaction {block} -WhatIf"),
        format!("transaction {block}"),
    )
}

fn tenant(rig: &Rig) -> Tenant {
    Tenant::clone(&rig.session.borrow().tenant())
}

/// Commands by chance, each rehearsed first, and then all taken back, the last one first.
fn keeps_its_promises(seed: u64, commands: usize) -> usize {
    let mut random = Random(seed);
    let dir = tempfile::tempdir().unwrap();
    let mut rig = Rig::kept(dir.path());
    let mut done: Vec<(String, i64, Tenant)> = Vec::new();
    for _ in 0..commands {
        let before = tenant(&rig);
        let (rehearsal, line) = lines(&mut random, &before);
        let rehearsed = run(&mut rig, &rehearsal);
        assert!(
            tenant(&rig) == before,
            "seed {seed}: {rehearsal} changed something"
        );
        let rows = run(&mut rig, &line);
        let (rehearsed, rows) = match (rehearsed, rows) {
            (Ok(rehearsed), Ok(rows)) => (rehearsed, rows),
            (rehearsed, rows) => {
                assert_eq!(rehearsed.err(), rows.err(), "seed {seed}: {line}");
                assert!(
                    line.starts_with("transaction"),
                    "seed {seed}: {line} failed"
                );
                assert!(tenant(&rig) == before, "seed {seed}: {line} left something");
                continue;
            }
        };
        let sorted = |rows: &[Value]| {
            let mut rows: Vec<_> = rows.iter().map(told).collect();
            rows.sort();
            rows
        };
        let (said, happened) = (sorted(&rehearsed), sorted(&rows));
        assert_eq!(said, happened, "seed {seed}: {line}");
        let numbers = rows.iter().filter_map(|row| match row {
            Value::Object(row) => match row.property("Change") {
                Some(Value::Int(number)) => Some(number),
                _ => None,
            },
            _ => None,
        });
        match numbers.max() {
            Some(number) => done.push((line, number, before)),
            None => assert!(
                tenant(&rig) == before,
                "seed {seed}: {line} didn't tell what it did"
            ),
        }
    }
    let count = done.len();
    for (line, number, before) in done.into_iter().rev() {
        let rows = run(&mut rig, &format!("Undo-Change {number} -Confirm:$false")).unwrap();
        let outcomes: Vec<_> = rows
            .iter()
            .map(|row| row.member("Outcome").unwrap().to_text().into_owned())
            .collect();
        if outcomes.iter().any(|own| own != "Undone") {
            // A rule may stand in the way, such as that of a subscription that has ended; nothing else.
            let session = rig.session.borrow();
            assert!(
                session.errors[0].category == Category::Rule,
                "seed {seed}: {line}: {:?}",
                session.errors[0]
            );
            return count;
        }
        assert!(
            tenant(&rig) == before,
            "seed {seed}: {line} was not taken back"
        );
    }
    assert!(tenant(&rig) == sample(), "seed {seed}");
    drop(rig);
    let opened = Rig::kept(dir.path());
    assert!(tenant(&opened) == sample(), "seed {seed}: on the disk");
    count
}

#[test]
fn a_rehearsal_is_true_and_what_is_done_can_be_taken_back() {
    let mut done = 0;
    for seed in 1..=12 {
        done += keeps_its_promises(seed, 30);
    }
    assert!(done > 100, "only {done} commands changed something");
}

/// More of the same: `PROMISES=1000 cargo test --release --test it promise::many -- --ignored --nocapture`.
#[test]
#[ignore = "runs PROMISES (200) times 60 commands"]
fn many() {
    let count = std::env::var("PROMISES").map_or(200, |text| text.parse().unwrap());
    let done: usize = (1_000..1_000 + count)
        .map(|seed| keeps_its_promises(seed, 60))
        .sum();
    println!("{done} changes were rehearsed, done and taken back");
}
