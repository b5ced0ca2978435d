//! A group and its members as `Get-MgGroup` and `Get-MgGroupMember` return them.

use super::{map, plan_ids};
use crate::tenant::{Group, Tenant, User};
use crate::value::{Record, Shape, Value};

pub static GRAPH_GROUP: Shape = Shape {
    name: "MicrosoftGraphGroup",
    properties: &["DisplayName", "Id", "AssignedLicenses"],
    columns: &["DisplayName", "Id"],
};

pub static GRAPH_MEMBER: Shape = Shape {
    name: "MicrosoftGraphDirectoryObject",
    properties: &["Id", "DeletedDateTime", "AdditionalProperties"],
    columns: &["Id"],
};

pub fn graph_group(tenant: &Tenant, group: &Group) -> Record {
    let licenses = group.licenses.iter().filter_map(|own| {
        let product = tenant.product(&own.sku)?;
        Some(map([
            ("SkuId", product.sku_id.to_string().into()),
            ("DisabledPlans", plan_ids(product, &own.disabled)),
        ]))
    });
    Record::new(
        &GRAPH_GROUP,
        vec![
            group.name.shared().into(),
            group.id.to_string().into(),
            Value::list(licenses.collect()),
        ],
    )
}

/// Graph returns directory objects here: everything but the id is in `AdditionalProperties`.
pub fn graph_member(user: &User) -> Record {
    let mail = user.mail.as_deref().map(Value::from).unwrap_or_default();
    Record::new(
        &GRAPH_MEMBER,
        vec![
            user.id.to_string().into(),
            Value::Null,
            map([
                ("@odata.type", "#microsoft.graph.user".into()),
                ("displayName", Value::from(&*user.display_name)),
                ("userPrincipalName", Value::from(&*user.upn)),
                ("mail", mail),
            ]),
        ],
    )
}
