//! A bound on what a script holds in memory, which ends in an error.
//!
//! Rhai's own limits on sizes walk a whole list at each method call, which makes every loop over it quadratic. Here another
//! thread looks at what the process holds, and what makes much at one stroke is bounded by its number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use memory_stats::memory_stats;
use rhai::{Array, Blob, Dynamic, Engine, EvalAltResult, ImmutableString};

use super::engine_error::raise;
use crate::diagnostic::{Category, Diagnostic};

/// What a script may add to what the program holds already.
const MOST: usize = 2 << 30;

/// What one call may make: elements of a list, bytes of a text.
const AT_ONCE: usize = 16 << 20;

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(20);

/// Whether the script that is running holds too much.
#[derive(Clone)]
pub struct Memory {
    most: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Memory {
    pub fn new() -> Self {
        Self {
            most: Arc::new(AtomicUsize::new(MOST)),
            over: Arc::default(),
        }
    }

    /// Sets what a script may add, in bytes.
    pub fn limit(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Looks until what is returned is dropped. Where a system doesn't say what a process holds, nothing is bounded.
    pub fn watch(&self) -> Option<Watch> {
        let most = self.most.load(Ordering::Relaxed);
        let most = memory_stats()?.physical_mem.saturating_add(most);
        let (end, ended) = mpsc::channel();
        let over = Arc::clone(&self.over);
        let looking = std::thread::Builder::new().spawn(move || {
            while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                if memory_stats().is_some_and(|now| now.physical_mem > most) {
                    over.store(true, Ordering::Relaxed);
                }
            }
        });
        Some(Watch {
            end: Some(end),
            looking: looking.ok(),
            over: Arc::clone(&self.over),
        })
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub fn fault(&self) -> Diagnostic {
        let most = self.most.load(Ordering::Relaxed) >> 20;
        Diagnostic::new(
            "TooMuchMemory",
            Category::Runtime,
            format!("the script holds more than {most} MiB of values, so it was ended"),
        )
        .hint("let a pipeline take the objects one by one, or keep less of each")
    }
}

/// The looking, while a script runs.
pub struct Watch {
    end: Option<Sender<()>>,
    looking: Option<JoinHandle<()>>,
    over: Arc<AtomicBool>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        // What it saw last is of this script and not of the next.
        let _ = self.looking.take().map(JoinHandle::join);
        self.over.store(false, Ordering::Relaxed);
    }
}

type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// Rhai's calls that make much at one stroke, bounded.
pub fn register(engine: &mut Engine) {
    engine.register_fn(
        "pad",
        |list: &mut Array, len: i64, item: Dynamic| -> Outcome<()> {
            let len = checked(len)?;
            if len > list.len() {
                list.resize(len, item);
            }
            Ok(())
        },
    );
    engine.register_fn(
        "pad",
        |text: &mut ImmutableString, len: i64, with: char| -> Outcome<()> {
            let missing = checked(len)?.saturating_sub(text.chars().count());
            text.make_mut().extend(std::iter::repeat_n(with, missing));
            Ok(())
        },
    );
    engine.register_fn(
        "pad",
        |text: &mut ImmutableString, len: i64, with: &str| -> Outcome<()> {
            let missing = checked(len)?.saturating_sub(text.chars().count());
            // The last one may stand out.
            let times = missing.div_ceil(with.chars().count().max(1));
            if !with.is_empty() {
                checked(i64::try_from(times.saturating_mul(with.len())).unwrap_or(i64::MAX))?;
                text.make_mut().push_str(&with.repeat(times));
            }
            Ok(())
        },
    );
    engine.register_fn("blob", |len: i64| -> Outcome<Blob> {
        Ok(vec![0; checked(len)?])
    });
    engine.register_fn("blob", |len: i64, byte: i64| -> Outcome<Blob> {
        // As Rhai: the low byte of the number.
        Ok(vec![byte.to_le_bytes()[0]; checked(len)?])
    });
}

/// A number of elements as it may be asked for; a negative one is none.
fn checked(len: i64) -> Outcome<usize> {
    match usize::try_from(len) {
        Ok(len) if len > AT_ONCE => Err(raise(
            Diagnostic::new(
                "TooLarge",
                Category::Runtime,
                format!("{len} are more than the {AT_ONCE} that one call may make"),
            )
            .hint("make fewer, or several of them"),
        )),
        Ok(len) => Ok(len),
        Err(_) => Ok(0),
    }
}
