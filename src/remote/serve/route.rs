//! Which path and method is which call.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::problem::Problem;
use super::query::Query;
use super::{Answer, Context, Graph, metadata};

/// The segments of a path, decoded; OData's keys count as segments: `users('a%40b')/x` is `users/a@b/x`.
pub fn segments(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match part
            .strip_suffix("')")
            .and_then(|part| part.split_once("('"))
        {
            Some((name, key)) => {
                found.push(decoded(name));
                found.push(decoded(key).replace("''", "'"));
            }
            None => found.push(decoded(part.strip_suffix("()").unwrap_or(part))),
        }
    }
    found
}

impl Graph {
    pub(super) fn route(
        &mut self,
        method: &str,
        path: &str,
        query: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        let query = Query::parse(query)?;
        let all = segments(path);
        let names: Vec<&str> = all
            .iter()
            .map(|name| name.strip_prefix("microsoft.graph.").unwrap_or(name))
            .collect();
        match (method, names.as_slice()) {
            ("GET", ["$metadata"]) => Ok(metadata::document()),
            ("GET", ["users"]) => self.list_users(&query, context),
            ("GET", ["users", "$count"]) => self.count_users(&query, context),
            ("GET", ["users", "delta"]) => self.delta(&query, context),
            ("GET", ["me"]) => {
                let own = context.user.map(str::to_owned);
                let own = own.ok_or_else(|| {
                    Problem::new(
                        400,
                        "BadRequest",
                        "/me request is only valid with delegated authentication flow.",
                    )
                })?;
                self.get_user(&own, &query, context)
            }
            ("GET", ["users", key]) => self.get_user(key, &query, context),
            ("GET", ["users", key, "licenseDetails"]) => self.license_details(key, context),
            ("GET", ["users", key, "memberOf" | "transitiveMemberOf"]) => {
                self.member_of(key, context)
            }
            ("GET", ["subscribedSkus"]) => self.subscribed_skus(None, &query, context),
            ("GET", ["subscribedSkus", id]) => self.subscribed_skus(Some(id), &query, context),
            ("GET", ["directory", "subscriptions"]) => self.subscriptions(context),
            ("GET", ["groups"]) => self.list_groups(&query, context),
            ("GET", ["groups", id]) => self.get_group(id, &query, context),
            (
                "GET",
                ["groups", id, "members" | "transitiveMembers"] | ["groups", id, "members", "user"],
            ) => self.members(id, &query, context),
            ("GET", ["directoryRoles"]) => self.roles(context),
            ("GET", ["directory", "deletedItems", "user"]) => self.deleted_users(&query, context),
            ("GET", ["organization"]) => self.organisation(context),
            ("POST", ["users"]) => self.create_user(body, context),
            ("PATCH", ["users", key]) => self.update_user(key, body, context),
            ("DELETE", ["users", key]) => self.delete_user(key, context),
            ("POST", ["users", key, "assignLicense"]) => self.assign_license(key, body, context),
            ("POST", ["users", key, "reprocessLicenseAssignment"]) => self.reprocess(key, context),
            ("POST", ["users", key, "revokeSignInSessions"]) => self.revoke_sessions(key, context),
            ("POST", ["directory", "deletedItems", id, "restore"]) => {
                self.restore(id, body, context)
            }
            ("POST", ["groups"]) => self.create_group(body, context),
            ("POST", ["groups", id, "assignLicense"]) => {
                self.assign_group_license(id, body, context)
            }
            ("POST", ["groups", id, "members", "$ref"]) => self.add_member(id, body, context),
            ("DELETE", ["groups", id, "members", member, "$ref"]) => {
                self.remove_member(id, member, context)
            }
            _ => Err(Problem::not_built(&format!("{method} /{}", all.join("/")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn keys_are_segments() {
        for (path, found) in [
            (
                "users/anna%40contoso.com",
                vec!["users", "anna@contoso.com"],
            ),
            (
                "/users('o''brien%40contoso.com')/assignLicense",
                vec!["users", "o'brien@contoso.com", "assignLicense"],
            ),
            ("users/delta()", vec!["users", "delta"]),
            (
                "users/microsoft.graph.delta()",
                vec!["users", "microsoft.graph.delta"],
            ),
            ("", vec![]),
            ("//$batch/", vec!["$batch"]),
        ] {
            assert_eq!(segments(path), found);
        }
    }
}
