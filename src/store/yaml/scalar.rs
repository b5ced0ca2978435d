//! How one text is written: plain where every YAML reader gets the same text back, quoted otherwise.

use std::fmt::Write;

/// Appends a text so that YAML 1.1 and 1.2 readers both read it as that text.
pub fn write_text(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else if text.chars().all(is_printable) {
        out.push('\'');
        for (index, part) in text.split('\'').enumerate() {
            if index > 0 {
                out.push_str("''");
            }
            out.push_str(part);
        }
        out.push('\'');
    } else {
        write_double_quoted(out, text);
    }
}

/// Whether a text needs no quotes, in block and flow style alike.
///
/// It begins with a letter (or is a GUID or a time, which no reader takes for a number), holds no
/// character that means something to YAML, and is no word that some reader takes for a truth value or null.
pub fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    if !first.is_alphabetic() {
        return is_guid(text) || is_time(text);
    }
    let mut before = b' ';
    let mut all = 0;
    for byte in text.as_bytes() {
        all |= byte;
        if !SAFE[usize::from(*byte)] || (before == b':' && matches!(*byte, b' ' | b'?')) {
            return false;
        }
        before = *byte;
    }
    before != b' '
        && before != b':'
        && !is_reserved(text)
        && (all.is_ascii() || text.chars().all(is_printable))
}

/// Bytes that stand in plain text without meaning, or belong to a character beyond ASCII. `#` is left
/// out, so ` #` never arises; `:` only means something before a blank, at the end, and in flow style before `?`.
const SAFE: [bool; 256] = {
    let mut safe = [true; 256];
    let mut byte = 0;
    while byte < 0x80 {
        safe[byte] = !matches!(
            byte as u8,
            0..=0x1f | 0x7f | b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'`'
        );
        byte += 1;
    }
    safe
};

/// Characters that may stand raw on one line of a YAML file.
pub fn is_printable(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// Words that YAML 1.1 readers take for a truth value, null or a merge.
fn is_reserved(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `59cc0223-0000-4000-8000-000000000001`
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `2026-11-24T02:51:36.123Z`, with or without a fraction.
pub fn is_time(text: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let bytes = text.as_bytes();
    let Some((head, tail)) = bytes.split_at_checked(SHAPE.len()) else {
        return false;
    };
    let shaped = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == shape,
    });
    shaped
        && match tail {
            [b'Z'] => true,
            [b'.', digits @ .., b'Z'] => {
                !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
            }
            _ => false,
        }
}

fn write_double_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => {
                // Writing to a string can't fail.
                let _ = match c as u32 {
                    n @ 0..=0xff => write!(out, "\\x{n:02x}"),
                    n @ 0x100..=0xffff => write!(out, "\\u{n:04x}"),
                    n => write!(out, "\\U{n:08x}"),
                };
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        write_text(&mut out, text);
        out
    }

    #[test]
    fn plain_only_where_every_reader_agrees() {
        for plain in [
            "Sales",
            "SPE_E5",
            "Åsa Öberg",
            "megan@contoso.com",
            "a:b",
            "Get-User | Remove-License -Sku SPE_E5",
            "59cc0223-0000-4000-8000-000000000001",
            "2026-11-24T02:51:36.123Z",
        ] {
            assert_eq!(written(plain), plain);
        }
        for quoted in [
            "",
            "NO",
            "y",
            "Off",
            "~",
            "null",
            "007",
            "1e3",
            "0x1F",
            "2026-11-24",
            "- a",
            "a: b",
            "a #b",
            " a",
            "a ",
            "a:",
            "a:?",
            "*a",
            "&a",
            "!a",
            "<<",
            "=",
            "@a",
            "%a",
            "a, b",
            "[a]",
            ".5",
        ] {
            assert_eq!(written(quoted), format!("'{quoted}'"));
        }
        assert_eq!(written("O'Brien"), "'O''Brien'");
        assert_eq!(written("a\nb"), "\"a\\nb\"");
        assert_eq!(
            written("\u{85}\u{2028}\u{feff}\0"),
            "\"\\x85\\u2028\\ufeff\\x00\""
        );
    }
}
