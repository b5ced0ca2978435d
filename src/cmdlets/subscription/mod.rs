//! Cmdlets about products and their seats.

mod get_subscription;
mod import_sku_catalog;
mod new_subscription;
mod set_subscription;

pub use get_subscription::GET_SUBSCRIPTION;
pub use import_sku_catalog::IMPORT_SKU_CATALOG;
pub use new_subscription::NEW_SUBSCRIPTION;
pub use set_subscription::SET_SUBSCRIPTION;
