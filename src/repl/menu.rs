//! The menu that Tab shows, and how much of a word all its offers have in common.

use rustyline::completion::Pair;

use super::complete::Candidate;
use crate::format::{fit, measure};

/// A menu beside the longest names still fits 80 columns.
const WIDTH: usize = 78;

/// So much of what stands beside a name is shown in any case.
const LEAST: usize = 20;

/// Columns between two offers.
const GAP: usize = 2;

/// The terminal, and the line on it.
pub struct Screen {
    pub columns: usize,
    /// The rows that the line takes below its first.
    pub below: usize,
}

impl Screen {
    pub fn new(columns: usize, line: &str) -> Self {
        let columns = columns.max(1);
        let rows = line.split('\n').map(|row| measure(row) / columns + 1);
        Self {
            columns,
            below: rows.sum::<usize>().saturating_sub(1),
        }
    }
}

/// The offers as the editor takes them. Each completes the word as far as all have in common.
pub fn pairs(found: &[Candidate], screen: &Screen) -> Vec<Pair> {
    let common = common(found);
    let pair = |display: String| Pair {
        display,
        replacement: common.clone(),
    };
    let shown = found.iter().map(shown);
    if screen.below == 0 || found.len() < 2 {
        return shown.map(pair).collect();
    }
    // Below a line of several rows the editor paints over as many rows of its menu: they are blank ones. So that they come
    // last, the columns are made here, and the first row is too wide for a second one beside it.
    let mut rows = rows(&shown.collect::<Vec<_>>(), screen.columns);
    if let Some(first) = rows.first_mut() {
        let width = screen.columns / 2 + 1;
        *first = format!("{first:<width$}");
    }
    rows.resize(rows.len() + screen.below, String::new());
    rows.into_iter().map(pair).collect()
}

/// An offer with what stands beside it.
fn shown(found: &Candidate) -> String {
    let Some(beside) = &found.beside else {
        return found.text.clone();
    };
    let brackets = GAP + "()".len();
    let room = WIDTH.saturating_sub(measure(&found.text) + brackets);
    format!("{}  ({})", found.text, fit(beside, room.max(LEAST)))
}

/// The offers in columns, each read downwards.
fn rows(shown: &[String], columns: usize) -> Vec<String> {
    let widest = shown.iter().map(|own| measure(own)).max().unwrap_or(0) + GAP;
    let count = shown.len().div_ceil((columns / widest).max(1));
    let row = |first: usize| {
        let mut row = String::new();
        for own in shown[first..].iter().step_by(count) {
            let filled = measure(&row).next_multiple_of(widest);
            row.push_str(&" ".repeat(filled - measure(&row)));
            row.push_str(own);
        }
        row
    };
    (0..count).map(row).collect()
}

/// What all texts begin with, letter case aside, as the first has it.
fn common(found: &[Candidate]) -> String {
    let Some((first, rest)) = found.split_first() else {
        return String::new();
    };
    let mut common = first.text.as_str();
    for other in rest {
        let same = common.char_indices().zip(other.text.chars());
        let mut differing = same.filter(|((_, a), b)| !a.eq_ignore_ascii_case(b));
        let end = common.len().min(other.text.len());
        let end = differing.next().map_or(end, |((i, _), _)| i);
        common = common.get(..end).unwrap_or_default();
    }
    common.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(text: &str, beside: Option<&str>) -> Candidate {
        Candidate {
            text: text.to_owned(),
            beside: beside.map(str::to_owned),
        }
    }

    #[test]
    fn the_word_is_completed_as_far_as_all_agree() {
        for (texts, agreed) in [
            (&["Get-User"][..], "Get-User"),
            (&["Get-User", "get-group"], "Get-"),
            (&["Sales", "'Works council'"], ""),
            (&["Åre", "Århus"], "År"),
            (&["Get", "Get-User"], "Get"),
            (&[], ""),
        ] {
            let found: Vec<_> = texts.iter().map(|text| candidate(text, None)).collect();
            assert_eq!(common(&found), agreed, "{texts:?}");
        }
    }

    #[test]
    fn below_a_long_line_the_menu_ends_with_blank_rows() {
        let found: Vec<_> = ["A", "B", "C"].map(|text| candidate(text, None)).into();
        let menu = |columns, line| {
            let pairs = pairs(&found, &Screen::new(columns, line));
            let rows = pairs.into_iter().map(|pair| pair.display);
            rows.map(|row| row.trim_end().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(menu(8, "> short"), ["A", "B", "C"]);
        assert_eq!(menu(8, "> quite long"), ["A  C", "B", ""]);
        assert_eq!(menu(8, "> 45678"), ["A", "B", "C"]);
        assert_eq!(menu(8, "> 456789"), ["A  C", "B", ""]);
        assert_eq!(menu(8, "> {\n> quite long"), ["A  C", "B", "", ""]);
    }

    #[test]
    fn what_stands_beside_a_name_is_cut_to_the_line() {
        let long = "word ".repeat(40);
        let text = shown(&candidate("NAME", Some(&long)));
        assert_eq!(measure(&text), WIDTH);
        assert!(text.starts_with("NAME  (word ") && text.ends_with("…)"));
        assert_eq!(shown(&candidate("NAME", Some("title"))), "NAME  (title)");
    }
}
