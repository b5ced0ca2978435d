//! All integration tests: one binary, since linking it is what takes the time.

// A test says what went wrong by panicking, its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod appending;
mod audit;
mod bad_data;
mod behaviours;
mod catalog;
mod changes;
mod cli;
mod cli_imports;
mod cmdlets;
mod completion;
mod crash;
mod diagnostics;
mod docs;
mod foreign_names;
mod formats;
mod full;
mod gate;
mod house;
mod imports;
mod interrupt;
mod kill;
mod lang;
mod mutants;
mod objects;
mod picture;
mod progress;
mod promise;
mod pty;
mod pushdown;
mod random;
mod rules;
mod scenarios;
mod scripts;
mod store;
mod support;
mod tenants;
mod terminal;
mod transaction;
mod transcripts;
mod typing;
mod undo;
mod variables;
mod yaml;
