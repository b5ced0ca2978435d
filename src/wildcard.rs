//! PowerShell wildcards: `*`, `?`, `[a-c]`, matched without regard to case.

/// A pattern made ready for matching.
#[derive(Clone, Debug, PartialEq)]
pub struct Wildcard {
    parts: Vec<Part>,
    case_sensitive: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Char(char),
    Any,
    Many,
    /// Inclusive ranges, one of which must hold the character.
    Set(Vec<(char, char)>),
}

/// Whether the text holds a character that makes it a pattern.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?']) || text.find('[').is_some_and(|i| text[i..].contains(']'))
}

impl Wildcard {
    /// A pattern that ignores case. A backtick takes the next character as it is; an unclosed `[` is a plain character.
    pub fn new(pattern: &str) -> Self {
        Self::parse(pattern, false)
    }

    pub fn case_sensitive(pattern: &str) -> Self {
        Self::parse(pattern, true)
    }

    fn parse(pattern: &str, case_sensitive: bool) -> Self {
        let fold = |c: char| if case_sensitive { c } else { fold(c) };
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '`' => {
                    let escaped = rest.chars().next().unwrap_or('`');
                    rest = &rest[escaped.len_utf8().min(rest.len())..];
                    parts.push(Part::Char(fold(escaped)));
                }
                '*' if parts.last() == Some(&Part::Many) => {}
                '*' => parts.push(Part::Many),
                '?' => parts.push(Part::Any),
                '[' => match rest.find(']').filter(|end| *end > 0) {
                    Some(end) => {
                        parts.push(Part::Set(ranges(&rest[..end], fold)));
                        rest = &rest[end + 1..];
                    }
                    None => parts.push(Part::Char('[')),
                },
                c => parts.push(Part::Char(fold(c))),
            }
        }
        Self {
            parts,
            case_sensitive,
        }
    }

    pub fn matches(&self, text: &str) -> bool {
        let mut chars = text
            .chars()
            .map(|c| if self.case_sensitive { c } else { fold(c) });
        // Without `*` each part takes one character, and nothing is ever tried again.
        if !self.parts.iter().any(|part| matches!(part, Part::Many)) {
            let all = self
                .parts
                .iter()
                .all(|part| chars.next().is_some_and(|c| part.takes(c)));
            return all && chars.next().is_none();
        }
        let text: Vec<char> = chars.collect();
        let (mut t, mut p) = (0, 0);
        // Where the last `*` stood and how much it has taken: on a mismatch it takes one more.
        let mut retry: Option<(usize, usize)> = None;
        while t < text.len() {
            match self.parts.get(p) {
                Some(Part::Many) => {
                    retry = Some((p, t));
                    p += 1;
                }
                Some(part) if part.takes(text[t]) => {
                    p += 1;
                    t += 1;
                }
                _ => match retry {
                    Some((star, taken)) => {
                        retry = Some((star, taken + 1));
                        p = star + 1;
                        t = taken + 1;
                    }
                    None => return false,
                },
            }
        }
        self.parts[p..].iter().all(|part| *part == Part::Many)
    }
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Part::Char(own) => *own == c,
            Part::Any => true,
            Part::Many => false,
            Part::Set(ranges) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)),
        }
    }
}

fn ranges(set: &str, fold: impl Fn(char) -> char) -> Vec<(char, char)> {
    let chars: Vec<char> = set.chars().map(fold).collect();
    let mut ranges = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if i + 2 < chars.len() && chars[i + 1] == '-' {
            ranges.push((chars[i], chars[i + 2]));
            i += 3;
        } else {
            ranges.push((chars[i], chars[i]));
            i += 1;
        }
    }
    ranges
}

fn fold(c: char) -> char {
    // One character for one character: a pattern's `?` must stay one character wide.
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (pattern, text, expected) in [
            ("a*", "Anna@contoso.com", true),
            ("*@contoso.com", "anna@contoso.com", true),
            ("a?na*", "anna", true),
            ("a?na", "aanna", false),
            ("[ab]*", "bob", true),
            ("[a-c]ob", "Bob", true),
            ("[a-c]ob", "dob", false),
            ("*a*a*", "banana", true),
            ("*x*", "banana", false),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a`*", "a*", true),
            ("a`*", "ab", false),
            ("[", "[", true),
            ("ÅSA*", "åsa wilber", true),
            ("a`", "a`", true),
        ] {
            assert_eq!(
                Wildcard::new(pattern).matches(text),
                expected,
                "{pattern} on {text}"
            );
        }
        assert!(!Wildcard::case_sensitive("A*").matches("anna"));
    }

    #[test]
    fn a_pattern_of_many_stars_stays_fast() {
        let pattern = Wildcard::new(&"*a".repeat(200));
        assert!(!pattern.matches(&"a".repeat(199)));
        assert!(pattern.matches(&"a".repeat(200)));
    }
}
