//! The house: a module names modules on lower floors only, and what touches the outside stands where it should.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. Modules of one floor stand side by side and don't name each other.
const FLOORS: &[&[&str]] = &[
    &["diagnostic", "wildcard"],
    &["value"],
    &["lang", "tenant"],
    &["files", "format", "net", "objects", "signature", "store"],
    &["interop", "plan", "policy", "report"],
    &["session"],
    &["command", "remote"],
    &["help"],
    &["host", "cmdlets"],
    &["batch", "console"],
    &["repl"],
    &["cli"],
];

fn source_files() -> Vec<(String, PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let inner = path.strip_prefix(&src).unwrap().to_path_buf();
            let module = inner.iter().next().unwrap().to_str().unwrap();
            (module.trim_end_matches(".rs").to_owned(), inner, text)
        })
        .collect()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The text without its tests, which may look anywhere: of each `#[cfg(test)]` the one item behind it.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start() != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let end = format!("{}}}", &line[..indent]);
        let mut item = lines
            .by_ref()
            .skip_while(|line| line.trim_start().starts_with("#["));
        let first = item.next().unwrap_or_default();
        if first.ends_with('{') {
            item.find(|line| *line == end);
        } else if !first.ends_with([';', '}']) {
            // A declaration over several lines ends with the first semicolon.
            item.find(|line| line.ends_with(';'));
        }
    }
    kept
}

#[test]
fn arrows_run_downwards() {
    let mut faults = Vec::new();
    for (module, path, text) in source_files() {
        if matches!(module.as_str(), "lib" | "main")
            || path.ends_with("tests.rs")
            || path.ends_with("testing.rs")
        {
            continue;
        }
        let own = floor(&module).unwrap_or_else(|| panic!("{module} stands on no floor"));
        for named in without_tests(&text).split("crate::").skip(1) {
            let name: String = named
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            match floor(&name) {
                Some(other) if other < own || name == module => {}
                _ => faults.push(format!("{} names crate::{name}", path.display())),
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_outside_is_touched_in_its_place_only() {
    let rules: &[(&str, &[&str])] = &[
        ("rhai::", &["host"]),
        (
            "std::fs",
            &["files.rs", "files/", "store/disk.rs", "store/disk/"],
        ),
        ("Timestamp::now", &["cli/machine.rs"]),
        ("Uuid::new_v4", &["cli/machine.rs"]),
        ("Instant::now", &["cli/machine.rs"]),
        ("std::env", &["cli", "files.rs", "files/"]),
        ("rustyline", &["repl"]),
        ("std::net", &["net"]),
        ("rustls", &["net"]),
        ("process::Command", &["cli", "console", "signature.rs"]),
        ("clap::", &["cli", "format/mod.rs"]),
    ];
    let mut faults = Vec::new();
    for (_, path, text) in source_files() {
        // Test modules are declared as such where they are named.
        if path.ends_with("tests.rs") || path.ends_with("testing.rs") {
            continue;
        }
        for (what, places) in rules {
            let allowed = places.iter().any(|place| path.starts_with(place));
            let used = without_tests(&text)
                .lines()
                .any(|line| line.contains(what) && !line.trim_start().starts_with("//"));
            if used && !allowed {
                faults.push(format!("{} uses {what}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_file_says_what_it_is() {
    for (_, path, text) in source_files() {
        assert!(
            text.starts_with("//! "),
            "{} opens without a sentence",
            path.display()
        );
    }
}
