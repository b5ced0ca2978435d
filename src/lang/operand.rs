//! Operands of Rhai code: names, literals, brackets, closures, `$name`, and PowerShell's `@( )` and `@{ }`.

use super::annotations::HighlightKind;
use super::emit::string_literal;
use super::expression::OperandList;
use super::lower::{Context, Lowerer};
use super::pipeline::Building;
use super::predicate::{self, Shape};
use super::scan::{self, Kind, Token};
use super::syntax::{COLLECT, Operand, PIPELINE_KEYWORD, runtime};
use crate::diagnostic::{Diagnostic, Span};
use crate::value::Value;

impl Lowerer<'_> {
    /// Reads the operand that begins with a token; reads nothing if the token can't begin one.
    pub fn operand(&mut self, flat: &mut OperandList, token: Token, context: Context) -> Shape {
        let text = self.slice(token);
        match (token.kind, text) {
            (Kind::Word, "if" | "switch" | "while" | "for" | "loop" | "do") => {
                self.nested(|this| {
                    this.control(token, context);
                });
                Shape::Other
            }
            (Kind::Word, _) => {
                let shape = match text {
                    "true" => Shape::Literal(Value::Bool(true)),
                    "false" => Shape::Literal(Value::Bool(false)),
                    _ => Shape::Other,
                };
                let kind = match shape {
                    Shape::Other if self.scope.has(text) => HighlightKind::Variable,
                    Shape::Other => HighlightKind::Plain,
                    _ => HighlightKind::Keyword,
                };
                self.mark(token.start, token.end, kind);
                self.copy_token(token);
                if kind == HighlightKind::Plain {
                    self.note_unknown(token);
                }
                shape
            }
            (Kind::Number, _) => {
                self.mark(token.start, token.end, HighlightKind::Number);
                self.copy_token(token);
                predicate::number(text)
            }
            (Kind::Text | Kind::Quoted, _)
                if self.mixed
                    && text.starts_with(scan::is_double_quote)
                    && (context.dollar || super::mixed::expands(text)) =>
            {
                self.expanding_text(context)
            }
            (Kind::Char | Kind::Quoted, _)
                if self.mixed
                    && text.starts_with(scan::is_single_quote)
                    && (context.dollar || self.has_method(token.end)) =>
            {
                let (end, closed) = scan::quoted_end(self.source, token.start);
                self.mark(token.start, end, HighlightKind::Text);
                if !closed {
                    self.copy_token(Token {
                        end,
                        closed,
                        ..token
                    });
                    return Shape::Other;
                }
                let text = scan::unquote(&self.source[token.start..end]);
                self.replace_to(end, string_literal(&text));
                Shape::Literal(Value::from(text))
            }
            (Kind::Symbol, "@") if self.is_here_string(token.start) => self.here_string(context),
            (Kind::Text | Kind::Raw | Kind::Char, _) => {
                self.mark(token.start, token.end, HighlightKind::Text);
                self.copy_token(token);
                let text = match token.kind {
                    Kind::Text => scan::rhai_text(text),
                    Kind::Char if !text.contains('\\') => Some(scan::unquote(text)),
                    _ => None,
                };
                text.map_or(Shape::Other, |text| Shape::Literal(Value::from(text)))
            }
            (Kind::Quoted, _) => {
                self.mark(token.start, token.end, HighlightKind::Text);
                if !token.closed {
                    self.copy_token(token);
                    return Shape::Other;
                }
                let text = scan::unquote(text);
                self.replace_to(token.end, string_literal(&text));
                Shape::Literal(Value::from(text))
            }
            (Kind::Template, _) => {
                self.template(token, context);
                Shape::Other
            }
            (Kind::Symbol, "(") => self.group(token, context.bracket(true)),
            (Kind::Symbol, "[") if self.static_member(token).is_some() => {
                let (text, end) = self.static_member(token).unwrap_or(("", token.end));
                self.mark(token.start, end, HighlightKind::Function);
                self.replace_to(end, text);
                if text.ends_with("()") && self.rest().starts_with("()") {
                    self.skip_to(self.position + 2);
                }
                Shape::Other
            }
            (Kind::Symbol, "[") if self.end_of_type(token).is_some() => {
                let end = self.end_of_type(token).unwrap_or(token.end);
                let calls = self.source[end..].starts_with("::");
                let error = Diagnostic::usage("NotRhai", "there are no types in brackets here");
                self.error(error.at(token.start..end).hint(match calls {
                    true => {
                        "Get-Date is the time; texts, lists and numbers have methods of their own"
                    }
                    false => "leave it out, or write the type behind the value: $x -as 'int'",
                }));
                self.skip_to(end);
                if calls {
                    let name = scan::word_end(self.source, end + 2);
                    self.skip_to(name);
                    self.write("()");
                    return Shape::Other;
                }
                let (_, next) = self.ahead();
                self.operand(flat, next, context)
            }
            (Kind::Symbol, "[") => {
                let context = Context {
                    array: true,
                    ..context.bracket(false)
                };
                Shape::list(self.sequence(token, "]", context))
            }
            (Kind::Symbol, "#{") => {
                self.map(token, context.bracket(false));
                Shape::Other
            }
            (Kind::Symbol, "{") => {
                self.block(context, &[]);
                Shape::Other
            }
            (Kind::Symbol, "|" | "||") => {
                flat.command = self.closure(token, context);
                Shape::Other
            }
            (Kind::Symbol, "$") => self.dollar(flat, token, context),
            (Kind::Symbol, "$(") => {
                self.substatements(token, context);
                Shape::Other
            }
            (Kind::Symbol, "@(") => self.list(token, context),
            (Kind::Symbol, "@{") => {
                self.hashtable(token, context);
                Shape::Other
            }
            _ => Shape::Other,
        }
    }

    /// `( … )`.
    pub fn group(&mut self, token: Token, context: Context) -> Shape {
        let open = Span::new(token.start, token.end);
        self.nested(|this| {
            this.copy_to(token.end);
            if this.slice(this.ahead().1) == ")" {
                this.close(open, ")");
                return Shape::Literal(Value::Null);
            }
            let expression = this.expression(context);
            let mut shape = expression.shape;
            if expression.assigned {
                shape = Shape::Other;
            }
            while !this.stopped && this.slice(this.ahead().1) == "," {
                let (trivia, comma) = this.ahead();
                this.copy_trivia(trivia);
                this.copy_to(comma.end);
                this.expression(context);
                shape = Shape::Other;
            }
            this.close(open, ")");
            shape
        })
    }

    /// Expressions between commas: an array, an index, the arguments of a call.
    pub fn sequence(&mut self, token: Token, closer: &str, context: Context) -> Vec<Shape> {
        let open = Span::new(token.start, token.end);
        self.nested(|this| {
            this.copy_to(token.end);
            let mut shapes = Vec::new();
            while !this.stopped && this.slice(this.ahead().1) != closer {
                if this.slice(this.ahead().1) == "{" && this.takes_block(token) {
                    let (trivia, _) = this.ahead();
                    this.copy_trivia(trivia);
                    this.block_value(context);
                    continue;
                }
                let expression = this.expression(context);
                shapes.push(expression.shape);
                let (trivia, comma) = this.ahead();
                if this.slice(comma) != "," {
                    break;
                }
                this.copy_trivia(trivia);
                this.copy_to(comma.end);
            }
            this.close(open, closer);
            shapes
        })
    }

    /// Whether one of .NET's methods is called on what ends here.
    pub fn has_method(&self, end: usize) -> bool {
        let Some(rest) = self.source[end..].strip_prefix('.') else {
            return false;
        };
        let name = &rest[..scan::word_end(rest, 0)];
        rest[name.len()..].starts_with('(') && super::types::method(name) == Some(name)
    }

    /// Whether a bracket is that of `.Where({ … })` or `.ForEach({ … })`.
    fn takes_block(&self, open: Token) -> bool {
        let before = self.source[..open.start].to_ascii_lowercase();
        self.mixed && (before.ends_with(".where") || before.ends_with(".foreach"))
    }

    /// `#{ key: value, … }`.
    pub fn map(&mut self, token: Token, context: Context) {
        let open = Span::new(token.start, token.end);
        self.nested(|this| {
            this.copy_to(token.end);
            let mut keys = Vec::new();
            while !this.stopped {
                let (trivia, key) = this.ahead();
                match (key.kind, this.slice(key)) {
                    (Kind::End, _) | (Kind::Symbol, "}") => break,
                    (Kind::Quoted | Kind::Char, text) if key.closed => {
                        let name = scan::unquote(text);
                        this.copy_trivia(trivia);
                        this.replace_to(key.end, string_literal(&name));
                        keys.push(name);
                    }
                    (Kind::Template, _) => {
                        this.copy_trivia(trivia);
                        this.template(key, context);
                    }
                    (_, text) => {
                        this.copy_trivia(trivia);
                        this.copy_token(key);
                        keys.push(scan::rhai_text(text).unwrap_or_else(|| text.to_owned()));
                    }
                }
                let (trivia, colon) = this.ahead();
                if this.slice(colon) == ":" {
                    this.copy_trivia(trivia);
                    this.copy_to(colon.end);
                    this.expression(context);
                }
                let (trivia, comma) = this.ahead();
                if this.slice(comma) != "," {
                    break;
                }
                this.copy_trivia(trivia);
                this.copy_to(comma.end);
            }
            this.close(open, "}");
            this.notes.map(Span::new(token.start, this.position), keys);
        });
    }

    /// `` `text ${code} text` ``.
    pub fn template(&mut self, token: Token, context: Context) {
        let open = Span::new(token.start, token.end);
        let mut from = token.start;
        self.copy_to(token.end);
        loop {
            let rest = self.rest();
            let Some(i) = rest.find(['`', '$', '\\']) else {
                self.copy_to(self.source.len());
                self.incomplete(
                    "UnclosedText",
                    "the text that begins here isn't closed",
                    open,
                    "close it with a backtick",
                );
                return;
            };
            let at = self.position + i;
            let rest = &rest[i..];
            if rest.starts_with("``") {
                self.copy_to(at + 2);
            } else if rest.starts_with('`') {
                self.copy_to(at + 1);
                self.mark(from, at + 1, HighlightKind::Text);
                return;
            } else if rest.starts_with("\\${") {
                self.copy_to(at + 3);
            } else if rest.starts_with("${") {
                self.copy_to(at + 2);
                self.mark(from, at + 2, HighlightKind::Text);
                self.nested(|this| {
                    this.statements(context.body(), Some("}"));
                    this.close(Span::new(at, at + 2), "}");
                });
                from = self.position.saturating_sub(1).max(at + 2);
                if self.stopped || self.at_end() {
                    self.incomplete(
                        "UnclosedText",
                        "the text that begins here isn't closed",
                        open,
                        "close it with a backtick",
                    );
                    return;
                }
            } else {
                self.copy_to(at + 1);
            }
        }
    }

    /// `$name`, `${name}`; `$name = …` declares a new name.
    fn dollar(&mut self, flat: &mut OperandList, token: Token, context: Context) -> Shape {
        let Some((name, end)) = scan::variable_name(self.source, token.start) else {
            return Shape::Other;
        };
        let name = name.to_owned();
        let after = scan::token(self.source, scan::trivia(self.source, end).end);
        let assigns = flat.terms.is_empty() && self.slice(after) == "=";
        flat.lists |= assigns;
        let fixed = [
            "true",
            "false",
            "null",
            "_",
            "psitem",
            "psdefaultparametervalues",
        ];
        if assigns
            && !fixed.contains(&name.to_ascii_lowercase().as_str())
            && self.scope.resolve(&name).is_none()
        {
            self.refuse_reserved(&name, end - name.len());
            self.mark(token.start, end, HighlightKind::Variable);
            self.scope.with_dollar(&name);
            if context.direct && !flat.assigned {
                self.replace_to(end, format!("let {name}"));
                flat.declares = Some(name);
            } else {
                self.declare_hoisted(&name);
                self.replace_to(end, name);
            }
            return Shape::Other;
        }
        let (text, shape) = self.variable(&name, token.start, end, context);
        self.replace_to(end, text);
        shape
    }

    /// `$( … )`: statements as a value.
    pub fn substatements(&mut self, token: Token, context: Context) {
        let open = Span::new(token.start, token.end);
        self.nested(|this| {
            let opening = this.out.len();
            this.replace_to(token.end, "({");
            let context = Context {
                shell: true,
                ..context.body()
            };
            let body = this.statements(context, Some(")"));
            // Several statements: all of their values.
            if !body.expression
                && let Some(super::emit::Piece::Text { text, .. }) = this.out.get_mut(opening)
            {
                *text = format!("({PIPELINE_KEYWORD} _ps_it1({COLLECT},{{").into();
                this.close_with(open, ")", "}))");
            } else {
                this.close_with(open, ")", "})");
            }
        });
    }

    /// Writes a text in place of the closing bracket, or says that it is missing.
    fn close_with(&mut self, open: Span, closer: &str, text: &'static str) {
        let (trivia, token) = self.ahead();
        if !self.stopped && self.slice(token) == closer {
            self.copy_trivia(trivia);
            self.replace_to(token.end, text);
        } else {
            self.close(open, closer);
        }
    }

    /// `@( … )`: a list, whatever is in it.
    pub fn list(&mut self, token: Token, context: Context) -> Shape {
        let open = Span::new(token.start, token.end);
        self.nested(|this| {
            let placeholder = this.out.len();
            this.replace_to(token.end, "[");
            let context = Context {
                shell: true,
                newline: true,
                ..context.bracket(false)
            };
            let mut shapes = Vec::new();
            while !this.stopped {
                let (trivia, next) = this.ahead();
                this.copy_trivia(trivia);
                match this.slice(next) {
                    ")" | "" => break,
                    "," | ";" => {
                        this.replace_to(next.end, " ");
                        continue;
                    }
                    _ => {}
                }
                if !shapes.is_empty() {
                    this.write(",");
                }
                let before = this.position;
                let list = Context {
                    list: this.command_at(this.position, false).is_some(),
                    ..context
                };
                shapes.push(this.expression(list).shape);
                if this.position == before {
                    break;
                }
            }
            let single = match shapes.as_slice() {
                [Shape::Literal(value)] => matches!(value, Value::List(_)),
                [_] => true,
                _ => false,
            };
            let (opening, closing) = if single {
                (format!("{}(", runtime::LIST), ")")
            } else {
                ("[".to_owned(), "]")
            };
            if let Some(super::emit::Piece::Text { text, .. }) = this.out.get_mut(placeholder) {
                *text = opening.into();
            }
            this.close_with(open, ")", closing);
            match shapes.as_slice() {
                [Shape::Literal(Value::List(_))] => Shape::Other,
                _ => Shape::list(shapes),
            }
        })
    }

    /// `@{ key = value; … }` in code.
    pub fn hashtable(&mut self, token: Token, context: Context) {
        self.nested(|this| {
            this.replace_to(token.end, format!("{}(([", runtime::TABLE));
            let mut first = true;
            let keys = this.entries(context, |this, key, name, inner| {
                if !std::mem::take(&mut first) {
                    this.write(",");
                }
                this.replace_to(key.end, string_literal(name));
                this.value_of(",", |this, is_block| {
                    if is_block {
                        this.block_value(inner);
                    } else {
                        this.expression(inner);
                    }
                })
            });
            this.close_with(Span::new(token.start, token.end), "}", "]))");
            this.notes.map(Span::new(token.start, this.position), keys);
        });
    }

    /// `@{ key = value; … }` as an argument: its values are slots, so that a block reaches the command as one.
    pub fn hashtable_argument(
        &mut self,
        token: Token,
        context: Context,
        building: &mut Building,
    ) -> Operand {
        let entries = self.nested(|this| {
            let mut entries = Vec::new();
            this.replace_to(token.end, "");
            this.entries(context, |this, key, name, inner| {
                this.replace_to(key.end, "");
                this.value_of("", |this, is_block| {
                    let operand = if is_block {
                        this.block_argument(inner, building, true)
                    } else {
                        this.entry_value(inner, building)
                    };
                    entries.push((name.to_owned(), operand));
                })
            });
            this.close_with(Span::new(token.start, token.end), "}", "");
            entries
        });
        Operand::Map(entries)
    }

    /// What stands behind a key: known as it is, or code.
    fn entry_value(&mut self, context: Context, building: &mut Building) -> Operand {
        let (pieces, start) = (self.out.len(), self.position);
        let mut shape = Shape::Other;
        let operand = self.code(building, |this| {
            shape = this.expression(context).shape;
            Shape::Other
        });
        let raw = &self.source[start..self.position];
        match shape {
            Shape::Literal(value) if !raw.contains('\n') => {
                self.out.truncate(pieces);
                building.slots -= 1;
                let raw = value.to_text().into_owned();
                Operand::Literal { value, raw }
            }
            _ => operand,
        }
    }

    /// The keys of a hashtable; `entry` reads what stands behind each and says whether it could.
    fn entries(
        &mut self,
        context: Context,
        mut entry: impl FnMut(&mut Self, Token, &str, Context) -> bool,
    ) -> Vec<String> {
        let inner = Context {
            shell: true,
            newline: true,
            ..context.bracket(true)
        };
        let mut keys: Vec<String> = Vec::new();
        while !self.stopped {
            let (trivia, key) = self.ahead();
            self.copy_trivia(trivia);
            let text = self.slice(key);
            let name = match key.kind {
                Kind::End => break,
                Kind::Symbol if text == "}" => break,
                Kind::Symbol if matches!(text, ";" | ",") => {
                    self.replace_to(key.end, " ");
                    continue;
                }
                Kind::Word | Kind::Number => text.to_owned(),
                Kind::Quoted | Kind::Char if key.closed => scan::unquote(text),
                Kind::Text => scan::rhai_text(text).unwrap_or_default(),
                _ => {
                    self.bad_key(key);
                    break;
                }
            };
            if keys.iter().any(|own| own.eq_ignore_ascii_case(&name)) {
                let error =
                    Diagnostic::usage("DuplicateKey", format!("the key {name} is there twice"));
                self.error(error.at(key.start..key.end).hint("delete one of the two"));
            }
            if !entry(self, key, &name, inner) {
                break;
            }
            keys.push(name);
        }
        keys
    }

    /// Reads `= value` behind a key; the sign becomes `sign`, and `read` is told whether a block stands there.
    fn value_of(&mut self, sign: &'static str, read: impl FnOnce(&mut Self, bool)) -> bool {
        let (trivia, equals) = self.ahead();
        if self.slice(equals) != "=" {
            if equals.kind != Kind::End {
                self.bad_key(equals);
            }
            return false;
        }
        self.copy_trivia(trivia);
        self.replace_to(equals.end, sign);
        let (trivia, value) = self.ahead();
        self.copy_trivia(trivia);
        let before = self.position;
        read(self, self.slice(value) == "{");
        if self.position == before && value.kind != Kind::End {
            self.bad_key(value);
            return false;
        }
        true
    }

    fn bad_key(&mut self, token: Token) {
        let error = Diagnostic::usage(
            "UnexpectedToken",
            format!("'{}' can't stand here in a hashtable", self.slice(token)),
        );
        self.error(
            error
                .at(token.start..token.end)
                .hint("write @{ Name = 'value'; Other = 1 }"),
        );
        self.stop();
    }

    /// A script block inside data: a closure of Rhai's.
    pub fn block_value(&mut self, context: Context) {
        let block = context.block + 1;
        self.write(format!("|_ps_it{block}|"));
        self.block(
            Context {
                block,
                shell: true,
                caught: 0,
                ..context
            },
            &[],
        );
    }
}

#[cfg(test)]
mod tests;
