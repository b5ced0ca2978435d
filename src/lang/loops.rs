//! PowerShell's `for (;;)` and `switch`, written as loops of Rhai's.

use super::lower::{Context, Lowerer};
use super::scan::{self, Kind, Token};
use super::statement::Statement;
use super::syntax::runtime;
use crate::diagnostic::{Diagnostic, Span};

impl Lowerer<'_> {
    /// Whether `( … ; … ; … )` stands behind a `for`.
    pub fn is_counted(&self, keyword: Token) -> bool {
        let open = scan::token(self.source, scan::trivia(self.source, keyword.end).end);
        if !self.mixed || self.slice(open) != "(" {
            return false;
        }
        let (mut at, mut depth) = (open.end, 0_usize);
        loop {
            let token = scan::token(self.source, scan::trivia(self.source, at).end);
            at = token.end;
            match (token.kind, self.slice(token)) {
                (Kind::End, _) => return false,
                (Kind::Symbol, ";") if depth == 0 => return true,
                (Kind::Symbol, text) if text.ends_with(['(', '[', '{']) => depth += 1,
                (Kind::Symbol, ")" | "]" | "}") => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return false,
                },
                _ => {}
            }
        }
    }

    /// `for ($i = 0; $i -lt 5; $i++) { … }`: the step comes before every round but the first, so that `continue` doesn't
    /// pass it over.
    pub fn counted_loop(&mut self, token: Token, context: Context, header: Context) -> Statement {
        let first = format!("_ps_first{}", token.start);
        self.skip_to(token.end);
        let (trivia, open) = self.ahead();
        self.copy_trivia(trivia);
        self.skip_to(open.end);
        let inside = |this: &Self| Context {
            dollar: this.takes_dollar(this.position),
            header: false,
            newline: false,
            direct: context.direct,
            ..header
        };
        if self.slice(self.ahead().1) != ";" {
            let inner = inside(self);
            self.expression(inner);
        }
        self.semicolon(format!(";let {first}=true;while ({{"));
        // The condition is written behind the step.
        let place = self.out.len();
        if self.slice(self.ahead().1) == ";" {
            self.write("true");
        } else {
            let inner = inside(self);
            self.condition(inner);
        }
        let condition = self.out.split_off(place);
        self.semicolon(format!("if {first} {{{first}=false;}} else {{"));
        if self.slice(self.ahead().1) != ")" {
            let inner = inside(self);
            self.expression(inner);
        }
        self.write(";}");
        self.out.extend(condition);
        let (trivia, close) = self.ahead();
        self.copy_trivia(trivia);
        if self.slice(close) == ")" {
            self.replace_to(close.end, "})");
        } else {
            self.close(Span::new(open.start, open.end), ")");
        }
        let body = self.block(context, &[]);
        self.discard(&body.tail);
        Statement::default()
    }

    fn semicolon(&mut self, text: String) {
        let (trivia, token) = self.ahead();
        self.copy_trivia(trivia);
        if self.slice(token) == ";" {
            self.replace_to(token.end, text);
        } else {
            let error = Diagnostic::usage("SyntaxError", "';' is missing here");
            self.error(
                error
                    .at(token.start..token.start)
                    .hint("write for ($i = 0; $i -lt 10; $i++) { … }"),
            );
            self.stop();
        }
    }

    /// Whether the clauses of a `switch` have blocks behind their values instead of `=>`.
    pub fn is_powershell_switch(&self, keyword: Token) -> bool {
        let source = self.source;
        let mut at = keyword.end;
        loop {
            let token = scan::token(source, scan::trivia(source, at).end);
            match (token.kind, self.slice(token)) {
                (Kind::End, _) => return false,
                (Kind::Symbol, "(") => {
                    let Some(close) = scan::matching_bracket(source, token.start) else {
                        return false;
                    };
                    at = close + 1;
                }
                (Kind::Symbol, "{") => {
                    let Some(close) = scan::matching_bracket(source, token.start) else {
                        return false;
                    };
                    let arms = &source[token.end..close];
                    let value = scan::token(source, scan::trivia(source, token.end).end);
                    let behind = scan::token(source, scan::trivia(source, value.end).end);
                    return self.slice(behind) == "{"
                        || self.slice(value) == "{"
                        || self.slice(value) == "$_"
                        || (!arms.contains("=>") && !arms.trim().is_empty());
                }
                _ => at = token.end,
            }
        }
    }

    /// `switch ($x) { 'a' { … } default { … } }`: every clause that fits runs, `break` ends it.
    pub fn powershell_switch(
        &mut self,
        token: Token,
        context: Context,
        header: Context,
    ) -> Statement {
        let depth = context.block + 1;
        let (item, hit) = (format!("_ps_it{depth}"), format!("_ps_hit{}", token.start));
        self.skip_to(token.end);
        let mut operator = "eq";
        loop {
            let (trivia, dash) = self.ahead();
            if self.slice(dash) != "-" {
                break;
            }
            let end = scan::word_end(self.source, dash.end);
            let option = &self.source[dash.end..end];
            match option.to_ascii_lowercase().as_str() {
                "wildcard" => operator = "like",
                "regex" => operator = "match",
                "exact" => {}
                "casesensitive" => operator = "ceq",
                _ => {
                    let error = Diagnostic::usage(
                        "BadParameter",
                        format!("switch has no option -{option} here"),
                    );
                    self.error(
                        error
                            .at(dash.start..end)
                            .hint("it has -Wildcard, -Regex, -Exact and -CaseSensitive"),
                    );
                }
            }
            self.copy_trivia(trivia);
            self.skip_to(end);
        }
        self.write(format!("for {item} in {}(", runtime::LIST));
        let (_, open) = self.ahead();
        let dollar = Context {
            dollar: true,
            ..header
        };
        if self.slice(open) == "(" {
            self.expression(Context {
                header: false,
                ..dollar
            });
        } else {
            self.expression(dollar);
        }
        let (trivia, brace) = self.ahead();
        self.copy_trivia(trivia);
        if self.slice(brace) != "{" {
            return Statement::default();
        }
        self.nested(|this| {
            this.replace_to(brace.end, format!(") {{let {hit}=false;"));
            let arms = Context {
                block: depth,
                shell: true,
                dollar: true,
                caught: 0,
                ..context.bracket(false)
            };
            let body = Context {
                block: depth,
                caught: 0,
                ..context
            };
            while !this.stopped {
                let (trivia, part) = this.ahead();
                this.copy_trivia(trivia);
                let before = this.position;
                match (part.kind, this.slice(part)) {
                    (Kind::End, _) | (Kind::Symbol, "}") => break,
                    (Kind::Symbol, ";") => {
                        this.skip_to(part.end);
                        continue;
                    }
                    (Kind::Word, word) if word.eq_ignore_ascii_case("default") => {
                        this.replace_to(part.end, format!("if !{hit} "));
                    }
                    (Kind::Symbol, "{") => {
                        // A block that is true for what it fits.
                        this.write(format!("if {}(", runtime::TRUTHY));
                        this.block(
                            Context {
                                shell: true,
                                ..body
                            },
                            &[],
                        );
                        this.write(") ");
                    }
                    (Kind::Word, word) => {
                        let text = super::emit::string_literal(word);
                        this.replace_to(
                            part.end,
                            format!("if {}(_ps_{operator}({item},{text})) ", runtime::TRUTHY),
                        );
                    }
                    _ => {
                        this.write(format!("if {}(_ps_{operator}({item},", runtime::TRUTHY));
                        this.expression(Context {
                            header: true,
                            ..arms
                        });
                        this.write(")) ");
                    }
                }
                let (trivia, open) = this.ahead();
                this.copy_trivia(trivia);
                if this.slice(open) != "{" {
                    if this.position == before {
                        this.copy_token(part);
                    }
                    let error = Diagnostic::usage("SyntaxError", "'{' is missing here");
                    let at = open.start;
                    this.error(
                        error
                            .at(at..at)
                            .hint("write switch ($x) { 'a' { … } default { … } }"),
                    );
                    this.stop();
                    break;
                }
                let opening = this.out.len();
                let inside = this.block(body, &[]);
                this.discard(&inside.tail);
                let found = this.out[opening..].iter().position(
                    |piece| matches!(piece, super::emit::Piece::Copy { start, .. } if *start == open.start),
                );
                if let Some(found) = found {
                    this.out.insert(
                        opening + found + 1,
                        super::emit::Piece::text(format!("{hit}=true;"), open.start),
                    );
                }
            }
            this.close(Span::new(brace.start, brace.end), "}");
        });
        Statement::default()
    }
}
