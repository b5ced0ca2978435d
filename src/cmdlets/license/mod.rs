//! Cmdlets about licenses.

mod add_license;
mod get_license;
mod remove_license;

pub use add_license::ADD_LICENSE;
pub use get_license::GET_LICENSE;
pub use remove_license::REMOVE_LICENSE;
