//! Transactions: the changes of several commands, committed as one.

use std::rc::Rc;

use super::{Committed, Run, Session};
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Actor, Change};

/// What commands have changed since it began. It is in the tenant in memory, and nowhere else.
#[derive(Default)]
pub struct Transaction {
    pub(super) changes: Vec<Change>,
    pub(super) undoes: Vec<u64>,
    /// What the run had done before.
    before: Run,
    /// Who acted before the first change: a change may take its own author's role.
    pub(super) actor: Option<Actor>,
}

impl Session {
    /// Begins a transaction; false where one is under way, whose part the commands to come will be.
    pub fn begin(&mut self) -> bool {
        let begins = self.transaction.is_none();
        self.transaction.get_or_insert_with(|| Transaction {
            before: self.run.clone(),
            ..Transaction::default()
        });
        begins
    }

    /// Whether what is changed now waits for the end of a transaction.
    pub fn is_in_transaction(&self) -> bool {
        self.transaction.is_some() && !self.policy.what_if
    }

    /// Makes all of the transaction durable, as one entry; how many changes that are, and its number.
    ///
    /// # Errors
    /// As for any commit, and `TransactionOvertaken` where others changed the same meanwhile. Nothing of it is changed
    /// then.
    pub fn end(&mut self) -> Result<(usize, Option<u64>), Diagnostic> {
        let Transaction {
            changes,
            undoes,
            actor,
            ..
        } = self.transaction.take().unwrap_or_default();
        if let Some(actor) = actor {
            self.actor = actor;
        }
        while !changes.is_empty() {
            match self.commit(&changes, &undoes)? {
                Committed::As(number) => return Ok((changes.len(), number)),
                Committed::Overtaken => self.decide_again(&changes)?,
            }
        }
        Ok((0, None))
    }

    /// Takes back what the transaction changed so far, and ends it. Says whether there was anything.
    ///
    /// # Errors
    /// It can't be taken back, which would be a fault of the program.
    pub fn abandon(&mut self) -> Result<bool, Diagnostic> {
        let Transaction {
            changes,
            before,
            actor,
            ..
        } = self.transaction.take().unwrap_or_default();
        self.run = before;
        if let Some(actor) = actor {
            self.actor = actor;
        }
        self.take_back(&changes)?;
        Ok(!changes.is_empty())
    }

    /// Others committed first: the same changes once more on the tenant as it is now, if they still fit and are allowed.
    fn decide_again(&mut self, changes: &[Change]) -> Result<(), Diagnostic> {
        let now = self.tenant_now();
        let tenant = Rc::clone(&self.tenant);
        let allowed = tenant.check_rules(&self.actor, now, changes);
        drop(tenant);
        allowed
            .and_then(|_| self.apply(changes))
            .map_err(|fault| {
                Diagnostic::new(
                    "TransactionOvertaken",
                    Category::Stale,
                    format!(
                        "others changed the tenant meanwhile: {}; nothing of the transaction was changed",
                        fault.message
                    ),
                )
                .about(fault.target.clone().unwrap_or_default())
                .hint("run it again: it then sees what they did")
            })
    }
}
