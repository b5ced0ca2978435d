//! Who acts, when, on which tenant: the state that commands share, and the one way to make a change durable.

mod acting;
mod policy_guard;
mod run;
mod transaction;
mod work;

use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::diagnostic::{Category, Diagnostic};
use crate::files::{self, Files, Mode};
use crate::objects;
use crate::plan::{FileMark, Origin, Rehearsal, Rehearsed, TenantMark, sha256};
use crate::store::{Entry, Saved, Store};
use crate::tenant::{Actor, Change, Tenant};
use crate::value::{DeferredVec, Value, drop_in_background};
pub use policy_guard::{PolicyGuard, read_policy};
pub use run::{CONFIRM_ABOVE, ChangeGuard, Proposal, Run};
pub use work::Work;

/// Time and chance, handed in so that tests are deterministic.
pub trait Clock {
    fn now(&self) -> Timestamp;
    fn new_id(&self) -> Uuid;
    /// How long the program has been running, exactly; only differences mean something.
    fn running(&self) -> Duration;
}

/// A question before a change.
#[derive(Clone, Debug)]
pub struct Question {
    /// What would be done, in a sentence.
    pub what: String,
    /// When set, this number must be typed instead of a yes.
    pub number: Option<usize>,
    /// Asked for each record of many: "all" and "no to all" are answers too.
    pub per_record: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    YesToAll,
    NoToAll,
}

/// Where the admin is: output, messages, questions.
pub trait Console {
    /// A result, for standard output.
    ///
    /// # Errors
    /// The output is closed or full.
    fn output(&mut self, value: &Value) -> Result<(), Diagnostic>;
    /// A line that a script prints.
    ///
    /// # Errors
    /// The output is closed or full.
    fn print(&mut self, text: &str) -> Result<(), Diagnostic>;
    /// Ends the output of one run, so that all of it is out.
    ///
    /// # Errors
    /// The output is closed or full.
    fn finish(&mut self) -> Result<(), Diagnostic>;
    fn error(&mut self, error: &Diagnostic);
    fn warning(&mut self, warning: &Diagnostic);
    /// A sentence for the admin that is no result: a summary, a wait.
    fn notice(&mut self, text: &str);
    /// Begins work that may take a while, on `total` objects where their number is known; somebody may see how far it has
    /// come.
    fn begin(&mut self, _what: &dyn Fn() -> String, _total: Option<usize>) -> Work {
        Work::default()
    }
    /// Whether somebody can answer.
    fn interactive(&self) -> bool;
    fn ask(&mut self, question: &Question) -> Answer;
    /// Lets the admin type what is missing; none where nobody answers.
    fn prompt(&mut self, name: &str) -> Option<String>;
    /// Whether what was typed ahead is not to run, as something else than an answer came to a question. Asked once.
    fn drops_ahead(&mut self) -> bool {
        false
    }
    /// Whether what is shown can be kept in a file.
    fn can_record(&self) -> bool {
        false
    }
    /// Keeps what is shown from here on, as plain text; no longer, without a place to.
    fn record(&mut self, _log: Option<Box<dyn Write>>) {}
    /// What the admin typed, for the record: the screen has it already.
    fn typed(&mut self, _text: &str) {}
}

/// What the command line said about how changes are handled.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Everything is rehearsed on the copy in memory; the store is neither locked nor written.
    pub what_if: bool,
    /// Every question is answered with yes.
    pub yes: bool,
    pub read_only: bool,
    /// Every changing cmdlet asks for each record, as with `-Confirm`.
    pub confirm: bool,
    /// What `-ErrorAction` and `-WarningAction` are where a cmdlet isn't given its own.
    pub error_action: Option<Arc<str>>,
    pub warning_action: Option<Arc<str>>,
    pub verbose: bool,
    pub quiet: bool,
    /// `$WhatIfPreference`: every changing cmdlet that isn't told otherwise is rehearsed, as with `-WhatIf`.
    pub prefers_what_if: bool,
    /// Why things are changed, for the journal.
    pub reason: Option<Arc<str>>,
}

impl Policy {
    /// What writing a file may do under it.
    fn files(&self) -> Files {
        Files::new(match (self.read_only, self.what_if) {
            (true, _) => Mode::ReadOnly,
            (false, true) => Mode::WhatIf,
            (false, false) => Mode::Normal,
        })
    }
}

/// What held before [`Session::enter`].
pub struct SavedSettings {
    policy: Policy,
    rehearses: bool,
}

/// A line that was typed in the shell.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The number under which errors name it.
    pub id: usize,
    pub line: String,
}

/// The state of one run of the program.
pub struct Session {
    tenant: Rc<Tenant>,
    store: Option<Store>,
    pub actor: Actor,
    pub clock: Box<dyn Clock>,
    pub console: Box<dyn Console>,
    pub policy: Policy,
    pub files: Files,
    /// The tenant's own files, which nothing else writes.
    own: Arc<[PathBuf]>,
    /// What is being run, for the journal: the line as typed, and the script it stands in.
    pub command: String,
    pub script: Option<String>,
    /// The latest errors, newest first: `$Error`.
    pub errors: Vec<Diagnostic>,
    /// The lines typed so far, without those that look like secrets.
    pub history: Vec<Typed>,
    /// A line that the shell is to run next, as if it were typed again.
    pub again: Option<String>,
    /// Where what is shown is kept.
    pub transcript: Option<PathBuf>,
    /// Records that failed so far.
    pub failed: usize,
    /// Where output goes while a block runs inside a pipeline; the console when empty.
    captures: Vec<Vec<Value>>,
    /// What functions that are being rehearsed changed so far, one list for each that is running.
    rehearsals: Vec<Vec<Change>>,
    /// What is rehearsed for a plan, and the files that were read for it.
    rehearsal: Option<(Rehearsal, Vec<FileMark>)>,
    /// The SHA-256 of the plan that is being applied, for the journal.
    pub plan: Option<String>,
    /// What waits to be committed with what is still to come.
    transaction: Option<transaction::Transaction>,
    /// What the line or script that is running did so far.
    run: Run,
    /// Who may refuse changes before they are made.
    pub guards: Vec<Rc<dyn ChangeGuard>>,
    /// Whether this session committed anything.
    committed: bool,
    /// The entry that holds all of the command that is being run, and that command.
    written: Option<(u64, String)>,
    /// The last entry that the tenant holds, for sessions that never take the lock.
    seen: u64,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// Durable, under this number; none for a tenant that lives in memory only.
    As(Option<u64>),
    /// Others committed first. Theirs are in the tenant now, ours are taken back: decide again.
    Overtaken,
}

impl Session {
    pub fn new(
        tenant: Tenant,
        store: Option<Store>,
        actor: Actor,
        clock: Box<dyn Clock>,
        console: Box<dyn Console>,
        policy: Policy,
    ) -> Self {
        let seen = store.as_ref().map_or(0, Store::end_seq);
        let own = store.as_ref().map(Store::own_files).unwrap_or_default();
        let own: Arc<[PathBuf]> = own.into();
        Self {
            tenant: Rc::new(tenant),
            store,
            actor,
            clock,
            console,
            files: policy.files().keeping(Arc::clone(&own)),
            own,
            policy,
            command: String::new(),
            script: None,
            errors: Vec::new(),
            history: Vec::new(),
            again: None,
            transcript: None,
            failed: 0,
            captures: Vec::new(),
            rehearsals: Vec::new(),
            rehearsal: None,
            plan: None,
            transaction: None,
            run: Run::default(),
            guards: Vec::new(),
            committed: false,
            written: None,
            seen,
        }
    }

    /// The tenant as it is now. A snapshot: later changes don't show in it.
    pub fn tenant(&self) -> Rc<Tenant> {
        Rc::clone(&self.tenant)
    }

    /// The tenant's clock, by which the rules judge.
    pub fn tenant_now(&self) -> Timestamp {
        let now = self.clock.now();
        let offset = SignedDuration::from_secs(self.tenant.organisation().clock_offset);
        now.checked_add(offset).unwrap_or(now)
    }

    /// Writes a result to whoever takes it: the block's pipeline, else the console.
    pub fn output(&mut self, value: Value) -> Result<(), Diagnostic> {
        match self.captures.last_mut() {
            Some(capture) => {
                capture.push(value);
                Ok(())
            }
            None => self.console.output(&value),
        }
    }

    /// Puts out what results say of changes, where an error keeps them from whoever would have taken them: a license that
    /// is gone must not go untold.
    pub fn tell(&mut self, values: DeferredVec<Value>) {
        if self.is_in_transaction() {
            // It is taken back with the error.
            return;
        }
        for value in values.iter().filter(|value| objects::is_result(value)) {
            if self.output(value.clone()).is_err() {
                // The output is closed, which is told at its next use.
                return;
            }
        }
    }

    /// Takes output aside until [`Session::captured`].
    pub fn capture(&mut self) {
        self.captures.push(Vec::new());
    }

    pub fn captured(&mut self) -> Vec<Value> {
        self.captures.pop().unwrap_or_default()
    }

    /// How changes and files are handled from here on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.files = policy.files().keeping(Arc::clone(&self.own));
        self.policy = policy;
    }

    /// Begins a function or a script, for all of which another policy holds. When it is rehearsed its later commands see
    /// the effect of the earlier ones, and at its end all is taken back.
    pub fn enter(&mut self, policy: Policy, rehearses: bool) -> SavedSettings {
        if rehearses {
            self.rehearsals.push(Vec::new());
        }
        let outer = SavedSettings {
            policy: self.policy.clone(),
            rehearses,
        };
        self.set_policy(policy);
        outer
    }

    /// Ends what [`Session::enter`] began.
    ///
    /// # Errors
    /// What was rehearsed can't be taken back, which would be a fault of the program.
    pub fn leave(&mut self, outer: SavedSettings) -> Result<(), Diagnostic> {
        self.set_policy(outer.policy);
        if outer.rehearses {
            let changes = self.rehearsals.pop().unwrap_or_default();
            self.take_back(&changes)?;
        }
        Ok(())
    }

    /// Keeps all that is rehearsed from here on, for a plan.
    pub fn begin_rehearsal(&mut self) {
        let begun = Rehearsal::new(self.tenant(), self.tenant_now());
        self.rehearsal = Some((begun, Vec::new()));
    }

    /// What was rehearsed since, and the files that were read for it.
    pub fn end_rehearsal(&mut self) -> Option<(Rehearsal, Vec<FileMark>)> {
        self.rehearsal.take()
    }

    /// Whether what is rehearsed now is kept; what a function rehearses for itself isn't.
    pub fn keeps_rehearsal(&self) -> bool {
        self.rehearsal.is_some() && self.rehearsals.is_empty()
    }

    /// A result row of what is rehearsed.
    pub fn note_rehearsed(&mut self, result: Rehearsed) {
        if let Some((rehearsal, _)) = &mut self.rehearsal {
            rehearsal.results.push(result);
        }
    }

    /// Where a plan comes from that is made now.
    pub fn plan_origin(&self) -> Origin {
        let checksum = |store: &Store| format!("{:016x}", store.end_sum());
        let policy = self.store.as_ref().and_then(|store| {
            let bytes = files::bytes(&store.dir().join("policy.yaml"))?;
            Some(FileMark {
                file: "policy.yaml".to_owned(),
                sha256: sha256(&bytes),
            })
        });
        Origin {
            made: self.clock.now(),
            reason: self.policy.reason.as_deref().map(str::to_owned),
            tenant: TenantMark {
                name: self.tenant.organisation().name.clone(),
                sequence: self.store.as_ref().map_or(0, Store::end_seq),
                checksum: self.store.as_ref().map(checksum),
            },
            command: Some(self.command.clone()).filter(|command| !command.is_empty()),
            script: None,
            parameters: Vec::new(),
            inputs: Vec::new(),
            policy,
        }
    }

    /// A file that was read, each once, where that matters to a plan.
    pub fn note_read(&mut self, path: &std::path::Path) {
        let Some((_, read)) = &mut self.rehearsal else {
            return;
        };
        let file = path.display().to_string();
        if !read.iter().any(|mark| mark.file == file)
            && let Some(bytes) = files::bytes(path)
        {
            let sha256 = sha256(&bytes);
            read.push(FileMark { file, sha256 });
        }
    }

    /// Keeps an error for `$Error`, and shows it unless it is to pass in silence.
    pub fn report(&mut self, error: Diagnostic, silent: bool) {
        const KEPT: usize = 256;
        if !silent {
            self.console.error(&error);
        }
        self.errors.insert(0, error);
        self.errors.truncate(KEPT);
    }

    /// Changes the tenant in memory: all of the changes, or none.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), Diagnostic> {
        let tenant = Rc::make_mut(&mut self.tenant);
        for (done, change) in changes.iter().enumerate() {
            if let Err(error) = tenant.apply(change) {
                take_back(tenant, &changes[..done])?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Undoes [`Session::apply`], for changes that were not committed.
    pub fn take_back(&mut self, changes: &[Change]) -> Result<(), Diagnostic> {
        take_back(Rc::make_mut(&mut self.tenant), changes)
    }

    /// Puts the tenant back as it was, in place of taking back what was done to it since.
    pub fn put_back(&mut self, before: Rc<Tenant>) {
        free_tenant(std::mem::replace(&mut self.tenant, before));
    }

    /// Makes changes durable that are already in the tenant in memory; `undoes` are the commits that they take back. When
    /// it fails the changes are taken back.
    pub fn commit(&mut self, changes: &[Change], undoes: &[u64]) -> Result<Committed, Diagnostic> {
        if self.policy.what_if {
            let now = self.tenant_now();
            if let Some(rehearsed) = self.rehearsals.last_mut() {
                rehearsed.extend_from_slice(changes);
            } else if let Some((rehearsal, _)) = &mut self.rehearsal {
                rehearsal.add(changes, undoes, now);
            }
            return Ok(Committed::As(None));
        }
        if self.policy.read_only {
            self.take_back(changes)?;
            return Err(read_only());
        }
        if let Some(open) = &mut self.transaction {
            open.changes.extend_from_slice(changes);
            open.undoes.extend_from_slice(undoes);
            open.actor.get_or_insert_with(|| self.actor.clone());
            self.warn_if_signed_out(changes.iter());
            return Ok(Committed::As(None));
        }
        let tenant_at = self.tenant_now();
        let at = self.clock.now();
        let command = self.command_for_journal();
        let Some(store) = &mut self.store else {
            self.warn_if_signed_out(changes.iter());
            return Ok(Committed::As(None));
        };
        store.act_as(&self.actor.name);
        let mut entry = Entry::new(at, &self.actor.name, changes.to_vec());
        entry.run = self.run.number;
        entry.tenant_at = (tenant_at != at).then_some(tenant_at);
        entry.command = command;
        entry.script.clone_from(&self.script);
        entry.reason = self.policy.reason.as_deref().map(str::to_owned);
        entry.undoes = undoes.to_vec();
        entry.plan.clone_from(&self.plan);
        let console = &mut self.console;
        let _work = console.begin(&|| format!("writing {} changes", changes.len()), None);
        let mut news = Vec::new();
        let number = store
            .lock(&mut |text| console.notice(text))
            .and_then(|mut guard| {
                news = guard.catch_up();
                if news.is_empty() {
                    guard.commit(entry).map(Some)
                } else {
                    Ok(None)
                }
            });
        match number {
            Ok(Some(number)) => {
                self.run.number.get_or_insert(number);
                self.run.commits.push(number);
                self.committed = true;
                if self
                    .written
                    .as_ref()
                    .is_none_or(|(_, text)| *text != self.command)
                {
                    self.written = Some((number, self.command.clone()));
                }
                self.warn_if_signed_out(changes.iter());
                Ok(Committed::As(Some(number)))
            }
            Ok(None) => {
                self.take_back(changes)?;
                let tenant = Rc::make_mut(&mut self.tenant);
                for change in news.iter().flat_map(|entry| &entry.changes) {
                    tenant.apply(change)?;
                }
                self.ask_actor_again(news.iter().flat_map(|entry| &entry.changes))?;
                Ok(Committed::Overtaken)
            }
            Err(error) => {
                self.take_back(changes)?;
                Err(error)
            }
        }
    }

    /// The command as the next entry has it: a long one stands whole in one entry, and the others say which.
    fn command_for_journal(&self) -> Option<String> {
        const LONG: usize = 400;
        const SHOWN: usize = 120;
        match &self.written {
            _ if self.command.is_empty() => None,
            Some((number, text)) if text.len() > LONG && *text == self.command => {
                let start: String = text.chars().take(SHOWN).collect();
                Some(format!("{start}… (all of it: change {number})"))
            }
            _ => Some(self.command.clone()),
        }
    }

    /// Takes in what others committed since this session last looked. A rehearsal goes on from where it began.
    ///
    /// # Errors
    /// The store can't be read or is locked for long, others' changes don't fit, or the acting admin has no role any more.
    pub fn refresh(&mut self) -> Result<(), Diagnostic> {
        let Some(store) = self
            .store
            .as_mut()
            .filter(|store| store.read_only_reason().is_none())
        else {
            return Ok(());
        };
        let news = match (self.policy.what_if, self.policy.read_only) {
            (true, _) => return Ok(()),
            (false, true) => store.entries(self.seen + 1)?,
            (false, false) => {
                let console = &mut self.console;
                store.lock(&mut |text| console.notice(text))?.catch_up()
            }
        };
        let Some(last) = news.last() else {
            return Ok(());
        };
        self.seen = last.seq;
        let tenant = Rc::make_mut(&mut self.tenant);
        for change in news.iter().flat_map(|entry| &entry.changes) {
            tenant.apply(change)?;
        }
        self.ask_actor_again(news.iter().flat_map(|entry| &entry.changes))
    }

    /// Whether this run has made something durable.
    pub fn has_committed(&self) -> bool {
        self.committed
    }

    /// Whether changes are kept: a store is behind the tenant.
    pub fn is_durable(&self) -> bool {
        self.store.is_some()
    }

    /// Writes tenant.yaml anew where the store says that it is time: at a clean exit, or when the journal has grown long.
    ///
    /// # Errors
    /// The file can't be written, or was changed by hand meanwhile. Every change is in the journal all the same.
    pub fn checkpoint(&mut self, at_exit: bool) -> Result<(), Diagnostic> {
        if self.policy.what_if || self.policy.read_only || !self.committed {
            return Ok(());
        }
        // What waits for a transaction's end is in the tenant in memory and in no journal.
        if self.is_in_transaction() {
            return Ok(());
        }
        if self
            .store
            .as_ref()
            .is_some_and(|store| store.wants_checkpoint(at_exit))
        {
            self.write_tenant()?;
        }
        Ok(())
    }

    /// Writes tenant.yaml anew now; none where it holds everything already, or where everything is rehearsed.
    ///
    /// # Errors
    /// The tenant lives in memory, may not be written, a transaction is under way, or the file can't be. Every change is in the journal all the same.
    pub fn save(&mut self) -> Result<Option<Saved>, Diagnostic> {
        if self.policy.read_only {
            return Err(read_only());
        }
        self.refuse_in_transaction()?;
        let what_if = self.policy.what_if;
        // Others' changes are to be saved too.
        self.refresh()?;
        let pending = self.store()?.is_pending();
        if what_if || !pending {
            return Ok(None);
        }
        self.write_tenant().map(Some)
    }

    /// Nothing reaches the disk from inside a transaction: its changes are in the tenant in memory only, and may be taken
    /// back yet.
    fn refuse_in_transaction(&self) -> Result<(), Diagnostic> {
        if !self.is_in_transaction() {
            return Ok(());
        }
        let message = "tenant.yaml can't be written inside a transaction, whose changes may still be taken back";
        Err(Diagnostic::new("InTransaction", Category::Runtime, message)
            .hint("put Save-Tenant behind the transaction's end"))
    }

    /// The files behind the tenant.
    ///
    /// # Errors
    /// `InMemory` for a tenant without files.
    pub fn store(&self) -> Result<&Store, Diagnostic> {
        self.kept_store().ok_or_else(in_memory)
    }

    /// The same; none for a tenant without files.
    pub fn kept_store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    fn write_tenant(&mut self) -> Result<Saved, Diagnostic> {
        self.refuse_in_transaction()?;
        let at = self.clock.now();
        let store = self.store.as_mut().ok_or_else(in_memory)?;
        store.act_as(&self.actor.name);
        let console = &mut self.console;
        let _work = console.begin(&|| "writing tenant.yaml".to_owned(), None);
        let mut guard = store.lock(&mut |text| console.notice(text))?;
        let tenant = Rc::make_mut(&mut self.tenant);
        let news = guard.catch_up();
        for change in news.iter().flat_map(|entry| &entry.changes) {
            tenant.apply(change)?;
        }
        let saved = guard.checkpoint(tenant, at)?;
        self.warn_if_signed_out(news.iter().flat_map(|entry| &entry.changes));
        for kept in &saved.kept {
            let message = format!(
                "{} was changed by hand while it was being written; that version is kept as {}",
                saved.path.display(),
                kept.display()
            );
            let warning = Diagnostic::new("EditKept", Category::Stale, message)
                .about(kept.display().to_string())
                .hint("make the edit again in tenant.yaml, then delete that file");
            self.console.warning(&warning);
        }
        Ok(saved)
    }
}

fn read_only() -> Diagnostic {
    Diagnostic::new(
        "ReadOnly",
        Category::Denied,
        "the tenant was opened with --read-only",
    )
}

/// A tenant without files has no journal to look into.
pub fn in_memory() -> Diagnostic {
    Diagnostic::new(
        "InMemory",
        Category::NotFound,
        "this tenant lives in memory only: it has no files and no journal",
    )
    .hint("make one that is kept with: tenantsh init DIR")
}

/// Lets a tenant go that may be the last to hold many users.
pub fn free_tenant(tenant: Rc<Tenant>) {
    if let Some(tenant) = Rc::into_inner(tenant) {
        let count = tenant.users().len();
        drop_in_background(tenant, count);
    }
}

fn take_back(tenant: &mut Tenant, changes: &[Change]) -> Result<(), Diagnostic> {
    for change in changes.iter().rev() {
        tenant.apply(&change.clone().inverse())?;
    }
    Ok(())
}
