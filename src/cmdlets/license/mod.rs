//! Cmdlets about licenses.

mod add_license;
mod assignment_args;
mod copy_license;
mod get_license;
mod remove_license;
mod set_license;
mod switch_license;
mod update_license;

pub use add_license::ADD_LICENSE;
pub use copy_license::COPY_LICENSE;
pub use get_license::GET_LICENSE;
pub use remove_license::REMOVE_LICENSE;
pub use set_license::SET_LICENSE;
pub use switch_license::SWITCH_LICENSE;
pub use update_license::UPDATE_LICENSE;
