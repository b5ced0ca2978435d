//! The machine: its clock and chance, its signals, and where it keeps what belongs to the person in front of it.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
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

/// The code of a run that another program ended; none where nobody did.
static ENDED: AtomicU8 = AtomicU8::new(0);

/// The exit code where the program was told to end (SIGTERM, or its terminal is gone).
pub fn ended() -> Option<u8> {
    Some(ENDED.load(Ordering::Relaxed)).filter(|code| *code != 0)
}

/// SIGTERM and SIGHUP end the program at once. What is under way gets a moment to take back what it began; whatever it
/// does not heed is cut off, which leaves a commit whole or not there, as a power cut does.
#[cfg(unix)]
pub fn watch_endings(stop: &Arc<AtomicBool>) {
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    use signal_hook::consts::{SIGHUP, SIGTERM};

    const MOMENT: std::time::Duration = std::time::Duration::from_millis(300);
    // nohup: whoever started this wants it to outlive the terminal.
    let signals = match ignores_hangup() {
        true => vec![SIGTERM],
        false => vec![SIGTERM, SIGHUP],
    };
    let stop = Arc::clone(stop);
    let before = tcgetattr(io::stdin()).ok();
    let Ok(mut signals) = signal_hook::iterator::Signals::new(signals) else {
        // Without a handler both end the process at once.
        return;
    };
    std::thread::spawn(move || {
        let Some(signal) = signals.forever().next() else {
            return;
        };
        let code = u8::try_from(128 + signal).unwrap_or(u8::MAX);
        ENDED.store(code, Ordering::Relaxed);
        stop.store(true, Ordering::Relaxed);
        std::thread::sleep(MOMENT);
        if let Some(before) = before {
            // The shell's own mode would stay.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
        }
        std::process::exit(i32::from(code));
    });
}

#[cfg(not(unix))]
pub fn watch_endings(_stop: &Arc<AtomicBool>) {}

#[cfg(unix)]
fn ignores_hangup() -> bool {
    let status = files::read_text(std::path::Path::new("/proc/self/status"));
    let mask = status.ok().and_then(|status| {
        let text = &status.source().text;
        let line = text.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(line.trim(), 16).ok()
    });
    mask.is_some_and(|mask| mask & 1 == 1)
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
