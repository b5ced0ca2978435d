//! A run: all that one line, one script or one text of standard input does. It has one number, and a guard counts what it
//! has changed.

use std::collections::HashSet;

use jiff::Timestamp;

use super::Session;
use crate::diagnostic::Diagnostic;
use crate::tenant::{Actor, Change, Tenant};

/// Up to so many people and things a run may take something from unasked.
pub const CONFIRM_ABOVE: usize = 50;

/// What one run has done so far.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Its number, which is that of its first record; none before its first commit.
    pub number: Option<u64>,
    /// Which run of the session it is.
    pub serial: u64,
    /// The changes it committed, by number.
    pub commits: Vec<u64>,
    /// What it took something from, or will when its transaction ends: names as the rows say them.
    taken_from: HashSet<String>,
    /// Whether the admin agreed that it takes from more than go unasked.
    pub agreed: bool,
}

impl Run {
    /// How many people and things it has taken something from.
    pub fn taken_from(&self) -> usize {
        self.taken_from.len()
    }

    /// How many of these names are new to it.
    pub fn new_among(&self, names: &HashSet<String>) -> usize {
        let is_new = |name: &&String| !self.taken_from.contains(*name);
        names.iter().filter(is_new).count()
    }

    /// Counts what was done.
    pub fn took(&mut self, names: HashSet<String>) {
        if self.taken_from.is_empty() {
            self.taken_from = names;
        } else {
            self.taken_from.extend(names);
        }
    }
}

/// What is about to be committed, for whoever may refuse it.
pub struct Proposal<'a> {
    /// The cmdlet: `Remove-License`.
    pub command: &'a str,
    /// All that one command changes.
    pub changes: &'a [Change],
    /// The tenant with these changes in it.
    pub tenant: &'a Tenant,
    /// What the run did before.
    pub run: &'a Run,
    pub actor: &'a Actor,
    /// The tenant's clock.
    pub now: Timestamp,
    /// The same by the clock of the machine.
    pub at: Timestamp,
    /// Why, as the admin gave it.
    pub reason: Option<&'a str>,
    /// Whether it is only rehearsed.
    pub rehearsed: bool,
}

/// Somebody who may refuse a change before it is made, such as the tenant's policy. Asked for rehearsals too, so that they
/// say what will be refused; once for each command, however many commits it takes.
pub trait ChangeGuard {
    /// # Errors
    /// Why the command may not change this. Nothing of it is changed then.
    fn check(&self, proposal: &Proposal) -> Result<(), Diagnostic>;
}

impl Session {
    /// Begins a run: what was counted so far is of another.
    pub fn begin_run(&mut self) {
        self.run = Run {
            serial: self.run.serial + 1,
            ..Run::default()
        };
    }

    pub fn run(&self) -> &Run {
        &self.run
    }

    pub fn run_mut(&mut self) -> &mut Run {
        &mut self.run
    }

    /// Asks every guard about changes that are in the tenant in memory and not yet committed.
    ///
    /// # Errors
    /// The first refusal.
    pub fn ask_guards(
        &self,
        command: &str,
        changes: &[Change],
        rehearsed: bool,
    ) -> Result<(), Diagnostic> {
        let proposal = Proposal {
            command,
            changes,
            tenant: &self.tenant,
            run: &self.run,
            actor: &self.actor,
            now: self.tenant_now(),
            at: self.clock.now(),
            reason: self.policy.reason.as_deref(),
            rehearsed,
        };
        self.guards
            .iter()
            .try_for_each(|guard| guard.check(&proposal))
    }
}
