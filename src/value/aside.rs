//! Freeing what is large without anybody waiting for it.

use std::thread;

/// Frees a collection of so many objects; many of them on a thread of its own, since a million take half a second.
pub fn free_aside<T: Send + 'static>(objects: T, count: usize) {
    const MANY: usize = 10_000;
    if count < MANY {
        return;
    }
    // Where no thread can be had the closure is dropped here, and the objects with it.
    let _ = thread::Builder::new().spawn(move || drop(objects));
}
