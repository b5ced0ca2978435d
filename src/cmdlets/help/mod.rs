//! Cmdlets about the cmdlets.

mod get_command;
mod get_help;

pub use get_command::GET_COMMAND;
pub use get_help::GET_HELP;
