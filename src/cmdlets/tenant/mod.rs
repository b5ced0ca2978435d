//! Cmdlets about the tenant as a whole, and about who acts in it.

mod connect_tenant;
mod disconnect_tenant;
mod get_session;
mod get_tenant;
mod save_tenant;
mod set_tenant;
mod test_tenant;

pub use connect_tenant::CONNECT_TENANT;
pub use disconnect_tenant::DISCONNECT_TENANT;
pub use get_session::GET_SESSION;
pub use get_tenant::GET_TENANT;
pub use save_tenant::SAVE_TENANT;
pub use set_tenant::SET_TENANT;
pub use test_tenant::TEST_TENANT;
