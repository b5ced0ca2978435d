//! What the program says when something is wrong: one type that every floor turns its own errors into.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A half-open range of byte offsets in a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A text that can be pointed into: a script, a typed line, an import, a part of a YAML file.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// As the admin would name it: a path, `<line>`, `<stdin>`.
    pub name: String,
    pub text: String,
    /// The number of the text's first line in the file it comes from; 1 for a whole file.
    pub first_line: usize,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::excerpt(name, text, 1)
    }

    /// A part of a larger file, beginning at `first_line`.
    pub fn excerpt(
        name: impl Into<String>,
        text: impl Into<String>,
        first_line: usize,
    ) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
            first_line,
        })
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.bytes().filter(|b| *b == b'\n').count();
        (line + self.first_line, before[start..].chars().count() + 1)
    }
}

/// What kind of fault it is; decides the exit code and how a record's failure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// The text can't be run: syntax, an unknown cmdlet or parameter, a value of the wrong type. Nothing ran.
    Usage,
    /// A named user, SKU, group or file isn't there.
    NotFound,
    /// A rule of the tenant refuses (R14, R16, …).
    Rule,
    /// The acting admin may not, a guard refuses, or the answer was no.
    Denied,
    /// Input that can't be read: a broken import, a ragged CSV, damaged YAML.
    InvalidData,
    /// A script failed while running.
    Runtime,
    /// The disk or the store failed.
    Io,
    /// A saved plan no longer fits the tenant.
    Stale,
    /// Ctrl-C.
    Interrupted,
}

impl Category {
    /// The process exit code when a fault of this kind ends the run.
    pub fn exit_code(self) -> u8 {
        match self {
            Category::Usage => 2,
            Category::Denied => 5,
            Category::Stale => 6,
            Category::Interrupted => 130,
            Category::NotFound
            | Category::Rule
            | Category::InvalidData
            | Category::Runtime
            | Category::Io => 1,
        }
    }
}

/// A second place that helps to understand the first: "called from here".
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub message: String,
    pub source: Option<Arc<Source>>,
    pub span: Option<Span>,
}

/// The parts of a [`Diagnostic`].
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// A stable name that scripts can test: `UnknownCmdlet`, `NoSeatsAvailable`.
    pub id: &'static str,
    pub category: Category,
    /// One sentence without a full stop: what is wrong.
    pub message: String,
    pub source: Option<Arc<Source>>,
    pub span: Option<Span>,
    /// The object it is about: a UPN, a SKU, a file.
    pub target: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
    pub notes: Vec<Note>,
    /// The text may become right when more of it is typed; a REPL asks for another line.
    pub incomplete: bool,
}

/// An error as the admin sees it. Thin, so that `Result`s stay small.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic(Box<Report>);

impl Diagnostic {
    pub fn new(id: &'static str, category: Category, message: impl Into<String>) -> Self {
        Self(Box::new(Report {
            id,
            category,
            message: message.into(),
            source: None,
            span: None,
            target: None,
            hint: None,
            notes: Vec::new(),
            incomplete: false,
        }))
    }

    /// What ends everything when the admin presses Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new("Interrupted", Category::Interrupted, "stopped by Ctrl-C")
    }

    pub fn usage(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Category::Usage, message)
    }

    pub fn at(mut self, span: impl Into<Span>) -> Self {
        self.span = Some(span.into());
        self
    }

    /// Says where, unless an inner floor already said it more exactly.
    pub fn at_if_unplaced(mut self, source: &Arc<Source>, span: Span) -> Self {
        if self.source.is_none() {
            self.source = Some(Arc::clone(source));
            self.span.get_or_insert(span);
        }
        self
    }

    /// Says in which text, unless it is known; the notes that point at a place are in the same.
    pub fn in_source(mut self, source: &Arc<Source>) -> Self {
        self.source.get_or_insert_with(|| Arc::clone(source));
        for note in self.notes.iter_mut().filter(|note| note.span.is_some()) {
            note.source.get_or_insert_with(|| Arc::clone(source));
        }
        self
    }

    pub fn about(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds "did you mean …" when something is near; keeps an earlier hint otherwise.
    pub fn did_you_mean<'a>(self, typed: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(typed, known) {
            Some(name) => self.hint(format!("did you mean {name}?")),
            None => self,
        }
    }

    pub fn note(
        mut self,
        message: impl Into<String>,
        source: Option<&Arc<Source>>,
        span: Option<Span>,
    ) -> Self {
        let note = Note {
            message: message.into(),
            source: source.map(Arc::clone),
            span,
        };
        // What calls itself a hundred times is told once.
        if self.notes.last() != Some(&note) {
            self.notes.push(note);
        }
        self
    }

    /// The same without its place, its notes and its hint: for one more of a kind.
    pub fn headline(&self) -> Self {
        let mut short = self.clone();
        (short.source, short.span, short.hint) = (None, None, None);
        short.notes.clear();
        short
    }

    pub fn incomplete(mut self) -> Self {
        self.incomplete = true;
        self
    }
}

impl Deref for Diagnostic {
    type Target = Report;
    fn deref(&self) -> &Report {
        &self.0
    }
}

impl DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Report {
        &mut self.0
    }
}

/// One line, without the source: `message [Id] (target); hint`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(source), Some(span)) = (&self.source, self.span) {
            let (line, column) = source.line_column(span.start);
            write!(f, "{}:{line}:{column}: ", source.name)?;
        }
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// How like two names are, up to 1. Of two addresses the part that names somebody counts: with a domain in common all
/// of a tenant's people would be alike, and a stranger would be proposed.
fn likeness(typed: &str, name: &str) -> f64 {
    let like = strsim::normalized_damerau_levenshtein;
    match (typed.split_once('@'), name.split_once('@')) {
        (Some((own, _)), Some((local, _))) => match like(own, local) {
            near if near >= 0.7 => near * 0.9 + like(typed, name) * 0.1,
            _ => 0.0,
        },
        _ => like(typed, name),
    }
}

/// The known name nearest to what was typed, if one is near enough to be meant; letter case is ignored.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .map(|name| (likeness(&typed, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= 0.6)
        // Of equally near ones the same is named every time.
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters_and_survive_bad_offsets() {
        let source = Source::new("s", "åb\nçd");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(2), (1, 2));
        assert_eq!(source.line_column(1), (1, 1), "inside a character");
        assert_eq!(source.line_column(4), (2, 1));
        assert_eq!(source.line_column(999), (2, 3));
        assert_eq!(Source::excerpt("s", "x", 40).line_column(0), (40, 1));
    }

    #[test]
    fn nearest_ignores_case_and_refuses_the_far() {
        let names = ["Get-User", "Remove-License", "Get-License"];
        assert_eq!(nearest("get-uesr", names), Some("Get-User"));
        assert_eq!(nearest("Remove-Licence", names), Some("Remove-License"));
        assert_eq!(nearest("Frobnicate", names), None);
        let people = [
            "nestor.10@contoso.com",
            "noah@contoso.com",
            "anna@contoso.com",
        ];
        assert_eq!(nearest("nobody@contoso.com", people), None);
        assert_eq!(nearest("ana@contoso.com", people), Some("anna@contoso.com"));
        assert_eq!(nearest("anna@contso.com", people), Some("anna@contoso.com"));
    }
}
