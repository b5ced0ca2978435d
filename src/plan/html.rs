//! A plan as one HTML page for a ticket: nothing fetched, no script.

use super::Document;
use super::show::heading;
use crate::format::escape_html as escape;

pub fn html(document: &Document) -> String {
    let mut page = String::from("<!DOCTYPE html>\n<title>Plan</title>\n<table>\n");
    for (label, text) in heading(document) {
        page.push_str(&format!(
            "<tr><th>{label}</th><td>{}</td></tr>\n",
            escape(&text)
        ));
    }
    page.push_str("</table>\n");
    page
}
