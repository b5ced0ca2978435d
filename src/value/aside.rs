//! Freeing what is large without anybody waiting for it.

use std::ops::{Deref, DerefMut};
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

/// A vector that is freed with [`free_aside`].
#[derive(Debug)]
pub struct Held<T: Send + 'static>(Vec<T>);

impl<T: Send> Default for Held<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Send> From<Vec<T>> for Held<T> {
    fn from(objects: Vec<T>) -> Self {
        Self(objects)
    }
}

impl<T: Send> Deref for Held<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Send> DerefMut for Held<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T: Send + 'static> Drop for Held<T> {
    fn drop(&mut self) {
        let count = self.0.len();
        free_aside(std::mem::take(&mut self.0), count);
    }
}
