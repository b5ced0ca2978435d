//! Statements: declarations, functions, control flow; where a `;` is put, and whose value nobody takes.

use super::FunctionSignature;
use super::highlight::HighlightKind;
use super::lower::{Context, Lowerer};
use super::predicate::Shape;
use super::scan::{Kind, Token};
use super::syntax::runtime;
use crate::diagnostic::{Diagnostic, Span};

/// What a statement leaves behind.
#[derive(Default)]
pub(super) struct Statement {
    /// Rhai wants a `;` before the next statement.
    pub open: bool,
    /// Ends with a command, which any newline ends.
    pub command: bool,
    /// The pipelines whose value is the statement's value: nobody takes it unless the block does.
    pub tail: Vec<usize>,
    pub shape: Shape,
}

/// What the statements of a block leave behind.
#[derive(Default)]
pub(super) struct Body {
    pub tail: Vec<usize>,
    /// What the only statement is.
    pub shape: Shape,
}

/// Words that can't begin a statement, because they go on with the one before.
const CONTINUING: [&str; 5] = ["as", "in", "else", "catch", "until"];

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
                    continue;
                }
                (Kind::Symbol, "#")
                    if self.source[token.end..].starts_with(char::is_whitespace) =>
                {
                    let end = super::scan::line_end(self.source, token.start);
                    let error = Diagnostic::usage("NotRhai", "comments begin with // here");
                    self.error(error.at(token.start..end).hint("write // instead of #"));
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
            let before = self.position;
            let statement = self.statement(context, comments);
            if self.position == before {
                self.copy_token(token);
                continue;
            }
            count += 1;
            self.end_statement(&statement);
            body.tail = statement.tail;
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
    }

    /// Whether a token behind an operand and a newline begins a statement: Rhai can't go on with it.
    pub fn begins_statement(&self, token: Token) -> bool {
        let text = self.slice(token);
        match token.kind {
            Kind::Word => !CONTINUING.contains(&text),
            Kind::Symbol => matches!(text, "$" | "$(" | "@(" | "@{"),
            Kind::End => false,
            _ => true,
        }
    }

    pub fn discard(&mut self, pipelines: &[usize]) {
        for index in pipelines {
            if let Some(pipeline) = self.pipelines.get_mut(*index) {
                pipeline.discard = true;
            }
        }
    }

    pub fn statement(&mut self, context: Context, comments: &str) -> Statement {
        let (_, token) = self.ahead();
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
        let expression = self.expression(context);
        let tail = match expression.shape {
            Shape::Command(index) if !expression.assigned => vec![index],
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
        }
    }

    fn keyword(&mut self, token: Token, context: Context, comments: &str) -> Option<Statement> {
        let open = Statement {
            open: true,
            ..Statement::default()
        };
        match self.slice(token) {
            "let" | "const" => Some(self.declaration(token, context, comments)),
            "fn" => {
                self.function(comments);
                Some(Statement::default())
            }
            "private" => {
                self.copy_keyword(token);
                let (trivia, next) = self.ahead();
                if self.slice(next) == "fn" {
                    self.copy_trivia(trivia);
                    self.function(comments);
                }
                Some(Statement::default())
            }
            "return" | "throw" | "break" => {
                self.copy_keyword(token);
                let (trivia, next) = self.ahead();
                let ends = match next.kind {
                    Kind::End => true,
                    Kind::Symbol => matches!(self.slice(next), ";" | "}" | ")" | "]" | ","),
                    Kind::Word => trivia.newline && is_statement_word(self.slice(next)),
                    _ => false,
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
            "import" | "export" => {
                self.copy_keyword(token);
                let (_, path) = self.ahead();
                if self.slice(token) == "import" && path.kind == Kind::Text {
                    let name = self.slice(path).trim_matches(['"', '\'', '`']).to_owned();
                    self.imports.push((name, Span::new(path.start, path.end)));
                }
                self.expression(context);
                let (trivia, next) = self.ahead();
                if self.slice(next) == "as" {
                    self.copy_trivia(trivia);
                    self.copy_keyword(next);
                    let (trivia, name) = self.ahead();
                    if name.kind == Kind::Word {
                        self.copy_trivia(trivia);
                        self.copy_token(name);
                        let name = self.slice(name);
                        self.scope.declare(name);
                    }
                }
                Some(open)
            }
            "transaction"
                if !self.scope.has("transaction")
                    && !self.is_declared("transaction")
                    && (self.around.is_command)("Invoke-Transaction") =>
            {
                let after = super::scan::trivia(self.source, token.end);
                if !self.source[after.end..].starts_with('{') {
                    return None;
                }
                let index = self.transaction(token, context);
                Some(Statement {
                    command: true,
                    tail: vec![index],
                    ..open
                })
            }
            "if" | "while" | "for" | "loop" | "do" | "switch" | "try" => {
                Some(self.control(token, context))
            }
            "function" => {
                let after = super::scan::trivia(self.source, token.end);
                let name = super::scan::token(self.source, after.end);
                if name.kind == Kind::Word && after.end > token.end && !after.newline {
                    let error = Diagnostic::usage("NotRhai", "functions begin with fn here");
                    self.error(error.at(token.start..token.end).hint(
                        "write fn Verb_Noun(first, second) { … }; it can be called as Verb-Noun",
                    ));
                }
                None
            }
            _ => None,
        }
    }

    pub fn copy_keyword(&mut self, token: Token) {
        self.mark(token.start, token.end, HighlightKind::Keyword);
        self.copy_to(token.end);
    }

    fn declaration(&mut self, token: Token, context: Context, comments: &str) -> Statement {
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
            name = super::scan::token(self.source, self.position);
        }
        if name.kind != Kind::Word {
            if name.kind == Kind::End {
                self.goes_on(token);
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
                self.goes_on(equals);
            }
            statement.command = self.expression(context).command;
            self.note_parameter(equals.end, context, comments);
        }
        let name = self.slice(name);
        self.scope.declare(name);
        statement
    }

    /// The text ends behind something that wants more.
    pub fn goes_on(&mut self, token: Token) {
        let what = self.slice(token).to_owned();
        self.incomplete(
            "Incomplete",
            &format!("something is missing after '{what}'"),
            Span::new(token.start, token.end),
            "type the rest of the statement",
        );
    }

    fn function(&mut self, comments: &str) {
        let (_, keyword) = self.ahead();
        self.copy_keyword(keyword);
        let mut name = None;
        // The name, which may stand behind the type of its `this`: `fn int.double()`.
        loop {
            let (trivia, token) = self.ahead();
            match token.kind {
                Kind::Word => name = Some(token),
                Kind::Text => {}
                Kind::Symbol if self.slice(token) == "." => name = None,
                Kind::End => return self.goes_on(keyword),
                _ => break,
            }
            self.copy_trivia(trivia);
            self.copy_token(token);
        }
        let (trivia, open) = self.ahead();
        if self.slice(open) != "(" {
            return;
        }
        self.copy_trivia(trivia);
        self.copy_to(open.end);
        let mut parameters = Vec::new();
        loop {
            let (trivia, token) = self.ahead();
            match token.kind {
                Kind::Word => parameters.push(self.slice(token).to_owned()),
                Kind::Symbol if self.slice(token) == "," => {}
                Kind::Symbol if self.slice(token) == "$" => {
                    self.copy_trivia(trivia);
                    self.position = token.end;
                    continue;
                }
                _ => break,
            }
            self.copy_trivia(trivia);
            self.copy_token(token);
        }
        self.close(Span::new(open.start, open.end), ")");
        if let Some(name) = name {
            let text = self.slice(name).to_owned();
            self.mark(name.start, name.end, HighlightKind::Function);
            self.signatures.push(FunctionSignature {
                name: text,
                parameters: parameters.clone(),
                doc: documentation(comments),
                span: Span::new(name.start, name.end),
            });
        }
        let (trivia, brace) = self.ahead();
        if self.slice(brace) != "{" {
            if brace.kind == Kind::End {
                self.goes_on(keyword);
            }
            return;
        }
        self.copy_trivia(trivia);
        self.scope.enter_function();
        for parameter in &parameters {
            self.scope.declare(parameter);
        }
        self.nested(|this| {
            this.copy_to(brace.end);
            this.open_hoist();
            this.statements(Context::SCRIPT, Some("}"));
            this.close_hoist();
            this.close(Span::new(brace.start, brace.end), "}");
        });
        if !self.at_end() || self.errors.iter().all(|error| !error.incomplete) {
            self.scope.leave_function();
        }
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

    /// The body of a header; its absence at the end of the text means that more will come.
    fn body(&mut self, keyword: Token, context: Context, names: &[String]) -> Body {
        if self.ahead().1.kind == Kind::End {
            self.goes_on(keyword);
            return Body::default();
        }
        self.block(context, names)
    }

    pub fn control(&mut self, token: Token, context: Context) -> Statement {
        let header = Context {
            header: true,
            newline: false,
            list: true,
            direct: false,
            ..context
        };
        let mut statement = Statement::default();
        match self.slice(token) {
            "if" => {
                let mut keyword = token;
                loop {
                    self.copy_keyword(keyword);
                    self.condition(header);
                    let body = self.body(keyword, context, &[]);
                    statement.tail.extend(body.tail);
                    let (trivia, next) = self.ahead();
                    if self.slice(next) == "elseif" {
                        let error = Diagnostic::usage("NotRhai", "elseif is two words here");
                        self.error(error.at(next.start..next.end).hint("write else if"));
                    }
                    if self.slice(next) != "else" {
                        break;
                    }
                    self.copy_trivia(trivia);
                    self.copy_keyword(next);
                    let (trivia, after) = self.ahead();
                    if self.slice(after) == "if" {
                        self.copy_trivia(trivia);
                        keyword = after;
                        continue;
                    }
                    let body = self.body(next, context, &[]);
                    statement.tail.extend(body.tail);
                    break;
                }
            }
            "while" => {
                self.copy_keyword(token);
                self.condition(header);
                let body = self.body(token, context, &[]);
                self.discard(&body.tail);
            }
            "loop" => {
                self.copy_keyword(token);
                let body = self.body(token, context, &[]);
                self.discard(&body.tail);
            }
            "for" => self.for_loop(token, context, header),
            "do" => {
                self.copy_keyword(token);
                let body = self.body(token, context, &[]);
                self.discard(&body.tail);
                let (trivia, next) = self.ahead();
                if matches!(self.slice(next), "while" | "until") {
                    self.copy_trivia(trivia);
                    self.copy_keyword(next);
                    statement.command = self.condition(Context {
                        header: false,
                        newline: context.newline,
                        ..header
                    });
                } else if next.kind == Kind::End {
                    self.goes_on(token);
                }
                statement.open = true;
            }
            "switch" => statement.tail = self.switch(token, context, header),
            "try" => {
                self.copy_keyword(token);
                // Rhai's `try` has no value, so nobody takes what its blocks yield.
                let body = self.body(token, context, &[]);
                self.discard(&body.tail);
                let (trivia, next) = self.ahead();
                if self.slice(next) == "catch" {
                    self.copy_trivia(trivia);
                    self.copy_keyword(next);
                    let names = self.caught();
                    let body = self.body(next, context, &names);
                    self.discard(&body.tail);
                } else if next.kind == Kind::End {
                    self.goes_on(token);
                }
            }
            _ => {}
        }
        statement
    }

    /// `(error)` after `catch`.
    fn caught(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        let (trivia, open) = self.ahead();
        if self.slice(open) != "(" {
            return names;
        }
        self.copy_trivia(trivia);
        self.copy_to(open.end);
        let (trivia, name) = self.ahead();
        if name.kind == Kind::Word {
            self.copy_trivia(trivia);
            self.copy_token(name);
            names.push(self.slice(name).to_owned());
        }
        self.close(Span::new(open.start, open.end), ")");
        names
    }

    fn for_loop(&mut self, token: Token, context: Context, header: Context) {
        self.copy_keyword(token);
        let mut names = Vec::new();
        loop {
            let (trivia, part) = self.ahead();
            let text = self.slice(part);
            self.copy_trivia(trivia);
            match (part.kind, text) {
                (Kind::Word, "in") => {
                    self.copy_keyword(part);
                    break;
                }
                (Kind::Word, name) => {
                    names.push(name.to_owned());
                    self.mark(part.start, part.end, HighlightKind::Variable);
                    self.copy_token(part);
                }
                (Kind::Symbol, "(" | ")" | ",") => self.copy_to(part.end),
                (Kind::Symbol, "$") => self.position = part.end,
                (Kind::End, _) => return self.goes_on(token),
                _ => return,
            }
        }
        self.expression(header);
        let body = self.body(token, context, &names);
        self.discard(&body.tail);
    }

    /// A condition; a command, and inside script blocks anything, is asked for its truth.
    /// Returns whether it ends with a command.
    fn condition(&mut self, context: Context) -> bool {
        let expression = self.expression(context);
        let wrap = match expression.shape {
            Shape::Command(index) => {
                if let Some(pipeline) = self.pipelines.get_mut(index) {
                    pipeline.condition = true;
                }
                true
            }
            Shape::Truth | Shape::Test(_) => !expression.boolean,
            _ => context.shell && !expression.boolean,
        };
        if wrap && self.out.len() > expression.start && !expression.assigned {
            let at = match &self.out[expression.start] {
                super::emit::Piece::Copy { start, .. } => *start,
                super::emit::Piece::Text { at, .. } => *at,
            };
            let open = super::emit::Piece::text(format!("{}(", runtime::TRUTHY), at);
            self.out.insert(expression.start, open);
            self.write(")");
        }
        expression.command
    }

    fn switch(&mut self, token: Token, context: Context, header: Context) -> Vec<usize> {
        self.copy_keyword(token);
        self.expression(header);
        let mut tail = Vec::new();
        let (trivia, brace) = self.ahead();
        if self.slice(brace) != "{" {
            if brace.kind == Kind::End {
                self.goes_on(token);
            }
            return tail;
        }
        self.copy_trivia(trivia);
        self.nested(|this| {
            this.copy_to(brace.end);
            let arms = context.bracket(false);
            while !this.stopped {
                let (trivia, part) = this.ahead();
                this.copy_trivia(trivia);
                let before = this.position;
                match (part.kind, this.slice(part)) {
                    (Kind::End, _) | (Kind::Symbol, "}") => break,
                    (Kind::Symbol, "," | "|") => this.copy_to(part.end),
                    (Kind::Word, "if") => {
                        this.copy_keyword(part);
                        this.expression(arms);
                    }
                    (Kind::Symbol, "=>") => {
                        this.copy_to(part.end);
                        let (trivia, _) = this.ahead();
                        this.copy_trivia(trivia);
                        let arm = this.statement(arms, "");
                        tail.extend(arm.tail);
                        let (_, next) = this.ahead();
                        if arm.command && !matches!(this.slice(next), "," | "}" | "") {
                            this.write(",");
                        }
                    }
                    _ => {
                        this.expression(arms);
                    }
                }
                if this.position == before && !this.stopped {
                    this.copy_token(part);
                }
            }
            this.close(Span::new(brace.start, brace.end), "}");
        });
        tail
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

/// The doc comments among a stretch of comments, without their marks.
fn documentation(comments: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = comments;
    while let Some(i) = rest.find('/') {
        rest = &rest[i..];
        if rest.starts_with("/*") {
            let (end, _) = super::scan::comment_end(rest, 0);
            let comment = &rest[..end];
            if let Some(doc) = comment
                .strip_prefix("/**")
                .filter(|doc| !doc.starts_with('*'))
            {
                let doc = doc.strip_suffix("*/").unwrap_or(doc);
                lines.extend(doc.trim().lines().map(|line| {
                    let line = line.trim();
                    line.strip_prefix('*').unwrap_or(line).trim().to_owned()
                }));
            }
            rest = &rest[end..];
        } else {
            let end = super::scan::line_end(rest, 0);
            let comment = &rest[..end];
            match comment
                .strip_prefix("///")
                .filter(|doc| !doc.starts_with('/'))
            {
                Some(doc) => lines.push(doc.strip_prefix(' ').unwrap_or(doc).trim_end().to_owned()),
                None if comment.starts_with("//") => {}
                None => break,
            }
            rest = &rest[end..];
        }
    }
    lines.join("\n")
}
