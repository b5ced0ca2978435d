//! Statements: declarations, functions, control flow; where a `;` is put, and whose value nobody takes.

use super::annotations::HighlightKind;
use super::emit::Piece;
use super::lower::{Context, Lowerer, Tail};
use super::predicate::Shape;
use super::scan::{self, Kind, Token};
use super::syntax::runtime;
use crate::diagnostic::{Diagnostic, Span};

/// What a statement leaves behind.
#[derive(Default)]
pub(super) struct Statement {
    /// Rhai wants a `;` before the next statement.
    pub open: bool,
    /// Ends with a command, which any newline ends.
    pub command: bool,
    /// What gives the statement its value: nobody takes it unless the block does.
    pub tail: Vec<Tail>,
    pub shape: Shape,
    /// It is an expression, which may stand in parentheses.
    pub expression: bool,
}

/// What the statements of a block leave behind.
#[derive(Default)]
pub(super) struct Body {
    pub tail: Vec<Tail>,
    /// What the only statement is.
    pub shape: Shape,
    /// The only statement is an expression and nothing ends it.
    pub expression: bool,
}

/// Words that can't begin a statement, because they go on with the one before.
pub(super) const CONTINUING: [&str; 5] = ["as", "in", "else", "catch", "until"];

impl Lowerer<'_> {
    /// Reads statements up to the closing bracket, which is left to the caller, or to the end of the text.
    pub fn statements(&mut self, context: Context, closer: Option<&str>) -> Body {
        let mark = self.scope.mark();
        let mut body = Body::default();
        let mut count = 0;
        while !self.stopped {
            let (trivia, token) = self.ahead();
            let comments = &self.source[self.position..trivia.end];
            self.copy_trivia(trivia);
            let text = self.slice(token);
            match (token.kind, text) {
                (Kind::End, _) => break,
                (Kind::Symbol, ";") => {
                    self.copy_to(token.end);
                    body.expression = false;
                    continue;
                }

                (Kind::Symbol, ".")
                    if self.source[token.end..].starts_with(char::is_whitespace) =>
                {
                    let end = scan::line_end(self.source, token.start);
                    let error = Diagnostic::usage("NotRhai", "scripts are imported here");
                    let cure =
                        "write import \"tools\" for tools.rhai beside the script or in its lib";
                    self.error(error.at(token.start..end).hint(cure));
                    self.position = end;
                    continue;
                }
                (Kind::Symbol, text) if Some(text) == closer => break,
                (Kind::Symbol, ")" | "]" | "}") => {
                    self.stray(token);
                    break;
                }
                _ => {}
            }
            self.discard(&std::mem::take(&mut body.tail));
            let (before, opening) = (self.position, self.out.len());
            let statement = self.statement(context, comments);
            if self.position == before {
                self.copy_token(token);
                continue;
            }
            count += 1;
            if self.notes.shows && closer.is_none() && statement.expression {
                self.show(opening, before, &statement);
            }
            self.end_statement(&statement);
            body.tail = statement.tail;
            body.expression = count == 1 && statement.expression;
            body.shape = if count == 1 {
                statement.shape
            } else {
                Shape::Other
            };
        }
        if !self.at_end() {
            self.scope.leave(mark);
        }
        body
    }

    /// Has a plain expression shown that began at a piece, and at a place of the text. The last one's value is the text's.
    fn show(&mut self, opening: usize, at: usize, statement: &Statement) {
        // Rhai takes a closure without a body, but not in parentheses.
        let bodiless = self.source[at..self.position].trim_end().ends_with('|');
        let unshown = statement
            .tail
            .iter()
            .all(|part| matches!(part, Tail::Value(_)));
        if unshown && self.ahead().1.kind != Kind::End && !bodiless {
            let call = format!("{}(", runtime::SHOW);
            self.out.insert(opening, Piece::text(call, at));
            self.write(")");
        }
    }

    fn stray(&mut self, token: Token) {
        let error = Diagnostic::usage(
            "UnexpectedToken",
            format!("this '{}' closes nothing", self.slice(token)),
        );
        self.error(error.at(token.start..token.end).hint("delete it"));
        self.stop();
    }

    /// Puts a `;` where a newline ends the statement: after a command always, after plain Rhai where Rhai would
    /// refuse what follows.
    fn end_statement(&mut self, statement: &Statement) {
        if !statement.open || self.stopped {
            return;
        }
        let (trivia, token) = self.ahead();
        let ends = match token.kind {
            Kind::End => false,
            Kind::Symbol if matches!(self.slice(token), ";" | ")" | "]" | "}") => false,
            _ => statement.command || self.begins_statement(token),
        };
        if trivia.newline && ends {
            self.write(";");
        }
        // Written out, what stands behind the statement could become a part of it: `a$b` isn't `ab`.
        let foreign = matches!(self.slice(token), "$" | "$(" | "@(" | "@{");
        if foreign && !trivia.newline {
            let error = Diagnostic::usage("SyntaxError", "';' is missing here");
            self.error(
                error
                    .at(token.start..token.start)
                    .hint("put an operator, a comma or a ; between the two"),
            );
        } else if token.kind == Kind::Word
            && trivia.end == self.position
            && matches!(
                self.out.last(),
                Some(Piece::Text { .. } | Piece::Shown { .. })
            )
        {
            self.write(" ");
        }
    }

    /// Whether a token behind an operand and a newline begins a statement: Rhai can't go on with it.
    pub fn begins_statement(&self, token: Token) -> bool {
        let text = self.slice(token);
        match token.kind {
            Kind::Word => !CONTINUING.contains(&text),
            Kind::Symbol => matches!(text, "$" | "$(" | "@(" | "@{" | "#{" | "("),
            Kind::End => false,
            _ => true,
        }
    }

    pub fn discard(&mut self, parts: &[Tail]) {
        for part in parts {
            match part {
                Tail::Pipeline(index) => {
                    if let Some(pipeline) = self.pipelines.get_mut(*index) {
                        pipeline.discard = true;
                    }
                }
                Tail::Value(id) => {
                    if let Some(shown) = self.shown.get_mut(*id) {
                        *shown = true;
                    }
                }
            }
        }
    }

    pub fn statement(&mut self, context: Context, comments: &str) -> Statement {
        let (_, token) = self.ahead();
        let context = Context {
            dollar: self.takes_dollar(token.start),
            ..context
        };
        let text = self.slice(token);
        if token.kind == Kind::Symbol && text == "{" {
            let body = self.block(context, &[]);
            return Statement {
                tail: body.tail,
                ..Statement::default()
            };
        }
        if token.kind == Kind::Word && self.command_at(self.position, false).is_none() {
            let keyword = self.keyword(token, context, comments);
            if let Some(statement) = keyword {
                return statement;
            }
        }
        let (at, opening, pipelines) = (token.start, self.out.len(), self.pipelines.len());
        if self.mixed {
            self.out.push(Piece::text("", at));
        }
        let expression = self.expression(context);
        let bare = matches!(token.kind, Kind::Text | Kind::Quoted | Kind::Char)
            && (matches!(expression.shape, Shape::Literal(_)) || self.has_method(token.end));
        let powershell =
            context.dollar || context.shell || bare || self.pipelines.len() > pipelines;
        let tail = match expression.shape {
            Shape::Command(index) if !expression.assigned => vec![Tail::Pipeline(index)],
            _ if self.mixed && powershell && !expression.assigned => {
                let id = self.shown.len();
                self.shown.push(false);
                if let Some(first) = self.out.get_mut(opening) {
                    *first = Piece::Shown { id, open: true, at };
                }
                let at = self.position;
                self.out.push(Piece::Shown {
                    id,
                    open: false,
                    at,
                });
                vec![Tail::Value(id)]
            }
            _ => Vec::new(),
        };
        let shape = if expression.assigned {
            Shape::Other
        } else {
            expression.shape
        };
        Statement {
            open: true,
            command: expression.command,
            tail,
            shape,
            expression: !expression.assigned,
        }
    }

    pub fn keyword(&mut self, token: Token, context: Context, comments: &str) -> Option<Statement> {
        let open = Statement {
            open: true,
            ..Statement::default()
        };
        let word = self.slice(token);
        let lower = word.to_ascii_lowercase();
        let shouted = self.mixed && matches!(lower.as_str(), "return" | "throw");
        match if shouted { lower.as_str() } else { word } {
            "let" | "const" => Some(self.declaration(token, context, comments)),
            "fn" => {
                self.function(comments, false);
                Some(Statement::default())
            }
            "private" => {
                self.copy_keyword(token);
                let (trivia, next) = self.ahead();
                if self.slice(next) == "fn" {
                    self.copy_trivia(trivia);
                    self.function(comments, true);
                }
                Some(Statement::default())
            }
            "return" | "throw" | "break" => {
                self.copy_keyword(token);
                let (trivia, next) = self.ahead();
                let ends = match next.kind {
                    Kind::End => true,
                    Kind::Symbol if matches!(self.slice(next), ";" | "}" | ")" | "]" | ",") => true,
                    Kind::Word => {
                        trivia.newline
                            && (is_statement_word(self.slice(next))
                                || self.command_at(next.start, false).is_some())
                    }
                    // A line's end ends it in PowerShell.
                    _ => trivia.newline && self.mixed && self.takes_dollar(next.start),
                };
                if ends {
                    return Some(open);
                }
                let value = self.expression(context);
                Some(Statement {
                    command: value.command,
                    ..open
                })
            }
            "continue" => {
                self.copy_keyword(token);
                Some(open)
            }
            "import" => {
                self.import(token, context);
                Some(open)
            }
            "export" => Some(self.export(token, context, comments)),
            "transaction"
                if !self.scope.has("transaction")
                    && !self.is_declared("transaction")
                    && (self.around.is_command)("Invoke-Transaction") =>
            {
                let after = scan::trivia(self.source, token.end);
                if !self.source[after.end..].starts_with('{') {
                    return None;
                }
                let index = self.transaction(token, context);
                Some(Statement {
                    command: true,
                    tail: vec![Tail::Pipeline(index)],
                    ..open
                })
            }
            "if" | "while" | "for" | "loop" | "do" | "switch" | "try" => {
                Some(self.control(token, context))
            }
            _ => self.foreign(token, context, comments),
        }
    }

    /// A word of PowerShell's that Rhai has another one for.
    pub fn not_rhai(&mut self, token: Token, message: &str, hint: &str) {
        let error = Diagnostic::usage("NotRhai", message);
        self.error(error.at(token.start..token.end).hint(hint));
    }

    pub fn copy_keyword(&mut self, token: Token) {
        self.mark(token.start, token.end, HighlightKind::Keyword);
        let lower = self.slice(token).to_ascii_lowercase();
        match lower.as_str() {
            "foreach" => self.replace_to(token.end, "for"),
            "elseif" => self.replace_to(token.end, "else if"),
            _ if lower != self.slice(token) => self.replace_to(token.end, lower),
            _ => self.copy_to(token.end),
        }
    }

    /// Whether a token is a word of the language, in any letter case.
    pub fn is_word(&self, token: Token, word: &str) -> bool {
        let text = self.slice(token);
        text == word || (self.mixed && text.eq_ignore_ascii_case(word))
    }

    pub fn declaration(&mut self, token: Token, context: Context, comments: &str) -> Statement {
        self.copy_keyword(token);
        let mut statement = Statement {
            open: true,
            ..Statement::default()
        };
        let (trivia, mut name) = self.ahead();
        // `let $x = …` is what a PowerShell hand writes.
        if self.slice(name) == "$" {
            self.copy_trivia(trivia);
            self.position = name.end;
            name = scan::token(self.source, self.position);
        }
        if name.kind != Kind::Word {
            if name.kind == Kind::End {
                self.count_and_check_interrupt(token);
            }
            return statement;
        }
        let (trivia, _) = self.ahead();
        self.copy_trivia(trivia);
        self.mark(name.start, name.end, HighlightKind::Variable);
        self.copy_token(name);
        let (trivia, equals) = self.ahead();
        if self.slice(equals) == "=" {
            self.copy_trivia(trivia);
            self.copy_to(equals.end);
            if self.ahead().1.kind == Kind::End {
                self.count_and_check_interrupt(equals);
            }
            statement.command = self.expression(context).command;
            self.note_parameter(equals.end, context, comments);
        }
        let name = self.slice(name);
        self.scope.declare(name);
        statement
    }

    /// The text ends behind something that wants more.
    pub fn count_and_check_interrupt(&mut self, token: Token) {
        let what = self.slice(token).to_owned();
        self.incomplete(
            "Incomplete",
            &format!("something is missing after '{what}'"),
            Span::new(token.start, token.end),
            "type the rest of the statement",
        );
    }

    /// `{ … }`, with the names that are known only in it.
    pub fn block(&mut self, context: Context, names: &[String]) -> Body {
        let (trivia, brace) = self.ahead();
        if self.slice(brace) != "{" {
            return Body::default();
        }
        self.copy_trivia(trivia);
        let mark = self.scope.mark();
        for name in names {
            self.scope.declare(name);
        }
        let body = self.nested(|this| {
            this.copy_to(brace.end);
            let body = this.statements(context.body(), Some("}"));
            this.close(Span::new(brace.start, brace.end), "}");
            body
        });
        if !self.at_end() {
            self.scope.leave(mark);
        }
        body
    }
}

/// Words that begin a statement and can't be the value of `return` or `break`.
fn is_statement_word(word: &str) -> bool {
    matches!(
        word,
        "let"
            | "const"
            | "fn"
            | "private"
            | "import"
            | "export"
            | "return"
            | "throw"
            | "break"
            | "continue"
            | "try"
    )
}

#[cfg(test)]
mod tests;
