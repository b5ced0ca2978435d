//! `tenantsh fmt` and `tenantsh salvage`: a tenant's files put in order, or rescued.

use std::path::Path;
use std::sync::Arc;

use super::machine::RealClock;
use super::options::Global;
use super::tenant::count;
use crate::console::Terminal;
use crate::diagnostic::{Category, Diagnostic};
use crate::session::{Answer, Clock, Console, Question};
use crate::store::{self, Disk, Holder, RealDisk, Store};

fn read_only(what: &str) -> Vec<Diagnostic> {
    vec![Diagnostic::new(
        "ReadOnly",
        Category::Denied,
        format!("{what} writes a tenant, and --read-only refuses to write"),
    )]
}

/// Rewrites tenant.yaml in canonical layout; its comments stay. What changes is shown first.
pub fn format(dir: &Path, global: &Global, terminal: &mut Terminal) -> Result<u8, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    if global.read_only {
        return Err(read_only("fmt"));
    }
    let clock = RealClock;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let by = global
        .actor
        .clone()
        .unwrap_or_else(|| "tenantsh".to_owned());
    let mut opened = Store::open(disk, dir, Holder::new(by, clock.now())).map_err(one)?;
    if global.yes {
        opened.store.confirm_edit();
    }
    let mut tenant = opened.tenant;
    let store = &mut opened.store;
    let path = store.path().display().to_string();
    let (old, new) = {
        let mut guard = store.lock(&mut |text| terminal.notice(text)).map_err(one)?;
        for change in guard.catch_up().iter().flat_map(|entry| &entry.changes) {
            tenant.apply(change).map_err(one)?;
        }
        guard.formatted(&tenant).map_err(one)?
    };
    let diff = similar::TextDiff::from_lines(&old, &new);
    if diff.ratio() >= 1.0 {
        terminal.notice(&format!("{path} is in this layout already"));
        return Ok(0);
    }
    let shown = diff.unified_diff().header(&path, "formatted").to_string();
    terminal.print(shown.trim_end()).map_err(one)?;
    terminal.finish().map_err(one)?;
    if global.what_if {
        terminal.notice("what if: the file would be written so");
        return Ok(0);
    }
    let question = Question {
        what: format!("Write {path} so?"),
        number: None,
        per_record: false,
    };
    let meant = global.yes || (terminal.interactive() && terminal.ask(&question) == Answer::Yes);
    if !meant {
        return Err(vec![
            Diagnostic::new(
                "NotConfirmed",
                Category::Denied,
                format!("{path} was left as it is"),
            )
            .hint("write it with: tenantsh fmt DIR --yes"),
        ]);
    }
    let mut guard = store.lock(&mut |text| terminal.notice(text)).map_err(one)?;
    for change in guard.catch_up().iter().flat_map(|entry| &entry.changes) {
        tenant.apply(change).map_err(one)?;
    }
    guard.format(&tenant, clock.now()).map_err(one)?;
    terminal.notice(&format!("{path} is written"));
    Ok(0)
}

/// Takes what can be had out of a damaged tenant, into a new one. Something is missing: exit code 4.
pub fn salvage(
    dir: &Path,
    to: &Path,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<u8, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    if global.read_only {
        return Err(read_only("salvage"));
    }
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let found = store::salvage(&disk, dir).map_err(one)?;
    terminal.notice(&found.origin);
    const SHOWN: usize = 50;
    for lost in found.lost.iter().take(SHOWN) {
        terminal.notice(&format!("lost: {lost}"));
    }
    if let Some(more) = found.lost.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        terminal.notice(&format!("lost: and {more} more"));
    }
    let tenant = &found.tenant;
    let what = format!(
        "{}, {}, {}",
        count(tenant.users().len(), "user"),
        count(tenant.groups().len(), "group"),
        count(tenant.products().len(), "product")
    );
    if global.what_if {
        terminal.notice(&format!(
            "what if: {what} would be written to {}",
            to.display()
        ));
    } else {
        let by = tenant
            .organisation()
            .default_admin
            .clone()
            .unwrap_or_default();
        store::create(&disk, to, tenant, RealClock.now(), &by).map_err(one)?;
        terminal.notice(&format!(
            "{what} are in {}; {} was left as it is",
            to.display(),
            dir.display()
        ));
    }
    Ok(if found.lost.is_empty() { 0 } else { 4 })
}
