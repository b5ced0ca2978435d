//! Cmdlets that read and write files.

mod export_csv;
mod export_tenant;
mod get_content;
mod import_csv;
mod invoke_script;

pub use export_csv::EXPORT_CSV;
pub use export_tenant::EXPORT_TENANT;
pub use get_content::GET_CONTENT;
pub use import_csv::IMPORT_CSV;
pub use invoke_script::INVOKE_SCRIPT;
