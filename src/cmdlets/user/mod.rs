//! Cmdlets about users.

mod block_user;
mod get_user;
mod new_user;
mod profile;
mod remove_user;
mod restore_user;
mod revoke_user_session;
mod set_user;
mod sign_ins;
mod unblock_user;
mod unknown_value;

pub use block_user::BLOCK_USER;
pub use get_user::GET_USER;
pub use new_user::NEW_USER;
pub use remove_user::REMOVE_USER;
pub use restore_user::RESTORE_USER;
pub use revoke_user_session::REVOKE_USER_SESSION;
pub use set_user::SET_USER;
pub use unblock_user::UNBLOCK_USER;
