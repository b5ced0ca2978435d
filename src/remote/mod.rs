//! Microsoft Graph as this tenant would answer it.

pub mod serve;
