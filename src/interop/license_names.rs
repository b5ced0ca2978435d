//! Products by their names, as the admin centre's `Licenses` column joins them: `Office 365 E3+Enterprise Mobility + Security E3`.

use uuid::Uuid;

/// Splits a cell at its `+`, taking the longest known name each time, as names hold ` + ` themselves.
/// Beside each name stand the ids of all products it stands for: none is unknown, more than one is ambiguous.
pub(super) fn split(cell: &str, known: &dyn Fn(&str) -> Vec<Uuid>) -> Vec<(String, Vec<Uuid>)> {
    let mut names = Vec::new();
    let mut rest = cell.trim();
    while !rest.is_empty() {
        let ends = || rest.match_indices('+').map(|(at, _)| at);
        let mut longest = None;
        for end in ends().chain([rest.len()]) {
            let name = rest[..end].trim();
            let ids = if name.is_empty() {
                Vec::new()
            } else {
                known(name)
            };
            if !ids.is_empty() {
                longest = Some((end, name, ids));
            }
        }
        let (end, name, ids) = longest.unwrap_or_else(|| {
            // In a name nobody knows, a plus between blanks belongs to the name.
            let joins =
                |at: &usize| !rest[..*at].ends_with(' ') && !rest[at + 1..].starts_with(' ');
            let end = ends().find(joins).unwrap_or(rest.len());
            (end, rest[..end].trim(), Vec::new())
        });
        if !name.is_empty() {
            names.push((name.to_owned(), ids));
        }
        rest = rest.get(end + 1..).unwrap_or_default().trim_start();
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_known_name_is_taken() {
        let names = [
            "office 365 e3",
            "enterprise mobility + security e3",
            "a",
            "a+b",
            "twin",
        ];
        let known = |name: &str| -> Vec<Uuid> {
            let name = name.to_lowercase();
            let n = names.iter().position(|known| *known == name);
            let ids = n.map(|n| Uuid::from_u128(n as u128));
            let twin = (name == "twin").then_some(Uuid::from_u128(99));
            ids.into_iter().chain(twin).collect()
        };
        let shown = |cell| -> Vec<String> {
            let names = split(cell, &known);
            let show = |(name, ids): &(String, Vec<Uuid>)| format!("{name}:{}", ids.len());
            names.iter().map(show).collect()
        };
        for (cell, expected) in [
            ("", vec![]),
            ("+", vec![]),
            ("Office 365 E3", vec!["Office 365 E3:1"]),
            (
                "Office 365 E3+Enterprise Mobility + Security E3",
                vec!["Office 365 E3:1", "Enterprise Mobility + Security E3:1"],
            ),
            (
                "Enterprise Mobility + Security E3+Office 365 E3",
                vec!["Enterprise Mobility + Security E3:1", "Office 365 E3:1"],
            ),
            ("A+B+A", vec!["A+B:1", "A:1"]),
            ("Åland + More+Twin", vec!["Åland + More:0", "Twin:2"]),
            ("Odd++A", vec!["Odd:0", "A:1"]),
        ] {
            assert_eq!(shown(cell), expected, "{cell}");
        }
    }
}
