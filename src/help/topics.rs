//! The topics behind `Get-Help about_…`: what isn't about one cmdlet, from the files under docs.

use super::wrapped;
use crate::diagnostic::Diagnostic;

/// One topic.
#[derive(Debug)]
pub struct Topic {
    /// What it is asked for by, without `about_`.
    pub name: &'static str,
    /// One line, without a full stop.
    pub synopsis: &'static str,
    markdown: &'static str,
}

/// All of them, in the order in which a newcomer reads them.
pub static TOPICS: &[Topic] = &[
    Topic {
        name: "pipelines",
        synopsis: "What goes from command to command",
        markdown: include_str!("../../docs/topics/about_pipelines.md"),
    },
    Topic {
        name: "what-if",
        synopsis: "Looking at a change before it happens, and being asked",
        markdown: include_str!("../../docs/topics/about_what-if.md"),
    },
    Topic {
        name: "language",
        synopsis: "What can be typed: commands, blocks, operators, and Rhai around them",
        markdown: include_str!("../../docs/language.md"),
    },
    Topic {
        name: "powershell",
        synopsis: "What differs for whoever comes from PowerShell",
        markdown: include_str!("../../docs/powershell.md"),
    },
    Topic {
        name: "completion",
        synopsis: "What Tab writes, and what it goes by",
        markdown: include_str!("../../docs/topics/about_completion.md"),
    },
    Topic {
        name: "tenants",
        synopsis: "Which tenant is used, what it is made of, who acts",
        markdown: include_str!("../../docs/topics/about_tenants.md"),
    },
    Topic {
        name: "exit-codes",
        synopsis: "What the program says to the script that started it",
        markdown: include_str!("../../docs/topics/about_exit-codes.md"),
    },
    Topic {
        name: "policy",
        synopsis: "What the tenant's policy refuses, and who has to agree",
        markdown: include_str!("../../docs/topics/about_policy.md"),
    },
    Topic {
        name: "clouds",
        synopsis: "Where Microsoft's clouds differ, and where they don't",
        markdown: include_str!("../../docs/topics/about_clouds.md"),
    },
];

impl Topic {
    /// As it is listed: `about_what-if`.
    pub fn title(&self) -> String {
        format!("about_{}", self.name)
    }

    /// The text for a terminal: paragraphs of 80 columns, headings and code without the marks around them.
    pub fn page(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut paragraph = String::new();
        let mut fenced = false;
        for line in self.markdown.lines() {
            let row = line.starts_with('|') && !fenced;
            let line = if fenced {
                line.to_owned()
            } else {
                inline(line)
            };
            let line = line.as_str();
            let fence = line.starts_with("```");
            let begins = !line.starts_with([' ', '|']);
            let count_and_check_interrupt = begins || !paragraph.is_empty();
            let prose = count_and_check_interrupt
                && !fence
                && !fenced
                && !line.is_empty()
                && !line.starts_with('#');
            if prose {
                paragraph.push_str(line);
                paragraph.push(' ');
                continue;
            }
            if !paragraph.is_empty() {
                lines.push(wrapped(&std::mem::take(&mut paragraph), 0));
            }
            match line {
                _ if row => lines.extend(cells(line)),
                _ if fence => fenced = !fenced,
                code if fenced => lines.push(format!("    {code}")),
                heading if heading.starts_with('#') => {
                    lines.push(heading.trim_start_matches(['#', ' ']).to_owned());
                }
                other => lines.push(other.to_owned()),
            }
        }
        if !paragraph.is_empty() {
            lines.push(wrapped(&paragraph, 0));
        }
        lines.join("\n").trim_end().to_owned()
    }
}

/// A line without the marks of links and bold words.
fn inline(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        let Some((start, end)) = rest[..at].rfind('[').zip(rest[at..].find(')')) else {
            break;
        };
        text.push_str(&rest[..start]);
        text.push_str(&rest[start + 1..at]);
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    text.replace("**", "")
}

/// A row of a table: its first cell, and the others below it. The line under a header is none.
fn cells(row: &str) -> Vec<String> {
    let plain = row.replace("\\|", "\u{e000}");
    let mut cells = plain
        .trim()
        .trim_matches('|')
        .split('|')
        .map(|cell| cell.trim().replace('\u{e000}', "|"));
    let first = cells.next().unwrap_or_default();
    if first.starts_with("---") || first.starts_with(":-") {
        return Vec::new();
    }
    let others: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
    let mut lines = vec![wrapped(&first, 2)];
    if !others.is_empty() {
        lines.push(wrapped(&others.join("; "), 6));
    }
    lines
}

/// The topic of a name, with or without `about_`, in any letter case, its words joined by `-` or `_`.
///
/// # Errors
/// There is none; the nearest name is offered.
pub fn topic(name: &str) -> Result<&'static Topic, Diagnostic> {
    let plain = name.to_lowercase().replace('_', "-");
    let plain = plain.strip_prefix("about-").unwrap_or(&plain);
    TOPICS
        .iter()
        .find(|topic| topic.name == plain)
        .ok_or_else(|| {
            let titles: Vec<String> = TOPICS.iter().map(Topic::title).collect();
            Diagnostic::usage("UnknownTopic", format!("there is no topic '{name}'"))
                .about(name)
                .hint("Get-Help about_* lists the topics, Get-Command the cmdlets")
                .did_you_mean(&format!("about_{plain}"), titles.iter().map(String::as_str))
        })
}
