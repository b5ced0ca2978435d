//! Work that may take a while: how far it has come, for whoever shows it.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A piece of work, until it is dropped. One that nobody watches costs nothing.
#[derive(Default)]
pub struct Work {
    watched: Option<Watched>,
}

struct Watched {
    done: Arc<AtomicUsize>,
    /// Ends the showing when it is dropped.
    _end: Box<dyn Any>,
}

impl Work {
    /// Work that is watched: what is done is counted in `done`, and `end` is dropped with it.
    pub fn watched(done: Arc<AtomicUsize>, end: impl Any) -> Self {
        Self {
            watched: Some(Watched {
                done,
                _end: Box::new(end),
            }),
        }
    }

    /// One more object is done.
    pub fn step(&self) {
        if let Some(Watched { done, .. }) = &self.watched {
            // Nobody else counts, so no exchange is needed.
            done.store(done.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }
}
