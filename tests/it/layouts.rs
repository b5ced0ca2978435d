//! tenant.yaml in every layout that is read: what a checkpoint makes of it says what the tenant holds, to two readers,
//! and what did not change stays byte for byte.
//!
//! Longer: `LAYOUTS=30000 cargo test --release --test it layouts -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use tenantsh::store::{self, Disk, Holder, RealDisk, Store};
use tenantsh::tenant::{Group, Organisation, Product, Tenant, TenantData, User};

use crate::promise::command;
use crate::random::Random;
use crate::support::{NOW, Rig, sample};

mod edits;

use edits::{Edit, GLOBAL, LOCAL, items};

/// The file as the YAML crate reads it, without any of our own reading.
#[derive(Deserialize)]
struct Whole {
    organisation: Organisation,
    #[serde(default)]
    products: Vec<Product>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    users: Vec<User>,
}

fn by_crate(text: &str) -> Result<Tenant, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let whole: Whole = serde_yaml::from_str(text).map_err(|e| e.to_string())?;
    Tenant::new(TenantData {
        organisation: whole.organisation,
        products: whole.products,
        groups: whole.groups,
        users: whole.users,
    })
    .map_err(|faults| format!("{faults:?}"))
}

fn open(dir: &Path) -> Result<Tenant, String> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let now: Timestamp = NOW.parse().unwrap();
    match Store::open(disk, dir, Holder::new("admin", now)) {
        Ok(opened) => match opened.store.read_only_reason() {
            None => Ok(opened.tenant),
            Some(fault) => Err(fault.to_string()),
        },
        Err(fault) => Err(fault.to_string()),
    }
}

/// A shell on a part of the sample that says all kinds of things and is short.
fn shell(dir: &Path) -> Rig {
    if !dir.join("tenant.yaml").exists() {
        let mut parts = sample().parts();
        let used = format!(
            "{:?}",
            parts.users.iter().map(|u| &u.licenses).collect::<Vec<_>>()
        );
        for product in &mut parts.products {
            let mut kept = 0;
            product.plans.retain(|plan| {
                kept += 1;
                kept < 4 || plan.name.contains("TEAMS") || used.contains(&*plan.name)
            });
        }
        parts.users.truncate(20);
        let tenant = Tenant::new(parts).unwrap();
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        store::create(&disk, dir, &tenant, NOW.parse().unwrap(), "admin").unwrap();
    }
    Rig::kept(dir)
}

fn read(dir: &Path) -> String {
    fs::read_to_string(dir.join("tenant.yaml")).unwrap()
}

/// The blocks of the users, each under its id.
fn blocks(text: &str) -> BTreeMap<String, &str> {
    let items = items(text, "users");
    let block = |range: std::ops::Range<usize>| {
        let block = text[range].trim_end();
        let at = block.find("id")?;
        let id = block[at..].split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
        let id = id.into_iter().find(|word| word.len() == 36)?;
        Some((id.to_owned(), block))
    };
    items.into_iter().filter_map(block).collect()
}

fn notes(text: &str) -> usize {
    text.matches("# note ").count()
}

/// Both readers find what the tenant in memory holds.
fn assert_holds(dir: &Path, tenant: &Tenant, what: &str) {
    let text = read(dir);
    match by_crate(&text) {
        Ok(read) => assert!(
            read == *tenant,
            "{what}: another tenant by the crate\n{text}"
        ),
        Err(fault) => panic!("{what}: {fault}\n{text}"),
    }
    match open(dir) {
        Ok(read) => assert!(read == *tenant, "{what}: another tenant\n{text}"),
        Err(fault) => panic!("{what}: {fault}\n{text}"),
    }
}

/// Makes an edit, if the file is read and means the same after it; whether it was made.
fn edit(dir: &Path, edit: Edit, random: &mut Random, what: &str) -> bool {
    let before = read(dir);
    let Some(after) = edit(&before, random) else {
        return false;
    };
    let was = open(dir).unwrap_or_else(|fault| panic!("{what}: {fault}\n{before}"));
    fs::write(dir.join("tenant.yaml"), &after).unwrap();
    match open(dir) {
        Ok(tenant) if tenant == was => true,
        // An edit that says something else is none of layout, as long as both readers see it so.
        Ok(tenant) if by_crate(&after).is_ok_and(|read| read == tenant) => {
            fs::write(dir.join("tenant.yaml"), before).unwrap();
            false
        }
        Ok(tenant) => panic!(
            "{what}: the edit changed the meaning (the crate agrees: {})\n{before}\n=====\n{after}",
            by_crate(&after).is_ok_and(|read| read == tenant)
        ),
        // Not every style is read: then it is refused, and nothing is lost.
        Err(_) => {
            fs::write(dir.join("tenant.yaml"), before).unwrap();
            false
        }
    }
}

/// Saves, and holds the new file against the old one.
fn save(rig: &mut Rig, dir: &Path, what: &str, is_local: bool) {
    let before = read(dir);
    let base = open_snapshot(&before);
    let refreshed = rig.session.borrow_mut().refresh();
    refreshed.unwrap_or_else(|fault| panic!("{what}: {fault}"));
    let ran = rig.line("Save-Tenant");
    assert!(ran.faults.is_empty(), "{what}: {:?}\n{before}", ran.faults);
    let tenant = rig.session.borrow().tenant();
    assert_holds(dir, &tenant, what);
    let after = read(dir);
    if !is_local {
        return;
    }
    let (old, new) = (blocks(&before), blocks(&after));
    for user in tenant.users() {
        let same = base
            .as_ref()
            .and_then(|base| base.user(user.id))
            .is_some_and(|was| was.is_same(user));
        let id = user.id.to_string();
        if let (true, Some(old)) = (same, old.get(&id)) {
            assert_eq!(
                Some(old),
                new.get(&id),
                "{what}: a block that did not change\n{before}\n=====\n{after}"
            );
        }
    }
}

fn open_snapshot(text: &str) -> Option<Tenant> {
    by_crate(text).ok()
}

/// Each kind of edit alone: one user changes, and no comment goes.
#[test]
fn every_layout_alone() {
    assert!(LOCAL.len() + GLOBAL.len() >= 40);
    let mut never = Vec::new();
    for (is_local, kinds) in [(true, LOCAL), (false, GLOBAL)] {
        for (name, make) in kinds {
            let mut made = 0;
            for seed in 0..3 {
                let mut random = Random(seed * 977 + 5);
                let dir = tempfile::tempdir().unwrap();
                drop(shell(dir.path()));
                // Comments for the edit to take along.
                for (_, comment) in &LOCAL[..2] {
                    edit(dir.path(), *comment, &mut random, name);
                }
                if !edit(dir.path(), *make, &mut random, name) {
                    continue;
                }
                made += 1;
                let before = read(dir.path());
                let mut rig = shell(dir.path());
                let count = rig.session.borrow().tenant().users().len();
                let nth = random.below(count);
                let upn = rig.session.borrow().tenant().users()[nth].upn.clone();
                rig.line(&format!("Set-User {upn} -City Visby"));
                save(&mut rig, dir.path(), name, is_local);
                let after = read(dir.path());
                assert_eq!(
                    notes(&before),
                    notes(&after),
                    "{name}\n{before}\n=====\n{after}"
                );
                drop(rig);
                // Everybody changes.
                let mut rig = shell(dir.path());
                rig.line("Get-User | Set-User -Department Everywhere | Out-Null");
                save(&mut rig, dir.path(), name, is_local);
                let after = read(dir.path());
                assert_eq!(
                    notes(&before),
                    notes(&after),
                    "{name}\n{before}\n=====\n{after}"
                );
            }
            if made == 0 {
                never.push(*name);
            }
        }
    }
    println!("never read in this form: {never:?}");
    assert!(never.len() <= 4, "{never:?}");
}

/// Edits, commands, checkpoints, openings and ends without a checkpoint in any order.
fn rounds(count: u64, first: u64) -> usize {
    let mut made = 0;
    for seed in first..first + count {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9) + 11);
        let dir = tempfile::tempdir().unwrap();
        drop(shell(dir.path()));
        let mut trail = format!("seed {seed}");
        let mut is_local = true;
        for _ in 0..1 + random.below(2) {
            for _ in 0..1 + random.below(3) {
                let local = random.below(3) > 0;
                let kinds = if local { LOCAL } else { GLOBAL };
                let (name, make) = kinds[random.below(kinds.len())];
                if edit(dir.path(), make, &mut random, &trail) {
                    made += 1;
                    is_local &= local;
                    trail += &format!(", {name}");
                }
            }
            let mut rig = shell(dir.path());
            // Another shell is open on the same files and commits in between.
            let mut other = (random.below(3) == 0).then(|| shell(dir.path()));
            for _ in 0..1 + random.below(4) {
                let line = command(&mut random, &rig.session.borrow().tenant());
                trail += &format!(" | {line}");
                rig.line(&line);
                if let Some(other) = &mut other {
                    let line = command(&mut random, &other.session.borrow().tenant());
                    trail += &format!(" || {line}");
                    other.line(&line);
                }
                if random.below(4) == 0 {
                    trail += " | save";
                    save(&mut rig, dir.path(), &trail, is_local);
                }
            }
            drop(other);
            if random.below(2) == 0 {
                trail += " | save at the end";
                save(&mut rig, dir.path(), &trail, is_local);
            }
            let refreshed = rig.session.borrow_mut().refresh();
            refreshed.unwrap_or_else(|fault| panic!("{trail}: {fault}"));
            let tenant = rig.session.borrow().tenant();
            drop(rig);
            let again = open(dir.path()).unwrap_or_else(|fault| panic!("{trail}: {fault}"));
            assert!(
                again == *tenant,
                "{trail}: another tenant\n{}",
                read(dir.path())
            );
        }
    }
    made
}

#[test]
fn layouts_among_commands() {
    let made = rounds(300, 0);
    assert!(made > 500, "{made}");
}

#[test]
#[ignore = "long: LAYOUTS=30000 cargo test --release --test it layouts -- --ignored --nocapture"]
fn layouts_among_commands_for_long() {
    let number = |name: &str, otherwise| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let made = rounds(number("LAYOUTS", 30_000), number("FIRST", 1_000));
    println!("{made} edits");
}
