//! The YAML the store writes: block style for things, one-line flow style for changes.

pub mod emit;
pub mod read;
pub mod scalar;
