//! `$metadata`: the part of Graph's description of itself that is answered here.

use std::fmt::Write;

use super::Answer;
use serde_json::Value;

/// Types, properties, kinds and whether they may be null.
///
/// Source: Microsoft Graph v1.0, its metadata document.
const TYPES: &str = include_str!("../../../data/graph-types.csv");

/// Those that have an id; the others are parts of them.
const ENTITIES: [&str; 7] = [
    "user",
    "group",
    "subscribedSku",
    "licenseDetails",
    "companySubscription",
    "directoryRole",
    "organization",
];

/// The document, as XML.
pub fn document() -> Answer {
    let rows = TYPES
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>());
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\n\
         <edmx:DataServices>\n\
         <Schema Namespace=\"microsoft.graph\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n",
    );
    let mut open: Option<(&str, &str)> = None;
    for row in rows {
        let [owner, name, kind, nullable] = row[..] else {
            continue;
        };
        if open.is_none_or(|(own, _)| own != owner) {
            close(&mut text, open);
            let element = match ENTITIES.contains(&owner) {
                true => "EntityType",
                false => "ComplexType",
            };
            line(&mut text, format_args!("<{element} Name=\"{owner}\">"));
            if element == "EntityType" {
                line(
                    &mut text,
                    format_args!("<Key><PropertyRef Name=\"id\"/></Key>"),
                );
            }
            open = Some((owner, element));
        }
        let kind = qualified(kind);
        let nullable = if nullable == "false" {
            " Nullable=\"false\""
        } else {
            ""
        };
        line(
            &mut text,
            format_args!("<Property Name=\"{name}\" Type=\"{kind}\"{nullable}/>"),
        );
    }
    close(&mut text, open);
    text.push_str("</Schema>\n</edmx:DataServices>\n</edmx:Edmx>\n");
    let mut answer = Answer::ok(Value::String(text));
    answer
        .headers
        .push(("Content-Type", "application/xml".to_owned()));
    answer
}

fn line(text: &mut String, args: std::fmt::Arguments) {
    // Writing to a text can't fail.
    let _ = writeln!(text, "{args}");
}

fn close(text: &mut String, open: Option<(&str, &str)>) {
    if let Some((_, element)) = open {
        line(text, format_args!("</{element}>"));
    }
}

/// `Edm.String`, `Collection(microsoft.graph.assignedLicense)`.
fn qualified(kind: &str) -> String {
    match kind
        .strip_prefix("Collection(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => format!("Collection({})", qualified(inner)),
        None if kind.starts_with(char::is_uppercase) => format!("Edm.{kind}"),
        None => format!("microsoft.graph.{kind}"),
    }
}
