//! Cmdlets about whatever flows in a pipe.

mod for_each_object;
mod format_list;
mod format_table;
mod measure_object;
mod select_object;
mod sort_object;
mod where_object;

pub use for_each_object::FOR_EACH_OBJECT;
pub use format_list::FORMAT_LIST;
pub use format_table::FORMAT_TABLE;
pub use measure_object::MEASURE_OBJECT;
pub use select_object::SELECT_OBJECT;
pub use sort_object::SORT_OBJECT;
pub use where_object::WHERE_OBJECT;

use crate::diagnostic::{Category, Diagnostic};
use crate::value::Value;

/// The first object's answer decides whether a property exists; null is what objects without it have.
fn property_of(item: &Value, name: &str) -> Result<Value, Diagnostic> {
    if let Value::Map(map) = item
        && map.get(name).is_none()
    {
        let names = item.property_names();
        return Err(Diagnostic::new(
            "UnknownProperty",
            Category::Runtime,
            format!("there is no column '{name}'"),
        )
        .about(name)
        .hint(format!("there are {}", names.join(", ")))
        .did_you_mean(name, names));
    }
    item.member(name)
}
