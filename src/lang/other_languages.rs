//! What other languages begin a statement with, told with the words that do it here: PowerShell's `foreach` and `param`,
//! lines for another shell, types in brackets.

use super::annotations::HighlightKind;
use super::lower::{Context, Lowerer};
use super::scan::{self, Kind, Token};
use super::statement::{CONTINUING, Statement};

impl Lowerer<'_> {
    /// A statement that begins with a word that is none of Rhai's, if another language is to be told from a name.
    pub fn foreign(&mut self, token: Token, context: Context, comments: &str) -> Option<Statement> {
        let open = Statement {
            open: true,
            ..Statement::default()
        };
        match self.slice(token) {
            word if word.eq_ignore_ascii_case("foreach") && self.heads_block(token) => {
                Some(self.control(token, context))
            }
            word if word.eq_ignore_ascii_case("function") && self.is_function(token) => {
                self.powershell_function(token, comments);
                Some(Statement::default())
            }
            word if word.eq_ignore_ascii_case("param") && self.is_parameter_block(token) => {
                self.script_parameters(token);
                Some(Statement::default())
            }
            word if self.is_shouted_keyword(token, word) => {
                let small = word.to_lowercase();
                match small.as_str() {
                    "if" | "while" | "for" | "switch" | "do" | "try" if self.mixed => {
                        Some(self.control(token, context))
                    }
                    "return" | "throw" if self.mixed => self.keyword(token, context, comments),
                    _ => {
                        self.not_rhai(
                            token,
                            "words of the language are written in small letters here",
                            &format!("write {small}"),
                        );
                        match self.opens_bracket(token) {
                            true => self.skip_brackets(token),
                            false => self.skip_to(token.end),
                        }
                        Some(open)
                    }
                }
            }
            word => {
                let end = self.end_of_foreign_name(token, word)?;
                self.unknown_command(&self.source[token.start..end], token.start, end);
                self.mark(token.start, end, HighlightKind::UnknownCommand);
                self.skip_to(scan::line_end(self.source, token.start));
                Some(open)
            }
        }
    }

    /// Whether a word is `If` or `Try`, and not a function that is called so: a block or another word follows.
    fn is_shouted_keyword(&self, token: Token, word: &str) -> bool {
        const HEADED: [&str; 5] = ["if", "elseif", "while", "for", "switch"];
        const BARE: [&str; 6] = ["else", "try", "catch", "do", "return", "throw"];
        let small = word.to_lowercase();
        if word == small || self.is_declared(word) {
            return false;
        }
        let blocks = |end: usize| {
            let after = scan::trivia(self.source, end);
            self.source[after.end..].starts_with('{')
        };
        if HEADED.contains(&&*small) {
            return self.heads_block(token);
        }
        BARE.contains(&&*small)
            && (blocks(token.end) || self.end_of_foreign_name(token, word).is_some())
    }

    /// The end of a type in brackets in front of what it is meant for: `[int]$x`, `[datetime]::Now`.
    pub fn end_of_type(&self, open: Token) -> Option<usize> {
        let rest = &self.source[open.end..];
        let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')))?;
        let is_type = rest.starts_with(|c: char| c.is_ascii_alphabetic());
        let behind = rest[name..].strip_prefix("[]").unwrap_or(&rest[name..]);
        let meant = behind.strip_prefix(']')?;
        let applies = meant.starts_with(['"', '\'', '$', '@']) || meant.starts_with("::");
        (is_type && applies).then(|| self.source.len() - meant.len())
    }

    /// Whether brackets and a block stand behind a word, which no call has.
    pub fn heads_block(&self, word: Token) -> bool {
        let after = scan::trivia(self.source, self.end_of_brackets(word));
        self.opens_bracket(word) && self.source[after.end..].starts_with('{')
    }

    /// Whether a word is followed by `(`.
    fn opens_bracket(&self, word: Token) -> bool {
        let after = scan::trivia(self.source, word.end);
        self.source[after.end..].starts_with('(')
    }

    /// PowerShell's `param([string]$Name = …)`: what Rhai would call begins with neither.
    fn is_parameter_block(&self, word: Token) -> bool {
        let open = scan::trivia(self.source, word.end);
        let Some(inside) = self.source[open.end..].strip_prefix('(') else {
            return false;
        };
        inside.trim_start().starts_with(['[', '$']) || inside.trim_start().starts_with("# ")
    }

    /// Passes over what stands in the brackets behind a word.
    fn skip_brackets(&mut self, word: Token) {
        self.skip_to(self.end_of_brackets(word));
    }

    pub fn end_of_brackets(&self, word: Token) -> usize {
        let mut depth = 0_usize;
        let mut end = word.end;
        loop {
            let trivia = scan::trivia(self.source, end);
            let token = scan::token(self.source, trivia.end);
            end = token.end;
            match (token.kind, self.slice(token)) {
                (Kind::End, _) => return end,
                (Kind::Symbol, text) if text.ends_with(['(', '[', '{']) => depth += 1,
                (Kind::Symbol, ")" | "]" | "}") => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return end;
                    }
                }
                _ => {}
            }
        }
    }

    /// The end of the name in two words beside each other, or in a word and a value: a line for another shell, and
    /// never Rhai. The name may be a `Verb-Noun` whose verb is none.
    fn end_of_foreign_name(&self, token: Token, word: &str) -> Option<usize> {
        let known = |word: &str| {
            word.starts_with("_ps_") || word.starts_with("__ps") || self.is_declared(word)
        };
        let mut end = token.end;
        if known(word) {
            return None;
        }
        if let Some(noun) = self.source[end..].strip_prefix('-')
            && noun.starts_with(char::is_alphabetic)
        {
            let noun_end = scan::word_end(self.source, end + 1);
            if known(&self.source[end + 1..noun_end]) {
                return None;
            }
            end = noun_end;
        }
        let after = scan::trivia(self.source, end);
        if after.newline || after.end == end {
            return None;
        }
        let next = scan::token(self.source, after.end);
        let begins = match next.kind {
            Kind::Word => !CONTINUING.contains(&self.slice(next)),
            Kind::Text | Kind::Number => true,
            // `cd ..`
            Kind::Symbol if self.slice(next) == ".." => {
                let rest = &self.source[next.end..scan::line_end(self.source, next.end)];
                rest.trim().is_empty()
            }
            Kind::Symbol if end > token.end && self.slice(next) == "-" => {
                word.starts_with(char::is_uppercase)
                    && self.source[next.end..].starts_with(char::is_alphabetic)
            }
            _ => false,
        };
        begins.then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::testing::{becomes, refused};

    #[test]
    fn l2_other_languages_are_told_from_names() {
        refused(&[
            ("gc leavers.txt", "UnknownCmdlet", "gc", false),
            (
                "Delete-Leaver anna",
                "UnknownCmdlet",
                "Delete-Leaver",
                false,
            ),
            (
                "Delete-Leaver -Name anna",
                "UnknownCmdlet",
                "Delete-Leaver",
                false,
            ),
            ("Try { 1 }", "NotRhai", "Try", false),
            ("cd ..", "UnknownCmdlet", "cd", false),
            ("[widget]'5'", "NotRhai", "[widget]", false),
            ("let a = ([console]::Beep())", "NotRhai", "[console]", false),
        ]);
        becomes(&[
            ("a - b", "a - b", &[]),
            ("let A = 1; A-B", "let A = 1; A-B", &[]),
            ("If(x)", "If(x)", &[]),
            ("param(\"x\")", "param(\"x\")", &[]),
            ("let x = 1; [x][0]", "let x = 1; [x][0]", &[]),
            ("foreach(x)", "foreach(x)", &[]),
        ]);
    }
}
