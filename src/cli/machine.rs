//! The machine: its clock and chance, its signals, and where it keeps what belongs to the person in front of it.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use etcetera::BaseStrategy;
use jiff::Timestamp;
use uuid::Uuid;

use super::options::Global;
use crate::console;
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

    fn running(&self) -> Duration {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

/// Ctrl-C asks the run to stop. One that comes a while later and within two seconds, when the run hasn't heeded the
/// first, ends the process; a key that repeats doesn't. What is committed stays.
pub fn watch_interrupts(stop: &Arc<AtomicBool>) {
    const REPEATS: Duration = Duration::from_millis(400);
    const SOON: Duration = Duration::from_secs(2);
    let stop = Arc::clone(stop);
    let first = std::sync::Mutex::new(None::<Instant>);
    let watching = ctrlc::set_handler(move || {
        let now = Instant::now();
        let heeded = !stop.swap(true, Ordering::Relaxed);
        if let Ok(mut first) = first.lock() {
            let since = first.map(|first| now.duration_since(first));
            match since {
                Some(since) if !heeded && since < REPEATS => {}
                Some(since) if !heeded && since < SOON => {
                    console::give_back();
                    std::process::exit(i32::from(Category::Interrupted.exit_code()))
                }
                _ => *first = Some(now),
            }
        }
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
