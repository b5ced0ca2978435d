//! Sign-in endpoints, the tokens they hand out, and what a token allows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::Problem;
use super::{Answer, Context, Graph};
use crate::net::Request;
use crate::session::Session;

/// The hosts that are answered here: Graph and its sign-in in every cloud, and what `az login` asks besides.
pub const HOSTS: &[&str] = &[
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "management.azure.com",
];

/// What an app's token grants where nothing else is said: all that the calls here can take.
pub const EVERY: &[&str] = &[
    "AuditLog.Read.All",
    "Directory.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "RoleManagement.Read.Directory",
    "User.DeleteRestore.All",
    "User.EnableDisableAccount.All",
    "User.ReadWrite.All",
    "User.RevokeSessions.All",
];

/// Tokens last an hour, as Microsoft's do.
const SECONDS: i64 = 3_600;

/// The tokens of one start: those of another are refused.
pub struct Tokens {
    pub tenant: Uuid,
    key: Uuid,
    granted: Vec<String>,
}

/// What a token says.
pub struct Claims {
    pub granted: Vec<String>,
    /// Who signed in; none for an app.
    pub user: Option<String>,
}

impl Tokens {
    pub fn new(tenant: Uuid, key: Uuid, granted: Vec<String>) -> Self {
        let granted = match granted.is_empty() {
            true => EVERY.iter().map(|name| (*name).to_owned()).collect(),
            false => granted,
        };
        Self {
            tenant,
            key,
            granted,
        }
    }

    /// Answers what belongs to signing in; none for everything else.
    pub fn sign_in(
        &self,
        session: &Session,
        request: &Request,
        path: &str,
        origin: &str,
    ) -> Option<Answer> {
        let tenant = self.tenant;
        if path.ends_with("/discovery/instance") {
            let host = origin.trim_start_matches("https://");
            let hosts = [host, "login.microsoftonline.com"];
            let metadata = hosts.map(
                |own| json!({ "preferred_network": own, "preferred_cache": own, "aliases": [own] }),
            );
            return Some(Answer::ok(json!({
                "tenant_discovery_endpoint": format!("{origin}/{tenant}/v2.0/.well-known/openid-configuration"),
                "api-version": "1.1",
                "metadata": metadata,
            })));
        }
        if path.ends_with("/.well-known/openid-configuration") {
            let at = path.split('/').nth(1).unwrap_or("common");
            let end = |name: &str| format!("{origin}/{at}/oauth2/v2.0/{name}");
            return Some(Answer::ok(json!({
                "issuer": format!("{origin}/{tenant}/v2.0"),
                "token_endpoint": end("token"),
                "authorization_endpoint": end("authorize"),
                "device_authorization_endpoint": end("devicecode"),
                "jwks_uri": format!("{origin}/{at}/discovery/v2.0/keys"),
                "response_types_supported": ["code", "id_token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
            })));
        }
        if path.ends_with("/discovery/v2.0/keys") {
            return Some(Answer::ok(json!({ "keys": [] })));
        }
        if path.ends_with("/oauth2/v2.0/devicecode") {
            return Some(Answer::ok(json!({
                "user_code": "REHEARSE",
                "device_code": self.key,
                "verification_uri": format!("{origin}/device"),
                "expires_in": 900,
                "interval": 1,
                "message": "This is a rehearsal: nothing has to be typed.",
            })));
        }
        if path.ends_with("/oauth2/v2.0/token") || path.ends_with("/oauth2/token") {
            return Some(self.token(session, request));
        }
        // What `az login` asks of Azure's resource manager.
        if matches!(path, "/subscriptions" | "/tenants") {
            return Some(Answer::ok(json!({ "value": [] })));
        }
        None
    }

    fn token(&self, session: &Session, request: &Request) -> Answer {
        let form: Vec<(String, String)> =
            form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| {
            let own = form.iter().find(|(own, _)| own == name);
            own.map_or("", |(_, value)| value.as_str())
        };
        let now = session.clock.now().as_second();
        let app = field("client_id");
        let mut claims = json!({
            "aud": "https://graph.microsoft.com",
            "iss": format!("https://sts.windows.net/{}/", self.tenant),
            "tid": self.tenant,
            "appid": app,
            "app_displayname": "tenantsh rehearsal",
            "iat": now,
            "nbf": now,
            "exp": now + SECONDS,
            "ver": "1.0",
        });
        let delegated = match field("grant_type") {
            "client_credentials" => {
                claims["idtyp"] = "app".into();
                claims["oid"] = json!(self.key);
                claims["roles"] = json!(self.granted);
                false
            }
            "urn:ietf:params:oauth:grant-type:device_code"
            | "refresh_token"
            | "password"
            | "authorization_code" => {
                let user = session.actor.name.as_str();
                let id = session.tenant().user_by_upn(user).map(|user| user.id);
                claims["idtyp"] = "user".into();
                claims["oid"] = json!(id.unwrap_or(self.key));
                claims["upn"] = user.into();
                claims["unique_name"] = user.into();
                claims["scp"] = self.granted.join(" ").into();
                true
            }
            other => {
                return Answer {
                    status: 400,
                    headers: Vec::new(),
                    body: Some(json!({
                        "error": "unsupported_grant_type",
                        "error_description": format!("AADSTS70003: the grant '{other}' is not part of this rehearsal."),
                        "error_codes": [70003],
                    })),
                };
            }
        };
        let mut answer = json!({
            "token_type": "Bearer",
            "expires_in": SECONDS - 1,
            "ext_expires_in": SECONDS - 1,
            "access_token": self.signed(&claims),
        });
        if delegated {
            answer["refresh_token"] = json!(self.key);
            answer["scope"] = self.granted.join(" ").into();
            answer["id_token"] = self.signed(&claims).into();
            answer["client_info"] =
                encoded(&json!({ "uid": claims["oid"], "utid": self.tenant })).into();
        }
        Answer::ok(answer)
    }

    /// A token in the form of a JWT. Its last part is this start's key, not a signature: it proves nothing to others.
    fn signed(&self, claims: &Value) -> String {
        let head = json!({ "typ": "JWT", "alg": "none" });
        let key = URL_SAFE_NO_PAD.encode(self.key.as_bytes());
        format!("{}.{}.{key}", encoded(&head), encoded(claims))
    }

    /// Reads the token of a request.
    pub fn claims(&self, request: &Request, now: Timestamp) -> Result<Claims, Problem> {
        let refused = |message: &str| Problem::new(401, "InvalidAuthenticationToken", message);
        let header = request
            .header("Authorization")
            .ok_or_else(|| refused("Access token is empty."))?;
        let token = header
            .strip_prefix("Bearer ")
            .or_else(|| header.strip_prefix("bearer "))
            .unwrap_or(header);
        let mut parts = token.split('.');
        let (Some(_), Some(claims), Some(key), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused(
                "IDX14100: JWT is not well formed, there are no dots (.).",
            ));
        };
        let own = URL_SAFE_NO_PAD.encode(self.key.as_bytes());
        let bytes = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
        let claims: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if key != own || claims.is_null() {
            return Err(refused(
                "Signing key is invalid: the token is not of this rehearsal.",
            ));
        }
        if claims["exp"]
            .as_i64()
            .is_none_or(|end| end <= now.as_second())
        {
            return Err(refused("Lifetime validation failed, the token is expired."));
        }
        let words = |value: &Value| -> Vec<String> {
            match value {
                Value::Array(items) => items
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
                _ => Vec::new(),
            }
        };
        let app = words(&claims["roles"]);
        let user = claims["upn"].as_str().map(str::to_owned);
        Ok(Claims {
            granted: if app.is_empty() {
                words(&claims["scp"])
            } else {
                app
            },
            user,
        })
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

impl Graph {
    /// Refuses a call that the token grants none of `any`; the first of them is the least and goes into the report.
    pub(super) fn require(
        &mut self,
        context: &Context,
        any: &[&'static str],
    ) -> Result<(), Problem> {
        if let Some(least) = any.first() {
            self.effects.permissions.insert(least);
        }
        let wider = ["Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
        let granted = |name: &&str| context.granted.iter().any(|own| own == name);
        if any.iter().chain(&wider).any(granted) {
            return Ok(());
        }
        Err(Problem::denied())
    }
}
