//! The front end's entry: reads a text from front to back and rewrites what isn't plain Rhai.

use std::cell::Cell;
use std::collections::HashSet;

use super::annotations::{Annotations, HighlightKind, LoweringMode};
use super::comments::blanked;
use super::emit::{Piece, assemble};
use super::scan::{self, Kind, Token, Trivia};
use super::scope::Scope;
use super::{Environment, FunctionSignature, Import, Lowered, ParameterSignature, Pipeline};
use crate::diagnostic::{Diagnostic, Span};

/// How deep brackets may nest. Rhai's own limit on expressions is reached before; ours keeps the stack safe.
const DEPTH_LIMIT: usize = 200;

/// Source offsets are kept in 32 bits.
const LENGTH_LIMIT: usize = 1 << 30;

/// Lowers a script or a typed line to plain Rhai.
///
/// Text that holds no command and nothing of PowerShell comes back byte for byte.
pub fn lower(text: &str, around: &Environment) -> Lowered {
    let (blanks, _) = blanked(text);
    lowered(Lowerer::read(&blanks, around, LoweringMode::Lower)).at_characters(text)
}

/// The same for what is typed in a shell: the value of each plain expression that nobody takes is shown, and not of the
/// last alone.
pub fn lower_line(text: &str, around: &Environment) -> Lowered {
    let (blanks, _) = blanked(text);
    lowered(Lowerer::read(&blanks, around, LoweringMode::Line)).at_characters(text)
}

fn lowered(lowerer: Lowerer) -> Lowered {
    let (text, map) = if lowerer.errors.is_empty() {
        assemble(lowerer.source, &lowerer.out, &lowerer.shown)
    } else {
        assemble("", &[], &[])
    };
    Lowered {
        text,
        map,
        pipelines: lowerer.pipelines,
        errors: lowerer.errors,
        warnings: lowerer.warnings,
        functions: lowerer.signatures,
        parameters: lowerer.parameters,
        imports: lowerer.imports,
        tail: lowerer.tail,
        properties: lowerer.properties,
    }
}

/// What the construct around a piece of code says about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// PowerShell's operators and truthiness hold: a script block, or parentheses of a command.
    pub shell: bool,
    /// How many script blocks are around: `$_` is `_ps_it<depth>`, and none at 0.
    pub block: usize,
    /// A newline may end the statement: the innermost bracket is a block and no header is open.
    pub newline: bool,
    /// The condition of `if`, `while`, `switch` or the collection of `for`: `{` opens the body.
    pub header: bool,
    /// A comma makes a list; otherwise it belongs to the construct around (a call, an array, a map).
    pub list: bool,
    /// Inside `[ … ]`, where `]` ends a bareword.
    pub array: bool,
    /// The statement stands directly in its function or script, in no inner block.
    pub direct: bool,
    /// A `$` takes part in the statement: what both languages can say is meant as PowerShell has it.
    pub dollar: bool,
    /// How many `catch` without a name are around, inside the innermost block: `$_` is the error of the last.
    pub caught: usize,
}

impl Context {
    pub const SCRIPT: Context = Context {
        shell: false,
        block: 0,
        newline: true,
        header: false,
        list: true,
        array: false,
        direct: true,
        dollar: false,
        caught: 0,
    };

    /// The code inside a bracket that isn't a block.
    pub fn bracket(self, list: bool) -> Self {
        Context {
            newline: false,
            header: false,
            list,
            array: false,
            direct: false,
            ..self
        }
    }

    /// The statements inside `{ … }`.
    pub fn body(self) -> Self {
        Context {
            newline: true,
            header: false,
            list: true,
            array: false,
            direct: false,
            dollar: false,
            ..self
        }
    }
}

/// A function or the script: where names go that are assigned before they are declared.
#[derive(Debug)]
pub(super) struct Hoist {
    /// The empty piece that takes the declarations.
    pub piece: usize,
    /// How many unknown names were noted before.
    pub unknown: usize,
    pub names: Vec<String>,
}

/// A part of the text whose value may be a statement's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tail {
    /// A pipeline, by its place among them.
    Pipeline(usize),
    /// An expression, by its number among those that may be shown.
    Value(usize),
}

/// Reads the source and writes the pieces. Every method leaves `position` on a character boundary.
pub(super) struct Lowerer<'a> {
    pub source: &'a str,
    pub around: &'a Environment<'a>,
    pub position: usize,
    /// What `ahead` last found, and where: it is asked for several times at most places.
    seen: Cell<(usize, Trivia, Token)>,
    pub out: Vec<Piece>,
    pub pipelines: Vec<Pipeline>,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    pub signatures: Vec<FunctionSignature>,
    pub parameters: Vec<ParameterSignature>,
    pub imports: Vec<Import>,
    /// The pipelines that the script's last statement comes to.
    pub tail: Vec<usize>,
    /// The properties that the text takes of anything: a list has them of each of its objects.
    pub properties: Vec<String>,
    /// Of each expression that may be shown, whether nobody takes its value.
    pub shown: Vec<bool>,
    pub scope: Scope,
    pub hoists: Vec<Hoist>,
    /// The names of the text's functions that can be commands, in lower case.
    functions: HashSet<String>,
    /// Names the text declares anywhere, as far as an earlier reading found them.
    known: HashSet<String>,
    /// The first words of what was taken for commands.
    used: HashSet<String>,
    depth: usize,
    /// The text holds a command or a `$`, so that it isn't plain Rhai.
    pub mixed: bool,
    /// The reading has been given up: nothing more is copied or reported.
    pub stopped: bool,
    pub notes: Annotations,
}

impl<'a> Lowerer<'a> {
    /// Reads the whole text; once more if a name turns out to be declared whose subtraction was taken for a command.
    pub fn read(source: &'a str, around: &'a Environment<'a>, purpose: LoweringMode) -> Self {
        let functions = command_functions(source);
        let mut known: HashSet<String> = around.variables.iter().cloned().collect();
        // Each round knows more names, so one that finds nothing new is the last; two are the rule.
        for _ in 0..3 {
            let mut lowerer = Self::new(source, around, &functions, &known, purpose);
            lowerer.script();
            if lowerer.used.is_disjoint(&lowerer.scope.declared) {
                return lowerer;
            }
            known.extend(lowerer.scope.declared);
        }
        let mut lowerer = Self::new(source, around, &functions, &known, purpose);
        lowerer.script();
        lowerer
    }

    fn new(
        source: &'a str,
        around: &'a Environment<'a>,
        functions: &HashSet<String>,
        known: &HashSet<String>,
        purpose: LoweringMode,
    ) -> Self {
        let mut scope = Scope::default();
        for name in around.variables {
            scope.declare(name);
        }
        Self {
            source,
            around,
            position: 0,
            seen: Cell::new({
                let trivia = scan::trivia(source, 0);
                (0, trivia, scan::token(source, trivia.end))
            }),
            out: Vec::with_capacity(source.len().min(LENGTH_LIMIT) / 4),
            pipelines: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            signatures: Vec::new(),
            parameters: Vec::new(),
            imports: Vec::new(),
            tail: Vec::new(),
            properties: Vec::new(),
            shown: Vec::new(),
            scope,
            hoists: Vec::new(),
            functions: functions.clone(),
            known: known.clone(),
            used: HashSet::new(),
            depth: 0,
            mixed: super::mixed::is_mixed(source, functions, around),
            stopped: false,
            notes: Annotations::new(purpose),
        }
    }

    fn script(&mut self) {
        if self.source.len() > LENGTH_LIMIT {
            let error = Diagnostic::usage("ScriptTooLong", "the text is longer than 1 GiB");
            self.error(error.hint("split it into several scripts"));
            self.stop();
            return;
        }
        if self.source.starts_with('\u{FEFF}') {
            self.position = '\u{FEFF}'.len_utf8();
        }
        if self.source[self.position..].starts_with("#!") {
            let end = scan::line_end(self.source, self.position);
            self.copy_to(end);
        }
        self.open_hoist();
        let body = self.statements(Context::SCRIPT, None);
        for part in body.tail {
            match part {
                Tail::Pipeline(index) => self.tail.push(index),
                // A typed line's last value is shown by who runs it.
                Tail::Value(id) if !self.notes.shows => self.shown[id] = true,
                Tail::Value(_) => {}
            }
        }
        self.close_hoist();
    }

    // Where we are.

    pub fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    pub fn at_end(&self) -> bool {
        self.position >= self.source.len()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The blanks and comments that stand here, and the token behind them.
    pub fn ahead(&self) -> (Trivia, Token) {
        let (at, trivia, token) = self.seen.get();
        if at == self.position {
            return (trivia, token);
        }
        let trivia = scan::trivia(self.source, self.position);
        let token = scan::token(self.source, trivia.end);
        self.seen.set((self.position, trivia, token));
        (trivia, token)
    }

    pub fn slice(&self, token: Token) -> &'a str {
        &self.source[token.start..token.end]
    }

    // What is written.

    /// Copies the source up to a place.
    pub fn copy_to(&mut self, end: usize) {
        if end > self.position {
            self.out.push(Piece::Copy {
                start: self.position,
                end,
            });
            self.position = end;
        }
    }

    /// Writes a text instead of the source up to a place; the newlines in it are kept.
    pub fn replace_to(&mut self, end: usize, text: impl Into<std::borrow::Cow<'static, str>>) {
        self.write(text);
        self.skip_to(end);
    }

    /// Leaves out the source up to a place, except its newlines.
    pub fn skip_to(&mut self, end: usize) {
        let newlines = self.source[self.position..end].matches('\n').count();
        if newlines > 0 {
            self.write("\n".repeat(newlines));
        }
        self.position = end;
    }

    /// Writes a text that stands for what is here.
    pub fn write(&mut self, text: impl Into<std::borrow::Cow<'static, str>>) {
        self.out.push(Piece::text(text, self.position));
    }

    /// Copies blanks and comments. Blanks that Rhai doesn't know become plain ones.
    pub fn copy_trivia(&mut self, trivia: Trivia) {
        if let Some(open) = trivia.unclosed {
            self.incomplete(
                "UnclosedComment",
                "the comment that begins here isn't closed",
                Span::new(open, open + 2),
                "close it with */",
            );
        }
        self.notes.comments(self.source, self.position, trivia);
        if trivia.foreign {
            let start = self.position;
            for (i, c) in self.source[start..trivia.end].char_indices() {
                if !c.is_ascii() && c.is_whitespace() {
                    self.copy_to(start + i);
                    self.write(" ");
                    self.position = start + i + c.len_utf8();
                }
            }
        }
        self.copy_to(trivia.end);
    }

    /// Copies a token; names that lowered text uses itself, and characters nobody can see, are refused.
    pub fn copy_token(&mut self, token: Token) {
        let text = self.slice(token);
        match token.kind {
            Kind::Word => self.refuse_reserved(text, token.start),
            Kind::Symbol => {
                if let Some(c) = text.chars().next().filter(|c| scan::is_invisible(*c)) {
                    self.invisible(c, token.start);
                }
            }
            _ => {}
        }
        if !token.closed {
            self.unclosed_text(token);
        }
        self.copy_to(token.end);
    }

    pub fn refuse_reserved(&mut self, word: &str, at: usize) {
        if word.starts_with("_ps_") || word.starts_with("__ps") {
            let error = Diagnostic::usage(
                "ReservedName",
                format!("the name {word} is reserved for the program itself"),
            );
            self.error(
                error
                    .at(at..at + word.len())
                    .about(word)
                    .hint("choose another name"),
            );
        }
    }

    // What is wrong.

    pub fn error(&mut self, error: Diagnostic) {
        if !self.stopped {
            self.errors.push(error);
        }
    }

    pub fn warn(&mut self, warning: Diagnostic) {
        if !self.stopped {
            self.warnings.push(warning);
        }
    }

    /// The text ends too early. Only the innermost construct is named.
    pub fn incomplete(&mut self, id: &'static str, message: &str, span: Span, hint: &str) {
        if self.errors.iter().all(|error| !error.incomplete) {
            self.error(
                Diagnostic::usage(id, message)
                    .at(span)
                    .hint(hint)
                    .incomplete(),
            );
        }
    }

    pub fn invisible(&mut self, c: char, at: usize) {
        let error = Diagnostic::usage(
            "InvisibleCharacter",
            format!("an invisible character U+{:04X} stands here", u32::from(c)),
        );
        self.error(
            error
                .at(at..at + c.len_utf8())
                .hint("delete it; it often comes along when text is pasted"),
        );
    }

    fn unclosed_text(&mut self, token: Token) {
        let width = scan::char_at(self.source, token.start).map_or(0, char::len_utf8);
        let open = Span::new(token.start, token.start + width);
        if token.kind == Kind::Text && token.end < self.source.len() {
            let error = Diagnostic::usage("UnclosedText", "the text isn't closed on its line");
            self.error(
                error
                    .at(open)
                    .hint("close it with \", or use `…` for a text of several lines"),
            );
            self.stop();
        } else {
            self.incomplete(
                "UnclosedText",
                "the text that begins here isn't closed",
                open,
                "close it with the same quote",
            );
        }
    }

    /// Gives up: what follows can't be understood any more.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.position = self.source.len();
    }

    /// Goes one bracket deeper for `inside`, unless that is too deep.
    pub fn nested<T: Default>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth == DEPTH_LIMIT {
            let at = self.position;
            let error = Diagnostic::usage(
                "NestedTooDeeply",
                format!("brackets nest deeper than {DEPTH_LIMIT} levels here"),
            );
            self.error(error.at(at..at).hint("move a part of it into a function"));
            self.stop();
            return T::default();
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Copies the closing bracket, or says that it is missing.
    pub fn close(&mut self, open: Span, closer: &str) {
        if self.stopped {
            return;
        }
        let (trivia, token) = self.ahead();
        self.copy_trivia(trivia);
        if token.kind == Kind::End {
            self.unclosed_bracket(open, closer);
        } else if self.slice(token) == closer {
            self.copy_to(token.end);
        } else {
            let error = Diagnostic::usage(
                "UnexpectedToken",
                format!("'{closer}' is expected here, not '{}'", self.slice(token)),
            );
            let from = self.source[open.start..open.end].to_owned();
            self.error(error.at(token.start..token.end).note(
                format!("to close this '{from}'"),
                None,
                Some(open),
            ));
            self.stop();
        }
    }

    pub fn unclosed_bracket(&mut self, open: Span, closer: &str) {
        let bracket = self.source[open.start..open.end].to_owned();
        self.incomplete(
            "UnclosedBracket",
            &format!("the '{bracket}' that begins here isn't closed"),
            open,
            &format!("close it with {closer}"),
        );
    }

    // Names.

    /// Whether a command of this name can be called: a function of the text, or one that the surroundings know.
    pub fn is_command(&self, name: &str) -> bool {
        let function = name.to_ascii_lowercase().replace('-', "_");
        (name.contains('-') && self.functions.contains(&function)) || (self.around.is_command)(name)
    }

    /// Whether a word is a variable somewhere in the file or the session, so that `word-…` may be a subtraction.
    pub fn is_declared(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// Remembers that this word wasn't taken for a variable.
    pub fn assume_undeclared(&mut self, word: &str) {
        if !self.used.contains(word) {
            self.used.insert(word.to_owned());
        }
    }

    // Declarations that go to the front.

    pub fn open_hoist(&mut self) {
        self.hoists.push(Hoist {
            piece: self.out.len(),
            unknown: self.notes.unknown_so_far(),
            names: Vec::new(),
        });
        self.write("");
    }

    /// Declares a name at the front of its function or script.
    pub fn declare_hoisted(&mut self, name: &str) {
        self.scope.declare_in_function(name);
        if let Some(hoist) = self.hoists.last_mut() {
            hoist.names.push(name.to_owned());
        }
    }

    pub fn close_hoist(&mut self) {
        let Some(hoist) = self.hoists.pop() else {
            return;
        };
        self.settle_unknown(&hoist);
        if hoist.names.is_empty() {
            return;
        }
        let text: String = hoist
            .names
            .iter()
            .map(|name| format!("let {name}=();"))
            .collect();
        if let Some(Piece::Text { text: empty, .. }) = self.out.get_mut(hoist.piece) {
            *empty = text.into();
        }
    }

    pub fn mark(&mut self, start: usize, end: usize, kind: HighlightKind) {
        self.notes.mark(start, end, kind);
    }
}

/// The functions that the text declares under a name with `_`, in lower case. Going by words alone finds some in
/// comments too, which harms nobody: only what would fail as a subtraction is taken for a command.
fn command_functions(source: &str) -> HashSet<String> {
    let mut names = HashSet::new();
    for (i, _) in source.match_indices("fn") {
        let before = source[..i].chars().next_back();
        let name = source[i + 2..].trim_start();
        if before.is_some_and(scan::is_word_part) || name.len() == source.len() - i - 2 {
            continue;
        }
        let name = &name[..scan::word_end(name, 0)];
        if name.trim_matches('_').contains('_') {
            names.insert(name.to_ascii_lowercase());
        }
    }
    let lower = source.to_ascii_lowercase();
    for (i, word) in lower.match_indices("function") {
        let name = lower[i + word.len()..].trim_start();
        let end = name
            .find(|c: char| !(scan::is_word_part(c) || c == '-'))
            .unwrap_or(name.len());
        if name[..end].contains('-') {
            names.insert(name[..end].replace('-', "_"));
        }
    }
    names
}

#[cfg(test)]
mod tests;
