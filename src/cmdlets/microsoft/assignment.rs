//! What `-AddLicenses`, `-RemoveLicenses` and their like ask for, whatever form a script gives it.

use crate::cmdlets::shared::find_user;
use crate::command::UserName;
use crate::command::{Decided, Moment};
use crate::diagnostic::Diagnostic;
use crate::tenant::{NewLicense, Symbol, Tenant};
use crate::value::Value;

/// Products that come and products that go, found in the tenant.
#[derive(Debug, Default)]
pub struct Assignment {
    add: Vec<NewLicense>,
    remove: Vec<Symbol>,
}

impl Assignment {
    /// Adds what `-AddLicenses` holds: maps with `SkuId` and perhaps `DisabledPlans`, or just products.
    pub fn add(&mut self, tenant: &Tenant, values: &[Value]) -> Result<(), Diagnostic> {
        for value in values.iter().flat_map(items) {
            let (sku, plans) = match &value {
                Value::Map(_) | Value::Object(_) => {
                    let sku = ["SkuId", "AccountSkuId", "SkuPartNumber"]
                        .iter()
                        .find_map(|name| value.property(name).filter(|own| !own.is_null()));
                    let sku = sku.ok_or_else(|| {
                        let has = value.property_names().join(", ");
                        Diagnostic::usage(
                            "InvalidArgument",
                            format!("a license to add has no SkuId; it has {has}"),
                        )
                        .hint(
                            "write @{ SkuId = '…' }, with the SkuId that Get-MgSubscribedSku shows",
                        )
                    })?;
                    let plans = value.property("DisabledPlans").unwrap_or_default();
                    (
                        sku,
                        items(&plans)
                            .iter()
                            .map(|plan| plan.to_text().into_owned())
                            .collect(),
                    )
                }
                _ => (value, Vec::new()),
            };
            let sku = product(tenant, &sku)?;
            if self.add.iter().all(|new| new.sku != sku) {
                self.add.push(NewLicense {
                    sku,
                    disabled_plans: plans,
                });
            }
        }
        Ok(())
    }

    /// Adds what `-RemoveLicenses` holds: ids of products.
    pub fn remove(&mut self, tenant: &Tenant, values: &[Value]) -> Result<(), Diagnostic> {
        for value in values.iter().flat_map(items) {
            let sku = match &value {
                Value::Map(_) | Value::Object(_) => value.property("SkuId").unwrap_or(value),
                _ => value,
            };
            let sku = product(tenant, &sku)?;
            if !self.remove.contains(&sku) {
                self.remove.push(sku);
            }
        }
        Ok(())
    }

    /// Switches plans of products off: MSOnline's license options, which hold for products that are there already too.
    pub fn options(&mut self, tenant: &Tenant, values: &[Value]) -> Result<(), Diagnostic> {
        for value in values.iter().flat_map(items) {
            let mut one = Self::default();
            one.add(tenant, std::slice::from_ref(&value))?;
            for new in one.add {
                self.add.retain(|known| known.sku != new.sku);
                self.add.push(new);
            }
        }
        Ok(())
    }

    /// Reads the body of Graph's request.
    pub fn body(&mut self, tenant: &Tenant, body: &Value) -> Result<(), Diagnostic> {
        let part = |name: &str| body.property(name).into_iter().collect::<Vec<_>>();
        self.add(tenant, &part("AddLicenses"))?;
        self.remove(tenant, &part("RemoveLicenses"))
    }

    /// One call of assignLicense.
    pub fn decide(
        &self,
        tenant: &Tenant,
        moment: &Moment,
        user: &UserName,
    ) -> Result<Decided, Diagnostic> {
        if self.add.is_empty() && self.remove.is_empty() {
            return Err(Diagnostic::usage(
                "NothingAsked",
                "no license to add and none to remove is given",
            )
            .hint("-RemoveLicenses @('…') takes SkuIds, -AddLicenses @{ SkuId = '…' } gives one"));
        }
        let user = find_user(tenant, user)?;
        Ok(tenant
            .assign_license(user.id, &self.add, &self.remove, moment.now)?
            .into())
    }
}

/// The product that a SkuId, a part number or an `AccountSkuId` (`contoso:ENTERPRISEPACK`) names.
pub fn product(tenant: &Tenant, value: &Value) -> Result<Symbol, Diagnostic> {
    let text = value.to_text();
    let name = text.trim();
    if name.is_empty() {
        return Err(Diagnostic::usage("EmptyArgument", "a product's SkuId is empty")
            .hint("check that the variable it comes from has a value: Get-MgSubscribedSku lists the products"));
    }
    let bare = name.rsplit_once(':').map_or(name, |(_, part)| part);
    Ok(tenant.find_product(bare)?.sku.clone())
}

/// A list's items, nothing for null, else the one value.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().flat_map(self::items).collect(),
        one => vec![one.clone()],
    }
}
