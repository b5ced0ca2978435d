//! tenantsh: a PowerShell-style scripting host for administering the licences of a Microsoft 365 tenant.

pub mod diagnostic;
pub mod files;
pub mod format;
pub mod interop;
pub mod lang;
pub mod store;
pub mod tenant;
pub mod value;
pub mod wildcard;
