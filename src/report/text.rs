//! A report for programs and for wikis: JSON and Markdown.

use serde_json::{Map, Value as Json, json as object};

use super::{Cell, Report};

pub fn json(report: &Report) -> String {
    let facts: Map<String, Json> = report
        .facts
        .iter()
        .map(|(name, cell)| (name.clone(), value(cell)))
        .collect();
    let sections: Vec<Json> = report
        .sections
        .iter()
        .map(|section| {
            let rows: Vec<Json> = section
                .rows
                .iter()
                .map(|row| {
                    let pairs = section.columns.iter().zip(row);
                    pairs.map(|(name, cell)| ((*name).to_owned(), value(cell))).collect::<Map<_, _>>().into()
                })
                .collect();
            object!({"title": section.title, "note": section.note, "rows": rows, "lines": section.lines})
        })
        .collect();
    let whole = object!({
        "title": report.title,
        "asOf": report.as_of.to_string(),
        "facts": facts,
        "sections": sections,
    });
    format!("{whole:#}\n")
}

fn value(cell: &Cell) -> Json {
    match cell {
        Cell::Empty => Json::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Count(count) => (*count).into(),
        // Exact for any amount of money there is.
        Cell::Money(hundredths, _) => (*hundredths as f64 / 100.0).into(),
    }
}

pub fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n\nAs of {}.\n\n", escape(&report.title), report.as_of);
    for (name, cell) in &report.facts {
        text.push_str(&format!("- {}: {}\n", escape(name), escape(&cell.shown())));
    }
    for section in &report.sections {
        text.push_str(&format!("\n## {}\n", escape(&section.title)));
        if !section.note.is_empty() {
            text.push_str(&format!("\n{}\n", escape(&section.note)));
        }
        if !section.lines.is_empty() {
            text.push_str(&format!("\n    {}\n", section.lines.join("\n    ")));
        }
        if !section.rows.is_empty() {
            text.push_str(&format!("\n| {} |\n", section.columns.join(" | ")));
            text.push_str(&format!("|{}\n", " --- |".repeat(section.columns.len())));
        }
        for row in &section.rows {
            let cells: Vec<String> = row.iter().map(|cell| escape(&cell.shown())).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

/// Text that Markdown takes for nothing else, on one line.
fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in crate::format::safe::cell(text).chars() {
        if matches!(
            c,
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#'
        ) {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}
