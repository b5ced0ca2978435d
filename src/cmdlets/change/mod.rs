//! Cmdlets about what was changed: the journal, the way back, and how a tenant differs from another or from its past.

mod compare_tenant;
mod difference;
mod get_change;
mod invoke_transaction;
mod undo_change;

pub use compare_tenant::{COMPARE_TENANT, difference_rows};
pub use get_change::GET_CHANGE;
pub use invoke_transaction::INVOKE_TRANSACTION;
pub use undo_change::UNDO_CHANGE;
