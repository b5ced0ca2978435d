//! Freeing what is large without anybody waiting for it.

use std::any::Any;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::thread;

/// Frees a collection of so many objects; many of them on another thread, since a million take half a second. It is one
/// thread for all: several would wait for each other in the allocator, and keep its users waiting.
pub fn drop_in_background<T: Send + 'static>(objects: T, count: usize) {
    const MANY: usize = 10_000;
    static QUEUE: OnceLock<Sender<Box<dyn Any + Send>>> = OnceLock::new();
    if count < MANY {
        return;
    }
    let queue = QUEUE.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Box<dyn Any + Send>>();
        // Where no thread can be had nobody receives, and what is sent is dropped by the sender.
        let _ = thread::Builder::new().spawn(move || receiver.into_iter().for_each(drop));
        sender
    });
    let _ = queue.send(Box::new(objects));
}

/// A vector that is freed with [`drop_in_background`].
#[derive(Debug)]
pub struct DeferredVec<T: Send + 'static>(Vec<T>);

impl<T: Send> Default for DeferredVec<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Send> From<Vec<T>> for DeferredVec<T> {
    fn from(objects: Vec<T>) -> Self {
        Self(objects)
    }
}

impl<T: Send> Deref for DeferredVec<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Send> DerefMut for DeferredVec<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T: Send + 'static> Drop for DeferredVec<T> {
    fn drop(&mut self) {
        let count = self.0.len();
        drop_in_background(std::mem::take(&mut self.0), count);
    }
}
