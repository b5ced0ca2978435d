//! What an admin can say: one file a cmdlet, in folders by noun family, and the catalogue of them all.

mod change;
mod change_plan;
mod clock;
mod file;
mod group;
mod help;
mod license;
mod mailbox;
mod microsoft;
mod object;
mod output;
mod plan;
mod policy;
mod portal;
mod role;
mod session;
mod shared;
mod subscription;
mod tenant;
mod user;

use crate::command::Cmdlet;

pub use change::difference_rows;
pub use microsoft::FOREIGN;

/// Every built-in cmdlet.
pub static CATALOG: &[&Cmdlet] = &[
    &user::GET_USER,
    &user::NEW_USER,
    &user::SET_USER,
    &user::REMOVE_USER,
    &user::RESTORE_USER,
    &user::BLOCK_USER,
    &user::UNBLOCK_USER,
    &user::REVOKE_USER_SESSION,
    &license::GET_LICENSE,
    &license::ADD_LICENSE,
    &license::SET_LICENSE,
    &license::SWITCH_LICENSE,
    &license::REMOVE_LICENSE,
    &license::COPY_LICENSE,
    &license::UPDATE_LICENSE,
    &plan::GET_SERVICE_PLAN,
    &plan::ENABLE_SERVICE_PLAN,
    &plan::DISABLE_SERVICE_PLAN,
    &mailbox::GET_MAILBOX,
    &mailbox::SET_MAILBOX,
    &mailbox::SEARCH_MAILBOX,
    &mailbox::GET_ONE_DRIVE,
    &mailbox::GET_OFFICE_ACTIVATION,
    &subscription::GET_SUBSCRIPTION,
    &subscription::SET_SUBSCRIPTION,
    &subscription::NEW_SUBSCRIPTION,
    &subscription::IMPORT_SKU_CATALOG,
    &group::GET_GROUP,
    &group::NEW_GROUP,
    &group::REMOVE_GROUP,
    &group::ADD_GROUP_MEMBER,
    &group::REMOVE_GROUP_MEMBER,
    &group::ADD_GROUP_LICENSE,
    &group::REMOVE_GROUP_LICENSE,
    &role::GET_ROLE,
    &role::ADD_ROLE_MEMBER,
    &role::REMOVE_ROLE_MEMBER,
    &tenant::GET_TENANT,
    &tenant::SET_TENANT,
    &clock::SET_TENANT_CLOCK,
    &clock::INVOKE_RETENTION,
    &tenant::CONNECT_TENANT,
    &tenant::DISCONNECT_TENANT,
    &tenant::GET_SESSION,
    &tenant::SAVE_TENANT,
    &tenant::TEST_TENANT,
    &change::GET_CHANGE,
    &change::COMPARE_TENANT,
    &change::UNDO_CHANGE,
    &change::INVOKE_TRANSACTION,
    &change_plan::EXPORT_PLAN,
    &change_plan::GET_PLAN,
    &change_plan::TEST_PLAN,
    &change_plan::APPROVE_PLAN,
    &change_plan::INVOKE_PLAN,
    &policy::TEST_POLICY,
    &object::WHERE_OBJECT,
    &object::FOR_EACH_OBJECT,
    &object::SELECT_OBJECT,
    &object::SORT_OBJECT,
    &object::GROUP_OBJECT,
    &object::MEASURE_OBJECT,
    &clock::GET_DATE,
    &object::MEASURE_COMMAND,
    &object::GET_MEMBER,
    &object::GET_VARIABLE,
    &object::FORMAT_TABLE,
    &object::FORMAT_LIST,
    &output::TEE_OBJECT,
    &output::WRITE_OUTPUT,
    &output::WRITE_HOST,
    &output::WRITE_WARNING,
    &output::WRITE_VERBOSE,
    &output::WRITE_ERROR,
    &output::OUT_NULL,
    &output::OUT_STRING,
    &output::OUT_FILE,
    &file::IMPORT_CSV,
    &file::EXPORT_CSV,
    &file::EXPORT_TENANT,
    &file::EXPORT_REPORT,
    &file::IMPORT_JSON,
    &file::EXPORT_JSON,
    &file::IMPORT_YAML,
    &file::EXPORT_YAML,
    &file::CONVERT_FROM_CSV,
    &file::CONVERT_TO_CSV,
    &file::CONVERT_FROM_JSON,
    &file::CONVERT_TO_JSON,
    &file::CONVERT_FROM_YAML,
    &file::CONVERT_TO_YAML,
    &file::GET_CONTENT,
    &file::INVOKE_SCRIPT,
    &portal::GET_PORTAL_STEP,
    &help::GET_COMMAND,
    &help::GET_HELP,
    &session::GET_ERROR,
    &session::GET_HISTORY,
    &session::INVOKE_HISTORY,
    &session::START_TRANSCRIPT,
    &session::STOP_TRANSCRIPT,
];
