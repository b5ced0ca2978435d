//! `$batch`: up to twenty calls in one request, each with a status of its own.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::{Answer, Context, Graph};

const MOST: usize = 20;

/// One call of a batch.
struct Item {
    id: String,
    method: String,
    path: String,
    query: String,
    depends_on: Vec<String>,
    body: Option<Value>,
    has_type: bool,
}

impl Graph {
    /// Answers in another order than asked, which Graph may too: a client must go by the ids.
    pub(super) fn batch(
        &mut self,
        body: Option<Value>,
        context: &Context,
    ) -> Result<Answer, Problem> {
        let items = read(body.as_ref())?;
        let mut statuses: HashMap<String, u16> = HashMap::new();
        let mut answers = Vec::new();
        for item in items {
            let failed = item.depends_on.iter().any(|id| {
                statuses
                    .get(&id.to_lowercase())
                    .is_none_or(|status| *status >= 400)
            });
            let answer = if failed {
                Err(Problem::new(
                    424,
                    "FailedDependency",
                    "A request that this one depends on failed.",
                ))
            } else if item.body.is_some() && !item.has_type {
                Err(Problem::new(
                    400,
                    "BadRequest",
                    format!(
                        "Write request id : {} does not contain Content-Type header or body.",
                        item.id
                    ),
                ))
            } else if item.path.trim_matches('/').eq_ignore_ascii_case("$batch") {
                Err(Problem::new(
                    400,
                    "BadRequest",
                    "A batch can't be part of a batch.",
                ))
            } else {
                self.call(&item.method, &item.path, &item.query, item.body, context)
            };
            let answer = answer.unwrap_or_else(|problem| problem.answer(&self.session));
            statuses.insert(item.id.to_lowercase(), answer.status);
            answers.push(written(&item.id, answer));
        }
        answers.reverse();
        Ok(Answer::ok(json!({ "responses": answers })))
    }
}

fn written(id: &str, answer: Answer) -> Value {
    let mut headers = Map::new();
    headers.insert("Cache-Control".to_owned(), "no-cache".into());
    headers.insert("x-ms-resource-unit".to_owned(), "1".into());
    for (name, value) in answer.headers {
        headers.insert(name.to_owned(), value.into());
    }
    let mut written = json!({ "id": id, "status": answer.status });
    if let Some(body) = answer.body {
        headers.insert("Content-Type".to_owned(), "application/json".into());
        written["body"] = body;
    }
    written["headers"] = Value::Object(headers);
    written
}

fn read(body: Option<&Value>) -> Result<Vec<Item>, Problem> {
    let malformed = |message: String| Problem::new(400, "BadRequest", message);
    let requests = body.and_then(|body| body["requests"].as_array());
    let requests = requests
        .filter(|requests| !requests.is_empty())
        .ok_or_else(|| malformed("Invalid batch payload format.".to_owned()))?;
    if requests.len() > MOST {
        return Err(Problem::new(
            400,
            "MaximumValueExceeded",
            format!("Number of batch request steps exceeds the maximum value of {MOST}."),
        ));
    }
    let mut items: Vec<Item> = Vec::new();
    for request in requests {
        let text = |name: &str| match &request[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let (Some(id), Some(method), Some(url)) = (text("id"), text("method"), text("url")) else {
            return Err(malformed("Invalid batch payload format.".to_owned()));
        };
        let is_known = |id: &str| items.iter().any(|own| own.id.eq_ignore_ascii_case(id));
        if is_known(&id) {
            return Err(malformed(format!(
                "Request Id {id} has to be unique in a batch."
            )));
        }
        let depends_on = request["dependsOn"].as_array().cloned().unwrap_or_default();
        let depends_on: Vec<String> = depends_on
            .iter()
            .map(|own| own.as_str().map_or_else(|| own.to_string(), str::to_owned))
            .collect();
        // A request stands behind those it depends on, so there is no circle.
        if !depends_on.iter().all(|own| is_known(own)) {
            return Err(malformed(format!(
                "Invalid dependency for request Id: {id}."
            )));
        }
        let (path, query) = relative(&url);
        let headers = request["headers"].as_object();
        items.push(Item {
            id,
            method: method.to_uppercase(),
            path,
            query,
            depends_on,
            body: request.get("body").filter(|body| !body.is_null()).cloned(),
            has_type: headers.is_some_and(|own| {
                own.keys()
                    .any(|name| name.eq_ignore_ascii_case("content-type"))
            }),
        });
    }
    Ok(items)
}

/// Path and query of an address, which some clients write whole.
fn relative(url: &str) -> (String, String) {
    let whole = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let rest = match whole.and_then(|rest| rest.split_once('/')) {
        Some((_, rest)) => {
            let cut = rest
                .strip_prefix("v1.0/")
                .or_else(|| rest.strip_prefix("beta/"));
            cut.unwrap_or(rest)
        }
        None => url,
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (path.to_owned(), query.to_owned())
}
