//! One cmdlet at work: what it may ask, and where it writes.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::cmdlet::Catalog;
use super::common::Common;
use super::pipeline::{Running, sift};
use jiff::Timestamp;

use crate::diagnostic::{Category, Diagnostic, Source, Span};
use crate::plan::Rehearsed;
use crate::session::{Session, Work};
use crate::tenant::{Change, Tenant};
use crate::value::{Block, Object, Predicate, Subject, Value};

/// Why a stage ends early.
#[derive(Debug)]
pub enum Flow {
    /// Whoever is downstream has enough; producers end without complaint.
    Stop,
    /// A terminating error.
    Fail(Diagnostic),
    /// The script engine has an error, a `break` or an `exit` of its own to pass on; the host holds it.
    Host,
}

impl From<Diagnostic> for Flow {
    fn from(error: Diagnostic) -> Self {
        Flow::Fail(error)
    }
}

/// What a cmdlet needs of the script engine.
pub trait Host {
    /// Runs a block with `$_` set to the item; what its commands put out comes first, its value last.
    fn run_block(&mut self, block: &Block, item: Value) -> Result<Vec<Value>, Flow>;

    /// Whether a block comes to something true for an item; what its commands put out is dropped.
    fn test_block(&mut self, block: &Block, item: &Value) -> Result<bool, Flow>;

    /// Calls a function of a script; what its commands put out comes first, its value last.
    /// With `streams` what they put out goes on at once, and only the value comes back.
    fn call_function(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        streams: bool,
    ) -> Result<Vec<Value>, Flow>;

    /// Runs a script file with variables of its own; `parameters` is a map or nothing. `streams` as for functions.
    fn run_script(
        &mut self,
        path: &str,
        parameters: Value,
        streams: bool,
    ) -> Result<Vec<Value>, Flow>;

    fn set_variable(&mut self, name: &str, value: Value);

    fn variable(&self, name: &str) -> Option<Value>;

    /// Every variable that an admin gave, the latest of a name only.
    fn variables(&self) -> Vec<(String, Value)>;

    /// Whether the admin pressed Ctrl-C.
    fn interrupted(&self) -> bool;
}

/// What a command with `-WhatIf` would change, before it is taken back.
pub struct RehearsedChanges<'a> {
    pub before: &'a Rc<Tenant>,
    pub after: &'a Rc<Tenant>,
    /// The tenant's clock when it began and ended.
    pub from: Timestamp,
    pub now: Timestamp,
    pub changes: &'a [Change],
    /// The commits that they take back.
    pub undoes: &'a [u64],
    pub results: &'a [Rehearsed],
}

/// A stage that keeps state between objects.
pub trait Stage {
    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow>;

    /// What an object has to pass to be let through, where letting it through or not is all that the stage does with it.
    fn sieve(&self) -> Option<&Predicate> {
        None
    }

    /// Whether it wants to know what is rehearsed before it.
    fn keeps_changes(&self) -> bool {
        false
    }

    /// A command before it rehearsed this; its rows come afterwards.
    fn rehearsed(&mut self, _rehearsed: &RehearsedChanges) {}

    /// All objects have come.
    fn end(&mut self, _call: &mut Call) -> Result<(), Flow> {
        Ok(())
    }
}

/// What all stages of one pipeline share.
pub(super) struct Shared<'h> {
    pub session: &'h RefCell<Session>,
    pub host: &'h mut dyn Host,
    pub catalog: &'h Catalog,
    pub source: &'h Arc<Source>,
    /// What came out of the last stage.
    pub yielded: Vec<Value>,
    /// Goes to the session's output at once instead.
    pub discard: bool,
    /// The last stage was asked for one exact thing and found it.
    pub single: bool,
    /// All of it, for whoever watches.
    pub work: Work,
    /// A command ends early and tells what it has done: whoever is behind takes it in to the end.
    pub finishing: bool,
    /// What is written with so many stages behind it is counted: the first stage's.
    pub counted_before: usize,
}

/// A cmdlet's view of the pipeline it stands in.
pub struct Call<'a, 'h> {
    pub(super) shared: &'a mut Shared<'h>,
    /// The stages behind this one.
    pub(super) rest: &'a mut [Running],
    pub(super) common: &'a Common,
    /// Where this stage was typed.
    pub(super) span: Span,
}

impl Call<'_, '_> {
    /// The tenant as it is now.
    pub fn tenant(&self) -> Rc<Tenant> {
        self.shared.session.borrow().tenant()
    }

    pub fn catalog(&self) -> &Catalog {
        self.shared.catalog
    }

    pub fn session(&self) -> &RefCell<Session> {
        self.shared.session
    }

    /// Hands an object to the next stage, or puts it out.
    pub fn write(&mut self, value: impl Into<Value>) -> Result<(), Flow> {
        self.count_and_check_interrupt()?;
        let value = value.into();
        if self.common.out_variable.is_some() {
            self.common.collected.borrow_mut().push(value.clone());
        }
        pass_on(self.shared, self.rest, value)
    }

    /// Hands on an object that the tenant holds too. Filters right behind this stage are asked first: a million of which
    /// few pass are looked at where they lie.
    pub fn write_shared<T: Object>(&mut self, object: &Arc<T>) -> Result<(), Flow> {
        if self.common.out_variable.is_some() {
            return self.write(object.to_value());
        }
        self.count_and_check_interrupt()?;
        match sift(self.shared, self.rest, object)? {
            Some(passed) => pass_on(self.shared, &mut self.rest[passed..], object.to_value()),
            None => Ok(()),
        }
    }

    /// Counts what the first stage hands on, and ends the pipeline if the admin pressed Ctrl-C.
    fn count_and_check_interrupt(&self) -> Result<(), Flow> {
        if self.rest.len() == self.shared.counted_before {
            self.shared.work.step();
        }
        self.check_interrupt()
    }

    /// A list's items one by one, anything else as it is, null not at all.
    pub fn write_each(&mut self, value: Value) -> Result<(), Flow> {
        match value {
            Value::List(items) => items.iter().try_for_each(|item| self.write(item.clone())),
            Value::Null => Ok(()),
            one => self.write(one),
        }
    }

    /// Says that this call names or makes one exact thing: its value is the thing, not a list of one.
    pub fn is_exact(&mut self) {
        if self.rest.is_empty() {
            self.shared.single = true;
        }
    }

    pub fn run_block(&mut self, block: &Block, item: Value) -> Result<Vec<Value>, Flow> {
        self.shared.host.run_block(block, item)
    }

    /// Whether a block comes to something true for an item.
    pub fn test_block(&mut self, block: &Block, item: &Value) -> Result<bool, Flow> {
        self.shared.host.test_block(block, item)
    }

    /// Runs a function or a script and writes what it yields; the common parameters of this stage hold for all that it
    /// does. `run` is told whether the output goes on at once, in order with what is printed on the way.
    pub fn run_scripted(
        &mut self,
        run: impl FnOnce(&mut dyn Host, bool) -> Result<Vec<Value>, Flow>,
    ) -> Result<(), Flow> {
        let common = &self.common;
        let streams = self.rest.is_empty() && self.shared.discard && common.out_variable.is_none();
        let session = self.shared.session;
        let inside = common.policy_inside(&session.borrow().policy);
        let outer = session.borrow_mut().enter(inside, common.what_if);
        let outcome = run(self.shared.host, streams);
        session.borrow_mut().leave(outer)?;
        outcome?
            .into_iter()
            .try_for_each(|value| self.write_each(value))
    }

    /// Sets a variable of the script.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        self.shared.host.set_variable(name, value);
    }

    /// The script's variables and their values.
    pub fn variables(&self) -> Vec<(String, Value)> {
        self.shared.host.variables()
    }

    /// A fault of one object: told and counted, and the rest goes on, unless `-ErrorAction Stop` ends it here.
    pub fn fail(&mut self, error: Diagnostic) -> Result<(), Flow> {
        let error = error.at_if_unplaced(self.shared.source, self.span);
        if self.common.stops() {
            return Err(Flow::Fail(error));
        }
        self.common.failures.borrow_mut().push(error.clone());
        let mut session = self.shared.session.borrow_mut();
        session.failed += 1;
        if !self.common.ignores() {
            session.report(error, self.common.is_silent());
        }
        Ok(())
    }

    pub fn warn(&mut self, warning: Diagnostic) -> Result<(), Flow> {
        let warning = warning.at_if_unplaced(self.shared.source, self.span);
        self.warn_unplaced(warning)
    }

    /// A warning in a script's own words, which say where they come from if that matters.
    pub fn warn_unplaced(&mut self, warning: Diagnostic) -> Result<(), Flow> {
        match self.common.warning_action.as_deref() {
            Some("Stop") => Err(Flow::Fail(warning)),
            Some("SilentlyContinue" | "Ignore") => Ok(()),
            _ => {
                self.shared.session.borrow_mut().console.warning(&warning);
                Ok(())
            }
        }
    }

    /// Says something that is no result, unless the admin asked for quiet.
    pub fn notice(&self, text: &str) {
        self.shared.session.borrow_mut().console.notice(text);
    }

    /// Told only with `-Verbose`.
    pub fn verbose(&mut self, text: &str) {
        let mut session = self.shared.session.borrow_mut();
        if self.common.verbose {
            session.console.notice(text);
        }
    }

    /// Runs what takes long over so many objects and can't be interrupted on a thread of its own, which is left behind when
    /// the admin presses Ctrl-C.
    ///
    /// # Errors
    /// Ctrl-C, or the thread failed, which would be a fault of the program.
    pub fn run_in_background<T: Send + 'static>(
        &self,
        objects: usize,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Flow> {
        const MANY: usize = 10_000;
        const OFTEN: Duration = Duration::from_millis(20);
        if objects < MANY {
            return Ok(run());
        }
        let (sender, receiver) = mpsc::channel();
        // Nobody receives it after Ctrl-C.
        thread::spawn(move || drop(sender.send(run())));
        loop {
            match receiver.recv_timeout(OFTEN) {
                Ok(made) => return Ok(made),
                Err(RecvTimeoutError::Timeout) => self.check_interrupt()?,
                Err(RecvTimeoutError::Disconnected) => return Err(failed().into()),
            }
        }
    }

    /// Writes objects while they are made on a thread of its own, which ends when nobody wants more of them: what is handed
    /// to it says so. Only a few are held at a time.
    ///
    /// # Errors
    /// As for [`Call::write`], and what the maker comes upon.
    pub fn write_from_thread(
        &mut self,
        make: impl FnOnce(&mut dyn FnMut(Value) -> bool) -> Result<(), Diagnostic> + Send + 'static,
    ) -> Result<(), Flow> {
        const BATCH: usize = 256;
        const WAITING: usize = 16;
        const OFTEN: Duration = Duration::from_millis(20);
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let maker = thread::spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let made = make(&mut |value| {
                batch.push(value);
                batch.len() < BATCH || {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                    sender.send(full).is_ok()
                }
            });
            // Nobody receives it after Ctrl-C, or when nobody wants more.
            drop(sender.send(batch));
            made
        });
        loop {
            match receiver.recv_timeout(OFTEN) {
                Ok(batch) => batch.into_iter().try_for_each(|value| self.write(value))?,
                Err(RecvTimeoutError::Timeout) => self.check_interrupt()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Ok(maker.join().unwrap_or_else(|_| Err(failed()))?)
    }

    /// Ends the pipeline if the admin pressed Ctrl-C.
    pub fn check_interrupt(&self) -> Result<(), Flow> {
        if self.shared.host.interrupted() && !self.shared.finishing {
            return Err(Flow::Fail(Diagnostic::interrupted()));
        }
        Ok(())
    }
}

/// Hands an object to the first of the stages, or puts it out.
fn pass_on(shared: &mut Shared, stages: &mut [Running], value: Value) -> Result<(), Flow> {
    match stages.split_first_mut() {
        Some((next, rest)) => next.record(shared, rest, value),
        None if shared.discard => Ok(shared.session.borrow_mut().output(value)?),
        None => {
            shared.yielded.push(value);
            Ok(())
        }
    }
}

/// A thread ended without a word.
fn failed() -> Diagnostic {
    let what = "the program itself failed here";
    Diagnostic::new("InternalError", Category::Runtime, what)
}
