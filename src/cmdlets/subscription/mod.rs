//! Cmdlets about products and their seats.

mod get_subscription;

pub use get_subscription::GET_SUBSCRIPTION;
