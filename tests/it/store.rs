//! The store on a real disk: what is committed is there, what is an admin's stays an admin's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use tenantsh::diagnostic::Diagnostic;
use tenantsh::store::{self, Disk, Entry, Holder, Opened, RealDisk, Store};
use tenantsh::tenant::{
    Assignment, Change, LicenseImage, Organisation, Symbol, Tenant, TenantData, User,
};
use uuid::Uuid;

pub const SKU: &str = "SPE_E5";

/// A tenant of that many users, each with a directly assigned license.
pub fn tenant(users: u128) -> Tenant {
    let organisation: Organisation = serde_yaml::from_str("name: Contoso").unwrap();
    let product = "{sku: SPE_E5, sku_id: 06ebc4ee-1bb5-47dd-8120-11324bc54e06, name: E5}";
    let users = (1..=users).map(user).collect();
    Tenant::new(TenantData {
        organisation,
        products: vec![serde_yaml::from_str(product).unwrap()],
        groups: vec![],
        users,
    })
    .unwrap()
}

pub fn user(n: u128) -> User {
    let mut user = User::new(
        Uuid::from_u128(n),
        &format!("u{n}@contoso.com"),
        &format!("User {n}"),
    );
    let mut license = Assignment::direct(Symbol::new(SKU));
    license.disabled = [Symbol::new("YAMMER_ENTERPRISE"), Symbol::new("NO")].into();
    user.licenses = [license].into();
    user
}

pub fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

pub fn now() -> Timestamp {
    "2026-11-24T02:51:36.123Z".parse().unwrap()
}

pub fn create(dir: &Path, tenant: &Tenant) {
    store::create(&disk(), dir, tenant, now(), "admin").unwrap();
}

pub fn open(dir: &Path) -> Opened {
    Store::open(disk(), dir, Holder::new("admin", now())).unwrap()
}

pub fn removal(n: u128) -> Change {
    Change::LicenseRemoved {
        user: Uuid::from_u128(n),
        sku: Symbol::new("SPE_E5"),
        group: None,
        was: LicenseImage {
            disabled: [Symbol::new("YAMMER_ENTERPRISE"), Symbol::new("NO")].into(),
            error: None,
        },
    }
}

pub fn commit(store: &mut Store, n: u128) -> u64 {
    let mut guard = store.lock(&mut |_| {}).unwrap();
    guard.catch_up();
    guard
        .commit(Entry::new(now(), "admin", vec![removal(n)]))
        .unwrap()
}

fn changes(opened: &Opened) -> Vec<Change> {
    opened
        .entries
        .iter()
        .flat_map(|e| e.changes.clone())
        .collect()
}

#[test]
fn what_is_committed_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let mut opened = open(dir.path());
    assert_eq!(opened.tenant.users().len(), 3);
    let mut entry = Entry::new(now(), "megan@contoso.com", vec![removal(1), removal(2)]);
    entry.command = Some("Get-User | ?{ $_.City -eq 'X' } # a: \"b\"\n".into());
    entry.reason = Some("no".into());
    let mut guard = opened.store.lock(&mut |_| {}).unwrap();
    entry.seq = guard.commit(entry.clone()).unwrap();
    drop(guard);
    let again = open(dir.path());
    assert_eq!(again.entries, [entry]);
    assert!(again.notices.is_empty());
}

/// Commits the removal of a user's license and applies it.
fn remove(opened: &mut Opened, n: u128) {
    commit(&mut opened.store, n);
    opened.tenant.apply(&removal(n)).unwrap();
}

fn save(opened: &mut Opened) -> Result<(), Diagnostic> {
    let mut guard = opened.store.lock(&mut |_| {})?;
    for entry in guard.catch_up() {
        for change in &entry.changes {
            opened.tenant.apply(change).unwrap();
        }
    }
    guard.checkpoint(&opened.tenant, now()).map(drop)
}

fn text(dir: &Path) -> String {
    fs::read_to_string(dir.join("tenant.yaml")).unwrap()
}

#[test]
fn the_latest_entries_are_had_without_their_changes() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(20_000));
    let mut opened = open(dir.path());
    commit(&mut opened.store, 1);
    // Longer than what is read at first.
    let many = Entry::new(
        now(),
        "megan@contoso.com",
        (2..19_000).map(removal).collect(),
    );
    let mut guard = opened.store.lock(&mut |_| {}).unwrap();
    guard.commit(many).unwrap();
    drop(guard);
    for user in 19_000..19_010 {
        commit(&mut opened.store, user);
    }
    let mut all = opened.store.entries(1).unwrap();
    assert_eq!(all.len(), 12);
    for entry in &mut all {
        entry.changes.clear();
    }
    all.reverse();
    for most in [0, 1, 10, 11, 12, 100] {
        let expected = &all[..most.min(12)];
        assert_eq!(opened.store.latest(most), expected, "{most}");
    }
}

#[test]
fn a_checkpoint_takes_the_entries_in_and_is_known_again() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let mut opened = open(dir.path());
    remove(&mut opened, 1);
    save(&mut opened).unwrap();
    commit(&mut opened.store, 2);
    let again = open(dir.path());
    assert!(again.tenant.users()[0].licenses.is_empty());
    assert!(again.tenant.users()[1].licenses.is_empty());
    assert_eq!(changes(&again), [removal(2)]);
    assert!(again.notices.is_empty(), "{:?}", again.notices);
}

#[test]
fn a_checkpoint_changes_only_the_lines_that_changed() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let path = dir.path().join("tenant.yaml");
    // As an admin might leave it: comments, another order of keys, another indent, line ends of Windows.
    let mut edited = String::from("# Contoso, kept by the licensing team\r\n");
    for line in text(dir.path()).lines() {
        if line.starts_with("- id: 00000000-0000-0000-0000-000000000002") {
            edited += "\r\n# The second user.\r\n- display_name: 'User 2'\r\n  # hired\r\n  id: 00000000-0000-0000-0000-000000000002\r\n";
        } else if line != "  display_name: User 2" {
            edited += &format!("{line}\r\n");
        }
    }
    edited += "# The end.\r\n";
    fs::write(&path, &edited).unwrap();
    let mut opened = open(dir.path());
    remove(&mut opened, 2);
    save(&mut opened).unwrap();
    let saved = text(dir.path());
    let license = "  licenses:\r\n  - sku: SPE_E5\r\n    disabled:\r\n    - YAMMER_ENTERPRISE\r\n    - 'NO'\r\n";
    let at = edited.match_indices(license).nth(1).unwrap().0;
    let mut expected = edited.clone();
    expected.replace_range(at..at + license.len(), "");
    // 2 is the rebase, 3 the removal, 4 the checkpoint.
    assert_eq!(
        saved,
        expected.replace("sequence: 1\r\n", "sequence: 4\r\n")
    );
    assert!(open(dir.path()).notices.is_empty());
}

#[test]
fn edits_on_top_of_a_pending_journal() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    commit(&mut open(dir.path()).store, 2);
    let path = dir.path().join("tenant.yaml");
    let own = text(dir.path());
    fs::write(&path, own.replace("User 3", "Three")).unwrap();
    let mut opened = open(dir.path());
    assert!(
        opened.notices[0].contains("taken over"),
        "{:?}",
        opened.notices
    );
    assert!(opened.tenant.users()[1].licenses.is_empty());
    save(&mut opened).unwrap();
    let again = open(dir.path());
    assert!(again.notices.is_empty(), "{:?}", again.notices);
    assert_eq!(&*again.tenant.users()[2].display_name, "Three");

    // The same user's license was edited away: the removal no longer fits.
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(1));
    commit(&mut open(dir.path()).store, 1);
    let own = text(dir.path());
    let edited = own.replace("    - YAMMER_ENTERPRISE\n", "");
    fs::write(dir.path().join("tenant.yaml"), &edited).unwrap();
    let mut opened = open(dir.path());
    assert_eq!(
        opened.store.lock(&mut |_| {}).err().unwrap().id,
        "EditConflict"
    );
    assert_eq!(text(dir.path()), edited);
}

#[test]
fn an_older_snapshot_is_not_rolled_forward() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let old = text(dir.path());
    let mut opened = open(dir.path());
    remove(&mut opened, 1);
    save(&mut opened).unwrap();
    fs::write(dir.path().join("tenant.yaml"), &old).unwrap();
    let again = open(dir.path());
    assert_eq!(again.store.read_only_reason().unwrap().id, "OldSnapshot");
    // What was acknowledged since is shown all the same, and no hint leads to losing it.
    assert_eq!(again.tenant, opened.tenant);
    let hint = format!("{:?}", again.store.read_only_reason().unwrap());
    assert!(!hint.contains("sequence`"), "{hint}");
}

#[test]
fn a_journal_that_is_behind_forbids_writing() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    fs::write(
        dir.path().join("tenant.yaml"),
        text(dir.path()).replace("sequence: 1\n", "sequence: 9\n"),
    )
    .unwrap();
    assert_eq!(
        open(dir.path()).store.read_only_reason().unwrap().id,
        "JournalLost"
    );
}

#[test]
fn marks_that_mislead_are_refused_with_user_and_place() {
    for (good, bad, says) in [
        (
            "display_name: User 2",
            "display_name: &a User 2",
            "tenant.yaml:22:17: anchors",
        ),
        (
            "display_name: User 2",
            "display_name:",
            "tenant.yaml:22:3: display_name has no value",
        ),
        (
            "display_name: User 2",
            "display_name: !!str User 2",
            "anchors, aliases, tags",
        ),
        (
            "display_name: User 2",
            "display_name: User 2\n  city: {a: 1}",
            "users[1].city",
        ),
        (
            "display_name: User 2",
            "display_name: User 2\n  upn: x",
            "duplicate field",
        ),
        (
            "- sku: SPE_E5\n    disabled",
            "- sku: NONE\n    disabled",
            "users[0].licenses[0].sku",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        create(dir.path(), &tenant(3));
        let own = text(dir.path());
        assert!(own.contains(good), "{own}");
        fs::write(dir.path().join("tenant.yaml"), own.replacen(good, bad, 1)).unwrap();
        let refused = Store::open(disk(), dir.path(), Holder::new("a", now()))
            .err()
            .unwrap();
        assert!(refused.to_string().contains(says), "{refused}\n{own}");
        let users = ["u1@contoso.com", "u2@contoso.com"];
        assert!(
            bad.contains("NONE") || users.contains(&refused.target.as_deref().unwrap()),
            "{refused:?}"
        );
    }
}

#[test]
fn shells_see_what_others_committed() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let (mut one, mut two) = (open(dir.path()).store, open(dir.path()).store);
    commit(&mut one, 1);
    let mut guard = two.lock(&mut |_| {}).unwrap();
    let refused = guard.commit(Entry::new(now(), "b", vec![])).unwrap_err();
    assert_eq!(refused.id, "NotCaughtUp");
    assert_eq!(guard.catch_up()[0].changes, [removal(1)]);
    guard
        .commit(Entry::new(now(), "b", vec![removal(2)]))
        .unwrap();
    drop(guard);
    assert_eq!(changes(&open(dir.path())), [removal(1), removal(2)]);
}

#[test]
fn a_full_journal_goes_on_in_another_file() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(6));
    let first = text(dir.path());
    let (mut one, mut two) = (open(dir.path()), open(dir.path()));
    one.store.rotate_at(0);
    for n in [1, 2, 3] {
        remove(&mut one, n);
        save(&mut one).unwrap();
    }
    // The other shell follows, however many files there were.
    remove(&mut one, 4);
    let followed = two
        .store
        .lock(&mut |_| {})
        .map(|mut guard| guard.catch_up().len());
    assert!(
        matches!(followed, Err(ref fault) if fault.id == "JournalReplaced"),
        "{followed:?}"
    );
    let again = open(dir.path());
    assert!(again.notices.is_empty(), "{:?}", again.notices);
    assert_eq!(changes(&again), [removal(4)]);
    let all: Vec<_> = again
        .store
        .entries(0)
        .unwrap()
        .into_iter()
        .flat_map(|e| e.changes)
        .collect();
    assert_eq!(all, [removal(1), removal(2), removal(3), removal(4)]);
    // An older snapshot is known though its record is in an older file.
    fs::write(dir.path().join("tenant.yaml"), first).unwrap();
    assert_eq!(
        open(dir.path()).store.read_only_reason().unwrap().id,
        "OldSnapshot"
    );
}

#[test]
fn another_shell_follows_a_rotation() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(6));
    let (mut one, mut two) = (open(dir.path()), open(dir.path()));
    one.store.rotate_at(0);
    remove(&mut one, 1);
    save(&mut one).unwrap();
    remove(&mut one, 2);
    let mut guard = two.store.lock(&mut |_| {}).unwrap();
    let news: Vec<_> = guard
        .catch_up()
        .into_iter()
        .flat_map(|e| e.changes)
        .collect();
    assert_eq!(news, [removal(1), removal(2)]);
    guard
        .commit(Entry::new(now(), "two", vec![removal(3)]))
        .unwrap();
    drop(guard);
    assert_eq!(changes(&open(dir.path())), [removal(2), removal(3)]);
}

#[test]
fn a_torn_tail_is_cut_by_the_writer_only() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    commit(&mut open(dir.path()).store, 1);
    let journal = dir.path().join("journal.yaml");
    let whole = fs::read(&journal).unwrap();
    let mut file = OpenOptions::new().append(true).open(&journal).unwrap();
    file.write_all(b"--- # seq=3 len=900 sum=0011223344556677\nseq: 3\n")
        .unwrap();
    let mut opened = open(dir.path());
    assert_eq!(changes(&opened), [removal(1)]);
    assert_ne!(fs::read(&journal).unwrap(), whole, "a reader leaves it");
    let mut heard = vec![];
    drop(
        opened
            .store
            .lock(&mut |n| heard.push(n.to_owned()))
            .unwrap(),
    );
    assert_eq!(fs::read(&journal).unwrap(), whole);
    assert!(heard[0].contains("cut off"), "{heard:?}");
}

#[test]
fn damage_forbids_writing_and_names_the_place() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let mut store = open(dir.path()).store;
    commit(&mut store, 1);
    commit(&mut store, 2);
    let journal = dir.path().join("journal.yaml");
    let mut text = fs::read_to_string(&journal).unwrap();
    text = text.replacen("SPE_E5", "SPE_E4", 1);
    fs::write(&journal, &text).unwrap();
    let mut opened = open(dir.path());
    let refused = opened.store.lock(&mut |_| {}).err().unwrap();
    assert_eq!(refused.id, "StoreDamaged");
    assert!(
        refused.message.contains("record 2 (byte"),
        "{}",
        refused.message
    );
    assert_eq!(fs::read_to_string(&journal).unwrap(), text);
}

#[test]
fn a_hand_edit_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let mut opened = open(dir.path());
    let path = dir.path().join("tenant.yaml");
    let edited = fs::read_to_string(&path)
        .unwrap()
        .replace("User 2", "Renamed");
    fs::write(&path, &edited).unwrap();
    let refused = save(&mut opened).unwrap_err();
    assert_eq!(refused.id, "TenantEdited");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);

    let mut again = open(dir.path());
    assert_eq!(&*again.tenant.users()[1].display_name, "Renamed");
    assert!(again.notices[0].contains("by hand"));
    commit(&mut again.store, 1);
    let again = open(dir.path());
    assert!(
        again.notices.is_empty(),
        "taken over once: {:?}",
        again.notices
    );
    assert_eq!(changes(&again), [removal(1)]);
}

#[test]
fn creating_over_a_tenant_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(1));
    let before = fs::read(dir.path().join("tenant.yaml")).unwrap();
    let refused = store::create(&disk(), dir.path(), &tenant(2), now(), "b").unwrap_err();
    assert_eq!(refused.id, "TenantExists");
    assert_eq!(fs::read(dir.path().join("tenant.yaml")).unwrap(), before);
    let mode = |name: &str| {
        fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode("tenant.yaml"), mode("journal.yaml")), (0o600, 0o600));
    assert_eq!(
        fs::read_to_string(dir.path().join(".gitattributes")).unwrap(),
        "*.yaml text eol=lf\n"
    );
}

#[test]
fn broken_yaml_is_shown_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let path = dir.path().join("tenant.yaml");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("display_name: User 2", "display_nam: User 2");
    fs::write(&path, text).unwrap();
    let refused = Store::open(disk(), dir.path(), Holder::new("a", now()))
        .err()
        .unwrap();
    assert_eq!(refused.id, "InvalidYaml");
    assert!(
        refused
            .to_string()
            .contains("tenant.yaml:22:3: users[1]: unknown field `display_nam`"),
        "{refused}"
    );
}

/// Old formats open for ever. `UPDATE=1` writes the fixture when it is missing; an old one is never rewritten.
#[test]
fn the_first_format_opens() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals/v1");
    if std::env::var_os("UPDATE").is_some() && !fixture.exists() {
        create(&fixture, &tenant(4));
        let mut opened = open(&fixture);
        remove(&mut opened, 1);
        save(&mut opened).unwrap();
        let mut entry = Entry::new(now(), "megan@contoso.com", vec![removal(2), removal(3)]);
        entry.command = Some("Get-User | Remove-License -Sku SPE_E5 # \"all\"\tof them\n".into());
        entry.script = Some("scripts/leavers.rhai".into());
        entry.reason = Some("NO".into());
        entry.tenant_at = Some(now());
        entry.run = Some(3);
        entry.undoes = vec![2];
        opened
            .store
            .lock(&mut |_| {})
            .unwrap()
            .commit(entry)
            .unwrap();
        fs::remove_file(fixture.join(".tenant.lock")).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    for file in ["tenant.yaml", "journal.yaml"] {
        fs::copy(fixture.join(file), dir.path().join(file)).unwrap();
    }
    let mut opened = open(dir.path());
    assert!(opened.notices.is_empty(), "{:?}", opened.notices);
    assert_eq!(changes(&opened), [removal(2), removal(3)]);
    let held = opened
        .tenant
        .users()
        .iter()
        .filter(|user| !user.licenses.is_empty())
        .count();
    assert_eq!(held, 1);
    let entry = opened.entries[0].clone();
    assert_eq!(entry.reason.as_deref(), Some("NO"));
    assert_eq!((entry.run, entry.undoes), (Some(3), vec![2]));
    remove(&mut opened, 4);
    assert_eq!(open(dir.path()).store.entries(0).unwrap().len(), 3);
}

#[test]
fn a_link_stays_a_link_and_the_mode_stays() {
    let (dir, real) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    create(dir.path(), &tenant(3));
    let (path, target) = (
        dir.path().join("tenant.yaml"),
        real.path().join("contoso.yaml"),
    );
    fs::rename(&path, &target).unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    let mut opened = open(dir.path());
    remove(&mut opened, 1);
    save(&mut opened).unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert_eq!(
        fs::metadata(&target).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert!(open(dir.path()).tenant.users()[0].licenses.is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    Commit(usize, Vec<u128>),
    Checkpoint(usize),
    Reopen(usize),
    /// A comment is put above a user, or a display name changed, in the file.
    Edit(u128, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let shell = 0..2usize;
    let step = prop_oneof![
        4 => (shell.clone(), prop::collection::vec(1..=20u128, 1..4)).prop_map(|(s, n)| Step::Commit(s, n)),
        2 => shell.clone().prop_map(Step::Checkpoint),
        2 => shell.prop_map(Step::Reopen),
        1 => (1..=20u128, any::<bool>()).prop_map(|(n, comment)| Step::Edit(n, comment)),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Two shells and an editor against a model: licenses and names are what they should be, whatever the order.
    #[test]
    fn any_order_of_commits_checkpoints_openings_and_edits(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        create(dir.path(), &tenant(20));
        let path = dir.path().join("tenant.yaml");
        let mut shells = [open(dir.path()), open(dir.path())];
        let mut held: BTreeMap<u128, String> = (1..=20).map(|n| (n, format!("User {n}"))).collect();
        let mut gone = BTreeSet::new();
        for step in steps {
            match step {
                Step::Commit(shell, users) => {
                    let opened = &mut shells[shell];
                    let Ok(mut guard) = opened.store.lock(&mut |_| {}) else {
                        // Another shell took an edit over: this one has to look again.
                        shells[shell] = open(dir.path());
                        continue;
                    };
                    for entry in guard.catch_up() {
                        for change in &entry.changes {
                            opened.tenant.apply(change).unwrap();
                        }
                    }
                    let users: BTreeSet<u128> = users.into_iter().filter(|n| !gone.contains(n)).collect();
                    let changes: Vec<Change> = users.iter().map(|n| removal(*n)).collect();
                    changes.iter().for_each(|change| opened.tenant.apply(change).unwrap());
                    match guard.commit(Entry::new(now(), "a", changes)) {
                        Ok(_) => gone.extend(users),
                        // Edited again since it was opened.
                        Err(fault) => {
                            assert_eq!(fault.id, "TenantEdited");
                            drop(guard);
                            shells[shell] = open(dir.path());
                        }
                    }
                }
                Step::Checkpoint(shell) => {
                    shells[shell].store.rotate_at(1_000);
                    if save(&mut shells[shell]).is_err() {
                        shells[shell] = open(dir.path());
                        prop_assert!(shells[shell].store.read_only_reason().is_none());
                    }
                }
                Step::Reopen(shell) => shells[shell] = open(dir.path()),
                Step::Edit(n, comment) => {
                    let own = text(dir.path());
                    let name = format!("  display_name: {}\n", held[&n]);
                    let new = if comment {
                        format!("  # {n} is known\n{name}")
                    } else {
                        held.insert(n, format!("Edited {n}"));
                        format!("  display_name: Edited {n}\n")
                    };
                    fs::write(&path, own.replacen(&name, &new, 1)).unwrap();
                }
            }
        }
        let again = open(dir.path());
        prop_assert!(again.store.read_only_reason().is_none(), "{:?}", again.notices);
        for (user, n) in again.tenant.users().iter().zip(1..) {
            prop_assert_eq!(&*user.display_name, &held[&n]);
            prop_assert_eq!(user.licenses.is_empty(), gone.contains(&n), "user {}", n);
        }
    }
}

#[test]
fn two_names_are_exchanged_in_one_step_where_the_file_system_can() {
    let dir = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| dir.path().join(name));
    fs::write(&one, "1").unwrap();
    fs::write(&other, "2").unwrap();
    match disk().exchange(&one, &other) {
        Ok(()) => assert_eq!(fs::read_to_string(&one).unwrap(), "2"),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::Unsupported),
    }
    assert!(disk().exchange(&one, &dir.path().join("none")).is_err());
    assert!(dir.path().join("other").exists());
}

/// A path that is a link to another.
fn link(target: &Path, path: &Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}

#[test]
fn two_names_of_a_journal_have_one_lock() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    create(&a, &tenant(3));
    fs::create_dir_all(&b).unwrap();
    for name in ["tenant.yaml", "journal.yaml"] {
        link(&a.join(name), &b.join(name));
    }
    let committed: u128 = std::thread::scope(|scope| {
        let runs = [&a, &b].map(|dir| {
            scope.spawn(move || {
                let (mut store, mut done) = (open(dir).store, 0);
                while done < 100 {
                    let mut guard = store.lock(&mut |text| panic!("{text}")).unwrap();
                    guard.catch_up();
                    guard.commit(Entry::new(now(), "a", vec![])).unwrap();
                    done += 1;
                }
                done
            })
        });
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    assert_eq!(committed, 200);
    assert_eq!(open(&a).store.entries(0).unwrap().len(), 200);
}

#[test]
fn a_lock_that_is_removed_keeps_others_out_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(3));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut store = open(dir.path()).store;
                    for _ in 0..100 {
                        let mut guard = store.lock(&mut |_| {}).unwrap();
                        guard.catch_up();
                        guard.commit(Entry::new(now(), "a", vec![])).unwrap();
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = fs::remove_file(dir.path().join(".tenant.lock"));
                std::thread::yield_now();
            }
        });
        for run in runs {
            let ended = run.join();
            if ended.is_err() {
                stop.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            ended.unwrap();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let again = open(dir.path());
    assert!(again.notices.is_empty(), "{:?}", again.notices);
    assert_eq!(again.store.entries(0).unwrap().len(), 300);
}

#[test]
fn a_journal_that_was_replaced_or_cut_gets_no_commit() {
    type Spoil = fn(&Path, &[u8]);
    let spoils: [(&str, Spoil); 4] = [
        ("emptied in place", |path, _| fs::write(path, b"").unwrap()),
        ("an older copy in place", |path, old| {
            fs::write(path, old).unwrap();
        }),
        ("another file, shorter", |path, old| {
            fs::remove_file(path).unwrap();
            fs::write(path, old).unwrap();
        }),
        ("as long as before", |path, _| {
            let len = fs::metadata(path).unwrap().len();
            fs::write(path, vec![0; usize::try_from(len).unwrap()]).unwrap();
        }),
    ];
    for (what, spoil) in spoils {
        let dir = tempfile::tempdir().unwrap();
        create(dir.path(), &tenant(6));
        let path = dir.path().join("journal.yaml");
        let mut shell = open(dir.path());
        remove(&mut shell, 1);
        let old = fs::read(&path).unwrap();
        remove(&mut shell, 2);
        let good = fs::read(&path).unwrap();
        spoil(&path, &old);
        let spoiled = fs::read(&path).unwrap();
        let refused = shell.store.lock(&mut |_| {}).err().unwrap();
        assert_eq!(refused.id, "JournalReplaced", "{what}");
        assert_eq!(fs::read(&path).unwrap(), spoiled, "{what}");
        // It happens while the lock is held.
        fs::write(&path, &good).unwrap();
        let mut shell = open(dir.path());
        let mut guard = shell.store.lock(&mut |_| {}).unwrap();
        spoil(&path, &old);
        let refused = guard
            .commit(Entry::new(now(), "a", vec![removal(3)]))
            .unwrap_err();
        assert_eq!(refused.id, "JournalReplaced", "{what}");
        drop(guard);
        assert_eq!(fs::read(&path).unwrap(), spoiled, "{what}");
        // Put back, it goes on.
        fs::write(&path, &good).unwrap();
        if what != "another file, shorter" {
            remove(&mut shell, 3);
            assert_eq!(changes(&open(dir.path())).len(), 3);
        }
    }
}

#[test]
fn opening_beside_a_shell_that_saves_shows_what_is_acknowledged() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(30));
    let acknowledged = AtomicU64::new(0);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut shell = open(dir.path());
            for nth in 0..30 {
                remove(&mut shell, nth + 1);
                acknowledged.store(shell.store.end_seq(), Ordering::SeqCst);
                save(&mut shell).unwrap();
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut opened = 0;
        while !done.load(Ordering::SeqCst) {
            let before = acknowledged.load(Ordering::SeqCst);
            let seen = open(dir.path());
            assert_eq!(seen.store.read_only_reason().map(ToString::to_string), None);
            assert!(seen.store.end_seq() >= before);
            let removed = seen
                .tenant
                .users()
                .iter()
                .filter(|user| user.licenses.is_empty())
                .count();
            let known = seen.store.entries(0).unwrap();
            let known = known
                .iter()
                .filter(|entry| entry.seq <= seen.store.end_seq());
            assert_eq!(removed, known.count());
            opened += 1;
        }
        assert!(opened > 5, "{opened}");
    });
}

#[test]
fn temporary_names_follow_no_links_and_pipes_are_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("t");
    create(&place, &tenant(6));
    let precious = dir.path().join("precious");
    fs::write(&precious, "precious").unwrap();
    fs::write(place.join("tenant.yaml.tmp"), "an admin's own").unwrap();
    link(&precious, &place.join(".tenant.yaml.tenantsh.tmp"));
    link(&precious, &place.join(".journal.yaml.tenantsh.tmp"));
    let mut shell = open(&place);
    shell.store.rotate_at(0);
    remove(&mut shell, 1);
    save(&mut shell).unwrap();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert_eq!(
        fs::read_to_string(place.join("tenant.yaml.tmp")).unwrap(),
        "an admin's own"
    );
    assert!(
        !fs::symlink_metadata(place.join("tenant.yaml"))
            .unwrap()
            .is_symlink()
    );
    // A lock that is a link isn't written through.
    fs::remove_file(place.join(".tenant.lock")).unwrap();
    link(&precious, &place.join(".tenant.lock"));
    let refused = shell.store.lock(&mut |_| {}).err().unwrap();
    assert!(refused.message.contains("symbolic link"), "{refused}");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    // A pipe in the place of a file.
    fs::remove_file(place.join("tenant.yaml")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(place.join("tenant.yaml"))
        .status();
    if made.is_ok_and(|status| status.success()) {
        let refused = Store::open(disk(), &place, Holder::new("a", now()))
            .err()
            .unwrap();
        assert!(refused.message.contains("no regular file"), "{refused}");
    }
}

#[test]
fn what_is_made_is_its_owners_only() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("above/t");
    create(&place, &tenant(3));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    assert_eq!(mode(place.parent().unwrap()), 0o700);
    for entry in fs::read_dir(&place).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert!(
        fs::read_to_string(place.join(".gitignore"))
            .unwrap()
            .contains(".tenant.lock")
    );
}

#[test]
fn a_flip_in_the_last_record_is_told_and_its_bytes_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(6));
    let path = dir.path().join("journal.yaml");
    let mut shell = open(dir.path());
    remove(&mut shell, 1);
    let before = fs::read(&path).unwrap().len();
    remove(&mut shell, 2);
    drop(shell);
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 4;
    fs::write(&path, &bytes).unwrap();
    // Who only reads is told.
    let mut shell = open(dir.path());
    assert!(
        shell.notices[0].contains("no whole record"),
        "{:?}",
        shell.notices
    );
    let mut said = Vec::new();
    drop(
        shell
            .store
            .lock(&mut |text| said.push(text.to_owned()))
            .unwrap(),
    );
    assert!(said[0].contains("journal.yaml.remnant-3"), "{said:?}");
    let kept = fs::read(dir.path().join("journal.yaml.remnant-3")).unwrap();
    assert_eq!(kept, bytes[before..]);
    assert_eq!(fs::read(&path).unwrap().len(), before);
}

/// What a cut, a flipped bit or a careless hand does is told, and asked about where much is gone.
#[test]
fn an_edit_that_takes_much_away_is_not_taken_over_unasked() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(50));
    let mut opened = open(dir.path());
    remove(&mut opened, 1);
    save(&mut opened).unwrap();
    remove(&mut opened, 2);
    let whole = text(dir.path());
    let path = dir.path().join("tenant.yaml");
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut opened = open(dir.path());
        opened.store.lock(&mut |_| {}).err()
    };
    // Cut behind each user.
    let cuts: Vec<usize> = whole
        .match_indices("\n- id: ")
        .map(|(at, _)| at + 1)
        .collect();
    assert_eq!(cuts.len(), 50);
    for at in &cuts[3..] {
        let fault = refused(&whole[..*at]).expect("a cut passed");
        assert_eq!(
            (fault.id, fault.category.exit_code()),
            ("EditNotConfirmed", 5)
        );
        assert!(fault.message.contains("cut off"), "{}", fault.message);
    }
    // One bit, where the file is still read.
    let flipped = whole.replacen("display_name: User 9", "display_name: User 8", 1);
    let fault = refused(&flipped).expect("a flipped bit passed");
    assert!(fault.message.contains("one bit") && fault.message.contains("1 user is changed"));
    // A hand that removes many; few are only told.
    let by_hand = whole[..cuts[8]].replacen("name: Contoso", "name: Contoso Ltd", 1);
    let fault = refused(&by_hand).expect("many users went unasked");
    assert!(
        fault
            .message
            .contains("42 users are gone, the organisation is changed"),
        "{}",
        fault.message
    );
    let few = format!("{}{}", &whole[..cuts[20]], &whole[cuts[21]..]);
    assert!(refused(&few).is_none());
    let notices = open(dir.path()).notices;
    assert!(notices[0].contains("1 user is gone"), "{notices:?}");
    // What was, to look at.
    refused(&whole[..cuts[3]]).unwrap();
    let reason = open(dir.path()).store.check_edit().unwrap_err();
    let good = Store::open_last_good(disk(), dir.path(), Holder::reader(), reason).unwrap();
    assert_eq!(good.tenant.users().len(), 50);
    assert!(good.tenant.users()[1].licenses.is_empty());
    assert!(good.store.read_only_reason().is_some());
    // Confirmed, it is taken over, and what was is kept; put back in place it is the tenant again.
    let mut opened = open(dir.path());
    opened.store.confirm_edit();
    remove(&mut opened, 3);
    let kept: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("tenant.yaml.before-"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(open(dir.path()).tenant.users().len(), 3);
    let before = fs::read_to_string(&kept[0]).unwrap();
    fs::write(&path, before).unwrap();
    let again = open(dir.path());
    assert!(
        again.store.read_only_reason().is_none(),
        "{:?}",
        again.notices
    );
    assert_eq!(again.tenant.users().len(), 50);
    assert!(again.tenant.users()[1].licenses.is_empty());
    assert!(again.tenant.users()[2].licenses.is_empty());
}
