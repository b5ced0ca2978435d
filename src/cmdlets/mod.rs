//! What an admin can say: one file a cmdlet, in folders by noun family, and the catalogue of them all.

mod file;
mod help;
mod license;
mod object;
mod shared;
mod subscription;
mod user;

use crate::command::Cmdlet;

/// Every built-in cmdlet.
pub static CATALOG: &[&Cmdlet] = &[
    &user::GET_USER,
    &license::GET_LICENSE,
    &license::ADD_LICENSE,
    &license::REMOVE_LICENSE,
    &subscription::GET_SUBSCRIPTION,
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
