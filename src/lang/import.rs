//! `import` and `export`: what a text takes from others, and what it gives them.

use super::Import;
use super::lower::{Context, Lowerer};
use super::scan::{self, Kind, Token};
use super::statement::Statement;
use crate::diagnostic::Span;

impl Lowerer<'_> {
    pub fn import(&mut self, token: Token, context: Context) {
        self.copy_keyword(token);
        let (_, path) = self.ahead();
        self.expression(context);
        let written_out = match path.kind {
            _ if self.position != path.end => None,
            Kind::Text => scan::rhai_text(self.slice(path)),
            Kind::Quoted => Some(scan::unquote(self.slice(path))),
            _ => None,
        };
        let name = self.alias();
        if let Some(path_text) = written_out {
            self.imports.push(Import {
                path: path_text,
                span: Span::new(path.start, path.end),
                name,
                direct: context.direct && !self.scope.in_function(),
            });
        }
    }

    /// `export name as other`, `export let name = …`.
    pub fn export(&mut self, token: Token, context: Context, comments: &str) -> Statement {
        self.copy_keyword(token);
        let (trivia, next) = self.ahead();
        if matches!(self.slice(next), "let" | "const") {
            self.copy_trivia(trivia);
            return self.declaration(next, context, comments);
        }
        self.expression(context);
        self.alias();
        Statement {
            open: true,
            ..Statement::default()
        }
    }

    /// `as name`, which is no variable.
    fn alias(&mut self) -> Option<String> {
        let (trivia, next) = self.ahead();
        if self.slice(next) != "as" {
            return None;
        }
        self.copy_trivia(trivia);
        self.copy_keyword(next);
        let (trivia, name) = self.ahead();
        if name.kind != Kind::Word {
            return None;
        }
        self.copy_trivia(trivia);
        self.copy_token(name);
        Some(self.slice(name).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::testing::lower;

    #[test]
    fn l20_what_counts_as_an_import() {
        let table: [(&str, &[&str]); 12] = [
            ("import \"lib/tools\" as t;", &["lib/tools as t"]),
            ("import \"tools\"\nf()", &["tools"]),
            ("import 'tools' as t", &["tools as t"]),
            ("if x { import \"a\" as a; }", &["(a as a)"]),
            ("fn f() { import \"a\" as a; }", &["(a as a)"]),
            ("{ import \"a\" as a; }", &["(a as a)"]),
            ("import \"a\" + b as c;", &[]),
            ("import name as c;", &[]),
            ("import `a${1}` as c;", &[]),
            ("export const N = 5; let x = N;", &[]),
            ("// import \"a\" as a", &[]),
            (
                "import \"a\" as a; import \"b\" as b;",
                &["a as a", "b as b"],
            ),
        ];
        for (text, wanted) in table {
            let found: Vec<String> = lower(text)
                .imports
                .iter()
                .map(|import| {
                    let word = &text[import.span.start..import.span.end];
                    assert_eq!(word.trim_matches(['"', '\'']), import.path, "{text}");
                    let name = import.name.as_ref();
                    let name = name.map_or(String::new(), |name| format!(" as {name}"));
                    match import.direct {
                        true => format!("{}{name}", import.path),
                        false => format!("({}{name})", import.path),
                    }
                })
                .collect();
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn l7_what_is_exported_is_declared() {
        let lowered = lower("export let people = [];\nGet-User $people");
        assert!(lowered.errors.is_empty(), "{:?}", lowered.errors);
    }

    #[test]
    fn l19_private_functions_say_so() {
        let functions = lower("private fn A_B() { 1 }\nfn C_D() { 2 }").functions;
        let private: Vec<bool> = functions.iter().map(|one| one.private).collect();
        assert_eq!(private, [true, false]);
    }
}
