//! The guard that holds changes against the tenant's policy.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;

use uuid::Uuid;

use super::run::{ChangeGuard, Proposal};
use crate::diagnostic::Diagnostic;
use crate::files;
use crate::policy::{Facts, Policy};
use crate::tenant::{Change, Subject};

/// Reads the policy anew for each command: a shell may be open for days.
pub struct PolicyGuard {
    path: PathBuf,
    /// The run whose users were counted, and those users; what is rehearsed is counted by itself.
    counted: RefCell<[(u64, HashSet<Uuid>); 2]>,
}

impl PolicyGuard {
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            counted: RefCell::default(),
        }
    }
}

/// The policy that a file holds; none where there is no file.
///
/// # Errors
/// It can't be read.
pub fn read_policy(path: &std::path::Path) -> Result<Option<Policy>, Diagnostic> {
    match path.exists() {
        false => Ok(None),
        true => {
            let text = files::read_text(path)?;
            Policy::read(&text.name(), &text.content).map(Some)
        }
    }
}

impl ChangeGuard for PolicyGuard {
    fn check(&self, proposal: &Proposal) -> Result<(), Diagnostic> {
        // What a settled plan did elsewhere is a fact already.
        let settles = proposal.command == "Import-PlanResult";
        if proposal.changes.is_empty() || settles {
            return Ok(());
        }
        let Some(policy) = read_policy(&self.path)? else {
            return Ok(());
        };
        let users = proposal
            .changes
            .iter()
            .map(Change::subject)
            .filter_map(|own| match own {
                Subject::User(id) => Some(id),
                _ => None,
            });
        let mut counted = self.counted.borrow_mut();
        let (run, known) = &mut counted[usize::from(proposal.rehearsed)];
        if *run != proposal.run.serial {
            *run = proposal.run.serial;
            known.clear();
        }
        let new: HashSet<Uuid> = users.filter(|id| !known.contains(id)).collect();
        policy.check(&Facts {
            changes: proposal.changes,
            tenant: proposal.tenant,
            users: known.len() + new.len(),
            reason: proposal.reason,
            at: proposal.at,
            rehearsed: proposal.rehearsed,
            planned: proposal.command == "Invoke-Plan",
        })?;
        known.extend(new);
        Ok(())
    }
}
