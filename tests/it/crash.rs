//! Crashes, failing disks and damaged journals, on a simulated disk: nothing acknowledged is lost.
//!
//! Longer runs: `CRASH_SEEDS=2000 cargo test --release --test it crash -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use tenantsh::diagnostic::Diagnostic;
use tenantsh::store::{self, Access, Disk, DiskFile, Entry, Holder, Opened, Stat, Store};

use crate::random::Random;
use crate::store::{now, removal, tenant};

const USERS: u128 = 12;

/// A disk that remembers what is durable, what is only written, and every state it was in.
#[derive(Clone, Default)]
struct SimDisk(Arc<Mutex<Sim>>);

#[derive(Clone, Default)]
struct Sim {
    files: Vec<File>,
    /// Names as a running program sees them, and the operations that made them of the durable ones.
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    pending_names: Vec<NameChange>,
    clock: u64,
    /// Operations so far that change or sync.
    operations: u64,
    acknowledged: Acknowledged,
    history: Option<Vec<Sim>>,
    fail_at: Option<(u64, Failure)>,
    sabotage: Option<Sabotage>,
    /// The file system can't exchange two names.
    plain: bool,
    /// What an editor writes to tenant.yaml just before it is replaced.
    intruder: Option<Vec<u8>>,
}

/// What the workload was told to be durable.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
struct Acknowledged {
    created: bool,
    commits: u128,
}

#[derive(Clone, Default)]
struct File {
    content: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending>,
    changed: u64,
}

#[derive(Clone)]
enum Pending {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

#[derive(Clone)]
enum NameChange {
    Set(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
    Exchange(PathBuf, PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Failure {
    Error,
    Full,
    Short,
}

/// A rule of the store broken on purpose: the tests must notice.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sabotage {
    NoJournalSync,
    NoTemporarySync,
    NoDirectorySync,
    TailLeft,
    NoEditSync,
}

#[derive(Clone, Copy, Debug)]
enum Mode {
    Kept,
    Lost,
    Cut,
    Zeros,
    Garbage,
}

const MODES: [Mode; 5] = [
    Mode::Kept,
    Mode::Lost,
    Mode::Cut,
    Mode::Zeros,
    Mode::Garbage,
];

fn apply(content: &mut Vec<u8>, pending: &Pending) {
    match pending {
        Pending::Truncate(len) => content.resize(*len, 0),
        Pending::Write(offset, bytes) => {
            let end = offset + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[*offset..end].copy_from_slice(bytes);
        }
    }
}

fn rename(names: &mut BTreeMap<PathBuf, usize>, change: &NameChange) {
    match change {
        NameChange::Set(path, file) => {
            names.insert(path.clone(), *file);
        }
        NameChange::Remove(path) => {
            names.remove(path);
        }
        NameChange::Rename(from, to) => {
            if let Some(file) = names.remove(from) {
                names.insert(to.clone(), file);
            }
        }
        NameChange::Exchange(one, other) => {
            if let (Some(a), Some(b)) = (names.remove(one), names.remove(other)) {
                names.insert(one.clone(), b);
                names.insert(other.clone(), a);
            }
        }
    }
}

impl Sim {
    /// Counts an operation, fails it if that is wanted; the state before it is one to crash in.
    fn operation(&mut self) -> io::Result<()> {
        self.remember();
        self.operations += 1;
        match self.fail_at {
            Some((at, Failure::Error)) if at == self.operations => Err(io::Error::other("EIO")),
            Some((at, Failure::Full)) if at == self.operations => {
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        }
    }

    fn remember(&mut self) {
        if let Some(mut history) = self.history.take() {
            history.push(self.clone());
            self.history = Some(history);
        }
    }

    fn change_name(&mut self, change: NameChange) {
        rename(&mut self.names, &change);
        self.pending_names.push(change);
    }

    /// What is found after a crash in this state.
    fn crash(&self, mode: Mode, random: &mut Random) -> Sim {
        let mut after = Sim {
            durable_names: self.durable_names.clone(),
            ..Sim::default()
        };
        let kept = match mode {
            Mode::Kept => self.pending_names.len(),
            Mode::Lost => 0,
            _ => random.below(self.pending_names.len() + 1),
        };
        for change in &self.pending_names[..kept] {
            rename(&mut after.durable_names, change);
        }
        after.names = after.durable_names.clone();
        for file in &self.files {
            let mut content = file.durable.clone();
            let whole = match mode {
                Mode::Kept => file.pending.len(),
                Mode::Lost => 0,
                _ => random.below(file.pending.len() + 1),
            };
            for pending in &file.pending[..whole] {
                apply(&mut content, pending);
            }
            if let Some(Pending::Write(offset, bytes)) = file.pending.get(whole) {
                let cut = random.below(bytes.len() + 1);
                let mut bytes = bytes.clone();
                match mode {
                    Mode::Kept | Mode::Lost => bytes.clear(),
                    Mode::Cut => bytes.truncate(cut),
                    Mode::Zeros => bytes[cut..].fill(0),
                    Mode::Garbage => bytes[cut..].fill_with(|| random.below(256) as u8),
                }
                if !bytes.is_empty() {
                    apply(&mut content, &Pending::Write(*offset, bytes));
                }
            }
            after.files.push(File {
                durable: content.clone(),
                content,
                ..File::default()
            });
        }
        after.sabotage = self.sabotage;
        after.plain = self.plain;
        after.acknowledged = self.acknowledged;
        after
    }
}

impl SimDisk {
    fn sim(&self) -> MutexGuard<'_, Sim> {
        self.0.lock().unwrap()
    }

    fn of(sim: Sim) -> Self {
        Self(Arc::new(Mutex::new(sim)))
    }

    fn shared(&self) -> Arc<dyn Disk> {
        Arc::new(self.clone())
    }
}

struct SimFile {
    disk: SimDisk,
    file: usize,
    path: PathBuf,
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for SimDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut sim = self.sim();
        let file = match (sim.names.get(path).copied(), access) {
            (Some(file), Access::Read | Access::Write | Access::Create) => file,
            (None, Access::Read | Access::Write) => return Err(missing()),
            (known, _) => {
                sim.operation()?;
                if known.is_some() {
                    sim.change_name(NameChange::Remove(path.to_owned()));
                }
                sim.files.push(File::default());
                let file = sim.files.len() - 1;
                sim.change_name(NameChange::Set(path.to_owned(), file));
                file
            }
        };
        Ok(Box::new(SimFile {
            disk: self.clone(),
            file,
            path: path.to_owned(),
        }))
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let file = *self.sim().names.get(path).ok_or_else(missing)?;
        SimFile {
            disk: self.clone(),
            file,
            path: path.to_owned(),
        }
        .stat()
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut sim = self.sim();
        sim.operation()?;
        sim.names.get(from).ok_or_else(missing)?;
        sim.change_name(NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut sim = self.sim();
        sim.operation()?;
        let file = *sim.names.get(from).ok_or_else(missing)?;
        sim.change_name(NameChange::Set(to.to_owned(), file));
        Ok(())
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        let mut sim = self.sim();
        if sim.plain {
            return Err(io::ErrorKind::Unsupported.into());
        }
        if let Some(text) = sim.intruder.take() {
            // An editor saves at the worst moment: durably, under the name.
            let file = File {
                content: text.clone(),
                durable: text,
                ..File::default()
            };
            sim.files.push(file);
            let file = sim.files.len() - 1;
            sim.names.insert(other.to_owned(), file);
            sim.durable_names.insert(other.to_owned(), file);
        }
        sim.operation()?;
        sim.names
            .get(one)
            .and(sim.names.get(other))
            .ok_or_else(missing)?;
        sim.change_name(NameChange::Exchange(one.to_owned(), other.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut sim = self.sim();
        sim.operation()?;
        sim.names.get(path).ok_or_else(missing)?;
        sim.change_name(NameChange::Remove(path.to_owned()));
        Ok(())
    }

    fn make_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let sim = self.sim();
        let inside = sim.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut sim = self.sim();
        sim.operation()?;
        if dir.parent().is_some() && sim.sabotage != Some(Sabotage::NoDirectorySync) {
            sim.durable_names = sim.names.clone();
            sim.pending_names.clear();
        }
        Ok(())
    }
}

impl DiskFile for SimFile {
    fn stat(&self) -> io::Result<Stat> {
        let sim = self.disk.sim();
        let file = &sim.files[self.file];
        let time = i128::from(file.changed);
        let len = file.content.len() as u64;
        Ok(Stat {
            device: 1,
            inode: self.file as u64,
            len,
            modified: time,
            changed: time,
        })
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let sim = self.disk.sim();
        let content = &sim.files[self.file].content;
        let rest = content.get(offset as usize..).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut sim = self.disk.sim();
        sim.operation()?;
        let short = matches!(sim.fail_at, Some((at, Failure::Short)) if at == sim.operations);
        let bytes = if short {
            &bytes[..bytes.len() / 2]
        } else {
            bytes
        };
        let pending = Pending::Write(offset as usize, bytes.to_vec());
        sim.clock += 1;
        let clock = sim.clock;
        let file = &mut sim.files[self.file];
        apply(&mut file.content, &pending);
        file.pending.push(pending);
        file.changed = clock;
        if short {
            Err(io::ErrorKind::WriteZero.into())
        } else {
            Ok(())
        }
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut sim = self.disk.sim();
        sim.operation()?;
        if sim.sabotage == Some(Sabotage::TailLeft) && self.path.ends_with("journal.yaml") {
            return Ok(());
        }
        let pending = Pending::Truncate(len as usize);
        let file = &mut sim.files[self.file];
        apply(&mut file.content, &pending);
        file.pending.push(pending);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut sim = self.disk.sim();
        sim.operation()?;
        let temporary = self.path.extension().is_some_and(|e| e == "tmp");
        let skipped = match sim.sabotage {
            Some(Sabotage::NoJournalSync) => self.path.ends_with("journal.yaml"),
            Some(Sabotage::NoTemporarySync) => temporary,
            Some(Sabotage::NoEditSync) => self.path.ends_with("tenant.yaml"),
            _ => false,
        };
        if !skipped {
            let file = &mut sim.files[self.file];
            file.durable.clone_from(&file.content);
            file.pending.clear();
        }
        Ok(())
    }

    fn copy_ownership(&self, _: &dyn DiskFile) -> io::Result<()> {
        Ok(())
    }

    fn dress(&self) -> io::Result<(u32, u32, u32)> {
        Ok((0o600, 0, 0))
    }

    fn try_lock(&self) -> io::Result<bool> {
        Ok(true)
    }
}

fn dir() -> PathBuf {
    PathBuf::from("/t")
}

fn open(disk: &SimDisk) -> Result<Opened, Diagnostic> {
    Store::open(disk.shared(), &dir(), Holder::new("admin", now()))
}

fn create(disk: &SimDisk) -> Result<(), Diagnostic> {
    store::create(&disk.shared(), &dir(), &tenant(USERS), now(), "admin")?;
    disk.sim().acknowledged.created = true;
    Ok(())
}

/// Removes the license of the next user.
fn commit(disk: &SimDisk, opened: &mut Opened) -> Result<(), Diagnostic> {
    let next = gone(opened) + 1;
    let mut guard = opened.store.lock(&mut |_| {})?;
    guard.catch_up();
    guard.commit(Entry::new(now(), "admin", vec![removal(next)]))?;
    drop(guard);
    opened.tenant.apply(&removal(next))?;
    disk.sim().acknowledged.commits = next;
    Ok(())
}

fn checkpoint(opened: &mut Opened) -> Result<(), Diagnostic> {
    let mut guard = opened.store.lock(&mut |_| {})?;
    guard.catch_up();
    guard.checkpoint(&opened.tenant, now()).map(drop)
}

/// How many users, from the first on, have no license; the others must have theirs.
fn gone(opened: &Opened) -> u128 {
    let users = opened.tenant.users();
    let gone = users
        .iter()
        .take_while(|user| user.licenses.is_empty())
        .count();
    assert!(users[gone..].iter().all(|user| !user.licenses.is_empty()));
    gone as u128
}

fn workload(disk: &SimDisk) -> Result<(), Diagnostic> {
    create(disk)?;
    let mut opened = open(disk)?;
    commit(disk, &mut opened)?;
    commit(disk, &mut opened)?;
    checkpoint(&mut opened)?;
    commit(disk, &mut opened)?;
    let mut again = open(disk)?;
    commit(disk, &mut again)?;
    again.store.rotate_at(0);
    checkpoint(&mut again)?;
    commit(disk, &mut again)?;
    Ok(())
}

/// What must hold after a crash or a failure: opens, holds what was acknowledged, can be written on.
fn recover(disk: &SimDisk) -> Result<(), String> {
    let told = disk.sim().acknowledged;
    let mut opened = match open(disk) {
        Ok(opened) => opened,
        Err(fault) if told.created => return Err(format!("does not open: {fault}")),
        Err(_) => {
            create(disk).map_err(|fault| format!("can't be created again: {fault}"))?;
            open(disk).map_err(|fault| fault.to_string())?
        }
    };
    if let Some(fault) = opened.store.read_only_reason() {
        return Err(format!("can't be written: {fault}"));
    }
    let gone = gone(&opened);
    if gone < told.commits || gone > told.commits + 1 {
        return Err(format!(
            "{} commits acknowledged, {gone} found",
            told.commits
        ));
    }
    disk.sim().acknowledged = Acknowledged {
        created: true,
        commits: gone,
    };
    // The first to write cuts what was torn, and the next finds nothing to cut.
    drop(
        opened
            .store
            .lock(&mut |_| {})
            .map_err(|fault| format!("can't lock: {fault}"))?,
    );
    let mut second = open(disk).map_err(|fault| fault.to_string())?;
    let mut heard = Vec::new();
    drop(
        second
            .store
            .lock(&mut |notice| heard.push(notice.to_owned())),
    );
    if !heard.is_empty() {
        return Err(format!("the torn tail was left: {heard:?}"));
    }
    commit(disk, &mut opened).map_err(|fault| format!("can't commit: {fault}"))?;
    checkpoint(&mut opened).map_err(|fault| format!("no checkpoint: {fault}"))?;
    commit(disk, &mut opened).map_err(|fault| format!("can't commit: {fault}"))?;
    let mut again = open(disk).map_err(|fault| fault.to_string())?;
    let mut heard = Vec::new();
    drop(
        again
            .store
            .lock(&mut |notice| heard.push(notice.to_owned())),
    );
    if !heard.is_empty() || self::gone(&again) != gone + 2 {
        return Err(format!("not whole after recovery: {heard:?}"));
    }
    Ok(())
}

/// Crashes the workload in every state, and the recovery in some of its own; the images tried, or the first fault.
fn crash_everywhere(sabotage: Option<Sabotage>, plain: bool, seeds: u64) -> Result<u64, String> {
    let disk = SimDisk::default();
    disk.sim().sabotage = sabotage;
    disk.sim().plain = plain;
    disk.sim().history = Some(Vec::new());
    workload(&disk).unwrap();
    disk.sim().remember();
    let states = disk.sim().history.take().unwrap();
    let mut images = 0;
    for seed in 0..seeds {
        let mut random = Random(seed);
        for (step, state) in states.iter().enumerate() {
            for mode in MODES {
                let place = |fault| format!("seed {seed}, step {step}, {mode:?}: {fault}");
                let disk = SimDisk::of(state.crash(mode, &mut random));
                disk.sim().history = Some(Vec::new());
                recover(&disk).map_err(place)?;
                images += 1;
                let inner = disk.sim().history.take().unwrap();
                let state = &inner[random.below(inner.len())];
                let mode = MODES[random.below(MODES.len())];
                recover(&SimDisk::of(state.crash(mode, &mut random)))
                    .map_err(|fault| place(format!("then {mode:?}: {fault}")))?;
                images += 1;
            }
        }
    }
    Ok(images)
}

fn seeds(default: u64) -> u64 {
    std::env::var("CRASH_SEEDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

#[test]
fn nothing_acknowledged_is_lost_wherever_it_crashes() {
    for plain in [false, true] {
        let images = crash_everywhere(None, plain, 2).unwrap();
        assert!(images > 1_000, "{images}");
    }
}

#[test]
#[ignore = "long"]
fn nothing_acknowledged_is_lost_in_a_long_run() {
    let seeds = seeds(1_000);
    let halves = [false, true].map(|plain| crash_everywhere(None, plain, seeds / 2).unwrap());
    let images: u64 = halves.iter().sum();
    println!("{images} crash images of {seeds} seeds (from 0), nothing lost");
}

/// The program is killed, the machine goes on, another shell commits, and then the power goes.
#[test]
fn what_is_committed_after_a_kill_survives_the_power() {
    let disk = SimDisk::default();
    disk.sim().history = Some(Vec::new());
    workload(&disk).unwrap();
    let states = disk.sim().history.take().unwrap();
    let mut random = Random(7);
    let mut tried = 0;
    for state in states.iter().filter(|state| state.acknowledged.created) {
        let killed = SimDisk::of(state.clone());
        let mut opened = open(&killed).unwrap();
        let gone = gone(&opened);
        commit(&killed, &mut opened).unwrap();
        for mode in MODES {
            let after = SimDisk::of(killed.sim().crash(mode, &mut random));
            let found = self::gone(&open(&after).unwrap());
            assert_eq!(found, gone + 1, "{mode:?} after {}", state.operations);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn a_store_that_skips_a_sync_is_caught() {
    for sabotage in [
        Sabotage::NoJournalSync,
        Sabotage::NoTemporarySync,
        Sabotage::NoDirectorySync,
        Sabotage::TailLeft,
    ] {
        let caught = std::panic::catch_unwind(|| crash_everywhere(Some(sabotage), false, 50));
        assert!(!matches!(caught, Ok(Ok(_))), "{sabotage:?} went unnoticed");
    }
}

/// An editor saves without a sync, in place or by rename; then a shell takes the edit over and commits.
fn edited_without_a_sync(sabotage: Option<Sabotage>, by_rename: bool) -> SimDisk {
    let disk = SimDisk::default();
    disk.sim().sabotage = sabotage;
    create(&disk).unwrap();
    let mut opened = open(&disk).unwrap();
    commit(&disk, &mut opened).unwrap();
    checkpoint(&mut opened).unwrap();
    commit(&disk, &mut opened).unwrap();
    let edited = versions(&disk)[0].replace("User 9", "Nine").into_bytes();
    let path = dir().join("tenant.yaml");
    let name = match by_rename {
        true => dir().join("tenant.yaml~"),
        false => path.clone(),
    };
    let file = disk.open(&name, Access::Replace).unwrap();
    file.write_at(&edited, 0).unwrap();
    if by_rename {
        disk.rename(&name, &path).unwrap();
    }
    let mut opened = open(&disk).unwrap();
    assert!(
        opened.notices[0].contains("1 user is changed"),
        "{:?}",
        opened.notices
    );
    disk.sim().history = Some(Vec::new());
    commit(&disk, &mut opened).unwrap();
    disk.sim().remember();
    disk
}

/// The power goes behind the commit: it is there, with the edit that it was built on.
#[test]
fn an_edit_that_its_editor_did_not_sync_is_durable_before_anything_is_built_on_it() {
    let outcome = |sabotage, by_rename| -> Result<u32, String> {
        let disk = edited_without_a_sync(sabotage, by_rename);
        let states = disk.sim().history.take().unwrap();
        let mut images = 0;
        for (seed, state) in (0..40).flat_map(|seed| states.iter().map(move |s| (seed, s))) {
            for mode in MODES {
                let after = SimDisk::of(state.crash(mode, &mut Random(seed * 31 + images)));
                images += 1;
                let told = state.acknowledged.commits;
                let found = match open(&after) {
                    Ok(opened) if opened.store.read_only_reason().is_none() => Ok(opened),
                    Ok(opened) => Err(opened.notices.join("; ")),
                    Err(fault) => Err(fault.to_string()),
                };
                match found {
                    Ok(mut opened) if gone(&opened) >= told => {
                        let name = opened.tenant.users().get(8).map(|u| u.display_name.clone());
                        if told == 3 && name.as_deref() != Some("Nine") {
                            return Err(format!("the edit is gone: {name:?}"));
                        }
                        opened.store.confirm_edit();
                        commit(&after, &mut opened).map_err(|fault| fault.to_string())?;
                    }
                    Ok(_) => return Err("a commit is gone".to_owned()),
                    // What its editor lost is lost; what was acknowledged before it is not.
                    Err(fault) if told < 3 => {
                        let reason = open(&after).err();
                        let Some(reason) = reason else { continue };
                        let holder = Holder::new("a", now());
                        let good = Store::open_last_good(after.shared(), &dir(), holder, reason)
                            .map_err(|none| format!("{fault}: {none}"))?;
                        if gone(&good) < told {
                            return Err("the last good state isn't the last".to_owned());
                        }
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(u32::try_from(images).unwrap())
    };
    for by_rename in [false, true] {
        let images = outcome(None, by_rename).unwrap();
        assert!(images > 1_000, "{images}");
        let caught = outcome(Some(Sabotage::NoEditSync), by_rename);
        assert!(caught.is_err(), "a missing sync went unnoticed");
    }
}

/// The texts of tenant.yaml and of what is kept beside it.
fn versions(disk: &SimDisk) -> Vec<String> {
    let sim = disk.sim();
    let named = sim.names.iter().filter(|(path, _)| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name == "tenant.yaml" || name.starts_with("tenant.yaml.conflict-")
    });
    named
        .map(|(_, file)| String::from_utf8_lossy(&sim.files[*file].content).into_owned())
        .collect()
}

/// A checkpoint into which an editor slips, with every state that it was in.
fn edited_at_the_worst_moment() -> (SimDisk, Vec<Sim>) {
    let disk = SimDisk::default();
    create(&disk).unwrap();
    let mut opened = open(&disk).unwrap();
    commit(&disk, &mut opened).unwrap();
    let edited = versions(&disk)[0].replace("User 9", "Nine");
    disk.sim().intruder = Some(edited.into_bytes());
    disk.sim().history = Some(Vec::new());
    let mut guard = opened.store.lock(&mut |_| {}).unwrap();
    let saved = guard.checkpoint(&opened.tenant, now()).unwrap();
    assert_eq!(saved.kept, [dir().join("tenant.yaml.conflict-3")]);
    drop(guard);
    disk.sim().remember();
    let states = disk.sim().history.take().unwrap();
    (disk, states)
}

#[test]
fn an_editor_that_slips_into_a_checkpoint_is_kept() {
    let (disk, states) = edited_at_the_worst_moment();
    let found = versions(&disk);
    assert!(!found[0].contains("Nine") && found[1].contains("Nine"));
    assert!(open(&disk).unwrap().notices.is_empty());
    // Nor is the edit lost when the machine stops on the way, and another shell saves later.
    for (step, state) in states.iter().enumerate() {
        let edited = state
            .durable_names
            .iter()
            .any(|(_, file)| String::from_utf8_lossy(&state.files[*file].durable).contains("Nine"));
        for mode in MODES {
            let disk = SimDisk::of(state.crash(mode, &mut Random(step as u64)));
            if let Err(fault) = recover(&disk) {
                panic!("step {step}, {mode:?}: {fault}");
            }
            let kept = versions(&disk).iter().any(|text| text.contains("Nine"));
            assert_eq!(
                kept,
                edited,
                "step {step}, {mode:?}: {:?}",
                versions(&disk).len()
            );
        }
    }
}

#[test]
fn every_failing_operation_leaves_what_was_acknowledged() {
    let disk = SimDisk::default();
    workload(&disk).unwrap();
    let operations = disk.sim().operations;
    for at in 1..=operations {
        for failure in [Failure::Error, Failure::Full, Failure::Short] {
            let disk = SimDisk::default();
            disk.sim().fail_at = Some((at, failure));
            let _ = workload(&disk);
            disk.sim().fail_at = None;
            if let Err(fault) = recover(&disk) {
                panic!("operation {at}, {failure:?}: {fault}");
            }
        }
    }
}

#[test]
fn a_shell_that_lives_on_after_a_failure_acknowledges_nothing_false() {
    let operations = 16;
    for at in 1..=operations {
        for failure in [Failure::Error, Failure::Full, Failure::Short] {
            let disk = SimDisk::default();
            create(&disk).unwrap();
            let mut opened = open(&disk).unwrap();
            commit(&disk, &mut opened).unwrap();
            let before = disk.sim().operations;
            disk.sim().fail_at = Some((before + at, failure));
            for _ in 0..3 {
                let _ = commit(&disk, &mut opened);
                let _ = checkpoint(&mut opened);
            }
            disk.sim().fail_at = None;
            let lost = SimDisk::of(disk.sim().crash(Mode::Lost, &mut Random(at)));
            for disk in [disk, lost] {
                if let Err(fault) = recover(&disk) {
                    panic!("operation {at}, {failure:?}: {fault}");
                }
            }
        }
    }
}

/// A tenant with five commits in its journal, and the offsets at which records begin.
fn journal() -> (SimDisk, Vec<u8>, Vec<usize>) {
    let disk = SimDisk::default();
    create(&disk).unwrap();
    let mut opened = open(&disk).unwrap();
    for _ in 0..5 {
        commit(&disk, &mut opened).unwrap();
    }
    let bytes = {
        let sim = disk.sim();
        sim.files[sim.names[&dir().join("journal.yaml")]]
            .content
            .clone()
    };
    let starts = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(b"--- # seq="))
        .collect();
    (disk, bytes, starts)
}

/// Opens with another journal: what is shown is some number of the commits, whole, in order.
fn with_journal(disk: &SimDisk, bytes: Vec<u8>) -> Option<(u128, bool)> {
    let sim = disk.sim().clone();
    let disk = SimDisk::of(sim);
    {
        let mut sim = disk.sim();
        let file = sim.names[&dir().join("journal.yaml")];
        sim.files[file] = File {
            durable: bytes.clone(),
            content: bytes,
            ..File::default()
        };
    }
    let mut opened = open(&disk).ok()?;
    let writable = opened.store.lock(&mut |_| {}).is_ok();
    Some((gone(&opened), writable))
}

#[test]
fn a_journal_cut_anywhere_shows_its_whole_records() {
    let (disk, bytes, starts) = journal();
    for cut in 0..bytes.len() {
        let whole = starts[1..]
            .iter()
            .skip(1)
            .chain([&bytes.len()])
            .filter(|s| **s <= cut)
            .count();
        match with_journal(&disk, bytes[..cut].to_vec()) {
            None => assert!(cut < starts[0], "cut at {cut}"),
            Some((gone, writable)) => {
                assert_eq!(gone, whole as u128, "cut at {cut}");
                // Without the snapshot's own record nothing tells that the file is ours.
                assert!(writable || cut < starts[1], "cut at {cut}");
            }
        }
    }
}

#[test]
fn no_flipped_bit_goes_unnoticed() {
    let (disk, bytes, starts) = journal();
    let last = *starts.last().unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            if let Some((gone, writable)) = with_journal(&disk, bytes) {
                // A fault in the last record looks like a write that was cut short.
                assert!(gone <= 4, "byte {at}, bit {bit} went unnoticed");
                assert!(
                    !writable || at >= last,
                    "byte {at}, bit {bit} did not bar writing"
                );
            }
        }
    }
}

#[test]
fn records_that_are_dropped_doubled_swapped_or_foreign_bar_writing() {
    let (disk, bytes, starts) = journal();
    let record = |i: usize| &bytes[starts[i]..*starts.get(i + 1).unwrap_or(&bytes.len())];
    let journal_of = |records: &[usize]| {
        let mut own = bytes[..starts[0]].to_vec();
        records
            .iter()
            .for_each(|i| own.extend_from_slice(record(*i)));
        own
    };
    for records in [
        &[0, 2, 3, 4, 5][..],
        &[0, 1, 2, 3, 5],
        &[0, 1, 1, 2, 3, 4, 5],
        &[0, 1, 2, 3, 4, 5, 5],
        &[0, 2, 1, 3, 4, 5],
        &[0, 1, 2, 3, 5, 4],
    ] {
        let found = with_journal(&disk, journal_of(records));
        assert!(matches!(found, Some((_, false))), "{records:?}: {found:?}");
    }
    let mut foreign = journal_of(&[0, 1, 2]);
    let other = String::from_utf8(record(3).to_vec())
        .unwrap()
        .replace("admin", "other");
    foreign.extend_from_slice(other.as_bytes());
    foreign.extend_from_slice(record(4));
    let found = with_journal(&disk, foreign);
    assert!(matches!(found, Some((2, false))), "{found:?}");
}
