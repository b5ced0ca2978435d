//! Which tenant: found, opened, or made anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::machine::RealClock;
use super::options::Global;
use crate::console::Terminal;
use crate::diagnostic::{Category, Diagnostic};
use crate::files;
use crate::interop;
use crate::session::{Answer, Clock, Console, Question};
use crate::store::{self, Disk, Holder, RealDisk, Store};
use crate::tenant::catalogue::Catalogue;
use crate::tenant::{Actor, Tenant};

/// The directory of the tenant: named, else the nearest one upwards.
pub fn find_tenant(global: &Global) -> Option<PathBuf> {
    if global.sample {
        return None;
    }
    if let Some(dir) = &global.tenant {
        return Some(dir.clone());
    }
    if let Some(dir) = std::env::var_os("TENANTSH_TENANT").filter(|dir| !dir.is_empty()) {
        return Some(dir.into());
    }
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .find(|dir| dir.join("tenant.yaml").is_file())
        .map(Path::to_path_buf)
}

pub struct Opened {
    pub tenant: Tenant,
    pub store: Option<Store>,
    pub actor: Actor,
}

pub fn open(
    place: Option<&Path>,
    global: &Global,
    clock: &RealClock,
    terminal: &mut Terminal,
) -> Result<Opened, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let named = global.actor.clone().or_else(|| {
        std::env::var("TENANTSH_AS")
            .ok()
            .filter(|name| !name.is_empty())
    });
    let (tenant, store) = match place {
        Some(dir) => {
            let disk: Arc<dyn Disk> = Arc::new(RealDisk);
            let holder = Holder::new(
                named.clone().unwrap_or_else(|| "tenantsh".to_owned()),
                clock.now(),
            );
            let opening = terminal.begin(&|| format!("opening {}", dir.display()), None);
            let opened = open_files(&disk, dir, &holder, global).map_err(one)?;
            drop(opening);
            let opened = confirm_edit(opened, &disk, dir, holder, global, terminal).map_err(one)?;
            if !global.quiet {
                for notice in &opened.notices {
                    terminal.notice(notice);
                }
            }
            (opened.tenant, Some(opened.store))
        }
        None => {
            if !global.sample && !global.quiet {
                terminal.notice(
                    "no tenant named: this is the built-in sample, in memory; nothing is kept \
                     (make your own with: tenantsh init DIR --from FILE...)",
                );
            }
            (Tenant::new(interop::sample().map_err(one)?)?, None)
        }
    };
    let name = named.or_else(|| tenant.organisation().default_admin.clone());
    let actor = match name {
        Some(name) => tenant.actor(&name).map_err(one)?,
        None => Actor::nobody(),
    };
    Ok(Opened {
        tenant,
        store,
        actor,
    })
}

/// Opens the files; where tenant.yaml can't be read, the last good state for who only wants to look.
fn open_files(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    holder: &Holder,
    global: &Global,
) -> Result<store::Opened, Diagnostic> {
    Store::open(Arc::clone(disk), dir, holder.clone()).or_else(|fault| {
        if !store::has_last_good(&**disk, dir) {
            return Err(fault);
        }
        match global.read_only {
            true => Store::open_last_good(Arc::clone(disk), dir, holder.clone(), fault),
            false => Err(fault.note(
                "the last good state can be looked at with --read-only, and taken out with: tenantsh salvage DIR --to NEW",
                None,
                None,
            )),
        }
    })
}

/// Asks about a tenant.yaml that lost much, or that looks damaged, before anything is built on it.
fn confirm_edit(
    mut opened: store::Opened,
    disk: &Arc<dyn Disk>,
    dir: &Path,
    holder: Holder,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<store::Opened, Diagnostic> {
    let Err(fault) = opened.store.check_edit() else {
        return Ok(opened);
    };
    if global.read_only {
        return Store::open_last_good(Arc::clone(disk), dir, holder, fault);
    }
    let what = opened.store.edit().map(ToString::to_string);
    let question = Question {
        what: format!(
            "{} was changed by hand: {}. Take that over?",
            dir.join("tenant.yaml").display(),
            what.unwrap_or_default()
        ),
        number: None,
        per_record: false,
    };
    let confirmed =
        global.yes || (terminal.interactive() && terminal.ask(&question) == Answer::Yes);
    match (confirmed, global.what_if) {
        (true, _) => opened.store.confirm_edit(),
        // A rehearsal builds nothing on it.
        (false, true) => opened.notices.push(fault.to_string()),
        (false, false) => return Err(fault),
    }
    Ok(opened)
}

pub fn init(
    dir: &Path,
    from: &[PathBuf],
    global: &Global,
    terminal: &mut Terminal,
) -> Result<u8, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    if global.read_only {
        return Err(vec![Diagnostic::new(
            "ReadOnly",
            Category::Denied,
            "init writes a tenant, and --read-only refuses to write",
        )]);
    }
    let (parts, notices) = if from.is_empty() {
        (interop::sample().map_err(one)?, Vec::new())
    } else {
        let work = terminal.begin(&|| "reading".to_owned(), Some(from.len()));
        let mut texts = Vec::new();
        for path in from {
            texts.push(files::read_text(path).map_err(one)?);
            work.step();
        }
        drop(work);
        let _work = terminal.begin(&|| "importing".to_owned(), None);
        let import = interop::import(&texts, Catalogue::get()).map_err(one)?;
        let mut notices = import.notices;
        notices.extend(
            import
                .unused
                .iter()
                .map(|unused| format!("not used: {unused}")),
        );
        if !import.unused.is_empty() {
            notices.push(format!("{} things could not be used", import.unused.len()));
        }
        (import.parts, notices)
    };
    let tenant = Tenant::new(parts)?;
    for notice in notices {
        terminal.notice(&notice);
    }
    let clock = RealClock;
    if global.what_if {
        terminal.notice(&format!("what if: {} would be made", dir.display()));
    } else {
        let _work = terminal.begin(&|| "writing tenant.yaml".to_owned(), None);
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let by = tenant
            .organisation()
            .default_admin
            .clone()
            .unwrap_or_default();
        store::create(&disk, dir, &tenant, clock.now(), &by).map_err(one)?;
    }
    let licenses: usize = tenant.users().iter().map(|user| user.held().count()).sum();
    terminal.notice(&format!(
        "{}: {}, {}, {}, {}",
        dir.display(),
        count(tenant.users().len(), "user"),
        count(tenant.products().len(), "product"),
        count(licenses, "license"),
        count(tenant.groups().len(), "group"),
    ));
    if !global.what_if {
        terminal.notice(&format!(
            "open it with: tenantsh --tenant {}",
            dir.display()
        ));
    }
    Ok(0)
}

/// `1 group`, `2 groups`.
pub fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
