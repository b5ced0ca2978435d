//! Which lines are not to be kept: those that look like they hold a password, a key or a token.

use std::sync::LazyLock;

use regex::Regex;

/// What is kept instead, where something must be.
pub const HIDDEN: &str = "(a line that looks like it holds a secret)";

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(password|passwd|passphrase|pwd|secret|token|api[-_]?key|account[-_]?key|access[-_]?key|shared[-_]?key|credential|private[-_]?key)";
    // A parameter with a value, an assignment, a header.
    Regex::new(&format!(
        r#"(?i)-\w*{words}\w*(\s*:\s*|\s+)[^\s|;-]|{words}\w*['"]?\s*[=:]\s*[^\s=]|\b(pw|pass|sig)['"]?\s*[=:]\s*[^\s=]|\bbearer\s+\S{{8,}}|\b(?-i:A[KS]IA[0-9A-Z]{{16}})\b"#
    ))
    .ok()
});

/// A line as it may be kept.
pub fn kept(line: &str) -> &str {
    match looks_secret(line) {
        true => HIDDEN,
        false => line,
    }
}

/// Whether a line looks like it holds a secret.
pub fn looks_secret(line: &str) -> bool {
    let named = NAMED.as_ref().is_none_or(|named| named.is_match(line));
    named || line.split(|c: char| !is_key_part(c)).any(is_key)
}

fn is_key_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '=' | '-' | '.' | '~')
}

/// A long word with a long part of letters of both cases and digits: base64, a JWT, a client secret. The parts of
/// paths and names are shorter, or are words.
fn is_key(word: &str) -> bool {
    let jwt = word.starts_with("eyJ") && word.len() > 20;
    let mixed = |part: &str| {
        let has = |what: fn(&char) -> bool| part.chars().any(|c| what(&c));
        part.len() >= 16
            && has(char::is_ascii_digit)
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
    };
    jwt || (word.len() >= 32 && word.split(['/', '.', '_', '-']).any(mixed))
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn secrets_are_seen_and_ordinary_lines_are_not() {
        for secret in [
            "Set-User anna@contoso.com -Password Summer2026",
            "Connect-Tenant -ClientSecret:abc",
            "$password = 'hunter2'",
            "let api_key = \"x1\"",
            "print(\"Authorization: Bearer abcdefgh12345\")",
            "let t = \"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0\"",
            "let k = \"q7Zp0mR8tY3uB6wX1cV5nA9sD2fG4hJ7kL0=\"",
            "#{ secret: \"x\" }",
            "pw = 'x'",
            "$pass = 'x'",
            "print(\"AKIAIOSFODNN7EXAMPLE\")",
            "let c = \"DefaultEndpointsProtocol=https;AccountKey=abc==\"",
            "https://x.blob.core.windows.net/a?sv=2022&sig=abc%3D",
        ] {
            assert!(looks_secret(secret), "{secret}");
        }
        for plain in [
            "Get-Help *token*",
            "Get-User 59cc0223-0000-4000-8000-000000000001",
            "Get-User -Department Sales | Remove-License -Sku ENTERPRISEPACK -WhatIf",
            "Get-User | Where-Object PasswordAge -gt 90",
            "Import-Csv /home/anna/Documents/Exports2026/ContosoLeaversOfNovember.csv",
            "Get-User bartholomew.maximilian.featherstonehaugh2@contoso.onmicrosoft.com",
            "Revoke-UserSession anna@contoso.com",
            "$bypass = 1; $compass = 2",
            "Get-User | Where-Object Pass -eq 1",
        ] {
            assert!(!looks_secret(plain), "{plain}");
        }
    }
}
