//! Cmdlets about users.

mod get_user;

pub use get_user::GET_USER;
