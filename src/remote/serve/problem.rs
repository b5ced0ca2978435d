//! Graph's errors: a status, a code, and the sentence that scripts look for.

use serde_json::json;

use super::Answer;
use crate::diagnostic::{Category, Diagnostic};
use crate::session::Session;

/// Why a call is refused, in Graph's words.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub fn missing(what: &str) -> Self {
        Self::new(
            404,
            "Request_ResourceNotFound",
            format!(
                "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
            ),
        )
    }

    pub fn denied() -> Self {
        Self::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    /// What the tenant's policy or a guard refuses, in their words.
    pub fn forbidden(refusal: &Diagnostic) -> Self {
        let place = refusal.span.and_then(|span| {
            let source = refusal.source.as_ref()?;
            let (line, _) = source.line_column(span.start);
            Some(format!(" ({}, line {line})", source.name))
        });
        let place = place.unwrap_or_default();
        Self::new(
            403,
            "Authorization_RequestDenied",
            format!("{}{place}", refusal.message),
        )
    }

    /// A call that Graph has and that isn't built here.
    pub fn not_built(what: &str) -> Self {
        Self::new(
            501,
            "NotImplemented",
            format!(
                "{what} is not part of this rehearsal; tenantsh answers the calls about licenses"
            ),
        )
    }

    /// What a rule of the tenant refuses, in Graph's words. All licence errors have one code; the sentence tells them
    /// apart. `sku` is the product that a sentence names.
    pub fn of_rule(fault: &Diagnostic, sku: Option<&str>) -> Self {
        let sku = sku.unwrap_or_default();
        let message = match fault.id {
            "NoSeatsAvailable" => {
                format!("Subscription with SKU {sku} does not have any available licenses.")
            }
            "SubscriptionDisabled" => {
                format!("Subscription with SKU {sku} does not have any available licenses.")
            }
            "UsageLocationMissing" => {
                "License assignment cannot be done for user with invalid usage location.".to_owned()
            }
            "NotHeld" => "User does not have a corresponding license.".to_owned(),
            "InheritedLicense" => {
                "User license is inherited from a group membership and it cannot be removed directly from the user."
                    .to_owned()
            }
            "CompanySku" => format!("License {sku} cannot be assigned to a user."),
            "UnknownSku" => format!("License {sku} does not correspond to a valid company License."),
            "DependencyViolation" => format!(
                "License assignment failed because a service plan depends on other service plans: {}",
                fault.message
            ),
            "MutuallyExclusive" => format!(
                "License assignment failed because service plans are mutually exclusive: {}",
                fault.message
            ),
            "UserNotFound" | "GroupNotFound" => {
                return Self::missing(fault.target.as_deref().unwrap_or_default());
            }
            "UserPrincipalNameTaken" => {
                "Another object with the same value for property userPrincipalName already exists.".to_owned()
            }
            "SyncedUser" => {
                "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
                 currently undergoing migration."
                    .to_owned()
            }
            _ if fault.category == Category::Denied => return Self::denied(),
            _ => fault.message.clone(),
        };
        Self::bad(message)
    }

    pub fn answer(&self, session: &Session) -> Answer {
        let id = session.clock.new_id().to_string();
        let date = session
            .clock
            .now()
            .strftime("%Y-%m-%dT%H:%M:%S")
            .to_string();
        let headers = self
            .retry_after
            .map(|seconds| ("Retry-After", seconds.to_string()));
        Answer {
            status: self.status,
            headers: headers.into_iter().collect(),
            body: Some(json!({
                "error": {
                    "code": self.code,
                    "message": self.message,
                    "innerError": { "date": date, "request-id": id, "client-request-id": id },
                }
            })),
        }
    }
}
