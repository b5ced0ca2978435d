//! How far long work has come: one line on standard error, rewritten in place, and gone before anything else is shown.
//!
//! A thread paints it, so that work which can't report, such as a commit, shows too, and counting costs next to nothing.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::format::safe;
use crate::session::Work;

/// How often the line is painted.
const TICK: Duration = Duration::from_millis(100);
/// Work that takes no longer isn't shown.
const PATIENCE: u32 = 5;
const CLEAR: &[u8] = b"\r\x1b[K";

/// The line, for a terminal where somebody watches; none is painted without.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Shared>>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    /// What is being done, each piece as a part of the one before.
    works: Vec<Shown>,
    visible: bool,
    /// Something else has the line: the beginning of a row, a question, a pager.
    taken: bool,
    /// The painter has begun, and sleeps for want of work.
    painter: Option<Asleep>,
}

type Asleep = bool;

struct Shown {
    what: String,
    total: Option<usize>,
    done: Arc<AtomicUsize>,
    ticks: u32,
}

impl Progress {
    pub fn new(watched: bool) -> Self {
        Self(watched.then(Arc::default))
    }

    pub fn begin(&self, what: &dyn Fn() -> String, total: Option<usize>) -> Work {
        let Some(shared) = &self.0 else {
            return Work::default();
        };
        let done = Arc::new(AtomicUsize::new(0));
        let mut state = shared.lock();
        state.works.push(Shown {
            what: safe::cell(&what()).into_owned(),
            total,
            done: Arc::clone(&done),
            ticks: 0,
        });
        match state.painter {
            Some(true) => shared.wake.notify_one(),
            Some(false) => {}
            None => {
                let own = Arc::clone(shared);
                let started = thread::Builder::new().spawn(move || own.paint());
                state.painter = started.is_ok().then_some(false);
            }
        }
        drop(state);
        let end = End(Arc::clone(shared), Arc::clone(&done));
        Work::watched(done, end)
    }

    /// Takes the line away and keeps it away while something is written, which says where it leaves the cursor.
    pub fn aside<T>(&self, write: impl FnOnce() -> (T, Cursor)) -> T {
        let Some(shared) = &self.0 else {
            return write().0;
        };
        let mut state = shared.lock();
        state.clear();
        let (result, cursor) = write();
        state.taken = cursor == Cursor::Within;
        result
    }

    /// Says that the terminal is somebody else's, or the program's again.
    pub fn leave_to_others(&self, others: bool) {
        self.aside(|| {
            let cursor = if others {
                Cursor::Within
            } else {
                Cursor::AtStart
            };
            ((), cursor)
        });
    }
}

/// Where the cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    AtStart,
    Within,
}

impl Cursor {
    pub fn after(bytes: &[u8]) -> Self {
        match bytes.ends_with(b"\n") {
            true => Self::AtStart,
            false => Self::Within,
        }
    }
}

/// Ends a piece of work.
struct End(Arc<Shared>, Arc<AtomicUsize>);

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.works.retain(|work| !Arc::ptr_eq(&work.done, &self.1));
        state.clear();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn paint(&self) {
        let mut state = self.lock();
        loop {
            if state.works.is_empty() {
                state.painter = Some(true);
                state = self
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                state.painter = Some(false);
            } else {
                let waited = self.wake.wait_timeout(state, TICK);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                state.tick();
            }
        }
    }
}

impl State {
    fn clear(&mut self) {
        if std::mem::take(&mut self.visible) {
            // Nobody is left to tell when standard error is closed.
            let _ = io::stderr().write_all(CLEAR);
        }
    }

    fn tick(&mut self) {
        for work in &mut self.works {
            work.ticks = work.ticks.saturating_add(1);
        }
        let long = self.works.iter().rev().find(|work| work.ticks >= PATIENCE);
        if let Some(work) = long.filter(|_| !self.taken) {
            let width = super::width().unwrap_or(80).saturating_sub(1);
            let text: String = work.text().chars().take(width).collect();
            let _ = io::stderr().write_all(format!("\r{text}\x1b[K").as_bytes());
            self.visible = true;
        }
    }
}

impl Shown {
    /// `Remove-License  12,400 of 100,000  12%  7 s left`
    fn text(&self) -> String {
        let done = self.done.load(Ordering::Relaxed);
        match self.total {
            Some(total) if total > 0 => {
                let percent = done.saturating_mul(100) / total;
                let (what, shown) = (&self.what, grouped(done));
                let left = self.left(done, total);
                format!("{what}  {shown} of {}  {percent}%{left}", grouped(total))
            }
            _ if done > 0 => format!("{}  {}", self.what, grouped(done)),
            _ => format!("{} …", self.what),
        }
    }

    fn left(&self, done: usize, total: usize) -> String {
        const TOLD: u128 = 2;
        let elapsed = TICK.as_millis() * u128::from(self.ticks);
        let rest = total.saturating_sub(done) as u128;
        match (elapsed * rest).checked_div(done as u128 * 1_000) {
            Some(seconds) if seconds >= TOLD => format!("  {seconds} s left"),
            _ => String::new(),
        }
    }
}

/// `12,400`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says() {
        let shown = |done, total, ticks| {
            let work = Shown {
                what: "Remove-License".into(),
                total,
                done: Arc::new(AtomicUsize::new(done)),
                ticks,
            };
            work.text()
        };
        assert_eq!(shown(0, None, 5), "Remove-License …");
        assert_eq!(shown(999, None, 5), "Remove-License  999");
        assert_eq!(shown(1_234_567, None, 5), "Remove-License  1,234,567");
        assert_eq!(shown(0, Some(10), 5), "Remove-License  0 of 10  0%");
        assert_eq!(
            shown(12_400, Some(100_000), 10),
            "Remove-License  12,400 of 100,000  12%  7 s left"
        );
        assert_eq!(
            shown(99_000, Some(100_000), 90),
            "Remove-License  99,000 of 100,000  99%"
        );
    }

    #[test]
    fn nothing_is_kept_of_work_that_has_ended() {
        let progress = Progress::new(true);
        let outer = progress.begin(&|| "outer".into(), None);
        let inner = progress.begin(&|| "inner".into(), Some(2));
        inner.step();
        drop(inner);
        let shared = progress.0.as_ref().unwrap();
        assert_eq!(shared.lock().works.len(), 1);
        drop(outer);
        assert!(shared.lock().works.is_empty());
        // Nobody watches: nothing is begun.
        let unseen = Progress::new(false);
        unseen.begin(&|| unreachable!(), None).step();
    }
}
