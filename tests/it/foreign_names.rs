//! Whoever comes from Microsoft's modules or another shell gets an answer that leads on.

use tenantsh::cmdlets::{CATALOG, FOREIGN};
use tenantsh::command::{Catalog, foreign_names};

/// The words `Verb-Noun` of a text that a name begins with.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| {
            let parts: Vec<&str> = word.split('-').collect();
            parts.len() == 2
                && parts.iter().all(|part| {
                    part.len() > 1 && part.starts_with(|c: char| c.is_ascii_uppercase())
                })
        })
}

#[test]
fn every_cmdlet_of_the_page_for_powershell_is_answered() {
    let page = include_str!("../../docs/powershell.md");
    let table = page
        .split("under another name")
        .nth(1)
        .expect("the table of cmdlets");
    let catalog = Catalog::new(CATALOG).with_foreign(FOREIGN);
    let mut count = 0;
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let theirs = row.rsplit_once(" | ").expect("two columns").0;
        for name in names(theirs) {
            if catalog.find(name).is_some() {
                count += 1;
                continue;
            }
            let hint = catalog.unknown(name).hint.clone().unwrap_or_default();
            assert!(
                hint.starts_with("here it is") || hint.starts_with("not needed"),
                "{name}: {hint}"
            );
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn every_cure_names_cmdlets_that_are_there() {
    let catalog = Catalog::new(CATALOG).with_foreign(FOREIGN);
    for cure in foreign_names::cures() {
        for name in names(cure) {
            assert!(catalog.find(name).is_some(), "{name} in: {cure}");
        }
    }
}
