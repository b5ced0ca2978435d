//! `/users/delta`: who changed since a token, with tombstones, and tokens that expire.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::Problem;
use super::query::{Query, unsupported};
use super::read::{context_of, projected};
use super::{Answer, Context, Graph};
use crate::tenant::User;

/// A token lives seven days.
///
/// Source: Microsoft Graph, "Use delta query to track changes in Graph data".
const TOKEN_SECONDS: i64 = 7 * 86_400;
const PAGE: usize = 200;

/// When each user was last changed, as a number that grows with every change.
#[derive(Debug, Default)]
pub struct Revisions {
    now: u64,
    of: HashMap<Uuid, u64>,
}

impl Revisions {
    pub fn touch(&mut self, user: Uuid) {
        self.now += 1;
        self.of.insert(user, self.now);
    }

    fn of(&self, user: &User) -> u64 {
        self.of.get(&user.id).copied().unwrap_or(0)
    }
}

/// What a link remembers. It names the start that made it: after another, all must be read again.
#[derive(Serialize, Deserialize)]
struct Token {
    key: Uuid,
    made: i64,
    /// Changes up to this revision are known; none for a first reading.
    since: Option<u64>,
    until: u64,
    /// How many rows of the round are read.
    read: usize,
    select: Vec<String>,
}

impl Graph {
    pub(super) fn delta(&mut self, query: &Query, context: &Context) -> Result<Answer, Problem> {
        self.require(
            context,
            &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
        )?;
        if query.top.is_some()
            || query.order.is_some()
            || !query.expand.is_empty()
            || query.filter.is_some()
        {
            return Err(unsupported(
                "$top, $orderby, $expand and $filter are not supported by delta here.",
            ));
        }
        let now = self.session.clock.now().as_second();
        let fresh = |since, until| Token {
            key: self.tokens.tenant,
            made: now,
            since,
            until,
            read: 0,
            select: query.select.clone(),
        };
        let token = match (&query.delta_token, &query.skip_token) {
            (Some(text), _) if text == "latest" => {
                fresh(Some(self.revisions.now), self.revisions.now)
            }
            (Some(text), _) => {
                let mut token = self.read_token(text, now)?;
                token.until = self.revisions.now;
                token
            }
            (None, Some(text)) => self.read_token(text, now)?,
            (None, None) => fresh(None, self.revisions.now),
        };
        let tenant = self.session.tenant();
        let mut changed: Vec<&Arc<User>> = tenant.users().iter().collect();
        changed.retain(|user| {
            let own = self.revisions.of(user);
            match token.since {
                None => user.deleted.is_none() || own > 0,
                Some(since) => own > since && own <= token.until,
            }
        });
        let page: Vec<&Arc<User>> = changed
            .iter()
            .skip(token.read)
            .take(PAGE)
            .copied()
            .collect();
        let more = changed.len() > token.read + page.len();
        let mut tracked = Query::default();
        tracked.select = token.select.clone();
        // Graph doesn't track who gave a licence: learn.microsoft.com/graph/api/user-delta.
        tracked
            .select
            .retain(|name| !name.eq_ignore_ascii_case("licenseAssignmentStates"));
        if !tracked.select.is_empty() && !tracked.select.iter().any(|name| name == "id") {
            tracked.select.push("id".to_owned());
        }
        let mut rows = Vec::new();
        for user in &page {
            if user.deleted.is_some() {
                rows.push(json!({ "id": user.id, "@removed": { "reason": "changed" } }));
                continue;
            }
            let row = projected(&tenant, &[Arc::clone(user)], &tracked)?;
            rows.extend(row.as_array().cloned().unwrap_or_default());
        }
        let next = Token {
            read: if more { token.read + page.len() } else { 0 },
            since: if more { token.since } else { Some(token.until) },
            made: if more { token.made } else { now },
            ..token
        };
        let text = serde_json::to_string(&next).unwrap_or_default();
        let text = URL_SAFE_NO_PAD.encode(text);
        let (link, option) = match more {
            true => ("@odata.nextLink", "$skiptoken"),
            false => ("@odata.deltaLink", "$deltatoken"),
        };
        let mut body = json!({ "@odata.context": context_of(context.root, "users", &next.select) });
        body[link] = format!("{}/users/delta?{option}={text}", context.root).into();
        body["value"] = Value::Array(rows);
        Ok(Answer::ok(body))
    }

    fn read_token(&self, text: &str, now: i64) -> Result<Token, Problem> {
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let token: Token =
            serde_json::from_slice(&bytes).map_err(|_| Problem::bad("Badly formed token."))?;
        if token.key != self.tokens.tenant || now - token.made > TOKEN_SECONDS {
            return Err(Problem::new(
                410,
                "syncStateNotFound",
                "The sync state generation is not found; start over without a token.",
            ));
        }
        Ok(token)
    }
}
