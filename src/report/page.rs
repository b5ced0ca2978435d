//! A report as one page that stands alone: light and dark, fit to be printed; nothing is fetched.

use super::{Bar, Report, Section};
use crate::format::escape_html as escape;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #5b6570; --line: #d9dee4; --paper: #fff; --card: #f5f7f9; --bar: #2f6f9f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --dim: #9aa5b1; --line: #343b43; --paper: #14171a; --card: #1d2125; --bar: #6aa9d8; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 2em 1.5em; max-width: 76em; }
h1 { margin: 0; font-size: 1.8em; } h2 { margin: 2em 0 .3em; font-size: 1.25em; }
.dim { color: var(--dim); margin: .2em 0 1em; max-width: 60em; }
.facts { display: flex; flex-wrap: wrap; gap: .8em; margin: 1.5em 0; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: .5em; padding: .7em 1.1em; }
.fact b { display: block; font-size: 1.5em; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; max-width: 56em; height: auto; margin: .5em 0 1em; }
svg rect { fill: var(--bar); } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.wide { overflow-x: auto; } table.few { width: auto; min-width: 28em; }
table { border-collapse: collapse; width: 100%; font-size: .93em; }
th, td { text-align: left; padding: .35em .7em; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { overflow-wrap: normal; white-space: nowrap; } th { cursor: pointer; white-space: nowrap; } th:hover { color: var(--bar); }
th[aria-sort=ascending]::after { content: ' \\2191'; } th[aria-sort=descending]::after { content: ' \\2193'; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5em; padding: .8em 1em; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30em; overflow-y: auto; }
@media print { :root { --ink: #000; --dim: #444; --line: #bbb; --paper: #fff; --card: #fff; --bar: #555; } body { max-width: none; padding: 0; font-size: 11px; } tr, svg, .fact { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; } pre { max-height: none; } }
";

/// Sorts a table by the column whose heading is clicked.
const SCRIPT: &str = "
document.querySelectorAll('th').forEach(function (th) {
  th.addEventListener('click', function () {
    var table = th.closest('table'), body = table.tBodies[0], at = th.cellIndex;
    var down = th.getAttribute('aria-sort') === 'ascending';
    var key = function (row) { var cell = row.cells[at]; return cell.dataset.n === undefined ? cell.textContent : Number(cell.dataset.n); };
    var rows = Array.from(body.rows).sort(function (a, b) {
      var x = key(a), y = key(b);
      var order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
      return down ? -order : order;
    });
    table.querySelectorAll('th').forEach(function (other) { other.removeAttribute('aria-sort'); });
    th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    rows.forEach(function (row) { body.appendChild(row); });
  });
});
";

pub fn html(report: &Report) -> String {
    let title = escape(&report.title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         <p class=\"dim\">As of {}</p>\n<div class=\"facts\">\n",
        report.as_of.strftime("%Y-%m-%d %H:%M UTC")
    );
    for (name, cell) in &report.facts {
        page.push_str(&format!(
            "<div class=\"fact\"><b>{}</b>{}</div>\n",
            escape(&cell.shown()),
            escape(name)
        ));
    }
    page.push_str("</div>\n");
    for section in &report.sections {
        write_section(&mut page, section);
    }
    page.push_str(&format!("<script>{SCRIPT}</script>\n</body>\n</html>\n"));
    page
}

fn write_section(page: &mut String, section: &Section) {
    page.push_str(&format!("<h2>{}</h2>\n", escape(&section.title)));
    if !section.note.is_empty() {
        page.push_str(&format!("<p class=\"dim\">{}</p>\n", escape(&section.note)));
    }
    if !section.bars.is_empty() {
        write_bars(page, &section.title, &section.bars);
    }
    if !section.lines.is_empty() {
        page.push_str(&format!(
            "<pre>{}</pre>\n",
            escape(&section.lines.join("\n"))
        ));
    }
    if section.columns.is_empty() {
        return;
    }
    if section.rows.is_empty() {
        page.push_str("<p>None.</p>\n");
        return;
    }
    // A column without a value in any row says nothing.
    let used: Vec<usize> = (0..section.columns.len())
        .filter(|at| {
            section
                .rows
                .iter()
                .any(|row| row.get(*at).is_some_and(|c| !c.shown().is_empty()))
        })
        .collect();
    let number = |at: usize| {
        section
            .rows
            .iter()
            .any(|row| row.get(at).is_some_and(|c| c.is_number()))
    };
    // A few columns read better side by side than at both edges.
    let class = if used.len() < 5 { " class=\"few\"" } else { "" };
    page.push_str(&format!("<div class=\"wide\"><table{class}>\n<thead><tr>"));
    for at in &used {
        let class = if number(*at) { " class=\"n\"" } else { "" };
        page.push_str(&format!("<th{class}>{}</th>", escape(section.columns[*at])));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &section.rows {
        page.push_str("<tr>");
        for cell in used.iter().filter_map(|at| row.get(*at)) {
            let shown = escape(&cell.shown());
            match cell {
                super::Cell::Count(n) | super::Cell::Money(n, _) => {
                    page.push_str(&format!("<td class=\"n\" data-n=\"{n}\">{shown}</td>"));
                }
                _ => page.push_str(&format!("<td>{shown}</td>")),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table></div>\n");
}

/// Bars from left to right, the longest first.
fn write_bars(page: &mut String, title: &str, bars: &[Bar]) {
    const ROW: usize = 28;
    const LEFT: usize = 250;
    const WIDTH: i64 = 430;
    const WHOLE: usize = 840;
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(1).max(1);
    let height = bars.len() * ROW;
    page.push_str(&format!(
        "<svg viewBox=\"0 0 {WHOLE} {height}\" role=\"img\" aria-label=\"{}\">\n",
        escape(title)
    ));
    for (place, bar) in bars.iter().enumerate() {
        let top = place * ROW;
        let width = (bar.value.saturating_mul(WIDTH) / most).max(2);
        let label: String = match bar.label.chars().count() {
            0..=34 => bar.label.clone(),
            _ => bar.label.chars().take(33).chain(['…']).collect(),
        };
        page.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"{LEFT}\" y=\"{}\" width=\"{width}\" height=\"18\" rx=\"2\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>\n",
            LEFT - 10,
            top + 18,
            escape(&label),
            top + 4,
            i64::try_from(LEFT).unwrap_or(0) + width + 8,
            top + 18,
            escape(&bar.shown)
        ));
    }
    page.push_str("</svg>\n");
}
