//! A tenant directory put to the proof: everything that was promised of its files, read anew from the disk.

use std::path::Path;
use std::sync::Arc;

use super::disk::Disk;
use super::{Holder, Opened, Store, has_last_good, history, history_queries};
use crate::diagnostic::Diagnostic;
use crate::tenant::Tenant;

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    Failed,
    /// Another check's failure leaves nothing to be checked.
    Skipped,
}

/// One thing that was checked.
#[derive(Clone, Debug)]
pub struct Finding {
    pub check: &'static str,
    pub verdict: Verdict,
    /// What was counted, or what is wrong and where.
    pub detail: String,
}

impl Finding {
    fn new(check: &'static str, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self {
            check,
            verdict,
            detail: detail.into(),
        }
    }

    fn failed(check: &'static str, fault: &Diagnostic) -> Self {
        let notes = fault.notes.iter().map(|note| format!("; {}", note.message));
        let detail = std::iter::once(fault.to_string())
            .chain(notes)
            .collect::<String>();
        Self::new(check, Verdict::Failed, detail)
    }
}

const SHAPE: &str = "Shape";
const PLACE: &str = "Snapshot";
const CHAIN: &str = "Journal";
const BACK: &str = "History";

/// What a proof found, and the tenant that it found.
pub struct Proof {
    pub findings: Vec<Finding>,
    /// None where it can't be opened.
    pub tenant: Option<Tenant>,
}

/// Checks the shape of tenant.yaml, its place in the journal, the journal's whole chain, and the way back from now to
/// the last hand edit. Nothing is written.
pub fn verify(disk: &Arc<dyn Disk>, dir: &Path, holder: Holder) -> Proof {
    let skipped = |check| Finding::new(check, Verdict::Skipped, "the tenant can't be opened");
    let opened = match Store::open(Arc::clone(disk), dir, holder) {
        Ok(opened) => opened,
        Err(fault) => {
            let fault = way_back(&**disk, dir, fault);
            let of_journal = fault
                .target
                .as_deref()
                .is_some_and(|about| about.ends_with("journal.yaml"));
            let findings = match of_journal {
                true => [
                    skipped(SHAPE),
                    skipped(PLACE),
                    Finding::failed(CHAIN, &fault),
                    skipped(BACK),
                ],
                false => [
                    Finding::failed(SHAPE, &fault),
                    skipped(PLACE),
                    skipped(CHAIN),
                    skipped(BACK),
                ],
            };
            return Proof {
                findings: findings.into(),
                tenant: None,
            };
        }
    };
    let findings = examine(&opened);
    Proof {
        findings,
        tenant: Some(opened.tenant),
    }
}

/// `1 user`, `2 users`.
fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

/// A fault with how the tenant is had back.
fn way_back(disk: &dyn Disk, dir: &Path, fault: Diagnostic) -> Diagnostic {
    let way = match has_last_good(disk, dir) {
        true => {
            "the last good state can be looked at with --read-only, and taken out with: tenantsh salvage DIR --to NEW"
        }
        false => {
            "no last good state is kept here: restore the file from a backup or from git, or take out what can be read with: tenantsh salvage DIR --to NEW"
        }
    };
    fault.note(way, None, None)
}

fn examine(opened: &Opened) -> Vec<Finding> {
    let (store, tenant) = (&opened.store, &opened.tenant);
    let shape = format!(
        "{}, {}, {}",
        counted(tenant.users().len(), "user"),
        counted(tenant.groups().len(), "group"),
        counted(tenant.products().len(), "product")
    );
    let mut findings = vec![Finding::new(SHAPE, Verdict::Passed, shape)];
    findings.push(match store.read_only_reason() {
        Some(fault) => Finding::failed(PLACE, fault),
        None if store.check_edit().is_err() => {
            let edit = store.edit().map(ToString::to_string).unwrap_or_default();
            let detail = format!("changed by hand and not confirmed: {edit}");
            Finding::new(PLACE, Verdict::Failed, detail)
        }
        None => {
            let pending = opened.entries.len();
            let edited = if store.rebase {
                let edit = store.edit().map(ToString::to_string);
                format!(", changed by hand ({})", edit.unwrap_or_default())
            } else {
                String::new()
            };
            let detail = format!(
                "at record {}{edited}; {} later in the journal",
                store.mark.sequence,
                counted(pending, "change")
            );
            Finding::new(PLACE, Verdict::Passed, detail)
        }
    });
    let history = match store.history(0) {
        Ok(history) => history,
        Err(fault) => {
            findings.push(Finding::failed(CHAIN, &fault));
            findings.push(Finding::new(
                BACK,
                Verdict::Skipped,
                "the journal is damaged",
            ));
            return findings;
        }
    };
    findings.push(match history.first {
        1 => {
            let detail = format!("{}, the chain is whole", counted(history.records, "record"));
            Finding::new(CHAIN, Verdict::Passed, detail)
        }
        first => Finding::failed(CHAIN, &history::missing(&store.layout, 1, first)),
    });
    if store.read_only_reason().is_some() {
        findings.push(Finding::new(
            BACK,
            Verdict::Skipped,
            "the tenant isn't the one that the journal ends with",
        ));
        return findings;
    }
    let floor = store.floor(&history);
    let reach = history
        .entries
        .iter()
        .filter(|entry| entry.seq > floor && entry.seq <= store.end_seq());
    let changes: usize = reach.clone().map(|entry| entry.changes.len()).sum();
    findings.push(
        match history_queries::take_back(&mut tenant.clone(), reach) {
            Ok(()) => {
                let origin = match floor {
                    0 => "the beginning".to_owned(),
                    floor => format!("the hand edit at record {floor}"),
                };
                Finding::new(
                    BACK,
                    Verdict::Passed,
                    format!(
                        "{} taken back to {origin}, each found what it had made",
                        counted(changes, "change")
                    ),
                )
            }
            Err(fault) => Finding::failed(BACK, &fault),
        },
    );
    findings
}
