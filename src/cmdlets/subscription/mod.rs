//! Cmdlets about products and their seats.

mod get_subscription;
mod new_subscription;
mod set_subscription;

pub use get_subscription::GET_SUBSCRIPTION;
pub use new_subscription::NEW_SUBSCRIPTION;
pub use set_subscription::SET_SUBSCRIPTION;
