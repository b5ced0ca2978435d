//! Cmdlets about time: the tenant's clock, and what is due by it.

mod get_date;
mod invoke_retention;
mod set_tenant_clock;

pub use get_date::GET_DATE;
pub use invoke_retention::INVOKE_RETENTION;
pub use set_tenant_clock::SET_TENANT_CLOCK;
