//! tenantsh: a PowerShell-style scripting host for administering the licences of a Microsoft 365 tenant.

pub mod command;
pub mod diagnostic;
pub mod files;
pub mod format;
pub mod host;
pub mod interop;
pub mod lang;
pub mod objects;
pub mod session;
pub mod store;
pub mod tenant;
pub mod value;
pub mod wildcard;
