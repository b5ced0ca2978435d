//! Functions: their signatures, their doc comments, and the names that they alone see.

use super::FunctionSignature;
use super::annotations::HighlightKind;
use super::lower::{Context, Lowerer};
use super::scan::Kind;
use crate::diagnostic::Span;

impl Lowerer<'_> {
    pub fn function(&mut self, comments: &str, private: bool) {
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
                Kind::End => return self.count_and_check_interrupt(keyword),
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
                optional: Vec::new(),
                switches: Vec::new(),
                doc: documentation(comments),
                private,
                span: Span::new(name.start, name.end),
            });
        }
        let (trivia, brace) = self.ahead();
        if self.slice(brace) != "{" {
            if brace.kind == Kind::End {
                self.count_and_check_interrupt(keyword);
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
}

/// The doc comments among a stretch of comments, without their marks.
pub(super) fn documentation(comments: &str) -> String {
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

#[cfg(test)]
mod tests {
    use crate::lang::testing::{becomes, lower as lowered_of, refused};

    #[test]
    fn l19_functions_are_commands() {
        becomes(&[(
            "fn Remove_Leaver(user, sku) { Get-User $user | Remove-License -Sku $sku }\nRemove-Leaver u E3",
            "fn Remove_Leaver(user, sku) { __ps _ps_it1(0,user,sku)}\n__ps _ps_it1(1)",
            &[
                "Get-User $0 | Remove-License -Sku $1",
                "Remove-Leaver <u> <E3>",
            ],
        )]);
        refused(&[("fn f()", "Incomplete", "fn", true)]);
    }

    #[test]
    fn l19_a_function_is_reported_with_its_documentation() {
        let lowered = lowered_of("/// Removes.\n/// Twice.\nfn Do_It(a, b) { a }");
        let function = &lowered.functions[0];
        assert_eq!(function.name, "Do_It");
        assert_eq!(function.parameters, ["a", "b"]);
        assert_eq!(function.doc, "Removes.\nTwice.");
    }
}
