//! What an admin can say: one file a cmdlet, in folders by noun family, and the catalogue of them all.

mod file;
mod help;
mod license;
mod object;
mod plan;
mod shared;
mod subscription;
mod user;

use crate::command::Cmdlet;

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
    &license::REMOVE_LICENSE,
    &license::COPY_LICENSE,
    &license::UPDATE_LICENSE,
    &plan::GET_SERVICE_PLAN,
    &plan::ENABLE_SERVICE_PLAN,
    &plan::DISABLE_SERVICE_PLAN,
    &subscription::GET_SUBSCRIPTION,
    &subscription::SET_SUBSCRIPTION,
    &subscription::NEW_SUBSCRIPTION,
    &object::WHERE_OBJECT,
    &object::FOR_EACH_OBJECT,
    &object::SELECT_OBJECT,
    &object::SORT_OBJECT,
    &object::MEASURE_OBJECT,
    &object::FORMAT_TABLE,
    &object::FORMAT_LIST,
    &file::IMPORT_CSV,
    &file::EXPORT_CSV,
    &file::GET_CONTENT,
    &help::GET_COMMAND,
    &help::GET_HELP,
];
