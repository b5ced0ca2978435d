//! A plan as one HTML page for a ticket: nothing fetched, no script, light and dark.

use std::fmt::Write;

use super::show::{count, day, heading, undo_text};
use super::{Document, Row, Undo};
use crate::format::escape_html as escape;

const STYLE: &str = include_str!("plan.css");

/// Makes the page. All that comes from the tenant is escaped.
pub fn html(document: &Document) -> String {
    let mut page = String::with_capacity(4096 + 600 * document.rows.len());
    let title = document
        .script
        .as_ref()
        .map_or("of one line", |mark| &*mark.file);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Plan: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Plan: {title}</h1>\n",
        title = escape(title),
    );
    tiles(&mut page, document);
    page.push_str("<dl>\n");
    for (label, text) in heading(document) {
        let _ = writeln!(page, "<dt>{label}</dt><dd>{}</dd>", escape(&text));
    }
    page.push_str("</dl>\n");
    products(&mut page, document);
    stuck(&mut page, document);
    rows(&mut page, document);
    left_out(&mut page, document);
    provenance(&mut page, document);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The few numbers that a reviewer looks for first.
fn tiles(page: &mut String, document: &Document) {
    let mut tile = |number: String, what: &str, class: &str| {
        let _ = writeln!(
            page,
            "<div class=\"tile {class}\"><b>{}</b><span>{what}</span></div>",
            escape(&number)
        );
    };
    let freed: usize = document.rows.iter().map(|row| row.frees.len()).sum();
    tile(document.rows.len().to_string(), "rows change", "");
    tile(freed.to_string(), "seats come free", "");
    if let Some(time) = document.first_loss() {
        tile(day(time), "first data deleted for good", "warn");
    }
    match document.irreversible() {
        0 => {}
        some => tile(some.to_string(), "can't be taken back", "bad"),
    }
}

fn products(page: &mut String, document: &Document) {
    if document.products.is_empty() {
        return;
    }
    page.push_str(
        "<h2>Products</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>Product</th><th>Key</th><th class=\"n\">In use</th>\
         <th class=\"n\">Then</th><th class=\"n\">Difference</th><th class=\"n\">Bought</th></tr></thead>\n<tbody>\n",
    );
    for own in &document.products {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td><code>{}</code></td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{:+}</td><td class=\"n\">{}</td></tr>",
            escape(&own.name),
            escape(&own.sku),
            own.used,
            own.used_then,
            i64::from(own.used_then) - i64::from(own.used),
            own.bought,
        );
    }
    page.push_str("</tbody>\n</table></div>\n");
}

fn stuck(page: &mut String, document: &Document) {
    let is_stuck = |row: &&Row| matches!(row.undo, Undo::Impossible(_));
    let stuck: Vec<_> = document.rows.iter().filter(is_stuck).collect();
    if stuck.is_empty() {
        return;
    }
    page.push_str("<h2>Can't be taken back</h2>\n<ul class=\"bad\">\n");
    for row in stuck {
        let _ = writeln!(
            page,
            "<li><b>{}</b> {}</li>",
            escape(&row.row),
            escape(&undo_text(row))
        );
    }
    page.push_str("</ul>\n");
}

fn rows(page: &mut String, document: &Document) {
    let _ = write!(
        page,
        "<h2>{}</h2>\n<div class=\"wide\"><table class=\"rows\">\n<thead><tr><th>Who or what</th><th>Change</th><th>Data kept until</th>\
         <th>Can be undone</th></tr></thead>\n<tbody>\n",
        count(document.rows.len(), "row", "rows")
    );
    for row in &document.rows {
        let _ = write!(page, "<tr><td>{}", escape(&row.row));
        if let Some(name) = row.person().filter(|name| *name != row.row) {
            let _ = write!(page, "<small>{}</small>", escape(name));
        }
        page.push_str("</td><td>");
        for (number, sentence) in row.does.iter().enumerate() {
            if number > 0 {
                page.push_str("<br>");
            }
            page.push_str(&escape(&without_name(sentence, &row.row)));
        }
        if !row.follows.is_empty() || !row.loses.is_empty() {
            page.push_str("<details><summary>what follows</summary><ul>");
            for sentence in &row.follows {
                let _ = write!(page, "<li>{}</li>", escape(sentence));
            }
            if !row.loses.is_empty() {
                let plans: Vec<&str> = row.loses.iter().map(|plan| &**plan).collect();
                let _ = write!(
                    page,
                    "<li>service plans lost: {}</li>",
                    escape(&plans.join(", "))
                );
            }
            page.push_str("</ul></details>");
        }
        let class = match row.undo {
            Undo::Impossible(_) => " class=\"bad\"",
            _ => "",
        };
        let _ = writeln!(
            page,
            "</td><td class=\"d\">{}</td><td{class}>{}</td></tr>",
            row.data_until.map(day).unwrap_or_default(),
            escape(&undo_text(row))
        );
    }
    page.push_str("</tbody>\n</table></div>\n");
    if document.first_loss().is_some() {
        page.push_str("<p class=\"note\">Dates are those of the day of the rehearsal; they move with the day on which the plan is applied.</p>\n");
    }
}

fn left_out(page: &mut String, document: &Document) {
    if document.left_out.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "<h2>Left as it is</h2>\n<details><summary>{}</summary><div class=\"wide\"><table>\n<thead><tr><th>Who or what</th><th>Product</th>\
         <th>Outcome</th><th>Why</th></tr></thead>\n<tbody>\n",
        count(
            document.left_out.len(),
            "result that changes nothing",
            "results that change nothing"
        )
    );
    for own in &document.left_out {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&own.what),
            escape(own.sku.as_deref().unwrap_or_default()),
            escape(&own.outcome),
            escape(own.why.as_deref().unwrap_or_default())
        );
    }
    page.push_str("</tbody>\n</table></div></details>\n");
}

/// What it was made of, for whoever checks it.
fn provenance(page: &mut String, document: &Document) {
    page.push_str("<h2>Made of</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>File</th><th>SHA-256</th></tr></thead>\n<tbody>\n");
    let marks = document
        .script
        .iter()
        .chain(&document.inputs)
        .chain(&document.policy);
    for mark in marks {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td><code>{}</code></td></tr>",
            escape(&mark.file),
            escape(&mark.sha256)
        );
    }
    let state = document.tenant.checksum.as_deref().unwrap_or("in memory");
    let _ = writeln!(
        page,
        "<tr><td>tenant {} as of record {}</td><td><code>{}</code></td></tr>\n\
         <tr><td>facts about products and plans</td><td>of {}</td></tr>",
        escape(&document.tenant.name),
        document.tenant.sequence,
        escape(state),
        escape(&document.catalogue)
    );
    page.push_str("</tbody>\n</table></div>\n");
}

/// A sentence without the name that stands beside it.
fn without_name(sentence: &str, name: &str) -> String {
    for word in ["from", "to", "of"] {
        if let Some(rest) = sentence.strip_suffix(&format!(" {word} {name}")) {
            return rest.to_owned();
        }
    }
    sentence.to_owned()
}
