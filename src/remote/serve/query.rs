//! `$select`, `$filter`, `$top` and their like, as they stand in an address.

use super::problem::Problem;

/// The options of a call. An option that isn't known is refused: an answer that ignores it would be wrong.
#[derive(Debug, Default)]
pub struct Query {
    pub select: Vec<String>,
    pub filter: Option<String>,
    pub search: Option<String>,
    pub order: Option<String>,
    pub expand: Vec<String>,
    pub top: Option<usize>,
    pub count: bool,
    pub skip_token: Option<String>,
    pub delta_token: Option<String>,
    /// As sent, for the next link.
    sent: Vec<(String, String)>,
}

impl Query {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let list = || {
                value
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty())
            };
            // OData lets the dollar be left out.
            match name.trim_start_matches('$').to_ascii_lowercase().as_str() {
                "select" => query.select = list().collect(),
                "filter" => query.filter = Some(value.clone().into_owned()),
                "search" => query.search = Some(value.clone().into_owned()),
                "orderby" => query.order = Some(value.clone().into_owned()),
                "expand" => query.expand = list().collect(),
                "count" => query.count = value.eq_ignore_ascii_case("true"),
                "top" => {
                    query.top = Some(value.parse().map_err(|_| {
                        unsupported(format!(
                            "Invalid value '{value}' for $top query option found."
                        ))
                    })?);
                }
                "skiptoken" => query.skip_token = Some(value.clone().into_owned()),
                "deltatoken" => query.delta_token = Some(value.clone().into_owned()),
                "format" => {}
                "skip" => return Err(unsupported("$skip is not supported.")),
                _ => {
                    return Err(unsupported(format!(
                        "The query parameter '{name}' is not supported."
                    )));
                }
            }
            query.sent.push((name.into_owned(), value.into_owned()));
        }
        Ok(query)
    }

    /// How many a page holds: `most` at the most.
    pub fn page(&self, most: usize) -> Result<usize, Problem> {
        match self.top {
            None => Ok(100.min(most)),
            Some(top) if (1..=most).contains(&top) => Ok(top),
            Some(top) => Err(unsupported(format!(
                "Invalid page size specified: '{top}'. Must be between 1 and {most} inclusive."
            ))),
        }
    }

    /// The same call from `token` on.
    pub fn next_link(&self, address: &str, token: &str) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.sent {
            if !name.to_ascii_lowercase().ends_with("skiptoken") {
                text.append_pair(name, value);
            }
        }
        text.append_pair("$skiptoken", token);
        // A dollar may stand as it is, and clients look for it.
        format!("{address}?{}", text.finish().replace("%24", "$"))
    }
}

pub fn unsupported(message: impl Into<String>) -> Problem {
    Problem::new(400, "Request_UnsupportedQuery", message)
}
