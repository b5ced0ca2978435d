//! The store on a real disk: what is committed is there, what is an admin's stays an admin's.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tenantsh::store::{self, Disk, Entry, Holder, Opened, RealDisk, Store, View};
use tenantsh::tenant::{Change, LicenseImage, Organisation, Parts, Symbol, User};
use uuid::Uuid;

pub fn parts(users: u128) -> Parts {
    let organisation: Organisation = serde_yaml::from_str("name: Contoso").unwrap();
    let users = (1..=users)
        .map(|n| {
            User::new(
                Uuid::from_u128(n),
                &format!("u{n}@contoso.com"),
                &format!("User {n}"),
            )
        })
        .collect();
    Parts {
        organisation,
        products: vec![],
        groups: vec![],
        users,
    }
}

pub fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

pub fn now() -> Timestamp {
    "2026-11-24T02:51:36.123Z".parse().unwrap()
}

pub fn create(dir: &Path, parts: &Parts) {
    store::create(&disk(), dir, &View::from(parts), now(), "admin").unwrap();
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
    create(dir.path(), &parts(3));
    let mut opened = open(dir.path());
    assert_eq!(opened.parts.users.len(), 3);
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

#[test]
fn a_checkpoint_takes_the_entries_in_and_is_known_again() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &parts(3));
    let mut opened = open(dir.path());
    commit(&mut opened.store, 1);
    opened.parts.users.pop();
    let view = View::from(&opened.parts);
    opened
        .store
        .lock(&mut |_| {})
        .unwrap()
        .checkpoint(&view, now())
        .unwrap();
    commit(&mut opened.store, 2);
    let again = open(dir.path());
    assert_eq!(again.parts.users.len(), 2);
    assert_eq!(changes(&again), [removal(2)]);
    assert!(again.notices.is_empty(), "{:?}", again.notices);
}

#[test]
fn shells_see_what_others_committed() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &parts(3));
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
fn a_torn_tail_is_cut_by_the_writer_only() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &parts(3));
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
    create(dir.path(), &parts(3));
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
    create(dir.path(), &parts(3));
    let mut opened = open(dir.path());
    let path = dir.path().join("tenant.yaml");
    let edited = fs::read_to_string(&path)
        .unwrap()
        .replace("User 2", "Renamed");
    fs::write(&path, &edited).unwrap();
    let view = View::from(&opened.parts);
    let refused = opened
        .store
        .lock(&mut |_| {})
        .unwrap()
        .checkpoint(&view, now())
        .unwrap_err();
    assert_eq!(refused.id, "TenantEdited");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);

    let mut again = open(dir.path());
    assert_eq!(&*again.parts.users[1].display_name, "Renamed");
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
    create(dir.path(), &parts(1));
    let before = fs::read(dir.path().join("tenant.yaml")).unwrap();
    let refused =
        store::create(&disk(), dir.path(), &View::from(&parts(2)), now(), "b").unwrap_err();
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
    create(dir.path(), &parts(3));
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
            .contains("tenant.yaml:14:3: users[1]: unknown field `display_nam`"),
        "{refused}"
    );
}
