//! Real processes: killed at random while they write, and three at once.
//!
//! Longer runs: `KILLS=1000 cargo test --release --test it kill -- --ignored --nocapture`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::store::{commit, create, now, open, removal, tenant};
use tenantsh::diagnostic::Diagnostic;
use tenantsh::store::Opened;

const USERS: u128 = 400;

/// Runs in a child process: removes one license after the other and says each number when it is durable.
#[test]
fn writer() {
    let Ok(dir) = std::env::var("TENANT_WRITER") else {
        return;
    };
    let mut opened = open(Path::new(&dir));
    let mut refusals = 0;
    loop {
        match next(&mut opened) {
            Ok(0) => break,
            Ok(number) => println!("\nacknowledged {number}"),
            // A hand edit: as an admin would, the tenant is opened again.
            Err(_) if refusals < 1_000 => {
                refusals += 1;
                opened = open(Path::new(&dir));
            }
            Err(_) => break,
        }
    }
}

/// Removes the first license that is still there; now and then writes a checkpoint. 0 when none is left.
fn next(opened: &mut Opened) -> Result<u128, Diagnostic> {
    let mut guard = opened.store.lock(&mut |_| {})?;
    for entry in guard.catch_up() {
        for change in &entry.changes {
            opened.tenant.apply(change)?;
        }
    }
    let users = opened.tenant.users();
    let Some(index) = users.iter().position(|user| !user.licenses.is_empty()) else {
        return Ok(0);
    };
    let number = index as u128 + 1;
    guard.commit(tenantsh::store::Entry::new(
        now(),
        "writer",
        vec![removal(number)],
    ))?;
    opened.tenant.apply(&removal(number))?;
    if number.is_multiple_of(7) {
        // The commit is done, whatever becomes of this.
        let _ = guard.checkpoint(&opened.tenant, now());
    }
    Ok(number)
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writer", "--nocapture"])
        .env("TENANT_WRITER", dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The numbers a process said before it ended.
fn heard(child: &mut Child) -> Vec<u128> {
    numbers(BufReader::new(child.stdout.take().unwrap()))
}

fn numbers(said: impl BufRead) -> Vec<u128> {
    said.lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok())
        .collect()
}

fn kill_at_random(kills: u64) -> usize {
    let mut random = 7u64;
    let mut dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(USERS));
    let mut all = 0;
    for kill in 0..kills {
        let mut child = start(dir.path());
        random = random
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        std::thread::sleep(Duration::from_micros(2_000 + (random >> 33) % 20_000));
        child.kill().unwrap();
        let heard = heard(&mut child);
        child.wait().unwrap();
        all += heard.len();
        let opened = open(dir.path());
        assert!(
            opened.store.read_only_reason().is_none(),
            "kill {kill}: {:?}",
            opened.notices
        );
        for number in heard {
            let user = &opened.tenant.users()[number as usize - 1];
            assert!(
                user.licenses.is_empty(),
                "kill {kill}: commit {number} was acknowledged and is lost"
            );
        }
        if opened.tenant.users().last().unwrap().licenses.is_empty() {
            dir = tempfile::tempdir().unwrap();
            create(dir.path(), &tenant(USERS));
        }
    }
    all
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    assert!(kill_at_random(100) > 0);
}

#[test]
#[ignore = "long"]
fn a_killed_process_loses_nothing_in_a_long_run() {
    let kills = std::env::var("KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000);
    let commits = kill_at_random(kills);
    println!("{kills} kills, {commits} commits acknowledged, none lost");
}

#[test]
fn three_shells_interleave_and_a_hand_edit_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(USERS));
    let mut shells: Vec<Child> = (0..3).map(|_| start(dir.path())).collect();
    let mut all: Vec<u128> = shells.iter_mut().flat_map(heard).collect();
    shells
        .iter_mut()
        .for_each(|shell| assert!(shell.wait().unwrap().success()));
    all.sort_unstable();
    assert_eq!(
        all,
        (1..=USERS).collect::<Vec<_>>(),
        "each commit acknowledged once"
    );
    let mut opened = open(dir.path());
    assert!(
        opened
            .tenant
            .users()
            .iter()
            .all(|user| user.licenses.is_empty())
    );
    assert!(opened.notices.is_empty(), "{:?}", opened.notices);

    let path = dir.path().join("tenant.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("User 9\n", "Nine\n")).unwrap();
    let mut guard = opened.store.lock(&mut |_| {}).unwrap();
    assert_eq!(
        guard.checkpoint(&opened.tenant, now()).unwrap_err().id,
        "TenantEdited"
    );
    drop(guard);
    let opened = open(dir.path());
    assert_eq!(&*opened.tenant.users()[8].display_name, "Nine");
}

#[test]
fn three_shells_commit_500_times_each_while_an_editor_saves_between_them() {
    const COMMITS: u128 = 1_500;
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(COMMITS));
    let mut shells: Vec<Child> = (0..3).map(|_| start(dir.path())).collect();
    let readers: Vec<_> = shells
        .iter_mut()
        .map(|shell| {
            let out = shell.stdout.take().unwrap();
            std::thread::spawn(move || numbers(BufReader::new(out)))
        })
        .collect();
    let path = dir.path().join("tenant.yaml");
    let mut edits = 0;
    while shells
        .iter_mut()
        .any(|shell| shell.try_wait().unwrap().is_none())
    {
        edits += 1;
        // As editors do: read, think, write beside, rename.
        let text = std::fs::read_to_string(&path).unwrap();
        let (old, new) = (
            format!("display_name: User {edits}\n"),
            format!("display_name: Edited {edits}\n"),
        );
        assert!(text.contains(&old), "edit {edits}");
        let beside = dir.path().join("editor.tmp");
        std::fs::write(&beside, text.replace(&old, &new)).unwrap();
        std::fs::rename(&beside, &path).unwrap();
        std::thread::sleep(Duration::from_millis(25));
    }
    let mut all: Vec<u128> = readers
        .into_iter()
        .flat_map(|reader| reader.join().unwrap())
        .collect();
    all.sort_unstable();
    assert_eq!(
        all,
        (1..=COMMITS).collect::<Vec<_>>(),
        "each commit acknowledged once"
    );
    let opened = open(dir.path());
    assert!(
        opened.store.read_only_reason().is_none(),
        "{:?}",
        opened.notices
    );
    let held = |user: &&std::sync::Arc<tenantsh::tenant::User>| !user.licenses.is_empty();
    assert_eq!(opened.tenant.users().iter().filter(held).count(), 0);
    assert_eq!(opened.store.entries(0).unwrap().len() as u128, COMMITS);
    // Every edit is in the tenant, or in a version that was kept.
    let versions: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.display().to_string().contains("tenant.yaml"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    println!("{edits} edits, {} versions", versions.len());
    for edit in 1..=edits {
        let mark = format!("display_name: Edited {edit}\n");
        assert!(
            versions.iter().any(|text| text.contains(&mark)),
            "edit {edit} of {edits} is lost"
        );
    }
}

#[test]
fn the_lock_names_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), &tenant(2));
    let (mut one, mut two) = (open(dir.path()), open(dir.path()));
    let guard = one.store.lock(&mut |_| {}).unwrap();
    let waiting = std::thread::spawn(move || {
        let mut heard = Vec::new();
        let done = two
            .store
            .lock(&mut |notice| heard.push(notice.to_owned()))
            .is_ok();
        (heard, done)
    });
    std::thread::sleep(Duration::from_millis(1_300));
    drop(guard);
    let (heard, done) = waiting.join().unwrap();
    assert!(done);
    assert!(heard[0].contains("admin, process"), "{heard:?}");
    commit(&mut one.store, 1);
}
