//! A script's own parameters: `let department = param("Department", "Sales")`, plain Rhai that is also a declaration.

use super::lower::{Context, Lowerer};
use super::scan::{self, Kind, Token};
use super::syntax::ParameterSignature;
use crate::diagnostic::{Diagnostic, Span};

impl Lowerer<'_> {
    /// Notes the parameter that a declaration's initialiser is, if it is one. `start` is where the initialiser begins,
    /// `comments` what stands in front of the declaration.
    pub fn note_parameter(&mut self, start: usize, context: Context, comments: &str) {
        if !context.direct || self.scope.in_function() {
            return;
        }
        let end = self.position;
        let Some((name, default)) = call_of_param(self.source, start, end) else {
            return;
        };
        let quoted = &self.source[name.start..name.end];
        let text = quoted.trim_matches(['"', '\'', '`']);
        let span = Span::new(name.start, name.end);
        if !text.starts_with(char::is_alphabetic) || !text.chars().all(scan::is_word_part) {
            let error =
                Diagnostic::usage("BadParameterName", format!("'{text}' names no parameter"));
            self.error(
                error
                    .at(span)
                    .hint("a name is made of letters, digits and _: \"Department\""),
            );
            return;
        }
        if let Some(first) = self
            .parameters
            .iter()
            .find(|own| own.name.eq_ignore_ascii_case(text))
        {
            let name = &first.name;
            let error = Diagnostic::usage(
                "ParameterDeclaredTwice",
                format!("-{name} is declared already"),
            );
            self.error(
                error
                    .at(span)
                    .hint("read the variable that the first one is in"),
            );
            return;
        }
        self.parameters.push(ParameterSignature {
            name: text.to_owned(),
            default: default
                .map(|default| self.source[default.start..default.end].trim().to_owned()),
            help: nearest_comment(comments),
            span,
        });
    }
}

/// The name and the default in `param("Name", default)`, where a text is that and nothing else.
fn call_of_param(source: &str, start: usize, end: usize) -> Option<(Token, Option<Span>)> {
    let next = |from: usize| scan::token(source, scan::trivia(source, from).end);
    let callee = next(start);
    let open = next(callee.end);
    let name = next(open.end);
    let text = |token: Token| &source[token.start..token.end];
    if text(callee) != "param" || text(open) != "(" || name.kind != Kind::Text {
        return None;
    }
    let after = next(name.end);
    match text(after) {
        ")" if after.end == end => Some((name, None)),
        "," => source[..end]
            .ends_with(')')
            .then(|| (name, Some(Span::new(after.end, end - 1)))),
        _ => None,
    }
}

/// The line comments that stand directly above, without their slashes, as one line.
fn nearest_comment(comments: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in comments.lines().map(str::trim) {
        match line.strip_prefix("//") {
            Some(comment) => lines.push(comment.trim_start_matches('/').trim()),
            // A line's own end is what the first piece is behind.
            None if lines.is_empty() => {}
            None => lines.clear(),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::lang::{Environment, lower};

    fn parameters(text: &str) -> Vec<(String, Option<String>, String)> {
        let around = Environment {
            is_command: &|_| false,
            variables: &[],
            first_pipeline: 0,
        };
        let lowered = lower(text, &around);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        assert!(
            text.contains('\'') || lowered.text == text,
            "plain Rhai stays as it is"
        );
        let found = lowered.parameters.into_iter();
        found.map(|one| (one.name, one.default, one.help)).collect()
    }

    #[test]
    fn what_declares_a_parameter() {
        let one = |name: &str, default: Option<&str>, help: &str| {
            vec![(name.to_owned(), default.map(str::to_owned), help.to_owned())]
        };
        let table = [
            (r#"let sku = param("Sku");"#, one("Sku", None, "")),
            (
                "// The script.\n\n// Whose licenses\n// are taken.\nlet d = param(\"Department\", \"Sales\");",
                one("Department", Some("\"Sales\""), "Whose licenses are taken."),
            ),
            (
                r#"let days = param("Days", 30 + 2 * (1 + 1));"#,
                one("Days", Some("30 + 2 * (1 + 1)"), ""),
            ),
            (r#"let x = param("A") + 1;"#, vec![]),
            (r#"fn f() { let x = param("A"); }"#, vec![]),
            (r#"if true { let x = param("A"); }"#, vec![]),
            (r#"let x = other("A");"#, vec![]),
            (r#"param("A");"#, vec![]),
        ];
        for (text, wanted) in table {
            assert_eq!(parameters(text), wanted, "{text}");
        }
    }
}
