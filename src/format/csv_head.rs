//! What stands before the first row of a CSV text, and what its cells are separated by: the same for whoever reads one.

/// The text from its header on, and the separator: as `sep=;` of a spreadsheet says, else what the header has most of. The line
/// `#TYPE` of Windows PowerShell is passed over, and a byte order mark.
pub fn csv_head(content: &str) -> (u8, &str) {
    let content = content.trim_start_matches('\u{feff}');
    let (said, rest) = after_preface(content);
    (said.unwrap_or_else(|| guess(rest)), rest)
}

fn after_preface(content: &str) -> (Option<u8>, &str) {
    let line = content.split(['\r', '\n']).next().unwrap_or_default();
    let separator = match line.strip_prefix("sep=").map(str::as_bytes) {
        Some([one]) if *one != b'"' => Some(*one),
        _ if line.starts_with("#TYPE ") => None,
        _ => return (None, content),
    };
    let rest = &content[line.len()..];
    let rest = rest.strip_prefix('\r').unwrap_or(rest);
    (separator, rest.strip_prefix('\n').unwrap_or(rest))
}

/// The separator that the header has most of; of equals the comma, then the others in their order.
fn guess(content: &str) -> u8 {
    let header = content.trim_start();
    let header = header.split(['\r', '\n']).next().unwrap_or_default();
    let count = |c: u8| header.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|c| count(*c))
        .unwrap_or(b',')
}
