//! How a date is written: `yyyy-MM-dd` and its like.

use crate::diagnostic::Diagnostic;

/// .NET's letters as those of strftime.
///
/// # Errors
/// Letters that stand for no part of a date.
pub fn date_pattern(format: &str) -> Result<String, Diagnostic> {
    const PARTS: &[(&str, &str)] = &[
        ("yyyy", "%Y"),
        ("yy", "%y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("M", "%-m"),
        ("dddd", "%A"),
        ("ddd", "%a"),
        ("dd", "%d"),
        ("d", "%-d"),
        ("HH", "%H"),
        ("H", "%-H"),
        ("hh", "%I"),
        ("h", "%-I"),
        ("mm", "%M"),
        ("m", "%-M"),
        ("ss", "%S"),
        ("s", "%-S"),
        ("tt", "%p"),
    ];
    let mut pattern = String::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let count = rest.chars().take_while(|other| *other == c).count();
        let (run, after) = rest.split_at(count * c.len_utf8());
        rest = after;
        if let Some((_, part)) = PARTS.iter().find(|(letters, _)| *letters == run) {
            pattern.push_str(part);
        } else if matches!(run, "T" | "Z") || !c.is_ascii_alphabetic() {
            pattern.push_str(&run.replace('%', "%%"));
        } else {
            return Err(Diagnostic::usage(
                "InvalidArgument",
                format!("'{run}' stands for no part of a date"),
            )
            .about(format)
            .hint("write it as in yyyy-MM-dd HH:mm:ss"));
        }
    }
    Ok(pattern)
}
