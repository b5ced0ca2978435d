//! Diagnostics as the admin sees them: what is wrong, the place with a caret under the word, and what to do next.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstream::adapter::strip_str;
use serde_json::{Value as JsonValue, json};

use super::safe;
use super::width::{measure, wrap};
use crate::diagnostic::{Diagnostic, Source, Span};

/// How wide an excerpt is where there is no terminal.
const WIDTH: usize = 140;
/// What a tab shows as.
const TAB: &str = "    ";

/// An error, with its place, its notes and its hint. Ends with a line break.
pub fn render_diagnostic(diagnostic: &Diagnostic, color: bool, width: Option<usize>) -> String {
    render(diagnostic, Level::ERROR, color, width)
}

/// The same as a warning: something went on, but not as may be expected.
pub fn render_warning(diagnostic: &Diagnostic, color: bool, width: Option<usize>) -> String {
    render(diagnostic, Level::WARNING, color, width)
}

/// The fault as data, for `-o json`; places are those of [`render_diagnostic`].
pub fn diagnostic_json(diagnostic: &Diagnostic) -> JsonValue {
    let place = diagnostic
        .source
        .as_ref()
        .zip(diagnostic.span)
        .map(|(source, span)| source.line_column(start_of(source, span)));
    json!({
        "id": diagnostic.id,
        "category": format!("{:?}", diagnostic.category),
        "message": diagnostic.message,
        "target": diagnostic.target,
        "hint": diagnostic.hint,
        "file": diagnostic.source.as_ref().map(|source| source.name.as_str()),
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
    })
}

fn render(diagnostic: &Diagnostic, level: Level, color: bool, width: Option<usize>) -> String {
    let title = level
        .primary_title(headline(diagnostic, width))
        .id(diagnostic.id);
    let mut first = Group::with_title(title);
    first = placed(first, diagnostic.source.as_deref(), diagnostic.span, width);
    // A message that names its object needn't name it twice.
    if let Some(target) = &diagnostic.target
        && !diagnostic.message.contains(target.as_str())
    {
        let level = Level::NOTE.with_name("target");
        first = first.element(level.message(safe::cell(target)));
    }
    let mut groups = vec![first];
    for note in &diagnostic.notes {
        let group = Group::with_title(Level::NOTE.secondary_title(safe::cell(&note.message)));
        groups.push(placed(group, note.source.as_deref(), note.span, width));
    }
    if let Some(hint) = &diagnostic.hint {
        let hint = safe::lines(hint);
        // A terminal would break it within words.
        let lines: Vec<String> = match width {
            Some(width) => {
                let room = width.saturating_sub("help: ".len()).max(20);
                hint.lines().flat_map(|line| wrap(line, room)).collect()
            }
            None => vec![hint.into_owned()],
        };
        let title = Level::HELP.secondary_title(lines.join("\n"));
        groups.push(Group::with_title(title));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // The excerpt is cut to the width here, with its caret in view; the library needn't cut it again.
    let drawn = renderer.term_width(100_000).render(&groups);
    let mut text = String::with_capacity(drawn.len() + 1);
    let unplaced =
        diagnostic.source.is_none() && diagnostic.notes.iter().all(|note| note.source.is_none());
    // The library takes an excerpt apart from its `-->` for one of another file, and says so by a line `:::`;
    // and it draws the margin of an excerpt that isn't there.
    let drop = |line: &str| match strip_str(line).to_string().trim() {
        ":::" => true,
        "|" => unplaced,
        _ => false,
    };
    for line in drawn.lines().filter(|line| !drop(line)) {
        text.push_str(&line.replace(BREAK, "\n  "));
        text.push('\n');
    }
    text
}

/// Where the headline goes on in another line: the library knows of none. Nobody's text has it, see [`safe::cell`].
const BREAK: &str = "\u{e001}";

/// The message, broken between its words where a terminal would break it within one.
fn headline(diagnostic: &Diagnostic, width: Option<usize>) -> String {
    let message = safe::cell(&diagnostic.message).replace(BREAK, "?");
    let Some(width) = width.filter(|width| *width > 20) else {
        return message;
    };
    let label = "warning[]: ".len() + diagnostic.id.len();
    let line = format!("{}{message}", "\u{e002}".repeat(label));
    let lines = wrap(&line, width.saturating_sub(2)).join(BREAK);
    lines.replace('\u{e002}', "")
}

/// Adds the place, as far as it is known.
fn placed<'a>(
    group: Group<'a>,
    source: Option<&'a Source>,
    span: Option<Span>,
    width: Option<usize>,
) -> Group<'a> {
    let Some(source) = source else {
        return group;
    };
    let origin = Origin::path(safe::cell(&source.name));
    let Some(span) = span else {
        return group.element(origin);
    };
    let (line, column) = source.line_column(start_of(source, span));
    let gutter = line.to_string().len() + " | ".len();
    let room = width.filter(|width| *width > 0).unwrap_or(WIDTH);
    let excerpt = excerpt(source, span, room.saturating_sub(gutter).max(20));
    group
        .element(origin.line(line).char_column(column))
        .element(
            Snippet::source(Cow::<str>::Owned(excerpt.text))
                .line_start(line)
                .annotation(AnnotationKind::Primary.span(excerpt.marked)),
        )
}

/// The line that a span begins in, as it is shown, and what of it is marked.
#[derive(Debug, PartialEq)]
struct Excerpt {
    text: String,
    marked: Range<usize>,
}

/// Where a span begins: within the text, on a character; beyond the end is after the last word.
fn start_of(source: &Source, span: Span) -> usize {
    let text = &source.text;
    if span.start >= text.len() {
        return text.trim_end_matches(['\n', '\r']).len();
    }
    floor(text, span.start)
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn excerpt(source: &Source, span: Span, room: usize) -> Excerpt {
    let text = source.text.as_str();
    let start = start_of(source, span);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[line_start..line_end].trim_end_matches('\r');
    let from = (start - line_start).min(line.len());
    let to = floor(line, span.end.max(start).saturating_sub(line_start)).max(from);
    let window = window(line, from, room);

    let mut shown = String::new();
    if window.start > 0 {
        shown.push('…');
    }
    let mut marked = shown.len()..shown.len();
    for (at, c) in line[window.clone()].char_indices() {
        let at = window.start + at;
        if at == from {
            marked.start = shown.len();
        }
        match c {
            '\t' => shown.push_str(TAB),
            c => safe::push(&mut shown, c),
        }
        if at < to || at < from {
            marked.end = shown.len();
        }
    }
    if from == window.end {
        marked.start = shown.len();
    }
    marked.end = marked.end.max(marked.start);
    if window.end < line.len() {
        shown.push('…');
    }
    Excerpt {
        text: shown,
        marked,
    }
}

/// The part of a line that is shown: all of it where it fits, otherwise what surrounds `from`, a third before it.
fn window(line: &str, from: usize, room: usize) -> Range<usize> {
    let columns = |c: char| match c {
        '\t' => TAB.len(),
        c => {
            let mut shown = String::new();
            safe::push(&mut shown, c);
            measure(&shown)
        }
    };
    // A character takes at most four bytes: a longer line needn't be measured to be known as too wide.
    if line.len() <= room * 4 && line.chars().map(columns).sum::<usize>() <= room {
        return 0..line.len();
    }
    let room = room.saturating_sub(2);
    let mut used = 0;
    let mut start = from;
    for (at, c) in line[..from].char_indices().rev() {
        used += columns(c);
        if used > room / 3 {
            break;
        }
        start = at;
    }
    let mut used: usize = line[start..from].chars().map(columns).sum();
    let mut end = line.len();
    for (at, c) in line[from..].char_indices() {
        used += columns(c);
        if used > room {
            end = from + at;
            break;
        }
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    fn shown(diagnostic: &Diagnostic) -> String {
        render_diagnostic(diagnostic, false, Some(80))
    }

    fn script() -> Arc<Source> {
        Source::new(
            "leavers.rhai",
            "let a = 1\n\tGet-Uesr -Sku E3 | 日本 Foo\r\nx\n",
        )
    }

    #[test]
    fn caret_target_and_hint() {
        let error = Diagnostic::usage("UnknownCmdlet", "'Get-Uesr' is not a cmdlet")
            .in_source(&script())
            .at(11..19)
            .about("anna@contoso.com")
            .hint("did you mean Get-User?");
        assert_eq!(
            shown(&error),
            "\
error[UnknownCmdlet]: 'Get-Uesr' is not a cmdlet
 --> leavers.rhai:2:2
  |
2 |     Get-Uesr -Sku E3 | 日本 Foo
  |     ^^^^^^^^
  |
  = target: anna@contoso.com
help: did you mean Get-User?
"
        );
        let colored = render_diagnostic(&error, true, Some(80));
        assert!(colored.contains("\x1b["));
        assert_eq!(strip_str(&colored).to_string(), shown(&error));
    }

    #[test]
    fn wide_characters_line_ends_and_notes() {
        let warning = Diagnostic::usage("W", "odd\x1b[31m\nname")
            .in_source(&script())
            .at(30..36)
            .note("called from here", Some(&script()), Some(Span::new(0, 3)))
            .note("and so on", None, None);
        assert_eq!(
            render_warning(&warning, false, None),
            "\
warning[W]: odd\\u{1b}[31m⏎name
 --> leavers.rhai:2:21
  |
2 |     Get-Uesr -Sku E3 | 日本 Foo
  |                        ^^^^
  |
note: called from here
 --> leavers.rhai:1:1
  |
1 | let a = 1
  | ^^^
note: and so on
"
        );
    }

    #[test]
    fn a_span_beyond_the_end_is_after_the_last_word() {
        let error = Diagnostic::usage("E", "more expected")
            .in_source(&script())
            .at(999..1000);
        assert_eq!(
            shown(&error),
            "\
error[E]: more expected
 --> leavers.rhai:3:2
  |
3 | x
  |  ^
"
        );
        let empty = Source::new("empty", "");
        let error = Diagnostic::usage("E", "nothing").in_source(&empty).at(0..0);
        assert_eq!(
            shown(&error),
            "error[E]: nothing\n --> empty:1:1\n  |\n1 |\n  | ^\n"
        );
    }

    #[test]
    fn without_a_place() {
        let error = Diagnostic::usage("E", "no such user").hint("see Get-User");
        assert_eq!(
            shown(&error),
            "error[E]: no such user\nhelp: see Get-User\n"
        );
        assert_eq!(
            shown(&error.clone().about("anna")),
            "error[E]: no such user\n = target: anna\nhelp: see Get-User\n"
        );
        assert_eq!(
            diagnostic_json(&error.about("x")),
            json!({
                "id": "E", "category": "Usage", "message": "no such user", "target": "x",
                "hint": "see Get-User", "file": null, "line": null, "column": null,
            })
        );
    }

    #[test]
    fn a_huge_line_is_cut_around_the_caret_at_once() {
        let source = Source::new("huge", "日本 ab".repeat(150_000));
        let error = Diagnostic::usage("E", "huge")
            .in_source(&source)
            .at(600_000..600_002);
        let begun = Instant::now();
        let text = shown(&error);
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert!(text.lines().all(|line| measure(line) <= 80), "{text}");
        assert!(text.contains("huge:1:333333"), "{text}");
        assert_eq!(diagnostic_json(&error)["column"], 333_333);
    }

    proptest! {
        #[test]
        fn any_span_of_any_text(text in "\\PC{0,8}[\t\r\n\u{1b}a日\u{301}\u{200d}]{0,30}", start in 0usize..60, end in 0usize..60, width in 0usize..90) {
            let source = Source::new("s", text);
            let error = Diagnostic::usage("E", "m").in_source(&source).at(start..end);
            let shown = render_diagnostic(&error, false, Some(width));
            prop_assert!(shown.contains('^'), "{shown}");
            prop_assert!(!shown.contains(|c| safe::steers(c) && c != '\n'));
        }
    }
}
