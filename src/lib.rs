//! tenantsh: a PowerShell-style scripting host for administering the licences of a Microsoft 365 tenant.

pub mod batch;
pub mod cli;
pub mod cmdlets;
pub mod command;
pub mod console;
pub mod diagnostic;
pub mod files;
pub mod format;
pub mod help;
pub mod host;
pub mod interop;
pub mod lang;
pub mod net;
pub mod objects;
pub mod plan;
pub mod policy;
pub mod remote;
pub mod repl;
pub mod report;
pub mod session;
pub mod signature;
pub mod store;
pub mod tenant;
pub mod value;
pub mod wildcard;
