//! The machine: its clock and chance, its signals, and where it keeps what belongs to the person in front of it.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use etcetera::BaseStrategy;
use jiff::Timestamp;
use uuid::Uuid;

use super::options::Global;
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::files::{self, Files};
use crate::session::Clock;

/// Real time and random ids.
pub struct RealClock;

impl Clock for RealClock {
    /// Whole seconds: finer ones only make dates hard to read.
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn running(&self) -> std::time::Duration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}

/// Ctrl-C asks the run to stop; a second one within two seconds, which the run didn't heed, ends the process. What is
/// committed stays.
pub fn watch_interrupts(stop: &Arc<AtomicBool>) {
    let stop = Arc::clone(stop);
    let last = std::sync::Mutex::new(None::<std::time::Instant>);
    let watching = ctrlc::set_handler(move || {
        let now = std::time::Instant::now();
        if let Ok(mut last) = last.lock() {
            let soon = last.is_some_and(|last| now.duration_since(last).as_secs() < 2);
            if soon && stop.load(Ordering::Relaxed) {
                std::process::exit(i32::from(Category::Interrupted.exit_code()));
            }
            *last = Some(now);
        }
        stop.store(true, Ordering::Relaxed);
    });
    // Without a handler Ctrl-C ends the process at once, which loses nothing that was printed as done.
    let _ = watching;
}

/// The admin's own lines that run before the shell: `tenantsh/profile.rhai` where settings are kept.
pub fn profile(global: &Global) -> Result<Option<Arc<Source>>, Diagnostic> {
    let path = match etcetera::choose_base_strategy() {
        Ok(base) if !global.no_profile => base.config_dir().join("tenantsh").join("profile.rhai"),
        _ => return Ok(None),
    };
    if !path.is_file() {
        return Ok(None);
    }
    Ok(Some(files::read_text(&path)?.source()))
}

/// The command that shows what is taller than the screen; an empty PAGER is none.
pub fn pager() -> Option<String> {
    let chosen = match std::env::var("PAGER") {
        Ok(own) => own,
        // -K: Ctrl-C leaves it, as it leaves a command.
        Err(_) => "less -FRXK".to_owned(),
    };
    let chosen = chosen.trim();
    let plain = chosen.is_empty() || chosen == "cat" || !io::stdout().is_terminal();
    (!plain).then(|| chosen.to_owned())
}

/// Where the shell keeps its history, if the directory can be had.
pub fn history() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let dir = base
        .state_dir()
        .unwrap_or_else(|| base.data_dir())
        .join("tenantsh");
    Files::new(files::Mode::Normal).create_dir(&dir).ok()?;
    Some(dir.join("history"))
}
