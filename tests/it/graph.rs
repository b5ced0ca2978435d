//! A tenant that answers as Microsoft Graph: each call without a socket, then the listener and the proxy over TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantsh::net::{Authority, Listener, Request, Response};
use tenantsh::remote::serve::{Faults, Graph, HOSTS};
use tenantsh::session::{Policy, PolicyGuard};

use crate::support::{NOW, Rig};

pub const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

/// A client that has signed in.
pub struct Client {
    pub graph: Graph,
    token: String,
}

impl Client {
    pub fn new() -> Self {
        Self::with(&[], Faults::default())
    }

    pub fn with(granted: &[&str], faults: Faults) -> Self {
        let rehearsed = Policy {
            what_if: true,
            ..Policy::default()
        };
        Self::on(Rig::with_policy(rehearsed), granted, faults)
    }

    pub fn on(rig: Rig, granted: &[&str], faults: Faults) -> Self {
        let granted = granted.iter().map(|name| (*name).to_owned()).collect();
        let mut graph = Graph::new(rig.into_session(), granted, faults);
        let request = Request {
            method: "POST".to_owned(),
            target: "/contoso.com/oauth2/v2.0/token".to_owned(),
            body: b"grant_type=client_credentials&client_id=a&client_secret=s".to_vec(),
            ..Request::default()
        };
        let answer: Value = serde_json::from_slice(&graph.answer(&request).body).unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { graph, token }
    }

    pub fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> Response {
        let mut headers = vec![
            ("Host".to_owned(), "graph.microsoft.com".to_owned()),
            ("Authorization".to_owned(), format!("Bearer {}", self.token)),
            ("ConsistencyLevel".to_owned(), "eventual".to_owned()),
        ];
        if body.is_some() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        self.graph.answer(&Request {
            method: method.to_owned(),
            target: format!("/v1.0{path}"),
            headers,
            body: body
                .map(|body| body.to_string().into_bytes())
                .unwrap_or_default(),
        })
    }

    /// Status and body.
    pub fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.send(method, path, body);
        let body = serde_json::from_slice(&response.body).unwrap_or_default();
        (response.status, body)
    }

    pub fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// All rows of a list, page by page; `between` is called after each.
    fn pages(&mut self, path: &str, mut between: impl FnMut(&mut Self)) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut path = path.to_owned();
        loop {
            let mut page = self.get(&path);
            rows.extend(page["value"].as_array().unwrap().iter().cloned());
            between(self);
            match page["@odata.nextLink"].take() {
                Value::String(link) => path = link.replace("https://graph.microsoft.com/v1.0", ""),
                _ => return rows,
            }
        }
    }

    fn assign(&mut self, user: &str, add: Value, remove: Value) -> (u16, Value) {
        let body = json!({ "addLicenses": add, "removeLicenses": remove });
        self.call("POST", &format!("/users/{user}/assignLicense"), Some(body))
    }
}

fn message(answer: &(u16, Value)) -> &str {
    answer.1["error"]["message"].as_str().unwrap_or_default()
}

#[test]
fn pages_hold_every_user_once_also_while_users_are_deleted() {
    let all = Client::new().pages("/users?$top=999", |_| {}).len();
    for top in [1, 3, 7, 100] {
        let mut client = Client::new();
        let rows = client.pages(
            &format!("/users?$top={top}&$select=id,userPrincipalName"),
            |_| {},
        );
        let mut ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), rows.len()), (all, all), "top {top}");
    }
    // The first of each page is deleted as soon as the page is read: nobody else may be missed.
    let mut client = Client::new();
    let mut seen = Vec::new();
    let mut path = "/users?$top=5&$select=id".to_owned();
    loop {
        let page = client.get(&path);
        let ids: Vec<String> = page["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect();
        // A refusal (a synchronised user, an admin) is no matter here.
        client.call("DELETE", &format!("/users/{}", ids[0]), None);
        seen.extend(ids);
        match page["@odata.nextLink"].as_str() {
            Some(link) => path = link.replace("https://graph.microsoft.com/v1.0", ""),
            None => break,
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all);
}

#[test]
fn options_of_a_list_are_graphs() {
    let mut client = Client::new();
    let names = |body: &Value| -> Vec<String> {
        let rows = body["value"].as_array().unwrap();
        rows.iter()
            .map(|row| row["userPrincipalName"].as_str().unwrap().to_owned())
            .collect()
    };
    let disabled = client.get("/users?$filter=accountEnabled%20eq%20false&$count=true&$select=userPrincipalName,accountEnabled");
    assert_eq!(
        disabled["@odata.count"],
        disabled["value"].as_array().unwrap().len()
    );
    assert!(
        disabled["value"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["accountEnabled"] == false)
    );
    let up = names(&client.get("/users?$orderby=displayName&$top=999"));
    let mut down = names(&client.get("/users?$orderby=displayName%20desc&$top=999"));
    down.reverse();
    assert_eq!(up, down);
    let found = names(&client.get("/users?$search=%22displayName:anna%22"));
    assert_eq!(found, ["anna@contoso.com"]);
    let response = client.send("GET", "/users/$count", None);
    assert_eq!(
        String::from_utf8(response.body).unwrap(),
        up.len().to_string()
    );

    for (path, code, text) in [
        (
            "/users?$top=1000",
            "Request_UnsupportedQuery",
            "between 1 and 999",
        ),
        (
            "/users?$top=501&$select=signInActivity",
            "Request_UnsupportedQuery",
            "between 1 and 500",
        ),
        ("/users?$top=0", "Request_UnsupportedQuery", "'0'"),
        ("/users?$skip=5", "Request_UnsupportedQuery", "$skip"),
        (
            "/users?$select=nonsense",
            "BadRequest",
            "'nonsense' on type 'microsoft.graph.user'",
        ),
        (
            "/users?$filter=department%20eq",
            "Request_UnsupportedQuery",
            "filter clause",
        ),
        ("/users?$orderby=city", "Request_UnsupportedQuery", "'city'"),
        (
            "/users?$skiptoken=x",
            "Request_UnsupportedQuery",
            "skip token",
        ),
        ("/users?wrong=1", "Request_UnsupportedQuery", "'wrong'"),
    ] {
        let (status, body) = client.call("GET", path, None);
        let error = &body["error"];
        assert_eq!(
            (status, &error["code"]),
            (400, &json!(code)),
            "{path}: {body}"
        );
        assert!(
            error["message"].as_str().unwrap().contains(text),
            "{path}: {body}"
        );
    }
    let (status, _) = client.call("GET", "/users/nobody@contoso.com", None);
    assert_eq!(status, 404);
    let (status, body) = client.call("GET", "/users/anna@contoso.com/messages", None);
    assert_eq!(
        (status, &body["error"]["code"]),
        (501, &json!("NotImplemented"))
    );
}

#[test]
fn licenses_are_refused_in_graphs_words() {
    let mut client = Client::new();
    let none = json!([]);
    let inherits = client.pages("/users?$select=id,licenseAssignmentStates", |_| {});
    let (heir, sku) = inherits
        .iter()
        .find_map(|row| {
            let states = row["licenseAssignmentStates"].as_array()?;
            let own = states.iter().find(|own| {
                own["assignedByGroup"].is_string()
                    && !states.iter().any(|other| {
                        other["skuId"] == own["skuId"] && other["assignedByGroup"].is_null()
                    })
            })?;
            Some((row["id"].as_str()?.to_owned(), own["skuId"].clone()))
        })
        .unwrap();
    for (user, add, remove, text) in [
        (
            "anna@contoso.com",
            none.clone(),
            json!([E5]),
            "User does not have a corresponding license.",
        ),
        (
            &heir,
            none.clone(),
            json!([sku]),
            "User license is inherited from a group membership and it cannot be removed directly from the user.",
        ),
        (
            "anna@contoso.com",
            none.clone(),
            none.clone(),
            "No license changes provided.",
        ),
        (
            "anna@contoso.com",
            none.clone(),
            json!(["e3"]),
            "Cannot convert a primitive value to the expected type 'Edm.Guid'.",
        ),
        (
            "anna@contoso.com",
            none.clone(),
            json!(["00000000-0000-0000-0000-000000000001"]),
            "does not correspond to a valid company License.",
        ),
        (
            "jonas@contoso.com",
            json!([{ "skuId": E3 }]),
            none.clone(),
            "License assignment cannot be done for user with invalid usage location.",
        ),
        (
            "anna@contoso.com",
            json!([{ "skuId": E3, "disabledPlans": ["00000000-0000-0000-0000-000000000001"] }]),
            none.clone(),
            "is not part of the license",
        ),
    ] {
        let answer = client.assign(user, add, remove);
        assert_eq!(
            (answer.0, &answer.1["error"]["code"]),
            (400, &json!("Request_BadRequest")),
            "{answer:?}"
        );
        assert!(message(&answer).contains(text), "{text}: {answer:?}");
    }
    let (status, body) = client.call(
        "POST",
        "/users/anna@contoso.com/assignLicense",
        Some(json!({ "addLicenses": [] })),
    );
    assert_eq!(status, 400);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("removeLicenses")
    );
    let answer = client.assign("nobody@contoso.com", none.clone(), json!([E3]));
    assert_eq!(answer.0, 404);
    assert_eq!(client.graph.effects().refused, 9);
}

#[test]
fn the_last_seat_is_told_by_its_product() {
    let mut client = Client::new();
    let skus = client.get("/subscribedSkus");
    let free = |sku: &Value| {
        let units = &sku["prepaidUnits"];
        units["enabled"].as_i64().unwrap() + units["warning"].as_i64().unwrap()
            - sku["consumedUnits"].as_i64().unwrap()
    };
    let sku = skus["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|sku| sku["appliesTo"] == "User" && free(sku) > 0)
        .min_by_key(|sku| free(sku))
        .unwrap();
    let id = sku["skuId"].as_str().unwrap().to_owned();
    let users = client.pages("/users?$select=id,usageLocation,assignedLicenses", |_| {});
    let mut taken = 0;
    for user in users
        .iter()
        .filter(|user| user["usageLocation"].is_string())
    {
        let answer = client.assign(
            user["id"].as_str().unwrap(),
            json!([{ "skuId": id }]),
            json!([]),
        );
        if answer.0 == 200 {
            taken += i64::from(
                !user["assignedLicenses"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|own| own["skuId"] == json!(id)),
            );
            continue;
        }
        if message(&answer).contains("available") {
            assert_eq!(
                message(&answer),
                format!("Subscription with SKU {id} does not have any available licenses.")
            );
            assert_eq!(taken, free(sku));
            return;
        }
    }
    panic!("{id} had {} seats for everybody", free(sku));
}

#[test]
fn a_removal_shows_everywhere() {
    let mut client = Client::new();
    let consumed = |client: &mut Client| {
        let skus = client.get("/subscribedSkus?$select=skuId,consumedUnits");
        let own = skus["value"]
            .as_array()
            .unwrap()
            .iter()
            .find(|sku| sku["skuId"] == E3)
            .unwrap();
        own["consumedUnits"].as_i64().unwrap()
    };
    let before = consumed(&mut client);
    let (status, body) = client.assign("anna@contoso.com", json!([]), json!([E3]));
    assert_eq!(
        (status, &body["userPrincipalName"]),
        (200, &json!("anna@contoso.com"))
    );
    assert!(
        body.get("assignedLicenses").is_none(),
        "Graph returns the default properties only"
    );
    assert_eq!(consumed(&mut client), before - 1);
    let user = client.get("/users/anna@contoso.com?$select=assignedLicenses");
    assert_eq!(user["assignedLicenses"], json!([]));
    assert_eq!(
        client.get("/users/anna@contoso.com/licenseDetails")["value"],
        json!([])
    );
    let effects = client.graph.effects();
    assert_eq!((effects.seats_freed, effects.held.len()), (1, 1));
    assert!(
        effects
            .permissions
            .contains("LicenseAssignment.ReadWrite.All")
    );
    assert_eq!(
        client
            .call(
                "PATCH",
                "/users/anna@contoso.com",
                Some(json!({ "accountEnabled": false, "department": "Legal" }))
            )
            .0,
        204
    );
    let user = client.get("/users('anna%40contoso.com')?$select=accountEnabled,department");
    assert_eq!(
        (&user["accountEnabled"], &user["department"]),
        (&json!(false), &json!("Legal"))
    );
}

#[test]
fn a_deleted_user_is_in_the_bin_and_comes_back() {
    let mut client = Client::new();
    let id = client.get("/users/nina@contoso.com")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(client.call("DELETE", &format!("/users/{id}"), None).0, 204);
    assert_eq!(client.call("GET", &format!("/users/{id}"), None).0, 404);
    let bin = client.get("/directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime");
    assert!(
        bin["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["id"] == json!(id))
    );
    assert_eq!(
        client
            .call(
                "POST",
                &format!("/directory/deletedItems/{id}/restore"),
                None
            )
            .0,
        200
    );
    assert_eq!(client.call("GET", &format!("/users/{id}"), None).0, 200);
    assert_eq!(
        client
            .call(
                "POST",
                &format!("/directory/deletedItems/{id}/restore"),
                None
            )
            .0,
        404
    );
}

#[test]
fn groups_give_later_what_was_accepted() {
    let mut client = Client::new();
    let groups = client.get("/groups");
    let group = groups["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["assignedLicenses"] == json!([]))
        .map(|group| group["id"].as_str().unwrap().to_owned());
    let group = group.unwrap_or_else(|| {
        let (status, body) = client.call("POST", "/groups", Some(json!({ "displayName": "New", "mailEnabled": false, "securityEnabled": true, "mailNickname": "new" })));
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().unwrap().to_owned()
    });
    let anna = client.get("/users/anna@contoso.com")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let link =
        json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{anna}") });
    let path = format!("/groups/{group}/members/$ref");
    let first = client.call("POST", &path, Some(link.clone()));
    assert_eq!(first.0, 204, "{first:?}");
    let again = client.call("POST", &path, Some(link));
    assert!(message(&again).contains("already exist"), "{again:?}");
    let body = json!({ "addLicenses": [{ "skuId": E3 }], "removeLicenses": [] });
    assert_eq!(
        client
            .call(
                "POST",
                &format!("/groups/{group}/assignLicense"),
                Some(body)
            )
            .0,
        202
    );
    let states =
        client.get("/users/anna@contoso.com?$select=licenseAssignmentStates,assignedLicenses");
    let from_group = |body: &Value| {
        body["licenseAssignmentStates"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|own| own["assignedByGroup"] == json!(group))
            .count()
    };
    assert_eq!(from_group(&states), 1);
    assert_eq!(
        client
            .call(
                "DELETE",
                &format!("/groups/{group}/members/{anna}/$ref"),
                None
            )
            .0,
        204
    );
    let states = client.get("/users/anna@contoso.com?$select=licenseAssignmentStates");
    assert_eq!(from_group(&states), 0);
}

#[test]
fn a_batch_answers_each_call_by_its_id() {
    let mut client = Client::new();
    let remove = |id: &str, user: &str, depends: Value| {
        json!({ "id": id, "method": "POST", "url": format!("/users/{user}/assignLicense"), "dependsOn": depends,
            "headers": { "Content-Type": "application/json" }, "body": { "addLicenses": [], "removeLicenses": [E3] } })
    };
    let body = json!({ "requests": [
        remove("a", "anna@contoso.com", json!([])),
        remove("b", "anna@contoso.com", json!(["a"])),
        remove("c", "bob@contoso.com", json!(["b"])),
        { "id": "d", "method": "GET", "url": "https://graph.microsoft.com/v1.0/users/anna@contoso.com?$select=id" },
        { "id": "e", "method": "POST", "url": "/users/anna@contoso.com/assignLicense", "body": { "addLicenses": [], "removeLicenses": [] } },
        { "id": "f", "method": "POST", "url": "/$batch", "headers": { "Content-Type": "application/json" }, "body": {} },
    ] });
    let (status, answer) = client.call("POST", "/$batch", Some(body));
    assert_eq!(status, 200);
    let status = |id: &str| {
        let all = answer["responses"].as_array().unwrap();
        all.iter().find(|own| own["id"] == id).unwrap()["status"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(
        ["a", "b", "c", "d", "e", "f"].map(status),
        [200, 400, 424, 200, 400, 400]
    );

    let gets = |count: usize| -> Vec<Value> {
        (0..count).map(|id| json!({ "id": id.to_string(), "method": "GET", "url": "/users/anna@contoso.com" })).collect()
    };
    for (requests, text) in [
        (gets(0), "Invalid batch payload format."),
        (gets(21), "exceeds the maximum value of 20"),
        (vec![gets(1)[0].clone(), gets(1)[0].clone()], "unique"),
        (
            vec![
                remove("a", "x", json!(["b"])),
                remove("b", "x", json!(["a"])),
            ],
            "Invalid dependency",
        ),
        (vec![remove("a", "x", json!(["a"]))], "Invalid dependency"),
        (
            vec![json!({ "id": "1", "url": "/users" })],
            "Invalid batch payload format.",
        ),
    ] {
        let (status, body) = client.call("POST", "/$batch", Some(json!({ "requests": requests })));
        assert_eq!(status, 400, "{body}");
        assert!(
            body["error"]["message"].as_str().unwrap().contains(text),
            "{text}: {body}"
        );
    }
    assert_eq!(
        client
            .call("POST", "/$batch", Some(json!({ "requests": gets(20) })))
            .0,
        200
    );
}

#[test]
fn delta_tells_who_changed_and_who_is_gone() {
    let mut client = Client::new();
    let round = |client: &mut Client, from: &str| {
        let mut rows = Vec::new();
        let mut path = from.to_owned();
        loop {
            let page = client.get(&path);
            rows.extend(page["value"].as_array().unwrap().iter().cloned());
            let link = |name: &str| {
                page[name]
                    .as_str()
                    .map(|link| link.replace("https://graph.microsoft.com/v1.0", ""))
            };
            if let Some(end) = link("@odata.deltaLink") {
                return (rows, end);
            }
            path = link("@odata.nextLink").unwrap();
        }
    };
    let (all, link) = round(
        &mut client,
        "/users/delta?$select=userPrincipalName,licenseAssignmentStates",
    );
    assert_eq!(all.len(), client.pages("/users", |_| {}).len());
    assert!(
        all.iter()
            .all(|row| row.get("licenseAssignmentStates").is_none() && row["id"].is_string())
    );
    let (none, link) = round(&mut client, &link);
    assert!(none.is_empty());
    client.assign("anna@contoso.com", json!([]), json!([E3]));
    client.call("DELETE", "/users/nina@contoso.com", None);
    let (news, after) = round(&mut client, &link);
    assert_eq!(news.len(), 2, "{news:?}");
    assert!(
        news.iter()
            .any(|row| row["@removed"]["reason"] == "changed")
    );
    assert!(
        news.iter()
            .any(|row| row["userPrincipalName"] == "anna@contoso.com")
    );
    // A link may be followed again.
    assert_eq!(round(&mut client, &link).0.len(), 2);
    assert!(round(&mut client, &after).0.is_empty());
    let (_, latest) = round(&mut client, "/users/delta()?$deltatoken=latest");
    assert!(round(&mut client, &latest).0.is_empty());
    // A token of another start, one of eight days ago, and one that is none.
    let mut other = Client::new();
    let edited = |edit: fn(&mut Value)| {
        let text = link.split("$deltatoken=").nth(1).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let mut token: Value = serde_json::from_slice(&bytes).unwrap();
        edit(&mut token);
        format!(
            "/users/delta?$deltatoken={}",
            URL_SAFE_NO_PAD.encode(token.to_string())
        )
    };
    assert_eq!(other.call("GET", &edited(|_| ()), None).0, 200);
    for path in [
        edited(|token| token["key"] = json!("00000000-0000-0000-0000-0000000000ff")),
        edited(|token| token["made"] = json!(token["made"].as_i64().unwrap() - 8 * 86_400)),
    ] {
        let (status, body) = other.call("GET", &path, None);
        assert_eq!(
            (status, &body["error"]["code"]),
            (410, &json!("syncStateNotFound"))
        );
    }
    assert_eq!(
        other
            .call("GET", "/users/delta?$deltatoken=nonsense", None)
            .0,
        400
    );
    assert_eq!(other.call("GET", "/users/delta?$top=5", None).0, 400);
}

#[test]
fn what_a_token_grants_decides() {
    let mut reader = Client::with(&["User.Read.All"], Faults::default());
    assert_eq!(reader.call("GET", "/users", None).0, 200);
    let refused = reader.assign("anna@contoso.com", json!([]), json!([E3]));
    assert_eq!(
        (refused.0, message(&refused)),
        (403, "Insufficient privileges to complete the operation.")
    );
    assert_eq!(
        reader.call("GET", "/users?$select=signInActivity", None).0,
        403
    );
    assert!(
        reader
            .graph
            .effects()
            .permissions
            .contains("LicenseAssignment.ReadWrite.All")
    );
    let mut least = Client::with(&["LicenseAssignment.ReadWrite.All"], Faults::default());
    assert_eq!(
        least.assign("anna@contoso.com", json!([]), json!([E3])).0,
        200
    );
    assert_eq!(least.call("DELETE", "/users/anna@contoso.com", None).0, 403);

    let mut client = Client::new();
    for (token, text) in [
        ("", "JWT is not well formed"),
        ("a.b.c", "not of this rehearsal"),
        ("eyJ4IjoxfQ.eyJ4IjoxfQ.AAAA", "not of this rehearsal"),
    ] {
        let answer = client.graph.answer(&Request {
            method: "GET".to_owned(),
            target: "/v1.0/users".to_owned(),
            headers: vec![("Authorization".to_owned(), format!("Bearer {token}"))],
            ..Request::default()
        });
        let body = String::from_utf8(answer.body).unwrap();
        assert!(
            answer.status == 401 && body.contains(text),
            "{token}: {body}"
        );
    }
}

#[test]
fn faults_come_by_count_and_do_nothing_else() {
    let faults = Faults {
        throttle: Some(3),
        fail: Some(5),
        ..Faults::default()
    };
    let run = || {
        let mut client = Client::with(&[], faults.clone());
        let statuses: Vec<u16> = (0..12)
            .map(|_| {
                client
                    .call("POST", "/users/anna@contoso.com/revokeSignInSessions", None)
                    .0
            })
            .collect();
        statuses
    };
    let statuses = run();
    assert_eq!(statuses, run());
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 4);
    assert!(statuses.contains(&503));
    let mut client = Client::with(
        &[],
        Faults {
            throttle: Some(1),
            ..Faults::default()
        },
    );
    let response = client.send(
        "POST",
        "/users/anna@contoso.com/assignLicense",
        Some(json!({ "addLicenses": [], "removeLicenses": [E3] })),
    );
    assert_eq!(response.status, 429);
    assert!(
        response
            .headers
            .iter()
            .any(|(name, value)| name == "Retry-After" && value == "1")
    );
    assert_eq!(
        client.get("/users/anna@contoso.com?$select=assignedLicenses")["assignedLicenses"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    // A lost answer belongs to a change that was made.
    let mut client = Client::with(
        &[],
        Faults {
            drop: Some(2),
            ..Faults::default()
        },
    );
    let response = client.send(
        "POST",
        "/users/anna@contoso.com/assignLicense",
        Some(json!({ "addLicenses": [], "removeLicenses": [E3] })),
    );
    assert!(response.lost);
    assert_eq!(
        client.assign("anna@contoso.com", json!([]), json!([E3])).0,
        400
    );

    let mut client = Client::with(
        &[],
        Faults {
            stale: Duration::from_secs(3600),
            ..Faults::default()
        },
    );
    assert_eq!(
        client.assign("anna@contoso.com", json!([]), json!([E3])).0,
        200
    );
    assert_eq!(
        client.get("/users/anna@contoso.com?$select=assignedLicenses")["assignedLicenses"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// What is kept is in the journal, and nothing of it where nothing is to be kept.
#[test]
fn what_is_kept_is_there_when_the_tenant_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut client = Client::on(Rig::kept(dir.path()), &[], Faults::default());
    assert_eq!(
        client.assign("anna@contoso.com", json!([]), json!([E3])).0,
        200
    );
    // No clean end: the process could have been killed here.
    drop(client);
    let mut rig = Rig::kept(dir.path());
    assert!(rig.texts("(Get-User anna@contoso.com).Licenses").is_empty());
}

fn listening() -> (Authority, tenantsh::net::Server, tenantsh::net::Server) {
    let authority =
        Authority::new(&["localhost", "graph.microsoft.com"], NOW.parse().unwrap()).unwrap();
    let handler: tenantsh::net::Handler = Arc::new(|request: Request| {
        Response::new(200).text(&format!("{} {}", request.method, request.target))
    });
    let server = Listener::bind("127.0.0.1:0")
        .unwrap()
        .serve(&authority, Arc::clone(&handler));
    let proxy = Listener::bind("127.0.0.1:0")
        .unwrap()
        .proxy(&authority, HOSTS, handler);
    (authority, server, proxy)
}

/// A TLS connection to a host over a stream that reaches it.
fn secured(
    stream: TcpStream,
    host: &str,
    authority: &Authority,
) -> rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(authority.certificate.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = host.to_owned().try_into().unwrap();
    rustls::StreamOwned::new(
        rustls::ClientConnection::new(Arc::new(config), name).unwrap(),
        stream,
    )
}

fn reads(stream: &mut impl Read, until: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.contains(until) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
        }
    }
    text
}

#[test]
fn the_listener_answers_over_tls_and_the_proxy_goes_to_graph_only() {
    let (authority, server, proxy) = listening();
    let stream = TcpStream::connect(server.address).unwrap();
    let mut tls = secured(stream, "localhost", &authority);
    for count in 0..3 {
        write!(
            tls,
            "GET /v1.0/users?{count} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        .unwrap();
        let answer = reads(&mut tls, &format!("users?{count}"));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    let mut stream = TcpStream::connect(proxy.address).unwrap();
    write!(
        stream,
        "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n"
    )
    .unwrap();
    assert!(reads(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 200"));
    let mut tls = secured(stream, "graph.microsoft.com", &authority);
    write!(
        tls,
        "GET /v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n"
    )
    .unwrap();
    assert!(reads(&mut tls, "/v1.0/me").contains("GET /v1.0/me"));

    for request in [
        "CONNECT example.com:443 HTTP/1.1\r\n\r\n",
        "GET http://graph.microsoft.com/v1.0/users HTTP/1.1\r\n\r\n",
        "CONNECT graph.microsoft.com.example.com:443 HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        assert!(
            reads(&mut stream, "here").starts_with("HTTP/1.1 403"),
            "{request}"
        );
    }
    // Not TLS at all: the connection ends, and the next client is answered.
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    drop(reads(&mut stream, "never"));
    let mut tls = secured(
        TcpStream::connect(server.address).unwrap(),
        "localhost",
        &authority,
    );
    write!(tls, "GET /again HTTP/1.1\r\n\r\n").unwrap();
    assert!(reads(&mut tls, "/again").contains("/again"));
}

#[test]
fn only_this_machine_can_reach_it() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let fault = Listener::bind(address).err().unwrap();
        assert_eq!(fault.id, "NotLoopback", "{address}");
    }
    for address in ["", "localhost", "127.0.0.1:x"] {
        assert_eq!(
            Listener::bind(address).err().unwrap().id,
            "InvalidAddress",
            "{address}"
        );
    }
    let taken = Listener::bind("127.0.0.1:0").unwrap();
    assert_eq!(
        Listener::bind(&taken.address.to_string()).err().unwrap().id,
        "AddressTaken"
    );
}

/// What Graph's metadata says of a property: its type, and whether it may be null.
type Types = std::collections::HashMap<(String, String), (String, bool)>;

fn types() -> Types {
    let table = include_str!("../../data/graph-types.csv");
    let rows = table.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let key = (cells[0].to_owned(), cells[1].to_owned());
        (key, (cells[2].to_owned(), cells[3] == "true"))
    });
    rows.collect()
}

/// Holds a value to its type; returns how many values were looked at.
fn check(types: &Types, kind: &str, nullable: bool, value: &Value, place: &str) -> usize {
    if value.is_null() {
        assert!(nullable, "{place} is null");
        return 1;
    }
    if let Some(inner) = kind
        .strip_prefix("Collection(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let items = value
            .as_array()
            .unwrap_or_else(|| panic!("{place} is no list: {value}"));
        return items
            .iter()
            .map(|item| check(types, inner, false, item, place))
            .sum();
    }
    match kind {
        "String" => assert!(value.is_string(), "{place}: {value}"),
        "Guid" => assert!(
            value
                .as_str()
                .is_some_and(|text| text.parse::<uuid::Uuid>().is_ok()),
            "{place}: {value}"
        ),
        "Boolean" => assert!(value.is_boolean(), "{place}: {value}"),
        "Int32" => assert!(
            value
                .as_i64()
                .is_some_and(|number| i32::try_from(number).is_ok()),
            "{place}: {value}"
        ),
        "DateTimeOffset" => assert!(
            value
                .as_str()
                .is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
            "{place}: {value}"
        ),
        _ => {
            let map = value
                .as_object()
                .unwrap_or_else(|| panic!("{place} is no object: {value}"));
            let mut count = 0;
            for (name, inner) in map.iter().filter(|(name, _)| !name.starts_with('@')) {
                let (own, nullable) = types
                    .get(&(kind.to_owned(), name.clone()))
                    .unwrap_or_else(|| panic!("{place}: {kind} has no {name}"));
                count += check(types, own, *nullable, inner, &format!("{place}.{name}"));
            }
            return count;
        }
    }
    1
}

#[test]
fn every_answer_has_the_types_of_graphs_metadata() {
    let types = types();
    let mut client = Client::new();
    let mut every: Vec<&str> = types
        .keys()
        .filter(|(kind, _)| kind == "user")
        .map(|(_, name)| name.as_str())
        .collect();
    every.sort_unstable();
    let (answered, refused): (Vec<&str>, Vec<&str>) = every.iter().partition(|name| {
        client
            .call(
                "GET",
                &format!("/users/anna@contoso.com?$select={name}"),
                None,
            )
            .0
            == 200
    });
    for name in refused {
        assert_eq!(
            client
                .call(
                    "GET",
                    &format!("/users/anna@contoso.com?$select={name}"),
                    None
                )
                .0,
            501,
            "{name}"
        );
    }
    let anna = client.get("/users/anna@contoso.com")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut count = 0;
    for (path, kind) in [
        ("/users".to_owned(), "user"),
        (format!("/users?$select={}", answered.join(",")), "user"),
        (format!("/users/{anna}/licenseDetails"), "licenseDetails"),
        ("/subscribedSkus".to_owned(), "subscribedSku"),
        ("/directory/subscriptions".to_owned(), "companySubscription"),
        ("/groups".to_owned(), "group"),
        ("/directoryRoles".to_owned(), "directoryRole"),
        ("/organization".to_owned(), "organization"),
        (
            "/directory/deletedItems/microsoft.graph.user".to_owned(),
            "user",
        ),
        ("/users/delta".to_owned(), "user"),
    ] {
        let body = client.get(&path);
        for row in body["value"].as_array().unwrap() {
            count += check(&types, kind, false, row, kind);
        }
    }
    assert!(count > 2_000, "{count}");
}

#[test]
fn the_metadata_names_every_property_that_is_answered() {
    let mut client = Client::new();
    let response = client.send("GET", "/$metadata", None);
    assert!(
        response
            .headers
            .iter()
            .any(|(name, value)| name == "Content-Type" && value == "application/xml")
    );
    let text = String::from_utf8(response.body).unwrap();
    assert_eq!(text.matches("<Property ").count(), types().len());
    assert_eq!(
        text.matches("<EntityType ").count(),
        text.matches("</EntityType>").count()
    );
    assert!(text.contains("<Property Name=\"assignedLicenses\" Type=\"Collection(microsoft.graph.assignedLicense)\" Nullable=\"false\"/>"));
}

/// A policy's protected people, and the number that goes unasked, hold for served calls too.
#[test]
fn guards_hold_for_served_calls() {
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::kept(dir.path());
    std::fs::write(
        dir.path().join("policy.yaml"),
        "protected:\n  users: [anna@contoso.com]\n",
    )
    .unwrap();
    let guard = PolicyGuard::new(dir.path().join("policy.yaml"));
    rig.session
        .borrow_mut()
        .guards
        .push(std::rc::Rc::new(guard));
    let mut client = Client::on(rig, &[], Faults::default());
    let before = client.graph.tenant();
    let answer = client.assign("anna@contoso.com", json!([]), json!([E3]));
    assert_eq!(answer.0, 403, "{answer:?}");
    assert!(message(&answer).contains("line 2"), "{answer:?}");
    assert!(*client.graph.tenant() == *before);
    assert_eq!(
        client.assign("bob@contoso.com", json!([]), json!([E3])).0,
        200
    );

    // 51 users of a tenant that is kept, with nobody to ask.
    let dir = tempfile::tempdir().unwrap();
    let mut client = Client::on(Rig::kept(dir.path()), &[], Faults::default());
    let mut statuses = Vec::new();
    for number in 0..51 {
        let body = json!({ "accountEnabled": true, "displayName": "N", "mailNickname": "n", "passwordProfile": {}, "userPrincipalName": format!("n{number}@contoso.com") });
        statuses.push(client.call("POST", "/users", Some(body)).0);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 50);
    assert_eq!(statuses[50], 403);
}
