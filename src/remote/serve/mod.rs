//! Graph v1.0 for licences, answered from a tenant: one request in, one response out, without a socket.
//!
//! ```text
//! token      sign-in endpoints, tokens of this start only, which permissions a call takes
//! route      which path and method is which call
//! query      $select, $filter, $top and their like
//! resource   users, groups and products as Graph's JSON
//! read       the calls that read            delta   /users/delta with its tokens
//! change     the calls that change, through the tenant's rules
//! batch      $batch                         fault   throttling, lost answers and old reads on request
//! problem    Graph's errors
//! ```
//!
//! A call that isn't built is answered 501 with its name, never with a wrong 200.

mod batch;
mod change;
mod delta;
mod fault;
mod metadata;
mod problem;
mod query;
mod read;
mod resource;
mod route;
mod token;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

pub use fault::Faults;
pub use token::HOSTS;

use crate::net::{Request, Response};
use crate::session::Session;
use crate::tenant::{Actor, Role, Tenant, User};
use delta::Revisions;
use fault::Injector;
use problem::Problem;
use token::Tokens;

/// What the calls came to, for the end of a rehearsal.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    pub calls: u64,
    /// Calls that were refused by a rule or a permission.
    pub refused: u64,
    /// Whose mailbox or OneDrive lost its licence, and until when it is kept.
    pub held: Vec<(String, Timestamp)>,
    pub seats_freed: usize,
    /// The least permission of each call that was made.
    pub permissions: BTreeSet<&'static str>,
}

/// A tenant that answers as Microsoft Graph.
pub struct Graph {
    session: Session,
    tokens: Tokens,
    faults: Injector,
    revisions: Revisions,
    effects: Effects,
    /// What a read still shows of users who were changed a moment ago, and since when.
    stale: HashMap<Uuid, (Duration, Arc<User>)>,
    /// Group assignments that were accepted and are not worked off yet.
    accepted: Vec<change::Accepted>,
}

/// What a call is made with, beside its path.
struct Context<'a> {
    /// The permissions that the token grants.
    granted: &'a [String],
    /// Who signed in; none for an app.
    user: Option<&'a str>,
    /// `https://graph.microsoft.com/v1.0`, as the client called it: links begin so.
    root: &'a str,
    /// `ConsistencyLevel: eventual` was sent.
    eventual: bool,
}

/// The answer to a call: status, headers, and a body if it has one.
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Answer {
    fn ok(body: Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Some(body),
        }
    }

    fn none(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
        }
    }
}

impl Graph {
    /// Answers from the session's tenant; `granted` are the permissions that an app's token gets.
    pub fn new(session: Session, granted: Vec<String>, faults: Faults) -> Self {
        let tokens = Tokens::new(session.clock.new_id(), session.clock.new_id(), granted);
        Self {
            session,
            tokens,
            faults: Injector::new(faults),
            revisions: Revisions::default(),
            effects: Effects::default(),
            stale: HashMap::new(),
            accepted: Vec::new(),
        }
    }

    /// Answers one request, whatever it is.
    pub fn answer(&mut self, request: &Request) -> Response {
        self.work_off();
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        // A proxy's client may send the whole address.
        let (origin, path) = origin_of(request, path);
        if let Some(answer) = self.tokens.sign_in(&self.session, request, path, &origin) {
            return self.respond(Ok(answer));
        }
        let answer = self.called(request, path, query, &origin);
        self.respond(answer)
    }

    fn called(
        &mut self,
        request: &Request,
        path: &str,
        query: &str,
        origin: &str,
    ) -> Result<Answer, Problem> {
        let rest = path.trim_start_matches('/');
        let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
        if !matches!(version, "v1.0" | "beta") {
            return Err(Problem::new(
                404,
                "NotFound",
                format!("there is no page {path} here"),
            ));
        }
        let claims = self.tokens.claims(request, self.session.clock.now())?;
        let body = match request.body.as_slice() {
            [] => None,
            bytes => Some(serde_json::from_slice(bytes).map_err(|_| {
                Problem::bad("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
            })?),
        };
        let root = format!("{origin}/{version}");
        let context = Context {
            granted: &claims.granted,
            user: claims.user.as_deref(),
            root: &root,
            eventual: request
                .header("ConsistencyLevel")
                .is_some_and(|level| level.eq_ignore_ascii_case("eventual")),
        };
        if route::segments(rest) == ["$batch"] {
            return match request.method.as_str() {
                "POST" => self.batch(body, &context),
                _ => Err(Problem::new(
                    405,
                    "Request_BadRequest",
                    "$batch takes POST only",
                )),
            };
        }
        self.call(&request.method, rest, query, body, &context)
    }

    /// One call, alone or of a batch.
    fn call(
        &mut self,
        method: &str,
        path: &str,
        query: &str,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        self.effects.calls += 1;
        self.faults.before(method)?;
        let answer = self.route(method, path, query, body, context);
        if answer.as_ref().is_err_and(|problem| problem.status < 500) {
            self.effects.refused += 1;
        }
        answer
    }

    fn respond(&mut self, answer: Result<Answer, Problem>) -> Response {
        let answer = answer.unwrap_or_else(|problem| problem.answer(&self.session));
        let mut response = Response::new(answer.status)
            .header("request-id", self.session.clock.new_id().to_string())
            .header("Cache-Control", "no-cache");
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        match answer.body {
            Some(Value::String(text))
                if response
                    .headers
                    .iter()
                    .any(|(name, _)| name == "Content-Type") =>
            {
                response.body = text.into_bytes();
            }
            Some(Value::String(text)) => response = response.text(&text),
            Some(body) => {
                response = response.header(
                    "Content-Type",
                    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
                );
                response.body = body.to_string().into_bytes();
            }
            None => {}
        }
        self.faults.after(&mut response);
        response
    }

    /// The tenant as it is now.
    pub fn tenant(&self) -> std::rc::Rc<Tenant> {
        self.session.tenant()
    }

    pub fn effects(&self) -> &Effects {
        &self.effects
    }

    /// Ends the run: what was accepted is worked off, and what it came to is handed back.
    ///
    /// # Errors
    /// The tenant is kept and tenant.yaml can't be written; every change is in the journal all the same.
    pub fn finish(
        mut self,
    ) -> (
        std::rc::Rc<Tenant>,
        Effects,
        Result<(), crate::diagnostic::Diagnostic>,
    ) {
        self.work_off_all();
        let saved = self.session.checkpoint(true);
        (self.session.tenant(), self.effects, saved)
    }

    /// Who acts by the tenant's rules: an app may what its permissions allow, a signed-in admin what the roles do.
    fn actor(&self, context: &Context) -> Actor {
        match context.user {
            Some(_) => self.session.actor.clone(),
            None => Actor {
                name: self.session.actor.name.clone(),
                roles: vec![Role::GlobalAdministrator],
            },
        }
    }
}

/// Where a client thinks it is, and the path there.
fn origin_of<'a>(request: &Request, path: &'a str) -> (String, &'a str) {
    for scheme in ["https://", "http://"] {
        if let Some(rest) = path.strip_prefix(scheme) {
            let end = rest.find('/').unwrap_or(rest.len());
            return (format!("https://{}", &rest[..end]), &rest[end..]);
        }
    }
    let host = request.header("Host").unwrap_or("localhost");
    (format!("https://{host}"), path)
}
