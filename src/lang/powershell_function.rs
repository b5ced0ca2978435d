//! `function Verb-Noun { param(…) … }` and a script's own `param(…)`, written as Rhai's functions and parameters.

use super::annotations::HighlightKind;
use super::emit::{Piece, string_literal};
use super::function::documentation;
use super::lower::{Context, Lowerer};
use super::scan::variable_name;
use super::scan::{self, Kind, Token};
use super::syntax::{FunctionSignature, ParameterSignature, runtime};
use crate::diagnostic::{Diagnostic, Span};

/// One parameter as it is declared.
struct Declared {
    name: String,
    at: usize,
    /// Its type in lower case, where one is written.
    kind: Option<String>,
    mandatory: bool,
    /// The default: what was written for it, and its own text.
    default: Option<(Vec<Piece>, String)>,
}

impl Declared {
    fn is_switch(&self) -> bool {
        matches!(self.kind.as_deref(), Some("switch" | "bool" | "boolean"))
    }
}

impl Lowerer<'_> {
    /// Whether `function` is followed by a name on its line.
    pub fn is_function(&self, token: Token) -> bool {
        let after = scan::trivia(self.source, token.end);
        let name = scan::token(self.source, after.end);
        name.kind == Kind::Word && after.end > token.end && !after.newline
    }

    /// Reads the whole declaration.
    pub fn powershell_function(&mut self, token: Token, comments: &str) {
        self.mixed = true;
        self.mark(token.start, token.end, HighlightKind::Keyword);
        self.skip_to(token.end);
        let (trivia, first) = self.ahead();
        self.copy_trivia(trivia);
        let mut end = first.end;
        while let Some(rest) = self.source[end..].strip_prefix('-') {
            let next = scan::word_end(self.source, end + 1);
            if next == end + 1 || rest.is_empty() {
                break;
            }
            end = next;
        }
        let name = self.source[first.start..end].replace('-', "_");
        let span = Span::new(first.start, end);
        self.mark(first.start, end, HighlightKind::Function);
        self.skip_to(end);
        self.scope.enter_function();
        let mut parameters = Vec::new();
        let (trivia, open) = self.ahead();
        if self.slice(open) == "(" {
            self.copy_trivia(trivia);
            parameters = self.declared_parameters();
        }
        let (trivia, brace) = self.ahead();
        self.copy_trivia(trivia);
        if self.slice(brace) != "{" {
            if brace.kind == Kind::End {
                self.count_and_check_interrupt(token);
            }
            self.scope.leave_function();
            return;
        }
        self.nested(|this| {
            this.skip_to(brace.end);
            this.skip_attributes();
            let (trivia, word) = this.ahead();
            if this.slice(word).eq_ignore_ascii_case("param") {
                this.copy_trivia(trivia);
                this.skip_to(word.end);
                let (trivia, _) = this.ahead();
                this.copy_trivia(trivia);
                parameters.extend(this.declared_parameters());
            }
            this.refuse_phases();
            let names: Vec<&str> = parameters.iter().map(|own| own.name.as_str()).collect();
            this.write(format!("fn {name}({}) {{", names.join(",")));
            this.open_hoist();
            for parameter in &mut parameters {
                this.prologue(parameter);
            }
            this.statements(Context::SCRIPT, Some("}"));
            this.close_hoist();
            this.close(Span::new(brace.start, brace.end), "}");
        });
        self.signatures.push(FunctionSignature {
            name,
            parameters: parameters.iter().map(|own| own.name.clone()).collect(),
            optional: parameters.iter().map(|own| !own.mandatory).collect(),
            switches: parameters.iter().map(Declared::is_switch).collect(),
            doc: documentation(comments),
            private: false,
            span,
        });
        self.scope.leave_function();
    }

    /// What a parameter is before the body begins: its default where nothing was given, in its type.
    fn prologue(&mut self, parameter: &mut Declared) {
        let (name, at) = (&parameter.name, parameter.at);
        if let Some((pieces, _)) = parameter.default.take() {
            self.out
                .push(Piece::text(format!("if {name} == () {{{name} = "), at));
            self.out.extend(pieces);
            self.out.push(Piece::text(";}", at));
        } else if parameter.is_switch() {
            self.out.push(Piece::text(
                format!("if {name} == () {{{name} = false;}}"),
                at,
            ));
        }
        let converted = parameter.kind.as_deref().filter(|kind| {
            matches!(
                *kind,
                "int"
                    | "int32"
                    | "int64"
                    | "long"
                    | "double"
                    | "datetime"
                    | "string"
                    | "string[]"
                    | "int[]"
                    | "object[]"
            )
        });
        if let Some(kind) = converted {
            let text = format!(
                "if {name} != () {{{name} = {}cast({},{name});}}",
                runtime::PREFIX,
                string_literal(kind)
            );
            self.out.push(Piece::text(text, at));
        }
    }

    /// `[CmdletBinding()]` and its like in front of `param`.
    fn skip_attributes(&mut self) {
        loop {
            let (trivia, open) = self.ahead();
            if self.slice(open) != "[" {
                return;
            }
            let Some(close) = scan::matching_bracket(self.source, open.start) else {
                return;
            };
            let behind = scan::token(self.source, scan::trivia(self.source, close + 1).end);
            let more =
                self.slice(behind) == "[" || self.slice(behind).eq_ignore_ascii_case("param");
            if !more {
                return;
            }
            self.copy_trivia(trivia);
            self.skip_to(close + 1);
        }
    }

    /// `begin { }`, `process { }`, `end { }`: a function here is called once for each object anyway.
    fn refuse_phases(&mut self) {
        let (_, word) = self.ahead();
        let phase = ["begin", "process", "end", "dynamicparam"]
            .iter()
            .any(|own| self.slice(word).eq_ignore_ascii_case(own));
        let brace = scan::trivia(self.source, word.end);
        if phase && self.source[brace.end..].starts_with('{') {
            let error = Diagnostic::usage("NotRhai", "functions have one body here");
            self.error(error.at(word.start..word.end).hint(
                "write what process does as the body: it runs for each object that is piped in",
            ));
            self.stop();
        }
    }

    /// `([string]$a = 'x', [switch]$b)`: the names come into scope.
    fn declared_parameters(&mut self) -> Vec<Declared> {
        let (_, open) = self.ahead();
        let mut found: Vec<Declared> = Vec::new();
        if self.slice(open) != "(" {
            return found;
        }
        self.skip_to(open.end);
        let (mut kind, mut mandatory) = (None, false);
        while !self.stopped {
            let (trivia, token) = self.ahead();
            match (token.kind, self.slice(token)) {
                (Kind::End, _) | (Kind::Symbol, ")") => break,
                (Kind::Symbol, ",") => {
                    self.copy_trivia(trivia);
                    self.skip_to(token.end);
                }
                (Kind::Symbol, "[") => {
                    let Some(close) = scan::matching_bracket(self.source, token.start) else {
                        self.unclosed_bracket(Span::new(token.start, token.end), "]");
                        break;
                    };
                    let inside = self.source[token.end..close].to_ascii_lowercase();
                    if inside.contains('(') {
                        let plain: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
                        mandatory |=
                            plain.contains("mandatory") && !plain.contains("mandatory=$false");
                    } else {
                        let name = inside.trim();
                        kind = Some(name.rsplit('.').next().unwrap_or(name).to_owned());
                    }
                    self.copy_trivia(trivia);
                    self.skip_to(close + 1);
                }
                (Kind::Symbol, "$") => {
                    self.copy_trivia(trivia);
                    let Some((name, end)) = variable_name(self.source, token.start) else {
                        break;
                    };
                    let name = name.to_owned();
                    self.refuse_reserved(&name, token.start + 1);
                    self.mark(token.start, end, HighlightKind::Variable);
                    self.skip_to(end);
                    self.scope.declare(&name);
                    self.scope.with_dollar(&name);
                    let default = self.declared_default();
                    found.push(Declared {
                        name,
                        at: token.start,
                        kind: kind.take(),
                        mandatory: std::mem::take(&mut mandatory),
                        default,
                    });
                }
                _ => break,
            }
        }
        let (trivia, close) = self.ahead();
        self.copy_trivia(trivia);
        if self.slice(close) == ")" {
            self.skip_to(close.end);
        } else {
            self.close(Span::new(open.start, open.end), ")");
        }
        found
    }

    fn declared_default(&mut self) -> Option<(Vec<Piece>, String)> {
        let (trivia, equals) = self.ahead();
        if self.slice(equals) != "=" {
            return None;
        }
        self.copy_trivia(trivia);
        self.skip_to(equals.end);
        let (opening, start) = (self.out.len(), self.position);
        self.expression(Context {
            dollar: true,
            newline: false,
            list: false,
            direct: false,
            ..Context::SCRIPT
        });
        let pieces = self.out.split_off(opening);
        Some((pieces, self.source[start..self.position].trim().to_owned()))
    }

    /// A script's own `param(…)`: each is a variable with what the script was called with.
    pub fn script_parameters(&mut self, token: Token) {
        self.mark(token.start, token.end, HighlightKind::Keyword);
        self.skip_to(token.end);
        let (trivia, _) = self.ahead();
        self.copy_trivia(trivia);
        for parameter in self.declared_parameters() {
            let (name, at) = (parameter.name.clone(), parameter.at);
            let literal = string_literal(&name);
            let switch = parameter.is_switch();
            let mut written = None;
            match parameter.default {
                Some((pieces, text)) => {
                    self.out
                        .push(Piece::text(format!("let {name} = param({literal},"), at));
                    self.out.extend(pieces);
                    self.out.push(Piece::text(");", at));
                    written = Some(text);
                }
                None if parameter.mandatory => {
                    let text = format!("let {name} = param({literal});");
                    self.out.push(Piece::text(text, at));
                }
                None => {
                    let nothing = if switch { "false" } else { "()" };
                    let text = format!("let {name} = param({literal},{nothing});");
                    self.out.push(Piece::text(text, at));
                    written = Some(if switch { "$false" } else { "$null" }.to_owned());
                }
            }
            self.parameters.push(ParameterSignature {
                name,
                default: written,
                help: String::new(),
                span: Span::new(at, at + 1),
            });
        }
    }
}
