//! Cmdlets about what was typed and shown in this session.

mod get_error;
mod get_history;
mod invoke_history;
mod start_transcript;
mod stop_transcript;

pub use get_error::GET_ERROR;
pub use get_history::GET_HISTORY;
pub use invoke_history::INVOKE_HISTORY;
pub use start_transcript::START_TRANSCRIPT;
pub use stop_transcript::STOP_TRANSCRIPT;
