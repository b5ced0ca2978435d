//! Cmdlets that read and write files, and the same formats as text.

mod convert_from_csv;
mod convert_from_json;
mod convert_from_yaml;
mod convert_to_csv;
mod convert_to_json;
mod convert_to_yaml;
mod export_csv;
mod export_json;
mod export_report;
mod export_tenant;
mod export_yaml;
mod get_content;
mod import_csv;
mod import_json;
mod import_yaml;
mod invoke_script;
mod parse;
mod rows;
mod stage;

pub use convert_from_csv::CONVERT_FROM_CSV;
pub use convert_from_json::CONVERT_FROM_JSON;
pub use convert_from_yaml::CONVERT_FROM_YAML;
pub use convert_to_csv::CONVERT_TO_CSV;
pub use convert_to_json::CONVERT_TO_JSON;
pub use convert_to_yaml::CONVERT_TO_YAML;
pub use export_csv::EXPORT_CSV;
pub use export_json::EXPORT_JSON;
pub use export_report::EXPORT_REPORT;
pub use export_tenant::EXPORT_TENANT;
pub use export_yaml::EXPORT_YAML;
pub use get_content::GET_CONTENT;
pub use import_csv::IMPORT_CSV;
pub use import_json::IMPORT_JSON;
pub use import_yaml::IMPORT_YAML;
pub use invoke_script::INVOKE_SCRIPT;
pub(super) use stage::{LINE, LONG, while_waiting};

use std::sync::Arc;

use crate::command::{Param, PathName};
use crate::files::Encoding;

/// What an Import cmdlet reads.
static FILE: Param<PathName> = Param::new("Path", "The file.")
    .aliases(&["LiteralPath"])
    .position(0)
    .by_value();

/// Accepted by what reads files.
static ENCODING: Param<Option<Arc<str>>> = Param::new(
    "Encoding",
    "Accepted for the habit's sake: the file itself tells.",
)
.choice(Encoding::NAMES);

/// What an Export cmdlet writes.
static NEW_FILE: Param<PathName> = Param::new("Path", "The file; one that exists is replaced.")
    .aliases(&["LiteralPath"])
    .position(0);
