//! Cmdlets about whatever flows in a pipe.

mod column;
mod for_each_object;
mod format_list;
mod format_stage;
mod format_table;
mod get_member;
mod get_variable;
mod group_object;
mod measure_command;
mod measure_object;
mod select_object;
mod sort_object;
mod total_order;
mod where_object;

pub use for_each_object::FOR_EACH_OBJECT;
pub use format_list::FORMAT_LIST;
pub use format_table::FORMAT_TABLE;
pub use get_member::GET_MEMBER;
pub use get_variable::GET_VARIABLE;
pub use group_object::GROUP_OBJECT;
pub use measure_command::MEASURE_COMMAND;
pub use measure_object::MEASURE_OBJECT;
pub use select_object::SELECT_OBJECT;
pub use sort_object::SORT_OBJECT;
pub use where_object::WHERE_OBJECT;
