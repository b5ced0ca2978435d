//! A commit of the journal, made ready for being taken back.

use std::collections::HashMap;

use uuid::Uuid;

use crate::diagnostic::{Category, Diagnostic};
use crate::store::{Entry, History};
use crate::tenant::{Change, Subject, Touches};

/// What one commit did, found by user, and what was touched since.
#[derive(Debug)]
pub struct Done {
    pub number: u64,
    pub changes: Vec<Change>,
    /// Positions in `changes`.
    of_user: HashMap<Uuid, Vec<usize>>,
    /// In the order in which the commit touched them.
    users: Vec<Uuid>,
    pub since: Touches,
    /// It touched nothing but users.
    alone: bool,
    /// Whom later commits took it back for.
    undone: HashMap<Uuid, u64>,
}

impl Done {
    /// The commit of a number in a history that begins there.
    ///
    /// # Errors
    /// `NoSuchChange`.
    pub(super) fn find(history: History, number: u64) -> Result<Self, Diagnostic> {
        if !history.entries.iter().any(|entry| entry.seq == number) {
            let what = match number > history.last {
                true => format!("there is no change {number}"),
                false => format!("record {number} is no change, or is in a file that is gone"),
            };
            return Err(Diagnostic::new("NoSuchChange", Category::NotFound, what)
                .about(number.to_string())
                .hint("Get-Change lists the changes"));
        }
        let mut done = Self {
            number,
            changes: Vec::new(),
            of_user: HashMap::new(),
            users: Vec::new(),
            since: Touches::default(),
            alone: true,
            undone: HashMap::new(),
        };
        for entry in history.entries {
            match entry.seq {
                seq if seq == number => done.take(entry),
                seq => {
                    for change in &entry.changes {
                        if let Subject::User(id) = change.subject() {
                            match entry.undoes == Some(number) {
                                true => done.undone.insert(id, seq),
                                false => done.undone.remove(&id),
                            };
                        }
                    }
                    entry
                        .changes
                        .iter()
                        .for_each(|change| done.since.add(change, seq, entry.undoes));
                }
            }
        }
        Ok(done)
    }

    fn take(&mut self, entry: Entry) {
        self.changes = entry.changes;
        for (index, change) in self.changes.iter().enumerate() {
            let Subject::User(id) = change.subject() else {
                self.alone = false;
                continue;
            };
            let own = self.of_user.entry(id).or_insert_with(|| {
                self.users.push(id);
                Vec::new()
            });
            own.push(index);
        }
    }

    /// What it did to one user, in order.
    pub fn of_user(&self, id: Uuid) -> Vec<&Change> {
        let own = self.of_user.get(&id).into_iter().flatten();
        own.filter_map(|index| self.changes.get(*index)).collect()
    }

    /// The commit that took it back for a user, whom nothing touched since.
    pub fn undone(&self, id: Uuid) -> Option<u64> {
        self.undone.get(&id).copied()
    }

    /// The users it touched, where what it did to each stands on its own.
    pub fn one_by_one(&self) -> Option<&[Uuid]> {
        self.alone.then_some(&self.users)
    }
}
