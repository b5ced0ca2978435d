//! Control flow: conditions, loops, switch, try, and what of their bodies is the statement's value.

use super::annotations::HighlightKind;
use super::lower::{Context, Lowerer, Tail};
use super::predicate::Shape;
use super::scan::{self, Kind, Token};
use super::statement::{Body, Statement};
use super::syntax::runtime;
use crate::diagnostic::Span;

impl Lowerer<'_> {
    /// The body of a header; its absence at the end of the text means that more will come.
    fn body(&mut self, keyword: Token, context: Context, names: &[String]) -> Body {
        if self.ahead().1.kind == Kind::End {
            self.count_and_check_interrupt(keyword);
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
        let word = self.slice(token).to_ascii_lowercase();
        match word.as_str() {
            "if" => self.branches(token, context, header),
            "for" if self.is_counted(token) => self.counted_loop(token, context, header),
            "for" | "foreach" => self.for_loop(token, context, header),
            "switch" if self.mixed && self.is_powershell_switch(token) => {
                self.powershell_switch(token, context, header)
            }
            "do" => self.do_loop(token, context, header),
            "switch" => Statement {
                tail: self.switch(token, context, header),
                ..Statement::default()
            },
            "try" => self.attempt(token, context),
            word => {
                let condition = word == "while";
                self.copy_keyword(token);
                if condition {
                    self.condition(header);
                }
                let body = self.body(token, context, &[]);
                self.discard(&body.tail);
                Statement::default()
            }
        }
    }

    /// `if` with all its `else`.
    fn branches(&mut self, token: Token, context: Context, header: Context) -> Statement {
        let mut statement = Statement::default();
        let mut keyword = token;
        loop {
            self.copy_keyword(keyword);
            self.condition(header);
            let body = self.body(keyword, context, &[]);
            statement.tail.extend(body.tail);
            let (trivia, next) = self.ahead();
            if self.is_word(next, "elseif") {
                self.copy_trivia(trivia);
                keyword = next;
                continue;
            }
            if !self.is_word(next, "else") {
                break;
            }
            self.copy_trivia(trivia);
            self.copy_keyword(next);
            let (trivia, after) = self.ahead();
            if self.is_word(after, "if") {
                self.copy_trivia(trivia);
                keyword = after;
                continue;
            }
            let body = self.body(next, context, &[]);
            statement.tail.extend(body.tail);
            break;
        }
        statement
    }

    fn do_loop(&mut self, token: Token, context: Context, header: Context) -> Statement {
        self.copy_keyword(token);
        let body = self.body(token, context, &[]);
        self.discard(&body.tail);
        let (trivia, next) = self.ahead();
        let mut command = false;
        if matches!(self.slice(next), "while" | "until") {
            self.copy_trivia(trivia);
            self.copy_keyword(next);
            command = self.condition(Context {
                header: false,
                newline: context.newline,
                list: context.list,
                ..header
            });
        } else if next.kind == Kind::End {
            self.count_and_check_interrupt(token);
        }
        Statement {
            open: true,
            command,
            ..Statement::default()
        }
    }

    /// `try` and `catch`. Rhai's `try` has no value, so nobody takes what its blocks yield.
    fn attempt(&mut self, token: Token, context: Context) -> Statement {
        self.copy_keyword(token);
        let body = self.body(token, context, &[]);
        self.discard(&body.tail);
        let (trivia, next) = self.ahead();
        if self.is_word(next, "catch") {
            self.copy_trivia(trivia);
            self.copy_keyword(next);
            let names = self.caught();
            let context = match names.is_empty() && self.mixed {
                true => self.unnamed_catch(context),
                false => context,
            };
            let body = self.body(next, context, &names);
            self.discard(&body.tail);
        } else if next.kind == Kind::End {
            self.count_and_check_interrupt(token);
        }
        Statement::default()
    }

    /// `catch { … }`, and `catch [Type] { … }`: the error is `$_` in it.
    fn unnamed_catch(&mut self, context: Context) -> Context {
        let caught = context.caught + 1;
        self.write(format!(" (_ps_caught{caught})"));
        Context { caught, ..context }
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

    /// The parentheses of PowerShell may stay: `for ($user in Get-User) { … }`.
    fn for_loop(&mut self, token: Token, context: Context, header: Context) -> Statement {
        self.copy_keyword(token);
        let mut names = Vec::new();
        let mut bracket: Option<Token> = None;
        loop {
            let (trivia, part) = self.ahead();
            let text = self.slice(part);
            self.copy_trivia(trivia);
            match (part.kind, text) {
                (Kind::Word, word) if word.eq_ignore_ascii_case("in") && !names.is_empty() => {
                    self.copy_keyword(part);
                    break;
                }
                (Kind::Word, name) => {
                    names.push(name.to_owned());
                    self.mark(part.start, part.end, HighlightKind::Variable);
                    self.copy_token(part);
                }
                (Kind::Symbol, "(") if self.is_around_header(part) => {
                    bracket = Some(part);
                    self.leave_out(part);
                }
                (Kind::Symbol, "(" | ")" | ",") => self.copy_to(part.end),
                (Kind::Symbol, "$") => {
                    self.position = part.end;
                    let (_, name) = self.ahead();
                    let name = self.slice(name).to_owned();
                    self.scope.with_dollar(&name);
                }
                (Kind::End, _) => {
                    self.count_and_check_interrupt(token);
                    return Statement::default();
                }
                _ => return Statement::default(),
            }
        }
        match bracket {
            Some(open) => {
                self.expression(header.bracket(true));
                let (trivia, close) = self.ahead();
                self.copy_trivia(trivia);
                if self.slice(close) == ")" {
                    self.leave_out(close);
                } else {
                    self.close(Span::new(open.start, open.end), ")");
                }
            }
            None => {
                self.expression(header);
            }
        }
        let body = self.body(token, context, &names);
        self.discard(&body.tail);
        Statement::default()
    }

    /// Whether a bracket holds the whole header of a loop, and not `(item, index)`.
    fn is_around_header(&self, open: Token) -> bool {
        let mut end = open.end;
        loop {
            let trivia = scan::trivia(self.source, end);
            let token = scan::token(self.source, trivia.end);
            end = token.end;
            match (token.kind, self.slice(token)) {
                (Kind::Word, word) if word.eq_ignore_ascii_case("in") => return true,
                (Kind::Word, _) | (Kind::Symbol, "$" | ",") => {}
                _ => return false,
            }
        }
    }

    /// A blank in the place of a token.
    fn leave_out(&mut self, token: Token) {
        self.write(" ");
        self.position = token.end;
    }

    /// A condition; a command, and inside script blocks anything, is asked for its truth.
    /// Returns whether it ends with a command.
    pub fn condition(&mut self, context: Context) -> bool {
        let context = Context {
            dollar: self.takes_dollar(self.position),
            ..context
        };
        let expression = self.expression(context);
        let wrap = match expression.shape {
            Shape::Command(index) => {
                if let Some(pipeline) = self.pipelines.get_mut(index) {
                    pipeline.condition = true;
                }
                true
            }
            Shape::Truth | Shape::Test(_) => !expression.boolean,
            _ => (context.shell || context.dollar) && !expression.boolean,
        };
        if wrap && self.out.len() > expression.start && !expression.assigned {
            let at = match &self.out[expression.start] {
                super::emit::Piece::Copy { start, .. } => *start,
                super::emit::Piece::Text { at, .. } | super::emit::Piece::Shown { at, .. } => *at,
            };
            let open = super::emit::Piece::text(format!("{}(", runtime::TRUTHY), at);
            self.out.insert(expression.start, open);
            self.write(")");
        }
        expression.command
    }

    fn switch(&mut self, token: Token, context: Context, header: Context) -> Vec<Tail> {
        self.copy_keyword(token);
        self.expression(header);
        let mut tail = Vec::new();
        let (trivia, brace) = self.ahead();
        if self.slice(brace) != "{" {
            if brace.kind == Kind::End {
                self.count_and_check_interrupt(token);
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

#[cfg(test)]
mod tests {
    use crate::lang::testing::{becomes, refused};

    #[test]
    fn l14_headers_and_l15_conditions() {
        becomes(&[
            (
                "if Get-User x* { 1 } else { 2 }",
                "if _ps_b(__ps _ps_it1(0)){ 1 } else { 2 }",
                &["Get-User <x*> [condition]"],
            ),
            (
                "if (Get-User x) { Get-User y }",
                "if _ps_b((__ps _ps_it1(0))) { __ps _ps_it1(1)}",
                &["Get-User <x> [condition]", "Get-User <y>"],
            ),
            (
                "if !(Get-User x) { Get-User y }\nGet-User z",
                "if !_ps_b((__ps _ps_it1(0))) { __ps _ps_it1(1)}\n__ps _ps_it1(2)",
                &[
                    "Get-User <x> [condition]",
                    "Get-User <y> [discard]",
                    "Get-User <z>",
                ],
            ),
            (
                "for u in Get-User | Where-Object { $_.Enabled } { print(u) }",
                "for u in ({let _ps_it1=();__ps _ps_it1(0,( _ps_it1.Enabled ))}){ print(u) }",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "while Get-User a { Get-User b }",
                "while _ps_b(__ps _ps_it1(0)){ __ps _ps_it1(1)}",
                &["Get-User <a> [condition]", "Get-User <b> [discard]"],
            ),
        ]);
        refused(&[("if u", "Incomplete", "if", true)]);
    }

    #[test]
    fn a_loop_may_keep_the_parentheses_of_powershell() {
        becomes(&[
            (
                "for ($u in Get-User x*) { Get-User $u }",
                "for  u in __ps _ps_it1(0)  { __ps _ps_it1(1,u)}",
                &["Get-User <x*>", "Get-User $0 [discard]"],
            ),
            (
                "for (u, i) in [1, 2] { i }",
                "for (u, i) in [1, 2] { i }",
                &[],
            ),
            ("for (u in xs) { u }", "for  u in xs  { u }", &[]),
        ]);
        refused(&[
            ("for (u in xs", "UnclosedBracket", "(", true),
            (
                "foreach ($u in $us) { $u }",
                "UndefinedVariable",
                "$us",
                false,
            ),
        ]);
    }
}
