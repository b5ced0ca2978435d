//! Expressions: operands and operators as Rhai has them, with commands, pipes and PowerShell's operators among them.

use super::annotations::HighlightKind;
use super::emit::string_literal;
use super::lower::{Context, Lowerer};
use super::operators::ExprResult;
use super::precedence::{Binary, Prefix, Term, TermKind, rhai_operator};
use super::predicate::Shape;
use super::scan::variable_name;
use super::scan::{self, Kind, Token};
use super::syntax::{COLLECT, PIPELINE_KEYWORD, runtime};
use crate::diagnostic::Diagnostic;

/// What an expression leaves behind.
#[derive(Debug, Default)]
pub(super) struct Expression {
    /// Its first piece (behind the last `=`, if it assigns).
    pub start: usize,
    pub shape: Shape,
    /// True or false for certain.
    pub boolean: bool,
    /// Ends with a command.
    pub command: bool,
    pub assigned: bool,
}

/// An expression while it is read: a flat row of terms.
pub(super) struct OperandList {
    pub terms: Vec<Term>,
    /// Where in the source it begins.
    pub origin: usize,
    /// An operand is expected.
    want: bool,
    /// A command may stand here.
    command_allowed: bool,
    /// The last thing read is a command, which any newline ends.
    pub command: bool,
    pub assigned: bool,
    /// `$x = …` declares this name, once its value is read.
    pub declares: Option<String>,
    /// The value of `$x = …`, which no Rhai has: a comma in it makes a list.
    pub lists: bool,
    /// A bracket is to be closed behind the value.
    closes: bool,
    /// The last token, for messages about what is missing behind it.
    last: Option<Token>,
}

impl OperandList {
    fn start(&self, end: usize) -> usize {
        self.terms.first().map_or(end, |term| term.piece)
    }

    fn has_comma(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term.kind, TermKind::Binary(Binary::Comma)))
    }

    /// One of PowerShell's operators was met, so that a comma can't be Rhai's.
    fn is_shell(&self) -> bool {
        let shell = |binary: Binary| binary.is_shell() && binary != Binary::Comma;
        self.terms
            .iter()
            .any(|term| matches!(term.kind, TermKind::Binary(binary) if shell(binary)))
    }

    fn shape(&mut self) -> Option<&mut Shape> {
        match self.terms.last_mut() {
            Some(Term {
                kind: TermKind::Operand(shape),
                ..
            }) => Some(shape),
            _ => None,
        }
    }

    /// The operand goes on with something that makes it unknown.
    fn blur(&mut self) {
        if let Some(shape) = self.shape() {
            *shape = Shape::Other;
        }
    }
}

/// The variables by which PowerShell is told how commands behave.
const PREFERENCES: [&str; 8] = [
    "whatifpreference",
    "confirmpreference",
    "erroractionpreference",
    "warningpreference",
    "verbosepreference",
    "debugpreference",
    "informationpreference",
    "progresspreference",
];

const ASSIGNMENTS: [&str; 12] = [
    "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^=",
];

impl Lowerer<'_> {
    /// Reads an expression up to whatever can't belong to it; the blanks behind it are left.
    pub fn expression(&mut self, context: Context) -> Expression {
        let (trivia, _) = self.ahead();
        self.copy_trivia(trivia);
        let mut flat = OperandList {
            terms: Vec::new(),
            origin: self.position,
            want: true,
            command_allowed: true,
            command: false,
            assigned: false,
            declares: None,
            lists: false,
            closes: false,
            last: None,
        };
        while !self.stopped {
            let count_and_check_interrupt = if flat.want {
                self.read_operand(&mut flat, context)
            } else {
                self.read_operator(&mut flat, context)
            };
            if !count_and_check_interrupt {
                break;
            }
        }
        let start = flat.start(self.out.len());
        let built = self.settle(&mut flat, context);
        if flat.closes {
            self.write(")");
        }
        if let Some(name) = flat.declares {
            self.scope.declare(&name);
        }
        Expression {
            start,
            shape: match built.shape {
                Shape::Other if built.shell => Shape::Truth,
                shape => shape,
            },
            boolean: built.boolean,
            command: flat.command,
            assigned: flat.assigned,
        }
    }

    /// Builds what was read so far and no pipe takes: a comma that nothing of PowerShell's stands beside is left as it is,
    /// for Rhai to refuse.
    fn settle(&mut self, flat: &mut OperandList, context: Context) -> ExprResult {
        let start = flat.start(self.out.len());
        let lists = context.shell || flat.lists || flat.is_shell();
        let keeps = !lists && flat.has_comma();
        let terms = std::mem::take(&mut flat.terms);
        if keeps {
            return ExprResult::default();
        }
        self.build(start, terms, context)
    }

    fn read_operand(&mut self, flat: &mut OperandList, context: Context) -> bool {
        let (trivia, token) = self.ahead();
        let text = self.slice(token);
        match (token.kind, text) {
            (Kind::End, _) => {
                if let Some(last) = flat.last {
                    self.copy_trivia(trivia);
                    self.count_and_check_interrupt(last);
                }
                return false;
            }
            (Kind::Symbol, ")" | "]" | "}" | ";" | "," | "=>" | ":") => return false,
            _ => {}
        }
        self.copy_trivia(trivia);
        if text == "$" && flat.terms.is_empty() && self.preference(flat, token) {
            return true;
        }
        let piece = self.out.len();
        let was_allowed = std::mem::replace(&mut flat.command_allowed, false);
        if let Some(prefix) = self.prefix(token, context) {
            flat.terms.push(Term {
                piece,
                kind: TermKind::Prefix(prefix),
            });
            flat.last = Some(token);
            return true;
        }
        flat.want = false;
        flat.last = Some(token);
        let shape = if was_allowed && self.command_at(self.position, false).is_some() {
            flat.command = true;
            Shape::Command(self.pipeline(context, None))
        } else {
            let before = self.position;
            let shape = if text == "{" && flat.assigned && flat.lists {
                // `$block = { … }` keeps the block and doesn't run it.
                self.block_value(context);
                Shape::Other
            } else if flat.assigned && flat.lists && self.is_collected(token) {
                self.write(format!("{PIPELINE_KEYWORD} _ps_it1({COLLECT},{{"));
                let statement = self.statement(context.body(), "");
                drop(statement);
                self.write("})");
                Shape::Other
            } else {
                self.operand(flat, token, context)
            };
            if self.position == before {
                // Nothing that can be an operand: copied, so that Rhai says so.
                self.copy_token(token);
                flat.terms.push(Term {
                    piece,
                    kind: TermKind::Prefix(Prefix::Other),
                });
                flat.want = true;
                return true;
            }
            shape
        };
        flat.terms.push(Term {
            piece,
            kind: TermKind::Operand(shape),
        });
        true
    }

    /// `$WhatIfPreference = …` and its like: set for the commands that follow.
    fn preference(&mut self, flat: &mut OperandList, token: Token) -> bool {
        let Some((name, end)) = variable_name(self.source, token.start) else {
            return false;
        };
        let equals = scan::token(self.source, scan::trivia(self.source, end).end);
        let name = name.to_ascii_lowercase();
        if !PREFERENCES.contains(&name.as_str()) || self.slice(equals) != "=" {
            return false;
        }
        self.mark(token.start, end, HighlightKind::Variable);
        self.replace_to(equals.end, format!("{}(\"{name}\",", runtime::PREFER));
        flat.assigned = true;
        flat.lists = true;
        flat.closes = true;
        flat.command_allowed = true;
        flat.last = Some(equals);
        true
    }

    /// Reads `!`, a sign, or `-not` before an operand.
    fn prefix(&mut self, token: Token, context: Context) -> Option<Prefix> {
        let text = self.slice(token);
        let prefix = match text {
            "!" => Prefix::Not { shell: false },
            "+" => Prefix::Other,
            // `& $block` runs it.
            "&" if self.mixed && self.source[token.end..].trim_start().starts_with('$') => {
                self.replace_to(token.end, format!("{}invoke(", runtime::PREFIX));
                return Some(Prefix::Cast);
            }
            "[" => {
                let (name, end) = self.cast(token)?;
                self.mark(token.start, end, HighlightKind::Keyword);
                self.replace_to(
                    end,
                    format!("{}cast({},", runtime::PREFIX, string_literal(&name)),
                );
                return Some(Prefix::Cast);
            }
            _ if text.chars().next().is_some_and(scan::is_dash) => {
                if let Some((prefix, end)) = self.shell_prefix(token, context) {
                    self.mark(token.start, end, HighlightKind::Operator);
                    self.copy_to(end);
                    return Some(prefix);
                }
                if text != "-" {
                    return None;
                }
                Prefix::Minus
            }
            _ => return None,
        };
        self.copy_to(token.end);
        Some(prefix)
    }

    fn shell_prefix(&self, token: Token, context: Context) -> Option<(Prefix, usize)> {
        let word_start = token.start + self.source[token.start..].chars().next()?.len_utf8();
        let end = scan::word_end(self.source, word_start);
        let word = &self.source[word_start..end];
        let prefix = match word.to_ascii_lowercase().as_str() {
            "not" => Prefix::Not { shell: true },
            "join" => Prefix::Join,
            "split" => Prefix::Split,
            _ => return None,
        };
        let next = scan::char_at(self.source, end)?;
        let free = context.shell || (self.mixed && !self.calls(word) && !self.scope.has(word));
        let plain = free && (next.is_whitespace() || next == '(');
        let dollar = self.source[end..].trim_start().starts_with('$');
        (plain || dollar).then_some((prefix, end))
    }

    /// Whether the text declares a function of this name, so that `-word (…)` is a call of it.
    fn calls(&self, word: &str) -> bool {
        self.source.match_indices(word).any(|(i, _)| {
            let before = self.source[..i].trim_end();
            before.len() < i && before.ends_with("fn")
        })
    }

    /// Who knows PowerShell begins a line with `(` and means a new statement.
    fn warn_of_arguments(&mut self, token: Token) {
        let warning = Diagnostic::usage(
            "TakenForArguments",
            "this ( belongs to the name at the end of the line before, which is called with it",
        );
        self.warn(
            warning
                .at(token.start..token.end)
                .hint("write a ; behind that line if a new statement begins here"),
        );
    }

    /// Whether Rhai takes parentheses behind what was read last for its arguments: it is a name, also in parentheses.
    fn is_callable(&self, flat: &OperandList) -> bool {
        let Some(last) = flat.last else {
            return false;
        };
        let read = &self.source[last.start..self.position];
        let is_bracket = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
        if read.starts_with('(') {
            read.trim_matches(is_bracket)
                .chars()
                .all(scan::is_word_part)
        } else {
            let name = last.kind != Kind::Number && !read.starts_with('$');
            name && read.ends_with(scan::is_word_part)
        }
    }

    fn read_operator(&mut self, flat: &mut OperandList, context: Context) -> bool {
        let (trivia, token) = self.ahead();
        let text = self.slice(token);
        let ends = token.kind == Kind::End
            || (trivia.newline && flat.command)
            || (trivia.newline && context.newline && self.begins_statement(token))
                && !(text == "(" && self.is_callable(flat));
        if ends {
            return false;
        }
        if token.kind == Kind::Word {
            return text == "in" && self.binary(flat, context, token.end);
        }
        if token.kind != Kind::Symbol {
            return false;
        }
        match text {
            "." | "?." => self.member(flat, token),
            "::" => {
                flat.blur();
                self.copy_trivia(trivia);
                self.copy_to(token.end);
                let (trivia, name) = self.ahead();
                if name.kind == Kind::Word {
                    self.copy_trivia(trivia);
                    self.copy_token(name);
                }
                true
            }
            "[" if context.dollar && self.has_several(token) => {
                flat.blur();
                let start = flat.terms.last().map_or(self.out.len(), |term| term.piece);
                self.out.insert(
                    start,
                    super::emit::Piece::text(format!("{}items(", runtime::PREFIX), token.start),
                );
                self.copy_trivia(trivia);
                self.replace_to(token.end, ",");
                let inner = Context {
                    array: true,
                    ..context.bracket(true)
                };
                self.nested(|this| {
                    this.expression(inner);
                    let (trivia, close) = this.ahead();
                    this.copy_trivia(trivia);
                    if this.slice(close) == "]" {
                        this.replace_to(close.end, ")");
                    } else {
                        this.close(crate::diagnostic::Span::new(token.start, token.end), "]");
                    }
                });
                true
            }
            "[" | "?[" => {
                flat.blur();
                self.copy_trivia(trivia);
                let context = Context {
                    array: true,
                    ..context.bracket(false)
                };
                self.sequence(token, "]", context);
                true
            }
            "(" => {
                if trivia.newline && context.newline {
                    self.warn_of_arguments(token);
                }
                flat.blur();
                self.copy_trivia(trivia);
                self.sequence(token, ")", context.bracket(false));
                true
            }
            "!" if self.source[token.end..].starts_with('(') => {
                self.copy_trivia(trivia);
                self.copy_to(token.end);
                true
            }
            "!" => {
                let word = scan::token(self.source, token.end);
                self.slice(word) == "in" && self.binary(flat, context, word.end)
            }
            "|" if self.pipe_follows(token.end) => {
                let start = flat.start(self.out.len());
                let terms = std::mem::take(&mut flat.terms);
                let origin = flat.origin;
                self.build(start, terms, context);
                let index = self.pipeline(context, Some((start, origin)));
                flat.command = true;
                flat.terms.push(Term {
                    piece: start,
                    kind: TermKind::Operand(Shape::Command(index)),
                });
                true
            }
            // Plain Rhai has no use for a comma here; what it means is known at the end of the expression.
            "," if context.list => {
                self.copy_trivia(trivia);
                self.push_operator(flat, Binary::Comma, token);
                true
            }
            _ if text.chars().next().is_some_and(scan::is_dash)
                && self.shell_operator(token, flat, context).is_some() =>
            {
                let (operator, end) = self
                    .shell_operator(token, flat, context)
                    .unwrap_or((Binary::Comma, token.end));
                self.copy_trivia(trivia);
                self.mark(token.start, end, HighlightKind::Operator);
                self.push_operator(flat, operator, Token { end, ..token });
                true
            }
            "++" | "--" if self.is_step(flat, context) => {
                self.copy_trivia(trivia);
                self.settle(flat, context);
                let step = if text == "++" { " += 1" } else { " -= 1" };
                self.replace_to(token.end, step);
                flat.assigned = true;
                false
            }
            _ if ASSIGNMENTS.contains(&text) => {
                self.copy_trivia(trivia);
                self.settle(flat, context);
                match self.assigned_in_place(flat, token, context) {
                    Some(name) => {
                        self.replace_to(token.end, format!("._ps_assign_{name}("));
                        flat.closes = true;
                    }
                    None => self.copy_to(token.end),
                }
                flat.lists |= context.dollar;
                flat.assigned = true;
                flat.want = true;
                flat.command_allowed = true;
                flat.last = Some(token);
                let (trivia, _) = self.ahead();
                flat.origin = trivia.end;
                true
            }
            _ => self.binary(flat, context, token.end),
        }
    }

    /// Whether a statement with a block stands where a value does, as in `$list = foreach (…) { … }`.
    fn is_collected(&self, token: Token) -> bool {
        let word = self.slice(token);
        token.kind == Kind::Word
            && ["foreach", "for", "while", "do", "if", "switch"]
                .iter()
                .any(|own| word.eq_ignore_ascii_case(own))
            && (word == "do" || self.heads_block(token))
    }

    /// Whether an index is a range or a list: `$users[0..2]`.
    fn has_several(&self, open: Token) -> bool {
        let Some(close) = scan::matching_bracket(self.source, open.start) else {
            return false;
        };
        let mut at = open.end;
        while at < close {
            let token = scan::token(self.source, scan::trivia(self.source, at).end);
            match (token.kind, self.slice(token)) {
                (Kind::Symbol, ".." | ",") => return true,
                (Kind::Symbol, "[" | "(") => {
                    at = scan::matching_bracket(self.source, token.start).unwrap_or(close);
                }
                _ => at = token.end,
            }
        }
        false
    }

    /// `$i++` as a whole statement.
    fn is_step(&self, flat: &OperandList, context: Context) -> bool {
        context.dollar
            && flat.terms.len() == 1
            && self.source[flat.origin..].starts_with('$')
            && !flat.assigned
    }

    /// What PowerShell's `+=` and its like become, where a `$` takes part: the engine's own joins a number and a text.
    fn assigned_in_place(
        &self,
        flat: &OperandList,
        token: Token,
        context: Context,
    ) -> Option<&'static str> {
        if !context.dollar {
            return None;
        }
        let name = match self.slice(token) {
            "+=" => "add",
            "-=" => "sub",
            "*=" => "mul",
            "/=" => "div",
            "%=" => "mod",
            _ => return None,
        };
        // A number more or less is the same in both, and the engine's is faster.
        let step = scan::token(self.source, scan::trivia(self.source, token.end).end);
        let after = scan::trivia(self.source, step.end);
        let ends = after.newline
            || matches!(
                scan::char_at(self.source, after.end),
                None | Some(';' | '}' | ')')
            );
        let left = self.source[flat.origin..token.start].trim_end();
        let variable = left
            .strip_prefix('$')
            .is_some_and(|name| name.chars().all(scan::is_word_part));
        let plain = variable && step.kind == Kind::Number && ends && matches!(name, "add" | "sub");
        (!plain).then_some(name)
    }

    /// A Rhai operator that ends at `end`.
    fn binary(&mut self, flat: &mut OperandList, _context: Context, end: usize) -> bool {
        let (trivia, token) = self.ahead();
        let text = &self.source[token.start..end];
        let Some(operator) = rhai_operator(text) else {
            return false;
        };
        self.copy_trivia(trivia);
        self.push_operator(flat, operator, Token { end, ..token });
        flat.command_allowed = text == "in";
        true
    }

    fn push_operator(&mut self, flat: &mut OperandList, operator: Binary, token: Token) {
        flat.terms.push(Term {
            piece: self.out.len(),
            kind: TermKind::Binary(operator),
        });
        self.copy_to(token.end);
        flat.want = true;
        flat.command = false;
        flat.last = Some(token);
    }

    /// `-eq` and its like behind an operand. In plain Rhai only where Rhai has no use for it.
    fn shell_operator(
        &self,
        token: Token,
        flat: &OperandList,
        context: Context,
    ) -> Option<(Binary, usize)> {
        let dash = self.source[token.start..].chars().next()?;
        let word_start = token.start + dash.len_utf8();
        let end = scan::word_end(self.source, word_start);
        let word = &self.source[word_start..end];
        let operator = Binary::named(word)?;
        let before = self.source[..token.start].chars().next_back()?;
        let set_off = before.is_whitespace() || matches!(before, ')' | ']' | '}' | '"' | '\'');
        if !set_off {
            return None;
        }
        let variable = self.is_declared(word) || self.scope.has(word);
        if context.shell
            || self.source[flat.origin..token.start].starts_with('$')
            || (context.dollar && !variable)
        {
            return Some((operator, end));
        }
        let after = scan::char_at(self.source, end)?;
        let call = self.source[end..].trim_start().starts_with('(');
        if call && self.mixed && !self.calls(word) {
            return (!variable).then_some((operator, end));
        }
        let plain = !before.is_whitespace() || !after.is_whitespace() || call;
        (!plain && !variable).then_some((operator, end))
    }

    /// `.Name`, or `.'Name with blanks'`, which becomes an index.
    fn member(&mut self, flat: &mut OperandList, dot: Token) -> bool {
        let (trivia, _) = self.ahead();
        self.copy_trivia(trivia);
        let after = scan::trivia(self.source, dot.end);
        let name = scan::token(self.source, after.end);
        let quoted = match name.kind {
            Kind::Quoted | Kind::Char => Some(scan::unquote(self.slice(name))),
            Kind::Text => scan::rhai_text(self.slice(name)),
            _ => None,
        };
        if let Some(text) = quoted {
            let open = if self.slice(dot) == "?." { "?[" } else { "[" };
            let literal = super::emit::string_literal(&text);
            if !name.closed {
                self.copy_token(name);
                return true;
            }
            self.replace_to(name.end, format!("{open}{literal}]"));
            if let Some(shape) = flat.shape() {
                *shape = std::mem::take(shape).member(&text);
            }
            return true;
        }
        self.copy_to(dot.end);
        flat.last = Some(dot);
        self.copy_trivia(after);
        match name.kind {
            Kind::Word => {
                let text = self.slice(name).to_owned();
                let called = self.source[name.end..].starts_with('(');
                match super::types::method(&text).filter(|_| called && self.is_dollars(flat)) {
                    Some(own) if own != text => self.replace_to(name.end, own),
                    _ => self.copy_token(name),
                }
                self.enumerated(&text, called);
                let call = self.peek() == Some('(') || self.slice(dot) == "?.";
                if let Some(shape) = flat.shape() {
                    *shape = if call {
                        Shape::Other
                    } else {
                        std::mem::take(shape).member(&text)
                    };
                }
            }
            Kind::End => self.count_and_check_interrupt(dot),
            _ => flat.blur(),
        }
        true
    }

    /// Whether what a member is taken of is PowerShell's: it begins with a `$`, or with brackets in a statement with one.
    fn is_dollars(&self, flat: &OperandList) -> bool {
        let last = flat.terms.last();
        last.is_some()
            && self.mixed
            && self.source[flat.origin..self.position].contains(['$', '\''])
    }

    /// Notes a property, which may be that of each object of a list.
    pub fn enumerated(&mut self, name: &str, called: bool) {
        if self.mixed && !called && !self.properties.iter().any(|own| own == name) {
            self.properties.push(name.to_owned());
        }
    }

    /// A closure: what stands behind its parameters is a statement of its own.
    /// Returns whether it ends with a command.
    pub fn closure(&mut self, token: Token, context: Context) -> bool {
        let mark = self.scope.mark();
        self.copy_to(token.end);
        if self.slice(token) == "|" {
            loop {
                let (trivia, part) = self.ahead();
                self.copy_trivia(trivia);
                match (part.kind, self.slice(part)) {
                    (Kind::Word, name) => {
                        let name = name.to_owned();
                        self.copy_token(part);
                        self.scope.declare(&name);
                    }
                    (Kind::Symbol, ",") => self.copy_to(part.end),
                    (Kind::Symbol, "|") => {
                        self.copy_to(part.end);
                        break;
                    }
                    (Kind::End, _) => {
                        self.count_and_check_interrupt(token);
                        return false;
                    }
                    _ => return false,
                }
            }
        }
        let (trivia, next) = self.ahead();
        if next.kind == Kind::End {
            self.count_and_check_interrupt(token);
            return false;
        }
        self.copy_trivia(trivia);
        let command = self.nested(|this| {
            let context = Context {
                direct: false,
                ..context
            };
            this.statement(context, "").command
        });
        if !self.at_end() {
            self.scope.leave(mark);
        }
        command
    }

    /// A variable by its PowerShell name: what it is called in Rhai.
    pub fn variable(
        &mut self,
        name: &str,
        start: usize,
        end: usize,
        context: Context,
    ) -> (String, Shape) {
        use crate::value::Value;
        self.mark(start, end, HighlightKind::Variable);
        match name.to_ascii_lowercase().as_str() {
            "true" => return ("true".into(), Shape::Literal(Value::Bool(true))),
            "false" => return ("false".into(), Shape::Literal(Value::Bool(false))),
            "null" => return ("()".into(), Shape::Literal(Value::Null)),
            "_" | "psitem" if context.caught > 0 => {
                return (format!("_ps_caught{}", context.caught), Shape::Other);
            }
            "_" | "psitem" if context.block > 0 => {
                return (format!("_ps_it{}", context.block), Shape::Item(Vec::new()));
            }
            "_" | "psitem" => {
                let error =
                    Diagnostic::usage("NoItem", "$_ has a value only inside a script block");
                self.error(
                    error
                        .at(start..end)
                        .hint("use it in the { … } of Where-Object and the like; what was caught is $e of catch (e)"),
                );
                return ("()".into(), Shape::Other);
            }
            _ => {}
        }
        let lower = name.to_ascii_lowercase();
        if PREFERENCES.contains(&lower.as_str()) {
            return (
                format!("{}(\"{lower}\")", runtime::PREFERENCE),
                Shape::Other,
            );
        }
        if lower == "psdefaultparametervalues" {
            let error = Diagnostic::usage(
                "NoDefaultValues",
                "parameters have no default values here that a script sets",
            );
            self.error(error.at(start..end).about(name).hint(
                "give each command its parameters; $WhatIfPreference = $true rehearses all of them",
            ));
            return ("()".into(), Shape::Other);
        }
        self.refuse_reserved(name, end - name.len());
        if let Some(own) = self.scope.resolve(name) {
            return (own, Shape::Other);
        }
        if name.eq_ignore_ascii_case("error") {
            return (
                format!("{}()", super::syntax::runtime::ERRORS),
                Shape::Other,
            );
        }
        let known: Vec<&str> = self.scope.visible().collect();
        let error = Diagnostic::usage(
            "UndefinedVariable",
            format!("the variable ${name} isn't set"),
        )
        .at(start..end)
        .about(name)
        .hint(format!(
            "set it with let {name} = …; for a plain $ in text use single quotes"
        ))
        .did_you_mean(name, known);
        self.error(error);
        ("()".into(), Shape::Other)
    }
}

#[cfg(test)]
mod tests;
