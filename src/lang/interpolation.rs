//! Texts in argument mode: barewords, `'…'` and `"…"`, with what PowerShell expands in them.

use super::Operand;
use super::annotations::HighlightKind;
use super::argument::ends_word;
use super::emit::Piece;
use super::lower::{Context, Lowerer};
use super::pipeline::Building;
use super::predicate::Shape;
use super::scan;
use super::scan::variable_name;
use super::syntax::runtime;
use crate::diagnostic::{Diagnostic, Span};
use crate::value::Value;

/// A text while it is read: plain parts, and pieces of code that are written at once.
struct Parts {
    /// The empty piece that becomes the call, if there is code.
    opening: usize,
    plain: String,
    /// Where the plain part begins.
    from: usize,
    code: bool,
    quoted: bool,
}

impl Lowerer<'_> {
    /// A text, which may be made of quoted and unquoted parts: `"$dir"\new.csv`.
    pub fn text_value(&mut self, context: Context, building: &mut Building) -> Operand {
        let start = self.position;
        let mut parts = Parts {
            opening: self.out.len(),
            plain: String::new(),
            from: start,
            code: false,
            quoted: false,
        };
        self.write("");
        while !self.stopped {
            let at = self.position;
            match self.peek() {
                Some(c) if scan::is_single_quote(c) && (at == start || parts.quoted) => {
                    self.single_quoted(&mut parts);
                }
                Some(c)
                    if scan::is_double_quote(c)
                        && (at == start || parts.quoted || self.closes_in_word(at)) =>
                {
                    let quoted = parts.quoted || at == start;
                    self.double_quoted(&mut parts, context);
                    // What is a wildcard outside of the quotes stays one.
                    parts.quoted = quoted;
                }
                Some(c) if scan::is_double_quote(c) && at == start => {
                    self.double_quoted(&mut parts, context);
                }
                Some(c) if !ends_word(c, context) => self.unquoted(&mut parts, context),
                _ => break,
            }
            if self.position == at {
                break;
            }
        }
        let end = self.position;
        if !parts.code {
            // Nothing was written but kept newlines: the text is known before anything runs.
            if let Some(Piece::Text { text, .. }) = self.out.get_mut(parts.opening) {
                *text = "".into();
            }
            let raw = parts.plain;
            if parts.quoted {
                return Operand::Literal {
                    value: Value::from(raw.as_str()),
                    raw,
                };
            }
            if self.source[start..end] == raw && self.scope.has_named(&raw) {
                let warning = Diagnostic::usage(
                    "BarewordIsText",
                    format!("{raw} is taken as text, though a variable is called so"),
                );
                self.warn(warning.at(start..end).about(raw.clone()).hint(format!(
                    "for the variable write ${raw}, for the text '{raw}'"
                )));
            }
            return self.bareword(raw, start, end);
        }
        self.flush(&mut parts);
        if let Some(Piece::Text { text, .. }) = self.out.get_mut(parts.opening) {
            *text = format!(",{}(", runtime::TEXT).into();
        }
        self.write(")");
        let slot = building.slots;
        building.slots += 1;
        Operand::Slot(slot)
    }

    /// A `"…"` in code that PowerShell is meant by: a backslash is a backslash, and `$` and backticks count.
    pub fn expanding_text(&mut self, context: Context) -> Shape {
        let mut parts = Parts {
            opening: self.out.len(),
            plain: String::new(),
            from: self.position,
            code: false,
            quoted: false,
        };
        self.write("");
        self.double_quoted(&mut parts, context.bracket(true));
        self.end_of_text(parts)
    }

    /// Writes what was read of a text in code.
    fn end_of_text(&mut self, mut parts: Parts) -> Shape {
        if !parts.code {
            let plain = std::mem::take(&mut parts.plain);
            self.write_literal(&plain, parts.from);
            return Shape::Literal(Value::from(plain));
        }
        self.flush(&mut parts);
        if let Some(Piece::Text { text, .. }) = self.out.get_mut(parts.opening) {
            *text = format!("{}(", runtime::TEXT).into();
        }
        self.write(")");
        Shape::Other
    }

    /// Whether `@"` or `@'` stands here at the end of its line.
    pub fn is_here_string(&self, at: usize) -> bool {
        let Some(rest) = self.source[at..].strip_prefix('@') else {
            return false;
        };
        let quote = rest.starts_with(['"', '\'']);
        let line = rest.get(1..).and_then(|rest| rest.split('\n').next());
        quote && self.mixed && line.is_some_and(|line| line.trim().is_empty())
    }

    /// `@"` … `"@` over several lines, which expands, and `@'` … `'@`, which doesn't.
    pub fn here_string(&mut self, context: Context) -> Shape {
        let open = self.position;
        let quote = &self.source[open + 1..open + 2];
        let expands = quote == "\"";
        let close = format!("\n{quote}@");
        let first = self.source[open..]
            .find('\n')
            .map_or(self.source.len(), |i| open + i);
        let Some(end) = self.source[first..].find(&close).map(|i| first + i) else {
            self.incomplete(
                "UnclosedText",
                "the text that begins here isn't closed",
                Span::new(open, open + 2),
                &format!("close it with {quote}@ at the beginning of a line"),
            );
            self.skip_to(self.source.len());
            return Shape::Other;
        };
        let mut parts = Parts {
            opening: self.out.len(),
            plain: String::new(),
            from: open,
            code: false,
            quoted: true,
        };
        self.write("");
        self.skip_to((first + 1).min(end));
        while self.position < end && !self.stopped {
            let Some(c) = self.peek() else { break };
            match c {
                '`' if expands => self.escape(&mut parts),
                '$' if expands && self.expansion(&mut parts, context.bracket(true), true) => {}
                '\r' if self.rest().starts_with("\r\n") => self.position += 1,
                c => {
                    parts.plain.push(c);
                    let next = self.position + c.len_utf8();
                    self.skip_to(next);
                }
            }
        }
        self.skip_to(end + close.len());
        self.mark(open, self.position, HighlightKind::Text);
        self.end_of_text(parts)
    }

    /// Whether a double quote in the middle of a word has its partner on the line.
    fn closes_in_word(&self, at: usize) -> bool {
        let line = &self.source[at..scan::line_end(self.source, at)];
        line.chars().skip(1).any(scan::is_double_quote)
    }

    /// Writes the plain part read so far as an argument of the call.
    fn flush(&mut self, parts: &mut Parts) {
        if !parts.plain.is_empty() {
            let plain = std::mem::take(&mut parts.plain);
            if parts.code {
                self.write(",");
            }
            self.write_literal(&plain, parts.from);
            parts.code = true;
        }
    }

    fn single_quoted(&mut self, parts: &mut Parts) {
        let start = self.position;
        parts.quoted = true;
        let mut chars = self.source[start..].char_indices().skip(1).peekable();
        let mut end = None;
        while let Some((i, c)) = chars.next() {
            if scan::is_single_quote(c)
                && chars
                    .next_if(|(_, next)| scan::is_single_quote(*next))
                    .is_none()
            {
                end = Some(start + i + c.len_utf8());
                break;
            }
            parts.plain.push(c);
        }
        self.end_quoted(start, end);
    }

    fn end_quoted(&mut self, start: usize, end: Option<usize>) {
        if end.is_none() {
            let width = self.peek_width(start);
            self.incomplete(
                "UnclosedText",
                "the text that begins here isn't closed",
                Span::new(start, start + width),
                "close it with the same quote, or write a single quote twice inside '…'",
            );
        }
        let end = end.unwrap_or(self.source.len());
        self.mark(start, end, HighlightKind::Text);
        self.skip_to(end);
    }

    fn peek_width(&self, at: usize) -> usize {
        scan::char_at(self.source, at).map_or(0, char::len_utf8)
    }

    fn double_quoted(&mut self, parts: &mut Parts, context: Context) {
        let open = self.position;
        let width = self.peek_width(open);
        let mut from = open;
        parts.quoted = true;
        self.position += width;
        while let Some(c) = self.peek() {
            let at = self.position;
            if scan::is_double_quote(c) {
                self.position += c.len_utf8();
                if self.peek().is_some_and(scan::is_double_quote) {
                    parts.plain.push(c);
                    self.position += self.peek_width(self.position);
                    continue;
                }
                self.mark(from, self.position, HighlightKind::Text);
                return;
            }
            match c {
                '`' => self.escape(parts),
                '$' if self.expansion(parts, context, true) => from = self.position,
                '\n' => {
                    parts.plain.push('\n');
                    self.skip_to(at + 1);
                }
                '\r' if self.rest().starts_with("\r\n") => self.position += 1,
                c => {
                    parts.plain.push(c);
                    self.position += c.len_utf8();
                }
            }
            if self.stopped {
                return;
            }
        }
        self.mark(from, self.source.len(), HighlightKind::Text);
        self.incomplete(
            "UnclosedText",
            "the text that begins here isn't closed",
            Span::new(open, open + width),
            "close it with the same quote",
        );
    }

    fn unquoted(&mut self, parts: &mut Parts, context: Context) {
        let start = self.position;
        while let Some(c) = self.peek().filter(|c| !ends_word(*c, context)) {
            match c {
                '`' => {
                    let next = self.source[self.position + 1..].chars().next();
                    if next.is_none_or(|c| c == '\n' || c == '\r') {
                        // A continuation, or the end of the text: not the word's.
                        break;
                    }
                    self.escape(parts);
                }
                '$' if self.expansion(parts, context, false) => {}
                c if scan::is_double_quote(c)
                    && self.position > start
                    && self.closes_in_word(self.position) =>
                {
                    break;
                }
                c if scan::is_invisible(c) => {
                    self.invisible(c, self.position);
                    self.position += c.len_utf8();
                }
                c if scan::is_dash(c) && self.position == start && parts.plain.is_empty() => {
                    // A pasted dash before a number is a minus.
                    parts.plain.push('-');
                    self.position += c.len_utf8();
                }
                c => {
                    parts.plain.push(c);
                    self.position += c.len_utf8();
                }
            }
            if self.stopped {
                return;
            }
        }
        if parts.quoted || parts.code {
            self.mark(start, self.position, HighlightKind::Bareword);
        }
    }

    /// A backtick and what it stands for.
    fn escape(&mut self, parts: &mut Parts) {
        let start = self.position;
        self.position += 1;
        let Some(c) = self.peek() else {
            return;
        };
        self.skip_to(self.position + c.len_utf8());
        let plain = match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{C}',
            'v' => '\u{B}',
            'e' => '\u{1B}',
            'u' if self.peek() == Some('{') => {
                let inside = &self.rest()[1..];
                let digits = inside.find('}').map(|i| &inside[..i]);
                let c = digits
                    .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                    .and_then(char::from_u32);
                match (c, digits) {
                    (Some(c), Some(digits)) => {
                        self.position += digits.len() + 2;
                        c
                    }
                    _ => {
                        let error = Diagnostic::usage("BadEscape", "this is no character");
                        self.error(
                            error
                                .at(start..self.position + 1)
                                .hint("write the code in hexadecimal: `u{e9}"),
                        );
                        return;
                    }
                }
            }
            c => c,
        };
        parts.plain.push(plain);
    }

    /// `$name`, `${name}`, `$(…)` inside a text; false if the `$` is only a character.
    fn expansion(&mut self, parts: &mut Parts, context: Context, quoted: bool) -> bool {
        let start = self.position;
        let brackets = context.bracket(true);
        if self.rest().starts_with("$(") {
            self.part(parts);
            let token = scan::token(self.source, start);
            self.substatements(token, brackets);
            parts.from = self.position;
            return true;
        }
        let Some((name, end)) = variable_name(self.source, start) else {
            return false;
        };
        let name = name.to_owned();
        if quoted && self.source[end..].starts_with(':') && !self.source[start..].starts_with("${")
        {
            let error = Diagnostic::usage(
                "BadVariable",
                format!("the colon behind ${name} would belong to the variable's name"),
            );
            self.error(
                error
                    .at(start..end + 1)
                    .hint(format!("write ${{{name}}}: instead")),
            );
        }
        self.part(parts);
        let (text, _) = self.variable(&name, start, end, context);
        self.replace_to(end, text);
        parts.from = end;
        true
    }

    /// Makes ready for a piece of code.
    fn part(&mut self, parts: &mut Parts) {
        self.flush(parts);
        if parts.code {
            self.write(",");
        }
        parts.code = true;
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::testing::{becomes, refused};

    #[test]
    fn l11_double_quotes_expand() {
        becomes(&[
            (
                "Get-User -User u -Name:$u -Path \"$u\"\\new.csv C:\\out\\$u.csv $u.Name[0].len() $u",
                "__ps _ps_it1(0,u,_ps_text(u,\"\\\\new.csv\"),_ps_text(\"C:\\\\out\\\\\",u,\".csv\"),u.Name[0].len(),u)",
                &["Get-User -User <u> -Name: $0 -Path $1 $2 $3 $4"],
            ),
            (
                "Get-User \"a `\"b` $(1 + 1)c:\\d $u\"",
                "__ps _ps_it1(0,_ps_text(\"a \\\"b \",({1 + 1}),\"c:\\\\d \",u))",
                &["Get-User $0"],
            ),
        ]);
        refused(&[
            (
                "Get-User -Filter \"a/$count ne 0\"",
                "UndefinedVariable",
                "$count",
                false,
            ),
            ("Get-User \"$u: x\"", "BadVariable", "$u:", false),
            ("Get-User \"a", "UnclosedText", "\"", true),
        ]);
    }
}
