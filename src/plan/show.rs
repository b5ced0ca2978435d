//! A plan for people: its heading in words, and all of it as Markdown.

use jiff::Timestamp;

use super::{Document, Row, Undo};

/// What is said of a plan before its rows: a label and a text each.
pub fn heading(document: &Document) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("Tenant", document.tenant.name.clone()),
        ("Made", format!("{} by {}", document.made, document.by)),
    ];
    let mut add = |label, text: Option<String>| lines.extend(text.map(|text| (label, text)));
    add("Reason", document.reason.clone());
    add(
        "Script",
        document.script.as_ref().map(|mark| mark.file.clone()),
    );
    add(
        "Parameters",
        (!document.parameters.is_empty()).then(|| document.parameters.join(" ")),
    );
    add("Command", document.command.clone());
    let inputs: Vec<&str> = document.inputs.iter().map(|mark| &*mark.file).collect();
    add("Inputs", (!inputs.is_empty()).then(|| inputs.join(", ")));
    add(
        "Changes",
        Some(count(document.rows.len(), "thing changes", "things change")),
    );
    let counts: Vec<String> = document
        .counts
        .iter()
        .map(|(word, number)| format!("{number} {word}"))
        .collect();
    add("Results", (!counts.is_empty()).then(|| counts.join(", ")));
    add(
        "Data",
        document.first_loss().map(|time| {
            let rows = document.rows.iter().filter(|row| row.data_until.is_some());
            format!(
                "{} would be deleted for good, the first on {}",
                count(rows.count(), "person's data", "people's data"),
                day(time)
            )
        }),
    );
    let stuck = document.irreversible();
    add(
        "Undo",
        Some(match stuck {
            0 => "everything can be taken back".to_owned(),
            1 => "one row can't be taken back".to_owned(),
            many => format!("{many} rows can't be taken back"),
        }),
    );
    lines
}

pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The day of a moment, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    let text = time.to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

/// In a clause, whether and until when a row can be taken back.
pub(super) fn undo_text(row: &Row) -> String {
    match &row.undo {
        Undo::Possible => "yes".to_owned(),
        Undo::Until(time) => format!("until {}", day(*time)),
        Undo::Impossible(why) => format!("no: {why}"),
    }
}

/// The plan as Markdown, for a ticket or a review.
pub fn markdown(document: &Document) -> String {
    let mut text = String::from("# Plan\n\n| | |\n| --- | --- |\n");
    for (label, value) in heading(document) {
        text.push_str(&format!("| {label} | {} |\n", cell(&value)));
    }
    if !document.products.is_empty() {
        text.push_str(
            "\n## Products\n\n| Product | In use | Then | Bought |\n| --- | ---: | ---: | ---: |\n",
        );
        for own in &document.products {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                cell(&own.name),
                own.used,
                own.used_then,
                own.bought
            ));
        }
    }
    text.push_str("\n## Changes\n\n| Who or what | Change | Data kept until | Can be undone |\n| --- | --- | --- | --- |\n");
    for row in &document.rows {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            cell(&row.row),
            cell(&row.does.join("; ")),
            row.data_until.map(day).unwrap_or_default(),
            cell(&undo_text(row))
        ));
    }
    if !document.left_out.is_empty() {
        text.push_str("\n## Left as it is\n\n| Who or what | Product | Outcome | Why |\n| --- | --- | --- | --- |\n");
        for own in &document.left_out {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                cell(&own.what),
                cell(own.sku.as_deref().unwrap_or_default()),
                cell(&own.outcome),
                cell(own.why.as_deref().unwrap_or_default())
            ));
        }
    }
    text
}

/// A text that Markdown shows as it is, in one cell.
fn cell(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in crate::format::safe::cell(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
    }
    shown
}
