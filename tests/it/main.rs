//! The integration tests: one binary, fast to link.

mod store;
