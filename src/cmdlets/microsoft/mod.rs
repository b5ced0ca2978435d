//! The cmdlets of Microsoft's modules that scripts about licenses call, bound and answered as there, done by our rules.
//!
//! They are found by name but neither listed nor offered by Tab: `Get-Command *-Mg*` lists them, and the help of each
//! names the cmdlet to use here.

mod assignment;
mod connect_mg_graph;
mod disconnect_mg_graph;
mod get_azure_ad_user;
mod get_mg_context;
mod get_mg_group;
mod get_mg_group_member;
mod get_mg_subscribed_sku;
mod get_mg_user;
mod get_mg_user_license_detail;
mod get_msol_account_sku;
mod get_msol_user;
mod import_module;
mod new_msol_license_options;
mod parameters;
mod profile;
mod query;
mod remove_mg_user;
mod revoke_mg_user_sign_in_session;
mod set_azure_ad_user_license;
mod set_mg_user_license;
mod set_msol_user;
mod set_msol_user_license;
mod update_mg_user;

use crate::command::Cmdlet;

/// Every cmdlet that goes by the name of another module.
pub static FOREIGN: &[&Cmdlet] = &[
    &get_mg_user::GET_MG_USER,
    &update_mg_user::UPDATE_MG_USER,
    &remove_mg_user::REMOVE_MG_USER,
    &revoke_mg_user_sign_in_session::REVOKE_MG_USER_SIGN_IN_SESSION,
    &get_mg_subscribed_sku::GET_MG_SUBSCRIBED_SKU,
    &get_mg_user_license_detail::GET_MG_USER_LICENSE_DETAIL,
    &set_mg_user_license::SET_MG_USER_LICENSE,
    &get_mg_group::GET_MG_GROUP,
    &get_mg_group_member::GET_MG_GROUP_MEMBER,
    &connect_mg_graph::CONNECT_MG_GRAPH,
    &disconnect_mg_graph::DISCONNECT_MG_GRAPH,
    &get_mg_context::GET_MG_CONTEXT,
    &import_module::IMPORT_MODULE,
    &import_module::INSTALL_MODULE,
    &get_msol_user::GET_MSOL_USER,
    &set_msol_user::SET_MSOL_USER,
    &set_msol_user_license::SET_MSOL_USER_LICENSE,
    &new_msol_license_options::NEW_MSOL_LICENSE_OPTIONS,
    &get_msol_account_sku::GET_MSOL_ACCOUNT_SKU,
    &get_azure_ad_user::GET_AZURE_AD_USER,
    &set_azure_ad_user_license::SET_AZURE_AD_USER_LICENSE,
];
